"""`isp evaluate`, as a person runs it."""

import csv
import json

import pytest

SENSOR = """isp: 1
title: A small one
input: scene
stages:
  - exposure.settings: {iso: 100, aperture: 2.8, pitch: 4.0}
  - exposure.lens
  - sensitivity.matrix: {electrons: 10000 e-/(lx s)}
  - cfa.bayer: {pattern: rggb}
  - noise.photon
  - pixel.full_well: {capacity: 8000 e-}
  - adc.linear: {gain: 0.1, bits: 10}
"""


def test_charts_through_a_sensor_become_a_page_a_table_and_data(isp, raw):
    (isp.folder / "small.yaml").write_text(SENSOR)
    words = ("--sensor", "small.yaml", "--iso", "100", "--iso", "400", "--chart", "grey_ramp", "--size", "96x64")
    done = isp("evaluate", "chain.yaml", *words, "-o", "new/out", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert {row["iso"] for row in told["rows"]} == {100, 400} and {row["sensor"] for row in told["rows"]} == {"small"}
    with open(isp.folder / "new/out/evaluation.csv") as file:
        assert len(list(csv.DictReader(file))) == len(told["rows"])
    assert json.loads((isp.folder / "new/out/evaluation.json").read_text())["rows"] == told["rows"]
    assert "small, ISO 400" in (isp.folder / "new/out/report.html").read_text()


@pytest.mark.slow
def test_stages_are_told_of_in_a_table_of_their_own(isp):
    (isp.folder / "small.yaml").write_text(SENSOR)
    words = ("--sensor", "small.yaml", "--iso", "100", "--iso", "400", "--chart", "grey_ramp", "--size", "96x64", "--stages")
    done = isp("evaluate", "minimal", *words, "-o", "out", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    with open(isp.folder / "out/stages.csv") as file:
        rows = list(csv.DictReader(file))
    assert [row["stage"] for row in rows] == [row["stage"] for row in told["stages"]]
    for iso in ("100.0", "400.0"):
        last = [row for row in rows if row["iso"] == iso][-1]
        assert float(last["snr_db"]) == pytest.approx(float(last["predicted_snr_db"]), abs=1.2), "within 15 %"
        assert 0.1 < float(last["mtf50"]) < 0.6 and float(last["delta_e"]) < 8
    assert "Stage by stage" in (isp.folder / "out/report.html").read_text()


def test_a_chart_that_is_not_one_fails_and_says_how_to_go_on(isp, raw):
    done = isp("evaluate", "chain.yaml", raw, "-o", "out")
    assert done.code == 1 and "no ColorChecker found" in done.errors[0] and "--corners" in done.errors[0] and "a.npy" in done.errors[0]
    assert (isp.folder / "out/report.html").exists()


def test_what_cannot_be_meant_is_refused_before_anything_is_written(isp, raw):
    for words, why in (
        ((), "nothing to look at"),
        (("--sensor", "imx219", "--chart", "grey_step"), "grey_steps"),
        (("--sensor", "imx21", "--iso", "100"), "imx219"),
        (("dead_leaves=a.npy",), "without knowing the chart"),
    ):
        done = isp("evaluate", "chain.yaml", *words, "-o", "out")
        assert done.code == 2 and why in done.err, (words, done.err)
    assert not (isp.folder / "out").exists()
