"""Flat frames of electrons, and what a chain makes of them."""

import jax
import numpy as np
import pytest

from isp.core import Cfa, Domain, Frame, Random
from isp.core.run import run


@pytest.fixture
def flat():
    """`flat(level, size=..., seed=..., unit=..., readout=..., **facts)`: a uniform frame in electrons, with keys."""

    def make(level=0.0, size=(256, 256), seed=1, unit=0, readout=0, pattern="rggb", **facts):
        keys = Random.of(seed, unit=unit, readout=readout)
        facts = {"exposure_time": np.float32(0.02), "iso": np.float32(100), **facts}
        return Frame(pixels=np.full(size, level, np.float32), domain=Domain.ELECTRONS, cfa=Cfa.bayer(pattern), random=keys, **facts)

    return make


_run = jax.jit(run)


@pytest.fixture
def through():
    """`through(stages, frame)`: the frame after them, compiled once for each kind of stages and frame."""
    return lambda stages, frame: _run(tuple(stages), frame)
