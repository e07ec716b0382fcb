"""Captures are known by their folders; everything wrong with them is told at once, by name."""

import numpy as np
import pytest

from isp.calibrate import calibrate, recognised
from isp.calibrate.captures import power_of
from isp.calibrate.series import joined
from isp.core import Cfa, DataError, Domain, Frame
from isp.evaluate.frames import split
from isp.io import save_frame


@pytest.fixture
def put(tmp_path):
    """Save a mosaic of one mean and some noise as a capture."""

    def save(name, mean, *, time=0.01, iso=100, size=(64, 64), noise=3.0, cfa="rggb", seed=0, **facts):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.clip(np.rint(mean + noise * np.random.default_rng(seed).normal(size=size)), 0, 4095).astype(np.uint16)
        known = {
            "black": np.full(4, 64, np.float32),
            "white": np.full(4, 4000, np.float32),
            "iso": np.float32(iso),
            "exposure_time": np.float32(time),
        }
        save_frame(Frame(pixels=pixels, domain=Domain.MOSAIC_DN, cfa=Cfa.bayer(cfa), **{**known, **facts}), path)
        return path

    return save


def kinds(found):
    return {(c.name, c.kind, c.light) for c in found}


def test_folders_say_what_files_are(tmp_path, put):
    for name in (
        "darks/a.npz",
        "flats/b.npz",
        "stack_dark/c.npz",
        "stack_flat/d.npz",
        "chart_LED-B3/e.npz",
        "chart_5000K/f.npz",
        "edge/g.npz",
        "other/h.npz",
    ):
        put(name, 100)
    (tmp_path / "flats" / "notes.txt").write_text("no capture")
    wanted = {
        ("darks/a.npz", "dark", ""),
        ("flats/b.npz", "flat", ""),
        ("stack_dark/c.npz", "stack_dark", ""),
        ("stack_flat/d.npz", "stack_flat", ""),
    }
    wanted |= {("chart_LED-B3/e.npz", "chart", "LED-B3"), ("chart_5000K/f.npz", "chart", "5000K"), ("edge/g.npz", "edge", "")}
    assert kinds(recognised([tmp_path])) == wanted
    assert kinds(recognised([tmp_path / "darks", tmp_path / "edge" / "g.npz"])) == {("darks/a.npz", "dark", ""), ("edge/g.npz", "edge", "")}
    given = recognised([], {"chart": [tmp_path / "other" / "h.npz"]}, "A")
    assert kinds(given) == {("other/h.npz", "chart", "A")}


def test_what_cannot_be_told_is_told_all_at_once(tmp_path, put):
    put("chart/x.npz", 100), put("chart_moon/y.npz", 100), put("loose.npz", 100)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError) as refused:
        recognised([tmp_path, tmp_path / "loose.npz", tmp_path / "gone.npz", tmp_path / "empty"])
    lines = str(refused.value)
    for part in (
        "the light of the chart is not known",
        "light moon: is not known",
        "loose.npz: what it shows is not known",
        "gone.npz: no such file",
        "no captures in it",
    ):
        assert part in lines
    assert len(refused.value.problems) == 5


def test_lights_are_names_or_temperatures():
    assert power_of("D65").shape == power_of("2700").shape == power_of("6500K").shape == (81,)
    with pytest.raises(DataError):
        power_of("900K")


def test_problems_of_several_files_come_together(tmp_path, put):
    put("flats/1.npz", 1000), put("flats/2.npz", 1100, seed=1)  # the light changed
    put("flats/3.npz", 2000, time=0.02)  # alone
    put("darks/4.npz", 64), put("darks/5.npz", 64, size=(32, 64)), put("darks/6.npz", 64, cfa="bggr")
    (tmp_path / "darks" / "7.dng").write_bytes(b"II*\0 nothing more")
    put("stack_flat/8.npz", 3999, seed=2), put("stack_flat/9.npz", 3999, seed=3)
    with pytest.raises(DataError) as refused:
        calibrate(recognised([tmp_path]), trusted=True)
    lines = str(refused.value).splitlines()
    for part in (
        "flats/2.npz: its mean is ",
        "flats/3.npz: is the only capture of its ISO and exposure time",
        "darks/5.npz: is 64 x 32 of rggb, flats/1.npz is 64 x 64 of rggb",
        "darks/6.npz: is 64 x 64 of bggr",
        "7.dng",
        "stack_flat/8.npz: saturated in ",
    ):
        assert any(part in line for line in lines), (part, lines)


def test_a_series_that_cannot_be_measured_names_its_iso_or_its_level(tmp_path, put):
    put("darks/1.npz", 64), put("darks/2.npz", 64, seed=1)
    for i in range(3):
        put(f"flats/{i}a.npz", 500 + i, time=0.01 * (i + 1), seed=2 + i), put(f"flats/{i}b.npz", 500 + i, time=0.01 * (i + 1), seed=9 + i)
    put("flats/c.npz", 900, iso=400, seed=20), put("flats/d.npz", 900, iso=400, seed=21)
    with pytest.raises(DataError) as refused:
        calibrate(recognised([tmp_path]), trusted=True)
    assert "ISO 400: has no pair of darks" in str(refused.value)
    assert "flats/" in str(refused.value), "and the level of ISO 100"


def test_planes_become_the_mosaic_they_were():
    mosaic = np.arange(48.0).reshape(6, 8)
    np.testing.assert_array_equal(joined(split(mosaic, (2, 2)), (2, 2)), mosaic)
    np.testing.assert_array_equal(joined(split(mosaic, (3, 4)), (3, 4)), mosaic)
