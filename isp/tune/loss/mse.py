"""The mean squared error: what PSNR measures."""

import jax.numpy as jnp

from isp.tune.loss import Loss, any_domain


class Mse(Loss):
    """mean d^2, smooth everywhere: a few large errors outweigh many small ones."""

    domain: str = any_domain()

    def __call__(self, made, wanted, about):
        return jnp.mean((made - wanted) ** 2)
