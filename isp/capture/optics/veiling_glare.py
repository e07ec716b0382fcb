"""Light that strays between the glasses comes down where no light should be."""

import jax
import jax.numpy as jnp

from isp.capture.optics import Optics, stacked
from isp.core import Frame, Scalar, between, param
from isp.core.planes import Array
from isp.ops.mesh import hats

POINTS = 48
"""Places along each side at which stray light is worked out; it changes slowly."""


class VeilingGlare(Optics, whole=True, paper="iso9358"):
    """Of the light of each point the share `veil` is spread evenly over the frame, and `skirt` over a Gaussian about the point, whose
    deviation is `width` times the longer side; the rest stays. A flat field stays flat. Both need the whole frame: the mean is no fact that a
    camera would know, and a skirt reads too far to be local. The skirt is worked out on a coarse mesh of means, and stops at the frame."""

    veil: Scalar = param(default=0.01, unit="1", within=between(0, 0.5), usual=between(0, 0.05), doc="share of light spread over the frame")
    skirt: Scalar = param(
        default=0.01, unit="1", within=between(0, 0.5), usual=between(0, 0.05), doc="share of light spread about its point"
    )
    width: Scalar = param(
        default=0.1, unit="of the side", within=between(0.03, 1), doc="deviation of the skirt, as a share of the longer side"
    )

    def __call__(self, frame: Frame) -> Frame:
        pixels = stacked(frame)
        wide = self.width * max(pixels.shape[:2])
        (gather, give), (gather_across, give_across) = (self.passes(side, wide) for side in pixels.shape[:2])
        exact = jax.lax.Precision.HIGHEST
        coarse = jnp.einsum("ir,rqc,jq->ijc", gather, pixels, gather_across, precision=exact)
        strayed = jnp.einsum("ri,ijc,qj->rqc", give, coarse, give_across, precision=exact)
        made = (1 - self.veil - self.skirt) * pixels + self.veil * jnp.mean(pixels, (0, 1)) + self.skirt * strayed
        return frame.but(pixels=made.reshape(frame.pixels.shape))

    @staticmethod
    def passes(side: int, wide: Array) -> tuple[Array, Array]:
        """Means of a side at fewer places (points, side), and a Gaussian of these at every pixel (side, points); rows sum to one."""
        points = min(side, POINTS)
        place = (jnp.arange(side, dtype=wide.dtype) + 0.5) / side
        gather = hats(place, jnp.asarray(0.5 / points, wide.dtype), jnp.asarray((points - 1) / points, wide.dtype), points).T
        middle = (jnp.arange(points, dtype=wide.dtype) + 0.5) / points
        give = jnp.exp(-0.5 * jnp.square((place[:, None] - middle) * side / wide))
        return gather / jnp.sum(gather, 1, keepdims=True), give / jnp.sum(give, 1, keepdims=True)
