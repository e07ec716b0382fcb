"""Turning, cropping and resizing: the pixels, and the facts that speak of places."""

import io

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image, ImageOps

from isp.core import ChainError, Domain, Frame, Shading
from isp.develop.geometry.crop import Crop
from isp.develop.geometry.orient import Orient
from isp.develop.geometry.resize import Resize
from isp.develop.look.local_tone import LocalTone
from isp.develop.measure.light_grid import LightGrid
from isp.develop.measure.thumbnail import Thumbnail

PICTURE = np.random.default_rng(0).integers(0, 255, (24, 36, 3), np.uint8)
SHADING = Shading(
    gains=np.random.default_rng(1).uniform(1, 2, (3, 5, 7)).astype(np.float32),
    origin=np.float32([0.1, 0.05]),
    extent=np.float32([0.7, 0.85]),
)
WARP = np.float32([[1.0, 0.05, -0.02, 0.004, 0.003, -0.002, 0.45, 0.55], [1.01, 0.04, 0.0, 0.001, -0.001, 0.004, 0.5, 0.5]])


LIGHT = np.float32(PICTURE / 255)


def frame(pixels=LIGHT, **facts):
    return Frame(pixels=jnp.asarray(pixels), domain=Domain.WORKING, **facts)


def gain_at(shading, size, row, column):
    """The shading gain of channel 0 at the pixel in a frame of a size, by its definition."""
    rows, columns = shading.gains.shape[1:]
    place = [
        ((v + 0.5) / n - o) / e * (m - 1) for v, n, o, e, m in zip((row, column), size, shading.origin, shading.extent, (rows, columns))
    ]
    y, x = (np.clip(p, 0, m - 1) for p, m in zip(place, (rows, columns)))
    y0, x0 = min(int(y), rows - 2), min(int(x), columns - 2)
    g = np.asarray(shading.gains)[0]
    return (1 - y + y0) * ((1 - x + x0) * g[y0, x0] + (x - x0) * g[y0, x0 + 1]) + (y - y0) * (
        (1 - x + x0) * g[y0 + 1, x0] + (x - x0) * g[y0 + 1, x0 + 1]
    )


def source_of(warp, size, row, column):
    """Where WarpRectilinear takes a pixel from, by the formula of the DNG specification."""
    r0, r1, r2, r3, t0, t1, cx, cy = np.float64(warp)
    centre_x, centre_y = cx * size[1], cy * size[0]
    m = np.hypot(max(centre_x, size[1] - centre_x), max(centre_y, size[0] - centre_y))
    dx, dy = (column - centre_x) / m, (row - centre_y) / m
    r = dx * dx + dy * dy
    f = r0 + r1 * r + r2 * r**2 + r3 * r**3
    x = f * dx + t0 * 2 * dx * dy + t1 * (r + 2 * dx * dx)
    y = f * dy + t1 * 2 * dx * dy + t0 * (r + 2 * dy * dy)
    return centre_y + m * y, centre_x + m * x


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_as_pillow_puts_them(orientation):
    exif = Image.Exif()
    exif[274] = orientation
    Image.fromarray(PICTURE).save(file := io.BytesIO(), "PNG", exif=exif)
    made = Orient()(frame(PICTURE, orientation=orientation))
    np.testing.assert_array_equal(made.pixels, np.asarray(ImageOps.exif_transpose(Image.open(file))))
    assert made.orientation == 1


@pytest.mark.parametrize("orientation", range(2, 9))
def test_what_is_known_of_places_turns_along(orientation):
    """The pixel (5, 9) is followed: its place, its shading gain, where the lens warp takes it from, and the crop around it."""
    marked = np.zeros((24, 36, 3), np.float32)
    marked[5, 9] = 1
    turned = Orient()(frame(marked, orientation=orientation, shading=SHADING, warp=WARP, crop=(5, 9, 4, 6)))
    row, column = np.argwhere(np.asarray(turned.pixels)[..., 0])[0]
    size = turned.pixels.shape[:2]
    assert gain_at(turned.shading, size, row, column) == pytest.approx(gain_at(SHADING, (24, 36), 5, 9), rel=1e-5)
    top, left, rows, columns = turned.crop
    assert sorted((rows, columns)) == [4, 6]
    assert row in (top, top + rows - 1) and column in (left, left + columns - 1)
    for before, after in zip(WARP, np.asarray(turned.warp)):
        # Mark where the source lies in the original, and turn that mark by the same moves of coordinates (outer edges at 0 and n).
        y, x = source_of(before, (24, 36), 5.5, 9.5)
        place = [y - 5.5, x - 9.5] if orientation < 5 else [x - 9.5, y - 5.5]
        flips = {2: (1, -1), 3: (-1, -1), 4: (-1, 1), 5: (1, 1), 6: (1, -1), 7: (-1, -1), 8: (-1, 1)}[orientation]
        moved = source_of(after, size, row + 0.5, column + 0.5)
        np.testing.assert_allclose([moved[0] - row - 0.5, moved[1] - column - 0.5], np.multiply(place, flips), atol=1e-4)


