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
        cfa, kind = frame.cfa, frame.pixels.dtype
        gaps = widest_gaps(cfa)

        def colours(near, phase):
            estimates = []
            for channel in range(len(cfa.filters)):
                places = known(cfa, phase, channel, self.support)
                weights = plane_weights(places, self.width * gaps[channel], kind)
                estimates.append(sum(weights[i] * near(dy, dx) for i, (dy, dx) in enumerate(places)))
            own = self.detail * (near(0, 0) - estimates[cfa.channels[phase]])
            return tuple(e + own for e in estimates)

        channels = None if cfa.filters == "rgb" else cfa.filters
        return frame.to(Domain.CAMERA, frame.pixels.stencil(self.support, colours), channels=channels)


def known(cfa: Cfa, phase: int, channel: int, support: int) -> list[tuple[int, int]]:
    """Where, around a site of `phase`, sites of a filter lie: (rows, columns) away, at most `support` each."""
    (height, width), steps = cfa.tile, range(-support, support + 1)
    y, x = divmod(phase, width)
    return [(dy, dx) for dy in steps for dx in steps if cfa.channels[(y + dy) % height * width + (x + dx) % width] == channel]


def widest_gaps(cfa: Cfa) -> list[float]:
    """For each filter, how far the site lies that is farthest from any of that filter."""
    around = 2 * max(cfa.tile)
    phases = range(len(cfa.sites))
    return [max(1.0, max(min(np.hypot(*p) for p in known(cfa, i, c, around)) for i in phases)) for c in range(len(cfa.filters))]


def plane_weights(places: list[tuple[int, int]], width: Array, kind: np.dtype) -> Array:
    """Weights (places,) whose sum over values is the level at the middle of the plane that fits them best under a bell of `width`."""
    at = jnp.asarray(np.array(places), kind)
    y, x = at[:, 0], at[:, 1]
    squared = y * y + x * x
    # The nearest counts 1 however narrow the bell is: only ratios matter, and none may vanish altogether.
    bell = jnp.exp(-(squared - jnp.min(squared)) / (2 * width * width))
    one, slope_y, slope_x = jnp.sum(bell), jnp.sum(bell * y), jnp.sum(bell * x)
    yy, yx, xx = (jnp.sum(bell * p) for p in (y * y, y * x, x * x))
    yy, yx, xx = yy - slope_y * slope_y / one, yx - slope_y * slope_x / one, xx - slope_x * slope_x / one
    yy, xx = yy + LEVEL * one, xx + LEVEL * one
    down = yy * xx - yx * yx
    # The level at the middle is the mean, less the slopes times where the mean lies.
    tilt_y, tilt_x = (xx * slope_y - yx * slope_x) / down, (yy * slope_x - yx * slope_y) / down
    return bell / one * (1 - tilt_y * (y - slope_y / one) - tilt_x * (x - slope_x / one))
