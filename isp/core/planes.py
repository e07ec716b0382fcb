"""Pixels as planes: for each phase of a tile, the channels known there.

A Bayer mosaic is four half-size planes; after demosaicing it is four triples of them; an ordinary picture is one triple. Stages
never see masks or strides, and a picture is interleaved once, at the end of its chain. (Stacked or masked layouts were measured
5 to 25 times slower: XLA vectorises separate planes and fuses through them.)

A frame under work carries a halo: `margin` whole tiles around the frame, filled by reflection before the first stage. A stage
that looks `reach` pixels around a site returns planes that are smaller by that much; nothing is padded twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

import jax.numpy as jnp
import numpy as np

from isp.core.pytree import pytree
from isp.ops.fuse import cut, parted
from isp.ops.slopes import apart

Array = Any
"""A JAX or NumPy array; shapes stand in the docstrings."""

Reach = int | tuple[int, ...]
"""Pixels read around a site; a tuple where one neighbourhood is taken of another."""


@pytree
@dataclass(frozen=True, eq=False)
class Planes:
    """`planes[phase][channel]`, each (rows, columns) of the sites of that phase, in row-major order of phases."""

    planes: tuple[tuple[Array, ...], ...]
    tile: tuple[int, int] = field(default=(1, 1), metadata={"static": True})
    margin: tuple[int, int] = field(default=(0, 0), metadata={"static": True})

    @classmethod
    def split(cls, pixels: Array, tile: tuple[int, int], margin: tuple[int, int] = (0, 0)) -> Planes:
        """Planes of an array (rows, columns) or (rows, columns, channels) whose sides are whole tiles, halo included."""
        rows, columns = tile
        channels = [pixels] if pixels.ndim == 2 else [pixels[..., c] for c in range(pixels.shape[-1])]
        return cls(tuple(tuple(c[y::rows, x::columns] for c in channels) for y in range(rows) for x in range(columns)), tile, margin)

    def joined(self) -> Array:
        """The planes interleaved: (rows, columns) for one channel, else (rows, columns, channels); halo included."""
        height, width = self.tile
        whole = jnp.stack([jnp.stack([jnp.stack(self.planes[y * width + x], -1) for x in range(width)], 2) for y in range(height)], 1)
        rows, _, columns, _, channels = whole.shape
        whole = whole.reshape(rows * height, columns * width, channels)
        return whole[..., 0] if channels == 1 else whole

    def flat(self) -> Planes:
        """The same pixels in one plane for each channel, written to memory: what comes next is compiled once and not for each phase, and
        is not fused with what came before. For stages that need a cut anyway; elsewhere phases are faster kept apart. The halo may be
        larger then than what is left to do needs, and is cut off in the end."""
        channels = [replace(self, planes=tuple((site[c],) for site in self.planes)) for c in range(self.channels)]
        return Planes((cut(tuple(c.joined() for c in channels)),), margin=self.halo)

    def sampled(self, tile: tuple[int, int], channel: Sequence[int]) -> Planes:
        """A mosaic of whole tiles: at each phase of `tile` one channel of this picture, which has one phase."""
        (height, width), (down, right) = tile, self.margin
        if self.tile != (1, 1) or down % height or right % width:
            raise ValueError(f"planes of tile {self.tile} and margin {self.margin} cannot be sampled in tiles of {height}x{width}")
        made = tuple((self.planes[0][c][i // width :: height, i % width :: width],) for i, c in enumerate(channel))
        return Planes(made, tile, (down // height, right // width))

    @property
    def halo(self) -> tuple[int, int]:
        """Rows and columns of halo on each side, in pixels."""
        return self.margin[0] * self.tile[0], self.margin[1] * self.tile[1]

    @property
    def channels(self) -> int:
        """How many channels a site knows."""
        return len(self.planes[0])

    @property
    def phases(self) -> tuple[tuple[int, int], ...]:
        """(row, column) of each phase in its tile."""
        return tuple((y, x) for y in range(self.tile[0]) for x in range(self.tile[1]))

    @property
    def dtype(self) -> Any:
        """The number type of the planes."""
        return jnp.result_type(self.planes[0][0])

    def map(self, function: Callable[..., Array], *others: Planes | Sequence[Sequence[Any]]) -> Planes:
        """`function` of each plane, and of the plane (or number) at the same phase and channel of each other."""
        rest = [o.planes if isinstance(o, Planes) else o for o in others]
        return replace(
            self,
            planes=tuple(tuple(function(p, *(o[i][c] for o in rest)) for c, p in enumerate(site)) for i, site in enumerate(self.planes)),
        )

    def sites(self, function: Callable[..., Any], *others: Planes) -> Planes:
        """`function` of the channels of a site, as separate arguments; it returns the new channels, or one array for one channel.
        Other planes follow, trimmed to the smallest margin of all."""
        same = align(self, *others)
        made = [function(*(c for planes in same for c in planes.planes[i])) for i in range(len(self.planes))]
        return replace(same[0], planes=tuple(m if isinstance(m, tuple) else (m,) for m in made))

    def bent(self, function: Callable[..., Any], *others: Planes, numbers: Sequence[Any]) -> Planes:
        """`sites` for a function of many steps, to which `numbers` come last, as scalars: its slopes cost little (see `isp.ops.slopes`).
        The function must not hold traced values of its own."""
        same = align(self, *others)
        sites = [[c for planes in same for c in planes.planes[i]] for i in range(len(self.planes))]
        return replace(same[0], planes=apart(function, numbers, sites))

    def curved(self, function: Callable[..., Array], *, numbers: Sequence[Any]) -> Planes:
        """`map` for such a function."""
        made = iter(apart(function, numbers, [(p,) for site in self.planes for p in site]))
        return self.map(lambda _: next(made)[0])

    def cells(self, reach: Reach) -> tuple[int, int]:
        """Whole tiles that cover `reach` pixels, step by step: rows, columns."""
        steps = (reach,) if isinstance(reach, int) else reach
        return sum(-(-s // self.tile[0]) for s in steps), sum(-(-s // self.tile[1]) for s in steps)

    def around(self, phase: int, reach: int, across: int | None = None) -> Callable[..., Array]:
        """`near(dy, dx, channel=0)`: the plane of neighbours that lie `dy` rows down and `dx` columns right of the sites of `phase`.
        Every plane it returns is smaller than the input by `reach`, rounded up to whole tiles, on each side; `across` is the reach over
        columns where it is another, as in the two passes of a separable filter."""
        (height, width), (down, right) = self.tile, self._cells(reach, across)
        y, x = self.phases[phase]

        @cache  # one slice for each neighbour: what is read twice is then padded once when a gradient comes back
        def near(dy: int, dx: int, channel: int = 0) -> Array:
            (shift_y, row), (shift_x, column) = divmod(y + dy, height), divmod(x + dx, width)
            plane = self.planes[row * width + column][channel]
            rows, columns = plane.shape[0] - down, plane.shape[1] - right
            return parted(plane[down + shift_y : rows + shift_y, right + shift_x : columns + shift_x])

        return near

    def among(self, phases: Sequence[int], reach: int) -> Callable[..., Array]:
        """`near(dy, dx, channel=0)` for several phases at once, whose neighbours are alike: (phases, rows, columns). What is done to them is
        compiled once. It costs a copy of the planes for each distance, but for whole tiles."""
        (height, width), (down, right) = self.tile, self.cells(reach)

        @cache
        def shifted(dy: int, dx: int, channel: int) -> Array:
            made = []
            for y, x in (self.phases[phase] for phase in phases):
                (below, row), (beyond, column) = divmod(y + dy, height), divmod(x + dx, width)
                plane = self.planes[row * width + column][channel]
                made.append(plane[below : plane.shape[0] + below - (dy > 0), beyond : plane.shape[1] + beyond - (dx > 0)])
            return cut(jnp.stack(made))

        @cache
        def near(dy: int, dx: int, channel: int = 0) -> Array:
            (tiles_y, dy), (tiles_x, dx) = divmod(dy, height), divmod(dx, width)
            rows, columns = self.planes[0][0].shape
            top, left = down + tiles_y, right + tiles_x
            return parted(shifted(dy, dx, channel)[:, top : top + rows - 2 * down, left : left + columns - 2 * right])

        return near

    def stencil(self, reach: int, function: Callable[..., Any], across: int | None = None) -> Planes:
        """`function(near, phase)` for each phase: one plane, or a tuple of channels. See `around`."""
        made = [function(self.around(i, reach, across), i) for i in range(len(self.planes))]
        return replace(self, planes=tuple(m if isinstance(m, tuple) else (m,) for m in made), margin=self._less(self._cells(reach, across)))

    def each_channel(self, reach: int, function: Callable[[Callable[[int, int], Array]], Array]) -> Planes:
        """`function(near)` for each channel of each phase by itself, `near(dy, dx)` reading that channel."""

        def channels(near: Callable[..., Array], _: int) -> tuple[Array, ...]:
            return tuple(function(partial(near, channel=c)) for c in range(self.channels))

        return self.stencil(reach, channels)

    def trimmed(self, margin: tuple[int, int] = (0, 0)) -> Planes:
        """The same planes with a smaller halo."""
        down, right = self.margin[0] - margin[0], self.margin[1] - margin[1]
        if (down, right) == (0, 0):
            return self
        cut = self.map(lambda p: p[down : p.shape[0] - down, right : p.shape[1] - right])
        return replace(cut, margin=margin)

    def _cells(self, reach: int, across: int | None) -> tuple[int, int]:
        return self.cells(reach)[0], self.cells(reach if across is None else across)[1]

    def _less(self, cells: tuple[int, int]) -> tuple[int, int]:
        return self.margin[0] - cells[0], self.margin[1] - cells[1]


def align(*all_planes: Planes) -> tuple[Planes, ...]:
    """Planes cut to the smallest halo among them."""
    margin = min(p.margin[0] for p in all_planes), min(p.margin[1] for p in all_planes)
    return tuple(p.trimmed(margin) for p in all_planes)


def reflected(pixels: Array, tile: tuple[int, int], cells: tuple[int, int], grid: tuple[int, int] | None = None) -> Array:
    """`pixels` with a halo of whole tiles, and sides rounded up to whole tiles (of `grid`, where a mosaic is made on the way), that keeps
    every filter on its phase.

    For tiles of one or two the frame is mirrored about its outermost sites, which keeps their parity; for larger tiles the outermost
    tile is repeated. A frame smaller than one tile in a direction cannot be continued and raises ValueError.
    """
    grid = grid or tile
    for size, side in zip(pixels.shape, tile, strict=False):
        if size < side:
            raise ValueError(f"a frame of {pixels.shape[0]}x{pixels.shape[1]} pixels is smaller than one {tile[0]}x{tile[1]} tile")
    if isinstance(pixels, np.ndarray) and all(
        cell * side + whole <= size for size, side, cell, whole in zip(pixels.shape, tile, cells, grid, strict=False)
    ):
        return _continued(pixels, tile, cells, grid)
    xp = np if isinstance(pixels, np.ndarray) else jnp
    for axis, (size, side, cell, whole) in enumerate(zip(pixels.shape, tile, cells, grid, strict=False)):
        before, after = cell * side, cell * side + -size % whole
        if before == after == 0:
            continue
        if side <= 2:
            width = [(0, 0)] * pixels.ndim
            width[axis] = (before, after)
            pixels = xp.pad(pixels, width, mode="reflect" if size > 1 else "edge")
        else:
            pixels = xp.take(pixels, origin_of(np.arange(-before, size + after), size, side), axis=axis)
    return pixels


def _continued(pixels: np.ndarray, tile: tuple[int, int], cells: tuple[int, int], grid: tuple[int, int]) -> np.ndarray:
    """`reflected` in one copy, for a halo that lies within the frame's own size."""
    (rows, columns), (top, left) = pixels.shape[:2], (cells[0] * tile[0], cells[1] * tile[1])
    bottom, right = top + -rows % grid[0], left + -columns % grid[1]
    if top == bottom == left == right == 0:
        return pixels
    out = np.empty((top + rows + bottom, left + columns + right, *pixels.shape[2:]), pixels.dtype)
    out[top : top + rows, left : left + columns] = pixels
    beyond = np.r_[-left:0, columns : columns + right]
    out[top : top + rows, left + beyond] = pixels[:, origin_of(beyond, columns, tile[1])]
    beyond = np.r_[-top:0, rows : rows + bottom]
    out[top + beyond] = out[top + origin_of(beyond, rows, tile[0])]
    return out


def origin_of(index: Any, size: Any, side: int) -> Any:
    """Which row (or column) of a frame of `size` the halo repeats at `index`, as `reflected` fills it; inside the frame, `index` itself.

    For stages that know something about single rows or sites. NumPy or JAX, whole numbers of any type.
    """
    below, above = index < 0, index >= size
    if side <= 2:
        return index + below * (-2 * index) + above * (2 * (size - 1) - 2 * index)
    phase, whole = index % side, size // side * side
    last = phase + whole - side * (phase + whole >= size)
    return index + below * (phase - index) + above * (last - index)
