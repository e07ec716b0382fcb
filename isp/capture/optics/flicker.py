"""Lamps on the mains grow bright and dark a hundred times a second, and rows see them at different moments."""

import jax.numpy as jnp
import numpy as np

from isp.capture.optics import Optics
from isp.core import Frame, Scalar, between, param


class Flicker(Optics, uses=("exposure_time", "moment"), paper="poplin2006"):
    """The lamp's light is 1 + depth cos(2 pi f t + phase), and each row gathers it for the exposure time from a moment of its own on: its mean
    over that time in closed form, 1 + depth sinc(f T) cos(..), makes bands that vanish for whole periods. Without an exposure time the frame
    passes unchanged; without a moment it begins at 0. The white of the scene is that of the steady lamp."""

    frequency: Scalar = param(
        default=120.0, unit="Hz", within=between(1, 1e5), usual=between(100, 120), doc="of the light: twice that of the mains"
    )
    depth: Scalar = param(default=0.2, unit="1", within=between(0, 1), doc="what the light varies by, about its mean")
    phase: Scalar = param(default=0.0, unit="rad", within=between(-7, 7), doc="of the lamp at the moment 0")
    row_time: Scalar = param(default=2e-5, unit="s", within=between(0, 0.01), usual=between(1e-6, 1e-4), doc="from one row to the next")

    def __call__(self, frame: Frame) -> Frame:
        if frame.exposure_time is None:
            return frame
        dtype = frame.pixels.dtype
        time, moment = jnp.asarray(frame.exposure_time, dtype), jnp.asarray(0.0 if frame.moment is None else frame.moment, dtype)
        begins = moment + self.row_time * frame.coordinates(0)[0].astype(dtype)
        wave = jnp.cos(2 * np.pi * self.frequency * (begins + time / 2) + self.phase)
        light = 1 + self.depth * jnp.sinc(self.frequency * time) * wave
        return frame.but(pixels=frame.pixels.map(lambda p: p * light))
