"""A pipeline on charts through a sensor whose every number is known, so that what should be read off is a sum."""

import dataclasses
import json
import re

import numpy as np
import pytest
from scipy.optimize import brentq

from isp.bench.evaluation import evaluate
from isp.bench.evaluation.chart import chart, names
from isp.bench.evaluation.own import photographs
from isp.bench.evaluation.room import Condition, Room
from isp.bench.figures import Seen
from isp.bench.stages import StageRow, steps
from isp.core import ChainError, SpecError
from isp.evaluate.measured import Measured
from isp.io import save_frame
from isp.report.evaluation import page
from isp.spec import load, stage_class

WELL, READ, PATTERN, GAIN = 9000.0, 3.0, 0.01, 0.4
FULL = 0.78
"""lx s at which ISO 12232 fills a sensor at ISO 100; a grey card gets 0.1."""
SENSOR = f"""isp: 1
title: known
input: scene
stages:
  - exposure.settings: {{iso: 100, aperture: 2.8, pitch: 4.0}}
  - exposure.lens: {{transmission: 1.0}}
  - sensitivity.matrix: {{electrons: {WELL / FULL}}}
  - cfa.bayer: {{pattern: rggb}}
  - noise.prnu: {{deviation: {100 * PATTERN}}}
  - noise.photon
  - pixel.full_well: {{capacity: {WELL}, knee: 0.001}}
  - noise.read: {{deviation: {READ}}}
  - adc.linear: {{gain: {GAIN}, base_iso: 100, pedestal: 256, bits: 12}}
"""
PIPELINE = """isp: 1
title: plain
stages:
  - level.subtract_black
  - measure.as_shot
  - white_balance.apply
  - demosaic.bilinear
  - highlight.clip
  - colour.matrix
"""
SIZE = 120, 480


@pytest.fixture(scope="module")
def sensor():
    return load(SENSOR, kind="sensors")


@pytest.fixture(scope="module")
def found(sensor):
    """Every chart, small."""
    seen = []
    made = evaluate(PIPELINE, sensors=[sensor], iso=[100], size=SIZE, captures=2, progress=lambda *step: seen.append(step))
    assert seen[-1][0] == seen[-1][1] == len(seen)
    return made


def electrons(reflectance):
    """Green sites see the luminance: the matrix is strongest there."""
    return WELL / FULL * 0.1 * reflectance / 0.18


def deviation(count):
    """Of read, photon and pattern noise, and of rounding."""
    return np.sqrt(READ**2 + count + (PATTERN * count) ** 2 + 1 / 12 / GAIN**2)


def test_signal_to_noise_and_dynamic_range_of_captures_are_the_closed_form(sensor):
    made = evaluate(PIPELINE, sensors=[sensor], charts=["grey_steps"], size=(500, 600), captures=8)
    assert not made.problems
    grey = electrons(0.18)
    assert made.value("grey_steps", "snr", "raw") == pytest.approx(20 * np.log10(grey / deviation(grey)), abs=0.1)
    temporal = np.sqrt(deviation(grey) ** 2 - (PATTERN * grey) ** 2)
    assert made.value("grey_steps", "snr", "raw temporal") == pytest.approx(20 * np.log10(grey / temporal), abs=0.1)
    for name, ratio in (("dynamic_range", 1), ("range_10", 10)):
        least = brentq(lambda e, r=ratio: e - r * deviation(e), 1e-3, WELL)
        assert made.value("grey_steps", name, "raw") == pytest.approx(np.log2(WELL / least), abs=0.1)
    assert made.value("grey_steps", "contrast") == pytest.approx(1, abs=0.02), "nothing bends the tone"


def test_colours_of_a_camera_that_is_a_matrix_are_right(found):
    assert found.value("colour_checker", "delta_e", "mean") < 0.6
    assert found.value("colour_checker", "white_balance", "greys") < 1, "patches of ten pixels with the noise of thirty to one"
    assert found.value("colour_checker", "exposure") == pytest.approx(np.log2(electrons(1.0) / WELL), abs=0.02)


def test_every_chart_says_all_that_it_declares(found):
    assert not found.problems
    assert {c.name for c in found.charts} == set(names())
    for one in found.charts:
        said = {row["measure"] for row in found.rows if row["chart"] == one.name}
        assert said == set(one.measures), one.name
        assert {h[0] for h in one.headlines} <= said
        assert all(any((r["measure"], r["part"]) == h for r in found.rows if r["chart"] == one.name) for h in one.headlines)
    directions = [found.value("slanted_edge", "mtf50", f"{d} green") for d in ("horizontal", "vertical")]
    assert directions[0] == pytest.approx(directions[1], rel=0.05) and 0.2 < directions[0] < 0.6
    assert 0.4 < found.value("dead_leaves", "acutance") < 1.05
    assert found.value("flat", "falloff") > -0.1, "this lens is even"
    assert found.value("slanted_edge", "overshoot", "horizontal luminance") < 8


