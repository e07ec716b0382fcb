"""A site that stands alone above or below all its neighbours is not a detail of the picture but a defect of the sensor."""

from dataclasses import replace
from functools import partial
from typing import Any

import jax.numpy as jnp

from isp.core import Cfa, Frame, Scalar, between, param
from isp.core.planes import Array, origin_of
from isp.develop.defect import REACH, Defect, across_from, along_edges, estimates, same_colour
from isp.ops.doubt import doubt
from isp.ops.extreme import largest, middle_of_four, smallest
from isp.ops.fuse import cut, parted
from isp.ops.surround import ends


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
        cfa, pixels = frame.cfa, cut(frame.pixels)  # else whatever came before would be computed once for each neighbour
        noise, made = self.noise_of(frame), {}
        pedestal = jnp.zeros(frame.filters) if frame.black is None else frame.per_filter(frame.black)
        pedestal = pedestal.astype(pixels.dtype)

        def repaired(near, phases):
            # What meets here is cut: many slopes come back to each of these planes, and each leads to many neighbours.
            own, (down, across) = near(0, 0), mirrored_onto_itself(frame, phases)
            if cfa.is_bayer:  # the neighbours are those of the site in its own plane
                wide = cut(jnp.stack([pixels.planes[phase][0] for phase in phases]))
                twins = tuple(jnp.stack([at[d] for d in (-REACH, 0, REACH)]) for at in (down, across))
                (low, high), wanted = ends(wide, twins), partial(across_from, wide, twins=twins)
            else:
                offsets = same_colour(cfa, phases[0])
                around = {o: parted(jnp.where(down[o[0]] & across[o[1]], near(-o[0], -o[1]), near(*o))) for o in offsets}
                if len(around) < 2:
                    return own
                low, high = cut((smallest(around.values()), largest(around.values())))
                wanted = partial(along_edges, [(value, apart) for value, apart, _ in estimates(around)])
            slope, floor, tiny = (n[jnp.array(phases), None, None] for n in noise)
            deviation = cut(jnp.sqrt(jnp.maximum(slope * (low + high) / 2 + floor, tiny**2)))
            rise = cut(shared_rise(cfa, phases[0], near))
            black = pedestal[jnp.array(phases), None, None]
            doubted = cut(doubt(own, low, high, deviation, rise, black, self.threshold, self.spread, self.shared))
            return own + doubted * (cut(wanted(noise=deviation)) - own)

        for phases in alike(cfa):
            made |= dict(zip(phases, repaired(pixels.among(phases, REACH), phases), strict=True))
        return frame.but(
            pixels=replace(pixels, planes=tuple((made[i],) for i in range(len(made))), margin=pixels._less(pixels.cells(REACH)))
        )

    def noise_of(self, frame: Frame) -> tuple[Array, Array, Array]:
        """Slope and floor of the variance, and the smallest deviation that is told from none: (phases,) each."""
        white = jnp.ones(frame.filters) if frame.white is None else frame.per_filter(frame.white)
        tiny = 1e-6 * jnp.abs(white) + 1e-12
        if frame.noise is not None:
            slope, floor = jnp.asarray(frame.noise)[:, 0], jnp.asarray(frame.noise)[:, 1]
        else:
            slope, floor = self.unknown_noise**2 * white, (0.1 * self.unknown_noise * white) ** 2
        return tuple(jnp.broadcast_to(v, frame.filters).astype(frame.pixels.dtype) for v in (slope, floor, tiny))


def alike(cfa: Cfa) -> list[list[int]]:
    """Phases in groups that see the same around them."""
    groups: dict[Any, list[int]] = {}
    for phase in range(len(cfa.sites)):
        groups.setdefault((tuple(same_colour(cfa, phase)), tuple(map(tuple, beside(cfa, phase).values()))), []).append(phase)
    return list(groups.values())


def mirrored_onto_itself(frame: Frame, phases: list[int]) -> tuple[dict[int, Array], dict[int, Array]]:
    """By the distance down, and by that across: where a neighbour there is the mirrored site, which would vouch for itself. It is where both
    say so. (phases, rows, 1) and (phases, 1, columns)."""
    places = (jnp.stack(p) for p in zip(*(frame.coordinates(phase) for phase in phases), strict=True))
    (row, column), (height, width) = places, frame.extent
    tile, (down, right) = frame.pixels.tile, frame.pixels.cells(REACH)
    row, column = row[:, down : row.shape[1] - down], column[..., right : column.shape[-1] - right]

    steps = range(-REACH, REACH + 1)
    found = ({d: origin_of(p + d, n, t) == p for d in steps} for p, n, t in ((row, height, tile[0]), (column, width, tile[1])))
    return cut(tuple(found))  # else found again at every site


def shared_rise(cfa: Cfa, phase: int, near) -> Array:
    """By how much the four sites beside this one rise above the other sites of their colours: the median of four, so that one
    bad neighbour does not speak for all."""
    rises = [
        near(*place) - sum(near(*o) for o in far) / len(far) if far else jnp.zeros_like(near(0, 0))
        for place, far in beside(cfa, phase).items()
    ]
    return middle_of_four(*rises)


def beside(cfa: Cfa, phase: int) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """(dy, dx) of the four sites beside one of `phase`, and of the others of their colours within reach."""
    (height, width), around = cfa.tile, range(-REACH, REACH + 1)
    y, x = divmod(phase, width)

    def colour(dy: int, dx: int) -> str:
        return cfa.rows[(y + dy) % height][(x + dx) % width]

    return {
        place: [(dy, dx) for dy in around for dx in around if colour(dy, dx) == colour(*place) and abs(dy) + abs(dx) > 1]
        for place in ((0, -1), (0, 1), (-1, 0), (1, 0))
    }
