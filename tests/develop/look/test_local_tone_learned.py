"""Local tone is learned: what ships makes pictures it has not seen as the classical stage that it imitates makes them."""

import runpy
from pathlib import Path

from isp.core.weights import grown
from isp.develop.look import bilateral_grid
from isp.spec import load

ROOT = Path(__file__).resolve().parents[3]
BENCHMARK = runpy.run_path(str(ROOT / "benchmarks" / "look.py"))
apart, with_look = BENCHMARK["apart"], BENCHMARK["with_look"]
HELD_OUT = (3, 19)


def test_what_ships_is_near_the_tone_it_imitates(shared_data):
    """On two photographs that were not learned from, it leaves a third at most of the difference between the target and no local tone."""
    pictures = [str(shared_data / "kodak" / f"kodim{n:02}.png") for n in HELD_OUT]
    born = load(str(ROOT / "pipelines" / "train" / "local_tone.yaml"))
    fresh = bilateral_grid.BilateralGrid(weights=grown(bilateral_grid.grown))
    before, after = (apart(with_look(born, look), pictures, "local_tone", 256) for look in (fresh, bilateral_grid.BilateralGrid()))
    assert before["mean"] > 4
    assert after["mean"] < before["mean"] / 3 and after["p99"] < before["p99"] / 2
