"""What a gradient costs: value_and_grad over forward of a core chain on 512x512, all its parameters free.

taskset -c 0 python benchmarks/gradient.py [--pipeline classic]
"""

from __future__ import annotations

import argparse

import jax
import jax.numpy as jnp
import numpy as np
from core_chain import BLACK, CHAIN, GAINS, MATRIX, WHITE, mosaic
from timing import rounds, show


def main() -> None:
    """Print the table."""
    from isp import load
    from isp.core import Cfa, Domain, Frame
    from isp.core.compile import compiled
    from isp.core.run import run
    from isp.execute import prepare

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pipeline", help="another chain, by name or path")
    parser.add_argument("--rounds", type=int, default=31)
    arguments = parser.parse_args()
    prepare(keep_memory=True)
    level = {"black": np.full(4, BLACK, np.float32), "white": np.full(4, WHITE, np.float32), "as_shot": GAINS}
    frame = jax.device_put(Frame(pixels=mosaic(512, 512).astype(np.float32), domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"), **level))
    cases, table = {}, {}
    texts = {m: CHAIN.format(demosaic=f"demosaic.{m}", matrix=MATRIX.tolist()) for m in ("bilinear", "malvar2004", "menon2007")}
    if arguments.pipeline:
        texts = {arguments.pipeline: arguments.pipeline}
    for name, text in texts.items():
        chain = jax.tree.map(jnp.float32, load(text))

        def loss(chain, frame):
            return jnp.mean((run(chain.stages, frame).pixels - 0.4) ** 2)

        forward, backward = compiled(loss), compiled(jax.value_and_grad(loss))
        cases = {
            "forward": lambda forward=forward, chain=chain: jax.block_until_ready(forward(chain, frame)),
            "value_and_grad": lambda backward=backward, chain=chain: jax.block_until_ready(backward(chain, frame)),
        }
        table |= {f"{name} {k}": row for k, row in rounds(cases, "forward", arguments.rounds).items()}
    show("gradient, 512x512, one core", table, "forward")


if __name__ == "__main__":
    main()
