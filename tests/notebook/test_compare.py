import base64
import re
from io import BytesIO

import numpy as np
from PIL import Image

from isp.core import Domain, Frame
from isp.notebook import beside, wipe


def counted(rows=60, columns=40, **facts):
    """A picture whose red is the row and whose green is the column."""
    down, across = np.mgrid[:rows, :columns]
    return Frame(pixels=np.stack([down, across, 0 * down], -1).astype(np.uint8), domain=Domain.DISPLAY, bits=8, **facts)


def images(html):
    return [np.asarray(Image.open(BytesIO(base64.b64decode(data)))) for data in re.findall(r"data:image/png;base64,([^']+)", html)]


def test_a_cut_lies_around_its_place_and_keeps_its_pixels():
    (cut,) = images(beside({"a": counted()}, at=(0.5, 0.25), size=10))
    assert cut.shape == (10, 10, 3)
    assert (cut[0, 0] == [25, 5, 0]).all() and (cut[-1, -1] == [34, 14, 0]).all()


def test_a_cut_at_the_border_or_larger_than_the_frame_stays_inside():
    corner, whole = (images(beside({"a": counted()}, at=(1, 1), size=size))[0] for size in (10, 500))
    assert (corner[-1, -1] == [59, 39, 0]).all() and corner.shape == (10, 10, 3)
    assert whole.shape == (60, 40, 3)


def test_places_are_those_of_the_upright_picture():
    (cut,) = images(beside({"a": counted(orientation=3)}, at=(0, 0), size=4))
    assert (cut[0, 0] == [59, 39, 0]).all()


def test_each_frame_stands_over_its_name_in_order_and_names_are_escaped():
    text = beside({"<first>": counted(), "second's": counted()})
    assert re.findall(r"<figcaption>([^<]*)</figcaption>", text) == ["&lt;first&gt;", "second&#x27;s"]
    assert text._repr_html_() == text and "'second's'" not in text
    assert len(repr(text)) < 100  # else a notebook keeps every picture twice


def test_a_wipe_lays_the_first_over_the_second():
    dark, light = (Frame(pixels=np.full((8, 8, 3), v, np.uint8), domain=Domain.DISPLAY, bits=8) for v in (0, 255))
    text = wipe(dark, light, names=("old", "new"))
    below, above = images(text)
    assert below.min() == 255 and above.max() == 0
    assert "clip-path" in text.split("<img")[2] and "clip-path" not in text.split("<img")[1]
    assert text.index("old</b>") < text.index("new</b>")


def test_a_cut_of_a_mosaic_has_its_sites_in_the_colours_of_its_filters():
    from isp.core import Cfa

    mosaic = Frame(
        pixels=np.full((8, 8), 100, np.uint16), domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"), white=np.full(4, 100.0), black=np.zeros(4)
    )
    (cut,) = images(beside({"a": mosaic}, at=(0.5, 0.5), size=4))
    assert cut.shape == (4, 4, 3)
    assert cut[0, 0].argmax() == 0 and cut[0, 1].argmax() == 1 and cut[1, 0].argmax() == 1 and cut[1, 1].argmax() == 2
