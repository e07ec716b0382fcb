"""Pipelines beside each other: pictures, numbers, whose turn it is when times are taken, and what a notebook keeps."""

import json
import re
from importlib import import_module

import jax
import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio

import isp
from isp.bench.compiling import programs
from isp.core import Cfa, Domain, Frame, SpecError

ours = import_module("isp.bench.compare")
TEXT = "isp: 1\ntitle: {}\nstages: [level.subtract_black, demosaic.{}, colour.fixed_matrix, encode.srgb]\n"
ROWS, COLUMNS = 128, 192
SPOT = slice(20, 30), slice(100, 110)


@pytest.fixture(scope="module")
def frame():
    pixels = np.full((ROWS, COLUMNS), 400, np.float32)
    return Frame(pixels=pixels, domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"), black=np.full(4, 64.0), white=np.full(4, 1023.0))


@pytest.fixture(scope="module")
def chains():
    return [isp.load(TEXT.format(name, name)) for name in ("bilinear", "malvar2004", "bilinear")]


@pytest.fixture(scope="module", autouse=True)
def few():
    """One number and one map: the others have tests of their own, and the command line computes them all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ours.comparison, "METRICS", ("psnr",))
        patch.setattr(ours.comparison, "MAPS", ())
        yield


def drawn(chain, frame):
    """In the place of developing, which has tests of its own: a grey picture, of which each chain draws the spot in its own grey."""
    pixels = np.full((ROWS, COLUMNS, 3), 0.5, np.float32)
    pixels[SPOT] = len(chain.title) / 20
    return frame.but(pixels=pixels, domain=Domain.DISPLAY, primaries="srgb", cfa=None, white=None, black=None)


@pytest.fixture(scope="module")
def found(frame, chains, few):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ours, "develop", drawn)
        return isp.compare(*chains, on=frame, runs=2)


def test_numbers_are_those_of_the_pictures(found):
    assert (
        [side.name for side in found.sides] == ["bilinear", "malvar2004", "bilinear 2"] and found.against == "bilinear" and not found.truth
    )
    (scene,) = found.scenes
    one, other = (scene.pictures[name] for name in ("bilinear", "malvar2004"))
    row = next(r for r in found.rows if r["picture"] == "malvar2004")
    assert row["psnr"] == pytest.approx(peak_signal_noise_ratio(one, other, data_range=1), abs=0.01)
    assert np.array_equal(one, scene.pictures["bilinear 2"])


def test_times_are_taken_in_turns(frame, chains, monkeypatch):
    turns, now = [], [0.0]
    lasts = {"bilinear": [9.0, 2.0, 4.0, 3.0], "malvar2004": [5.0, 4.0, 6.0, 9.0]}

    def develop(chain, frame):
        turns.append(chain.title)
        now[0] += lasts[chain.title][turns.count(chain.title) - 1]
        return frame.but(pixels=np.zeros((4, 4, 3), np.float32), domain=Domain.DISPLAY)

    monkeypatch.setattr(ours, "develop", develop)
    monkeypatch.setattr(ours.time, "perf_counter", lambda: now[0])
    scene = ours.developed([ours.Side(c.title, c) for c in chains[:2]], "a", frame, 3)
    assert turns == ["bilinear", "malvar2004"] * 4
    assert [(t.warm, t.first, t.ratio) for t in scene.times.values()] == [(2.0, 7.0, 1.0), (4.0, 1.0, 2.0)]


def test_a_program_is_counted_when_it_is_made_ready_and_not_when_it_runs():
    before = programs()
    double = jax.jit(lambda x: 2 * x + 0.3125)
    double(np.ones(7, np.float32))
    made = programs().since(before)
    assert made.compiled + made.loaded >= 1
    double(np.ones(7, np.float32))
    assert programs().since(before) == made


def test_a_map_of_every_pair_is_on_the_page(found, tmp_path):
    page = found.save(tmp_path / "c.html").read_text()
    (model,) = re.findall(r'<script type="application/json">(.*?)</script>', page)
    (scene,) = json.loads(model)["scenes"]
    assert [m["pair"] for m in scene["maps"]] == [[0, 1], [0, 2], [1, 2]]
    assert all(f'id="{p["id"]}-0-0-0"' in page for p in [*scene["pictures"], *scene["maps"]])


def test_a_notebook_keeps_the_gist_and_the_place_where_they_differ(found, capsys):
    html = found._repr_html_()
    assert html.count("<img") == 6 and "<script" not in html and len(html) < 60_000 and "malvar2004" in html
    row, column = ours.comparison._apart(list(found.scenes[0].pictures.values()))
    assert abs(row * ROWS - 25) < 24 and abs(column * COLUMNS - 105) < 24
    found.show()
    assert "malvar2004 against bilinear: psnr" in capsys.readouterr().out


def test_what_cannot_be_compared_is_refused(frame, chains):
    with pytest.raises(SpecError, match="needs two pipelines"):
        isp.compare(chains[0], on=frame)
