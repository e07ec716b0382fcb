"""A picture is taken for the scene that it shows."""

import jax.numpy as jnp

from isp.capture.scene import Picture, luminance_of_white
from isp.core import Domain, Frame, Scalar, between, option, param
from isp.core.planes import Array
from isp.ops.colour import mixed, rgb_to_rgb
from isp.ops.curve import decode_srgb


class Photograph(Picture, uses=("primaries",), gives=("scene_white",)):
    """Undo what made a picture look good. Encoded values lose the sRGB transfer function, other primaries become those of sRGB, and 1
    becomes the luminance of a white diffuser in D65.

    `curve: reinhard` undoes L / (1 + L) scaled to keep 1: x / (`shoulder` - (`shoulder` - 1) x), which opens lights that a tone curve had pressed
    together. `highlights` brings back what was clipped: linear light x above `knee` becomes knee + u / (1 - c u / (1 - knee)) with
    u = x - knee and c such that 1 becomes `highlights`: smooth (the slope is 1 at the knee), growing, invertible; beyond 1 it goes on
    straight. At `highlights` 1 nothing changes.
    """

    luminance: Scalar = luminance_of_white()
    highlights: Scalar = param(default=1.5, unit="1", within=between(1, 100), usual=between(1, 16), doc="light that value 1 stands for")
    knee: Scalar = param(default=0.75, unit="1", within=between(0.05, 0.95), doc="light above which highlights expand")
    shoulder: Scalar = param(
        default=2.0, unit="1", within=between(1.01, 20), doc="slope at white under `reinhard`; at black it is the reciprocal"
    )
    curve: str = option(default="none", choices=("none", "reinhard"), doc="tone curve to undo")

    def __call__(self, frame: Frame) -> Frame:
        pixels = frame.pixels
        if frame.domain is Domain.DISPLAY:
            pixels = pixels.map(decode_srgb)
        if frame.primaries not in (None, "srgb"):
            matrix = rgb_to_rgb(frame.primaries, "srgb").astype(pixels.dtype)
            pixels = pixels.sites(lambda r, g, b: mixed(matrix, r, g, b))
        if self.curve == "reinhard":
            pixels = pixels.map(self._opened)
        pixels = pixels.map(lambda x: self.luminance * self._expanded(x))
        white = self.luminance * jnp.ones(3, pixels.dtype)
        return frame.to(Domain.SCENE, pixels, scene_white=white, primaries=None, transfer=None, bits=None, white=None, noise=None)

    def _opened(self, x: Array) -> Array:
        """x / (s - (s - 1) x) from 0 to 1, straight on either side."""
        inside = jnp.clip(x, 0.0, 1.0)
        return (
            inside / (self.shoulder - (self.shoulder - 1) * inside)
            + jnp.maximum(x - 1, 0) * self.shoulder
            + jnp.minimum(x, 0) / self.shoulder
        )

    def _expanded(self, x: Array) -> Array:
        room, gain = 1 - self.knee, self.highlights - self.knee
        above = jnp.clip(x - self.knee, 0.0, room) / room
        down = gain + (room - gain) * above  # 1 - c u / (1 - knee), times gain
        return jnp.minimum(x, self.knee) + room * gain * above / down + jnp.maximum(x - 1, 0) * (gain / room) ** 2
