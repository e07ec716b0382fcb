"""Values should stay near where they began."""

import jax.numpy as jnp

from isp.tune.prior import Prior


class Close(Prior):
    """The mean, over parameters, of the mean squared distance from the start, in units of the start's root mean square (1 where it is zero):
    0.01 is a tenth of its size. What keeps parameters in place that the pictures say nothing of."""

    def __call__(self, values, start):
        return sum(_off(jnp.asarray(values[path]), jnp.asarray(start[path])) for path in values) / max(len(values), 1)


def _off(value, start):
    size = jnp.mean(start**2)
    return jnp.mean((value - start) ** 2) / jnp.where(size > 0, size, 1)
