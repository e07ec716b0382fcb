import re
from html.parser import HTMLParser

import numpy as np
import pytest

import isp
from isp.core import Cfa, Domain, Frame
from isp.report import page, preview
from isp.report.histogram import summary, svg

TEXT = """isp: 1
title: Titles may hold <b>anything</b>
stages:
  - level.subtract_black: {offset: 2}
  - demosaic.malvar2004
  - colour.fixed_matrix
  - encode.srgb
"""


def mosaic(rows=48, columns=64, **facts):
    pixels = (np.arange(rows * columns).reshape(rows, columns) * 997 % 900 + 64).astype(np.uint16)
    facts = {"black": np.full(4, 64.0), "white": np.full(4, 1023.0), **facts}
    return Frame(pixels=pixels, domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"), balanced=np.ones(3), **facts)


@pytest.fixture(scope="module")
def text():
    chain, frame = isp.load(TEXT), mosaic(model="<script>evil()</script>", make="A & B")
    return page(chain, frame, chain.trace(frame), source="<i>.dng", command="isp demo")


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.open, self.ids = [], [], []

    def handle_starttag(self, tag, attributes):
        self.links += [value for name, value in attributes if name in ("src", "href")]
        self.ids += [value for name, value in attributes if name == "id"]
        if tag not in ("meta", "link", "img", "input", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_needs_no_network(text):
    tags = Tags()
    tags.feed(text)
    assert not tags.open and len(set(tags.ids)) == len(tags.ids)
    assert all(link.startswith(("data:", "#")) for link in tags.links)
    assert "http" not in re.sub(r"base64,[^\"]*", "", text).replace("http-equiv", "") and "script-src 'sha256-" in text


def test_text_from_files_is_escaped(text):
    assert "<script>evil" not in text and "<i>.dng" not in text and "<b>anything" not in text
    assert "&lt;script&gt;evil" in text and "A &amp; B" in text


def test_every_stage_is_there_in_order_with_its_values(text):
    headings = re.findall(r"<h2>\d+\. ([^<]+)", text)
    assert headings == ["file", "level.subtract_black", "demosaic.malvar2004", "colour.fixed_matrix", "encode.srgb"]
    plain = " ".join(re.sub("<[^>]+>", " ", text).split())
    assert "offset added to the black level of every filter 2 DN [-4096, 4096]" in plain
    assert "mosaic_dn → mosaic" in plain and "black taken" in plain


def test_a_stage_that_changes_nothing_says_so_without_a_picture():
    chain, frame = isp.load("isp: 1\nstages: [level.linearise, level.subtract_black, measure.as_shot]\n"), mosaic()
    text = page(chain, frame, chain.trace(frame))
    pictures = re.findall(r'<img class="new" id="p(\d)"', text)
    assert pictures == ["0", "2"]
    assert "has nothing to do on this frame" in text and "measures, leaves the pixels" in text


def test_a_close_up_shows_each_pixel_in_the_colour_of_its_filter():
    pixels = np.full((32, 32), 0.5, np.float32)
    shown = preview.close_up(Frame(pixels=pixels, domain=Domain.MOSAIC, cfa=Cfa.bayer("gbrg")), (0.5, 0.5), 8)
    assert shown.shape == (8, 8, 3)
    assert [int(np.argmax(shown[y, x])) for y, x in ((0, 0), (0, 1), (1, 0), (1, 1))] == [1, 2, 0, 1]


def test_a_large_frame_becomes_a_small_preview_with_the_same_mean():
    pixels = np.random.default_rng(1).random((300, 500, 3), np.float32) * 0.2 + 0.4
    shown = preview.preview(Frame(pixels=pixels, domain=Domain.DISPLAY), 100)
    assert shown.shape == (60, 100, 3)
    np.testing.assert_allclose(shown.mean((0, 1)) / 255, pixels.mean((0, 1)), atol=0.003)


def test_the_busiest_place_is_where_the_detail_is():
    pixels = np.full((200, 300, 3), 0.3, np.float32)
    pixels[150:170:2, 220:240] = 0.8
    row, column = preview.busiest(Frame(pixels=pixels, domain=Domain.WORKING))
    assert abs(row - 0.8) < 0.1 and abs(column - 0.77) < 0.1


@pytest.mark.parametrize("value, below, clipped", [(-0.1, 1, 0), (0.5, 0, 0), (1.0, 0, 1), (7.0, 0, 1)])
def test_the_summary_counts_what_is_lost(value, below, clipped):
    for channel in summary(Frame(pixels=np.full((16, 16, 3), value, np.float32), domain=Domain.WORKING)):
        assert (channel.below, channel.clipped) == (below, clipped)
        assert channel.mean == pytest.approx(value)


def test_a_histogram_peaks_where_the_values_are():
    drawn = svg(Frame(pixels=np.full((16, 16, 3), 0.25, np.float32), domain=Domain.DISPLAY))
    points = re.search(r'points="([^"]+)"', drawn)[1].split()
    top = min((p.split(",") for p in points), key=lambda xy: float(xy[1]))
    assert float(top[0]) / 480 == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("pixels", [np.zeros((2, 2)), np.full((6, 6), np.nan), np.full((5, 7), 1e30)])
def test_odd_frames_are_shown_too(pixels):
    frame = Frame(pixels=pixels.astype(np.float32), domain=Domain.MOSAIC, cfa=Cfa.bayer("rggb"))
    assert preview.preview(frame).dtype == np.uint8
    preview.close_up(frame, preview.busiest(frame))
    svg(frame), summary(frame)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_previews_stand_upright_and_close_ups_follow_the_turn(orientation):
    """The outside oracle is Pillow's reading of EXIF orientation."""
    from PIL import Image, ImageOps

    pixels = np.random.default_rng(3).integers(0, 255, (24, 36, 3)).astype(np.uint8)
    image = Image.fromarray(pixels)
    image.getexif()[274] = orientation
    upright = np.asarray(ImageOps.exif_transpose(image))
    frame = Frame(pixels=pixels, domain=Domain.DISPLAY, orientation=orientation)
    np.testing.assert_array_equal(preview.preview(frame), upright)
    turned = frame.but(pixels=upright, orientation=1)
    place = (0.25, 0.5)
    np.testing.assert_array_equal(preview.close_up(frame, place, 8), preview.close_up(turned, preview.turned(place, frame), 8))
