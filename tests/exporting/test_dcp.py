"""Camera profiles, as tifffile and ExifTool read them."""

import json
import shutil
import subprocess
import warnings

import colour
import numpy as np
import pytest
import tifffile

from isp.core import DataError
from isp.exporting import export, exported
from isp.exporting.asked import Asked

D50 = np.array([0.96422, 1.0, 0.82521])


@pytest.fixture(scope="module")
def file(separable, seen, tmp_path_factory):
    path = tmp_path_factory.mktemp("dcp") / "a.dcp"
    left_out = export(separable, seen, path, name="Tuned")
    assert any("tints grey" in one for one in left_out)
    return path


@pytest.fixture(scope="module")
def tags(file):
    with warnings.catch_warnings(), tifffile.TiffFile(file) as tiff:
        warnings.simplefilter("ignore")  # it has no picture
        return {tag.name: tag.value for tag in tiff.pages[0].tags}


def matrix(tags, name):
    return np.reshape(tags[name], (-1, 2)).T[0].reshape(3, 3) / np.reshape(tags[name], (-1, 2)).T[1].reshape(3, 3)


def test_it_names_the_camera_and_holds_its_matrices(tags, seen):
    assert tags["UniqueCameraModel"] == "Sony IMX219" and tags["ProfileName"] == "Tuned"
    assert [int(tags[f"CalibrationIlluminant{i}"]) for i in (1, 2)] == [17, 21], "A and D65"
    for i in (1, 2):
        np.testing.assert_allclose(matrix(tags, f"ColorMatrix{i}"), np.asarray(seen.camera_matrix)[i - 1], atol=1e-5)


def test_white_is_the_white_of_d50(tags):
    """The specification's rule for forward matrices."""
    for i in (1, 2):
        np.testing.assert_allclose(matrix(tags, f"ForwardMatrix{i}").sum(1), D50, atol=3e-4)


def test_forward_matrices_are_the_pipeline_s_colours(tags, separable, seen):
    """By colour-science: camera colours through the profile to sRGB are those of the pipeline's matrix, each row scaled to keep grey."""
    camera = np.random.default_rng(0).uniform(0, 1, (50, 3))
    for i, kelvin in ((1, 2856.0), (2, 6504.0)):
        own = Asked(separable, seen, "dcp").under(kelvin).matrix * [1.05, 1, 0.97]
        wanted = camera @ (own / own.sum(1, keepdims=True)).T
        xyz = camera @ matrix(tags, f"ForwardMatrix{i}").T
        made = colour.XYZ_to_sRGB(
            xyz, colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"]["D50"], "Bradford", apply_cctf_encoding=False
        )
        np.testing.assert_allclose(made, wanted, atol=2e-3)


def test_the_curve_goes_from_0_to_1_and_is_the_pipeline_s(tags, separable):
    x, y = np.reshape(tags["ProfileToneCurve"], (-1, 2)).T
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1) and (np.diff(x) > 0).all() and (np.diff(y) >= 0).all()
    half = np.argmin(np.abs(x - 0.18))
    root = (np.sqrt(x[half] + 0.0016) - 0.04) / (np.sqrt(1.0016) - 0.04)
    shown = np.interp(root, np.linspace(0, 1, 9), np.asarray(separable["tone.curve"].knots))
    assert y[half] == pytest.approx((shown * (np.sqrt(1.0016) - 0.04) + 0.04) ** 2 - 0.0016, abs=5e-3)


def test_exiftool_takes_it_for_a_profile(file, tags):
    tool = shutil.which("exiftool")
    if tool is None:  # its magic number then, which is what ExifTool goes by
        assert file.read_bytes()[:4] == b"IIRC"
        return
    told = json.loads(subprocess.run([tool, "-j", "-n", "-validate", "-all", file], check=True, capture_output=True, text=True).stdout)[0]
    assert told["FileType"] == "DCP" and told["ProfileName"] == "Tuned" and told["ProfileEmbedPolicy"] == 0
    assert told["Validate"] == "0 0 0", "no errors, no warnings"


def test_a_profile_needs_a_camera(separable, seen):
    with pytest.raises(DataError, match="colours of the camera"):
        exported(separable, None, "dcp")
    with pytest.raises(DataError, match="colours of the camera"):
        exported(separable, seen.but(camera_matrix=None), "dcp")
