"""CIE L*a*b* and the colour difference CIEDE2000, with gradients that are finite everywhere.

Colours carry their three coordinates in the last axis. Two equal colours differ by 0 with a slope of 0; a neutral's hue, which is not
defined, has no slope.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np

from isp.ops.colour import D65, white_xyz

Array = Any

KNEE = (6 / 29) ** 3
"""Below this share of white the cube root of L*a*b* becomes a straight line (CIE 15)."""
SMALL = 1e-12
HALF_TURN = np.pi * (1 + 1e-6)
"""Opposite hues are not more than half a turn apart, though rounding may say so."""


def lab(xyz: Array, white: Array | None = None) -> Array:
    """XYZ (..., 3) to L*a*b*, of the white (3,) given or D65 with Y = 1. Negative light continues the straight line."""
    share = jnp.asarray(xyz) / jnp.asarray(white_xyz(D65) if white is None else white, jnp.result_type(xyz))
    f = jnp.where(share > KNEE, jnp.cbrt(jnp.maximum(share, KNEE)), share / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return jnp.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def distance(one: Array, other: Array) -> Array:
    """The distance (...) of colours (..., n); equal ones have a slope of 0."""
    return _root(jnp.sum((one - other) ** 2, -1))


def ciede2000(one: Array, other: Array) -> Array:
    """The difference dE00 (...) of two colours in L*a*b* (..., 3), with k_L = k_C = k_H = 1 (ISO/CIE 11664-6; Sharma et al. 2005)."""
    return _root(ciede2000_squared(one, other))


def ciede2000_squared(one: Array, other: Array) -> Array:
    """dE00 squared, smooth where the colours meet."""
    return jnp.sum(ciede2000_parts(one, other) ** 2, -1)


def ciede2000_parts(one: Array, other: Array) -> Array:
    """(..., 3) numbers whose squares add up to dE00 squared: what least squares over colour differences take as residuals.

    They are the weighted steps of lightness, chroma and hue, the last two turned so that their cross term R_T C H is gone.
    """
    one, other = jnp.asarray(one), jnp.asarray(other)
    mean_chroma = (_length(one[..., 1], one[..., 2]) + _length(other[..., 1], other[..., 2])) / 2
    stretch = 1.5 - 0.5 * _chroma_share(mean_chroma)
    (chroma1, hue1), (chroma2, hue2) = (_polar(c[..., 1] * stretch, c[..., 2]) for c in (one, other))
    coloured = chroma1 * chroma2 > SMALL
    turn = jnp.where(coloured, hue2 - hue1, 0)
    turn = turn - 2 * np.pi * jnp.where(turn > HALF_TURN, 1, jnp.where(turn < -HALF_TURN, -1, 0))
    lightness, chroma = (one[..., 0] + other[..., 0]) / 2, (chroma1 + chroma2) / 2
    # Half way round the shorter arc; a neutral has no hue, and the other's counts.
    hue = jnp.where(coloured, hue1 + turn / 2, jnp.where(chroma1 > chroma2, hue1, hue2))
    t = (
        1
        - 0.17 * jnp.cos(hue - _rad(30))
        + 0.24 * jnp.cos(2 * hue)
        + 0.32 * jnp.cos(3 * hue + _rad(6))
        - 0.20 * jnp.cos(4 * hue - _rad(63))
    )
    off = (lightness - 50) ** 2
    d_lightness = (other[..., 0] - one[..., 0]) / (1 + 0.015 * off / jnp.sqrt(20 + off))
    d_chroma = (chroma2 - chroma1) / (1 + 0.045 * chroma)
    d_hue = 2 * jnp.sqrt(jnp.maximum(chroma1 * chroma2, SMALL)) * jnp.sin(turn / 2) / (1 + 0.015 * chroma * t)
    degrees = jnp.mod(hue, 2 * np.pi) * (180 / np.pi)
    rotation = -2 * _chroma_share(chroma) * jnp.sin(_rad(60) * jnp.exp(-(((degrees - 275) / 25) ** 2)))
    return jnp.stack([d_lightness, d_chroma + rotation * d_hue / 2, d_hue * jnp.sqrt(1 - rotation**2 / 4)], -1)


def _root(squared: Array) -> Array:
    far = squared > SMALL**2
    return jnp.where(far, jnp.sqrt(jnp.where(far, squared, 1)), 0)


def _rad(degrees: float) -> float:
    return degrees * np.pi / 180


def _length(a: Array, b: Array) -> Array:
    return jnp.sqrt(jnp.maximum(a * a + b * b, SMALL))


def _polar(a: Array, b: Array) -> tuple[Array, Array]:
    """(chroma, hue in 0 to 2 pi); where there is no chroma, both rest."""
    there = a * a + b * b > SMALL
    hue = jnp.arctan2(jnp.where(there, b, 0), jnp.where(there, a, 1))
    return jnp.where(there, _length(a, b), 0), hue + jnp.where(hue < 0, 2 * np.pi, 0)


def _chroma_share(chroma: Array) -> Array:
    """sqrt(C^7 / (C^7 + 25^7)), without the overflow of the powers."""
    ratio = jnp.minimum(chroma / 25, 1e3)
    power = ratio**7
    return jnp.sqrt(jnp.maximum(power / (1 + power), SMALL))
