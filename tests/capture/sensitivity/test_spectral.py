"""The colours of simulated cameras: the published table of fits, and matrices that are true to the simulation."""

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.capture.exposure.lens import Lens
from isp.capture.scene.colour_checker import ColourChecker
from isp.capture.scene.light import Light
from isp.capture.sensitivity.gaussian import Gaussian
from isp.capture.sensitivity.spectral import Spectral
from isp.core import ChainError, Domain, Frame
from isp.evaluate import colour_fit
from isp.ops import charts, spectra
from isp.ops.colour import D65, adaptation, white_xyz

ROWS, COLUMNS = 64, 96
PATCHES = charts.patches(ROWS, COLUMNS, 4, 6, ColourChecker.declared()["border"].default, ColourChecker.declared()["share"].default)


def scene(light):
    ones = Frame(
        pixels=np.ones((ROWS, COLUMNS, 3), np.float32),
        domain=Domain.SCENE,
        exposure_time=np.float32(0.01),
        aperture=np.float32(4),
        pitch=np.float32(2),
    )
    return Lens()(ColourChecker()(Light(illuminant=light)(ones)))


def means(frame):
    pixels = np.asarray(frame.array, float)
    return np.array([pixels[rows, columns].mean((0, 1)) for rows, columns in PATCHES])


def true_xyz(light):
    """XYZ of the patches and of white (Y = 1), by colour-science from 400 to 700 nm in steps of 10."""
    shape = colour.SpectralShape(400, 700, 10)
    illuminant = colour.SDS_ILLUMINANTS[light].copy().align(shape)
    observer = colour.MSDS_CMFS["CIE 1931 2 Degree Standard Observer"].copy().align(shape)
    surfaces = [s.copy().align(shape) for s in colour.SDS_COLOURCHECKERS["BabelColor Average"].values()]
    white = observer.values.T @ illuminant.values
    return np.array([s.values * illuminant.values @ observer.values for s in surfaces]) / white[1], white / white[1]


def reference(light):
    """Linear sRGB of the patches, adapted to D65 from the light's tabulated chromaticity, as the table below was made."""
    tabulated = colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"][light]
    return colour_fit.linear_rgb(true_xyz(light)[0], colour.xy_to_XYZ(tabulated))


FITS = (colour_fit.plain, colour_fit.white_preserving, colour_fit.least_difference, colour_fit.root_polynomial)
TABLE = {
    ("nikon_5100", "D65"): ((6.82, 11.53, 11.55), (1.01, 2.34, 2.52), (0.95, 2.76, 3.22), (0.89, 2.64, 3.13), (0.57, 1.43, 2.40)),
    ("nikon_5100", "A"): ((7.18, 12.15, 12.75), (1.06, 2.81, 3.17), (1.03, 3.18, 3.39), (1.00, 2.42, 3.05), (0.64, 1.38, 3.02)),
    ("sigma_sdmerrill", "D65"): ((12.8, 22.5, 23.6), (2.00, 4.58, 4.86), (2.13, 4.69, 4.86), (1.93, 3.80, 4.23), (1.16, 2.88, 3.03)),
}
"""CIEDE2000 mean, 95th percentile and maximum of balance alone, then of each fit; computed with colour-science alone."""


@pytest.mark.parametrize(("camera", "light"), TABLE)
def test_fits_to_the_simulated_chart_are_as_good_as_to_the_computed_one(camera, light):
    electrons = Spectral(camera=camera)(scene(light))
    balanced = means(electrons) * np.asarray(electrons.as_shot)
    balanced, target = balanced / np.asarray(electrons.scene_white * electrons.as_shot).mean(), reference(light)
    made = [balanced, *(fit(balanced, target)(balanced) for fit in FITS)]
    for colours, expected in zip(made, TABLE[camera, light], strict=True):
        error = colour_fit.difference(colours, target)
        found = error.mean(), np.percentile(error, 95), error.max()
        loose = 0.01 if "sigma" in camera else 0  # its curves end at 680 nm, and were continued another way
        np.testing.assert_allclose(found, expected, atol=0.03, rtol=loose)


@pytest.mark.parametrize("light", ["D65", "A"])
@pytest.mark.parametrize(
    ("stage", "mean"),
    [
        (Spectral(camera="nikon_5100"), 1.05),
        (Spectral(), 2.1),
        (Gaussian(), 1.3),
        *((Gaussian(filters=f), m) for f, m in (("rgbw", 1.3), ("rbw", 6.0), ("rby", 5.5))),
    ],
    ids=["nikon", "spectral", "gaussian", "rgbw", "rccb", "ryyb"],
)
def test_the_matrices_of_the_frame_find_the_colours_of_the_chart(stage, mean, light):
    electrons = stage(scene(light))
    colour_matrix = np.asarray(electrons.camera_matrix, float)[["A", "D65"].index(light)]
    neutral = np.asarray(electrons.scene_white, float)
    xyz, white = true_xyz(light)
    np.testing.assert_allclose(colour_matrix @ white / (colour_matrix @ white).max(), neutral / neutral.max(), rtol=3e-3)
    seen = means(electrons) / neutral @ np.linalg.pinv(colour_matrix / (colour_matrix @ white)[:, None]).T
    labs = [colour.XYZ_to_Lab(v @ np.asarray(adaptation(white, white_xyz(D65))).T, D65) for v in (seen, xyz)]
    error = colour.delta_E(*labs, method="CIE 2000").mean()
    assert error < mean


def test_electrons_are_photons_times_quantum_efficiency():
    """A flat curve counts every photon: all of them, over all bands."""
    light = Light()(Frame(pixels=np.ones((2, 2, 3), np.float32), domain=Domain.SCENE))
    seen = Spectral(curves=((1.0, 1.0),) * 3, wavelengths=(300.0, 800.0), peak=0.6)(light)
    np.testing.assert_allclose(seen.array, 0.6 * 10 * np.asarray(light.array).sum(-1, keepdims=True) * np.ones(3), rtol=1e-5)
    assert seen.wavelengths is None and seen.channels == "rgb"


def test_measured_curves_peak_where_they_are_told_to():
    light = Frame(pixels=np.ones((1, 1, 81), np.float32), domain=Domain.SCENE, wavelengths=spectra.GRID)
    curves = (
        jax.jacfwd(lambda p: Spectral(camera="nikon_5100", peak=0.45)(light.but(pixels=p)).array[0, 0])(jnp.ones((1, 1, 81)))[:, 0, 0] / 5
    )
    assert float(curves.max()) == pytest.approx(0.45, rel=1e-5)
    nikon = np.maximum(spectra.tables()["nikon_5100"], 0) / spectra.GRID
    np.testing.assert_allclose(curves / curves.max(), nikon / nikon.max(), atol=1e-5)


def test_curves_that_fit_no_filter_are_refused():
    light = Light()(Frame(pixels=np.ones((2, 2, 3), np.float32), domain=Domain.SCENE))
    with pytest.raises(ChainError, match=r"sensitivity.spectral.curves: 2 curves"):
        Spectral(curves=((1.0, 1.0),) * 2, wavelengths=(400.0, 700.0))(light)
    with pytest.raises(ChainError, match="Nikon 5100"):
        Spectral(camera="nikon_5100", filters="rgbw")(light)
