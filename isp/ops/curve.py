"""Transfer functions, fast enough for the last line of a picture.

`pow` stays scalar in XLA on a CPU, so x^(1/2.4) and x^0.45 are polynomials in the fourth root of x, whose two square roots vectorise.
The fits are minimax over the curved segment; the test of this file holds their error to 2e-6 of the exact curve, a ninth of a 16-bit
step. The slopes are the exact ones.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

Array = Any

SRGB_KNEE = 0.0031308
SRGB_IN_FOURTH_ROOT = (
    -0.05954936747585354,
    0.1396399173622252,
    1.3657384860004596,
    -0.8524896957719128,
    0.6565518212827404,
    -0.3179775790599365,
    0.06808782688851965,
)


def polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Horner's rule; coefficients from the constant up."""
    total = coefficients[-1] * jnp.ones_like(x)
    for c in coefficients[-2::-1]:
        total = total * x + c
    return total


@jax.custom_jvp
def encode_srgb(x: Array) -> Array:
    """The sRGB transfer function (IEC 61966-2-1) of linear light in 0 to 1; larger values follow the curve as far as the fit goes,
    negative ones its straight part."""
    root = jnp.sqrt(jnp.sqrt(jnp.maximum(x, SRGB_KNEE)))
    return jnp.where(x <= SRGB_KNEE, 12.92 * x, polynomial(SRGB_IN_FOURTH_ROOT, root))


@encode_srgb.defjvp
def _(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    (x,), (dx,) = primals, tangents
    y = encode_srgb(x)
    above = jnp.maximum(x, SRGB_KNEE)
    slope = jnp.where(x <= SRGB_KNEE, 12.92, (y + 0.055) / (2.4 * above))
    return y, slope * dx


def decode_srgb(y: Array) -> Array:
    """Linear light of sRGB values, by the exact formula."""
    return jnp.where(y <= 0.04045, y / 12.92, ((jnp.maximum(y, 0.04045) + 0.055) / 1.055) ** 2.4)


BT2020_ALPHA, BT2020_KNEE = 1.09929682680944, 0.018053968510807
BT2020_IN_FOURTH_ROOT = (
    -0.10286877241767062,
    0.0795866317738587,
    1.2857828723854146,
    -0.4519982635988942,
    0.28656208915992204,
    -0.1197293753583076,
    0.022664904683506168,
)


@jax.custom_jvp
def encode_bt2020(x: Array) -> Array:
    """The opto-electronic transfer function of ITU-R BT.2020 (constants unrounded) of linear light in 0 to 1; negative values follow its
    straight part."""
    root = jnp.sqrt(jnp.sqrt(jnp.maximum(x, BT2020_KNEE)))
    return jnp.where(x <= BT2020_KNEE, 4.5 * x, polynomial(BT2020_IN_FOURTH_ROOT, root))


@encode_bt2020.defjvp
def _(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    (x,), (dx,) = primals, tangents
    y = encode_bt2020(x)
    above = jnp.maximum(x, BT2020_KNEE)
    slope = jnp.where(x <= BT2020_KNEE, 4.5, 0.45 * (y + BT2020_ALPHA - 1) / above)
    return y, slope * dx


@jax.custom_jvp
def clipped(x: Array) -> Array:
    """`x` held to 0..1. Straight through: its slope is taken as 1, so that a value beyond an end still feels a pull back inside (a
    target lies inside, so the pull never points outwards)."""
    return jnp.clip(x, 0.0, 1.0)


@clipped.defjvp
def _(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    return clipped(primals[0]), tangents[0]


@partial(jax.custom_jvp, nondiff_argnums=(1,))
def rounded(x: Array, levels: int) -> Array:
    """`x` rounded to multiples of 1/levels. Straight through: its slope is taken as 1, since the true one is 0 almost everywhere."""
    return jnp.round(x * levels) * (1 / levels)


@rounded.defjvp
def _(levels: int, primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    return rounded(primals[0], levels), tangents[0]
