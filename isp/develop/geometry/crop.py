"""Only a part of the picture is kept: what the maker means to be seen, or a rectangle."""

import jax.numpy as jnp

from isp.core import ChainError, Frame, Shading, between, whole_number
from isp.core.planes import Array
from isp.develop.geometry import Geometry, size_of

SIDES = between(0, 10**6)


class Crop(Geometry, uses=("crop",)):
    """Keep `rows` and `columns` from `row` and `column` on; 0 rows or columns mean all to the end. With all four at 0 the maker's crop is
    kept, and a frame that has none is left as it is. The shading mesh, the lens warp and what was measured of places still speak of the same ones; what is kept is
    then the whole picture, so `frame.crop` ends."""

    row: int = whole_number(default=0, unit="px", within=SIDES, doc="first row kept")
    column: int = whole_number(default=0, unit="px", within=SIDES, doc="first column kept")
    rows: int = whole_number(default=0, unit="px", within=SIDES, doc="rows kept; 0: to the end")
    columns: int = whole_number(default=0, unit="px", within=SIDES, doc="columns kept; 0: to the end")

    def __call__(self, frame: Frame) -> Frame:
        height, width = size_of(frame)
        if not any((self.row, self.column, self.rows, self.columns)):
            if frame.crop is None:
                return frame
            row, column, rows, columns = frame.crop
        else:
            row, column = self.row, self.column
            rows, columns = self.rows or height - row, self.columns or width - column
        if rows < 1 or columns < 1 or row + rows > height or column + columns > width:
            raise ChainError(
                self.name,
                f"rows {row} to {row + rows} and columns {column} to {column + columns} do not lie in a frame of {height}x{width} pixels",
            )
        old, new, corner = jnp.array([height, width]), jnp.array([rows, columns]), jnp.array([row, column])
        shading, warp, seen = frame.shading, frame.warp, frame.measured_window
        if shading is not None:
            shading = Shading(gains=shading.gains, origin=(shading.origin * old - corner) / new, extent=shading.extent * old / new)
        if warp is not None:
            warp = recentred(jnp.asarray(warp), old, new, corner)
        if seen is not None:
            seen = jnp.asarray(seen) - jnp.array([row, column, 0, 0])
        pixels = frame.pixels[row : row + rows, column : column + columns]
        return frame.but(pixels=pixels, crop=None, shading=shading, warp=warp, measured_window=seen)


def recentred(warp: Array, old: Array, new: Array, corner: Array) -> Array:
    """A WarpRectilinear said for a part of the frame: its centre as shares of the part, and its coefficients for the distance from that
    centre to the part's farthest corner, which the opcode measures radii by."""
    centre = warp[:, :5:-1] * old - corner

    def farthest(centre: Array, size: Array) -> Array:
        return jnp.sqrt(jnp.sum(jnp.square(jnp.maximum(centre, size - centre)), axis=-1, keepdims=True))

    ratio = farthest(centre, new) / farthest(centre + corner, old)
    return jnp.concatenate([warp[:, :4] * ratio ** jnp.array([0, 2, 4, 6]), warp[:, 4:6] * ratio, (centre / new)[:, ::-1]], axis=1)
