"""Contrast of a Siemens star, as wished."""

import jax.numpy as jnp

from isp.capture.scene.siemens_star import SiemensStar as Star
from isp.core import ChainError, Vector, between, param, whole_number
from isp.evaluate.chart.soft_star import star_response
from isp.ops.perceptual import luminance
from isp.tune.loss import Loss


class SiemensStar(Loss, domain="linear", chart="scene.siemens_star", paper="loebich2007"):
    """The mean of |H - wish|^2 at some frequencies: H is the complex response of the star's luminance, ring by ring, over that of the star as it should be, all
    directions together. Noise is no contrast, exposure does not count, and contrast that is exaggerated costs as much as lost contrast. Smooth.

    The star stands in the middle of the frame, as the scene has it; so has the star as it should be the contrast that pixels leave. A ring lies at
    cycles / (2 pi frequency) pixels from the middle: outside the star or the frame its response is 0.
    """

    cycles: int = whole_number(
        default=Star.declared()["cycles"].default,
        unit="periods",
        within=between(1, 1024),
        doc="periods around the star, as the scene has them",
    )
    frequency: Vector = param(
        default=(0.1, 0.2, 0.3, 0.4), unit="cycles/px", within=between(0.01, 1), shape=(None,), doc="where a response is wished"
    )
    response: Vector = param(
        default=(1.0, 1.0, 1.0, 1.0),
        unit="1",
        within=between(0, 2),
        shape=(None,),
        doc="response wished at `frequency`, over the star's own",
    )

    def __call__(self, made, wanted, about):
        frequency, wish = (jnp.asarray(v, made.dtype) for v in (self.frequency, self.response))
        if frequency.shape != wish.shape:
            raise ChainError(
                "siemens_star", f"{frequency.size} frequencies and {wish.size} responses", "give one response for each frequency"
            )
        real, imaginary = star_response(luminance(made), luminance(wanted), self.cycles, frequency)
        return jnp.mean((real - wish) ** 2 + imaginary**2)
