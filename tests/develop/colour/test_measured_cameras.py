"""Cameras with measured spectral sensitivities, calibrated in D65 and used in other lights: which adaptation is nearer to the truth."""

import json

import colour
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.ops.colour import D65, adaptation, white_xyz
from isp.ops.dng import camera_to_xyz

NANOMETRES = np.arange(380, 781, 5.0)


def spectra(path):
    table = json.loads(path.read_text())["spectral_data"]["data"]["main"]
    at = sorted(table, key=float)
    values = np.array([table[n] for n in at], float)
    return np.stack([np.interp(NANOMETRES, [float(n) for n in at], v) for v in values.T], 1)


def daylight(kelvin):
    light = colour.sd_CIE_illuminant_D_series(colour.temperature.CCT_to_xy_CIE_D(kelvin))
    return np.interp(NANOMETRES, light.wavelengths, light.values)


def calibrated(camera, surfaces, observer):
    """A colour matrix for D65 with its own white exact: least squares over the surfaces, in relative error."""
    light = daylight(6504)[:, None]
    neutral, white = (light * camera).sum(0), (light * observer).sum(0)
    balanced, target = surfaces.T @ (light * camera) / neutral, surfaces.T @ (light * observer) / white
    weight = target[:, 1:2] ** -0.67
    sides = (balanced[:, [0, 2]] - balanced[:, 1:2]) * weight
    free = np.linalg.lstsq(sides, (target - balanced[:, 1:2]) * weight, rcond=None)[0]
    rows = np.stack([free[0], 1 - free.sum(0), free[1]], 1)
    return np.linalg.inv(np.diag(white / white[1]) @ rows @ np.diag(white[1] / neutral))


@pytest.mark.parametrize(("kelvin", "mean"), [(4800, 1.45), (5003, 1.4), (7500, 1.25)])
def test_bradford_is_nearer_to_the_truth_than_gains_alone(shared_data, kelvin, mean):
    folder = shared_data / "sensors" / "spectral"
    surfaces, observer = spectra(folder / "training_spectral.json"), spectra(folder / "cmf_1931.json")
    light = daylight(kelvin)[:, None]
    white = (light * observer).sum(0)
    errors = []
    with jax.enable_x64(True):
        truth = surfaces.T @ (light * observer) / white[1] @ np.asarray(adaptation(white / white[1], white_xyz(D65))).T
        for path in sorted((folder / "cameras").glob("*.json")):
            camera = spectra(path)
            matrix = jnp.asarray(calibrated(camera, surfaces, observer))[None]
            neutral = (light * camera).sum(0)
            seen = surfaces.T @ (light * camera) / neutral
            for by_gains in (False, True):
                to_xyz = np.asarray(camera_to_xyz(matrix, None, None, jnp.asarray(neutral[1] / neutral), by_gains))
                labs = (colour.XYZ_to_Lab(xyz, D65) for xyz in (seen @ to_xyz.T, truth))
                errors.append(colour.delta_E(*labs, method="CIE 2000").mean())
    bradford, gains = np.reshape(errors, (-1, 2)).T
    assert len(bradford) == 36
    assert bradford.mean() < min(mean, gains.mean())
    assert np.mean(bradford < gains) > 0.9
