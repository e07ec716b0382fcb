"""Change from one frame to the next of a scene that stands still."""

import jax.numpy as jnp

from isp.core import Scalar, between, param, whole_number
from isp.tune.loss import Loss, any_domain


class Flicker(Loss, clip=2, blind=True):
    """The mean square of how much the means of one frame differ from those of the frame before: means of each channel over the whole
    picture, times `whole`, and over blocks. Hunting exposure, wandering white balance and shadows that breathe cost; noise costs little,
    since means even it out. Smooth. The scene should stand still. Blocks at the lower and right border that are not whole do not count.
    """

    domain: str = any_domain()
    block: int = whole_number(default=8, unit="px", within=between(1, 1024), doc="rows and columns of a block")
    whole: Scalar = param(default=1.0, unit="1", within=between(0, 1e6), usual=between(0.1, 10), doc="weight of the whole picture's means")

    def __call__(self, made, wanted, about):
        change = made[1:] - made[:-1]
        rows, columns = change.shape[1:3]
        tall, wide = min(self.block, rows), min(self.block, columns)
        down, across = rows // tall, columns // wide
        blocks = change[:, : down * tall, : across * wide].reshape(-1, down, tall, across, wide, 3).mean((2, 4))
        return jnp.mean(blocks**2) + self.whole * jnp.mean(jnp.mean(change, (1, 2)) ** 2)
