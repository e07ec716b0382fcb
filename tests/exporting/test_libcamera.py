"""Tunings of libcamera: what stands in them, against the tuning that the sensor came from, and colour-science."""

import json

import colour
import numpy as np
import pytest

from isp.core import SpecError
from isp.exporting import export, exported
from isp.importing import imported
from isp.importing.libcamera import read
from isp.spec import load


def blocks(made):
    whole = json.loads(made.data)
    return {name: block for entry in whole["algorithms"] for name, block in entry.items()}


@pytest.fixture(scope="module")
def told(filmic, seen):
    return exported(filmic.replace({"white_balance.apply.correction": (1.0, 1.0, 1.0)}), seen, "pisp")


@pytest.fixture(scope="module")
def original(shared_data):
    return read(shared_data / "sensors/libcamera/vc4_imx219.json")


def test_the_camera_s_own_matrix_is_the_tuning_s(told, original):
    """The sensor's matrices were made of this tuning's; what the pipeline makes of them must be that again."""
    ccms = {c["ct"]: np.reshape(c["ccm"], (3, 3)) for c in blocks(told)["rpi.ccm"]["ccms"]}
    for kelvin in (2856, 6504):
        wanted = original.matrix(kelvin)
        np.testing.assert_allclose(ccms[kelvin], wanted / wanted.sum(1, keepdims=True), atol=6e-3)


def test_white_balance_level_and_noise_are_the_tuning_s(told, original, sensor, seen):
    made = blocks(told)
    curve = np.reshape(made["rpi.awb"]["ct_curve"], (-1, 3))
    for kelvin in (2856, 6504):
        np.testing.assert_allclose(curve[curve[:, 0] == kelvin][0, 1:], original.grey(kelvin)[[0, 2]], rtol=2e-3)
    assert made["rpi.black_level"] == {"black_level": 4096 + 2 * 64}, "two numbers of ten bits more"
    gain = float(seen.iso) / float(sensor["adc.linear"].base_iso)
    assert made["rpi.noise"]["reference_slope"] == pytest.approx(3.67 * gain**0.5, rel=0.03)


def test_without_a_curve_the_gamma_curve_is_srgb():
    plain = load("{isp: 1, input: camera, stages: [colour.fixed_matrix, encode.srgb]}")
    made = exported(plain, None, "vc4")
    x, y = np.reshape(blocks(made)["rpi.contrast"]["gamma_curve"], (-1, 2)).T
    np.testing.assert_allclose(y, 65535 * colour.models.eotf_inverse_sRGB(x / 65535), atol=1)
    assert any("no sensor was given" in one for one in made.left_out) and "rpi.awb" not in blocks(made)


def test_what_a_pipeline_does_not_do_is_not_done_when_it_comes_back(seen, tmp_path):
    export(load("minimal"), seen, tmp_path / "imx219.json")
    back = imported("libcamera", tmp_path / "imx219.json").pipeline
    assert not {s.name for s in back} & {"denoise.bilateral", "shading.gain_map", "shading.radial", "look.saturation"}
    assert float(back["detail.unsharp"].amount) == 0


def test_what_a_tuning_cannot_say_is_told_with_its_cost(told, separable, seen):
    assert any("one curve for each channel; that is off by dE00" in one for one in told.left_out), "keep_hue of tone.filmic"
    assert not any("off by" in one for one in exported(separable, seen, "pisp").left_out)
    classic = load(
        "{isp: 1, stages: [level.subtract_black, demosaic.bilinear, colour.fixed_matrix, look.contrast, detail.unsharp: {radius: 1.7}, geometry.orient]}"
    )
    lost = " ".join(exported(classic, seen, "pisp").left_out)
    assert "radius of detail.unsharp" in lost and "geometry.orient" in lost and "ends in linear light" in lost


def test_shading_is_the_mesh_that_the_frame_brings(told, seen):
    """At the middles of cells, by NumPy's interpolation of the frame's mesh."""
    alsc = blocks(told)["rpi.alsc"]
    lut = np.reshape(alsc["luminance_lut"], (32, 32))
    mesh = np.asarray(seen.shading.gains)[1]
    axes = [o + e * np.linspace(0, 1, n) for o, e, n in zip(seen.shading.origin, seen.shading.extent, mesh.shape)]
    cells = (np.arange(32) + 0.5) / 32
    down = np.stack([np.interp(cells, axes[0], column) for column in mesh.T], 1)
    np.testing.assert_allclose(lut, np.stack([np.interp(cells, axes[1], row) for row in down]), atol=1e-4)
    assert len(alsc["calibrations_Cr"][0]["table"]) == 1024


def test_other_blocks_of_a_base_are_kept(separable, seen, shared_data, tmp_path):
    base = shared_data / "sensors/libcamera/vc4_imx219.json"
    left_out = export(separable, seen, tmp_path / "imx219.json", "vc4", base=base, inputs=[base])
    old = {n: b for e in json.loads(base.read_text())["algorithms"] for n, b in e.items()}
    new = {n: b for e in json.loads((tmp_path / "imx219.json").read_text())["algorithms"] for n, b in e.items()}
    assert set(old) <= set(new) and new["rpi.agc"] == old["rpi.agc"] and new["rpi.awb"]["modes"] == old["rpi.awb"]["modes"]
    assert (
        new["rpi.awb"]["transverse_pos"] == old["rpi.awb"]["transverse_pos"]
        and new["rpi.alsc"]["omega"] == 1.3
        and new["rpi.contrast"] != old["rpi.contrast"]
    )
    assert not any("more blocks" in one for one in left_out)
    (tmp_path / "no.json").write_text("[]")
    with pytest.raises(SpecError, match="no tuning of libcamera"):
        exported(separable, seen, "vc4", base=tmp_path / "no.json")
