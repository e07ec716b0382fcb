"""Truth recovered: thirty numbers are moved, the picture before says where they should go back to.

python benchmarks/tuning/planted.py [--steps 600] [--seed 0] [--away 0.4]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import jax.numpy as jnp
import numpy as np

RECIPE = Path(__file__).parent / "planted.yaml"


def main() -> None:
    """Print how far each number is off, before and after, and the PSNR of the pictures."""
    from isp.execute import prepare

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--away", type=float, default=0.4, help="deviation of the move, in the numbers without bounds")
    arguments = parser.parse_args()
    prepare(keep_memory=True)
    began = time.perf_counter()
    found = recovered(arguments.steps, arguments.seed, arguments.away)
    print(
        f"{found['numbers']} numbers, PSNR {found['psnr_before']:.1f} -> {found['psnr']:.1f} dB, {time.perf_counter() - began:.0f} s",
        file=sys.stderr,
    )
    for path, row in found["values"].items():
        print(f"  {path:36} {row}", file=sys.stderr)
    print(json.dumps(found))


def recovered(steps: int, seed: int, away: float, source: object = RECIPE, **said: object) -> dict:
    """Move every free number of a recipe, tune it back, and compare."""
    from isp.tune.free import freed
    from isp.tune.recipe import recipe
    from isp.tune.run import tuned

    truth = recipe(source, seed=seed, **said)
    random = np.random.default_rng(seed)
    moved = {path: v + jnp.float32(away) * random.standard_normal(np.shape(v)).astype(np.float32) for path, v in truth.free.start().items()}
    wrong = truth.free.bind(moved)
    target = {"pipeline": truth.chain, "noise": True}
    start = recipe(source, seed=seed, target=target, steps=steps, optimiser={"optax": {"rate": 0.05}}, **said)
    start = type(start)(**{**vars(start), "chain": wrong, "free": freed(wrong, start.said["free"])})
    run = tuned(start)
    right, before, after = truth.free.values(truth.free.start()), run.start, run.values
    values = {
        path: {
            "truth": np.round(np.asarray(right[path]), 4).tolist(),
            "before": off(before[path], right[path]),
            "after": off(after[path], right[path]),
        }
        for path in right
    }
    return {
        "numbers": truth.free.count,
        "psnr_before": -10 * np.log10(run.before["mse"]),
        "psnr": -10 * np.log10(run.after["mse"]),
        "values": values,
    }


def off(value: object, truth: object) -> float:
    """How far off, beside the largest of the true numbers."""
    value, truth = np.asarray(value, float), np.asarray(truth, float)
    return round(float(np.abs(value - truth).max() / max(np.abs(truth).max(), 1e-9)), 5)


if __name__ == "__main__":
    main()
