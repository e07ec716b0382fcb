"""A frame: pixels, the domain they are in, and the facts needed to read them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import jax.numpy as jnp
import numpy as np

from isp.core.cfa import Cfa
from isp.core.domain import Domain
from isp.core.look import Shown
from isp.core.planes import Array, Planes
from isp.core.pytree import pytree
from isp.core.random import SOURCES, Random, threefry


@pytree
@dataclass(frozen=True, eq=False)
class Shading:
    """Lens shading gains on a mesh that spans the frame.

    `gains` (filters or 1, rows, columns) multiply the pixels; the first and last mesh points lie at `origin` and at
    `origin + extent`, both (row, column) as shares of the frame's sides (0 is the first pixel's outer edge, 1 the last's).
    """

    gains: Array
    origin: Array
    extent: Array


@pytree
@dataclass(frozen=True, eq=False)
class Stabiliser:
    """The transform under which the noise of this frame is constant, kept so that it can be undone.

    `method` names it; `noise` (2,) is the mean slope and floor before it, zeros where not known; `scale` () divides the result so that
    white stays near 1; `offset` () is what `square_root` adds under its root.
    """

    noise: Array
    scale: Array
    offset: Array = 0.0
    method: str = field(metadata={"static": True}, default="anscombe")


def fact(unit: str, doc: str, *, static: bool = False, per_filter: bool = False, from_file: bool = True) -> Any:
    """A fact of a frame: None until somebody gives it.

    `per_filter` facts have one row for each phase of a mosaic, or each channel of a picture. `from_file` says that a file, or a scene,
    may bring it.
    """
    return field(default=None, metadata={"static": static, "unit": unit, "doc": doc, "per_filter": per_filter, "from_file": from_file})


@pytree
@dataclass(frozen=True, eq=False, kw_only=True)
class Frame(Shown):
    """Pixels and the facts known about them; a missing fact is None.

    `pixels` is an array (rows, columns) or (rows, columns, channels) between chains, and `Planes` inside one.
    """

    pixels: Any
    domain: Domain = field(metadata={"static": True})

    cfa: Cfa | None = fact("", "colour filter array, read from the top left of the pixels", static=True)
    black: Array | None = fact("DN", "pedestal of each phase", per_filter=True)
    white: Array | None = fact("as the pixels", "value at which each filter saturates", per_filter=True)
    black_rows: Array | None = fact("DN", "(rows,) mean of the masked pixels of each row, less the pedestal")
    linearisation: Array | None = fact("DN", "(n,) linear value of each stored number")
    noise: Array | None = fact("as the pixels", "(filters, 2) slope a and floor b of each filter: variance = a x + b", per_filter=True)
    defects: Array | None = fact("px", "(n, 2) row and column of sites known to be bad")
    shading: Shading | None = fact("1", "lens shading gains on a mesh")
    as_shot: Array | None = fact("1", "(3,) white balance gains the camera chose, green 1")
    wb_gains: Array | None = fact("1", "(3,) white balance gains to apply, green 1", from_file=False)
    balanced: Array | None = fact("1", "(3,) white balance gains that the pixels have received", from_file=False)
    camera_matrix: Array | None = fact("1", "(n, 3, 3) XYZ to unbalanced camera RGB, one for each illuminant")
    forward_matrix: Array | None = fact("1", "(n, 3, 3) balanced camera RGB to XYZ (D50), one for each illuminant")
    illuminants: Array | None = fact("K", "(n,) correlated colour temperature of each illuminant")
    colour_temperature: Array | None = fact("K", "correlated colour temperature of the light, as the white balance says")
    exposure_gain: Array | None = fact("EV", "gain in stops that would expose this frame well", from_file=False)
    thumbnail: Array | None = fact("1", "(32, 32, 3) means of linear light of the whole frame, sRGB primaries", from_file=False)
    light_grid: Array | None = fact(
        "1",
        "(depths, 2, rows, columns) bilateral grid: how much lies near a place and a brightness, and its stops, summed",
        from_file=False,
    )
    measured_window: Array | None = fact(
        "px",
        "(4,) row and column of the first pixel that thumbnail and light_grid were measured of, and its rows and columns",
        from_file=False,
    )
    stabiliser: Stabiliser | None = fact("", "variance stabilising transform the pixels are under", from_file=False)
    iso: Array | None = fact("1", "ISO speed setting")
    exposure_time: Array | None = fact("s", "exposure time")
    aperture: Array | None = fact("1", "f-number")
    warp: Array | None = fact("1", "(planes, 8) WarpRectilinear: four radial and two tangential coefficients, then the centre")
    crop: tuple[int, int, int, int] | None = fact("px", "row, column, rows, columns that the maker means to be seen", static=True)
    orientation: int | None = fact("", "EXIF orientation, 1 to 8", static=True)
    make: str | None = fact("", "camera maker", static=True)
    model: str | None = fact("", "camera model", static=True)
    primaries: str | None = fact("", "primaries of working or display colour: srgb, display_p3 or rec2020", static=True, from_file=False)
    transfer: str | None = fact("", "transfer function of display colour", static=True, from_file=False)
    bits: int | None = fact("bit", "depth to which values were rounded", static=True, from_file=False)
    wavelengths: Array | None = fact("nm", "(channels,) of a spectral scene")
    scene_white: Array | None = fact("as the pixels", "(channels,) light that a perfect white diffuser in the scene would send")
    channels: str | None = fact(
        "", "letters of the filters that the channels belong to, where they are not red, green and blue", static=True, from_file=False
    )
    pitch: Array | None = fact("um", "distance between samples on the sensor", from_file=False)
    psf: Array | None = fact("1", "(channels or 1, rows, columns) point spread function at the middle of the frame, sum 1", from_file=False)
    moment: Array | None = fact("s", "when this exposure begins, for what moves or flickers")
    readout: int | None = fact("", "which reading of a sensor that reads an exposure more than once, from 0", static=True, from_file=False)
    random: Random | None = fact("", "keys of this exposure, this reading and this unit; without them no noise is drawn", from_file=False)
    window: Array | None = fact(
        "px", "(4,) row and column of the first pixel in the whole frame, and its rows and columns", from_file=False
    )

    # ------------------------------------------------------------------ the next frame
    def but(self, **facts: Any) -> Frame:
        """The same frame with other facts (or pixels)."""
        return dataclasses.replace(self, **facts)

    def to(self, domain: Domain, pixels: Any, **facts: Any) -> Frame:
        """The next frame: other pixels, perhaps in another domain. Leaving the mosaic turns facts per phase into facts per colour."""
        if self.domain.is_mosaic and not domain.is_mosaic and self.cfa is not None:
            channels = np.array(self.cfa.channels)
            phases_of = [np.flatnonzero(channels == c) for c in range(len(self.cfa.filters))]
            for name, value in self.filter_facts().items():
                facts.setdefault(name, jnp.stack([jnp.mean(jnp.asarray(value)[p], axis=0) for p in phases_of]))
            facts = {"cfa": None, "defects": None, **facts}
        return dataclasses.replace(self, domain=domain, pixels=pixels, **facts)

    def scaled(self, gain: Any, offset: Any = 0.0) -> Frame:
        """Pixels times `gain` plus `offset`, with white and the noise model moved along. Numbers, or one for each filter (see `filters`)."""
        gain, offset = self.per_filter(gain), self.per_filter(offset)
        pixels = self.pixels.map(lambda p, g, o: p * g + o, self.by_plane(gain), self.by_plane(offset))
        facts: dict[str, Any] = {}
        if self.white is not None:
            facts["white"] = jnp.asarray(self.white) * gain + offset
        if self.domain is Domain.SCENE and self.scene_white is not None:
            facts["scene_white"] = jnp.asarray(self.scene_white) * gain + offset
        if self.noise is not None:
            slope, floor = jnp.asarray(self.noise)[:, 0], jnp.asarray(self.noise)[:, 1]
            facts["noise"] = jnp.stack([slope * gain, floor * gain**2 - slope * gain * offset], -1)
        return dataclasses.replace(self, pixels=pixels, **facts)

    # ------------------------------------------------------------------ filters
    @property
    def filters(self) -> int:
        """How many filters the facts per filter speak of: phases of a mosaic, channels of a picture."""
        if self.domain.is_mosaic and self.cfa is not None:
            return len(self.cfa.sites)
        return self.pixels.channels if isinstance(self.pixels, Planes) else 3

    def per_filter(self, value: Any) -> Array:
        """`value`, a number, one for each filter, or one for each colour, as an array (filters,)."""
        value = jnp.asarray(value)
        if value.ndim and value.shape[0] != self.filters and self.cfa is not None:
            value = value[np.array(self.cfa.channels)]
        return jnp.broadcast_to(value, (self.filters,))

    def by_plane(self, values: Array) -> list[list[Array]]:
        """Numbers (filters,) laid out as the planes are: [phase][channel]."""
        pixels = self.pixels
        if self.domain.is_mosaic:
            return [[values[i]] for i in range(len(pixels.planes))]
        return [[values[c] for c in range(pixels.channels)] for _ in pixels.planes]

    def filter_facts(self) -> dict[str, Any]:
        """The facts known for each filter."""
        return {f.name: getattr(self, f.name) for f in facts() if f.metadata["per_filter"] and getattr(self, f.name) is not None}

    # ------------------------------------------------------------------ places
    def coordinates(self, phase: int) -> tuple[Array, Array]:
        """Row (rows, 1) and column (1, columns) of the sites of a phase in the whole frame, halo included, in pixels."""
        pixels: Planes = self.pixels
        (height, width), (down, right), (y, x) = pixels.tile, pixels.margin, pixels.phases[phase]
        rows, columns = pixels.planes[phase][0].shape
        row0, column0 = (0, 0) if self.window is None else (self.window[0], self.window[1])
        return ((jnp.arange(rows) - down) * height + y + row0)[:, None], ((jnp.arange(columns) - right) * width + x + column0)[None, :]

    @property
    def extent(self) -> tuple[Any, Any]:
        """Rows and columns of the whole frame, of which the pixels may be a part."""
        if self.window is not None:
            return self.window[2], self.window[3]
        return np.shape(self.pixels)[0], np.shape(self.pixels)[1]

    # ------------------------------------------------------------------ chance
    def words(self, stage: Any, of: str, along: str = "sites") -> tuple[Array, Array] | None:
        """Two random words (uint32) for each of the `sites`, `rows` or `columns` of a mosaic: both (phases, rows or 1, columns or 1), all
        phases in one array, so that a draw is compiled once and not for each. None where nothing is to be drawn. `of` says what the
        noise belongs to: the exposure, the readout or the unit."""
        if self.random is None:
            return None
        if of not in SOURCES:
            raise ValueError(f"noise belongs to one of {', '.join(SOURCES)}, not to {of!r}")
        places = [self.coordinates(phase) for phase in range(len(self.pixels.planes))]
        row, column = (jnp.stack(place).astype(jnp.int32).astype(jnp.uint32) for place in zip(*places, strict=True))
        return threefry(
            self.random.key(stage.name, of),
            row if along != "columns" else 0 * row[:, :1],
            column if along != "rows" else 0 * column[..., :1],
        )

    # ------------------------------------------------------------------ looking
    @property
    def array(self) -> Array:
        """The pixels as one array (rows, columns) or (rows, columns, channels)."""
        return self.pixels.trimmed().joined() if isinstance(self.pixels, Planes) else self.pixels

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.array, dtype=dtype)

    def known(self) -> dict[str, Any]:
        """The facts that are not None, by name."""
        return {f.name: getattr(self, f.name) for f in facts() if getattr(self, f.name) is not None}

    def __repr__(self) -> str:
        shape = "x".join(map(str, np.shape(self.array)))
        return f"Frame({self.domain}, {shape} {jnp.result_type(self.array)}, {', '.join(self.known()) or 'no facts'})"


def facts() -> list[dataclasses.Field[Any]]:
    """The declared facts, in order."""
    return [f for f in dataclasses.fields(Frame) if "doc" in f.metadata]


FACTS = {f.name: f for f in facts()}
"""Every fact by name."""
