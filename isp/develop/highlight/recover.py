"""A saturated colour is raised to the mean of the other two; where all three saturate the light is white."""

from typing import Any

import jax
import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.core.planes import Array
from isp.develop.highlight import Highlight
from isp.ops.extreme import largest, smallest
from isp.ops.fuse import afresh, cut
from isp.ops.slopes import Site, added


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
        pixels = frame.pixels.flat().sites(lambda *light: recovered(light, self.strength, 1 / self.band, 1 / whites))
        return frame.but(pixels=pixels, white=jnp.full_like(whites, jnp.max(whites)))


@jax.custom_vjp
def recovered(light: Site, strength: Array, sharp: Array, scales: Array) -> Site:
    """The three channels of a site, from themselves, strength, and one over band and over each of three whites (3,): divisions are slow."""
    return tuple(x + strength * m for x, m in zip(light, _moved(light, sharp, scales), strict=True))


def _moved(light: Site, sharp: Array, scales: Array) -> list[Array]:
    """How far each channel moves at full strength."""
    _, saturated, lean, raised, brightest, blind = _judged(light, sharp, scales)
    return [s * h + blind * (brightest - r) for s, h, r in zip(saturated, lean, raised, strict=True)]


def _judged(light: Site, sharp: Array, scales: Array) -> tuple[Any, ...]:
    """For each channel, how far into the band it is, how far saturated, how much lower than the mean of the others, and raised by that;
    the largest of the raised, and the least saturated."""
    band = [jnp.clip((x * s - 1) * sharp + 1, 0, 1) for x, s in zip(light, scales, strict=True)]
    saturated = [t * t * (3 - 2 * t) for t in band]
    total = sum(light)
    lean = [jnp.maximum((total - x) / 2 - x, 0.0) for x in light]
    raised = [x + s * h for x, s, h in zip(light, saturated, lean, strict=True)]
    return band, saturated, lean, raised, largest(raised), smallest(saturated)


def _recovered_forward(*given: Any) -> tuple[Site, Any]:
    return recovered(*given), given


def _recovered_backward(kept: Any, up: Site) -> tuple[Any, ...]:
    light, strength, sharp, scales = kept
    given = afresh((light, sharp, scales))

    def judged() -> tuple[Any, ...]:
        """What comes back to each raised channel, and what was judged."""
        band, saturated, lean, raised, brightest, blind = _judged(*next(given))
        # Where several are the largest the first counts: there they move alike.
        to_brightest = blind * strength * sum(up)
        is_brightest = _first([r == brightest for r in raised])
        to_raised = [strength * u * (1 - blind) + jnp.where(b, to_brightest, 0) for u, b in zip(up, is_brightest, strict=True)]
        return to_raised, band, saturated, lean, raised, brightest, blind

    def to_band(i: int) -> Array:
        to_raised, band, saturated, lean, raised, brightest, blind = judged()
        to_blind = strength * sum(u * (brightest - r) for u, r in zip(up, raised, strict=True))
        to_saturated = to_raised[i] * lean[i] + jnp.where(_first([s == blind for s in saturated])[i], to_blind, 0)
        return cut(to_saturated * (6 * band[i] * (1 - band[i])))

    def to_light(i: int, to_band: Array) -> Array:
        to_raised, _, saturated, lean, *_ = judged()
        to_lean = [jnp.where(h > 0, p * s, 0) for p, h, s in zip(to_raised, lean, saturated, strict=True)]
        return cut((1 - strength) * up[i] + to_raised[i] - 1.5 * to_lean[i] + sum(to_lean) / 2 + scales[i] * sharp * to_band)

    bands = [to_band(i) for i in range(3)]
    to_scaled = jnp.stack([(t * x).sum(0).sum() for t, x in zip(bands, light, strict=True)])
    to_sharp = (scales * to_scaled).sum() - sum(t.sum(0).sum() for t in bands)
    to_strength = added(*(u * m for u, m in zip(up, _moved(*next(given)), strict=True)))
    return tuple(to_light(i, t) for i, t in enumerate(bands)), to_strength, to_sharp, sharp * to_scaled


recovered.defvjp(_recovered_forward, _recovered_backward)


def _first(which: list[Array]) -> list[Array]:
    """Of those that are true, the first alone."""
    one, two, three = which
    return [one, two & ~one, three & ~(one | two)]
