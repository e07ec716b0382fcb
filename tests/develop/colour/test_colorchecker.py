"""Real charts: our stages leave linear data that one 3x3 matrix takes to the published colours of a ColorChecker."""

import json

import colour
import numpy as np
import pytest

import isp
from isp.core import Chain
from isp.develop.colour.fixed_matrix import FixedMatrix
from isp.develop.demosaic.malvar2004 import Malvar2004
from isp.develop.level.subtract_black import SubtractBlack
from isp.develop.measure.as_shot import AsShot
from isp.develop.white_balance.apply import Apply
from isp.ops.colour import D65, rgb_to_xyz

CHART = colour.CCS_COLOURCHECKERS["ColorChecker24 - After November 2014"]
SCENES = {"indoor1": 3.0, "outdoor1": 2.6, "outdoor3": 2.9}
"""Largest mean dE2000 of the 24 patches."""


def reference():
    """Linear sRGB of the 24 patches, adapted from the chart's own white (D50) by Bradford."""
    xyz = colour.xyY_to_XYZ(np.array(list(CHART.data.values())))
    white = colour.xy_to_XYZ(CHART.illuminant)
    adapt = colour.adaptation.matrix_chromatic_adaptation_VonKries(white, colour.xy_to_XYZ(D65), transform="Bradford")
    return xyz @ adapt.T @ np.linalg.inv(rgb_to_xyz("srgb")).T


def patches(picture, marks):
    half = marks["sample_half_size_px"]
    return np.array(
        [
            picture[round(y) - half : round(y) + half + 1, round(x) - half : round(x) + half + 1].mean((0, 1))
            for x, y in marks["patch_centres_xy"]
        ]
    )


def fitted(camera, target):
    """The 3x3 matrix, rows for the working colours, that minimises relative error, so that dark patches count."""
    weight = 1 / np.linalg.norm(target, axis=1, keepdims=True)
    return np.linalg.lstsq(camera * weight, target * weight, rcond=None)[0].T


def lab(linear):
    return colour.XYZ_to_Lab(linear @ rgb_to_xyz("srgb").T, D65)


@pytest.mark.parametrize(("scene", "most"), SCENES.items())
def test_a_fitted_matrix_reaches_the_published_colours(shared_data, scene, most):
    name = f"infiniteisp_{scene}_2592x1536_8bit_GRBG.raw"
    about = json.loads((shared_data / "raw" / "index.json").read_text())[name]
    marks = json.loads((shared_data / "raw" / "colorchecker_annotations.json").read_text())[name]
    gains = [about["author_tuning"]["r_gain"], 1.0, about["author_tuning"]["b_gain"]]
    said = {"width": 2592, "height": 1536, "packing": "uint8", "bits": 8, "cfa": "grbg", "black": 12.5, "white": 255.0, "as_shot": gains}
    frame = isp.read(shared_data / "raw" / name, sidecar=said, trusted=True)
    stages = SubtractBlack(), AsShot(), Apply(), Malvar2004()

    target = reference()
    matrix = fitted(patches(np.asarray(Chain.of(*stages)(frame).array), marks), target)
    developed = np.asarray(Chain.of(*stages, FixedMatrix(matrix=matrix))(frame).array)
    apart = colour.delta_E(lab(patches(developed, marks)), lab(target), method="CIE 2000")
    assert apart.mean() <= most
