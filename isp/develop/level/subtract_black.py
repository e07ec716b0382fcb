"""The pedestal is subtracted for each phase of the mosaic, and the sensor's range becomes 0 to 1; nothing is clipped."""

import jax.numpy as jnp

from isp.core import Domain, Frame, Scalar, between, param
from isp.core.planes import Array, origin_of
from isp.develop.level import Level


class SubtractBlack(Level, emits=Domain.MOSAIC, needs=("white",), takes=("black",), uses=("black_rows",)):
    """Subtract the black level of each filter, and scale so that the lowest white level becomes 1. Negative values survive: clipping
    them would bias every average of the shadows.

    `offset` corrects a black level that the file states wrongly. Where the masked pixels of each row were measured
    (`frame.black_rows`), `rows` times that row's offset goes too: it takes row noise away, and adds the masked mean's own error, so
    that fewer masked pixels ask for less (the best share is var(rows) / (var(rows) + var(pixel) / masked pixels a row)). White stays
    the level without row offset.
    """

    offset: Scalar = param(
        default=0.0, unit="DN", within=between(-4096, 4096), usual=between(-64, 64), doc="added to the black level of every filter"
    )
    rows: Scalar = param(
        default=1.0, unit="1", within=between(0, 2), usual=between(0, 1), doc="share of each row's offset, seen by masked pixels, removed"
    )

    def __call__(self, frame: Frame) -> Frame:
        black = frame.per_filter(frame.black) + self.offset
        gain = 1 / jnp.min(frame.per_filter(frame.white) - black)
        if frame.black_rows is not None:
            offsets = [[self.rows * row_offsets(frame, phase)] for phase in range(len(frame.pixels.planes))]
            frame = frame.but(pixels=frame.pixels.map(jnp.subtract, offsets), black_rows=None)
        return frame.scaled(gain, -black * gain).but(domain=Domain.MOSAIC)


def row_offsets(frame: Frame, phase: int) -> Array:
    """The masked mean (rows, 1) of each row of a phase; rows of the halo have that of the row they repeat."""
    measured = jnp.asarray(frame.black_rows, frame.pixels.dtype)
    rows = origin_of(frame.coordinates(phase)[0], frame.extent[0], frame.pixels.tile[0])
    return measured[jnp.clip(rows, 0, measured.shape[0] - 1).astype(jnp.int32)]
