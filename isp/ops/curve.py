"""Transfer functions, fast enough for the last line of a picture.

`pow` stays scalar in XLA on a CPU, so x^(1/2.4) and x^0.45 are polynomials in the fourth root of x, or in its square root where 8 bits are
enough: square roots vectorise, and the second one costs as much as all the rest. The fits are minimax over the curved segment; the test
of this file holds the fine ones to 2e-6 of the exact curve, a ninth of a 16-bit step, and the coarse ones to a twentieth of an 8-bit step.
The slopes are the exact ones.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

Array = Any


def polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Horner's rule; coefficients from the constant up."""
    total = coefficients[-1] * jnp.ones_like(x)
    for c in coefficients[-2::-1]:
        total = total * x + c
    return total


@dataclass(frozen=True)
class Transfer:
    """A transfer function: `gain` x up to `knee`, above it `scale` x^`exponent` - (`scale` - 1), for linear light in 0 to 1. Larger values
    follow the curve as far as the fits go, negative ones its straight part. `fine` and `coarse` are polynomials in the fourth root and in
    the square root of x that stand for the power."""

    knee: float
    gain: float
    scale: float
    exponent: float
    fine: tuple[float, ...]
    coarse: tuple[float, ...]

    def __call__(self, x: Array, bits: int = 16) -> Array:
        """Encoded values, exact enough to be rounded to `bits`."""
        return _encoded(x, self, bits <= 8)


@partial(jax.custom_jvp, nondiff_argnums=(1, 2))
def _encoded(x: Array, curve: Transfer, coarse: bool) -> Array:
    root = jnp.sqrt(jnp.maximum(x, curve.knee))
    curved = polynomial(curve.coarse, root) if coarse else polynomial(curve.fine, jnp.sqrt(root))
    return jnp.where(x <= curve.knee, curve.gain * x, curved)


@_encoded.defjvp
def _(curve: Transfer, coarse: bool, primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    (x,), (dx,) = primals, tangents
    y = _encoded(x, curve, coarse)
    slope = jnp.where(x <= curve.knee, curve.gain, curve.exponent * (y + curve.scale - 1) / jnp.maximum(x, curve.knee))
    return y, slope * dx


encode_srgb = Transfer(
    knee=0.0031308,
    gain=12.92,
    scale=1.055,
    exponent=1 / 2.4,
    fine=(
        -0.05954936747585354,
        0.1396399173622252,
        1.3657384860004596,
        -0.8524896957719128,
        0.6565518212827404,
        -0.3179775790599365,
        0.06808782688851965,
    ),
    coarse=(
        -0.042228955315635974,
        1.575184522896624,
        -1.8986527848609451,
        3.895215048491141,
        -4.997274803271294,
        3.4136670837057754,
        -0.9460595465728666,
    ),
)
"""The sRGB transfer function, IEC 61966-2-1."""

encode_bt2020 = Transfer(
    knee=0.018053968510807,
    gain=4.5,
    scale=1.09929682680944,
    exponent=0.45,
    fine=(
        -0.10286877241767062,
        0.0795866317738587,
        1.2857828723854146,
        -0.4519982635988942,
        0.28656208915992204,
        -0.1197293753583076,
        0.022664904683506168,
    ),
    coarse=(-0.08584086451831163, 1.2947768714250967, -0.41357735121872535, 0.30215148065960734, -0.09763352046893395),
)
"""The opto-electronic transfer function of ITU-R BT.2020, with its constants unrounded."""


def decode_srgb(y: Array) -> Array:
    """Linear light of sRGB values, by the exact formula."""
    return jnp.where(y <= 0.04045, y / 12.92, ((jnp.maximum(y, 0.04045) + 0.055) / 1.055) ** 2.4)


def looked_up(knots: Array, place: Array) -> Array:
    """Values (any shape of `place`) of `knots` (n,), n of 2 or more, evenly spaced from place 0 to place 1: straight lines between them, the
    first and the last go on beyond. Two look-ups: their gradient is several times quicker than that of a sum of hat functions."""
    pieces = knots.shape[0] - 1
    at = place * pieces
    piece = jnp.clip(at, 0, pieces - 1).astype(jnp.int32)
    rise = knots[1:] - knots[:-1]
    return (knots[:-1] - rise * jnp.arange(pieces, dtype=knots.dtype))[piece] + rise[piece] * at


BLACK = 0.04
"""What is added under the root of `rooted`, squared: the root then leaves black about as steeply as sRGB does."""
REST = (1 + BLACK**2) ** 0.5 - BLACK
"""What that leaves of the root of 1."""


def rooted(x: Array) -> Array:
    """A square root, (sqrt(x + b^2) - b) / c, that is 0 at 0 and 1 at 1: an axis along which light looks about evenly spaced. Its slope
    at black is finite, 13, and negative light follows it in a straight line."""
    return x / ((jnp.sqrt(jnp.maximum(x, 0.0) + BLACK**2) + BLACK) * REST)


def squared(y: Array) -> Array:
    """The light of which `y` is the root: the inverse of `rooted`."""
    return REST * y * (REST * jnp.maximum(y, 0.0) + 2 * BLACK)


_EXACT: ContextVar[bool] = ContextVar("slopes are the exact ones", default=False)


@contextmanager
def exact_slopes() -> Iterator[None]:
    """What is traced in here has no slope but its own: that of `clipped` is 0 beyond the ends, and `rounded`, which has none, does nothing. For
    whoever asks what a small move, such as noise, does to a picture, and not which way to go."""
    token = _EXACT.set(True)
    try:
        yield
    finally:
        _EXACT.reset(token)


def clipped(x: Array) -> Array:
    """`x` held to 0..1. Straight through: its slope is taken as 1, so that a value beyond an end still feels a pull back inside (a
    target lies inside, so the pull never points outwards); but see `exact_slopes`."""
    return _held(x) if _EXACT.get() else _clipped(x)


def _held(x: Array) -> Array:
    return jnp.clip(x, 0.0, 1.0)


_clipped = jax.custom_jvp(_held)


@_clipped.defjvp
def _(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    return _clipped(primals[0]), tangents[0]


def rounded(x: Array, levels: int) -> Array:
    """`x` rounded to multiples of 1/levels. Straight through: its slope is taken as 1, since the true one is 0 almost everywhere; but see
    `exact_slopes`."""
    return x if _EXACT.get() else _rounded(x, levels)


@partial(jax.custom_jvp, nondiff_argnums=(1,))
def _rounded(x: Array, levels: int) -> Array:
    return jnp.round(x * levels) * (1 / levels)


@_rounded.defjvp
def _(levels: int, primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    return _rounded(primals[0], levels), tangents[0]
