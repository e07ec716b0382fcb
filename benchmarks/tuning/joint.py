"""Classical parameters and a small network tuned together, against each alone and one after the other: equal wall-clock, fresh crops and noise, held-out pictures.

python benchmarks/tuning/joint.py PHOTOGRAPHS [--seconds 180 | --steps 300] [--seeds 3] [-o DIR]

PHOTOGRAPHS is a folder of sRGB pictures, at least 64 pixels wide and high; half of them, by the seed, are held out. `isp ablate` with the same recipe does the same; here
the table goes to stdout as Markdown, for notes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Print a table; with -o also write the page, the pictures and what was found."""
    from isp.execute import prepare
    from isp.io.place import put
    from isp.report.ablation import cells, page, table
    from isp.tune.ablate import ablate
    from isp.tune.recipe import recipe

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photographs", type=Path)
    parser.add_argument("--seconds", type=float, default=None, help="of steps, for each way")
    parser.add_argument("--steps", type=int, default=300, help="of each way, where no seconds are said")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("-o", "--output", type=Path, default=None)
    arguments = parser.parse_args()
    prepare(keep_memory=True)
    asked = recipe(HERE / "joint.yaml", scenes=[str(arguments.photographs.absolute())], steps=arguments.steps)

    def told(done: int, total: int) -> None:
        print(f"{done} of {total}", file=sys.stderr, flush=True)

    found = ablate(asked, seeds=range(arguments.seeds), seconds=arguments.seconds, out=arguments.output, progress=told)
    print(f"{found.about['parameters']} parameters, {found.about['weights']} weights, {found.about['cost']} each, {arguments.seeds} seeds")
    print("| what moves | steps | seconds | loss | PSNR, dB | joint gains, dB |\n| --- | --- | --- | --- | --- | --- |")
    for row in found.rows():
        print(f"| {' | '.join(cells(row))} |")
    for one in found.outcomes:
        print(f"{one.way} {one.seed}: {one.psnr_db:.3f} dB, {one.steps} steps, {one.seconds:.0f} s", file=sys.stderr)
    if arguments.output:
        put(arguments.output / "report.html", page(found).encode())
        put(arguments.output / "ablation.csv", table(found).encode())


if __name__ == "__main__":
    main()
