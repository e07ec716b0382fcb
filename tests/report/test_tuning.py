"""The page of a run, from a run that was never made: numbers and pictures are known, so that what the page says can be checked."""

import base64
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from isp.core import Domain, Frame
from isp.report import parameters, tuning, way
from isp.report.examples import Example, examples, looks, psnr
from isp.report.parameters import bar, choices
from isp.spec import load
from isp.tune.recipe import recipe

TEXT = """isp: 1
title: A <b> chain
stages:
  - level.subtract_black
  - white_balance.apply
  - demosaic.bilinear
  - colour.fixed_matrix
  - exposure.gain
  - encode.srgb
"""
FREE = [
    "white_balance.apply.correction",
    {"exposure.gain.ev": {"within": [-1, 2], "over": "iso", "at": [100, 800, 6400]}},
    {"colour.fixed_matrix.*": {}},
]


def flat(level, domain=Domain.DISPLAY):
    return Frame(pixels=np.full((24, 32, 3), level, np.float32), domain=domain, primaries="srgb")


@dataclass
class Made:
    """What `isp.tune.result.Run` has, without having run."""

    recipe: object
    problem: object
    rows: list
    before: dict
    after: dict
    start: dict
    values: dict
    shown: list
    tuned: object = None
    state: object = None
    seconds: float = 3723.0
    why: str = "no better judgement in 4 of them"
    learned: tuple = ()
    notes: list = field(default_factory=lambda: ["one <note>"])

    def pictures(self, count):
        return self.shown[:count]


def run(**other):
    chain = load(TEXT.replace("white_balance.apply", "measure.grey_world\n  - white_balance.apply"))
    asked = recipe(
        chain, free=FREE, scenes=["photos", "<script>evil</script>"], conditions={"iso": [100, 800]}, loss={"l1": 1, "ssim": 0.2}
    )
    names = ["photo", "<script>evil</script>", "held"]
    data = SimpleNamespace(scenes=[SimpleNamespace(name=name) for name in names], trained=[0, 1], held=[2])
    start = {path: np.asarray(v) for path, v in asked.free.values(asked.free.start()).items()}
    values = {**start, "exposure.gain.ev": np.array([0.0, 1.0, 2.0]), "white_balance.apply.correction": np.array([1.5, 1.0, 0.5])}
    rows = [{"step": 0, "judged_loss": 0.4, "judged_l1": 0.3, "judged_ssim": 0.5}]
    rows += [{"step": i, "loss": 0.4 / i, "seconds": float(i)} for i in range(1, 7)]
    rows[-1] |= {"judged_loss": 0.1, "judged_l1": 0.06, "judged_ssim": 0.2}
    shown = [(flat(0.5 + gain), flat(0.5), flat(0.25)) for gain in (0.1, 0.2, 0.05, 0.3, 0.15)]
    told = {
        "recipe": asked, "problem": SimpleNamespace(free=asked.free, data=data), "rows": rows, "before": {"loss": 0.4, "l1": 0.3, "ssim": 0.5},
        "after": {"loss": 0.1, "l1": 0.06, "ssim": 0.2}, "start": start, "values": values, "shown": shown, "tuned": chain,
    }  # fmt: skip
    return Made(**{**told, **other})


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    (out / "run.json").write_text('{"identity": {"seed": 0, "versions": {"jax": "9.9"}, "threads": 2}, "began": "today"}')
    tuning.written(run(), out)
    return out


