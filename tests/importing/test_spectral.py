"""Measured curves become a sensor."""

import json

import numpy as np
import pytest

from isp.core import DataError
from isp.execute import Shot, capture
from isp.importing import imported, spectral
from isp.ops import spectra
from isp.spec import load, load_spec

SCENE = "{isp: 1, input: scene, stages: [{scene.light: {illuminant: A, luminance: 500}}, scene.flat]}"


def curves(path, table):
    """A file as rawtoaces-data has them."""
    said = {
        "header": {"manufacturer": "Acme", "model": "One", "license": "CC0"},
        "spectral_data": {"index": {"main": ["R", "G", "B"]}, "data": {"main": table}},
    }
    path.write_text(json.dumps(said))
    return path


def test_electrons_of_a_lux_second_are_photons_times_efficiency():
    """One lux second of 555 nm light is 1/683 J/m2: 4.09e3 photons on a square micrometre. D65 with flat efficiency has 1.13e4 of them between
    400 and 700 nm, by an integral over colour-science's tables."""
    import colour

    shape = colour.SpectralShape(380, 780, 5)
    light = colour.SDS_ILLUMINANTS["D65"].copy().align(shape).values
    seen = colour.MSDS_CMFS["CIE 1931 2 Degree Standard Observer"].copy().align(shape).values[:, 1]
    photons = light * shape.wavelengths * 1e-9 / (6.62607015e-34 * 299792458) / (683 * 5 * (light @ seen)) * 1e-12
    band = (shape.wavelengths >= 500) & (shape.wavelengths <= 600)
    wanted = 5 * photons[band].sum()
    made = spectral.electrons(np.array([499.99, 500.0, 600.0, 600.01]), np.array([[0.0, 1.0, 1.0, 0.0]]), 1.0)
    assert made[0] == pytest.approx(wanted, rel=1e-4)


def test_a_camera_comes_in_with_its_colour(shared_data):
    """The white balance under illuminant A is that of the curves, summed over the bands in float64."""
    file = shared_data / "sensors/spectral/cameras/Nikon_D850_380_780_5.json"
    made = imported("spectral", file)
    assert (made.camera.make, made.camera.model) == ("Nikon", "D850") and made.left_out
    from isp.execute import light

    frame = next(capture(load_spec(made.profile()).chain, load(SCENE), light(24, 36), Shot(noise=False)))
    _, wavelengths, responses = spectral.curves(file)
    bands = np.asarray(spectra.BANDS)
    power = np.asarray(spectra.light("A", bands.astype(np.float32)), float)
    white = np.stack([np.interp(bands, wavelengths, row) for row in responses]) @ power
    np.testing.assert_allclose(frame.as_shot, white[1] / white, rtol=2e-3)


@pytest.mark.parametrize("table", [{}, {"400": [1, 2]}, {"400": [0, 0, 0], "500": [0, 0, 0]}, {"blue": [1, 1, 1]}])
def test_what_is_no_table_is_refused(table, tmp_path):
    with pytest.raises(DataError, match=r"a\.json"):
        imported("spectral", curves(tmp_path / "a.json", table))
