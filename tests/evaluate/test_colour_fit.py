"""Fits of the ColorChecker through measured cameras, against a published-protocol table made with colour-science alone."""

import colour
import numpy as np
import pytest

from isp.core.errors import DataError
from isp.evaluate import colour_fit
from isp.evaluate.colour_fit import FITS, balance, difference, leave_one_out, linear_rgb, plain, root_polynomial, roots, white_preserving

CASES = {"nikon d65": ("Nikon 5100 (NPL)", "D65"), "nikon a": ("Nikon 5100 (NPL)", "A"), "sigma d65": ("Sigma SDMerill (NPL)", "D65")}
TABLE = {
    "nikon d65": {"plain": 1.01, "white_preserving": 0.95, "least_difference": 0.89, "root_polynomial": 0.57},
    "nikon a": {"plain": 1.06, "white_preserving": 1.03, "least_difference": 1.00, "root_polynomial": 0.64},
    "sigma d65": {"plain": 2.00, "white_preserving": 2.13, "least_difference": 1.93, "root_polynomial": 1.16},
}
"""Mean dE00 over the 24 patches."""
LEFT_OUT = {"nikon d65": (1.16, 0.76), "nikon a": (1.21, 0.86), "sigma d65": (2.30, 1.54)}


def patches(camera, light):
    """(balanced camera colours, linear sRGB, names): 400 to 700 nm by 10, BabelColor average, white from the light's tabulated chromaticity."""
    at, observer = lambda s: s.copy().align(colour.SpectralShape(400, 700, 10)).values, "CIE 1931 2 Degree Standard Observer"
    chart = colour.SDS_COLOURCHECKERS["BabelColor Average"]
    seen = np.stack([at(patch) for patch in chart.values()]) * at(colour.SDS_ILLUMINANTS[light])
    sensitivities, observers, lamp = (
        at(colour.MSDS_CAMERA_SENSITIVITIES[camera]),
        at(colour.MSDS_CMFS[observer]),
        at(colour.SDS_ILLUMINANTS[light]),
    )
    white = colour.xy_to_XYZ(colour.CCS_ILLUMINANTS[observer][light])
    return seen @ sensitivities / (lamp @ sensitivities), linear_rgb(seen @ observers / (lamp @ observers[:, 1]), white), tuple(chart)


@pytest.fixture(scope="module", params=CASES)
def case(request):
    return request.param, patches(*CASES[request.param])


@pytest.mark.parametrize("name", FITS)
def test_mean_differences_are_those_of_the_table(case, name):
    which, (camera, target, names) = case
    fit = FITS[name](camera, target, names)
    assert fit.mean == pytest.approx(TABLE[which][name], abs=0.03)
    # colour-science says what the fitted colours look like, without the package's own colour maths.
    seen = [colour.XYZ_to_Lab(colour.RGB_to_XYZ(rgb, "sRGB", apply_cctf_decoding=False)) for rgb in (fit(camera), target)]
    np.testing.assert_allclose(fit.differences, colour.difference.delta_E_CIE2000(*seen), atol=0.005)
    assert fit.worst[0] in names and fit.worst[1] == fit.differences.max() >= fit.percentile95


def test_patches_left_out_cost_what_they_should(case):
    which, (camera, target, _) = case
    for fit, wanted in zip((plain, root_polynomial), LEFT_OUT[which], strict=True):
        assert leave_one_out(fit, camera, target).mean() == pytest.approx(wanted, abs=0.03)


def test_white_stays_white_and_the_best_in_difference_is_the_best(case):
    camera, target, names = case[1]
    sums = {name: np.sum(FITS[name](camera, target, names).differences ** 2) for name in ("white_preserving", "least_difference")}
    assert sums["least_difference"] < sums["white_preserving"]
    for name in sums:
        np.testing.assert_allclose(FITS[name](camera, target)(np.ones(3)), 1, atol=1e-12)


def test_least_difference_rests_where_no_small_step_helps():
    camera, target, names = patches(*CASES["nikon a"])
    fit = FITS["least_difference"](camera, target, names)
    best, rng = np.sum(fit.differences**2), np.random.default_rng(0)
    for _ in range(30):
        step = rng.normal(0, 1e-3, (3, 3))
        moved = camera @ (fit.matrix.value + step - step.mean(1, keepdims=True)).T
        assert np.sum(difference(moved, target) ** 2) >= best * (1 - 1e-6)


def test_a_planted_matrix_comes_back_within_its_errors():
    rng = np.random.default_rng(1)
    matrix = np.array([[1.6, -0.5, -0.1], [-0.2, 1.5, -0.3], [0.0, -0.6, 1.6]])
    camera = rng.uniform(0.05, 0.9, (60, 3))
    target = camera @ matrix.T + rng.normal(0, 0.003, (60, 3))
    for fit in (plain, white_preserving):
        found = fit(camera, target).matrix
        np.testing.assert_array_less(np.abs(found.value - matrix), 4.5 * found.error)
        assert found.error.max() < 0.01


def test_root_polynomial_does_not_see_the_exposure():
    camera, target, _ = patches(*CASES["nikon d65"])
    fit = root_polynomial(camera, target)
    np.testing.assert_allclose(fit(camera / 4), fit(camera) / 4, rtol=1e-12)
    np.testing.assert_allclose(roots(np.array([4.0, 9.0, 16.0])), [4, 9, 16, 6, 12, 8])


def test_balance_brings_neutral_patches_to_their_targets():
    camera, target, _ = patches(*CASES["nikon d65"])
    gains = np.array([0.4, 1.0, 0.6])
    np.testing.assert_allclose(balance(target * gains, target, range(18, 24)), 1 / gains, rtol=1e-12)
    np.testing.assert_allclose(balance(camera, target, range(18, 24)), 1, atol=0.03)


def test_a_patch_that_cannot_be_used_is_named():
    camera, target, names = (np.array(x) if k < 2 else x for k, x in enumerate(patches(*CASES["nikon d65"])))
    bad = camera.copy()
    bad[7] = 0
    with pytest.raises(DataError, match=f"patch {names[7]}: is not above black"):
        plain(bad, target, names)
    bad[7] = [0.2, -0.01, 0.3]
    with pytest.raises(DataError, match=f"patch {names[7]}: has -0.01 in a channel"):
        root_polynomial(bad, target, names)
    bad[7] = np.nan
    with pytest.raises(DataError, match="not a number"):
        plain(bad, target, names)
    with pytest.raises(DataError, match="needs 7 patches or more, 5 came"):
        root_polynomial(camera[:5], target[:5])
    with pytest.raises(DataError, match="do not belong together"):
        colour_fit.plain(camera, target[:5])
