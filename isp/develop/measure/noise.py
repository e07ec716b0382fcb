"""How the noise of a frame grows with its light, from the frame alone."""

import jax
import jax.numpy as jnp

from isp.core import Domain, Frame, Scalar, between, option, param
from isp.core.planes import Array
from isp.develop.measure import Measure

SIDES = 8, 4
"""Sites of one phase along a block: 16 differences, enough for a variance, small enough to find calm places; in small frames four."""

BLOCKS = 16384
"""No more blocks than this are looked at."""

GROUPS = 24
"""Blocks are grouped by brightness into at most this many equal crowds, of at least 32 where there are so many."""

SATURATED = 0.9
"""Share of white above which a block may hold clipped noise."""


class Noise(Measure, accepts=(Domain.MOSAIC,), stabilised=False, uses=("noise", "white", "balanced"), gives=("noise",)):
    """Estimate variance = a x + b for each filter. The plane of each phase is cut into blocks; the second difference across 2x2 sites
    sees noise and hardly any slope or edge of the scene; blocks are grouped by brightness, and the mean of the `calm` share of each group
    whose local means vary least is the variance there. A line through the groups, refined by its own residuals, is the model. Blocks that touch white, or the darkest value of the frame (noise clipped at black), are left out.

    Balanced pixels are judged as the sensor gave them, and the model is scaled back. The order of the blocks is hard, the step at the
    calm share soft. A textured scene without calm places is overestimated, a frame that was denoised, coarsely quantised or stored by a
    lossy codec underestimated; the floor never falls below a hundredth of what a 12-bit converter adds.
    """

    when: str = option(default="missing", choices=("missing", "always"), doc="measure only where the file says no noise, or always")
    calm: Scalar = param(default=6.0, unit="%", within=between(1, 60), usual=between(3, 30), doc="blocks of each group that are heard")

    def __call__(self, frame: Frame) -> Frame:
        if self.when == "missing" and frame.noise is not None:
            return frame
        white = jnp.ones(frame.filters) if frame.white is None else frame.per_filter(frame.white)
        gains = jnp.ones(frame.filters) if frame.balanced is None else frame.per_filter(frame.balanced)
        gains = jnp.maximum(gains, 1e-3)
        found = []
        for phase, (plane,) in enumerate(frame.pixels.planes):
            found.append(judged(plane / gains[phase].astype(plane.dtype), (white / gains)[phase]))
        slope, floor = self.line(*(jnp.concatenate(each) for each in zip(*found, strict=True)))
        return frame.but(noise=jnp.stack([slope * gains, floor * gains**2], -1).astype(frame.pixels.dtype))

    def line(self, mean: Array, variance: Array, unrest: Array, sound: Array) -> tuple[Array, Array]:
        """Slope and floor of the variances of calm blocks over brightness, from blocks (n,) of which `sound` ones count."""
        count = sound.sum()
        groups = max(2, min(GROUPS, mean.size // 32))
        rank = ranks(jnp.where(sound, mean, jnp.inf))
        group = jnp.where(sound, jnp.minimum(rank * groups // jnp.maximum(count, 1), groups - 1), groups)
        inside = (group[None] == jnp.arange(groups)[:, None]).astype(mean.dtype)
        crowd = inside.sum(1)
        first = jnp.concatenate([jnp.cumsum(crowd) - crowd, crowd.sum()[None]])[group]
        within = jnp.zeros(mean.size, jnp.int32).at[jnp.lexsort((unrest, group))].set(jnp.arange(mean.size, dtype=jnp.int32)) - first
        share = (within + 0.5) / jnp.maximum(jnp.concatenate([crowd, jnp.ones(1)])[group], 1)
        calm = self.calm / 100
        chosen = inside * jax.nn.sigmoid((calm - share) / (0.5 * calm))
        enough = jnp.maximum(chosen.sum(1), 1e-6)
        return fitted((chosen @ mean) / enough, (chosen @ variance) / enough, chosen.sum(1))


def ranks(values: Array) -> Array:
    """The place (n,) of each value in their order."""
    return jnp.zeros(values.size, jnp.int32).at[jnp.argsort(values)].set(jnp.arange(values.size, dtype=jnp.int32))


def judged(plane: Array, white: Array) -> tuple[Array, Array, Array, Array]:
    """Blocks of one phase, spread over the plane: mean, variance of the noise, unrest of the scene, soundness. Noise and unrest look at
    orthogonal shares of the block, so that a choice by unrest does not bias the noise."""
    rows, columns = plane.shape
    side = min(SIDES[rows * columns < 128 * SIDES[0] ** 2], rows // 2 * 2, columns // 2 * 2) or 1
    step = max(1, round(((rows // side) * (columns // side) / BLOCKS) ** 0.5))
    down, across = rows // side // step, columns // side // step

    def blocks(p: Array, size: int) -> Array:
        p = p[: down * step * size, : across * step * size].reshape(down, step, size, across, step, size)[:, 0, :, :, 0]
        return p.transpose(0, 2, 1, 3).reshape(down * across, size * size)

    if side == 1:
        return plane.ravel(), jnp.zeros(plane.size), jnp.zeros(plane.size), jnp.zeros(plane.size, bool)
    even = plane[: rows // 2 * 2, : columns // 2 * 2]
    a, b, c, d = even[::2, ::2], even[::2, 1::2], even[1::2, ::2], even[1::2, 1::2]
    difference, smooth, slant, tilt = (blocks(h / 2, side // 2) for h in (a - b - c + d, a + b + c + d, a - b + c - d, a + b - c - d))
    values = blocks(plane, side)
    sound = (values.max(1) < SATURATED * white) & (values.min(1) > plane.min())
    return values.mean(1), (difference**2).mean(1), smooth.var(1) + (slant**2 + tilt**2).mean(1), sound


def fitted(light: Array, variance: Array, weight: Array) -> tuple[Array, Array]:
    """Slope and floor, neither negative, of a line through groups: weighted by the inverse square of what the line itself expects, and
    less where a group lies far above it, which texture does."""
    scale = jax.lax.stop_gradient(jnp.maximum(jnp.abs(light * (weight > 0)).max(), 1e-12))
    x, least = light / scale, 1e-2 / (12 * 4096**2)
    trust = weight / (variance + least) ** 2
    for _ in range(8):
        slope, floor = straight(x, variance, jax.lax.stop_gradient(trust / jnp.maximum(trust.max(), 1e-12)))
        expected = jnp.maximum(slope * x + floor, least)
        above = jnp.maximum(variance / expected - 1, 0) / 0.2
        trust = weight / (expected**2 / jnp.max(expected) ** 2) / (1 + above**2)
    return slope / scale, jnp.maximum(floor, least)


def straight(x: Array, y: Array, weight: Array) -> tuple[Array, Array]:
    """Weighted least squares of slope and floor, neither negative."""
    total = jnp.maximum(weight.sum(), 1e-6)
    mean_x, mean_y = (weight * x).sum() / total, (weight * y).sum() / total
    width, together = (weight * (x - mean_x) ** 2).sum() / total, (weight * (x - mean_x) * (y - mean_y)).sum() / total
    slope = jnp.maximum(together / jnp.maximum(width, 1e-12), 0)
    floor = mean_y - slope * mean_x
    through_zero = (weight * x * y).sum() / jnp.maximum((weight * x * x).sum(), 1e-6)
    return jnp.where(floor < 0, jnp.maximum(through_zero, 0), slope), jnp.maximum(floor, 0)
