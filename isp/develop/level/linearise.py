"""Stored numbers become linear ones through the table that the camera wrote down."""

import jax.numpy as jnp

from isp.core import Frame
from isp.core.planes import Array
from isp.develop.level import Level


class Linearise(Level, uses=("linearisation",)):
    """Look every stored number up in `frame.linearisation`, and end that fact. Between two entries the value is interpolated, so that
    the slope of the table passes to the pixels; below the first and above the last entry it stays constant, as the DNG specification
    asks. Black, white and noise are facts about linear numbers already and do not move. Without a table the frame passes unchanged."""

    def __call__(self, frame: Frame) -> Frame:
        if frame.linearisation is None:
            return frame
        table = jnp.asarray(frame.linearisation, frame.pixels.dtype)
        return frame.but(pixels=frame.pixels.map(lambda p: looked_up(table, p)), linearisation=None)


def looked_up(table: Array, stored: Array) -> Array:
    """The linear values (any shape) of stored numbers by a table (n,), n of 1 or more: piecewise linear, constant beyond its ends."""
    last = table.shape[0] - 1
    place = jnp.clip(stored, 0, last)
    below = jnp.clip(place.astype(jnp.int32), 0, max(last - 1, 0))
    low, high = table[below], table[jnp.minimum(below + 1, last)]
    return low + (place - below) * (high - low)
