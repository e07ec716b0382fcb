"""What the benchmarks of tuning judge by."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnums=2)
def psnrs(chain: Any, batch: Any, edge: int = 8) -> jax.Array:
    """PSNR in dB of each example of a batch, of encoded sRGB without a border of `edge` pixels."""
    from isp.evaluate.view import view
    from isp.tune.problem import developed, trimmed

    def one(item: Any) -> jax.Array:
        made, wanted = trimmed(developed(chain, item.raw), item, edge)
        return -10 * jnp.log10(jnp.mean((view(made, "display") - view(wanted, "display")) ** 2))

    return jax.lax.map(one, batch)
