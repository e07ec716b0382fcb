"""Change from frame to frame that the scene does not show."""

import jax.numpy as jnp

from isp.core import Scalar, between, param, whole_number
from isp.tune.loss import Loss, any_domain


class Flicker(Loss, clip=2):
    """The mean square of how much more the means of one frame differ from those of the frame before than in the wanted clip: means of each
    channel over the whole picture, times `whole`, and over blocks. So what moves costs nothing, and hunting exposure, wandering white
    balance and shadows that breathe do. Smooth. Blocks at the lower and right border that are not whole do not count."""

    domain: str = any_domain()
    block: int = whole_number(default=8, unit="px", within=between(1, 1024), doc="rows and columns of a block")
    whole: Scalar = param(default=1.0, unit="1", within=between(0, 1e6), usual=between(0.1, 10), doc="weight of the whole picture's means")

    def __call__(self, made, wanted, about):
        change = (made[1] - made[0]) - (wanted[1] - wanted[0])
        rows, columns = change.shape[:2]
        tall, wide = min(self.block, rows), min(self.block, columns)
        down, across = rows // tall, columns // wide
        blocks = change[: down * tall, : across * wide].reshape(down, tall, across, wide, -1).mean((1, 3))
        return jnp.mean(blocks**2) + self.whole * jnp.mean(jnp.mean(change, (0, 1)) ** 2)
