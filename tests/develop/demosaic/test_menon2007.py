import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Cfa, Domain, Frame
from isp.develop.demosaic.menon2007 import Menon2007


@pytest.mark.parametrize("refine", [True, False])
def test_agrees_with_colour_demosaicing(disagreement, refine):
    from colour_demosaicing import demosaicing_CFA_Bayer_Menon2007

    worst, _ = disagreement(Menon2007.of(refine=refine), lambda m, p: demosaicing_CFA_Bayer_Menon2007(m, p, refining_step=refine))
    assert worst < 1e-3  # measured 3e-5, at ties


def test_on_shares_of_white_only_ties_differ(kodak, sample, demosaiced):
    """Divided by 255, equal costs differ by rounding, in either implementation; that moves less than 1 value in 200."""
    from colour_demosaicing import demosaicing_CFA_Bayer_Menon2007

    mosaic = sample(kodak[0], "rggb") / np.float32(255)
    away = np.abs(demosaiced(Menon2007(), mosaic) - demosaicing_CFA_Bayer_Menon2007(mosaic.astype(np.float64), "RGGB"))
    assert np.mean(away[10:-10, 10:-10] > 1e-3) < 5e-3


def test_kodak(kodak_score):
    whole, cropped = kodak_score(Menon2007())
    assert cropped == pytest.approx(39.46, abs=0.03)
    assert cropped - whole <= 0.15


def test_kodak_unrefined(kodak_score):
    assert kodak_score(Menon2007.of(refine=False))[1] == pytest.approx(38.80, abs=0.03)


def test_softer_is_better_than_the_paper(kodak_score):
    assert kodak_score(Menon2007.of(sharpness=0.1))[1] > 39.46 + 0.8


def test_slope_of_sharpness_is_that_of_differences():
    mosaic = np.random.default_rng(1).random((24, 24))
    with jax.enable_x64(True):
        frame = Frame(pixels=jnp.asarray(mosaic), domain=Domain.MOSAIC, cfa=Cfa.bayer("grbg"))

        @jax.jit
        def energy(value):
            return jnp.mean(Menon2007(sharpness=value)(frame).pixels ** 2)

        slope, step = float(jax.grad(energy)(0.7)), 1e-5
        assert slope != 0
        assert slope == pytest.approx(float(energy(0.7 + step) - energy(0.7 - step)) / (2 * step), rel=1e-5)


@pytest.mark.parametrize("value", [0.0, 1.0, -0.1, 1e-30, 1e3, 1e30])
def test_slopes_are_finite_where_every_choice_is_a_tie(value):
    frame = Frame(pixels=jnp.full((16, 16), value), domain=Domain.MOSAIC, cfa=Cfa.bayer("rggb"))
    slopes = jax.jit(jax.grad(lambda s, p: Menon2007(sharpness=s)(frame.but(pixels=p)).pixels.sum(), argnums=(0, 1)))
    for sharpness in (0.1, 6.0):
        assert all(np.all(np.isfinite(g)) for g in slopes(sharpness, frame.pixels))
