"""A raw file becomes a sensor whose captures say what the file said."""

import numpy as np
import pytest

from isp.core import Cfa, DataError, Domain, Frame, Random
from isp.execute import Shot, capture
from isp.importing import imported
from isp.io import read, write_dng
from isp.spec import load_spec

MATRICES = np.array(
    [[[0.9, -0.3, -0.1], [-0.4, 1.2, 0.2], [-0.1, 0.2, 0.6]], [[0.8, -0.2, -0.1], [-0.3, 1.1, 0.2], [-0.05, 0.15, 0.7]]], np.float32
)


def raw(path, **facts):
    """A DNG of even grey."""
    pixels = np.full((32, 48), 500.0, np.float32)
    known = dict(
        cfa=Cfa.bayer("gbrg"), black=np.full(4, 64.0), white=np.full(4, 1023.0), noise=np.tile([0.2, 2.0 - 0.2 * 64], (4, 1)), camera_matrix=MATRICES,
        illuminants=np.array([2856.0, 6504.0]), as_shot=np.array([2.0, 1.0, 1.5]), iso=np.float32(100), exposure_time=np.float32(0.01),
        aperture=np.float32(2.0), make="Acme", model="One",
    )  # fmt: skip
    return write_dng(Frame(pixels=pixels, domain=Domain.MOSAIC_DN, **{**known, **facts}), path)


def recaptured(sensor, path):
    """The file that the sensor of a file makes of a white scene."""
    start = Frame(
        pixels=np.full((32, 48, 3), 100.0, np.float32), domain=Domain.SCENE, scene_white=np.full(3, 200.0, np.float32), random=Random.of(1)
    )
    return read(write_dng(next(capture(sensor, None, start, Shot())), path))


def test_a_file_a_sensor_and_a_file_again(tmp_path):
    first = raw(tmp_path / "first.dng")
    made = imported("dng", first)
    again, told = recaptured(load_spec(made.profile()).chain, tmp_path / "again.dng"), read(first)
    assert again.cfa == told.cfa and float(again.iso) == 100 and float(again.aperture) == 2.0
    np.testing.assert_allclose(again.black, told.black, atol=1e-3)
    np.testing.assert_allclose(again.white, told.white, atol=0.51)
    np.testing.assert_allclose(again.camera_matrix, told.camera_matrix, atol=2e-4)
    np.testing.assert_allclose(again.illuminants, told.illuminants)
    np.testing.assert_allclose(again.noise, told.noise, rtol=2e-3, atol=2e-3)


def test_what_is_not_carried_over_is_said(tmp_path):
    left = " ".join(imported("dng", raw(tmp_path / "a.dng", noise=None, defects=np.array([[3, 4]]))).left_out)
    assert "white balance" in left and "noise" in left and "bad pixels" in left


@pytest.mark.parametrize("rows", [("rrgg", "rrgg", "ggbb", "ggbb"), ("grggbg", "bgbrgr", "grggbg", "gbggrg", "rgrbgb", "gbggrg")])
def test_other_mosaics_are_found(rows, tmp_path):
    cfa = Cfa(rows)
    sites = {"black": np.full(len(cfa.sites), 64.0), "white": np.full(len(cfa.sites), 1023.0), "noise": None}
    chain = imported("dng", raw(tmp_path / "a.dng", cfa=cfa, **sites)).chain
    assert next(stage.mosaic for stage in chain if stage.name.startswith("cfa.")) == cfa


def test_a_real_file(shared_data):
    """The GoPro's NoiseProfile is (1.562e-4, 4.88e-8) of values from 0 to 1: 1 / S electrons fill a well, sqrt(O) / S are read noise."""
    chain = imported("dng", shared_data / "raw/gopro_hero6_iso100_GOPR0024.dng").chain
    assert float(chain["pixel.full_well"].capacity) == pytest.approx(1 / 1.5620100020896643e-4, rel=1e-5)
    assert float(chain["noise.read"].deviation) == pytest.approx(np.sqrt(4.880019943698244e-08) / 1.5620100020896643e-4, rel=5e-3)
    gain = chain["optics.vignetting"]
    assert float(1 + gain.k2 + gain.k4 + gain.k6) == pytest.approx(np.mean([1.789, 1.948, 1.903, 2.076]), rel=0.05)


def test_no_raw_file_is_no_sensor(tmp_path):
    (file := tmp_path / "a.dng").write_bytes(b"II*\0 not a raw file")
    with pytest.raises(DataError):
        imported("dng", file)
