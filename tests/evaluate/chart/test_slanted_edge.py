"""e-SFR against closed forms and the project's charts; its soft form against both, and its slopes against differences."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image
from scipy.optimize import brentq

from isp.core.errors import DataError
from isp.evaluate.chart.slanted_edge import slanted_edge
from isp.evaluate.chart.soft_edge import soft_mtf, soft_response

CHARTS = [
    "slanted_edge_5deg_s0.4_v.png",
    "slanted_edge_5deg_s0.8_v.png",
    "slanted_edge_8deg_s0.6_h.png",
    "slanted_edge_5deg_s0.6_v_noise5000e.png",
]


@pytest.mark.parametrize("name", CHARTS)
def test_charts_of_known_sharpness(shared_data, name):
    truth = json.loads((shared_data / "charts" / "truth.json").read_text())[name]
    found = slanted_edge(np.asarray(Image.open(shared_data / "charts" / name)))
    noisy = truth["full_well_e"] is not None
    assert found.mtf50.value == pytest.approx(truth["mtf50_true"], rel=0.03 if noisy else 0.003)
    assert found.angle.value == pytest.approx(truth["angle_deg"], abs=0.01)
    for f, wanted in truth["mtf_true"].items():
        assert np.interp(float(f), found.frequency, found.sfr.value) == pytest.approx(wanted, abs=0.03 if noisy else 0.002)
    assert found.overshoot < (0.03 if noisy else 1e-3)


@pytest.mark.parametrize("degrees", [2, 3.5, 5, 10, 15, -5])
@pytest.mark.parametrize("sigma", [0.3, 0.6, 1.5])
def test_mtf50_is_that_of_the_closed_form(edge, response, degrees, sigma):
    found = slanted_edge(edge(100, 120, degrees, sigma))
    for level, measured in ((0.5, found.mtf50), (0.1, found.mtf10)):
        wanted = brentq(lambda f, at=level: response(f, degrees, sigma) - at, 1e-3, 0.99)
        assert measured.value == pytest.approx(wanted, rel=0.002 if level == 0.5 else 0.01)
    assert found.angle.value == pytest.approx(abs(degrees), abs=0.02)


@pytest.mark.parametrize(
    "turn", [lambda e: e.T, lambda e: e[:, ::-1], lambda e: 1 - e, lambda e: 1 - e[::-1].T], ids=["lying", "mirrored", "falling", "both"]
)
def test_direction_and_contrast_do_not_matter(edge, turn):
    e = edge(100, 120, 5, 0.6)
    np.testing.assert_allclose(slanted_edge(turn(e)).mtf50.value, slanted_edge(e).mtf50.value, rtol=2e-3)


def test_coarser_bins_and_bent_edges(edge, response):
    wanted = brentq(lambda f: response(f, 5, 0.6) - 0.5, 1e-3, 0.99)
    assert slanted_edge(edge(100, 120, 5, 0.6), oversampling=4).mtf50.value == pytest.approx(wanted, rel=0.003)
    bent = edge(100, 120, 5, 0.6, bend=1.5)
    assert slanted_edge(bent, degree=5).mtf50.value == pytest.approx(wanted, rel=0.01)
    assert slanted_edge(bent).mtf50.value < 0.97 * wanted and slanted_edge(bent).straightness > 0.1


def test_a_phase_of_a_mosaic_counts_in_pixels_of_the_sensor(edge, response):
    wanted = brentq(lambda f: response(f, 6, 1.6) - 0.5, 1e-3, 0.99)
    for phase in ((0, 0), (1, 0)):
        plane = edge(200, 240, 6, 1.6)[phase[0] :: 2, phase[1] :: 2]
        assert slanted_edge(plane, pitch=2).mtf50.value == pytest.approx(wanted, rel=0.01)


def test_the_error_bar_is_the_scatter(edge):
    rng, clean = np.random.default_rng(0), edge(100, 120, 5, 0.6)
    found = [slanted_edge(clean + rng.normal(0, 0.005, clean.shape)).mtf50 for _ in range(40)]
    scatter = np.std([m.value for m in found])
    assert np.mean([m.error for m in found]) == pytest.approx(scatter, rel=0.35)


def test_sharpening_shows_as_overshoot_and_as_a_peak(edge):
    e = edge(120, 120, 5, 0.4)
    blurred = (e[:, :-2] + e[:, 1:-1] + e[:, 2:]) / 3
    found = slanted_edge(e[:, 1:-1] + 1.5 * (e[:, 1:-1] - blurred))
    assert 0.03 < found.overshoot < 0.5 and found.overshoot == pytest.approx(found.undershoot, rel=0.05)
    assert found.sfr.value.max() > 1.05 and found.mtf50p.value < found.mtf50.value


def test_what_is_no_slanted_edge_is_refused(edge):
    rng = np.random.default_rng(1)
    for plane, said in (
        (edge(60, 60, 0.2, 0.6), "degrees off the grid"),
        (edge(60, 60, 30, 0.6), "degrees off the grid"),
        (rng.normal(0.5, 0.1, (60, 60)), "does not stand out"),
        (np.ones((60, 60)), "does not stand out"),
        (np.ones((4, 60)), "16 x 16"),
        (np.full((60, 60), np.nan), "16 x 16 finite"),
    ):
        with pytest.raises(DataError, match=said):
            slanted_edge(plane)


@pytest.mark.parametrize("degrees", [3, 5, -8])
@pytest.mark.parametrize("sigma", [0.4, 0.8])
def test_the_soft_response_is_that_of_the_closed_form(edge, response, degrees, sigma):
    e = jnp.asarray(edge(96, 96, degrees, sigma), jnp.float32)
    f = np.linspace(0, 0.5, 11)
    np.testing.assert_allclose(soft_response(e, jnp.asarray(f, jnp.float32)), response(f, degrees, sigma), atol=0.005)
    wanted = brentq(lambda f: response(f, degrees, sigma) - 0.5, 1e-3, 0.99)
    assert float(soft_mtf(e)) == pytest.approx(wanted, rel=0.005)
    assert soft_mtf(e).dtype == jnp.float32


def test_the_slope_of_mtf50_is_that_of_differences(edge):
    rng = np.random.default_rng(0)
    with jax.enable_x64(True):
        e = jnp.asarray(edge(48, 48, 5, 0.6) + rng.normal(0, 0.003, (48, 48)))
        towards, slope, step = rng.normal(size=e.shape), jax.jit(jax.grad(soft_mtf))(e), 1e-5
        by_difference = (soft_mtf(e + step * towards) - soft_mtf(e - step * towards)) / (2 * step)
        assert float(jnp.vdot(slope, towards)) == pytest.approx(float(by_difference), rel=1e-4)


@pytest.mark.parametrize("value", [0.0, 0.5, 1e6, -0.1])
def test_a_flat_plane_has_no_response_and_finite_slopes(value):
    plane = jnp.full((48, 48), value, jnp.float32)
    assert np.isfinite(soft_mtf(plane)) and np.isfinite(jax.grad(soft_mtf)(plane)).all()
