"""A sensor known by its colour matrices, as raw files know theirs."""

import jax.numpy as jnp

from isp.capture.sensitivity import Sensitivity, filters_option, responding
from isp.core import ChainError, Frame, Scalar, Vector, at_least, between, param
from isp.ops import dng
from isp.ops.colour import D65, rgb_to_xyz, white_xyz


class Matrix(Sensitivity, uses=("scene_white",), gives=("camera_matrix", "illuminants", "channels"), paper="dng2021"):
    """Linear RGB of the scene to XYZ, and by the colour matrix of the DNG specification to each filter; between calibrations the matrix
    is mixed linearly in the reciprocal temperature of the scene's white. The unit is set by the strongest filter: `electrons` of it for
    each lux second (or other unit of exposure) of white light of D65."""

    electrons: Scalar = param(
        default=1.0, unit="e-/(lx s)", within=at_least(1e-6), doc="electrons of the strongest filter for each lux second of D65"
    )
    matrices: Vector = param(
        default=(((0.9, -0.3, -0.1), (-0.4, 1.2, 0.2), (-0.1, 0.2, 0.6)),),
        unit="1",
        within=between(-20, 20),
        shape=(None, None, 3),
        doc="XYZ to the camera's filters, one for each illuminant",
    )
    illuminants: Vector = param(
        default=(6504.0,), unit="K", within=between(1000, 100000), shape=(None,), doc="temperature of each illuminant"
    )
    filters: str = filters_option()

    def __call__(self, frame: Frame) -> Frame:
        if frame.wavelengths is not None:
            raise ChainError(self.name, "takes linear RGB, but the scene is spectral", "put scene.rgb before it")
        if self.matrices.shape[1] != len(self.filters) or len(self.illuminants) != len(self.matrices):
            n, rows = self.matrices.shape[:2]
            why = f"{n} matrices of {rows} rows, but {len(self.illuminants)} illuminants and the filters {', '.join(self.filters)}"
            raise ChainError(f"{self.name}.matrices", why, "give a matrix for each illuminant, with a row for each filter")
        to_xyz = jnp.asarray(rgb_to_xyz("srgb"), frame.pixels.dtype)
        white = to_xyz @ (jnp.ones(3) if frame.scene_white is None else jnp.asarray(frame.scene_white)).astype(to_xyz.dtype)
        colour = dng.between(self.matrices, self.illuminants, white[:2] / jnp.maximum(jnp.sum(white), 1e-30))
        strongest = jnp.max(self.matrices[-1] @ jnp.asarray(white_xyz(D65), to_xyz.dtype))
        response = self.electrons / strongest * (colour @ to_xyz)
        return responding(frame, response, self.filters, camera_matrix=self.matrices, illuminants=self.illuminants)
