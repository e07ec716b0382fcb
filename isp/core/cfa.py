"""A colour filter array: a small tile of named filters, repeated over the sensor."""

from __future__ import annotations

from dataclasses import dataclass

CHANNELS = "rgbcmyew"
"""Filter letters in the order in which a frame keeps their channels: red, green, blue, cyan, magenta, yellow, emerald, white."""


@dataclass(frozen=True)
class Cfa:
    """Filters of one tile, read from the top left: `Cfa(("rg", "gb"))` is RGGB.

    Raises ValueError when the rows differ in length or name an unknown filter.
    """

    rows: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.rows or len({len(row) for row in self.rows}) != 1 or not self.rows[0]:
            raise ValueError(f"a colour filter array needs rows of one length, not {self.rows}")
        if unknown := set("".join(self.rows)) - set(CHANNELS):
            raise ValueError(f"unknown filters {sorted(unknown)}; known are {', '.join(CHANNELS)}")

    @classmethod
    def bayer(cls, pattern: str) -> Cfa:
        """A 2x2 tile from its four letters: `Cfa.bayer("grbg")`."""
        pattern = pattern.lower()
        if len(pattern) != 4 or not cls((pattern[:2], pattern[2:])).is_bayer:
            raise ValueError(f"{pattern!r} is not a Bayer pattern (rggb, bggr, grbg or gbrg)")
        return cls((pattern[:2], pattern[2:]))

    @property
    def tile(self) -> tuple[int, int]:
        """Rows and columns of the tile."""
        return len(self.rows), len(self.rows[0])

    @property
    def sites(self) -> str:
        """The filter of each phase, in row-major order."""
        return "".join(self.rows)

    @property
    def filters(self) -> str:
        """The distinct filters, in channel order."""
        return "".join(c for c in CHANNELS if c in self.sites)

    @property
    def channels(self) -> tuple[int, ...]:
        """For each phase, the index of its filter in `filters`."""
        return tuple(self.filters.index(c) for c in self.sites)

    @property
    def is_bayer(self) -> bool:
        """Whether this is red, green and blue in one of the four Bayer phases."""
        return self.sites in ("rggb", "bggr", "grbg", "gbrg") and self.tile == (2, 2)

    def shifted(self, rows: int, columns: int) -> Cfa:
        """The array as seen from `rows` down and `columns` right."""
        height, width = self.tile
        return Cfa(tuple("".join(self.rows[(y + rows) % height][(x + columns) % width] for x in range(width)) for y in range(height)))

    def __str__(self) -> str:
        return self.sites if self.tile == (2, 2) else "/".join(self.rows)
