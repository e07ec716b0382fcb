"""A black level that a calibration states stands in the place of the file's."""

import numpy as np

from isp.core import Cfa, Domain, Frame
from isp.develop.level.fixed_black import FixedBlack
from isp.develop.level.subtract_black import SubtractBlack


def test_each_filter_has_the_black_of_its_colour():
    seen = Frame(
        pixels=np.full((4, 4), 100.0, np.float32),
        domain=Domain.MOSAIC_DN,
        cfa=Cfa.bayer("grbg"),
        black=np.zeros(4),
        white=np.full(4, 1000.0),
    )
    made = FixedBlack(black=(10.0, 20.0, 30.0))(seen)
    np.testing.assert_array_equal(made.black, [20, 10, 30, 20])
    level = SubtractBlack()(made)
    np.testing.assert_allclose(level.pixels[:2, :2], np.array([[80, 90], [70, 80]]) / 970, rtol=1e-6)
