"""Tables over ISO against the best single setting: each tuned in one run over all ISOs and sensors, with the same steps on the same examples, both judged on
photographs that neither has seen.

python benchmarks/tuning/iso_tables.py PHOTOGRAPHS [--steps 240] [--seed 0]

The three sensors are of one class. A table over ISO can only say what ISO says: strengths are counted in deviations of the frame's own noise already, and where sensors
differ by 16 dB at one ISO (a telephone's beside a full frame's), what is left to be said of ISO is nothing, and tables tie with the single setting.

Every third photograph by name is for the test, at each ISO on each sensor, the same crops and noise for both; of the others the recipe holds some out, by which a run
keeps its best.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from judge import psnrs

RECIPE = Path(__file__).parent / "iso_tables.yaml"
SINGLE, TABLES = "single", "tables"


def main() -> None:
    """Print PSNR by ISO and sensor of the chain as it was, of the single setting, and of the tables."""
    from isp.execute import prepare

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photographs", type=Path, help="folder of sRGB pictures, three or more")
    parser.add_argument("--steps", type=int, default=240)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    prepare(keep_memory=True)
    began = time.perf_counter()
    told = compared(*split(arguments.photographs), arguments.steps, arguments.seed)
    print(table(told["rows"]), file=sys.stderr)
    for name, values in told["values"].items():
        print(f"{name}, seconds {told['seconds'][name]:.0f}, judged {told['judged'][name]}", file=sys.stderr)
        for path, value in values.items():
            print(f"  {path}: {value}", file=sys.stderr)
    print(f"{time.perf_counter() - began:.0f} s, {time.process_time():.0f} s of a processor", file=sys.stderr)
    print(json.dumps(told))


def split(photographs: Path) -> tuple[list[str], list[str]]:
    """Photographs to tune on, and to test on."""
    names = [str(path) for path in sorted(photographs.glob("*.png"))]
    return [name for i, name in enumerate(names) if i % 3 != 2], names[2::3]


def compared(
    scenes: list[Any], test: list[Any], steps: int, seed: int, source: object = RECIPE, crops: int = 4, **said: Any
) -> dict[str, Any]:
    """Tune both on `scenes`, judge both on `crops` crops of each of `test`, at each ISO on each sensor. The first half of the steps finds the single setting;
    from there it goes on in the second half, as it is or as tables that begin with its values."""
    from isp.tune.free import freed
    from isp.tune.recipe import recipe
    from isp.tune.run import tuned

    tables = recipe(source, scenes=scenes, steps=steps // 2, seed=seed, **said)
    patterns = [next(iter(one)) for one in tables.said["free"]]
    alone = recipe(source, scenes=scenes, steps=steps // 2, seed=seed, **{**said, "free": patterns})
    half = tuned(alone)
    runs = {
        name: tuned(replace(goal, chain=half.tuned, free=freed(half.tuned, goal.said["free"])))
        for name, goal in ((SINGLE, alone), (TABLES, tables))
    }
    chains = {"as it was": tables.chain, **{name: run.tuned for name, run in runs.items()}}
    return {
        "rows": scored(chains, recipe(source, scenes=test, seed=seed + 1, **said), crops),
        "values": {name: {path: np.round(v, 4).tolist() for path, v in run.values.items()} for name, run in runs.items()},
        "seconds": {name: run.seconds for name, run in runs.items()},
        "judged": {name: [round(float(row["judged_loss"]), 3) for row in run.rows if "judged_loss" in row] for name, run in runs.items()},
    }


def scored(chains: dict[str, Any], test: Any, crops: int) -> list[dict[str, Any]]:
    """A row for each ISO and sensor: mean PSNR of each chain in dB, and what the tables gain over the single setting, with its standard error."""
    from isp.tune.data import Data
    from isp.tune.order import View

    data, rows = Data(test), []
    for (i, condition), (k, sensor) in product(enumerate(test.conditions), enumerate(test.sensors)):
        views = [View(scene, k, i, 1000 * scene + crop, 0) for scene in range(len(data.scenes)) for crop in range(crops)]
        (batch,) = data.batches(views)
        found = {name: np.asarray(psnrs(chain, batch)) for name, chain in chains.items()}
        by_scene = (found[TABLES] - found[SINGLE]).reshape(-1, crops).mean(1)
        error = float(by_scene.std(ddof=1) / len(by_scene) ** 0.5) if len(by_scene) > 1 else float("nan")
        psnr = {name: float(values.mean()) for name, values in found.items()}
        rows.append({"iso": condition.iso, "sensor": sensor.name, **psnr, "gain": float(by_scene.mean()), "error": error})
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """The rows, with one of all sensors for each ISO."""
    lines = [f"{'ISO':>5}  {'sensor':12} {'as it was':>9} {SINGLE:>9} {TABLES:>9} {'gain':>6}"]
    for iso in dict.fromkeys(row["iso"] for row in rows):
        mine = [row for row in rows if row["iso"] == iso]
        for row in mine:
            numbers = " ".join(f"{row[name]:9.2f}" for name in ("as it was", SINGLE, TABLES))
            lines.append(f"{iso:5g}  {row['sensor']:12} {numbers} {row['gain']:+6.2f} ± {row['error']:.2f}")
        means = " ".join(f"{np.mean([row[name] for row in mine]):9.2f}" for name in ("as it was", SINGLE, TABLES))
        lines.append(f"{iso:5g}  {'all':12} {means} {np.mean([row['gain'] for row in mine]):+6.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
