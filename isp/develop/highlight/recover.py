"""A saturated colour is raised to the mean of the other two; where all three saturate the light is white."""

import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.core.planes import Array
from isp.develop.highlight import Highlight
from isp.ops.extreme import higher, lower


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
        pixels = frame.pixels.flat().bent(_recovered, numbers=(self.strength, 1 / self.band, *(1 / whites)))
        return frame.but(pixels=pixels, white=jnp.full_like(whites, jnp.max(whites)))


def _recovered(*given: Array) -> tuple[Array, ...]:
    """The three channels of a site, from themselves, strength, and one over band and over each of three whites: divisions are slow."""
    channels, (strength, sharp), scales = given[:3], given[3:5], given[5:]
    saturated = [_step((x * s - 1) * sharp + 1) for x, s in zip(channels, scales, strict=True)]
    total = sum(channels)
    raised = [x + s * higher((total - x) / 2 - x, 0.0) for x, s in zip(channels, saturated, strict=True)]
    brightest = higher(higher(raised[0], raised[1]), raised[2])
    blind = lower(lower(saturated[0], saturated[1]), saturated[2])
    return tuple(x + strength * (r + blind * (brightest - r) - x) for x, r in zip(channels, raised, strict=True))


def _step(t: Array) -> Array:
    """A cubic step from 0 to 1."""
    t = lower(higher(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)
