"""Any mosaic at all: each colour is fitted, around each site, to what is known of it there."""

import jax.numpy as jnp
import numpy as np

from isp.core import Cfa, Domain, Frame, Scalar, between, param, whole_number
from isp.core.planes import Array, Reach
from isp.develop.demosaic import Demosaic

LEVEL = 1e-3
"""Share of the weight by which a slope is held back, so that a few sites on one line decide no slope across it."""


class Normalised(Demosaic, needs=("cfa",), paper="knutsson1993"):
    """Normalised convolution of Knutsson and Westin: around each site, and for each filter, a plane (level and two slopes) is fitted to
    the sites of that filter, weighted by a bell; its level at the site is the estimate. So slopes are reproduced exactly, whatever the
    arrangement. Bells are as wide as the filter is sparse: `width` times the largest distance of any site to the nearest of that
    filter. Beyond `support` pixels nothing is seen.

    `detail` is the share of a site's own deviation from the fit of its filter that goes to every filter: fine structure is mostly
    brightness, which all filters see alike once they are balanced. Any tile, any filters; `frame.channels` names them where they are
    not red, green and blue. Linear in the pixels; weights are computed once for each phase.
    """

    width: Scalar = param(
        default=1.4, unit="1", within=between(0.2, 4), usual=between(0.5, 2), doc="standard deviation of a bell, over the widest gap"
    )
    detail: Scalar = param(
        default=1.0, unit="1", within=between(0, 1.5), usual=between(0, 1), doc="share of a site's own detail that all filters receive"
    )
    support: int = whole_number(default=3, unit="px", within=between(3, 16), doc="how far a fit looks")

    @property
    def reach(self) -> Reach:
        return self.support

    def __call__(self, frame: Frame) -> Frame:
        cfa, steps = frame.cfa, offsets(self.support)
        seen = known(cfa, steps)
        weights = plane_weights(seen, steps, self.width * widest_gaps(cfa), frame.pixels.dtype)

        def colours(near, phase):
            def estimate(channel):
                return sum(weights[phase, channel, i] * near(*steps[i]) for i in np.flatnonzero(seen[phase, channel]).tolist())

            estimates = [estimate(c) for c in range(len(cfa.filters))]
            own = self.detail * (near(0, 0) - estimates[cfa.channels[phase]])
            return tuple(e + own for e in estimates)

        channels = None if cfa.filters == "rgb" else cfa.filters
        return frame.to(Domain.CAMERA, frame.pixels.stencil(self.support, colours), channels=channels)


def offsets(support: int) -> list[tuple[int, int]]:
    """Rows and columns to every site at most `support` away in each."""
    steps = range(-support, support + 1)
    return [(dy, dx) for dy in steps for dx in steps]


def known(cfa: Cfa, steps: list[tuple[int, int]]) -> np.ndarray:
    """Whether, from a site of each phase, the site `steps` away has each filter: (phases, filters, steps)."""
    (height, width), channels = cfa.tile, np.array(cfa.channels).reshape(cfa.tile)
    around = np.array([[channels[(y + dy) % height, (x + dx) % width] for dy, dx in steps] for y in range(height) for x in range(width)])
    return around[:, None] == np.arange(len(cfa.filters))[:, None]


def widest_gaps(cfa: Cfa) -> np.ndarray:
    """For each filter, how far the site lies that is farthest from any of that filter; 1 at least."""
    steps = offsets(max(cfa.tile))
    away = np.where(known(cfa, steps), np.hypot(*np.array(steps, float).T), np.inf)
    return np.maximum(away.min(-1).max(0), 1).astype(np.float32)


def plane_weights(seen: np.ndarray, steps: list[tuple[int, int]], width: Array, kind: np.dtype) -> Array:
    """Weights (phases, filters, steps) whose sum over values is the level at the middle of the plane that fits them best under a bell of
    `width` (filters,); 0 where nothing is `seen`."""
    y, x = jnp.asarray(np.array(steps).T, kind)
    squared = np.square(np.array(steps)).sum(1)
    # The nearest counts 1 however narrow the bell is: only ratios matter, and none may vanish altogether.
    further = jnp.asarray(squared - np.where(seen, squared, squared.max()).min(-1, keepdims=True), kind)
    bell = jnp.where(seen, jnp.exp(-jnp.maximum(further, 0) / (2 * jnp.square(width)[:, None])), 0)

    def total(values: Array) -> Array:
        return jnp.sum(bell * values, -1, keepdims=True)

    one = jnp.sum(bell, -1, keepdims=True)
    mean_y, mean_x = total(y) / one, total(x) / one
    yy, yx, xx = total((y - mean_y) ** 2), total((y - mean_y) * (x - mean_x)), total((x - mean_x) ** 2)
    yy, xx = yy + LEVEL * one, xx + LEVEL * one
    # The level at the middle is the mean, less the slopes times where the mean lies.
    down = (yy * xx - yx * yx) / one
    tilt_y, tilt_x = (xx * mean_y - yx * mean_x) / down, (yy * mean_x - yx * mean_y) / down
    return bell / one * (1 - (tilt_y * (y - mean_y) + tilt_x * (x - mean_x)))
