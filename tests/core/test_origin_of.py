"""`origin_of` names the row that `reflected` copied into the halo."""

import numpy as np
import pytest

from isp.core.planes import origin_of, reflected


@pytest.mark.parametrize("side", [1, 2, 4, 6])
@pytest.mark.parametrize("size", [9, 12, 13, 17])
@pytest.mark.parametrize("cells", [0, 1, 2])
def test_halo_rows_come_from_where_it_says(size, side, cells):
    rows = np.arange(size * 12.0).reshape(size, 12)
    index = np.arange(-cells * side, size + cells * side + -size % side)
    assert np.array_equal(reflected(rows, (side, 1), (cells, 0)), rows[origin_of(index, size, side)])
