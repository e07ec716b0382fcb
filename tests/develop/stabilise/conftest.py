import numpy as np
import pytest

from isp.core import Cfa, Domain, Frame

NOISE = {"low": (5e-4, 2.1e-7), "mid": (2e-3, 4.3e-6), "high": (8e-3, 8.9e-5)}


def noisy(clean, noise, seed=0):
    """Poisson-Gaussian samples of `clean` with variance a x + b."""
    random = np.random.default_rng(seed)
    a, b = noise
    return (a * random.poisson(clean / a) + np.sqrt(b) * random.standard_normal(np.shape(clean))).astype(np.float32)


def mosaic(pixels, noise=None, **facts):
    model = None if noise is None else np.broadcast_to(np.asarray(noise, np.float32), (4, 2))
    return Frame(pixels=np.asarray(pixels), domain=Domain.MOSAIC, cfa=Cfa.bayer("rggb"), noise=model, white=np.ones(4, np.float32), **facts)


@pytest.fixture(scope="session")
def noisy_samples():
    return noisy


@pytest.fixture(scope="session")
def a_mosaic():
    return mosaic


@pytest.fixture(params=NOISE.values(), ids=NOISE.keys())
def noise(request):
    """Slope and floor of a frame at low, middle and high ISO."""
    return request.param
