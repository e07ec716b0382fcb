"""A site that stands alone above or below all its neighbours is not a detail of the picture but a defect of the sensor."""

import jax
import jax.numpy as jnp

from isp.core import Cfa, Frame, Scalar, between, param
from isp.core.planes import Array, origin_of
from isp.develop.defect import REACH, Defect, along_edges, estimates, same_colour
from isp.ops.extreme import largest, middle_of_four, smallest
from isp.ops.fuse import cut, parted


class Dynamic(Defect, needs=("cfa",), uses=("noise", "black", "white"), reach=REACH):
    """Replace a site that exceeds the largest (or falls below the smallest) of its neighbours of the same colour by more than
    `threshold` standard deviations of the noise, `spread` times the range of those neighbours, and `shared` times the rise that the
    other colours around it show as well: light falls on several sites, a defect on one. That keeps stars and fine texture. The
    estimate follows the direction in which opposite neighbours agree best.

    The switch from own to estimated value is a sigmoid over a share of the tolerance, so that every parameter has a slope; on sound
    sites it is shut to about 1e-4 of the small difference. Without `frame.noise` the deviation is that of photons
    with `unknown_noise` at white. Two bad neighbours of the same colour protect each other: list such clusters for `defect.listed`.
    """

    threshold: Scalar = param(
        default=6.0, unit="sigma", within=between(1, 40), usual=between(3, 12), doc="noise that a sound site may show"
    )
    spread: Scalar = param(default=1.0, unit="1", within=between(0, 4), doc="allowed excess as a share of the range of the neighbours")
    shared: Scalar = param(default=5.0, unit="1", within=between(0, 16), doc="allowed excess for each unit that the other colours rise too")
    unknown_noise: Scalar = param(
        default=0.01, unit="of white", within=between(1e-4, 0.2), doc="deviation at white where the frame has no noise model"
    )

    def __call__(self, frame: Frame) -> Frame:
        noise, cfa = self.noise_of(frame), frame.cfa
        pedestal = jnp.zeros(frame.filters) if frame.black is None else frame.per_filter(frame.black)
        pedestal = pedestal.astype(frame.pixels.dtype)

        def repaired(near, phase):
            # What meets here is cut: many slopes come back to each of these planes, and each leads to many neighbours.
            own = near(0, 0)
            itself = mirrored_onto_itself(frame, phase)
            around = {o: parted(jnp.where(itself(*o), near(-o[0], -o[1]), near(*o))) for o in same_colour(cfa, phase)}
            if len(around) < 2:
                return own
            low, high = cut((smallest(around.values()), largest(around.values())))
            slope, floor, tiny = noise[phase]
            deviation = cut(jnp.sqrt(jnp.maximum(slope * (low + high) / 2 + floor, tiny**2)))
            said = [(value, apart) for value, apart, _ in estimates(around)]
            rise = cut(shared_rise(cfa, phase, near))
            texture = self.spread * (high - low)
            black = pedestal[phase]
            lit = jnp.clip((own - black) / jnp.maximum(low - black, deviation), 0, 1)
            hot = switch(own - high, self.threshold * deviation + texture + self.shared * jnp.maximum(rise, 0))
            cold = switch(low - own, self.threshold * deviation + texture * lit + self.shared * jnp.maximum(-rise, 0))
            return own + cut(hot + cold) * (cut(along_edges(said, deviation)) - own)

        # Each neighbour is read many times: without the cut, whatever came before would be computed as often.
        return frame.but(pixels=cut(frame.pixels).stencil(REACH, repaired))

    def noise_of(self, frame: Frame) -> list[tuple[Array, Array, Array]]:
        """Slope and floor of the variance for each phase, and the smallest deviation that is told from none."""
        white = jnp.ones(frame.filters) if frame.white is None else frame.per_filter(frame.white)
        tiny = 1e-6 * jnp.abs(white) + 1e-12
        if frame.noise is not None:
            slope, floor = jnp.asarray(frame.noise)[:, 0], jnp.asarray(frame.noise)[:, 1]
        else:
            slope, floor = self.unknown_noise**2 * white, (0.1 * self.unknown_noise * white) ** 2
        dtype = frame.pixels.dtype
        return [tuple(jnp.asarray(v[i], dtype) for v in (slope, floor, tiny)) for i in range(frame.filters)]


def mirrored_onto_itself(frame: Frame, phase: int):
    """`itself(dy, dx)`: where a neighbour across the border is the mirrored site, which would vouch for itself. (1, 1) or larger."""
    (row, column), (height, width) = frame.coordinates(phase), frame.extent
    tile, (down, right) = frame.pixels.tile, frame.pixels.cells(REACH)
    row, column = row[down : row.shape[0] - down], column[:, right : column.shape[1] - right]

    steps = range(-REACH, REACH + 1)
    down, across = ({d: origin_of(p + d, n, t) == p for d in steps} for p, n, t in ((row, height, tile[0]), (column, width, tile[1])))
    down, across = cut((down, across))  # else found again at every site

    def itself(dy: int, dx: int) -> Array:
        return down[dy] & across[dx]

    return itself


SHARPNESS = 8.0
"""A site exactly as high as its highest neighbour is mixed by the sigmoid of minus this number."""


def switch(excess: Array, allowed: Array) -> Array:
    """0 for a sound site, 1 for one whose excess is beyond what is allowed."""
    return jax.nn.sigmoid(SHARPNESS * (excess / allowed - 1))


def shared_rise(cfa: Cfa, phase: int, near) -> Array:
    """By how much the four sites beside this one rise above the other sites of their colours: the median of four, so that one
    bad neighbour does not speak for all."""
    (height, width), around = cfa.tile, range(-REACH, REACH + 1)
    y, x = divmod(phase, width)

    def colour(dy: int, dx: int) -> str:
        return cfa.rows[(y + dy) % height][(x + dx) % width]

    beside = [(0, -1), (0, 1), (-1, 0), (1, 0)]
    rises = []
    for place in beside:
        far = [(dy, dx) for dy in around for dx in around if colour(dy, dx) == colour(*place) and abs(dy) + abs(dx) > 1]
        rises.append(near(*place) - sum(near(*o) for o in far) / len(far) if far else jnp.zeros_like(near(0, 0)))
    return middle_of_four(*rises)
