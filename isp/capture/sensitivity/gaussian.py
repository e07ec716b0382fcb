"""A sensor of filters that are bells: silicon behind dye, behind infrared glass."""

import jax.numpy as jnp

from isp.capture.sensitivity import Sensitivity, filters_option, seeing
from isp.core import Frame, Scalar, Vector, between, param


class Gaussian(Sensitivity, needs=("wavelengths",), uses=("scene_white",), gives=("camera_matrix", "illuminants", "channels")):
    """A generic sensor, for where no curves are known. Quantum efficiency is that of silicon (a bell over wavelength) times the infrared
    filter (a smooth step) times the filter: bells for red, green and blue over a floor that dyes leak, a smooth step for yellow, all for
    clear. All numbers are estimates that look like a phone's sensor; every one can be tuned. Scenes in RGB pass `scene.spectral` first.
    """

    peak: Scalar = param(default=0.75, unit="e-/photon", within=between(1e-3, 1), doc="quantum efficiency of bare silicon at its best")
    silicon: Vector = param(
        default=(550.0, 170.0), unit="nm", within=between(20, 1200), shape=(2,), doc="middle and width of silicon's bell"
    )
    infrared: Vector = param(
        default=(655.0, 8.0), unit="nm", within=between(1, 1200), shape=(2,), doc="edge and softness of the infrared filter"
    )
    middles: Vector = param(
        default=(608.0, 538.0, 458.0), unit="nm", within=between(300, 1000), shape=(3,), doc="middle of red, green, blue"
    )
    widths: Vector = param(default=(42.0, 40.0, 34.0), unit="nm", within=between(1, 400), shape=(3,), doc="standard deviation of each bell")
    passes: Vector = param(
        default=(0.92, 0.88, 0.82), unit="1", within=between(0, 1), shape=(3,), doc="transmission at the top of each bell"
    )
    leak: Scalar = param(default=0.03, unit="1", within=between(0, 1), usual=between(0, 0.2), doc="transmission of every dye everywhere")
    yellow: Vector = param(
        default=(505.0, 12.0), unit="nm", within=between(1, 1200), shape=(2,), doc="edge and softness of the yellow filter"
    )
    filters: str = filters_option()

    def __call__(self, frame: Frame) -> Frame:
        at = jnp.asarray(frame.wavelengths, frame.pixels.dtype)
        sensor = self.peak * bell(at, self.silicon[0], self.silicon[1]) * step(at, self.infrared[0], -self.infrared[1])
        glass = {"w": jnp.ones_like(at), "y": self.leak + (1 - self.leak) * step(at, self.yellow[0], self.yellow[1])}
        for i, f in enumerate("rgb"):
            glass[f] = self.leak + (1 - self.leak) * self.passes[i] * bell(at, self.middles[i], self.widths[i])
        return seeing(frame, sensor * jnp.stack([glass[f] for f in self.filters]), self.filters)


def bell(x, middle, width):
    """A Gaussian of height 1."""
    return jnp.exp(-0.5 * jnp.square((x - middle) / width))


def step(x, edge, softness):
    """From 0 to 1 over `softness` on either side of `edge`; the other way where it is negative."""
    return 0.5 * (1 + jnp.tanh((x - edge) / (2 * softness)))
