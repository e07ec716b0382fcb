"""Light as the eye counts it: PU21, SMPTE ST 2084 (PQ), ICtCp, OkLab, CIE L*u*v*, and how contrast of each frequency is seen.

Each is the published curve where light is light. Near and below zero, where roots have no slope, it goes on smoothly with a finite one,
as stated there: gradients are finite everywhere.
"""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np

from isp.ops.colour import D65, luminance_weights, rgb_to_rgb, white_xyz
from isp.ops.lab import lab

Array = Any


@dataclass(frozen=True)
class Rational:
    """`scale` (((a + b t) / (1 + c t))^`outer` - `offset`) with t = x^`inner`, for x of `low` to `high`; straight lines go on beyond,
    with the slopes of the ends."""

    a: float
    b: float
    c: float
    inner: float
    outer: float
    offset: float
    scale: float
    low: float
    high: float

    def __call__(self, x: Array) -> Array:
        """Encoded values of any shape."""
        ends = self._slope(self.low) * jnp.minimum(x - self.low, 0) + self._slope(self.high) * jnp.maximum(x - self.high, 0)
        return self.inside(jnp.clip(x, self.low, self.high)) + ends

    def inside(self, x: Array) -> Array:
        """The curve alone, of arrays or of a plain number."""
        t = x**self.inner
        return self.scale * (((self.a + self.b * t) / (1 + self.c * t)) ** self.outer - self.offset)

    def _slope(self, x: float) -> float:
        t = x**self.inner
        base, down = (self.a + self.b * t) / (1 + self.c * t), 1 + self.c * t
        return self.scale * self.outer * base ** (self.outer - 1) * (self.b - self.a * self.c) / down**2 * self.inner * t / x


pu21 = Rational(0.353487901, 0.3734658629, 8.277049286e-05, 0.9062562627, 0.09150303166, 0.9099517204, 596.3148142, 0.005, 1e4)
"""PU21 of luminance in cd/m2 (Mantiuk and Azimi 2021, `banding_glare`): about 256 at 100 cd/m2. Fitted from 0.005 to 10000 cd/m2."""

pq = Rational(3424 / 4096, 2413 / 128, 2392 / 128, 2610 / 16384, 2523 / 32, 0.0, 1.0, 5e-7, 1.0)
"""The inverse EOTF of SMPTE ST 2084 of luminance over 10000 cd/m2. Below 0.005 cd/m2, where its slope grows without bound, it is straight."""

TO_LMS = np.array([[1688, 2146, 262], [683, 2951, 462], [99, 309, 3688]]) / 4096
TO_ICTCP = np.array([[2048, 2048, 0], [6610, -13613, 7003], [17933, -17390, -543]]) / 4096
"""BT.2020 light to the cones of ITU-R BT.2100, and their PQ values to I, C_T and C_P."""
TO_CONES = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]]
)
TO_OKLAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099], [0.0259040371, 0.7827717662, -0.8086757660]]
)
FAINT = 1e-4
"""Light of a cone below which the cube root of OkLab becomes a cubic through zero."""


def turned(colours: Array, matrix: Any) -> Array:
    """Colours (..., n) by a matrix (m, n): (..., m), in the type and to the digits of the colours on any device."""
    return jnp.matmul(colours, jnp.asarray(matrix, jnp.result_type(colours)).T, precision="highest")


def luminance(rgb: Array) -> Array:
    """The luminance (...) of linear sRGB (..., 3), white being 1."""
    red, green, blue = luminance_weights("srgb")
    return red * rgb[..., 0] + green * rgb[..., 1] + blue * rgb[..., 2]


def oklab(rgb: Array) -> Array:
    """OkLab (..., 3) of linear sRGB (..., 3), by Ottosson (2020): L is 1 for white."""
    return turned(_root(turned(rgb, TO_CONES)), TO_OKLAB)


def ictcp(rgb: Array, white: float) -> Array:
    """I, C_T and C_P (..., 3) of linear sRGB (..., 3) whose 1 is `white` cd/m2, by PQ (ITU-R BT.2100)."""
    return turned(pq_cones(rgb, white), TO_ICTCP)


def pq_cones(rgb: Array, white: float) -> Array:
    """What the cones of ITU-R BT.2100 make of linear sRGB (..., 3) whose 1 is `white` cd/m2, by PQ: the step before ICtCp."""
    return pq(white / 1e4 * turned(rgb, TO_LMS @ rgb_to_rgb("srgb", "rec2020")))


def _root(x: Array) -> Array:
    """The cube root, of the sign of x; for |x| < `FAINT` the odd cubic that joins it in value and slope."""
    near = jnp.clip(x / FAINT, -1, 1)
    far = jnp.cbrt(jnp.maximum(jnp.abs(x), FAINT))
    return jnp.where(jnp.abs(x) > FAINT, jnp.sign(x) * far, FAINT ** (1 / 3) * near * (4 - near * near) / 3)


def luv(xyz: Array) -> Array:
    """CIE L*u*v* (..., 3) of XYZ (..., 3) under D65 with Y = 1. Light darker than a thousandth of white keeps less and less chroma: its
    chromaticity is a quotient of two noises."""
    x, y, z = xyz[..., 0], xyz[..., 1], xyz[..., 2]
    white_x, white_y, white_z = (float(w) for w in white_xyz(D65))
    full, down = white_x + 15 * white_y + 3 * white_z, x + 15 * y + 3 * z
    bright = jnp.maximum(down, 1e-3 * full)
    # Differences of chromaticity, over one denominator: the numerators vanish for greys however dark.
    u, v = 4 * (x - white_x / full * down) / bright, 9 * (y - white_y / full * down) / bright
    light = lab(xyz)[..., 0]
    return jnp.stack([light, 13 * light * u, 13 * light * v], -1)


def seen_lightness(frequency: Array) -> Array:
    """How well contrast of lightness is seen at `frequency` in cycles a degree, over its best at 4: proportional to f^0.8 exp(-0.2 f),
    the function by which CPIQ weights acutance."""
    return (frequency / 4) ** 0.8 * jnp.exp(0.8 - 0.2 * frequency)


def seen_red_green(frequency: Array) -> Array:
    """The same of red against green, over its value at 0 (Johnson and Fairchild 2003)."""
    at_zero = 109.1413 + 93.5971
    return (109.1413 * jnp.exp(-0.00038 * frequency**3.4244) + 93.5971 * jnp.exp(-0.00367 * frequency**2.1677)) / at_zero


def seen_blue_yellow(frequency: Array) -> Array:
    """The same of blue against yellow, over its value at 0 (Johnson and Fairchild 2003)."""
    at_zero = 7.0328 + 40.6910
    return (7.0328 * jnp.exp(-0.000004 * frequency**4.2582) + 40.6910 * jnp.exp(-0.10391 * frequency**1.6487)) / at_zero
