"""A look is learned: what ships makes pictures it has not seen as the look it imitates makes them, and its recipe finds it again."""

import runpy
from pathlib import Path

import pytest

from isp.core.weights import grown
from isp.develop.look import adaptive_lut
from isp.spec import load

ROOT = Path(__file__).resolve().parents[3]
BENCHMARK = runpy.run_path(str(ROOT / "benchmarks" / "look.py"))
apart, learned, with_look = (BENCHMARK[name] for name in ("apart", "learned", "with_look"))
HELD_OUT = (13, 15, 17, 19, 21, 23)
TRAINED = (1, 3, 5, 7, 9, 11)


def pictures(folder, numbers):
    return [str(folder / "kodak" / f"kodim{n:02}.png") for n in numbers]


@pytest.fixture(scope="module")
def born():
    return load(str(ROOT / "pipelines" / "train" / "look.yaml"))


def test_what_ships_is_the_look_it_imitates(shared_data, born):
    """Between pictures 3 dE00 apart on average it leaves a tenth at most."""
    before = apart(with_look(born, adaptive_lut.AdaptiveLut(weights=grown(adaptive_lut.grown))), pictures(shared_data, HELD_OUT[:2]))
    after = apart(with_look(born, adaptive_lut.AdaptiveLut()), pictures(shared_data, HELD_OUT))
    assert before["mean"] > 2.5
    assert after["mean"] <= 0.1 and after["p99"] <= 0.7


@pytest.mark.slow
def test_the_recipe_finds_it_again(shared_data):
    found, _ = learned([str(shared_data / "photos_cc0"), *pictures(shared_data, TRAINED)], 400)
    after = apart(found, pictures(shared_data, HELD_OUT))
    assert after["mean"] <= 0.1 and after["p99"] <= 0.8