def test_a_frame_without_a_note_stays():
    seen = frame()
    assert Orient()(seen).pixels is seen.pixels


def test_the_maker_s_crop_and_one_of_one_s_own():
    made = Crop()(frame(crop=(2, 4, 10, 20)))
    np.testing.assert_array_equal(made.pixels, LIGHT[2:12, 4:24])
    assert made.crop is None
    np.testing.assert_array_equal(Crop(row=3, columns=7)(frame()).pixels, LIGHT[3:, :7])
    seen = frame()
    assert Crop()(seen).pixels is seen.pixels


def test_shading_and_warp_still_speak_of_the_same_places():
    made = Crop(row=3, column=6, rows=15, columns=20)(frame(shading=SHADING, warp=WARP))
    assert gain_at(made.shading, (15, 20), 5, 9) == pytest.approx(gain_at(SHADING, (24, 36), 8, 15), rel=1e-5)
    for before, after in zip(WARP, np.asarray(made.warp)):
        whole, part = source_of(before, (24, 36), 8.5, 15.5), source_of(after, (15, 20), 5.5, 9.5)
        np.testing.assert_allclose(np.add(part, (3, 6)), whole, atol=1e-4)


@pytest.mark.parametrize("values", [{"rows": 25}, {"row": 24}, {"column": 30, "columns": 7}])
def test_a_rectangle_beyond_the_frame_is_refused(values):
    with pytest.raises(ChainError, match=r"geometry\.crop: rows .* do not lie in a frame of 24x36 pixels"):
        Crop(**values)(frame())


@pytest.mark.parametrize("wrong", [-1, 2.5, True, "all", 10**7])
def test_what_is_not_a_count_is_refused(wrong):
    with pytest.raises(ChainError, match=r"geometry\.crop\.rows: .* is not a whole number in \[0, 1e\+06\]"):
        Crop.of(rows=wrong)


@pytest.mark.parametrize("kernel", ["lanczos3", "cubic", "area"])
def test_resizing_keeps_the_shape_the_mean_and_the_facts(kernel):
    seen = frame(crop=(4, 8, 12, 20), noise=np.tile(np.float32([0.01, 1e-4]), (3, 1)), shading=SHADING)
    made = Resize(long_side=18, kernel=kernel)(seen)
    assert made.pixels.shape == (12, 18, 3)
    np.testing.assert_allclose(np.mean(made.pixels), np.mean(seen.pixels), atol=0.01)
    assert made.crop == (2, 4, 6, 10)
    assert np.all(np.asarray(made.noise) < np.asarray(seen.noise) / 2)
    assert made.shading is seen.shading


def test_small_pictures_are_enlarged_only_on_request():
    seen = frame()
    assert Resize()(seen).pixels is seen.pixels
    assert Resize(long_side=72, enlarge=True)(seen).pixels.shape == (48, 72, 3)


def test_a_flat_picture_stays_flat_and_the_type_stays():
    made = Resize(long_side=13)(frame(np.full((24, 36, 3), 0.3, np.float32)))
    np.testing.assert_allclose(made.pixels, 0.3, rtol=1e-6)
    assert made.pixels.dtype == jnp.float32


def test_gradients_pass():
    slope = jax.grad(lambda p: jnp.sum(Resize(long_side=12)(Crop(row=2)(Orient()(frame(p, orientation=6)))).pixels))(jnp.ones((24, 36, 3)))
    assert np.isfinite(slope).all() and np.any(slope != 0)


@pytest.mark.parametrize("orientation", (2, 3, 6, 7))
def test_what_was_measured_of_places_turns_along(orientation):
    """Measured and turned, or turned and measured: the same."""
    start = frame(orientation=orientation)
    first = Orient()(LightGrid()(Thumbnail()(start)))
    then = LightGrid()(Thumbnail()(Orient()(start)))
    for name in ("thumbnail", "light_grid", "measured_window"):
        np.testing.assert_allclose(getattr(first, name), getattr(then, name), atol=1e-4)


def test_a_crop_and_another_size_keep_the_places_that_were_measured():
    """What is toned by its surroundings is so after a crop as before it; a window is scaled with the picture."""
    start = LightGrid()(Frame(pixels=np.asarray(np.random.default_rng(4).uniform(0, 1, (40, 48, 3)), np.float32), domain=Domain.WORKING))
    cut = Crop(row=7, column=11, rows=20, columns=25)
    np.testing.assert_allclose(LocalTone()(cut(start)).pixels, cut(LocalTone()(start)).pixels, rtol=1e-5)
    np.testing.assert_allclose(Resize(long_side=24)(cut(start)).measured_window, np.array([-7, -11, 40, 48]) * 24 / 25, rtol=0.02)
