"""From the camera's own colours to colours with a name."""

import jax.numpy as jnp

from isp.core import Domain, Frame, Stage
from isp.core.planes import Array
from isp.ops.colour import mixed, mixed_noise


class Colour(Stage, accepts=(Domain.CAMERA,), emits=Domain.WORKING):
    """Turn linear camera RGB into linear light in named primaries."""


def worked(frame: Frame, matrix: Array, primaries: str | None) -> Frame:
    """The frame after a matrix (3, channels). The noise model becomes that of neutral colours; `white` the values of a neutral colour at which the
    first filter saturates."""
    facts = {"noise": mixed_noise(matrix, frame.noise), "primaries": primaries}
    if frame.white is not None:
        facts["white"] = jnp.min(jnp.asarray(frame.white)) * jnp.sum(jnp.asarray(matrix), axis=1)
    return frame.to(Domain.WORKING, frame.pixels.sites(lambda *camera: mixed(matrix, *camera)), **facts)
