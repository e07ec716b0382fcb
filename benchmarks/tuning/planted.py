"""Truth recovered: thirty numbers are moved, the picture before says where they should go back to.

Not every number can be found: a gain of the matrix can be made up for by the exposure. Which are clear, entangled, faint or dead at the truth, `isp sensitivity` says.

python benchmarks/tuning/planted.py [--steps 1000] [--seed 0] [--away 0.15]
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
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--away", type=float, default=0.15, help="deviation of the move, in the numbers without bounds")
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
    verdicts = found_at(truth)
    values = {}
    for name, verdict in verdicts.items():
        path, _, place = name.partition("[")
        index = tuple(int(i) for i in place.rstrip("]").split(",")) if place else ()
        true, first, last = (float(np.asarray(v[path])[index]) for v in (right, before, after))
        values[name] = {"verdict": verdict, "truth": round(true, 5), "before": round(first, 5), "after": round(last, 5)}
    off = [abs(v["after"] - v["truth"]) / abs(v["truth"]) for v in values.values() if v["verdict"] == "clear" and abs(v["truth"]) > 1e-6]
    return {
        "numbers": truth.free.count,
        "psnr_before": -10 * np.log10(run.before["mse"]),
        "psnr": -10 * np.log10(run.after["mse"]),
        "clear": len(off),
        "worst_of_the_clear": max(off, default=0.0),
        "values": values,
    }


def found_at(truth: object) -> dict[str, str]:
    """What can be found, at the truth."""
    from isp.tune.sensitivity import sensitivity

    seen = sensitivity(truth, top=0)
    return dict(zip(seen.names, seen.verdicts, strict=True))


if __name__ == "__main__":
    main()
