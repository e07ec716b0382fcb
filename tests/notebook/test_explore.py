"""A chain under one's hands: sliders, menus, the way back and what is saved, driven as Python and as a notebook's kernel drive them."""

import os
from importlib import import_module
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

import isp
from isp.core import Cfa, ChainError, Domain, Frame, PlaceError
from isp.io import embedded
from isp.notebook import answers, film
from isp.notebook.answers import slope
from isp.notebook.explore import Explorer
from isp.notebook.view import view
from isp.report.sensitivity import tinted

film_of = import_module("isp.notebook.film")
TEXT = """isp: 1
title: Played with
stages:
  - level.subtract_black
  - demosaic.malvar2004
  - colour.fixed_matrix
  - exposure.gain
  - encode.srgb
"""


def mosaic(rows=48, columns=64):
    random = np.random.default_rng(1)
    scene = 200 + 600 * random.random((rows // 8, columns // 8)).repeat(8, 0).repeat(8, 1)
    return Frame(
        pixels=scene.astype(np.float32),
        domain=Domain.MOSAIC_DN,
        cfa=Cfa.bayer("rggb"),
        black=np.full(4, 64.0),
        white=np.full(4, 1023.0),
        noise=np.full((4, 2), (0.5, 4.0)),
    )


@pytest.fixture
def chain():
    return isp.load(TEXT)


@pytest.fixture
def explorer(chain):
    return Explorer(chain, mosaic(), soon=0.0)


def test_a_slider_moves_the_picture_from_its_stage_on(explorer, chain):
    before = explorer.pixels.copy()
    explorer.sliders["exposure.gain.ev"].value = 1.0
    assert explorer.again.ran == ("colour.fixed_matrix", "exposure.gain", "encode.srgb") and "color:#d33" not in explorer.panel.words.value
    assert explorer.pixels.mean() > before.mean() + 20
    wanted = 255 * np.asarray(chain.replace({"exposure.gain.ev": 1.0})(mosaic()).array, float)
    inside = (slice(8, -8), slice(8, -8))
    assert np.abs(explorer.pixels.astype(float) - wanted)[inside].max() <= 1


def test_undo_redo_and_reset(explorer):
    slider, first = explorer.sliders["exposure.gain.ev"], explorer.pixels.copy()
    slider.value = 1.0
    second = explorer.pixels.copy()
    slider.value = -1.0
    explorer.undo()
    assert slider.value == 1.0 and np.array_equal(explorer.pixels, second)
    explorer.undo()
    assert np.array_equal(explorer.pixels, first)
    explorer.redo()
    assert np.array_equal(explorer.pixels, second)
    explorer.reset()
    assert slider.value == 0.0 and np.array_equal(explorer.pixels, first)
    explorer.undo()
    assert np.array_equal(explorer.pixels, second)


def test_menus_offer_what_fits_and_swap_it(explorer):
    menu = explorer.menus["demosaic.malvar2004"]
    assert {"demosaic.malvar2004", "demosaic.bilinear", "demosaic.menon2007"} <= set(menu.options) and "off" not in menu.options
    assert "off" in explorer.menus["exposure.gain"].options
    menu.value = "demosaic.bilinear"
    assert explorer.chain.names[1] == "demosaic.bilinear" and "demosaic.malvar2004.alpha" not in explorer.sliders
    explorer.menus["exposure.gain"].value = "off"
    assert "exposure.gain" not in explorer.chain.names
    explorer.undo()
    explorer.undo()
    assert explorer.chain.names == isp.load(TEXT).names and menu.value == "demosaic.malvar2004"


def test_what_cannot_run_is_told_and_leaves_all_as_it_was(explorer):
    before, menu = explorer.pixels.copy(), explorer.menus["colour.fixed_matrix"]
    explorer.trying(explorer.swap, 1, "")
    assert "color:#d33" in explorer.panel.words.value and np.array_equal(explorer.pixels, before)
    assert menu.value == "colour.fixed_matrix" and explorer.chain.names == isp.load(TEXT).names


def test_what_is_saved_is_what_is_seen_and_nothing_is_written_over(explorer, tmp_path):
    explorer.sliders["exposure.gain.ev"].value = 0.5
    path = explorer.save(tmp_path / "mine.yaml")
    assert isp.load(path)["exposure.gain"].ev == 0.5
    with pytest.raises(PlaceError, match="is there already"):
        explorer.save(path)


def test_what_is_saved_of_a_shipped_pipeline_is_an_overlay(tmp_path):
    explorer = Explorer(isp.load("linear"), isp.read(embedded()), soon=0.0)
    path = next(p for p in explorer.sliders if p.startswith("demosaic."))
    slider = explorer.sliders[path]
    slider.value = slider.min + 0.6 * (slider.max - slider.min)
    text = explorer.save(tmp_path / "mine.yaml").read_text()
    assert "from: linear" in text and "stages:" not in text and path in text


def test_the_beginning_stands_over_a_part_of_the_picture(explorer):
    explorer.sliders["exposure.gain.ev"].value = 1.0
    explorer.panel.wipe.value = 50
    cut = explorer.pixels.shape[1] // 2
    assert np.array_equal(explorer.seen[:, : cut - 2], explorer.before[:, : cut - 2])
    assert np.array_equal(explorer.seen[:, cut + 2 :], explorer.pixels[:, cut + 2 :])


def test_which_pixels_answer_is_the_slope_of_the_picture(chain):
    frame, path, step = mosaic(), "exposure.gain.ev", 1e-2
    free = chain.replace({"encode.srgb.bits": "float"})
    low, high = (np.asarray(free.replace({path: s})(frame).array, float).mean(-1) for s in (-step, step))
    wide = 2 * step
    got = slope(free, frame, path)
    ratio = got[8:-8, 8:-8] / ((high - low) / wide)[8:-8, 8:-8]
    assert np.mean(np.abs(ratio / np.median(ratio) - 1) < 2e-2) > 0.99  # but where a step of the difference clips
    assert np.median(ratio) > 0
    wanted = np.asarray(free.replace({path: 1.0})(frame).array)
    assert slope(free, frame, path, wanted).mean() > 0 > slope(free, frame, path, 0 * wanted).mean()
    assert path in answers(free, frame, path)._repr_html_()
    with pytest.raises(ChainError):
        slope(free, frame, "exposure.gain.evv")


def test_a_strip_shows_what_every_stage_made(chain, capsys):
    html = film(chain, mosaic())._repr_html_()
    assert html.count("<figure") + html.count("nothing to do") >= 5 and all(name in html for name in chain.names)
    chain.show(mosaic())
    assert "encode.srgb: display" in capsys.readouterr().out


def test_a_strip_is_stored_small():
    """Also of colour noise, which compresses worst; a photograph takes a third of that."""
    noisy = np.clip(0.5 + 0.05 * np.random.default_rng(2).standard_normal((240, 264, 3)), 0, 1)
    cell = film_of._cell("encode.srgb", "A claim.", Frame(pixels=noisy.astype(np.float32), domain=Domain.DISPLAY), (0.5, 0.5), "")
    assert len(cell) < 30_000 and cell.count("<img") == 2 and cell.count("<svg") == 1


def test_the_overlay_shows_the_picture_and_strong_wishes_differ_from_stronger():
    wants = np.zeros((10, 10))
    wants[0], wants[1], wants[2], wants[3] = 1, 2, 4, -4
    drawn = tinted(np.full((10, 10, 3), 0.5), wants).astype(int)
    red, blue = drawn[..., 0].mean(1), drawn[..., 2].mean(1)
    assert red[0] < red[1] < red[2] < 250 and blue[3] > blue[4] and np.ptp(drawn[4:], axis=(0, 1, 2)) == 0
    light = tinted(np.full((10, 10, 3), 0.9), wants).astype(int)
    assert (light[:4].sum(-1) > drawn[:4].sum(-1)).all()


def test_a_large_frame_is_seen_whole_or_in_part():
    frame = mosaic(1600, 1600)
    whole = view(frame)
    assert whole.pixels.size <= 1_400_000 and np.isclose(whole.pixels.mean(), frame.pixels.mean(), rtol=1e-2)
    assert np.isclose(np.asarray(whole.noise)[0, 0] * (frame.pixels.size / whole.pixels.size) / 4, 0.5, rtol=0.6)
    part = view(frame, (0.5, 0.5))
    down, across = np.asarray(part.window[:2], int)
    assert np.array_equal(part.pixels, frame.pixels[down : down + part.pixels.shape[0], across : across + part.pixels.shape[1]])


CODE = f"""
import numpy as np, isp
from isp.core import Cfa, Domain, Frame
frame = Frame(pixels=np.full((32, 48), 400, np.float32), domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"), black=np.full(4, 64.0), white=np.full(4, 1023.0))
explorer = isp.load({TEXT!r}).explore(frame)
explorer
"""


def test_in_the_kernel_of_a_notebook(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(isp.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]))
    cells = [CODE, "explorer.sliders['exposure.gain.ev'].value = 1.0\nprint(explorer.pixels.mean() > explorer.before.mean())"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = notebook.cells[0].outputs[0].data
    assert "application/vnd.jupyter.widget-view+json" in shown and "<img" in shown["text/html"]
    assert notebook.cells[1].outputs[0].text.strip() == "True"
