import base64
import re
from io import BytesIO

import numpy as np
from PIL import Image

import isp
from isp.core import Cfa, Domain, Frame
from isp.develop.demosaic.malvar2004 import Malvar2004

TEXT = "isp: 1\ntitle: A <b> chain\nstages:\n  - level.subtract_black\n  - demosaic.malvar2004: {alpha: 0.25}\n"


def mosaic(**facts):
    pixels = np.tile(np.array([[900, 400], [400, 100]], np.uint16), (16, 20))
    return Frame(pixels=pixels, domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"), white=np.full(4, 1000.0), **facts)


def picture(html):
    data = re.search(r"data:image/jpeg;base64,([^']+)", html)[1]
    return np.asarray(Image.open(BytesIO(base64.b64decode(data))), float)


def srgb(x):
    return 255 * (1.055 * x ** (1 / 2.4) - 0.055)


def test_a_mosaic_is_shown_tile_by_tile_through_the_srgb_curve():
    shown = picture(mosaic()._repr_html_())
    assert shown.shape == (16, 20, 3)
    np.testing.assert_allclose(shown.mean((0, 1)), [srgb(0.9), srgb(0.4), srgb(0.1)], atol=4)


def test_a_picture_is_shown_as_encoded():
    frame = Frame(pixels=np.full((8, 8, 3), [10, 100, 200], np.uint8), domain=Domain.DISPLAY, bits=8)
    np.testing.assert_allclose(picture(frame._repr_html_()).mean((0, 1)), [10, 100, 200], atol=3)


def test_text_from_files_is_escaped():
    assert "<script>" not in mosaic(model="<script>alert(1)</script>")._repr_html_()
    assert "A &lt;b&gt; chain" in isp.load(TEXT)._repr_html_()


def test_a_chain_is_a_table_of_paths_values_units_and_limits():
    text = re.sub("<[^>]+>", " ", isp.load(TEXT)._repr_html_())
    assert re.search(r"demosaic\.malvar2004\s*\.alpha\s+0\.25\s+\[0, 2\]", text)
    assert re.search(r"level\.subtract_black\s*\.offset\s+0\s+DN", text)


def test_a_stage_says_what_it_does():
    assert "corrected by the gradient" in Malvar2004()._repr_html_()


def test_show_prints_where_there_is_no_notebook(capsys):
    isp.load(TEXT).show()
    assert "demosaic.malvar2004.alpha = 0.25" in capsys.readouterr().out
