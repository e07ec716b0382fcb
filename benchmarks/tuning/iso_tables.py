"""Tables over ISO against the best single setting: both tuned in one run over all ISOs and sensors, judged on scenes that neither has seen.

python benchmarks/tuning/iso_tables.py PHOTOGRAPHS [--steps 200] [--seed 0]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import jax
import numpy as np

RECIPE = Path(__file__).parent / "iso_tables.yaml"


def main() -> None:
    """Print PSNR by ISO of the chain as it was, of the single setting, and of the tables."""
    from isp.execute import prepare

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photographs", help="folder of sRGB pictures")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    prepare(keep_memory=True)
    began = time.perf_counter()
    told = compared([arguments.photographs], arguments.steps, arguments.seed)
    for iso, row in told["psnr"].items():
        print(f"ISO {iso:6}: " + ", ".join(f"{name} {value:.2f} dB" for name, value in row.items()), file=sys.stderr)
    for path, value in told["values"].items():
        print(f"  {path}: {value}", file=sys.stderr)
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
    print(json.dumps(told))


def compared(scenes: list, steps: int, seed: int, source: object = RECIPE, **said: object) -> dict:
    """Tune both, judge both by ISO."""
    from isp.tune.recipe import recipe
    from isp.tune.run import tuned

    tables = recipe(source, scenes=scenes, steps=steps, seed=seed, **said)
    patterns = [next(iter(one)) for one in tables.said["free"]]
    alone = recipe(source, scenes=scenes, steps=steps, seed=seed, **{**said, "free": patterns})
    runs = {"single setting": tuned(alone), "tables": tuned(tables)}
    chains = {"as it was": tables.chain, **{name: run.tuned for name, run in runs.items()}}
    data = runs["tables"].problem.data
    psnr: dict[float, dict[str, float]] = {}
    for name, chain in chains.items():
        found = by_iso(chain, data)
        for iso, value in found.items():
            psnr.setdefault(iso, {})[name] = value
    return {"psnr": dict(sorted(psnr.items())), "values": {path: np.round(v, 4).tolist() for path, v in runs["tables"].values.items()}}


def by_iso(chain: object, data: object) -> dict[float, float]:
    """Mean PSNR of the held-out examples of each ISO."""
    from isp.tune.problem import developed, trimmed
    from isp.tune.view import view

    @jax.jit
    def errors(chain, batch):
        def one(item):
            made, wanted = trimmed(developed(chain, item.raw), item, 8)
            return jax.numpy.mean((view(made, "display") - view(wanted, "display")) ** 2)

        return jax.lax.map(one, batch)

    found: dict[float, list[float]] = {}
    for batch in data.held_out:
        for iso, error in zip(np.asarray(batch.raw.iso), np.asarray(errors(chain, batch)), strict=True):
            found.setdefault(float(iso), []).append(-10 * np.log10(float(error)))
    return {iso: float(np.mean(values)) for iso, values in found.items()}


if __name__ == "__main__":
    main()
