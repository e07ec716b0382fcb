"""The mean absolute error."""

import jax.numpy as jnp

from isp.tune.loss import Loss, any_domain


class L1(Loss):
    """mean |d|. Its slope jumps at 0, where it is taken as 0; `charbonnier` is the smooth form."""

    domain: str = any_domain()

    def __call__(self, made, wanted, about):
        off = made - wanted
        # The slope of jnp.abs at 0 is not 0.
        return jnp.mean(off * jnp.sign(off))
