"""Parameters planted in simulated frames come back, and a second implementation, straight from the standard, agrees."""

import numpy as np
import pytest

from isp.core.errors import DataError
from isp.evaluate.frames import pair, stack
from isp.evaluate.nonuniformity import nonuniformity
from isp.evaluate.photon_transfer import photon_transfer

GAIN, READ, DSNU, PRNU, WELL, BLACK = 0.4, 2.5, 1.2, 0.008, 9000.0, 64.0


@pytest.fixture(scope="module")
def series(die):
    """50 levels and one dark, two frames each, and 16 darks and flats at half of saturation; a full well below the converter's end."""
    rng = np.random.default_rng(1)
    take = die(rng, gain=GAIN, read=READ, dsnu=DSNU, prnu=PRNU, black=BLACK, well=WELL)
    light = np.linspace(0.02, 1.1, 50) * WELL
    flats = [np.stack([take(e), take(e)]) for e in light]
    return light, flats, np.stack([take(), take()]), np.stack([take() for _ in range(16)]), np.stack([take(WELL / 2) for _ in range(16)])


@pytest.fixture(scope="module")
def measured(series):
    light, flats, dark, _, _ = series
    levels = [pair(f, (1, 1), name=f"level {i}", light=e) for i, (f, e) in enumerate(zip(flats, light, strict=True))]
    return photon_transfer(levels, [pair(dark, (1, 1), name="dark")])


@pytest.fixture(scope="module")
def pattern(series):
    return nonuniformity(stack(series[3], (1, 1)), stack(series[4], (1, 1)))


@pytest.mark.parametrize(
    "fact, planted, within",
    [("gain", GAIN, 0.002), ("dark_noise", READ, 0.01), ("full_well", WELL, 0.005), ("responsivity", GAIN, 1e-4), ("black", BLACK, 1e-4)],
)
def test_what_was_planted_comes_back(measured, fact, planted, within):
    found = getattr(measured, fact)
    assert abs(found.value[0] / planted - 1) < within
    assert abs(found.value[0] - planted) < 4 * found.error[0] + 1e-3 * planted, "and within its error"
    assert found.error[0] < within * planted


def test_fixed_pattern_comes_back(measured, pattern):
    assert pattern.dsnu.over(measured.gain).total.value[0] == pytest.approx(DSNU, rel=0.01)
    assert pattern.prnu.total.value[0] == pytest.approx(PRNU, rel=0.01)
    assert pattern.prnu.pixel.value[0] == pytest.approx(PRNU, rel=0.01), "no rows or columns were planted"


def test_the_line_fits_and_the_response_is_straight(measured):
    assert 0.4 < measured.misfit[0] < 1.8 and measured.linearity_error[0] < 0.02 and measured.reached[0]
    # Signal is 1 at white, so K counts over the span and the dark variance over its square.
    span = WELL * GAIN
    np.testing.assert_allclose(measured.noise[0], [GAIN / span, ((GAIN * READ) ** 2 + 1 / 12) / span**2], rtol=0.02)


