"""What becomes of noise on its way through a chain of functions: predicted from slopes, and measured by drawing.

A frame x = m + s n has a mean m, a deviation s at each site, and noise n that is independent from site to site, normal and of variance 1. For
y = f(x), where f may be any number of stages, three variances are told, as means over patches:

    first order    var y = |J(m) s|^2, J being the slopes of f at the mean. Exact where f is linear, and for any noise that is small beside
                   the bends of f. It is blind where a decision hangs on the noise itself: at its mean a bilateral filter sees all
                   neighbours alike, and takes the mean of them all.
    averaged       var y = int_0^1 E <J(x) s, J(x') s> dt, with x' = m + s (t n + sqrt(1 - t^2) n') and n' noise of its own. No approximation
                   but an identity (Houdre, Perez-Abreu and Surgailis 1998): it holds for every f that has slopes, and for noise of any
                   strength. At t = 0 the integrand is statistical linearisation (slopes averaged, then squared), which is too little; at
                   t = 1 it is the bound of Poincare (squared, then averaged), which is too much. Noise that leans to one side is a curve
                   over normal noise (`isp.evaluate.skewed`), and the curve a part of f: nothing else changes.
    drawn          the variance over draws of x, whatever their distribution.

No Jacobian is built: <J s, J' s> is the mean of (J s z)(J' s z) over random signs z (Hutchinson 1990), which takes a forward slope each,
whatever the reach of f. Each variance has a standard error, that of its mean over probes or over groups of draws.

Clipping has its true slope in the predictions, which is 0 where it clips, and rounding is left out of them: what it does to noise depends on where the
means lie (`isp.evaluate.rounding`). Where a stage states the slope of another stand-in, of a hard decision, they believe it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.core.compile import compiled
from isp.core.planes import Array
from isp.evaluate import skewed
from isp.evaluate.measured import Measured
from isp.ops.curve import exact_slopes

PAPERS = ("houdre1998", "hutchinson1990")

GROUP = 8
"""Draws that make one estimate of a variance; the scatter of such estimates is its error."""

Pool = Callable[[Sequence[np.ndarray]], list[np.ndarray]]
"""Means over patches of each of the arrays that a function returns."""


class Propagation:
    """Noise through `function(given, x)`, which returns a list of arrays, such as the pixels after each stage. `given` is a pytree of whatever
    may differ from call to call: parameters, facts. One program is compiled, and serves all that is asked of frames of one shape."""

    def __init__(self, function: Callable[[Any, Array], list[Array]], pool: Pool):
        def moved(given: Any, x: Array, towards: Array) -> tuple[list[Array], list[Array]]:
            # Forward through reverse, since a stage may state its reverse slopes alone: these are linear in what comes back, and
            # their own reverse is the forward slope.
            with exact_slopes():
                made, back = jax.vjp(lambda at: function(given, at), x)
            _, forward = jax.vjp(lambda up: back(up)[0], [jnp.zeros_like(m) for m in made])
            return made, forward(towards)[0]

        self._moved, self._made, self._pool = compiled(moved), compiled(function), pool

    def first_order(self, given: Any, mean: np.ndarray, deviation: np.ndarray, *, probes: int = 32, seed: int = 0) -> list[Measured]:
        """The variances that slopes at the mean predict, for each array as its pool has it."""
        random = np.random.default_rng(seed)
        return _told(self._squared(self._slopes(given, mean, deviation * _signs(random, mean))) for _ in range(probes))

    def averaged(
        self, given: Any, mean: np.ndarray, deviation: np.ndarray, skewness: np.ndarray | float = 0.0, *, probes: int = 32, seed: int = 0
    ) -> list[Measured]:
        """The variances that slopes all over the noise predict; `skewness` at each site is the third moment over the cube of the deviation, 0 to 2.
        t goes evenly from 0 to 1, so that the errors, which count what it changes as chance, are too large rather than too small."""
        random = np.random.default_rng(seed)
        bend = skewed.bend(np.asarray(skewness)).astype(np.float32)

        def slopes(normal: np.ndarray, towards: np.ndarray) -> list[np.ndarray]:
            noise, slope = skewed.curve(bend, normal)
            return self._slopes(given, mean + deviation * noise, deviation * slope * towards)

        def one(t: float) -> list[np.ndarray]:
            noise, other = (random.standard_normal(np.shape(mean), np.float32) for _ in range(2))
            signs = _signs(random, mean)
            near, far = slopes(noise, signs), slopes(t * noise + (1 - t * t) ** 0.5 * other, signs)
            return self._pool([a * b for a, b in zip(near, far, strict=True)])

        return _told(one(float(t)) for t in random.permutation((np.arange(probes) + 0.5) / probes).astype(np.float32))

    def drawn(self, given: Any, draws: Sequence[np.ndarray]) -> list[Measured]:
        """The variances of draws of x, in groups of eight; what makes no whole group is left out. Raises ValueError with fewer than two groups."""
        if len(draws) < 2 * GROUP:
            raise ValueError(f"{len(draws)} draws say no variance and its error; {2 * GROUP} are the least")

        def one(some: Sequence[np.ndarray]) -> list[np.ndarray]:
            made = zip(*(self.values(given, draw) for draw in some), strict=True)
            return self._pool([np.var(np.stack(each), axis=0, ddof=1) for each in made])

        return _told(one(draws[i : i + GROUP]) for i in range(0, len(draws) - GROUP + 1, GROUP))

    def slope(self, given: Any, mean: np.ndarray, towards: np.ndarray) -> list[np.ndarray]:
        """How far each pool moves when the input moves by `towards`, to first order."""
        return self._pool(self._slopes(given, mean, towards))

    def values(self, given: Any, x: np.ndarray) -> list[np.ndarray]:
        """What the function returns."""
        return [np.asarray(v) for v in self._made(given, *_single(x))]

    def unrounded(self, given: Any, x: np.ndarray) -> list[np.ndarray]:
        """What it would return without rounding."""
        return [np.asarray(v) for v in self._moved(given, *_single(x, np.zeros(np.shape(x))))[0]]

    def _slopes(self, given: Any, x: np.ndarray, towards: np.ndarray) -> list[np.ndarray]:
        return [np.asarray(v) for v in self._moved(given, *_single(x, towards))[1]]

    def _squared(self, slopes: Sequence[np.ndarray]) -> list[np.ndarray]:
        return self._pool([s * s for s in slopes])


def _single(*arrays: np.ndarray) -> list[np.ndarray]:
    return [np.asarray(a, np.float32) for a in arrays]


def _signs(random: np.random.Generator, like: np.ndarray) -> np.ndarray:
    return (2 * random.integers(0, 2, np.shape(like)) - 1).astype(np.float32)


def _told(samples: Iterable[list[np.ndarray]]) -> list[Measured]:
    """The mean of samples and its standard error."""
    made = []
    for each in zip(*samples, strict=True):
        values = np.stack(each).astype(np.float64)
        made.append(Measured(values.mean(0), values.std(0, ddof=1) / np.sqrt(len(values))))
    return made
