"""A saturated colour is raised to the mean of the other two; where all three saturate the light is white."""

from functools import partial

import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.core.planes import Array
from isp.develop.highlight import Highlight
from isp.ops.fuse import cut


class Recover(Highlight):
    """Recover highlights from the colours that still see them.

    A saturated channel says only "at least this much". Bright light is mostly near to neutral, so the mean of the other two is the better
    guess wherever it is larger: a blown cloud is not pink, and a red lamp, whose other colours are low, keeps its red. As the last channel
    saturates, the colour goes over to neutral at the level of the largest. White of every channel becomes the largest white.

    Saturation is judged softly, from `band` below a channel's white up to it, so that the change is not an edge and `band` has a slope.
    `strength` blends with the input (0 gives it back exactly).
    """

    strength: Scalar = param(default=0.99, unit="1", within=between(0, 1), doc="share of the recovery to apply")
    band: Scalar = param(
        default=0.1,
        unit="of white",
        within=between(0.005, 0.5),
        usual=between(0.02, 0.2),
        doc="width over which a channel counts as going to saturate",
    )

    def __call__(self, frame: Frame) -> Frame:
        whites = jnp.asarray(frame.white)
        # Each result needs all three channels: without the cut, whatever came before would be computed again for each.
        pixels = cut(frame.pixels).sites(partial(self._recovered, whites))
        return frame.but(pixels=pixels, white=jnp.full_like(whites, jnp.max(whites)))

    def _recovered(self, whites: Array, *channels: Array) -> tuple[Array, ...]:
        saturated = [_step((x / w - 1) / self.band + 1) for x, w in zip(channels, whites, strict=True)]
        total = sum(channels)
        raised = [x + s * jnp.maximum((total - x) / 2 - x, 0) for x, s in zip(channels, saturated, strict=True)]
        brightest = jnp.maximum(jnp.maximum(raised[0], raised[1]), raised[2])
        blind = jnp.minimum(jnp.minimum(saturated[0], saturated[1]), saturated[2])
        return tuple(x + self.strength * (r + blind * (brightest - r) - x) for x, r in zip(channels, raised, strict=True))


def _step(t: Array) -> Array:
    """A cubic step from 0 to 1."""
    t = jnp.clip(t, 0, 1)
    return t * t * (3 - 2 * t)
