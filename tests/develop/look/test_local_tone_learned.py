"""Local tone is learned: what ships makes pictures it has not seen as the classical stage that it imitates makes them."""

import runpy
from pathlib import Path

import pytest

import isp
from isp.core.weights import grown
from isp.develop.look import bilateral_grid
from isp.spec import load

ROOT = Path(__file__).resolve().parents[3]
BENCHMARK = runpy.run_path(str(ROOT / "benchmarks" / "look.py"))
apart, with_look = BENCHMARK["apart"], BENCHMARK["with_look"]
HELD_OUT = (3, 19)
ALL_HELD_OUT = (3, 7, 11, 15, 19, 23)


def test_what_ships_is_near_the_tone_it_imitates(shared_data):
    """On two photographs that were not learned from, it leaves a third at most of the difference between the target and no local tone."""
    pictures = [str(shared_data / "kodak" / f"kodim{n:02}.png") for n in HELD_OUT]
    born = load(str(ROOT / "pipelines" / "train" / "local_tone.yaml"))
    fresh = bilateral_grid.BilateralGrid(weights=grown(bilateral_grid.grown))
    before, after = (apart(with_look(born, look), pictures, "local_tone", 256) for look in (fresh, bilateral_grid.BilateralGrid()))
    assert before["mean"] > 4
    assert after["mean"] < before["mean"] / 3 and after["p99"] < before["p99"] / 2


@pytest.mark.slow
def test_its_recipe_makes_what_ships_again(shared_data, tmp_path):
    """Photographs gathered and the recipe run as its card says: on all that is held out, PSNR to the target comes within 0.1 dB of the shipped weights'."""
    runpy.run_path(str(ROOT / "tools" / "photographs.py"))["gathered"](shared_data, tmp_path, ROOT / "tests" / "data" / "sidecars")
    for name in ("local_tone", "local_tone_target"):
        (tmp_path / f"{name}.yaml").write_text((ROOT / "pipelines" / "train" / f"{name}.yaml").read_text())
    (tmp_path / "small").rename(tmp_path / "photos")
    run = isp.tune(tmp_path / "local_tone.yaml", out=tmp_path / "run")
    pictures = [str(shared_data / "kodak" / f"kodim{n:02}.png") for n in ALL_HELD_OUT]
    shipped = with_look(load(str(tmp_path / "local_tone.yaml")), bilateral_grid.BilateralGrid())
    again, before = (apart(chain, pictures, "local_tone", 512) for chain in (run.tuned, shipped))
    assert abs(again["psnr"] - before["psnr"]) < 0.1, (again, before)
