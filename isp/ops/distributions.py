"""Distributions as quantiles of random words: every draw is a smooth function of its parameters at a fixed word, so it has gradients.

A word is 32 random bits. Tails are formed from their own probability, never from 1 minus it, so that they are not cut where single
precision ends near 1: with 12 million sites, draws of one in ten million are seen in every frame.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from isp.ops.curve import polynomial

SMALL = 6.0
"""Below this rate a Poisson count is found by summing its probabilities, above it by the expansion of its quantile."""
TERMS = 26
"""Probabilities summed: at a rate of 6 a count of 26 is exceeded once in 3e9 draws."""
SPREAD = (
    3.28986823, 1.77149763, -1.45613478, 0.399077255, 0.0688825581, -0.12638693, 0.0796902914, -0.0337918128, 0.0072972217,
)  # fmt: skip
"""The variance of Tukey's lambda distribution, times (1 + lambda)^2 (1 + 2 lambda): within 5e-7 for lambda in -0.45 to 1."""
CENTRE = (
    1.50140941, 0.246640727, -0.00417768164, -0.00125372503, 0.00021858087, -4.39150654e-06, -3.5233877e-06, 3.43273939e-07, 2.81022636e-08,
)  # fmt: skip
FAR = (
    2.83297682, 1.00167406, 0.00943887047, -0.0076224613, 0.00573950773, -0.00367342844, 0.00134934322, 0.000100950558, -0.000200214257,
)  # fmt: skip
"""The inverse error function of Giles (2012), single precision, near the middle and far out."""


# ------------------------------------------------------------------ words
def tail(word: Any) -> tuple[Any, Any]:
    """A word as the probability (float32) in (0, 1/2] that lies beyond the draw, and whether the draw lies in the upper half."""
    return ((word & 0x7FFFFFFF).astype(jnp.float32) + 0.5) * jnp.float32(2**-32), word >> 31 == 0


def uniform(word: Any) -> Any:
    """Words as float32 in (0, 1), symmetric about a half."""
    return ((word >> 8).astype(jnp.float32) + 0.5) * jnp.float32(2**-24)


def either(word: Any) -> Any:
    """Words as -1 or 1, float32."""
    return jnp.where(word >> 31 == 0, jnp.float32(1), jnp.float32(-1))


# ------------------------------------------------------------------ real numbers
def normal(word: Any) -> Any:
    """Words as standard normal float32, out to 6.3 standard deviations; within 2e-6 of the exact quantile up to 5, and 5e-4 beyond."""
    beyond, upper = tail(word)
    w = -jnp.log(4 * beyond * (1 - beyond))
    shape = jnp.where(w < 5, polynomial(CENTRE, w - 2.5), polynomial(FAR, jnp.sqrt(jnp.maximum(w, 5.0)) - 3))
    magnitude = jnp.float32(2**0.5) * (1 - 2 * beyond) * shape
    return jnp.where(upper, magnitude, -magnitude)


def tukey_lambda(word: Any, shape: Any) -> Any:
    """Words as Tukey's lambda distribution of mean 0 and variance 1, for a `shape` in -0.45 to 1: 0.14 is nearly normal, 0 logistic,
    below 0 the tails are heavy. Its quantile, (p^shape - (1 - p)^shape) / shape, is evaluated through (e^y - 1) / y, which has no
    hole at 0."""
    beyond, upper = tail(word)
    high, low = jnp.log(1 - beyond), jnp.log(beyond)
    magnitude = (high * _growth(shape * high) - low * _growth(shape * low)) / jnp.sqrt(tukey_variance(shape))
    return jnp.where(upper, magnitude, -magnitude)


def tukey_variance(shape: Any) -> Any:
    """The variance of Tukey's lambda distribution of scale 1, for a `shape` in -0.45 to 1."""
    return polynomial(SPREAD, shape) / ((1 + shape) ** 2 * (1 + 2 * shape))


def exponential(word: Any) -> Any:
    """Words as float32 of exponential distribution, mean 1, out to 22."""
    return -jnp.log((word.astype(jnp.float32) + 0.5) * jnp.float32(2**-32))


def rare(word: Any, share: Any) -> Any:
    """Zero for all words but a `share` (over 0) of them, and of exponential distribution with mean 1 among these. One word chooses and
    measures, so a little more share brings sites in at zero and raises the others: the gradient in `share` is exact."""
    return jnp.maximum(exponential(word) + jnp.log(share), 0.0)


def _growth(y: Any) -> Any:
    """(e^y - 1) / y, and 1 at 0."""
    small = jnp.abs(y) < 0.1
    apart = jnp.where(small, 1.0, y)
    near = polynomial((1.0, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720), jnp.where(small, y, 0.0))
    return jnp.where(small, near, (jnp.exp(apart) - 1) / apart)


# ------------------------------------------------------------------ counts
@jax.custom_jvp
def poisson(rate: Any, word: Any) -> Any:
    """Poisson counts of mean `rate`, as whole numbers in its type: the quantile of `word`, found without a loop over draws. A rate below
    0 counts as 0.

    Above a rate of SMALL the quantile's expansion about the normal one (Giles 2016, to the order of rate^-3/2), below it the sum of its
    probabilities; counts are of the right probability to 5e-4 in all, whatever the rate. The gradient is straight through the step to
    whole numbers, that of `poisson_smooth`, whose mean over all words is exactly 1.
    """
    z = normal(word)
    many = jnp.maximum(rate, SMALL)
    i, zz = 1 / jnp.sqrt(many), z * z
    second, third, fourth = -z * (2 + zz) / 72, ((3 * zz + 7) * zz - 16) / 810, -z * ((9 * zz + 256) * zz - 433) / 38880
    expanded = many + many * i * z + (2 + zz) / 6 + i * (second + i * (third + i * fourth))
    return jnp.where(rate > SMALL, jnp.maximum(jnp.floor(expanded), 0.0), _summed(jnp.clip(rate, 0.0, SMALL), word))


def poisson_smooth(rate: Any, word: Any) -> Any:
    """Normal noise of the mean and variance of `poisson`, without the step to whole numbers. Below a rate of 1/4, where the slope of its
    root would have no bound, the deviation falls straight to 0 instead."""
    return rate + _deviation(rate) * normal(word)


def _summed(rate: Any, word: Any) -> Any:
    """Counts of a rate in 0 to SMALL. Rounded sums end beside 1, so a draw beyond them would count every term: a count stays below
    what one draw in ten million exceeds."""
    beyond, upper = tail(word)
    left = jnp.where(upper, 1 - beyond, beyond)  # the probability below this draw
    probability = jnp.exp(-rate)
    below, count = probability, jnp.zeros_like(rate * left)
    for k in range(1, TERMS):
        count = count + (left > below)
        probability = probability * rate * (1 / k)
        below = below + probability
    return jnp.minimum(count, jnp.floor(rate + 5.5 * jnp.sqrt(rate) + 3))


def _deviation(rate: Any) -> Any:
    return jnp.where(rate < 0.25, 2 * jnp.maximum(rate, 0.0), jnp.sqrt(jnp.maximum(rate, 0.25)))


@poisson.defjvp
def _(primals: tuple[Any, Any], tangents: tuple[Any, Any]) -> tuple[Any, Any]:
    (rate, word), (moved, _) = primals, tangents
    slope = jnp.where(rate < 0.25, jnp.where(rate < 0, 0.0, 2.0), 0.5 / jnp.sqrt(jnp.maximum(rate, 0.25)))
    return poisson(rate, word), (1 + slope * normal(word)) * moved
