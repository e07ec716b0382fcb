"""The site builds without a warning, and says of every stage what it declares; pictures show what stages do."""

import html
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import isp
from isp.report import words
from isp.spec import all_names, paper, stage_class

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site without the pictures of stages, which take minutes."""
    out = tmp_path_factory.mktemp("site") / "site"
    done = subprocess.run([sys.executable, "-m", "tools.site", str(out), "--no-pictures"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def said(site):
    """What each page says, without markup, by its path."""
    pages = {path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    return {path: html.unescape(re.sub(r"<[^>]+>", "", text)) for path, text in pages.items()}


def test_every_stage_is_told_with_all_it_declares(said):
    for name in all_names():
        cls, page = stage_class(name), said[f"docs/reference/{name.partition('.')[0]}.html"]
        page = page.replace("’", "'").replace("“", '"').replace("”", '"').replace("…", "...")
        section = page.rpartition(f"\n{name}#" if f"\n{name}#" in page else name)
        assert section[1], name
        for declared in cls.declared().values():
            assert declared.doc.replace("  ", " ") in " ".join(page.split()), f"{name}.{declared.name}"
            assert words.unit(declared.unit) in page
        if cls.paper:
            assert paper(cls.paper).fields["year"] in page


def test_every_page_is_in_the_margin(said):
    pages = {path.relative_to(ROOT).with_suffix(".html").as_posix() for path in (ROOT / "docs").glob("*.md")}
    assert pages <= set(said)
    assert all(f"isp.{name}" in said["docs/api.html"] for name in isp.__all__)


def test_notebooks_are_pages(said):
    assert {f"notebooks/{path.stem}.html" for path in (ROOT / "notebooks").glob("*.ipynb")} <= set(said)


def test_every_stage_is_shown_or_says_why_not():
    from tools.site.plans import NOT_SHOWN, Plan, plan

    plans = {name: plan(name) for name in all_names()}
    assert all(isinstance(how, Plan) or how for how in plans.values())
    told = {name for name in NOT_SHOWN for stage in plans if stage == name or stage.startswith(f"{name}.")}
    assert told == set(NOT_SHOWN), "a reason for a stage that is not there"


@pytest.mark.parametrize("name", ["level.subtract_black", "scene.siemens_star"])
def test_a_picture_shows_a_stage(name):
    from tools.site.pictures import GAP, SIDE, pair
    from tools.site.plans import plan

    how = plan(name)
    drawn = pair(how)
    assert drawn.dtype == np.uint8 and drawn.shape[2] == 3 and drawn.std() > 10
    if how.before is not None:
        left, right = drawn[:, : drawn.shape[1] // 2 - GAP], drawn[:, drawn.shape[1] // 2 + GAP :]
        assert np.abs(left.mean() - right.mean()) > 1, "the pedestal is gone"
    else:
        assert drawn.shape[:2] == (SIDE, SIDE)
