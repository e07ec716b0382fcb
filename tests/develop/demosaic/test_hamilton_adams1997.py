"""No outside library has this method; what it must do exactly has closed forms."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Cfa, Domain, Frame
from isp.develop.demosaic.hamilton_adams1997 import HamiltonAdams1997

PATTERNS = ("rggb", "bggr", "grbg", "gbrg")


def plane(rows=40, columns=46):
    y, x = np.mgrid[:rows, :columns]
    return np.stack([0.2 + 0.003 * x + 0.002 * y, 0.3 - 0.001 * x + 0.004 * y, 0.5 + 0.002 * x - 0.003 * y], -1).astype(np.float32)


def striped(rows=40, columns=46):
    """Random rows, the colours a constant apart: every row differs from the next, no column does from itself."""
    lines = np.random.default_rng(3).random(rows)[:, None] * np.ones(columns)
    return np.stack([lines + 0.3, lines, lines - 0.2], -1).astype(np.float32)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("picture", [plane(), striped(), striped(46, 40).swapaxes(0, 1)], ids=["plane", "rows", "columns"])
def test_exact_where_it_has_to_be(picture, pattern, sample, demosaiced):
    made = demosaiced(HamiltonAdams1997(), sample(picture, pattern), pattern)
    away = np.abs(made - picture)[4:-4, 4:-4]
    # Along the stripes green is exact, and so the difference at greens; the diagonals of red and blue sites cross the stripes, where
    # exact green carries them.
    assert away.max() < 2e-6


def test_one_site_by_hand(sample, demosaiced):
    """The formula of the patent, written out for one red site and one green one."""
    m = np.random.default_rng(4).random((16, 16)).astype(np.float32)
    made = demosaiced(HamiltonAdams1997(), m)

    def green(y, x):
        row, column = 2 * m[y, x] - m[y, x - 2] - m[y, x + 2], 2 * m[y, x] - m[y - 2, x] - m[y + 2, x]
        row_cost, column_cost = abs(m[y, x - 1] - m[y, x + 1]) + abs(row), abs(m[y - 1, x] - m[y + 1, x]) + abs(column)
        in_row, in_column = (m[y, x - 1] + m[y, x + 1]) / 2 + row / 4, (m[y - 1, x] + m[y + 1, x]) / 2 + column / 4
        return in_row if row_cost < column_cost else in_column

    for y, x in ((6, 6), (8, 10), (6, 8), (10, 4)):  # red sites
        g = green(y, x)
        assert made[y, x, 1] == pytest.approx(g, abs=1e-6)
        down, up = 2 * g - green(y - 1, x - 1) - green(y + 1, x + 1), 2 * g - green(y - 1, x + 1) - green(y + 1, x - 1)
        down_cost, up_cost = abs(down) + abs(m[y - 1, x - 1] - m[y + 1, x + 1]), abs(up) + abs(m[y - 1, x + 1] - m[y + 1, x - 1])
        blue = (m[y - 1, x - 1] + m[y + 1, x + 1] + down) / 2 if down_cost < up_cost else (m[y - 1, x + 1] + m[y + 1, x - 1] + up) / 2
        assert made[y, x, 2] == pytest.approx(blue, abs=1e-6)
        red = m[y, x + 1] + (m[y, x] - g + m[y, x + 2] - green(y, x + 2)) / 2  # at the green site to the right
        assert made[y, x + 1, 0] == pytest.approx(red, abs=1e-6)


def test_kodak(kodak_score):
    """Between linear interpolation that knows edges from colour only (Malvar, 35.98) and a-posteriori decision (Menon unrefined, 38.80)."""
    whole, cropped = kodak_score(HamiltonAdams1997())
    assert 36.5 < cropped < 38.5
    assert cropped - whole <= 0.15


def test_slope_of_sharpness_is_that_of_differences():
    mosaic = np.random.default_rng(1).random((24, 24))
    with jax.enable_x64(True):
        frame = Frame(pixels=jnp.asarray(mosaic), domain=Domain.MOSAIC, cfa=Cfa.bayer("gbrg"))

        @jax.jit
        def energy(value):
            return jnp.mean(HamiltonAdams1997(sharpness=value)(frame).pixels ** 2)

        slope, step = float(jax.grad(energy)(0.7)), 1e-5
        assert slope != 0
        assert slope == pytest.approx(float(energy(0.7 + step) - energy(0.7 - step)) / (2 * step), rel=1e-5)
