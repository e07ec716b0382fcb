"""The page of a comparison in a real Chromium: its line, zoom, maps, keys, and that it asks nobody for anything."""

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import isp
from isp import report
from isp.core import Cfa, Domain, Frame
from isp.report.comparison import Scene, Side, page, rows
from tests.pages import alone, settled

ROWS, COLUMNS = 1300, 1600
PLANTED = slice(650, 750), slice(1000, 1200)


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    """Two pipelines' pictures, dark and light, the second with a red patch; in the middle of the first four white pixels."""
    dark, light = np.full((ROWS, COLUMNS, 3), 0.25, np.float32), np.full((ROWS, COLUMNS, 3), 0.25, np.float32)
    dark[649:651, 799:801] = 1
    light[PLANTED] = [0.75, 0.25, 0.25]
    sides = [Side("first", isp.load("minimal")), Side("<b>second", isp.load("minimal", swap=["demosaic.bilinear=demosaic.malvar2004"]))]
    scene = Scene("a.dng", {"first": dark, "<b>second": light})
    path = tmp_path_factory.mktemp("page") / "compare.html"
    path.write_text(page(sides, [scene], "first", False, rows([scene], "first")))
    return path


@pytest.fixture
def tab(browser, document):
    """The page, open."""
    with alone(browser, document, viewport={"width": 1200, "height": 1000}) as opened:
        yield opened


@pytest.fixture(scope="module")
def stages(tmp_path_factory):
    """The page of a developed frame, stage by stage."""
    frame = Frame(
        pixels=np.tile(np.array([[900, 400], [400, 100]], np.uint16), (24, 32)), domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"),
        black=np.full(4, 64.0), white=np.full(4, 1023.0), model="<script>evil()</script>",
    )  # fmt: skip
    chain = isp.load("isp: 1\nstages: [level.subtract_black, demosaic.bilinear, colour.fixed_matrix, encode.srgb]\n")
    path = tmp_path_factory.mktemp("stages") / "demo.html"
    path.write_text(report.page(chain, frame, chain.trace(frame), source="a.dng"))
    return path


def seen(tab):
    """The pixels of the canvas."""
    return np.asarray(Image.open(BytesIO(tab.locator(".stage > canvas").screenshot())).convert("RGB")).astype(int)


def at(tab, x, y):
    """The pixel that shows a place of the picture, as shares, where the whole is seen."""
    shown = seen(tab)
    high, wide = shown.shape[:2]
    scale = min(wide / COLUMNS, high / ROWS)
    return shown[int(high / 2 + (y - 0.5) * ROWS * scale), int(wide / 2 + (x - 0.5) * COLUMNS * scale)]


def test_the_line_moves_by_hand_and_by_keys(tab):
    assert at(tab, 0.68, 0.53)[0] > 150, "the second picture lies right of the line"
    box = tab.locator(".stage > canvas").bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + 200)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + 200)
    tab.mouse.up()
    settled(tab)
    assert at(tab, 0.68, 0.53)[0] < 90, "the first picture lies left of it"
    for _ in range(30):
        tab.keyboard.press("ArrowLeft")
    settled(tab)
    assert at(tab, 0.68, 0.53)[0] > 150


def test_zoom_shows_every_pixel(tab):
    tab.add_style_tag(content=".tags { display: none }")
    tab.keyboard.press("b")
    tab.keyboard.press("8")
    tab.locator(".zooms output", has_text="800 %").wait_for()
    settled(tab)
    white = (seen(tab)[4:-4, 4:-4].min(-1) > 200).sum()
    assert white == 2 * 2 * 8 * 8, "whole pixels, and JPEG keeps them bright"
    tab.keyboard.press("1")
    tab.locator(".zooms output", has_text="100 %").wait_for()


def test_the_map_is_bright_where_the_difference_was_planted(tab):
    tab.keyboard.press("d")
    settled(tab)
    assert at(tab, 0.68, 0.53).min() > 120 and at(tab, 0.3, 0.3).max() < 12
    tab.get_by_label("metric").select_option("absolute difference")
    settled(tab)
    box = tab.locator(".stage > canvas").bounding_box()
    fit = min(box["width"] / COLUMNS, box["height"] / ROWS)
    tab.mouse.move(box["x"] + box["width"] / 2 + 300 * fit, box["y"] + box["height"] / 2 + 50 * fit)
    said = tab.inner_text(".probe")
    assert float(said.rpartition("absolute difference ")[2].split()[0]) == pytest.approx(100 * 0.5 / 3, abs=0.5), said


def test_only_tiles_in_view_are_decoded(browser, document):
    """The page opens at a size at which one tile shows a picture; each closer look then decodes what it shows, and no tile twice."""
    held = len(re.findall(r'<script type="text/plain" id="p0-\d', document.read_text()))
    context = browser.new_context(viewport={"width": 420, "height": 900})
    tab = context.new_page()
    tab.add_init_script(
        "window.made = 0; const real = createImageBitmap; window.createImageBitmap = (...all) => { made++; return real(...all); };"
    )
    tab.goto(document.as_uri())
    settled(tab)
    assert tab.evaluate("made") == 2, "the coarsest level of both pictures"
    for key in "1b0b1":
        tab.keyboard.press(key)
        settled(tab)
    assert 2 < tab.evaluate("made") < 2 * held, "of the map, and of what lies out of view, nothing"
    context.close()


def test_the_page_of_stages_needs_nobody_and_answers_to_keys(browser, stages):
    context = browser.new_context(viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
    tab = context.new_page()
    asked, said = [], []
    tab.on("request", lambda request: asked.append(request.url))
    for what in ("console", "pageerror"):
        tab.on(what, lambda message: said.append(str(message)))
    tab.goto(stages.as_uri())
    for at in (1, 2, 3):
        tab.keyboard.press("ArrowRight")
        tab.wait_for_selector(f".strip a[href='#s{at}'][aria-current]")
    tab.keyboard.press("ArrowLeft")
    tab.wait_for_selector(".strip a[href='#s2'][aria-current]")
    viewer = tab.locator("#s2 .viewer")
    tab.wait_for_selector("#s2 .viewer[data-settled=yes]")
    assert viewer.locator(".tags b").all_inner_texts() == ["level.subtract_black", "demosaic.bilinear"]
    line = viewer.locator("input[type=range]")
    line.focus()
    for _ in range(30):
        tab.keyboard.press("ArrowRight")
    assert float(line.input_value()) == 1 and tab.locator(".strip a[aria-current]").get_attribute("href") == "#s2", (
        "the line moves, the page stays"
    )
    assert not tab.locator("#p2").is_visible() and tab.locator(".strip img").evaluate_all(
        "all => all.every(i => i.src.startsWith('data:'))"
    )
    assert asked == [stages.as_uri()] and not said
    context.close()


@pytest.mark.parametrize("which", ["document", "stages"])
def test_a_phone_scrolls_down_only(browser, which, request):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, device_scale_factor=2, color_scheme="light")
    tab = context.new_page()
    tab.goto(request.getfixturevalue(which).as_uri())
    tab.evaluate("document.querySelector('.viewer').scrollIntoView()")
    settled(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    context.close()