def by_the_standard(light, flats, dark, darks16, flats16):
    """EMVA 1288 Release 4.0 Linear, equation by equation, in float64: nothing shared with the package."""

    def mean_and_variance(f):
        a, b = f.astype(np.float64)
        return (a.mean() + b.mean()) / 2, np.mean((a - b) ** 2) / 2 - (a.mean() - b.mean()) ** 2 / 2

    mu, var = np.array([mean_and_variance(f) for f in flats]).T
    mu_dark, var_dark = mean_and_variance(dark)
    sat = np.argmax(var)
    low = (mu - mu_dark) <= 0.7 * (mu[sat] - mu_dark)
    gain = np.polyfit((mu - mu_dark)[low], (var - var_dark)[low], 1)[0]
    sigma_d = np.sqrt((var_dark - 1 / 12) / gain**2)
    electrons = (mu[sat] - mu_dark) / gain
    range_ = electrons / (np.sqrt(sigma_d**2 + 1 / (12 * gain**2) + 1 / 4) + 1 / 2)
    y, use = mu - mu_dark, (mu - mu_dark > 0.05 * (mu[sat] - mu_dark)) & (mu - mu_dark < 0.95 * (mu[sat] - mu_dark))
    line = np.polyval(np.polyfit(light[use], y[use], 1, w=1 / y[use]), light[use])

    def spatial(f):
        f = f.astype(np.float64)
        return f.mean(0).var(), f.var(0, ddof=1).mean() / len(f), f.mean()

    (s_dark, t_dark, m_dark), (s_50, t_50, m_50) = spatial(darks16), spatial(flats16)
    dsnu, prnu = np.sqrt(s_dark - t_dark) / gain, np.sqrt((s_50 - t_50) - (s_dark - t_dark)) / (m_50 - m_dark)
    error = np.mean(np.abs(100 * (y[use] - line) / line))
    return {"gain": gain, "dark": sigma_d, "sat": electrons, "range": range_, "linear": error, "dsnu": dsnu, "prnu": prnu}


def test_a_second_implementation_agrees(series, measured, pattern):
    their = by_the_standard(*series)
    # The standard's line is not weighted, so its gain scatters more; the rest is the same sum in another order, over that gain.
    assert measured.gain.value[0] == pytest.approx(their["gain"], rel=0.003)
    ratio = their["gain"] / measured.gain.value[0]
    assert measured.dark_noise.value[0] == pytest.approx(their["dark"] * ratio, rel=1e-6)
    assert measured.saturation.over(measured.gain).value[0] == pytest.approx(their["sat"] * ratio, rel=1e-9)
    assert measured.snr_max.value[0] == pytest.approx(np.sqrt(their["sat"] * ratio), rel=1e-9)
    assert measured.dynamic_range.value[0] == pytest.approx(their["range"], rel=0.003)
    assert measured.linearity_error[0] == pytest.approx(their["linear"], rel=1e-6)
    assert pattern.dsnu.over(measured.gain).total.value[0] == pytest.approx(their["dsnu"] * ratio, rel=1e-4)
    assert pattern.prnu.total.value[0] == pytest.approx(their["prnu"], rel=1e-4)


def test_each_phase_of_a_mosaic_has_its_own_numbers(die):
    rng = np.random.default_rng(2)
    colour = np.tile([[0.5, 1.0], [1.0, 0.7]], (64, 64))
    take = die(rng, (128, 128), well=8000)
    levels = [pair([take(e * colour), take(e * colour)], name=f"{e:.0f}", light=e) for e in np.linspace(200, 18000, 40)]
    found = photon_transfer(levels, [pair([take(), take()])])
    np.testing.assert_allclose(found.gain.value, 0.4, atol=4 * found.gain.error.max())
    np.testing.assert_allclose(found.responsivity.value, [0.2, 0.4, 0.4, 0.28], rtol=0.002)
    np.testing.assert_allclose(found.full_well.value, 8000, rtol=0.02)
    assert found.gain.pooled.error < found.gain.error.min()


def test_dark_current_is_the_slope_of_the_darks_over_time(die):
    take = die(np.random.default_rng(3), (128, 128), current=40.0)
    darks = [pair([take(0, t), take(0, t)], (1, 1), name=f"dark {t}", time=t) for t in (0.0, 1.0, 2.0, 4.0)]
    levels = [pair([take(e, 1.0), take(e, 1.0)], (1, 1), name=f"{e:.0f}", time=1.0) for e in np.linspace(300, 9000, 20)]
    found = photon_transfer(levels, darks)
    assert found.dark_current.value[0] == pytest.approx(40, abs=4 * found.dark_current.error[0]) and found.dark_current.error[0] < 0.5
    assert found.linearity_error is None and not found.reached[0], "the light of the levels was not said, and none clips"