@pytest.fixture(scope="module")
def text(written):
    return (written / "report.html").read_text()


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.open, self.tags = [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.links += [value for name, value in attributes if name in ("src", "href", "data", "action", "srcset")]
        if tag not in ("meta", "link", "img", "input", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_needs_no_network(text):
    tags = Tags()
    tags.feed(text)
    assert not tags.open and tags.links and all(link.startswith("data:") for link in tags.links)
    bare = re.sub(r"base64,[^\"]*", "", text)
    assert "http" not in bare.replace("http-equiv", "") and "@import" not in bare and "url(" not in bare
    assert "<script>evil" not in text and "A &lt;b&gt; chain" in text and "one &lt;note&gt;" in text


def test_pictures_decode_to_what_they_show(text, written):
    uris = re.findall(r'<img src="data:image/png;base64,([^"]+)" id="e\d-(\w+)"', text)
    assert len(uris) == 4 * 3
    means = [(name, np.asarray(Image.open(BytesIO(base64.b64decode(data)))).mean()) for data, name in uris]
    # The first shown gained most: 0.8 before, 0.5 after, 0.25 wanted.
    assert means[:3] == [("before", pytest.approx(204, abs=1)), ("after", pytest.approx(128, abs=1)), ("wanted", pytest.approx(64, abs=1))]
    assert sorted(p.name for p in (written / "pictures").iterdir()) == sorted(
        f"{i:02d}_{n}.png" for i in range(4) for n in ("before", "after", "wanted")
    )
    assert np.asarray(Image.open(written / "pictures" / "00_before.png")).shape == (24, 32, 3)


def test_without_javascript_the_pictures_stand_side_by_side(text):
    still = re.sub(r"<script>.*?</script>", "", text, flags=re.S)
    tags = Tags()
    tags.feed(still)
    seen = [attributes for tag, attributes in tags.tags if tag == "img" and attributes.get("src")]
    assert len(seen) == 12 and all(attributes["alt"] for attributes in seen)


def test_the_viewer_knows_the_pictures_of_every_example(text):
    (told,) = re.findall(r'<div class="viewer"><script type="application/json">(.*?)</script>', text)
    scenes = json.loads(told)["scenes"]
    assert [(s["width"], s["height"]) for s in scenes] == [(32, 24)] * 4
    names = [p["img"] for s in scenes for p in s["pictures"]]
    assert len(names) == 12 and all(f'id="{name}"' in text for name in names)
    assert scenes[0]["pictures"][1]["name"].endswith(" dB") and scenes[0]["pictures"][2]["name"] == "wanted"
    assert 'name="viewport"' in text and "script-src 'sha256-" in text


def test_numbers_move_over_the_steps(text):
    """A number that rises draws a line that rises, from the first step to the last."""
    rows = [
        {"step": i, "loss": 1.0, "white_balance.apply.correction[0]": 1 + i / 10, "white_balance.apply.correction[1]": 1.0}
        for i in range(6)
    ]
    made = run(rows=rows)
    (drawn,) = [row.way for row in parameters.rows(made) if row.path == "white_balance.apply.correction"]
    rising, still = ([float(p.split(",")[1]) for p in points.split()] for points in re.findall('points="([^"]+)"', drawn))
    assert len(rising) == 6 and rising == sorted(rising, reverse=True) and rising[0] > rising[-1] and len(set(still)) == 1
    (figure,) = way.figure(made)
    assert figure.svg.count("<polyline") == 2 and "apply.correction[0]" in figure.svg
    assert "apply.correction[0]" in tuning.excerpt(made) and way.figure(run()) == [] and 'class="way"' not in text


def test_the_mean_psnr_is_that_of_the_levels():
    found = examples(run(), 4)
    exact = lambda level: 10 * np.log10(255**2 / (round(255 * level) - 64) ** 2)  # noqa: E731
    mean = psnr(found.all)
    assert mean.before == pytest.approx(np.mean([exact(0.5 + g) for g in (0.1, 0.2, 0.05, 0.3, 0.15)]), abs=0.05)
    assert mean.after == pytest.approx(exact(0.5), abs=0.05)
    assert [one.words.split()[0] for one in found.shown] == ["The", "Number", "Number", "The"]


def test_what_changed_is_said_in_levels(text):
    """Flat greys have a brightness and nothing else; two bright halves have contrast, a red has colour."""
    words = dict(looks(examples(run(), 4).all))
    brightness, *rest = words.values()
    assert brightness == pytest.approx({"before": 66.0, "after": 50.0, "wanted": 25.0}, abs=0.3)
    assert all(value < 1e-6 for values in rest for value in values.values())
    halves = np.zeros((4, 8, 3), np.uint8)
    halves[:, 4:, 0] = 255
    (_, contrast), (_, colour), (_, grain) = looks([Example({"before": halves, "after": halves}, None)])[1:]
    assert contrast["after"] == pytest.approx(10.63) and colour["after"] == 50 and grain["after"] == pytest.approx(21.26 / 14)
    assert "What changed in the picture" in text and "brightness (mean luma)" in text


def test_numbers_stand_in_the_tables(text):
    plain = " ".join(re.sub("<[^>]+>", " ", re.sub(r"<s(cript|tyle)>.*?</s\1>", "", text, flags=re.S)).split())
    assert "0.4 → 0.1 (-75.0 %)" in plain and "1 h 2 min" in plain
    assert "l1 1 0.3 0.06 -80.0 %" in plain and "ssim 0.2 0.5 0.2 -60.0 %" in plain
    assert "[0, 0, 0] [0, 1, 2]" in plain and "over iso 100, 800, 6400" in plain and "at its limit" in plain
    assert "exposure.gain.ev came to rest at a limit: [-1, 2]" in plain
    assert "ISO 100; ISO 800" in plain and "held out held" in plain and "jax 9.9" in plain and "no better judgement in 4 of them" in plain


def test_a_bar_has_a_mark_where_a_value_lies():
    drawn = bar(SimpleNamespace(low=0.0, high=4.0), np.array(1.0), np.array([2.0, 9.0]))
    marks = [float(x) for x in re.findall(r'cx="([\d.]+)"', drawn)]
    assert marks == [pytest.approx(72, abs=0.1), pytest.approx(141, abs=0.1)], "the middle, and the end for what lies beyond"


def test_the_plots_are_svg_with_every_judgement(written):
    root = ElementTree.parse(written / "losses.svg").getroot()
    space = {"s": "http://www.w3.org/2000/svg"}
    assert len(root.findall("s:polyline", space)) == 2 and len(root.findall("s:circle", space)) == 2
    trained = root.findall("s:polyline", space)[0].attrib["points"].split()
    heights = [float(p.split(",")[1]) for p in trained]
    assert len(trained) == 6 and heights == sorted(heights), "a falling loss falls"


def test_a_front_is_drawn_where_the_optimiser_sought_one():
    values = np.array([[1.0, 4.0], [2.0, 2.0], [4.0, 1.0], [3.0, 3.0], [1.0, 5.0], [np.inf, 0.0]])
    (figure,) = tuning.front(run(state=SimpleNamespace(values=values)))
    assert "the 3 that no other beats" in figure.words
    assert figure.svg.count("<circle") == 5 + 3 + 1
    assert not tuning.front(run()) and not tuning.front(run(state=SimpleNamespace(values=np.zeros(4))))


def test_nothing_wanted_and_nothing_better_are_said():
    made = run(shown=[(flat(0.5), flat(0.6), None)] * 2, after={"loss": 0.4, "l1": 0.3, "ssim": 0.5})
    seen = examples(made, 4)
    text = tuning.page(made, seen.shown, psnr(seen.all))
    assert (
        "nothing better was found" in text and " dB" not in text and "wanted</figcaption>" not in text and text.count('-before" alt') == 2
    )


def test_choices_are_those_in_which_the_chains_differ():
    before = load(TEXT.replace("  - white_balance.apply\n", ""))
    after = before.swap(
        "demosaic.bilinear",
        load(TEXT.replace("white_balance.apply", "measure.grey_world").replace("bilinear", "malvar2004"))["demosaic.malvar2004"],
    )
    assert choices(before, before) == []
    assert choices(before, after) == [("demosaic.bilinear", "demosaic.bilinear", "demosaic.malvar2004")]
    assert choices(before, before.replace({"encode.srgb.bits": 16})) == [("encode.srgb.bits", "8", "16")]
    shorter = type(before)(before.stages[:-1], before.names[:-1], before.input)
    assert choices(before, shorter) == [("encode.srgb", "encode.srgb", "")]
    text = tuning.page(run(shown=[], tuned=after), [], None)
    assert "<h2>Choices</h2>" in text


def test_no_example_is_no_fault(tmp_path):
    tuning.written(run(shown=[]), tmp_path)
    assert "How it went" in (tmp_path / "report.html").read_text()
