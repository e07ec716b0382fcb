"""Every shipped sensor is a camera one could believe: its numbers have sources, its exposure closes, its noise is what it says."""

import numpy as np
import pytest

from isp.core import Domain, Frame
from isp.execute import Shot, capture, light
from isp.spec import load, load_spec, shipped_names

SENSORS = shipped_names("sensors")
QUICK = ("imx219", "sony_a7s2", "nikon_5100", "automotive_hdr", "machine_vision")
"""One of each kind, captured by every run; the others compile for minutes and are left to `make slow`."""
SIZE = (120, 180)
LUMINANCE = 1000.0
CHART = (
    f"{{isp: 1, input: scene, stages: [{{scene.light: {{illuminant: D65, luminance: {LUMINANCE}, bands: rgb}}}}, scene.colour_checker]}}"
)
SOURCES = ("http", "://", "data sheet", "physics", "estimate", "our sum", "isp/data", "the ", "as ", "six by six", "CIE")


@pytest.fixture(scope="module")
def scenes():
    """A ColorChecker and an even white in one kind of frame, so that one program captures both."""
    lit = load(CHART)(light(*SIZE))
    chart = np.asarray(lit.pixels)
    return {
        name: Frame(pixels=pixels, domain=Domain.SCENE, scene_white=np.asarray(lit.scene_white))
        for name, pixels in (("chart", chart), ("white", np.broadcast_to(np.asarray(lit.scene_white, chart.dtype), chart.shape).copy()))
    }


def numbers(frame):
    """The linear numbers of a frame."""
    pixels = np.asarray(frame.array, float)
    return pixels if frame.linearisation is None else np.asarray(frame.linearisation, float)[pixels.astype(int)]


def by_phase(frame, values):
    """A value of each phase, at every site."""
    rows, columns = frame.cfa.tile
    return np.tile(np.reshape(values, (rows, columns)), (SIZE[0] // rows, SIZE[1] // columns))


def test_there_are_real_sensors_and_invented_ones():
    real = {
        "imx219",
        "imx477",
        "imx378",
        "ov5647",
        "oppo_reno10x",
        "sony_a7s2",
        "nikon_d850",
        "canon_5d4",
        "gopro_hero6",
        "nikon_5100",
        "sigma_sdmerrill",
    }
    assert real | {"phone", "large_sensor", "automotive_hdr", "rgbw"} <= set(SENSORS)


@pytest.mark.parametrize("name", SENSORS)
def test_every_value_has_a_source_and_every_estimate_says_why(name):
    spec = load_spec(name, kind="sensors")
    assert spec.chain.title and spec.camera.rows and spec.camera.columns
    assert spec.chain.names[0] == "exposure.settings"
    for own, stage in zip(spec.chain.names, spec.chain.stages, strict=True):
        written = spec.marks.values
        index = spec.chain.names.index(own)
        for field in [path[3] for path in written if path[:2] == ("stages", index) and len(path) == 4 and path[2] == stage.name]:
            assert own in spec.camera.sources or f"{own}.{field}" in spec.camera.sources, f"{own}.{field} has no source"
        needed = [f for f, d in stage.declared().items() if d.kind == "param"]
        assert all(("stages", index, stage.name, f) in written for f in needed), f"{own} leaves a number to its default"
    for key, words in spec.camera.sources.items():
        assert any(known in words for known in SOURCES), f"{key}: {words!r} names no source"
        if "estimate" in words:
            assert len(words.partition("estimate")[2].split()) >= 2, f"{key} does not say why"


@pytest.mark.parametrize("name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in SENSORS])
def test_a_sensor_captures_with_the_noise_and_the_exposure_that_it_states(name, scenes):
    sensor = load_spec(name, kind="sensors").chain
    iso = float(sensor["exposure.settings"].iso)

    seen = next(capture(sensor, None, scenes["chart"], Shot(seed=1)))
    pixels = numbers(seen)
    assert seen.domain is Domain.MOSAIC_DN and pixels.shape == SIZE and np.isfinite(pixels).all() and np.ptp(pixels) > 50
    for fact in ("black", "white", "cfa", "noise", "camera_matrix", "illuminants", "as_shot", "bits", "iso", "exposure_time"):
        assert getattr(seen, fact) is not None, fact
    assert np.isfinite(np.asarray(seen.noise)).all() and (np.asarray(seen.white) > np.asarray(seen.black)).all()

    for stops in (0, 2, 4):  # ISO 12232: a white metered by the light that falls on it saturates no sensor, and leaves none idle
        frames = list(capture(sensor, None, scenes["white"], Shot(iso=iso * 2**stops, frames=2, seed=3)))
        share = (numbers(frames[0]) - by_phase(frames[0], frames[0].black)) / by_phase(
            frames[0], np.asarray(frames[0].white) - frames[0].black
        )
        middle = share[48:72, 78:102]
        tile = frames[0].cfa.tile
        strongest = max(middle[y :: tile[0], x :: tile[1]].mean() for y in range(tile[0]) for x in range(tile[1]))
        assert 0.40 < strongest < 0.95, f"ISO {iso * 2**stops:g}: white at {strongest:.2f}"

    readings = len(list(capture(sensor, None, scenes["white"], Shot())))
    frames = list(capture(sensor, None, scenes["white"], Shot(frames=6, seed=2)))[::readings]
    stack = np.stack([numbers(frame) for frame in frames])
    slope, floor = (by_phase(frames[0], np.asarray(frames[0].noise)[:, i]) for i in (0, 1))
    stated = (slope * stack.mean(0) + floor).mean()
    assert stack.var(0, ddof=1).mean() == pytest.approx(stated, rel=0.03)
