"""The differences within a scene are grey on average, even where the scene is not."""

import jax
import jax.numpy as jnp

from isp.core import Domain, Frame, Scalar, between, param
from isp.core.planes import Array
from isp.develop.measure import DARKEST, Measure, gains_of, places

RADIUS = 10
"""Places on each side that the smoothing looks at: 2.5 deviations of the widest."""


class GreyEdge(
    Measure, accepts=(Domain.MOSAIC, Domain.CAMERA), stabilised=False, uses=("white",), gives=("wb_gains",), paper="vandeweijer2007"
):
    """Van de Weijer's grey edge of first order: the light has the colour of the Minkowski mean of the gradient's length, each colour
    smoothed by a Gaussian of `sigma` first, over places that see no saturation within two deviations of the default. `sigma` counts in
    places of the thumbnail on which measures work (a frame of 384x256 or less is its own)."""

    order: Scalar = param(default=1.2, unit="1", within=between(1, 16), usual=between(1, 8), doc="order of the Minkowski mean")
    sigma: Scalar = param(default=2.0, unit="px", within=between(0.5, 4), doc="deviation of the Gaussian before the gradient")

    def __call__(self, frame: Frame) -> Frame:
        picture, trusted = places(frame)
        sound = trusted
        for axis in (0, 1):
            sound = -jax.lax.reduce_window(-sound, -jnp.inf, jax.lax.max, (9, 1) if axis == 0 else (1, 9), (1, 1), "SAME")
        light = []
        for colour in picture:
            length = self.gradient(colour * trusted)
            top = jax.lax.stop_gradient(jnp.maximum((length * sound).max(), DARKEST))
            power = jnp.exp(self.order * jnp.log(jnp.clip(length / top, 1e-6, 1)))
            moment = jnp.maximum((power * sound).sum() / jnp.maximum(sound.sum(), 1), 1e-30)
            light.append(top * jnp.exp(jnp.log(moment) / self.order))
        return frame.but(wb_gains=gains_of(jnp.where(sound.sum() > 0, jnp.stack(light), 0)))

    def gradient(self, colour: Array) -> Array:
        """The length of the gradient of the smoothed colour, by derivatives of the Gaussian, the borders repeated."""
        offsets = range(-RADIUS, RADIUS + 1)
        bell = {o: jnp.exp(-(o**2) / (2 * self.sigma**2)) for o in offsets}
        total = sum(bell.values())
        smooth = {o: b / total for o, b in bell.items()}
        slope = {o: o * b / (self.sigma**2 * total) for o, b in bell.items()}
        down = along(along(colour, smooth, 1), slope, 0)
        across = along(along(colour, smooth, 0), slope, 1)
        return jnp.sqrt(down**2 + across**2 + DARKEST**2)


def along(plane: Array, taps: dict[int, Array], axis: int) -> Array:
    """The sum of shifted planes times their tap, along one axis, with the border repeated."""
    size = plane.shape[axis]
    wide = jnp.pad(plane, [(RADIUS, RADIUS) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
    return sum(t * jax.lax.slice_in_dim(wide, RADIUS + o, RADIUS + o + size, axis=axis) for o, t in taps.items())
