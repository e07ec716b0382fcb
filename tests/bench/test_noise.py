"""The noise that is predicted after each stage is the noise that captures have there."""

import numpy as np
import pytest

from isp.bench.laboratory import Laboratory, Setting
from isp.bench.noise import GREY, LEVELS, stage_noise
from isp.spec import load, load_spec

LINEAR = ("level.", "shading.", "measure.", "white_balance.", "colour.", "look.saturation")
"""Stages that are linear in the pixels."""


def walked(pipeline, sensor="imx219", iso=100.0, draws=48, probes=32):
    setting = Setting(sensor, load_spec(sensor, kind="sensors").chain, iso)
    return stage_noise(load(pipeline), setting, Laboratory((64, 64)), draws=draws, probes=probes)


def judge(stages):
    """5 % after a linear stage, as long as no stage before it bent the noise (a search for defects hardly ever acts); 15 % after any other."""
    bent, faults = False, []
    for one in stages:
        linear = one.stage.startswith(LINEAR) and not bent
        bent = bent or not one.stage.startswith((*LINEAR, "defect."))
        off = np.abs(one.predicted.value / one.measured.value - 1)
        if np.max(one.measured.error / one.measured.value) > 0.03:
            faults.append(f"{one.stage}: too few draws to say")
        if np.any(off > (0.05 if linear else 0.15)):
            faults.append(f"{one.stage}, {'linear' if linear else 'bent'}: {np.round(off, 3).tolist()}")
    assert not faults, "\n".join(faults)


@pytest.fixture(scope="module")
def classic():
    return walked("classic")


def test_prediction_and_captures_agree_after_every_stage_of_classic(classic):
    assert [one.stage for one in classic][-1] == "encode.srgb" and len(classic) == 18
    judge(classic)


def test_first_order_is_enough_before_the_first_decision_and_not_after_it(classic):
    by_name = {one.stage: one for one in classic}
    assert not by_name["white_balance.apply"].bends
    bilateral = by_name["denoise.bilateral"]
    assert bilateral.bends and np.all(bilateral.first_order.value < 0.5 * bilateral.measured.value)


def test_noise_is_told_by_colour_and_by_phase(classic):
    black, picture = classic[1], classic[-1]
    assert black.colours == "rgb" and black.signal.shape == (len(LEVELS), 3) and black.phases.shape == (len(LEVELS), 4, 1)
    assert picture.phases.shape == (len(LEVELS), 4, 3)
    assert black.snr_db[GREY] == pytest.approx(black.predicted_snr_db[GREY], abs=0.4)
    # A capture of so many electrons cannot do better than photons do: 20 log10 of the root of their number.
    electrons = 0.18 * 3175.1 * 0.1
    assert np.all(black.snr_db[GREY] < 10 * np.log10(electrons) + 12) and np.all(np.diff(black.snr_db, axis=0) < 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "pipeline, sensor, iso",
    [
        ("learned", "imx219", 100),
        ("learned", "imx219", 1600),
        ("classic", "nikon_d850", 6400),
        ("classic", "sony_a7s2", 100),
        ("any_filters", "fujifilm_xt3", 800),
    ],
)
def test_prediction_and_captures_agree_after_every_stage(pipeline, sensor, iso):
    judge(walked(pipeline, sensor, float(iso), draws=128, probes=96))
