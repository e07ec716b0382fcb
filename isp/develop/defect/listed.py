"""Sites that the maker or a calibration lists as bad are filled from their sound neighbours."""

import jax.numpy as jnp

from isp.core import Frame
from isp.core.planes import Array, origin_of
from isp.develop.defect import REACH, Defect, along_edges, estimates, same_colour


class Listed(Defect, needs=("cfa",), uses=("defects",), reach=REACH):
    """Replace the sites of `frame.defects` by the neighbours of their colour that are not listed themselves, preferring the direction
    in which opposite neighbours agree; in a cluster the mean of what is left; where nothing is left, the site stays. The list stays
    known, since dynamic correction may follow. Without a list the frame passes unchanged (its halo shrinks all the same)."""

    def __call__(self, frame: Frame) -> Frame:
        pixels = frame.pixels
        if frame.defects is None:
            return frame.but(pixels=pixels.stencil(REACH, lambda near, _: near(0, 0)))
        bad = pixels.map(lambda p, m: m, [[listed(frame, phase)] for phase in range(len(pixels.planes))])
        filled = zip(pixels.planes, bad.planes, strict=True)
        both = type(pixels)(tuple((p[0], m[0]) for p, m in filled), pixels.tile, pixels.margin)

        def repaired(near, phase):
            own, wrong = near(0, 0, 0), near(0, 0, 1)
            around = same_colour(frame.cfa, phase)
            if not around:
                return own
            value = {o: near(*o, 0) for o in around}
            good = {o: 1 - near(*o, 1) for o in around}
            said = estimates(value)
            trusted = [jnp.where(together(good, who), 1.0, 0.0).astype(own.dtype) for _, _, who in said]
            # The lone sound neighbour of a pair is heard too, but so softly that whole pairs decide where there are any.
            alone, total = sum(good[o] * value[o] for o in around), sum(good.values())
            lone = alone / jnp.where(total > 0, total, 1)
            edge = along_edges([(v, d) for v, d, _ in said], TINY, trusted)
            estimate = jnp.where(sum(trusted) > 0, edge, jnp.where(total > 0, lone, own))
            return jnp.where(wrong > 0, estimate, own)

        return frame.but(pixels=both.stencil(REACH, repaired))


TINY = 1e-6
"""Disagreement below which directions count the same."""


def together(good: dict[tuple[int, int], Array], who: tuple[tuple[int, int], ...]) -> Array:
    """Where all of these neighbours are sound."""
    sound = good[who[0]] > 0
    for o in who[1:]:
        sound &= good[o] > 0
    return sound


def listed(frame: Frame, phase: int) -> Array:
    """1 at the listed sites of a phase, 0 elsewhere, halo included. One small scatter, whatever the size of the frame."""
    pixels = frame.pixels
    plane = pixels.planes[phase][0]
    sites = jnp.asarray(frame.defects)
    places = []
    for axis in (0, 1):
        row = frame.coordinates(phase)[axis].ravel()
        side, size = pixels.tile[axis], frame.extent[axis]
        images = images_of(sites[:, axis].astype(row.dtype), size, side, pixels.margin[axis])
        index = (images - row[0]) / side
        inside = (index == jnp.floor(index)) & (index >= 0) & (index < plane.shape[axis])
        places.append(jnp.where(inside, index, plane.shape[axis]).astype(jnp.int32))
    return jnp.zeros_like(plane).at[places[0][:, :, None], places[1][:, None, :]].set(1, mode="drop")


def images_of(index: Array, size: Array, side: int, cells: int) -> Array:
    """(n, images) where the halo repeats each index (n,), itself first; copies that the halo does not make come out as -1e9."""
    if side <= 2:
        images = jnp.stack([index, -index, 2 * (size - 1) - index], -1)
    else:
        images = index[:, None] + side * jnp.arange(-cells - 1, cells + 2)
    return jnp.where(origin_of(images, size, side) == index[:, None], images, -(10**9))
