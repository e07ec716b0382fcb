"""Shading that a lens stated for the light's channels is restated for the filters, so that a flat white field develops flat."""

import jax
import numpy as np
import pytest

from isp.capture.cfa.bayer import Bayer
from isp.capture.cfa.rccb import Rccb
from isp.capture.optics.vignetting import Vignetting
from isp.capture.sensitivity.matrix import Matrix
from isp.core import Domain, Frame
from isp.core.run import run
from isp.spec import stage_class

CLEAR = np.array([[[0.9, -0.3, -0.1], [0.3, 0.8, 0.4], [-0.1, 0.2, 0.6]]])
"""Red, blue and clear: XYZ to filters, in the order r, b, w."""


@pytest.mark.parametrize("mosaic, matrix", [(Bayer(pattern="grbg"), Matrix()), (Rccb(), Matrix(matrices=CLEAR, filters="rbw"))])
def test_a_coloured_falloff_leaves_no_cast_on_white(mosaic, matrix):
    with jax.enable_x64(True):
        frame = Frame(pixels=np.ones((66, 82, 3)), domain=Domain.SCENE, scene_white=np.ones(3))
        dark = run([Vignetting(tint=np.array([0.2, 0.0, -0.1])), matrix, mosaic], frame)
        assert dark.shading.gains.shape[0] == 3
        assert np.ptp(dark.pixels) > 0.3 * np.max(dark.pixels)
        flat = run([stage_class("shading.gain_map")()], dark.but(domain=Domain.MOSAIC))
        for y in range(2):
            for x in range(2):
                plane = np.asarray(flat.pixels)[y::2, x::2]
                assert np.ptp(plane) < 2e-3 * plane.mean()
