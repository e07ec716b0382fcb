"""Gradient against black box: the same pipeline, data, start and wall-clock; compile times excluded.

python benchmarks/tuning/race.py PHOTOGRAPHS [--recipe sixteen] [--budget 60] [--seeds 1] [--noise fixed]

PHOTOGRAPHS is a folder of 12 sRGB pictures or more, at least 384 pixels wide and high: the first eight by name train (a crop of 128x128 of each), the others test
(the middle 384x384). A score is the mean over pictures of the PSNR of encoded sRGB, without a border of 8 pixels.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import jax
import numpy as np
from judge import psnrs

HERE = Path(__file__).parent
AHEAD = 0.1
"""dB below the best at which an optimiser counts as arrived."""


def main() -> None:
    """Print a table, and the same as JSON."""
    from isp.execute import prepare
    from isp.tune.optimiser.cma_es import CmaEs
    from isp.tune.optimiser.optax import Optax
    from isp.tune.optimiser.tpe import Tpe

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photographs", type=Path)
    parser.add_argument("--recipe", default="sixteen", choices=("sixteen", "two_hundred"))
    parser.add_argument("--budget", type=float, default=60, help="seconds of steps for each optimiser")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--noise", default="fixed", choices=("fixed", "fresh"))
    parser.add_argument("--steps", type=int, default=200, help="of Adam's schedule")
    parser.add_argument("--only", default="", help="comma-separated optimisers")
    arguments = parser.parse_args()
    prepare(keep_memory=True)
    racers = {
        "adam": Optax(schedule="cosine", clip=1.0),
        "cma_es": CmaEs(sigma=0.3),
        "cma_es wide": CmaEs(sigma=1.0),
        "tpe": Tpe(),
    }
    told = []
    for seed in range(arguments.seeds):
        setting = Setting(arguments, seed)
        start = setting.score(setting.problem.free.start())
        print(f"seed {seed}, {setting.problem.free.count} numbers: start {start}", file=sys.stderr)
        for name in arguments.only.split(",") if arguments.only else racers:
            row = setting.raced(name, racers[name], arguments.budget)
            told.append({"seed": seed, "numbers": setting.problem.free.count, "start": start, **row})
            print(json.dumps({k: v for k, v in told[-1].items() if k != "trace"}), file=sys.stderr)
        mine = [row for row in told if row["seed"] == seed]
        best = max(row["train"] for row in mine if row["optimiser"] == "adam") if any(r["optimiser"] == "adam" for r in mine) else None
        for row in mine if best is not None else ():
            arrived = [t for t, train in row["trace"] if train >= best - AHEAD]
            print(f"  {row['optimiser']:12} reaches Adam's best - {AHEAD} dB in {arrived[0] if arrived else None} s", file=sys.stderr)
    print(json.dumps(told))


class Setting:
    """The data of one seed, and how results are judged."""

    def __init__(self, arguments: argparse.Namespace, seed: int):
        from isp.tune.data import Data
        from isp.tune.problem import Problem
        from isp.tune.recipe import recipe

        names = sorted(p for p in arguments.photographs.glob("*.png"))
        scenes = [{str(p): {"highlights": 1}} for p in names]
        source = HERE / f"{arguments.recipe}.yaml"
        train = recipe(source, scenes=scenes[:8], seed=seed, noise=arguments.noise, steps=arguments.steps)
        fixed = recipe(source, scenes=scenes[:8], seed=seed, noise="fixed")
        test = recipe(source, scenes=[middle(p) for p in names[8:]], crop=384, batch=len(names) - 8, seed=seed + 1000)
        self.problem, self.fixed, self.test = Problem(train), Data(fixed).training(0), Data(test).training(0)

    def score(self, theta: dict) -> dict[str, float]:
        """Mean PSNR in dB of the training examples (the fixed ones) and of the others."""
        return {"train": self.psnr(theta, self.fixed), "test": self.psnr(theta, self.test)}

    def psnr(self, theta: dict, batches: list) -> float:
        """Over batches of items."""
        chain = self.problem.free.bind(theta)
        return float(np.mean([v for batch in batches for v in np.asarray(psnrs(chain, batch))]))

    def raced(self, name: str, optimiser: object, budget: float) -> dict:
        """One optimiser for `budget` seconds of steps."""
        problem = self.problem
        start = problem.free.start()
        state = optimiser.begin(start, problem)
        jax.block_until_ready(optimiser(state, problem).theta)  # compiles
        if hasattr(state, "live"):
            state = optimiser.begin(start, problem)
        spent, trace, best, steps = 0.0, [], (-np.inf, start), 0
        thetas = []
        while spent < budget and (steps < problem.steps or name != "adam"):
            problem.batches(int(state.step))  # examples are made outside the clock: both need the same
            began = time.perf_counter()
            state = jax.block_until_ready(optimiser(state, problem))
            spent += time.perf_counter() - began
            steps += 1
            thetas.append((spent, state.theta))
        for when, theta in thetas[:: max(1, len(thetas) // 150)] + thetas[-1:]:
            train = self.psnr(theta, self.fixed)
            trace.append((when, train))
            best = max(best, (train, theta), key=lambda pair: pair[0])
        score = self.score(best[1])
        values = {path: np.round(np.asarray(v), 4).tolist() for path, v in problem.free.values(best[1]).items() if np.size(v) < 4}
        return {"optimiser": name, "steps": steps, "seconds": round(spent, 1), **score, "trace": trace, "values": values}


def middle(path: Path) -> dict:
    """The middle 384x384 of a picture, as the scene entry of a recipe."""
    from isp.io import read_picture

    frame = read_picture(path)
    rows, columns = frame.pixels.shape[:2]
    down, right = (rows - 384) // 2 // 2 * 2, (columns - 384) // 2 // 2 * 2
    return {frame.but(pixels=frame.pixels[down : down + 384, right : right + 384], model=path.stem): {"highlights": 1}}


if __name__ == "__main__":
    main()
