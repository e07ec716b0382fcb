"""Shadows come up and highlights down by what is around them, and the detail stays."""

import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.core.planes import Array
from isp.develop.look import Look, coordinates
from isp.ops.colour import luminance_weights
from isp.ops.extreme import lower
from isp.ops.grid import places, sliced
from isp.ops.stops import depth, stops

ALONE = 1e-3
"""The share of its surroundings that a place has for itself: what is like nothing around it is its own base, and has no halo."""


class LocalTone(Look, needs=("light_grid",), uses=("measured_window", "primaries", "white"), paper="durand2002"):
    """Durand and Dorsey's local tone mapping, in a bilateral grid as Chen, Paris and Durand have it: the brightness of a pixel, in stops, is a `base`, the mean of
    its surroundings on its own side of every edge, and a detail. `strength` is the share of the stops between base and `pivot` that is taken away, softly no more
    than `most` stops either way; `detail` multiplies the detail. With `strength` 0 and `detail` 1 the picture stays, exactly.

    One gain for the three channels: hue and saturation stay, black stays black. It wants linear light, before the tone curve, and the grid of
    `measure.light_grid`; then it is a point operation, so that tiles are the whole frame. A place that no other is like follows its own
    brightness. What is brighter than the sensor's white is drawn down as far as white is, no farther: burnt out places have no colours to show. The noise
    model, no longer a straight line, is dropped; `white` moves along.
    """

    strength: Scalar = param(
        default=0.4,
        unit="1",
        within=between(0, 1),
        usual=between(0, 0.8),
        doc="share of the stops between base and pivot that is taken away",
    )
    detail: Scalar = param(
        default=1.0, unit="1", within=between(0, 4), usual=between(0.5, 2), doc="gain of the stops between a pixel and its base"
    )
    pivot: Scalar = param(default=0.18, unit="1", within=between(0.01, 2), usual=between(0.05, 0.5), doc="luminance that stays as it is")
    most: Scalar = param(default=2.0, unit="EV", within=between(0.1, 8), usual=between(1, 4), doc="largest gain or loss of a base")

    def __call__(self, frame: Frame) -> Frame:
        red, green, blue = luminance_weights(frame.primaries)
        frame = frame.but(pixels=frame.pixels.flat())
        r, g, b = frame.pixels.planes[0]
        brightness = stops(red * r + green * g + blue * b)
        grid = jnp.asarray(frame.light_grid, frame.pixels.dtype)
        down, across = (places(*axis, count) for axis, count in zip(coordinates(frame), grid.shape[2:], strict=True))
        share, around = sliced(grid, depth(brightness), down, across)
        base = (around + ALONE * brightness) / (share + ALONE)
        white = None if frame.white is None else jnp.asarray(frame.white, base.dtype)
        seen = base if white is None else lower(base, stops(jnp.min(white)))
        gain = jnp.exp2(self.lifted(seen) + (self.detail - 1) * (brightness - base))
        return frame.but(
            pixels=frame.pixels.map(lambda plane: plane * gain),
            white=None if white is None else white * jnp.exp2(self.lifted(stops(jnp.min(white)))),
            noise=None,
        )

    def lifted(self, base: Array) -> Array:
        """By how many stops a base is moved."""
        return self.most * jnp.tanh(self.strength * (stops(self.pivot) - base) / self.most)
