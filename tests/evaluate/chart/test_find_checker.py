"""ColorCheckers found: in the shared raw files, against patches that a person marked; turned, tilted, small and noisy, against where they were drawn."""

import json

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from isp.core.errors import DataError
from isp.evaluate.chart.checker import homography, likeness, middles, placed, projected
from isp.evaluate.chart.find_checker import find, find_in_mosaic
from isp.ops import spectra

RNG = np.random.default_rng(0)
CAMERA = np.array([[0.56, -0.04, -0.07], [-0.48, 1.2, 0.23], [-0.14, 0.25, 0.6]])


def colours():
    """Patches as a camera sees them in D65, white near 1 in green."""
    tables = spectra.tables()
    xyz = (tables["colour_checker"] * tables["D65"]).astype(float) @ tables["observer"].T
    return xyz / (tables["observer"] @ tables["D65"])[1] @ CAMERA.T


def drawn(corners, rows, columns, noise=0.0, ground=None):
    """A chart with the middles of its corner patches at `corners`, before a ground, seen by pixels that mix 3 x 3 points."""
    back = homography(np.asarray(corners, float), np.array([(0, 0), (5, 0), (5, 3), (0, 3)], float))
    y, x = np.mgrid[: 3 * rows, : 3 * columns] / 3 - 1 / 3
    place = projected(back, np.stack([x.ravel(), y.ravel()], 1))
    cell = np.rint(place)
    in_patch = np.all((cell >= 0) & (cell <= (5, 3)), 1) & (np.abs(place - cell).max(1) < 0.42)
    on_board = np.all((place > -0.75) & (place < (5.75, 3.75)), 1)
    ground = np.full((rows, columns, 3), 0.35) if ground is None else ground
    made = np.repeat(np.repeat(ground, 3, 0), 3, 1).reshape(-1, 3)
    made[on_board] = 0.03
    patch = (cell[in_patch, 1] * 6 + cell[in_patch, 0]).astype(int)
    made[in_patch] = colours()[patch]
    made = made.reshape(rows, 3, columns, 3, 3).mean((1, 3))
    fall = 1 - 0.4 * (np.linspace(-1, 1, rows)[:, None, None] ** 2 + np.linspace(-1, 1, columns)[None, :, None] ** 2) / 2
    made = made * fall
    return made + noise * np.sqrt(np.maximum(made, 0) + 0.01) * RNG.normal(size=made.shape)


def leaves(rows, columns):
    """A busy ground."""
    return np.clip(0.4 + 1.5 * gaussian_filter(RNG.normal(size=(rows, columns, 3)), (2, 2, 0)), 0.02, 1)


def turned(angle, middle, wide):
    turn = np.radians(angle)
    right, down = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    return [np.array(middle) + wide * (a * right + b * down) for a, b in ((-2.5, -1.5), (2.5, -1.5), (2.5, 1.5), (-2.5, 1.5))]


CASES = {
    "upright": (turned(0, (120, 80), 30), (160, 240), 0.01, False),
    "15 degrees": (turned(15, (110, 90), 25), (180, 240), 0.02, True),
    "45 degrees": (turned(45, (120, 115), 28), (230, 240), 0.02, False),
    "on its side": (turned(90, (80, 100), 26), (200, 160), 0.02, True),
    "upside down": (turned(187, (120, 90), 25), (180, 240), 0.05, True),
    "tilted": ([(50, 40), (190, 65), (180, 140), (60, 150)], (190, 250), 0.02, True),
    "small": (turned(8, (150, 60), 9), (160, 240), 0.01, True),
    "filling the frame": (turned(2, (150, 100), 48), (200, 300), 0.02, False),
}


@pytest.mark.parametrize("case", CASES)
def test_a_chart_is_found_however_it_lies(case):
    corners, size, noise, busy = CASES[case]
    picture = drawn(corners, *size, noise, leaves(*size) if busy else None)
    found = find(picture)
    assert np.hypot(*(found.middles - middles(corners)).T).max() < 0.25 * 0.84 * found.pitch
    assert found.likeness > 0.9


