import jax
import numpy as np
import pytest
from jax.test_util import check_grads

from isp.ops.box import box


@pytest.mark.parametrize("reach", [(0, 0), (1, 1), (2, 3)])
def test_it_is_scipys_uniform_filter_inside(reach):
    from scipy.ndimage import uniform_filter

    down, right = reach
    x = np.random.default_rng(0).random((2, 15, 17)).astype(np.float32)
    expected = uniform_filter(x.astype(float), (1, 2 * down + 1, 2 * right + 1))[:, down : 15 - down, right : 17 - right]
    np.testing.assert_allclose(box(x, down, right), expected, rtol=1e-6)


def test_slopes_are_those_of_differences():
    with jax.enable_x64(True):
        check_grads(lambda x: box(x, 1, 2) ** 2, (np.random.default_rng(0).random((7, 9)),), order=2, modes=("rev",))
