"""Noise on grey patches."""

import jax.numpy as jnp

from isp.core import Scalar, option
from isp.evaluate.chart.noise import cut, signal_to_noise, visual_noise
from isp.tune.loss import Loss, viewing
from isp.tune.loss._chart import grey_patches

CHARTS = ("scene.grey_steps", "scene.colour_checker", "scene.flat")


class GreyNoise(Loss, domain="linear", blind=True, paper="iso15739"):
    """The mean over grey patches of what the eye sees of their noise, or of their signal to noise ratio in dB, negative.

    `visual` follows ISO 15739, with the approximations that `isp.evaluate.chart.noise` states. The patches are the stripes of the grey steps,
    the grey row of the ColorChecker or the middle of a flat, as these scenes are by default. Blur makes it small: give it a partner
    that asks for sharpness.
    """

    chart: str = option(default="scene.grey_steps", choices=CHARTS, doc="scene in which the patches are sought")
    measure: str = option(default="visual", choices=("visual", "snr"), doc="noise as seen, or the ratio of signal to noise")
    pixels_per_degree: Scalar = viewing()

    def __call__(self, made, wanted, about):
        patches = cut(made, grey_patches(self.chart, made, about))
        if self.measure == "snr":
            return -jnp.mean(signal_to_noise(patches))
        return jnp.mean(visual_noise(patches, self.pixels_per_degree))
