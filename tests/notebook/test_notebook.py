import base64
import re
import sys
from io import BytesIO
from types import SimpleNamespace

import numpy as np
from PIL import Image

import isp
from isp.core import Cfa, Domain, Frame
from isp.develop.demosaic.malvar2004 import Malvar2004
from isp.notebook import live as isp_live

TEXT = "isp: 1\ntitle: A <b> chain\nstages:\n  - level.subtract_black\n  - demosaic.malvar2004: {alpha: 0.25}\n"


def mosaic(**facts):
    pixels = np.tile(np.array([[900, 400], [400, 100]], np.uint16), (16, 20))
    return Frame(pixels=pixels, domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"), white=np.full(4, 1000.0), **facts)


def picture(html):
    data = re.search(r"data:image/webp;base64,([^']+)", html)[1]
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


def test_live_prints_lines_where_there_is_no_notebook(capsys):
    told = isp_live(often=0.0)
    for step in (1, 2, 3):
        told(step, 3, {"loss": 1 / step})
    assert capsys.readouterr().out.splitlines() == ["step 1 of 3, loss 1", "step 2 of 3, loss 0.5", "step 3 of 3, loss 0.3333"]


def test_live_draws_seldom_but_always_the_end(capsys):
    told = isp_live(often=1e9)
    for step in range(1, 51):
        told(step, 50, {"loss": 1.0})
    assert [line.split(",")[0] for line in capsys.readouterr().out.splitlines()] == ["step 1 of 50", "step 50 of 50"]


def test_live_redraws_one_plot_in_place(monkeypatch):
    shown = []

    class Handle:
        def update(self, html):
            shown.append(("update", html))

    def display(html, display_id):
        shown.append(("display", html))
        return Handle()

    told_modules = {"IPython": SimpleNamespace(get_ipython=lambda: True), "IPython.display": SimpleNamespace(HTML=str, display=display)}
    for name, module in told_modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    told = isp_live(often=0.0)
    for step in (1, 2, 3):
        told(step, 3, {"loss": 1 / step, "best": 0.2})
    assert [what for what, _ in shown] == ["display", "update", "update"]
    assert (
        shown[-1][1].count("<polyline") == 2
        and "step 3 of 3" in shown[-1][1]
        and len(re.findall(r"points=\"([^\"]+)", shown[-1][1])[0].split()) == 3
    )


def test_a_result_is_shown_by_its_report(capsys):
    from isp.tune.sensitivity import Sensitivity, of_slopes
    from isp.tune.straight import Number

    slopes = np.array([[1.0, 1.0, 0.0]] * 3)
    names = [Number(name, (), 1.0, "1", 2.0) for name in ("a.x", "a.<y>", "b.z")]
    found = Sensitivity(tuple(names), 0.004, np.zeros(3), {}, **of_slopes(slopes, 0.004, [n.name for n in names]))
    text = found._repr_html_()
    assert text.count("<svg") == 2 and "a.&lt;y&gt;" in text and "dead, no pixel moves: b.z" in text
    found.show()
    assert "cannot be told apart" in capsys.readouterr().out
