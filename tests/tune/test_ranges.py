"""Sensors and scenes with ranges: every example draws its own, the same seed draws the same, and no program is compiled anew."""

import jax
import numpy as np
import pytest

from isp.core import SpecError
from isp.tune.data import Data
from isp.tune.identity import identity
from isp.tune.problem import Problem
from isp.tune.recipe import recipe

SENSOR = """isp: 1
title: Many phones
stages:
  - exposure.settings: {iso: 100, aperture: 2.2, pitch: 1.4 um}
  - exposure.lens
  - sensitivity.matrix: {electrons: 6000 e-/(lx s)}
  - cfa.bayer
  - noise.read:
      deviation: DEVIATION
  - adc.linear: {gain: 0.16 DN/e-, pedestal: "PEDESTAL", bits: 12}
"""
CHAIN = "isp: 1\nstages: [level.subtract_black, measure.as_shot, white_balance.apply, demosaic.bilinear]\n"
FLAT = "scene.flat"
GREY = '{isp: 1, input: scene, stages: [{scene.flat: {share: "~uniform(0.1, 0.9)"}}]}'


def sensor(folder, deviation="~log_uniform(1, 50) e-", pedestal="~uniform(100, 200) DN"):
    path = folder / "many.yaml"
    path.write_text(SENSOR.replace("DEVIATION", deviation).replace("PEDESTAL", pedestal))
    return path


def data(path, **said):
    return Data(recipe(CHAIN, **{"sensors": [str(path)], "scenes": [FLAT], "free": ["white_balance.*"], "crop": 16, "batch": 8} | said))


def blacks(items):
    return np.concatenate([np.asarray(item.raw.black)[:, 0] for item in items])


def test_every_example_draws_its_own(tmp_path):
    made = data(sensor(tmp_path))
    first = made.training(0)
    assert len(first) == 1, "numbers are leaves: all share a program"
    black, read = blacks(first), np.sqrt(np.asarray(first[0].raw.noise)[:, 0, 1]) / 0.16
    assert len(set(black)) == 8 and (black >= 100).all() and (black <= 200).all()
    assert len(set(read)) == 8 and (read > 0.9).all() and (read < 51).all()
    mean = np.asarray(first[0].raw.pixels).mean((1, 2))
    assert np.corrcoef(mean, black)[0, 1] > 0.9, "what was drawn is what was captured"


def test_the_same_seed_draws_the_same_and_another_another(tmp_path):
    path = sensor(tmp_path)
    one, again, other = (data(path, seed=seed).training(3) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one[0].raw.pixels, again[0].raw.pixels)
    np.testing.assert_array_equal(blacks(one), blacks(again))
    assert not set(blacks(one)) & set(blacks(other))
    judged = data(path)
    np.testing.assert_array_equal(blacks(judged.held_out), blacks(data(path).held_out))


def test_nothing_is_compiled_for_another_number(tmp_path):
    made = data(sensor(tmp_path))
    made.training(0)
    compiled = []

    def heard(name, *_, **__):
        if "backend_compile" in name:
            compiled.append(name)

    jax.monitoring.register_event_duration_secs_listener(heard)
    try:
        for step in range(1, 4):
            made.training(step)
        assert not compiled
        made.training(0)
        jax.jit(lambda x: x * 3.25 + 1)(np.float32(2.0))
        assert compiled, "this test hears compilations"
    finally:
        jax.monitoring.clear_event_listeners()


def test_choices_of_options_are_drawn_too(tmp_path):
    path = sensor(tmp_path)
    path.write_text(path.read_text().replace("- cfa.bayer", "- cfa.bayer:\n      pattern: ~choice(rggb, bggr)"))
    items = data(path).training(0)
    assert sorted(str(item.raw.cfa) for item in items) == ["bggr", "rggb"] and sum(len(np.asarray(i.raw.black)) for i in items) == 8


def test_a_scene_may_have_ranges(tmp_path):
    made = data(sensor(tmp_path, "2 e-", "150 DN"), scenes=[GREY], target="scene", noise="none")
    (item,) = made.training(0)
    raw, wanted = np.asarray(item.raw.pixels).mean((1, 2)) - 150, np.asarray(item.wanted.pixels).mean((1, 2, 3))
    assert len(set(wanted)) == 8 and np.ptp(wanted) > wanted.min()
    np.testing.assert_allclose(raw / raw[0], wanted / wanted[0], rtol=0.03)


def test_what_a_perfect_camera_records_follows_the_camera_that_was_drawn(tmp_path):
    path = sensor(tmp_path, "1 e-", "150 DN")
    path.write_text(path.read_text().replace("{electrons: 6000 e-/(lx s)}", '{electrons: "~uniform(3000, 9000) e-/(lx s)"}'))
    (item,) = data(path, noise="none").training(0)
    raw, wanted = np.asarray(item.raw.pixels)[:, ::2, 1::2].mean((1, 2)) - 150, np.asarray(item.wanted.pixels)[..., 1].mean((1, 2))
    assert np.ptp(wanted) > 0.2 * wanted.mean()
    np.testing.assert_allclose(raw / raw[0], wanted / wanted[0], rtol=0.03)


def test_what_is_tuned_has_one_value_of_everything(tmp_path):
    chain = CHAIN.replace("white_balance.apply", "{white_balance.apply: {correction: ['~uniform(1, 2)', 1, 1]}}")
    with pytest.raises(SpecError, match=r"text:2:\d+: white_balance.apply.correction: .* is a range, and one value is needed here"):
        recipe(chain)


def test_another_range_is_another_run(tmp_path):
    first = identity(Problem(recipe(CHAIN, sensors=[str(sensor(tmp_path))], scenes=[FLAT], free=["white_balance.*"], crop=16)))
    other = identity(
        Problem(recipe(CHAIN, sensors=[str(sensor(tmp_path, "~uniform(1, 50) e-"))], scenes=[FLAT], free=["white_balance.*"], crop=16))
    )
    assert first["sensors"] != other["sensors"]
