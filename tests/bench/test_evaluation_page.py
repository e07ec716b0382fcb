"""The page of an evaluation in a real Chromium: its charts under the line, its tables and plots, on a desk and on a phone."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from isp.bench.evaluation import Evaluation
from isp.bench.evaluation.chart import Curve, Found, Number, chart
from isp.bench.evaluation.found import Judged
from isp.bench.figures import Figures, Seen
from isp.bench.stages import StageRow
from isp.evaluate.measured import Measured
from isp.report.evaluation import page
from tests.pages import alone, settled

PLACES = ("known, ISO 100", "known, ISO 800")
ROWS, COLUMNS = 120, 180
RED, BLUE = (0.8, 0.2, 0.2), (0.2, 0.2, 0.8)


def judged(name, iso, colour, kind, shot):
    """A chart that came out in one colour, with every number that it may say."""
    one = chart(kind)
    numbers = [Number(measure, part, iso / 100 + 0.5) for measure, part in one.headlines]
    x = np.geomspace(0.01, 1, 9)
    curves = [Curve("Tone", "reflectance", "linear light of the picture", x, x, log="xy")]
    place = {"sensor": "known", "iso": iso, "illuminant": "D65", "input": None}
    shown = np.broadcast_to(np.float32(colour), (ROWS, COLUMNS, 3))
    return Judged(place, name, one, shot, Found(numbers, curves), shown, np.full((ROWS, COLUMNS, 3), 0.5, np.float32))


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    """Two charts at two ISOs, red and blue, and three stages."""
    some = [
        judged(name, iso, colour[::turn], kind, kind)
        for name, iso, colour in zip(PLACES, (100.0, 800.0), (RED, BLUE), strict=True)
        for kind, turn in (("grey_steps", 1), ("slanted_edge", -1))
    ]
    seen, nothing = Seen(Measured(0.3, 0.01), float("nan"), 1.25, 0.125), Figures(30.0, 3.0, 0.3, 2.0)
    rows = [
        StageRow("capture", "mosaic_dn", seen),
        StageRow("denoise.a_stage_with_quite_a_long_name", "mosaic", seen, milliseconds=31.4, bytes_per_pixel=12.0, picture=nothing,
                 without=Figures(28.0, 3.5, 0.35, 3.0), how="left out with stabilise.anscombe, stabilise.undo"),
        StageRow("encode.srgb", "display", seen, how="no chain is whole without it"),
    ]  # fmt: skip
    stages = tuple({"place": name, **row.numbers()} for name in PLACES for row in rows)
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page(Evaluation("<b>plain", tuple(some), {}, stages), "isp evaluate plain"))
    return path


@pytest.fixture(params=["desk", "phone"])
def tab(browser, document, request):
    """The page, open, on a desk and on a phone."""
    kinds = {"desk": {"viewport": {"width": 1400, "height": 1000}}, "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True}}
    with alone(browser, document, **kinds[request.param]) as opened:
        yield opened


def middle(tab, share):
    """The colour in the middle row of the canvas, at a share of its width."""
    shown = np.asarray(Image.open(BytesIO(tab.locator(".stage > canvas").screenshot())).convert("RGB")) / 255
    return shown[shown.shape[0] // 2, int(share * shown.shape[1])]


def test_charts_are_chosen_below_and_places_beside_the_line(tab):
    assert middle(tab, 0.4) == pytest.approx([0.5] * 3, abs=0.02) and middle(tab, 0.6) == pytest.approx(RED, abs=0.02), (
        "the chart, and the first place"
    )
    tab.get_by_label("right").select_option(PLACES[1])
    settled(tab)
    assert middle(tab, 0.6) == pytest.approx(BLUE, abs=0.02)
    tab.locator(".scenes button", has_text="slanted edge").click()
    settled(tab)
    assert middle(tab, 0.6) == pytest.approx(BLUE[::-1], abs=0.02), "the same place on another chart"


def test_tables_and_plots_are_whole_and_nothing_hangs_over(tab):
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wide tables scroll by themselves"
    summary = tab.locator(".summary")
    assert summary.locator("th.place").all_inner_texts() == list(PLACES)
    assert tab.locator("h1").inner_text() == "<b>plain on charts"
    plots = [one.bounding_box() for one in tab.locator("figure svg").all()]
    assert plots and all(box["width"] > 250 and box["height"] > 100 for box in plots)
    stages = tab.locator("table", has_text="denoise.a_stage_with_quite_a_long_name")
    words = stages.first.inner_text()
    assert stages.count() == len(PLACES) and "+0.50" in words and "-2.00" in words and "what changes without it" in words
    groups = stages.first.locator(".groups th")
    assert sum(int(one.get_attribute("colspan") or 1) for one in groups.all()) == stages.first.locator("tr").nth(2).locator("td").count()


def test_all_numbers_open_by_keyboard(tab):
    table = tab.locator("details table")
    assert not table.is_visible()
    tab.locator("details > summary").focus()
    tab.keyboard.press("Enter")
    assert table.is_visible() and table.locator("tr").count() > 10
