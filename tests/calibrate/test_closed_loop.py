"""Parameters that are put in a profile come back out of its captures."""

import numpy as np
import pytest

from isp.calibrate import profile_of
from isp.core import Table
from isp.io import read
from isp.spec import load

LEAKY = """isp: 1
title: Leaky
stages:
  - exposure.settings: {iso: 100, aperture: 2.8, pitch: 2.0}
  - exposure.lens: {transmission: 1.0}
  - sensitivity.matrix: {electrons: 2000, filters: w, matrices: [[[0, 1, 0]]]}
  - cfa.mono
  - noise.prnu: {deviation: 0.8}
  - noise.photon
  - noise.dark_current: {current: 40, reference: 25, temperature: 25}
  - noise.hot_pixels: {share: 0.002, current: 500, reference: 25, temperature: 25}
  - pixel.full_well: {capacity: 9000}
  - noise.dsnu: {deviation: 1.2, growth: 0.0}
  - noise.column: {pattern: fixed, deviation: 0.6}
    as: fixed
  - noise.read: {deviation: 2.5}
  - adc.linear: {gain: 0.4, pedestal: 64, bits: 12}
"""
PLANTED = {"gain": 0.4, "read": 2.5, "row": 0.5, "full_well": 9000.0, "dsnu": 1.2, "prnu": 0.8}
SMALL = {"gain": 0.01, "read": 0.02, "row": 0.10, "full_well": 0.01, "dsnu": 0.03, "prnu": 0.02}
FULL = {"gain": 0.002, "read": 0.01, "row": 0.03, "full_well": 0.005, "dsnu": 0.01, "prnu": 0.01}


def told(found):
    at = found.base
    pattern = found.pattern
    return {
        "gain": at.gain,
        "read": at.read,
        "row": at.row,
        "full_well": at.full_well,
        "dsnu": pattern.dsnu.total,
        "prnu": pattern.prnu.total,
    }


def closes(found, within):
    for name, value in told(found).items():
        assert float(value.value) == pytest.approx(PLANTED[name], rel=within[name]), name
        assert abs(float(value.value) - PLANTED[name]) < 4 * float(value.error) + 1e-3 * PLANTED[name], f"{name}, within its error"
        assert float(value.error) < within[name] * PLANTED[name], f"{name} has a small error"


@pytest.fixture(scope="module")
def found(laboratory):
    laboratory.series(laboratory.noisy, (192, 192), 20)
    return laboratory.measured()


def test_noise_pattern_and_well_come_back(found):
    closes(found, SMALL)


