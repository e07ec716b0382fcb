"""Twenty-four patches whose reflectances are known: what colour is calibrated on."""

import jax.numpy as jnp
import numpy as np

from isp.capture.scene import Scene, mixed_by, places
from isp.core import Frame, Scalar, between, param
from isp.core.planes import Array
from isp.ops import charts, spectra
from isp.ops.colour import BRADFORD, rgb_to_xyz

DOWN, ACROSS = 4, 6


class ColourChecker(Scene, uses=("wavelengths",), paper="mccamy1976"):
    """The ColorChecker, four rows of six patches on a black ground, over the whole frame: average reflectances of 30 charts, measured by
    BabelColor. `isp.ops.charts.patches` says where each lies. In RGB light a patch is what it is in D65, carried to the colour of that
    light in Bradford's cone responses. Pixels on the edge of a patch mix by area, exactly."""

    border: Scalar = param(default=0.06, unit="1", within=between(0, 0.45), doc="share of each side of the frame around all patches")
    share: Scalar = param(default=0.84, unit="1", within=between(0.05, 1), doc="share of the sides of its cell that a patch fills")
    ground: Scalar = param(default=0.04, unit="1", within=between(0, 1), doc="reflectance of the ground")

    def __call__(self, frame: Frame) -> Frame:
        row, column, rows, columns = places(frame)
        tall, wide = charts.grid(rows, columns, DOWN, ACROSS, self.border, self.share)
        down, across = charts.tiled(row, tall.astype(row.dtype)), charts.tiled(column, wide.astype(row.dtype))

        def boards(values: Array) -> list[list[Array]]:
            return [charts.painted(down, across, values.T.reshape(-1, DOWN, ACROSS), self.ground)]

        if frame.wavelengths is not None:
            patches = spectra.at("colour_checker", jnp.asarray(frame.wavelengths, row.dtype))
            return frame.but(pixels=frame.pixels.map(jnp.multiply, boards(patches)))
        to_cones = BRADFORD @ rgb_to_xyz("srgb")
        cones = mixed_by(jnp.asarray(to_cones, row.dtype), frame.pixels)
        seen = cones.map(jnp.multiply, boards(jnp.asarray(_in_cones(), row.dtype)))
        return frame.but(pixels=mixed_by(jnp.asarray(np.linalg.inv(to_cones), row.dtype), seen))


def _in_cones() -> np.ndarray:
    """What each cone of Bradford sees of each patch in D65 (24, 3), over what it sees of white."""
    tables = spectra.tables()
    response = BRADFORD @ (tables["observer"] * tables["D65"])
    return tables["colour_checker"] @ response.T / response.sum(1)