def test_it_becomes_a_table_data_and_a_page(found):
    assert len(found.table().splitlines()) == 1 + len(found.rows)
    data = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert data["pipeline"] == "plain" and len(data["rows"]) == len(found.rows) and len(data["curves"]) > 10
    text = page(found, "isp evaluate <b>")
    assert "&lt;b&gt;" in text and not re.search(r"""[">, ]nan[<", ]""", text) and "Content-Security-Policy" in text
    assert "dynamic range" in found._repr_html_() and "<svg" in found._repr_html_()
    assert all(one.name.replace("_", " ").capitalize() in text for one in found.charts if one.name not in ("zone_plate", "coloured_leaves"))


def test_stages_are_rows_of_the_page_too(found, sensor, monkeypatch):
    asked, told = [], []

    def looked(chain, one, iso, **how):
        asked.append((chain.names[-1], one, iso, how["illuminant"]))
        count = 3 if iso == 400 else steps(chain)
        for i in range(count):
            how["progress"](i + 1, steps(chain))
        if iso == 400:
            raise ChainError("demosaic.bilinear", "does not fit")
        return [StageRow("capture", "mosaic_dn", Seen(Measured(0.3, 0.01), float("nan"), 1.25, 0.125), how="why not")]

    monkeypatch.setattr("isp.bench.stages.stages", looked)
    made = evaluate(
        PIPELINE, sensors=[sensor], iso=[100, 400], charts=["grey_ramp"], size=SIZE, stages=True, progress=lambda *step: told.append(step)
    )
    assert told == [(i + 1, len(told)) for i in range(len(told))] and len(told) == 2 + 2 * steps(load(PIPELINE))
    assert [a[0] for a in asked] == ["colour.matrix"] * 2 and asked[0][1] is sensor and asked[0][2:] == (100, "D65")
    assert made.stages[0]["mtf50"] == 0.3 and made.stages[0]["iso"] == 100 and made.stages[0]["delta_e"] is None
    assert [p.file for p in made.problems] == ["known, ISO 400: stages"]
    text = page(made)
    assert "Stage by stage" in text and "12.5" in text and "why not" in text and "Stage by stage" not in page(found)
    assert made.stage_table().splitlines()[1].startswith('"known, ISO 100",known,100,D65')


def test_what_cannot_be_measured_is_told_and_the_rest_is_done(sensor):
    made = evaluate(PIPELINE, sensors=[sensor], iso=[100], charts=["grey_steps", "grey_ramp"], size=(120, 120), captures=2)
    assert [p.why for p in made.problems] == ["27 steps on 120 x 120 pixels are too small to be measured"]
    assert {row["chart"] for row in made.rows} == {"grey_ramp"}
    assert "too small to be measured" in page(made)


@pytest.mark.slow
def test_a_sensor_that_the_pipeline_does_not_take_is_told_of_once(sensor):
    odd = dataclasses.replace(sensor.swap("cfa.bayer", stage_class("cfa.xtrans")()), title="odd")
    chain = PIPELINE.replace("bilinear", "malvar2004")
    made = evaluate(chain, sensors=[odd, sensor], charts=["grey_ramp", "slanted_edge"], size=(64, 96))
    assert len(made.problems) == 1 and {row["sensor"] for row in made.rows} == {"known"}
    with pytest.raises(ChainError, match="malvar2004"):
        evaluate(chain, sensors=[odd], charts=["grey_ramp", "slanted_edge"], size=(64, 96))


def test_a_photograph_says_what_the_simulation_says(sensor, tmp_path):
    one = chart("colour_checker")
    (raw,) = Room((160, 240)).raws(one, "colour_checker", Condition("known", sensor, 100.0), 1)
    save_frame(raw, tmp_path / "chart.npz")
    made = evaluate(PIPELINE, [str(tmp_path / "chart.npz")], trusted=True)
    assert not made.problems, "it is found by itself"
    assert made.value("colour_checker", "delta_e", "mean") < 0.6
    assert made.value("colour_checker", "exposure") == pytest.approx(np.log2(electrons(1.0) / WELL), abs=0.02)
    assert made.rows[0]["iso"] == 100 and made.rows[0]["input"].endswith("chart.npz")


def test_inputs_say_what_they_show(tmp_path):
    kinds = [(p.chart.name, p.files) for p in photographs(["a.dng", "flat=b.dng", "flat=c.dng", "slanted_edge=d.dng", "b.dng"])]
    assert kinds == [
        ("colour_checker", ("a.dng",)),
        ("colour_checker", ("b.dng",)),
        ("flat", ("b.dng", "c.dng")),
        ("slanted_edge", ("d.dng",)),
    ]
    with pytest.raises(SpecError, match="without knowing the chart"):
        list(photographs(["dead_leaves=a.dng"]))
    with pytest.raises(SpecError, match="slanted_edge"):
        list(photographs(["slanted=a.dng"]))
    with pytest.raises(SpecError, match="nothing to look at"):
        evaluate(PIPELINE)
