"""What importers share."""

import numpy as np
import pytest

from isp.importing.profile import over_iso, radial, rounded


@pytest.mark.parametrize("points", [(12, 16), (32, 32)])
def test_a_radial_falloff_is_found_again(points):
    places = tuple((np.arange(n) + 0.5) / n for n in points)
    sides = (3.0, 4.0)
    r2 = 4 * (((places[0] - 0.5) * sides[0]) ** 2)[:, None] / 25 + 4 * (((places[1] - 0.5) * sides[1]) ** 2) / 25
    meshes = [level * (1 + (0.6 + tint) * r2 + 0.2 * r2**2 + 0.1 * r2**3) for level, tint in ((2.0, 0.2), (1.0, 0.0), (1.5, -0.1))]
    found, left = radial(meshes, places, sides)
    assert [found["k2"], found["k4"], found["k6"], *found["tint"]] == pytest.approx([0.6, 0.2, 0.1, 0.2, 0.0, -0.1], abs=2e-3)
    assert left < 1e-4


def test_numbers_are_written_in_a_few_digits():
    assert rounded(np.pi) == 3.1416 and rounded(123456.7) == 123460.0 and rounded(7) == 7 and rounded("rggb") == "rggb"
    table = rounded(over_iso({100: 1 / 3, 200: 2 / 3}), 2)
    assert table.values.tolist() == [0.33, 0.67] and table.at_ == (100.0, 200.0)
