"""What chance does to electrons, in the wells and on the way out."""

from typing import Any

import jax
import jax.numpy as jnp

from isp.core import Domain, Frame, Scalar, Stage, between, option, param
from isp.core.planes import Array, Planes


class Noise(Stage, accepts=(Domain.ELECTRONS,), emits=Domain.ELECTRONS):
    """Add noise in electrons, and say so in `frame.noise`, which gathers the variance of all that changes from frame to frame, averaged
    over sites. What stays with the die is no noise in that sense: the same `unit` has the same pattern in every frame, another unit has
    another. A frame without `frame.random` is left at its expected value, and its noise model as it was."""


def noisy(frame: Frame, pixels: Planes, *, slope: Any = 0.0, floor: Any = 0.0) -> Frame:
    """The frame with other pixels, whose variance has grown by `slope` x + `floor`; numbers, or one for each phase."""
    kind = pixels.dtype
    known = jnp.zeros((frame.filters, 2), kind) if frame.noise is None else jnp.asarray(frame.noise, kind)
    more = jnp.stack([frame.per_filter(jnp.asarray(slope, kind)), frame.per_filter(jnp.asarray(floor, kind))], -1)
    return frame.but(pixels=pixels, noise=known + more)


def stacked(pixels: Planes) -> Array:
    """The planes of a mosaic as one array (phases, rows, columns), as draws are."""
    return jax.lax.optimization_barrier(jnp.stack([site[0] for site in pixels.planes]))


def laid_out(values: Array) -> list[list[Array]]:
    """Draws (phases, rows or 1, columns or 1) laid out as `Planes.map` takes them. The barrier keeps them one program for all phases."""
    values = jax.lax.optimization_barrier(values)
    return [[values[phase]] for phase in range(values.shape[0])]


def counts_option() -> str:
    """The declaration of how electrons are counted."""
    return option(default="whole", choices=("whole", "smooth"), doc="whole electrons, or Gaussian noise of the same variance")


def pattern_option() -> str:
    """The declaration of how long a pattern lasts."""
    return option(default="new", choices=("new", "fixed"), doc="another one at each reading, or one for the life of the unit")


def temperature_param() -> Scalar:
    """The declaration of how warm the sensor is."""
    return param(default=35.0, unit="degC", within=between(-60, 125), usual=between(0, 85), doc="temperature of the sensor")


def reference_param() -> Scalar:
    """The declaration of the temperature at which a dark current is stated."""
    return param(default=25.0, unit="degC", within=between(-60, 125), usual=between(0, 85), doc="temperature at which the current is that")


def doubling_param() -> Scalar:
    """The declaration of how fast dark current grows with temperature."""
    return param(default=6.5, unit="K", within=between(4, 20), usual=between(5, 10), doc="warming that doubles the current")


def warmth(temperature: Any, reference: Any, doubling: Any) -> Any:
    """How many times its stated value a dark current has at `temperature`."""
    return jnp.exp2((temperature - reference) / doubling)
