"""From a picture back to the lens that made it: slopes reach every part of a capture, and descent finds planted values."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import minimize

from isp.capture.adc.linear import Linear
from isp.capture.cfa.bayer import Bayer
from isp.capture.exposure.lens import Lens
from isp.capture.exposure.settings import Settings
from isp.capture.noise.photon import Photon
from isp.capture.noise.read import Read
from isp.capture.optics.diffraction import Diffraction
from isp.capture.optics.gaussian_psf import GaussianPsf
from isp.capture.optics.vignetting import Vignetting
from isp.capture.sensitivity.matrix import Matrix
from isp.core import Chain, Domain, Frame, Random
from isp.develop.demosaic.malvar2004 import Malvar2004
from isp.develop.level.subtract_black import SubtractBlack

ROWS, COLUMNS = 48, 64


def scene(dtype):
    """Patches of light with sharp edges, in cd/m2, and some grain."""
    random = np.random.default_rng(9)
    patches = np.kron(random.uniform(20, 400, (ROWS // 8, COLUMNS // 8, 3)), np.ones((8, 8, 1)))
    return Frame(pixels=(patches * random.uniform(0.7, 1.3, (ROWS, COLUMNS, 1))).astype(dtype), domain=Domain.SCENE)


def camera(**adc):
    return Chain.of(
        Settings(aperture=4.0, exposure_time=0.01),
        GaussianPsf(sigma=0.7, corner=1.2),
        Diffraction(support=3),
        Vignetting(field=20.0, k2=0.2),
        Lens(),
        Matrix(electrons=30000.0),
        Bayer(),
        Photon(),
        Read(),
        Linear(gain=0.05, bits=12, **adc),
    )


FREE = (
    "optics.gaussian_psf.sigma",
    "optics.gaussian_psf.corner",
    "optics.vignetting.k2",
    "optics.vignetting.k4",
    "exposure.settings.aperture",
    "exposure.settings.exposure_time",
)


def test_slopes_of_a_picture_loss_are_those_of_finite_differences():
    with jax.enable_x64(True):
        taken = camera(rounding="none")
        chain = Chain.of(*taken.stages, SubtractBlack(), Malvar2004())
        light = scene(np.float64)
        wanted = chain.replace({"optics.gaussian_psf.sigma": 0.5, "exposure.settings.aperture": 3.5})(light).pixels

        @jax.jit
        def loss(values):
            stages = [
                s.with_values(**{n.rpartition(".")[2]: v for n, v in values.items() if n.startswith(s.name + ".")}) for s in chain.stages
            ]
            tuned = Chain(tuple(stages), chain.names, chain.input)
            return jnp.mean(jnp.square(tuned(light).pixels - wanted)) * 1e3

        here = {name: jnp.asarray(getattr(chain[name.rpartition(".")[0]], name.rpartition(".")[2]), float) for name in FREE}
        found = jax.jit(jax.grad(loss))(here)
        for name in FREE:
            h = 1e-5 * float(here[name])
            numeric = float(loss(here | {name: here[name] + h}) - loss(here | {name: here[name] - h})) / (2 * h)
            assert np.isfinite(found[name])
            assert abs(numeric) > 1e-9, name
            assert float(found[name]) == pytest.approx(numeric, rel=1e-4), name


def test_descent_finds_the_lens_that_took_noisy_captures():
    """Eight raw captures of a known target, with shot and read noise and rounding: blur and falloff come back."""
    truth = {"optics.gaussian_psf.sigma": 0.7, "optics.gaussian_psf.corner": 1.2, "optics.vignetting.k2": 0.2, "optics.vignetting.k4": 0.05}
    start = {"optics.gaussian_psf.sigma": 1.2, "optics.gaussian_psf.corner": 0.6, "optics.vignetting.k2": 0.8, "optics.vignetting.k4": -0.2}
    chain, light = camera(), scene(np.float32)
    taken = np.mean([np.asarray(chain(light.but(random=Random.of(1, exposure=i))).pixels) for i in range(8)], 0)
    assert taken.max() < 4000, "no site is full"
    smooth = camera(rounding="none")
    limits = {n: smooth[n.rpartition(".")[0]].declared()[n.rpartition(".")[2]].within for n in truth}

    @jax.jit
    def loss(free):
        values = {n: limits[n].bind(free[i]) for i, n in enumerate(truth)}
        stages = [
            s.with_values(**{n.rpartition(".")[2]: v for n, v in values.items() if n.startswith(s.name + ".")}) for s in smooth.stages
        ]
        expected = Chain(tuple(stages), smooth.names, smooth.input)(light).pixels
        return jnp.mean(jnp.square(expected - taken))

    slope = jax.jit(jax.value_and_grad(loss))

    def judge(free):
        value, gradient = slope(jnp.asarray(free, jnp.float32))
        return float(value), np.asarray(gradient, float)

    begin = np.array([float(limits[n].free(v)) for n, v in start.items()])
    found = minimize(judge, begin, jac=True, method="L-BFGS-B", options={"maxiter": 150})
    values = {n: float(limits[n].bind(found.x[i])) for i, n in enumerate(truth)}
    assert values["optics.gaussian_psf.sigma"] == pytest.approx(0.7, rel=0.02)
    assert values["optics.gaussian_psf.corner"] == pytest.approx(1.2, rel=0.04)
    # In gain at the corners, where k2 and k4 are felt together.
    assert values["optics.vignetting.k2"] + values["optics.vignetting.k4"] == pytest.approx(0.25, abs=0.01)
    assert values["optics.vignetting.k2"] == pytest.approx(0.2, abs=0.03)
