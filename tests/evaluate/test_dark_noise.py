"""Row noise, tails and laws over ISO, planted and found again."""

import numpy as np
import pytest
from scipy import stats

from isp.core.errors import DataError
from isp.evaluate.dark_noise import against_iso, read_noise_parts, temporal_parts
from isp.evaluate.tails import standard_deviation, tail_of_stack, tail_shape


@pytest.mark.parametrize("tile", [(1, 1), (2, 2)])
def test_row_and_column_noise_are_told_from_pixel_noise(tile):
    rng = np.random.default_rng(0)
    shape = (16, 256, 256)
    frames = (
        64
        + rng.normal(0, 1, shape)
        + 0.3 * rng.normal(size=(16, 256, 1))
        + 0.2 * rng.normal(size=(16, 1, 256))
        + rng.normal(0, 2, shape[1:])
    )
    found = temporal_parts(np.rint(frames), tile)
    for part, planted in ((found.row, 0.3), (found.column, 0.2)):
        assert part.value == pytest.approx(planted, rel=0.03) and abs(part.value - planted) < 4 * part.error < 0.1 * planted
    np.testing.assert_allclose(found.pixel.value, np.sqrt(1 + 1 / 12), rtol=0.01)


def test_no_row_noise_is_found_where_there_is_none():
    found = temporal_parts(np.random.default_rng(1).normal(0, 1, (8, 256, 256)))
    assert found.row.value < 0.03 and found.column.value < 0.03


@pytest.mark.parametrize("shape", [-0.26, -0.1, 0.14, 0.3])
@pytest.mark.parametrize("whole", [False, True])
def test_the_shape_of_a_million_samples_comes_back(shape, whole):
    x = 2.0 * stats.tukeylambda.rvs(shape, size=1_000_000, random_state=7) + 0.3
    found = tail_shape(np.rint(x) if whole else x)
    assert found.shape.value == pytest.approx(shape, rel=0.03) and abs(found.shape.value - shape) < 4 * found.shape.error
    assert found.scale.value == pytest.approx(2, rel=0.01) and found.location.value == pytest.approx(0.3, abs=0.03)
    assert found.misfit < 1.5
    assert found.deviation == pytest.approx(x.std(), rel=0.02)


def test_the_likelihood_agrees_with_the_correlation_of_the_probability_plot():
    x = stats.tukeylambda.rvs(-0.15, size=20_000, random_state=3)
    assert tail_shape(x).shape.value == pytest.approx(stats.ppcc_max(x, brack=(-0.4, 0.3)), abs=0.03)


@pytest.mark.parametrize("shape", [-0.25, 0.1])
def test_the_shape_is_found_under_offsets_and_rounding(shape):
    rng = np.random.default_rng(2)
    noise = stats.tukeylambda.rvs(shape, size=(8, 256, 256), random_state=rng)
    found = tail_of_stack(np.rint(64 + noise * 1.5 + rng.normal(0, 1.2, (256, 256))))
    assert found.shape.value == pytest.approx(shape, abs=max(0.03 * abs(shape), 4 * found.shape.error))
    assert found.scale.value == pytest.approx(1.5, rel=0.02)


def test_normal_noise_known_to_lie_on_top_is_taken_off():
    x = stats.tukeylambda.rvs(-0.2, size=300_000, random_state=4)
    found = tail_shape(x + np.random.default_rng(4).normal(0, 2, x.size), blur=2.0)
    assert abs(found.shape.value + 0.2) < 4 * found.shape.error and found.scale.value == pytest.approx(1, rel=0.03)


@pytest.mark.parametrize("shape", [-0.3, -1e-6, 0.0, 0.14, 2.0])
def test_the_deviation_is_that_of_the_distribution(shape):
    assert standard_deviation(shape) == pytest.approx(stats.tukeylambda.std(shape), rel=1e-4)


def test_a_power_law_over_iso_and_the_two_read_noises():
    iso, rng = np.array([100, 200, 400, 800, 1600]), np.random.default_rng(5)
    law = against_iso(iso, 1e-3 * iso**0.9 * np.exp(rng.normal(0, 0.01, 5)))
    assert law.exponent.value == pytest.approx(0.9, abs=4 * law.exponent.error) and law.exponent.error < 0.01
    assert law.factor.value == pytest.approx(1e-3, rel=0.1) and law.scatter == pytest.approx(0.01, rel=0.8)
    np.testing.assert_allclose(law(iso), 1e-3 * iso**0.9, rtol=0.03)
    gain = iso / 1000
    before, after = read_noise_parts(gain, np.sqrt((2 * gain) ** 2 + 0.5**2))
    assert (before.value, after.value) == (pytest.approx(2), pytest.approx(0.5))


def test_refusals():
    with pytest.raises(DataError, match="two settings or more"):
        against_iso([100], [0.1])
    with pytest.raises(DataError, match="ISO 200: its value is not above zero"):
        against_iso([100, 200], [0.1, 0.0])
    with pytest.raises(DataError, match="1000 finite numbers"):
        tail_shape(np.zeros(10))
    with pytest.raises(DataError, match="all numbers are 3"):
        tail_shape(np.full(2000, 3.0))
    with pytest.raises(DataError, match="two or more frames"):
        temporal_parts(np.zeros((4, 4)))
