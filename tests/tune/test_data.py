"""Examples: which come when, what they are, and that wanted pictures are what a perfect camera would have made."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from isp.core import DataError, Random
from isp.core.run import run
from isp.execute.capture import joined
from isp.tune.data import Data
from isp.tune.order import dealt
from isp.tune.recipe import recipe

SENSOR = str(Path(__file__).resolve().parents[2] / "benchmarks" / "tuning" / "sensor.yaml")
PIPELINE = """
isp: 1
stages: [level.subtract_black, measure.as_shot, white_balance.apply, demosaic.bilinear, colour.matrix, encode.srgb]
"""
PICTURE = np.random.default_rng(3).random((48, 64, 3)).astype(np.float32)


def _data(**said):
    said = {"sensors": [SENSOR], "scenes": [PICTURE], "crop": 24, "batch": 2, "judged": 2, **said}
    return Data(recipe(PIPELINE, **said))


@pytest.fixture(scope="module")
def fresh():
    return _data()


def test_a_step_always_brings_the_same_examples(fresh):
    again = _data()
    one, other = fresh.training(3)[0], again.training(3)[0]
    assert np.array_equal(one.raw.pixels, other.raw.pixels) and np.array_equal(one.wanted.pixels, other.wanted.pixels)
    assert not np.array_equal(one.raw.pixels, fresh.training(4)[0].raw.pixels)
    assert not np.array_equal(one.raw.pixels[0], one.raw.pixels[1])


def test_fixed_examples_come_again():
    data = _data(noise="fixed", batch=1)
    assert np.array_equal(data.training(0)[0].raw.pixels, data.training(5)[0].raw.pixels)


def test_what_is_fixed_belongs_to_scene_sensor_and_condition():
    """Also where many more of them can meet than a batch holds; else each meeting has noise and a crop of its own."""
    many = {"scenes": [PICTURE] * 5, "sensors": [{SENSOR: 1}, {SENSOR: 2}], "conditions": {"iso": [100, 200, 400]}, "batch": 4, "units": 50}

    def met(noise):
        order = _data(noise=noise, **many).order
        views = [view for step in range(60) for view in order.views(step)]
        return {(v.scene, v.sensor, v.condition) for v in views}, {(v.occasion, v.unit) for v in views}, set(views), len(views)

    pairs, occasions, views, _ = met("fixed")
    assert len(pairs) == 4 * 2 * 3  # one of the five scenes is held out
    assert len(views) == len(occasions) == len(pairs)
    assert len(met("fresh")[1]) == met("fresh")[3]


@pytest.mark.parametrize(("scenes", "conditions"), [(3, 2), (2, 4), (4, 3), (1, 5)])
def test_one_batch_can_hold_every_example(scenes, conditions):
    """Then every step is the same; where it cannot, steps differ."""
    said = {"scenes": [PICTURE] * scenes, "conditions": {"iso": [100 * 2**i for i in range(conditions)]}, "validation": 0, "noise": "fixed"}
    order = _data(batch=scenes * conditions, **said).order
    assert order.one_step_is_all and {frozenset(order.views(step)) for step in range(4)} == {frozenset(order.views(0))}
    assert not _data(batch=scenes * conditions - 1, **said).order.one_step_is_all


def test_a_crop_is_the_crop_of_the_whole_frame(fresh):
    """Noise and place: the crop's pixels are those of the frame captured whole with the same keys."""
    view = fresh.order.views(0)[0]
    item = fresh.item(view)
    chain, start, _ = fresh._start(view)
    random = np.random.default_rng(view.occasion)
    pixels = np.asarray(start.pixels)[:: random.choice((-1, 1)), :: random.choice((-1, 1))]
    whole = run(joined(None, chain).stages, start.but(pixels=np.ascontiguousarray(pixels), random=Random.of(view.occasion, unit=view.unit)))
    down, right = (int(v) for v in item.raw.window[:2])
    part = np.asarray(whole.pixels)[down : down + 24, right : right + 24]
    assert (down % 2, right % 2) == (0, 0)
    assert np.mean(part == np.asarray(item.raw.pixels)) > 0.999  # another program may round one number in thousands to the other side


def test_a_reference_picture_is_cropped_and_mirrored_as_its_scene_is(tmp_path):
    """The reference is the scene itself but darker: where the two are cut alike, light and reference agree in every pixel."""
    for name, gain in (("scenes", 1.0), ("wanted", 0.5)):
        (tmp_path / name).mkdir()
        Image.fromarray((PICTURE * gain * 255).round().astype(np.uint8)).save(tmp_path / name / "a.png")
    data = _data(
        scenes=[str(tmp_path / "scenes")], target={"pictures": str(tmp_path / "wanted")}, noise="none", conditions={"compensation": [-1]}
    )
    whole, light = data.scenes[0].wanted.pixels, np.asarray(data.scenes[0].what.pixels)
    for step in range(4):  # crops and mirrors of several kinds
        for raw, wanted in zip(*(np.asarray(f.pixels) for f in (data.training(step)[0].raw, data.training(step)[0].wanted)), strict=True):
            assert wanted.shape == (24, 24, 3)
            green = raw[0::2, 1::2].ravel()  # rises with green light of the same site
            assert np.corrcoef(green, np.asarray(wanted)[0::2, 1::2, 1].ravel())[0, 1] > 0.9
    assert whole.shape[:2] == light.shape[:2] == (48, 64)


