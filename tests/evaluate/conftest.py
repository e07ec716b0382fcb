"""Frames and edges whose truth is known, made with NumPy and SciPy alone."""

import numpy as np
import pytest
from scipy.special import erf


@pytest.fixture(scope="session")
def die():
    """A function that makes a sensor: `take = die(rng, gain=0.4)`, then `take(electrons)` is a frame in DN."""

    def make(rng, shape=(512, 512), gain=0.4, read=2.5, dsnu=1.2, prnu=0.008, black=64.0, bits=12, well=np.inf, row=0.0, current=0.0):
        offset, response = rng.normal(0, dsnu, shape), 1 + rng.normal(0, prnu, shape)

        def take(electrons=0.0, time=0.0):
            caught = rng.poisson(np.maximum(electrons * response, 0) + current * time).astype(np.float64)
            read_out = np.minimum(caught, well) + offset + rng.normal(0, read, shape) + row * rng.normal(size=(shape[0], 1))
            return np.clip(np.rint(read_out * gain + black), 0, 2**bits - 1).astype(np.uint16)

        return take

    return make


@pytest.fixture(scope="session")
def edge():
    """A function that draws a slanted edge from 0.1 to 0.8 blurred by a Gaussian and seen by square pixels."""

    def draw(rows, columns, degrees, sigma, bend=0.0):
        turn = np.radians(degrees)
        y, x = np.mgrid[:rows, :columns]
        x, y = x - (columns - 1) / 2, y - (rows - 1) / 2
        x = x - bend * (y / y.max()) ** 3
        nodes, weights = np.polynomial.legendre.leggauss(8)
        made = 0.0
        for i, wi in zip(nodes / 2, weights / 2):
            for j, wj in zip(nodes / 2, weights / 2):
                distance = (x + i) * np.cos(turn) - (y + j) * np.sin(turn)
                made = made + wi * wj * 0.5 * (1 + erf(distance / (sigma * np.sqrt(2))))
        return 0.1 + 0.7 * made

    return draw


@pytest.fixture(scope="session")
def response():
    """The closed form of what `edge` should measure: Gaussian times the box of the pixel, seen at an angle."""

    def of(frequency, degrees, sigma):
        turn, f = np.radians(degrees), np.asarray(frequency)
        return np.exp(-2 * (np.pi * sigma * f) ** 2) * np.abs(np.sinc(f * np.cos(turn)) * np.sinc(f * np.sin(turn)))

    return of
