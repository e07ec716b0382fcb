"""A slanted edge, seen by a known lens and known pixels, measures the transfer function that optics says."""

import jax
import numpy as np
import pytest
from scipy.optimize import brentq

from isp.capture.optics.defocus import Defocus
from isp.capture.optics.diffraction import Diffraction
from isp.capture.optics.gaussian_psf import GaussianPsf
from isp.capture.optics.pixel import Pixel
from isp.core import Domain, Frame
from isp.evaluate.chart.slanted_edge import slanted_edge

BY = 8
"""Samples of the scene to a pixel."""
PITCH = 2.0
"""Of the pixels, in um."""
run = jax.jit(lambda stage, frame: stage(frame))


def edge(rows, columns, degrees=5.0):
    """Dark and bright side of a line through the middle, at points: 0.2 and 1."""
    y, x = np.mgrid[0 : rows * BY, 0 : columns * BY] + 0.5
    away = (x - columns * BY / 2) * np.cos(np.radians(degrees)) + (y - rows * BY / 2) * np.sin(np.radians(degrees))
    return np.where(away > 0, 1.0, 0.2).astype(np.float32)


def along(frequency, degrees=5.0):
    """The two components of a frequency across the edge."""
    return frequency * np.cos(np.radians(degrees)), frequency * np.sin(np.radians(degrees))


def opening(frequency, width):
    """Of square pixels, and of the squares of light that the scene is made of."""
    fx, fy = along(frequency)
    return np.sinc(width * fx) * np.sinc(width * fy) * np.sinc(fx / BY) * np.sinc(fy / BY)


def round_aperture(frequency, cutoff):
    s = min(frequency / cutoff, 1)
    return 2 / np.pi * (np.arccos(s) - s * np.sqrt(1 - s * s))


SIGMA, DIAMETER, WIDTH, F_NUMBER = 0.45, 2.2, 0.9, 5.6
LENSES = {
    "pixel alone": ([], lambda f: 1.0),
    "gaussian": ([GaussianPsf(sigma=SIGMA * BY, corner=SIGMA * BY, support=16)], lambda f: np.exp(-2 * (np.pi * SIGMA * f) ** 2)),
    "diffraction": ([Diffraction(support=64)], lambda f: round_aperture(f, PITCH / (0.54 * F_NUMBER))),
    "gaussian and diffraction": (
        [GaussianPsf(sigma=SIGMA * BY, corner=SIGMA * BY, support=16), Diffraction(support=64)],
        lambda f: np.exp(-2 * (np.pi * SIGMA * f) ** 2) * round_aperture(f, PITCH / (0.54 * F_NUMBER)),
    ),
}


@pytest.mark.parametrize("name", LENSES)
def test_mtf50_is_that_of_the_lens_and_the_pixel(name):
    stages, lens = LENSES[name]
    frame = Frame(pixels=edge(48, 56), domain=Domain.SCENE, channels="g", aperture=np.float32(F_NUMBER), pitch=np.float32(PITCH / BY))
    for stage in (*stages, Pixel(oversampling=BY, width=WIDTH)):
        frame = run(stage, frame)
    inner = np.asarray(frame.pixels)[10:-10, 10:-10]
    measured = float(slanted_edge(inner).mtf50.value)
    exact = brentq(lambda f: lens(f) * opening(f, WIDTH) - 0.5, 0.01, 0.95)
    assert measured == pytest.approx(exact, rel=0.01)


def test_a_sensor_without_oversampling_is_sharp_as_its_kernel():
    """The kernel that goes along tells MTF50 too, for a lens that is measured at the pitch of the pixels."""
    frame = Frame(pixels=edge(48, 56), domain=Domain.SCENE, channels="g", pitch=np.float32(PITCH / BY))
    for stage in (Defocus(diameter=DIAMETER * BY, edge=2.0, support=14), Pixel(oversampling=BY, width=WIDTH)):
        frame = run(stage, frame)
    psf = np.asarray(frame.psf, float)[0]
    place = np.arange(psf.shape[0]) - psf.shape[0] // 2

    def response(f):
        fx, fy = along(f)
        # The psf is for squares of light as large as pixels; an edge is not made of them.
        wave = np.cos(2 * np.pi * (fy * place[:, None] + fx * place))
        return (psf * wave).sum() / (np.sinc(fx) * np.sinc(fy))

    measured = float(slanted_edge(np.asarray(frame.pixels)[8:-8, 8:-8]).mtf50.value)
    assert measured == pytest.approx(brentq(lambda f: response(f) - 0.5, 0.02, 0.6), rel=0.03)
