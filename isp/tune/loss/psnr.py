"""Peak signal to noise ratio, as a loss."""

import jax.numpy as jnp

from isp.core import Scalar, between, param
from isp.evaluate.view import ENCODED
from isp.tune.loss import Loss, any_domain


class Psnr(Loss):
    """10 log10(mean d^2 + floor): the ratio in dB for a peak of 1, negative. Every picture counts by its factor, not by its size: one of 20 dB
    as much as one of 40. The floor bounds it; equal pictures have no slope."""

    domain: str = any_domain(choices=ENCODED)
    floor: Scalar = param(default=1e-10, unit="1", within=between(1e-16, 1), doc="error that counts as none: 1e-10 is 100 dB")

    def __call__(self, made, wanted, about):
        return 10 * jnp.log10(jnp.mean((made - wanted) ** 2) + self.floor)
