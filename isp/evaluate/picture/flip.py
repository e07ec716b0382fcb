"""FLIP: the difference that is seen when two pictures are shown in turn, in one place."""

import jax.numpy as jnp
import numpy as np

from isp.core.planes import Array
from isp.ops.curve import decode_srgb
from isp.ops.lab import lab
from isp.ops.perceptual import turned
from isp.ops.window import weighted_along

PAPERS = ("andersson2020",)
DOMAINS, UNIT, BETTER = ("display",), "1", "less"

TO_XYZ = np.array(
    [
        [10135552 / 24577794, 8788810 / 24577794, 4435075 / 24577794],
        [2613072 / 12288897, 8788810 / 12288897, 887015 / 12288897],
        [1425312 / 73733382, 8788810 / 73733382, 70074185 / 73733382],
    ]
)
"""Linear sRGB to XYZ with the digits of the paper, whose white differs from ours in the fifth."""
WHITE = TO_XYZ.sum(1)
SPREADS = (((1.0, 0.0047),), ((1.0, 0.0053),), ((34.1, 0.04), (13.5, 0.025)))
"""Gaussians a sqrt(pi / b) exp(-pi^2 x^2 / b) over x degrees, as which contrast is seen: of luminance, red against green, blue against yellow."""
WIDEST = 0.04
COLOUR, FEATURE = 0.7, 0.5
"""Powers of the difference of colour and of features."""
KNEE, KNEE_TO = 0.4, 0.95
"""This share of the greatest difference of colour becomes that."""
DETECTOR = 0.082
"""Degrees of an edge or point that is seen best."""


def flip(made: Array, wanted: Array, *, pixels_per_degree: float = 67.0, rounding: float = 0.0) -> Array:
    """The mean LDR-FLIP over sites, from 0 to 1, of sRGB pictures (Andersson et al. 2020); what lies outside 0 to 1 is clipped.

    67 pixels a degree is a screen of 3840 pixels and 0.7 m, seen from 0.7 m. The published roots are infinitely steep where pictures agree:
    `rounding` above 0, such as 0.01, rounds them off, and gives a loss with slopes.
    """
    return jnp.mean(sites(made, wanted, pixels_per_degree=pixels_per_degree, rounding=rounding))


def sites(made: Array, wanted: Array, *, pixels_per_degree: float = 67.0, rounding: float = 0.0) -> Array:
    """FLIP (rows, columns) at each site: E_c^(1 - E_f), the difference of colour, larger where features differ as well."""
    opponent = [_opponent(decode_srgb(jnp.clip(p, 0, 1))) for p in (made, wanted)]
    colour = _colour(*(_seen(o, pixels_per_degree) for o in opponent), rounding)
    feature = _feature(*((o[..., 0] + 16) / 116 for o in opponent), pixels_per_degree, rounding)
    power = 1 - feature
    # A power of zero is written by its logarithm, which must not see the zero.
    there = colour + rounding > 0
    base = jnp.where(there, colour + rounding, 1.0)
    return jnp.where(there, base**power, 0.0) - (rounding**power if rounding else 0.0)


def _opponent(light: Array) -> Array:
    """Y C_x C_z: the straight line through the opponents of L*a*b*, in which light may be blurred."""
    x, y, z = jnp.moveaxis(turned(light, TO_XYZ / WHITE[:, None]), -1, 0)
    return jnp.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def _seen(opponent: Array, pixels_per_degree: float) -> Array:
    """L*a*b* of what is left of the detail that is too fine to be seen, the colours of dark places fading as Hunt says."""
    reach = int(np.ceil(3 * np.sqrt(WIDEST / (2 * np.pi**2)) * pixels_per_degree))
    place = np.arange(-reach, reach + 1) / pixels_per_degree
    blurred = []
    for channel, spread in enumerate(SPREADS):
        bells = [np.exp(-((np.pi * place) ** 2) / b) for _, b in spread]
        sizes = np.array([a * np.sqrt(np.pi / b) * bell.sum() ** 2 for (a, b), bell in zip(spread, bells, strict=True)])
        plane = _framed(opponent[..., channel], reach)
        parts = [_both(plane, bell / bell.sum(), bell / bell.sum()) for bell in bells]
        blurred.append(sum(share * part for share, part in zip(sizes / sizes.sum(), parts, strict=True)))
    y = (blurred[0] + 16) / 116
    light = jnp.stack([y + blurred[1] / 500, y, y - blurred[2] / 200], -1)
    light = jnp.clip(turned(light, np.linalg.inv(TO_XYZ / WHITE[:, None])), 0, 1)
    return _hunt(light)


def _hunt(light: Array) -> Array:
    found = lab(turned(light, TO_XYZ), WHITE)
    lightness = found[..., :1]
    return jnp.concatenate([lightness, 0.01 * lightness * found[..., 1:]], -1)


def _colour(one: Array, other: Array, rounding: float) -> Array:
    """The difference of colour, 0 to 1: HyAB to the power 0.7, small differences spread out over most of the range."""
    green, blue = np.eye(3)[1:]
    greatest = _hyab(_hunt(jnp.asarray(green, one.dtype)), _hunt(jnp.asarray(blue, one.dtype)), 0.0) ** COLOUR
    apart = _power(_hyab(one, other, rounding), COLOUR, rounding)
    knee = KNEE * greatest
    return jnp.where(apart < knee, KNEE_TO / knee * apart, KNEE_TO + (apart - knee) / (greatest - knee) * (1 - KNEE_TO))


def _hyab(one: Array, other: Array, rounding: float) -> Array:
    """|dL| plus the distance in a and b."""
    off = (one - other) ** 2
    return _power(off[..., 0], 0.5, rounding**2) + _power(off[..., 1] + off[..., 2], 0.5, rounding**2)


def _feature(one: Array, other: Array, pixels_per_degree: float, rounding: float) -> Array:
    """How much edges and points differ, 0 to 1: the greater of both, to the power 0.5."""
    sigma = 0.5 * DETECTOR * pixels_per_degree
    reach = int(np.ceil(3 * sigma))
    place = np.arange(-reach, reach + 1)
    bell = np.exp(-(place**2) / (2 * sigma**2))
    kinds = [_balanced(-place * bell), _balanced((place**2 / sigma**2 - 1) * bell)]
    framed = [_framed(p, reach) for p in (one, other)]

    def strength(plane: Array, taps: np.ndarray) -> Array:
        even = bell / bell.sum()
        return _power(_both(plane, even, taps) ** 2 + _both(plane, taps, even) ** 2, 0.5, rounding**2)

    off = [_power((strength(framed[0], taps) - strength(framed[1], taps)) ** 2, 0.5, rounding**2) for taps in kinds]
    return _power(jnp.maximum(*off) / np.sqrt(2), FEATURE, rounding)


def _balanced(taps: np.ndarray) -> np.ndarray:
    """Weights whose positive ones sum to 1, and the negative ones to -1."""
    return np.where(taps > 0, taps / taps[taps > 0].sum(), -taps / taps[taps < 0].sum())


def _framed(plane: Array, reach: int) -> Array:
    return jnp.pad(plane, reach, mode="edge")


def _both(plane: Array, down: np.ndarray, across: np.ndarray) -> Array:
    return weighted_along(weighted_along(plane, down, 0), across, 1)


def _power(x: Array, power: float, rounding: float) -> Array:
    """x^power of what is not negative; rounded, (x + r)^power - r^power, which has a slope at 0."""
    if rounding:
        return (x + rounding) ** power - rounding**power
    return jnp.where(x > 0, jnp.where(x > 0, x, 1.0) ** power, 0.0)