def test_a_chart_is_found_in_a_mosaic_of_any_phase():
    corners = turned(5, (160, 120), 36)
    picture = drawn(corners, 240, 320, 0.02)
    for sites in (("r", "g", "g", "b"), ("g", "b", "r", "g")):
        phases = np.stack([picture[k // 2 :: 2, k % 2 :: 2, "rgb".index(c)] for k, c in enumerate(sites)])
        found = find_in_mosaic(phases, sites, (2, 2))
        assert np.hypot(*(found.middles - middles(corners)).T).max() < 0.1 * found.pitch
    with pytest.raises(DataError, match="filters r, g, w"):
        find_in_mosaic(phases, ("r", "g", "g", "w"), (2, 2))


def raws(folder):
    return json.loads((folder / "raw" / "colorchecker_annotations.json").read_text())


@pytest.mark.parametrize("k", range(5))
def test_charts_in_real_raw_files_are_found_where_a_person_saw_them(shared_data, k):
    name, marked = list(raws(shared_data).items())[k]
    index = json.loads((shared_data / "raw" / "index.json").read_text())
    about = index.get("files", index)[name]
    pixels = np.fromfile(shared_data / "raw" / name, "u1" if about["container"] == "uint8" else "<u2")[: about["width"] * about["height"]]
    pixels = pixels.reshape(about["height"], about["width"]).astype(np.float32) - about["black"]
    sites = tuple(about["cfa"].lower())
    found = find_in_mosaic(np.stack([pixels[p // 2 :: 2, p % 2 :: 2] for p in range(4)]), sites, (2, 2), name)
    off = np.hypot(*(found.middles - np.array(marked["patch_centres_xy"])).T)
    assert off.max() < 0.25 * 0.84 * marked["patch_pitch_px"], "a quarter of a patch"


def test_where_there_is_none_it_says_why_and_what_to_do(shared_data):
    with pytest.raises(
        DataError, match=r"x.raw: no ColorChecker found in it: no even squares stand in a grid .*--corners: x,y of dark skin"
    ):
        find(leaves(100, 120), "x.raw")
    board = 0.2 + 0.6 * np.kron(np.indices((6, 8)).sum(0) % 2, np.ones((20, 20)))[..., None] * np.ones(3)
    with pytest.raises(DataError, match=r"the likest of its grids is \d+% like one, not 85%"):
        find(board)
    with pytest.raises(DataError, match="16 x 16 finite colours"):
        find(np.zeros((8, 90, 3)))
    from PIL import Image

    for number in (1, 19):  # walls of bricks, a fence
        picture = (np.asarray(Image.open(shared_data / "kodak" / f"kodim{number:02}.png").convert("RGB")) / 255) ** 2.2
        with pytest.raises(DataError, match="no ColorChecker"):
            find(picture)


def test_corners_that_a_person_gives_are_judged():
    chart = placed([(10, 10), (60, 10), (60, 40), (10, 40)])
    assert chart.likeness == 1 and chart.pitch == pytest.approx(10)
    for crossed in ([(10, 10), (58, 40), (60, 12), (11, 39)], [(0, 0), (1, 0), (2, 0), (3, 0)], [(0, 0), (1, 0), (1, 1)]):
        with pytest.raises(DataError, match=r"do not go round it.*dark skin; bluish green; black; white"):
            placed(crossed)


def test_likeness_knows_the_chart_from_chance_and_from_itself_upside_down():
    seen = colours()
    fall = 1 - 0.3 * np.linspace(0, 1, 24)[:, None] % 1
    assert likeness(seen) > 0.9999 and likeness(seen[::-1]) < 0.6
    assert likeness(0.05 + seen * fall) > 0.85
    by_chance = [likeness(RNG.uniform(0, 1, (24, 1)) + 0.1 * RNG.uniform(0, 1, (24, 3))) for _ in range(300)]
    assert max(by_chance) < 0.75
    assert likeness(np.ones((24, 3))) == 0 == likeness(np.full((24, 3), np.nan))
