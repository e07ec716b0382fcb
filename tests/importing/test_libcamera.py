"""Tunings of libcamera come in with the numbers that they hold."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import DataError, Domain, Frame
from isp.execute import Shot, capture, light
from isp.importing import imported, libcamera
from isp.ops import dng, spectra
from isp.ops.colour import xyz_to_rgb
from isp.spec import load_spec

FILES = (
    "vc4_imx219",
    "vc4_imx290",
    "vc4_imx296",
    "vc4_imx378",
    "vc4_imx477",
    "vc4_ov5647",
    "pisp_imx219",
    "pisp_imx477",
    "rkisp1_imx219",
    "rkisp1_ov5640",
)


@pytest.fixture
def tuning(shared_data):
    def at(name):
        return next((shared_data / "sensors/libcamera").glob(f"{name}.*"))

    return at


@pytest.mark.parametrize("name", FILES)
def test_a_tuning_becomes_a_sensor_that_loads_back(name, tuning):
    made = imported("libcamera", tuning(name))
    spec = load_spec(made.profile())
    assert spec.chain.names == made.chain.names and spec.camera.sources == made.camera.sources
    assert spec.chain.title == made.chain.title and spec.camera.rows == made.camera.rows
    for own, stage in zip(spec.chain.names, spec.chain.stages, strict=True):
        for field in stage.declared():
            np.testing.assert_array_equal(getattr(stage, field), getattr(made.chain[own], field))


def test_every_file_captures(tuning):
    frame = None
    for name in FILES[-2:]:  # the poorest two; the others differ from them in values only
        frame = next(
            capture(
                imported("libcamera", tuning(name)).chain,
                None,
                light(32, 48).but(scene_white=np.ones(3, np.float32)),
                Shot(exposure_time=0.001),
            )
        )
        assert np.isfinite(np.asarray(frame.array)).all()
    assert frame is not None and float(np.asarray(frame.white)[0]) == 1023


@pytest.mark.parametrize(
    "name, bits, black", [("vc4_imx219", 10, 64), ("vc4_imx477", 12, 256), ("vc4_ov5647", 10, 16), ("vc4_imx290", 12, 240)]
)
def test_the_black_level_is_that_of_the_sensor_s_own_depth(name, bits, black, tuning):
    adc = imported("libcamera", tuning(name)).chain["adc.linear"]
    assert (adc.bits, float(adc.pedestal)) == (bits, black)


def test_noise_becomes_electrons(tuning):
    """reference_slope is the deviation over the square root of numbers of 16 bits: its square is the gain there."""
    adc = imported("libcamera", tuning("vc4_imx477")).chain["adc.linear"]
    assert float(adc.gain) == pytest.approx(2.767**2 / 16, rel=1e-4)


@pytest.mark.parametrize("name", ["vc4_imx219", "vc4_imx477", "vc4_imx378", "vc4_ov5647", "vc4_imx296", "pisp_imx219"])
@pytest.mark.parametrize("kelvin", [2856.0, 6504.0])
def test_developing_with_the_sensor_s_matrix_is_the_tuning_s_own_matrix(name, kelvin, tuning):
    """What `colour.matrix` makes of the profile's matrices, under a light, is the CCM that libcamera would use there."""
    told = libcamera.read(tuning(name))
    sensitivity = imported("libcamera", tuning(name)).chain["sensitivity.matrix"]
    with jax.enable_x64(True):
        neutral = sensitivity.matrices[list(sensitivity.illuminants).index(kelvin)] @ spectra.light_xyz(kelvin)
        to_xyz = dng.camera_to_xyz(
            jnp.asarray(sensitivity.matrices), None, jnp.asarray(sensitivity.illuminants), jnp.asarray(neutral[1] / neutral)
        )
    np.testing.assert_allclose(neutral / neutral[1], told.grey(kelvin), rtol=3e-4)
    np.testing.assert_allclose(
        xyz_to_rgb("srgb") @ np.asarray(to_xyz), told.matrix(kelvin) / told.matrix(kelvin).sum(1, keepdims=True), atol=6e-3
    )


def test_a_matrix_at_a_temperature_of_the_tuning_is_the_one_that_stands_there(tuning):
    np.testing.assert_allclose(libcamera.read(tuning("vc4_imx477")).matrix(4559)[0], [2.15423, -0.98143, -0.17279])


def test_the_pipeline_has_the_numbers_of_the_tuning(tuning):
    """Each as it stands in the file."""
    made = imported("libcamera", tuning("vc4_imx477"))
    chain = load_spec(made.develop()).chain
    table = chain["colour.fixed_matrix"].matrix
    assert table.over == "colour_temperature" and table.at_[0] == 2850 and table.at_[-1] == 7600
    np.testing.assert_allclose(table.values[table.at_.index(4559.0)][0], [2.15423, -0.98143, -0.17279])
    np.testing.assert_array_equal(chain["level.fixed_black"].black, 256)
    assert float(chain["denoise.bilateral"].strength) == pytest.approx(3.2 * 0.25), "what an empty `rpi.sdn` stands for"
    assert not {"look.saturation", "tone.filmic", "colour.matrix"} & set(chain.names)
    assert any("geq" in one for one in made.left_out) and not any("contrast" in one for one in made.left_out)


@pytest.mark.parametrize("name", ["vc4_imx219", "pisp_imx477"])
def test_the_tone_curve_is_the_gamma_curve(name, tuning):
    """Through sRGB, whose encoding is colour-science's: to half an 8-bit code, as its straight lines between other points allow."""
    import colour

    points = libcamera.read(tuning(name)).gamma
    curve = load_spec(imported("libcamera", tuning(name)).develop()).chain["tone.curve"]
    x = np.linspace(0, 1, 400)
    seen = Frame(pixels=np.repeat(x[None, :, None], 3, 2), domain=Domain.WORKING, white=np.ones(3))
    with jax.enable_x64(True):
        made = colour.models.eotf_inverse_sRGB(np.clip(np.asarray(curve(seen).array)[0, :, 0], 0, None))
    assert np.abs(255 * made - 255 / 65535 * np.interp(65535 * x, *points.T)).max() < 0.5


def test_the_falloff_follows_the_table(tuning):
    """The corners of the Camera Module 2 need 2.8 times the light (`luminance_lut`, at the middles of its corner cells)."""
    v = imported("libcamera", tuning("vc4_imx219")).chain["optics.vignetting"]
    r2 = ((11 / 12 * 2464) ** 2 + (15 / 16 * 3280) ** 2) / (2464**2 + 3280**2)
    gain = 1 + v.k2 * r2 + v.k4 * r2**2 + v.k6 * r2**3
    assert float(gain) == pytest.approx(np.mean([2.716, 2.901, 2.935, 2.824]), rel=0.1)


@pytest.mark.parametrize(
    "text", ["[]", "algorithms: 3", "algorithms: [{rpi.alsc: {luminance_lut: [1, 2, 3]}}]", "algorithms: [{rpi.awb: 7}]"]
)
def test_what_is_no_tuning_is_refused(text, tmp_path):
    (file := tmp_path / "a.json").write_text(text)
    with pytest.raises(DataError, match=r"a\.json"):
        imported("libcamera", file)