def test_rows_and_columns_of_a_fixed_pattern_are_told_apart(die):
    rng = np.random.default_rng(4)
    offsets = 3 * rng.normal(size=(256, 1)) + 2 * rng.normal(size=(1, 256)) + 1.5 * rng.normal(size=(256, 256))
    frames = [1000 + offsets + rng.normal(0, 2, (256, 256)) for _ in range(16)]
    flats = [f + 4000 for f in frames]
    split = nonuniformity(stack(frames, (1, 1)), stack(flats, (1, 1))).dsnu
    for part, planted in (("row", 3), ("column", 2), ("pixel", 1.5)):
        found = getattr(split, part)
        assert found.value[0] == pytest.approx(planted, abs=4 * found.error[0]) and found.error[0] < 0.06 * planted
    assert split.total.value[0] == pytest.approx(np.sqrt(9 + 4 + 2.25), rel=0.1)


def test_uneven_light_is_refused_and_may_be_flattened(die):
    take = die(np.random.default_rng(5), (128, 128))
    y, x = np.mgrid[-1:1:128j, -1:1:128j]
    dark, flat = (
        stack((take() for _ in range(8)), (1, 1)),
        stack((take(5000 * (1 - 0.1 * (x**2 + y))) for _ in range(8)), (1, 1), name="flats"),
    )
    with pytest.raises(DataError, match=r"flats: the light is uneven by 2"):
        nonuniformity(dark, flat)
    assert nonuniformity(dark, flat, flatten=2).prnu.total.value[0] == pytest.approx(0.008, rel=0.05)


def pairs(take, levels, **facts):
    return [pair([take(e), take(e)], (1, 1), name=f"level {i}", **facts) for i, e in enumerate(levels)]


def test_what_cannot_be_measured_is_refused_by_name(die):
    take = die(np.random.default_rng(6), (64, 64))
    dark, levels = pair([take(), take()], (1, 1), name="dark 0"), np.linspace(200, 9000, 12)
    with pytest.raises(DataError, match=r"levels lie below 70%"):
        photon_transfer(pairs(take, levels[-4:]), [dark])
    with pytest.raises(DataError, match=r"level 0: is saturated already"):
        photon_transfer(pairs(take, levels + 12000), [dark])
    with pytest.raises(DataError, match=r"level 0: is .* darker than the dark"):
        photon_transfer(pairs(take, levels), [pair([take(1500), take(1500)], (1, 1))])
    with pytest.raises(DataError, match=r"needs darks and flats"):
        photon_transfer(pairs(take, levels), [])
    other = die(np.random.default_rng(6), (64, 32))
    with pytest.raises(DataError, match=r"level 0: is 32 x 64, dark 0 is 64 x 64"):
        photon_transfer(pairs(other, levels), [dark])
    quiet = die(np.random.default_rng(7), (64, 64), gain=0.1, read=1.0, dsnu=0.1)
    with pytest.raises(DataError, match=r"dark 0: its temporal noise is .* rounding hides it"):
        photon_transfer(pairs(quiet, levels), [pair([quiet(), quiet()], (1, 1), name="dark 0")])
    tilt = np.linspace(0.9, 1.1, 64)[None, :]
    with pytest.raises(DataError, match=r"level \d+: the light is uneven by 1"):
        photon_transfer([pair([take(e * tilt), take(e * tilt)], (1, 1), name=f"level {i}") for i, e in enumerate(levels)], [dark])


def test_frames_that_are_not_alike_are_refused():
    a = np.zeros((8, 8))
    for frames, said in (
        ([a, a[:4]], "frame 2: is 8 x 4"),
        ([a], "2 frames are needed, 1 came"),
        ([a, a + np.nan], "not numbers"),
        ([a[0], a], "rows and columns"),
    ):
        with pytest.raises(DataError, match=said):
            pair(frames, name="level 3")
    with pytest.raises(DataError, match="level 3: two or more frames are needed, 1 came"):
        stack([a], name="level 3")
