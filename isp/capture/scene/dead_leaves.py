"""A heap of leaves of all sizes: texture with the statistics of nature, and a known truth."""

import jax
import jax.numpy as jnp

from isp.capture.scene import Scene, coloured, covered, places
from isp.core import Frame, Scalar, between, option, param, whole_number
from isp.ops import charts


class DeadLeaves(Scene, paper="cao2010"):
    """Opaque discs dropped one over another. Their radii have a density proportional to r^-3, so that the texture looks alike at every
    scale; their reflectances are uniform between `dark` and `light`, so of mean (dark + light) / 2 and variance (light - dark)^2 / 12
    where the ground is covered. Pixels on an edge mix by area, to 0.04.

    The leaves belong to the chart: `seed` alone decides them, not the frame's chance. `colour` gives leaves three values instead of one.
    """

    dark: Scalar = param(default=0.1, unit="1", within=between(0, 100), usual=between(0, 1), doc="least reflectance")
    light: Scalar = param(default=0.8, unit="1", within=between(0, 100), usual=between(0, 1), doc="greatest reflectance")
    colour: str = option(default="grey", choices=("grey", "rgb"), doc="leaves of grey, or of any colour")
    leaves: int = whole_number(default=2000, unit="discs", within=between(1, 10**6), doc="number of leaves")
    smallest: int = whole_number(default=10, unit="1/1000", within=between(1, 1000), doc="least radius, in thousandths of the shorter side")
    largest: int = whole_number(
        default=250, unit="1/1000", within=between(1, 1000), doc="greatest radius, in thousandths of the shorter side"
    )
    seed: int = whole_number(default=1, unit="1", within=between(0, 2**31), doc="which heap")

    def __call__(self, frame: Frame) -> Frame:
        row, column, rows, columns = places(frame)
        heap = charts.leaves(self.seed, self.leaves, self.smallest / 1000, self.largest / 1000)
        shades = 1 if self.colour == "grey" else 3
        side = jnp.minimum(rows, columns)
        ground = jnp.full(jnp.broadcast_shapes(row.shape, column.shape), 0.5, frame.pixels.dtype)

        def dropped(below: tuple, leaf: jax.Array) -> tuple:
            down, right = row + 0.5 - leaf[0] * rows, column + 0.5 - leaf[1] * columns
            share = charts.disc(jnp.sqrt(down * down + right * right), leaf[2] * side)
            return tuple(b + share * (leaf[3 + c] - b) for c, b in enumerate(below)), None

        shown, _ = jax.lax.scan(dropped, (ground,) * shades, jnp.asarray(heap, frame.pixels.dtype))
        reflectances = [self.dark + (self.light - self.dark) * s for s in shown]
        return covered(frame, *reflectances) if shades == 1 else coloured(frame, *reflectances)
