"""Light that the lens lost on its way to the corners is given back by gains that depend on the place."""

from collections.abc import Sequence

import jax.numpy as jnp

from isp.core import Domain, Frame, Stage
from isp.core.planes import Array


class Shading(Stage, accepts=(Domain.MOSAIC,)):
    """Multiply every site by the gain of its place and filter.

    White and noise are facts of the whole frame, while the gain varies over it. White becomes the lowest level at which a filter can
    saturate anywhere (white times its smallest gain: unchanged where the gain is 1 in the middle), so that a clip at white finds every
    saturated site. The noise model becomes that of the mean gain: right on average, low in the corners.
    """


def shaded(frame: Frame, gains: Sequence[Array], least: Array, mean: Array, mean_square: Array) -> Frame:
    """The frame times one gain plane for each phase; `least`, `mean`, `mean_square` (filters,) say how white and noise move."""
    facts = {}
    if frame.white is not None:
        facts["white"] = jnp.asarray(frame.white) * least
    if frame.noise is not None:
        noise = jnp.asarray(frame.noise)
        facts["noise"] = jnp.stack([noise[:, 0] * mean, noise[:, 1] * mean_square], -1)
    return frame.but(pixels=frame.pixels.map(jnp.multiply, [[g] for g in gains]), **facts)


def places(frame: Frame, phase: int) -> tuple[Array, Array]:
    """Row (rows, 1) and column (1, columns) of the sites of a phase, as shares of the frame's sides: 0 and 1 are its outer edges."""
    rows, columns = frame.coordinates(phase)
    height, width = frame.extent
    dtype = frame.pixels.dtype
    return ((rows + 0.5) / height).astype(dtype), ((columns + 0.5) / width).astype(dtype)
