"""Each side alone, one after the other, and both: the same examples, the same cost, and a table that says so."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from isp.core import SpecError
from isp.report.ablation import as_json, page, table
from isp.spec import load
from isp.tune.ablate import WAYS, Ablation, Outcome, ablate
from isp.tune.recipe import recipe

CHAIN = "isp: 1\ntitle: Two sides\nstages: [level.subtract_black, demosaic.bilinear, detail.residual_cnn, colour.fixed_matrix, exposure.gain: {ev: 1.5}, encode.srgb]\n"
NET = "detail.residual_cnn"
SENSOR = str(Path(__file__).resolve().parents[2] / "benchmarks" / "tuning" / "sensor.yaml")
PICTURE = np.random.default_rng(3).random((40, 48, 3)).astype(np.float32)


def both(**said):
    free = [f"{NET}.weights", {"exposure.gain.ev": {"within": [-2, 2]}}]
    some = {
        "free": free,
        "scenes": [PICTURE] * 3,
        "crop": 16,
        "edge": 2,
        "batch": 1,
        "judged": 2,
        "validation": 0.3,
        "sensors": [SENSOR],
        "target": "photograph",
        "noise": "none",
    }
    return recipe(CHAIN, **{**some, "optimiser": {"optax": {"rate": 0.02}}, "steps": 4, **said})


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    out, told = tmp_path_factory.mktemp("ablation"), []
    made = ablate(both(), seeds=(5, 6), out=out, progress=lambda *now: told.append(now))
    assert told[-1] == (10, 10)
    return made, out


def test_each_way_moves_its_own_side(found):
    made, out = found
    base = both().chain
    moved = {way: load(out / f"{way}-5" / "tuned.yaml") for way in WAYS}
    weights = {way: bool(np.any(chain[NET].weights["last/kernel"] != base[NET].weights["last/kernel"])) for way, chain in moved.items()}
    gains = {way: float(chain["exposure.gain"].ev) != float(base["exposure.gain"].ev) for way, chain in moved.items()}
    better = {way for way in WAYS if made.of(way)[0].loss < made.of("hand")[0].loss}
    assert {"classical", "sequential", "joint"} <= better
    assert not weights["hand"] and not gains["hand"] and not weights["classical"] and gains["classical"]
    assert not gains["learned"] and gains["sequential"] and gains["joint"] and weights["joint"]
    assert moved["sequential"]["exposure.gain"].ev != moved["classical"]["exposure.gain"].ev  # half the steps


def test_all_ways_have_the_same_steps_and_seeds(found):
    made, out = found
    assert [(one.way, one.seed) for one in made.outcomes] == [(way, seed) for seed in (5, 6) for way in WAYS]
    assert {one.steps for one in made.outcomes if one.way != "hand"} == {4}
    assert json.loads((out / "joint-6" / "outcome.json").read_text())["psnr_db"] == made.of("joint")[1].psnr_db
    assert set(made.pictures) == {*WAYS, "wanted"}


def test_the_table_has_means_spreads_and_paired_gains():
    outcomes = [Outcome(way, seed, 1.0, 30 + 2 * seed + i * (1 + seed), 9, 1.0) for seed in (0, 1) for i, way in enumerate(WAYS)]
    made = Ablation(tuple(outcomes), {}, {})
    rows = {row["way"]: row for row in csv.DictReader(io.StringIO(table(made)))}
    joint, hand = rows["joint"], rows["hand"]
    assert float(joint["psnr_db"]) == (34 + 40) / 2 and np.isclose(float(joint["psnr_deviation"]), np.std([34, 40], ddof=1))
    assert float(hand["joint_gains_db"]) == (4 + 8) / 2 and np.isclose(float(hand["gains_deviation"]), np.std([4, 8], ddof=1))


def test_the_page_stands_alone(found):
    made, _ = found
    text = page(made, command="isp ablate <x>")
    assert text.count("data:image/png;base64,") == 6 and "://" not in text.replace("http://www.w3.org", "") and "&lt;x&gt;" in text
    told = as_json(made)
    assert told["about"]["weights"] == "3347" and told["about"]["parameters"] == "1" and json.dumps(told)


@pytest.mark.parametrize("free, why", [(["exposure.*"], "no weights"), ([f"{NET}.weights"], "nothing but weights")])
def test_both_sides_must_be_free(free, why):
    with pytest.raises(SpecError, match=why):
        ablate(both(free=free))