def test_a_reference_of_another_size_is_told(tmp_path):
    for name, side in (("scenes", 48), ("wanted", 40)):
        (tmp_path / name).mkdir()
        Image.fromarray((PICTURE[:side, :side] * 255).astype(np.uint8)).save(tmp_path / name / "a.png")
    data = _data(scenes=[str(tmp_path / "scenes")], target={"pictures": str(tmp_path / "wanted")})
    with pytest.raises(DataError, match="reference of a is 40 x 40 pixels: the scene is 48 x 48"):
        data.training(0)


@pytest.mark.parametrize("compensation", [0, -1])
def test_the_wanted_chart_is_what_a_perfect_camera_makes(compensation):
    data = _data(scenes=["scene.colour_checker"], noise="none", crop=96, batch=1, conditions={"compensation": [compensation]})
    item = data.training(0)[0]
    made = run(data.recipe.chain.stages[:-1], data.item(data.order.views(0)[0]).raw)
    patch = (slice(8, 16), slice(10, 18))
    for y in range(12, 84, 21):
        for x in range(12, 84, 14):
            patch = (slice(y, y + 4), slice(x, x + 3))
            seen, wanted = np.asarray(made.pixels)[patch].mean((0, 1)), np.asarray(item.wanted.pixels)[0][patch].mean((0, 1))
            assert np.allclose(seen, wanted, atol=0.02), (y, x, seen, wanted)
    assert np.asarray(item.wanted.pixels).max() < (1.1 if compensation == 0 else 0.55)


@pytest.mark.parametrize("sensor", ["imx219", "canon_5d4"])
def test_light_falls_off_towards_corners_and_what_is_wanted_does_not(sensor):
    """With the falloff undone a picture is as bright as it should be: the exposure of what is wanted is that of the middle."""
    grey = np.full((48, 64, 3), 0.5, np.float32)
    data = Data(
        recipe(
            PIPELINE.replace("measure", "shading.gain_map, measure"),
            sensors=[sensor],
            scenes=[grey],
            crop=24,
            batch=1,
            noise="none",
            target="scene",
        )
    )
    item = data.item(data.order.views(0)[0])
    made = run(data.recipe.chain.stages[:-1], item.raw)
    for part in (slice(4, 12), slice(12, 20)):
        seen, wanted = (np.asarray(frame.pixels)[part, part].mean((0, 1)) for frame in (made, item.wanted))
        assert np.allclose(seen, wanted, rtol=0.01), (part, seen, wanted)


def test_folders_are_labels(tmp_path):
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        Image.fromarray((PICTURE * 255).astype(np.uint8)).save(tmp_path / name / "a.png")
    assert [int(s.label) for s in _data(scenes=[str(tmp_path)]).scenes] == [0, 1]


def test_scenes_are_split_and_nothing_is_in_both():
    data = _data(scenes=[PICTURE] * 8, validation=0.25)
    assert len(data.order.held) == 2 and not set(data.order.held) & set(data.order.trained) and len(data.order.trained) == 6
    assert {view.scene for view in data.order.judged()} <= set(data.order.held)


def test_sensors_are_dealt_by_weight():
    assert sorted(dealt(np.array([0.5, 0.25, 0.25]), 8)) == [0, 0, 0, 0, 1, 1, 2, 2]
    assert sorted(dealt(np.array([0.98, 0.01, 0.01]), 4)) == [0, 0, 1, 2]
    assert set(dealt(np.array([1 / 3] * 3), 2)) == {0, 1, 2}


def test_conditions_all_come(fresh):
    data = _data(conditions={"iso": [100, 800], "compensation": [0, -1]})
    assert {view.condition for step in range(2) for view in data.order.views(step)} == {0, 1, 2, 3}


def test_sensors_of_other_depths_share_a_program():
    """One that rounds to 10 bits and one that rounds to 14: nothing that develops them asks."""
    (batch,) = _data(sensors=["imx219", "canon_5d4"]).training(0)
    assert batch.raw.pixels.shape == (2, 24, 24) and batch.raw.bits is None


def test_each_place_in_a_batch_keeps_to_one_kind():
    """Else the programs of a step would be compiled anew for each mixture."""
    charts = ["scene.dead_leaves", "scene.colour_checker", "scene.slanted_edge"]
    data = _data(scenes=[*charts, PICTURE, PICTURE, PICTURE], loss={"mse": 1, "colour_checker": 0.1}, batch=6, validation=0)
    kinds = [[data.order.kinds[view.scene] for view in data.order.views(step)] for step in range(5)]
    assert all(row == kinds[0] for row in kinds) and len(set(kinds[0])) == 4
    assert {view.scene for step in range(5) for view in data.order.views(step)} == set(range(6))
    assert len(set(_data(scenes=[*charts, PICTURE]).order.kinds)) == 2
