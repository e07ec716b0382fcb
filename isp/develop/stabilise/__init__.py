"""Noise made equally strong everywhere, so that what follows can treat dark and bright alike; and back."""

from dataclasses import replace

import jax.numpy as jnp

from isp.core import Domain, Frame, Stabiliser, Stage
from isp.core.planes import Array
from isp.ops.stabilise import compressed

LEVEL = 0.18
"""Where noise models that differ in shape are compared, as a share of white."""

LEAST = 1e-9, 1e-12
"""Slope and floor of a noise model too small to matter: a billion photons at white, a millionth of white."""


class Stabilise(Stage, accepts=(Domain.MOSAIC, Domain.CAMERA)):
    """Pixels go under a curve that compresses bright values, or come out of it. 0 stays 0, 1 stays 1, negative values survive."""


def under(frame: Frame, method: str, offset: Array = 0.0) -> Frame:
    """The frame under the transform `method`. All filters go under the same curve, so that grey stays grey; the noise of each becomes
    a constant of its own."""
    mean = jnp.zeros(2) if frame.noise is None else jnp.mean(jnp.asarray(frame.noise), axis=0)
    stabiliser = Stabiliser(noise=mean, scale=1.0, offset=offset, method=method)
    a, c = curve_of(stabiliser)
    scale = compressed(1.0, a, c)
    stabiliser = replace(stabiliser, scale=scale)

    facts = {} if frame.white is None else {"white": _under(jnp.asarray(frame.white), a, c, 1 / scale)}
    if frame.noise is not None:
        floors = variance(frame.noise) / unit_variance(stabiliser)
        facts["noise"] = jnp.stack([jnp.zeros_like(floors), floors], -1)
    return frame.but(pixels=frame.pixels.curved(_under, numbers=(a, c, 1 / scale)), stabiliser=stabiliser, **facts)


def _under(x: Array, a: Array, c: Array, gain: Array) -> Array:
    return compressed(x, a, c) * gain


def curve_of(stabiliser: Stabiliser) -> tuple[Array, Array]:
    """(a, c) of the curve whose slope is 1 / sqrt(a x + c), before it is scaled."""
    if stabiliser.method == "square_root":
        return 1.0, stabiliser.offset
    a, b = (jnp.maximum(n, least) for n, least in zip(stabiliser.noise, LEAST, strict=True))
    return a, 0.375 * a**2 + b


def unit_variance(stabiliser: Stabiliser) -> Array:
    """The variance at `LEVEL` that becomes 1 under the transform."""
    a, c = curve_of(stabiliser)
    # What the Anscombe transform adds under its root makes up for terms that the slope alone does not know: the noise is b, not c.
    added = 0.375 * a**2 if stabiliser.method == "anscombe" else 0.0
    return (a * LEVEL + c - added) * stabiliser.scale**2


def variance(noise: Array) -> Array:
    """The variance that noise models (..., 2) of slope and floor have at `LEVEL`; never negative."""
    noise = jnp.asarray(noise)
    return jnp.maximum(noise[..., 0] * LEVEL + noise[..., 1], 0)
