"""A sensor whose colours a tuning of libcamera measured, and pipelines to export."""

import numpy as np
import pytest

from isp.execute import Shot, capture, light
from isp.spec import load

SMALL = """
isp: 1
title: Small
stages:
  - level.subtract_black: {offset: 2}
  - shading.gain_map
  - measure.as_shot
  - white_balance.apply: {correction: [1.05, 1, 0.97]}
  - measure.colour_temperature
  - demosaic.bilinear
  - highlight.clip
"""
COLOURS = """
  - colour.fixed_matrix:
      matrix:
        over: colour_temperature
        at: {2850: [[1.9, -0.6, -0.3], [-0.4, 1.7, -0.3], [-0.1, -0.9, 2.0]], 6500: [[2.2, -0.9, -0.3], [-0.5, 2.0, -0.5], [-0.1, -0.6, 1.7]]}
  - look.saturation: {amount: 1.2}
  - tone.curve: {knots: [0, 0.1, 0.24, 0.42, 0.57, 0.7, 0.82, 0.92, 1], keep_hue: 0}
  - encode.srgb
"""
FILMIC = """
  - colour.matrix
  - tone.filmic
  - encode.srgb
"""


@pytest.fixture(scope="session")
def sensor():
    """The shipped profile of the Camera Module 2, whose colours are those of libcamera's vc4_imx219.json."""
    return load("imx219", kind="sensors")


@pytest.fixture(scope="session")
def seen(sensor):
    """A frame of even daylight."""
    start = light(72, 96).but(scene_white=np.ones(3, np.float32), make="Sony", model="IMX219")
    return next(capture(sensor, None, start, Shot(exposure_time=0.002)))


@pytest.fixture(scope="session")
def separable():
    """A pipeline that is a matrix for each light and a curve."""
    return load(SMALL + COLOURS)


@pytest.fixture(scope="session")
def filmic():
    """A pipeline with the camera's own matrix, and a curve that mixes channels."""
    return load(SMALL + FILMIC)