def by_the_standard(folder, phase):
    """EMVA 1288 Release 4.0 Linear, equation by equation, in float64, on one phase of the files: nothing shared with the package."""

    def frames(kind):
        return [
            np.asarray(read(f, trusted=True).pixels, np.float64)[phase // 2 :: 2, phase % 2 :: 2] for f in sorted((folder / kind).iterdir())
        ]

    def mean_and_variance(a, b):
        return (a.mean() + b.mean()) / 2, np.mean((a - b) ** 2) / 2 - (a.mean() - b.mean()) ** 2 / 2

    flats, darks, lit = np.array(frames("flats")), np.array(frames("stack_dark")), np.array(frames("stack_flat"))
    mu, var = np.array([mean_and_variance(*pair) for pair in flats.reshape(-1, 2, *flats.shape[1:])]).T
    mu_dark, var_dark = np.mean([mean_and_variance(*pair) for pair in darks.reshape(-1, 2, *darks.shape[1:])], 0)
    top = np.argmax(var)
    low = mu - mu_dark <= 0.7 * (mu[top] - mu_dark)
    gain = np.polyfit((mu - mu_dark)[low], (var - var_dark)[low], 1)[0]
    spatial = [f.mean(0).var() - f.var(0, ddof=1).mean() / len(f) for f in (darks, lit)]
    prnu = np.sqrt(spatial[1] - spatial[0]) / (lit.mean() - darks.mean())
    return {
        "gain": gain,
        "dark": np.sqrt(var_dark - 1 / 12) / gain,
        "saturation": (mu[top] - mu_dark) / gain,
        "dsnu": np.sqrt(spatial[0]) / gain,
        "prnu": 100 * prnu,
    }


def test_a_second_implementation_straight_from_the_standard_agrees_on_the_same_files(laboratory, found):
    transfer = found.base.transfer
    theirs = [by_the_standard(laboratory.folder, phase) for phase in range(4)]
    for phase, their in enumerate(theirs):
        # Their line is not weighted, so its gain scatters more; all else is the same sum, over that gain.
        assert transfer.gain.value[phase] == pytest.approx(their["gain"], rel=0.02)
        ratio = their["gain"] / transfer.gain.value[phase]
        assert transfer.dark_noise.value[phase] == pytest.approx(their["dark"] * ratio, rel=0.002)
        assert transfer.saturation.value[phase] / transfer.gain.value[phase] == pytest.approx(their["saturation"] * ratio, rel=1e-6)
    gains = np.array([t["gain"] for t in theirs]) / transfer.gain.value
    assert float(found.pattern.dsnu.total.value) == pytest.approx(np.mean(gains * [t["dsnu"] for t in theirs]), rel=0.01)
    assert float(found.pattern.prnu.total.value) == pytest.approx(np.mean([t["prnu"] for t in theirs]), rel=0.01)


def test_so_do_the_tails_the_black_and_a_straight_response(found):
    assert float(found.base.tail.shape.value) == pytest.approx(-0.1, abs=0.01)
    np.testing.assert_allclose(found.base.transfer.black.value, 64, atol=0.02)
    assert found.base.transfer.linearity_error.max() < 0.1 and found.base.transfer.reached.all()
    assert found.pattern.defects.sites.size == 0 and not found.warnings


def test_the_profile_says_the_same_with_sources(found):
    made = profile_of(found, bits=12, luminance=1000.0)
    chain, sources = made.chain, made.camera.sources
    (tails,) = [s for s in chain if s.name == "noise.read_tukey"]
    assert float(tails.shape) == pytest.approx(-0.1, abs=0.01) and float(tails.deviation) == pytest.approx(2.5, rel=0.02)
    by = {stage.name: stage for stage in chain}
    assert by["cfa.bayer"].pattern == "gbrg" and by["adc.linear"].bits == 12
    assert float(by["sensitivity.matrix"].electrons) == pytest.approx(2000, rel=0.01), (
        "electrons for each lux second, the luminance being said"
    )
    assert (made.camera.make, made.camera.rows) == ("Acme", 192)
    for key in ("adc.linear.gain", "pixel.full_well.capacity", "noise.read_tukey.deviation", "noise.dsnu.deviation", "noise.prnu"):
        assert sources[key].startswith("measured by isp calibrate from ") and "±" in sources[key]
    assert "optics.vignetting_mesh" not in by, "flats that are even have no falloff"
    relative = profile_of(found).camera.sources["sensitivity.matrix.electrons"]
    assert relative.startswith("estimate: relative only")


def test_gain_and_read_noise_against_iso(new_laboratory):
    laboratory = new_laboratory()
    planted = {100: 6.0, 400: 3.0, 1600: 2.0}
    for iso, deviation in planted.items():
        sensor = laboratory.noisy.replace({"noise.read_tukey.deviation": deviation, "noise.read_tukey.shape": 0.14, "adc.linear.gain": 0.3})
        laboratory.series(sensor, (192, 192), 18, iso=iso, well=min(9000.0, 4000 / 0.3 / (iso / 100)), stacks=0)
    found = laboratory.measured()
    assert [at.iso for at in found.isos] == list(planted)
    for at in found.isos:
        assert abs(float(at.gain.value) / (0.3 * at.iso / 100) - 1) < 4 * float(at.gain.error / at.gain.value) < 0.06
        assert float(at.read.value) == pytest.approx(planted[at.iso], rel=0.05)
    law = found.over_iso("gain")
    assert float(law.exponent.value) == pytest.approx(1, abs=0.02)
    chain = {stage.name: stage for stage in profile_of(found).chain}
    table = chain["noise.read"].deviation
    assert isinstance(table, Table) and table.at_ == (100.0, 400.0, 1600.0), "a shape of 0.14 is normal noise"
    assert float(chain["adc.linear"].gain) == pytest.approx(0.3, rel=0.02), "proportional to ISO, so one number says it"


@pytest.mark.slow
def test_a_monochrome_sensor_that_leaks(new_laboratory):
    """Dark current, hot sites and columns of a fixed pattern, each told from the others."""
    laboratory = new_laboratory()
    sensor, dark = load(LEAKY), laboratory.even.replace({"scene.flat.share": 0.0})
    laboratory.series(sensor, (192, 192), 20)
    laboratory.shoot("darks", sensor, dark, [0.001, 0.5, 1.0, 2.0], (192, 192), seed=77_000)
    found = laboratory.measured()
    assert float(found.base.read.value) == pytest.approx(2.5, rel=0.02), "without the noise of dark current"
    assert found.camera.cfa.tile == (1, 1)
    by = dict(zip((made := profile_of(found).chain).names, made, strict=True))
    assert float(by["noise.dark_current"].current) == pytest.approx(40, rel=0.03)
    assert float(by["fixed_columns"].deviation) == pytest.approx(0.6, rel=0.2) and by["fixed_columns"].pattern == "fixed"
    assert float(by["adc.linear"].pedestal) == pytest.approx(64, abs=0.05)
    assert by["cfa.mono"] and by["sensitivity.matrix"].filters == "w" and "fixed_rows" not in by


@pytest.mark.slow
def test_in_full_what_was_planted_comes_back_closely(new_laboratory):
    """512 x 512, 50 levels of two frames, stacks of 16: K 0.2 %, read noise 1 %, PRNU 1 %, DSNU 1 %, full well 0.5 %, row noise 3 %."""
    laboratory = new_laboratory()
    laboratory.series(laboratory.noisy, (512, 512), 50)
    found = laboratory.measured()
    print({name: f"{float(v.value):.5g} ± {float(v.error):.2g}" for name, v in told(found).items()}, found.base.tail.shape)
    closes(found, FULL)
    assert float(found.base.tail.shape.value) == pytest.approx(-0.1, rel=0.03)
