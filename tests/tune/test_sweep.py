"""Grids and samples of values: what rows say, and that none is computed twice."""

import json

import numpy as np
import pytest

from isp.core import Cfa, DataError, Domain, Frame, SpecError
from isp.report.sweep import as_json, columns, page, table
from isp.spec import load
from isp.tune import sweep as module
from isp.tune.points import at_point, points
from isp.tune.recipe import recipe
from isp.tune.sweep import sweep

EV, OFFSET = "exposure.gain.ev", "level.subtract_black.offset"
TEXT = """isp: 1
title: A <b> chain
stages:
  - level.subtract_black
  - demosaic.bilinear
  - colour.fixed_matrix
  - exposure.gain
  - encode.srgb: {bits: float}
"""
VALUES = [0.0, 0.2, 0.5]


def asked(seed=0, loss=None, **said):
    random = np.random.default_rng(3)
    raw = Frame(
        pixels=random.integers(150, 600, (32, 32)).astype(np.uint16), domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"),
        black=np.full(4, 64, np.float32), white=np.full(4, 1023, np.float32), balanced=np.ones(3, np.float32),
    )  # fmt: skip
    chain = load(TEXT)
    target = {"pipeline": chain.replace({EV: 0.2})}
    return recipe(
        chain, scenes=[raw, raw], target=target, loss=loss or {"mse": 2.0, "l1": 1.0}, crop=16, judged=3, edge=2, seed=seed, **said
    )


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    out = tmp_path_factory.mktemp("sweep")
    return out, sweep(asked(), {EV: VALUES, OFFSET: [0, 20]}, out=out)


def test_rows_are_the_grid_and_the_planted_value_is_the_best(swept):
    _, found = swept
    assert [(row[EV], row[OFFSET]) for row in found.rows] == [(v, o) for v in VALUES for o in (0, 20)]
    best = found.best(found.cells[0])
    assert (best[EV], best[OFFSET]) == (0.2, 0) and best["loss"] == pytest.approx(0, abs=1e-6) and best["psnr_db"] > 90
    assert {k: found.best()[k] for k in (EV, OFFSET)} == {EV: 0.2, OFFSET: 0}
    for row in found.rows:
        assert row["loss"] == pytest.approx(2 * row["mse"] + row["l1"], rel=1e-6)


def test_a_loss_is_that_of_the_pictures(swept):
    """A gain on linear light of one place: both pictures are known, and so is their difference."""
    _, found = swept
    row = found.rows[0]
    from isp.tune.problem import Problem, trimmed
    from isp.tune.take import developed

    problem = Problem(asked())
    (batch,) = problem.data.batches(module._views(problem, 0, 0))
    import jax

    errors = []
    for i in range(3):
        item = jax.tree.map(lambda a, i=i: a[i], batch)
        made, wanted = trimmed(developed(problem.recipe.chain, item.raw), item, 2)
        errors.append(np.mean((np.asarray(made.pixels, float) - np.asarray(wanted.pixels, float)) ** 2))
    assert row["mse"] == pytest.approx(np.mean(errors), rel=1e-4)
    assert row["psnr_db"] == pytest.approx(np.mean(-10 * np.log10(errors)), rel=1e-4)


def test_finished_rows_are_not_computed_twice(swept):
    out, first = swept
    assert first.fresh == 6
    more = sweep(asked(), {EV: [*VALUES, 1.0], OFFSET: [0]}, out=out)
    assert more.fresh == 1 and [r["loss"] for r in more.rows[:3]] == [r["loss"] for r in first.rows if r[OFFSET] == 0]
    assert set(more.pictures) >= {r["picture"] for r in more.rows}


def test_a_torn_line_and_a_lost_picture_are_made_again(swept):
    out, first = swept
    log = out / "rows.jsonl"
    lost = json.loads(log.read_text().splitlines()[1])["picture"]
    (out / "pictures" / lost).unlink()
    with log.open("a") as stream:
        stream.write('{"at": {"exposure.ga')
    again = sweep(asked(), {EV: VALUES, OFFSET: [0, 20]}, out=out)
    assert again.fresh == 1 and [r["loss"] for r in again.rows] == [r["loss"] for r in first.rows]
    assert all(json.loads(line) for line in log.read_text().splitlines())


@pytest.mark.parametrize("other, why", [({"seed": 1}, "seed was 0 and is 1"), ({"loss": {"mse": 1.0}}, "loss")])
def test_rows_of_other_data_are_not_mixed(swept, other, why):
    with pytest.raises(DataError, match=why):
        sweep(asked(**other), {EV: VALUES}, out=swept[0])


def test_another_value_is_no_other_program():
    chains = [at_point(asked().chain, {EV: value, OFFSET: offset}) for value, offset in ((0.0, 0), (1, 2.5))]
    import jax

    kinds = [(jax.tree.structure(c), [(x.shape, x.dtype) for x in jax.tree.leaves(c)]) for c in chains]
    assert kinds[0] == kinds[1]


def test_a_sample_covers_the_range_evenly_and_comes_again():
    space = {EV: [-1.0, 3.0], OFFSET: [0.0, 10.0]}
    made = points(asked(), space, 16)
    assert made == points(asked(), space, 16) != points(asked(seed=5), space, 16)
    for path, (low, high) in space.items():
        cells = sorted(int((row[path] - low) / (high - low) * 16) for row in made)
        assert cells == list(range(16)), "Sobol's points fall one into each sixteenth"


def test_no_values_are_the_usual_range():
    assert [row[EV] for row in points(asked(), {EV: []}, None)] == [-4, -2, 0, 2, 4]


@pytest.mark.parametrize(
    "vary, sample, why",
    [
        ({}, None, "names no parameter"),
        ({EV: [99.0]}, None, "--vary.*ev"),
        ({"exposure.gain.stops": [1.0]}, None, "no field"),
        ({EV: [1.0]}, 4, "two numbers"),
        ({EV: list(np.linspace(0, 1, 400)), OFFSET: list(np.linspace(0, 1, 400))}, None, "ask for a --sample"),
    ],
)
def test_what_cannot_be_meant_is_refused(vary, sample, why):
    with pytest.raises(SpecError, match=why):
        sweep(asked(), vary, sample=sample)


def test_the_page_and_the_table_hold_every_row(swept):
    _, found = swept
    lines = table(found).splitlines()
    assert (
        lines[0].split(",") == [EV, OFFSET, "sensor", "iso", "illuminant", "compensation", "loss", "mse", "l1", "psnr_db"]
        and len(lines) == 7
    )
    assert float(lines[1].split(",")[6]) == found.rows[0]["loss"]
    text = page(found, command="isp sweep <x>")
    assert "A &lt;b&gt; chain" in text and "A <b>" not in text and "://" not in text
    assert text.count("data:image/png") == 6 and text.count('class="best"') == 1 and text.count("<svg") == 4
    told = json.loads(json.dumps(as_json(found), allow_nan=False))
    assert len(told["rows"]) == 6 and told["best_of_all"][EV] == 0.2 and set(told["rows"][0]) == set(columns(found))
