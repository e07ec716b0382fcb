"""What sharpening overshoots at edges."""

import jax.numpy as jnp

from isp.core import Scalar, between, param, whole_number
from isp.evaluate.picture.halo import beyond
from isp.tune.loss import Loss, any_domain


class Halo(Loss):
    """The mean square of what lies beyond the range of the wanted picture's neighbourhood, above or below it, and beyond what is allowed.
    Blur costs nothing here, halos and noise on even surfaces do: a partner for losses that ask for sharpness. Smooth in what was made."""

    domain: str = any_domain()
    reach: int = whole_number(default=3, unit="px", within=between(1, 32), doc="how far the neighbourhood reaches")
    allowed: Scalar = param(default=0.01, unit="1", within=between(0, 100), usual=between(0, 0.1), doc="overshoot that costs nothing")

    def __call__(self, made, wanted, about):
        over, under = beyond(made, wanted, self.reach)
        return jnp.mean(jnp.maximum(over - self.allowed, 0) ** 2 + jnp.maximum(under - self.allowed, 0) ** 2)
