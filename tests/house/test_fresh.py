"""What is generated is fresh, and what ships works."""

import json
from pathlib import Path

import numpy as np
import pytest

import isp
from isp.core import Cfa, Domain, Frame
from isp.spec import schema, shipped
from isp.spec.table import refreshed
from isp.tune.schema import schema as tune

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = [(kind, path) for kind in ("pipelines", "sensors") for path in sorted((ROOT / kind).glob("*.yaml"))]
MATRIX = [[0.6, 0.2, -0.1], [-0.4, 1.2, 0.2], [-0.1, 0.3, 0.6]]


def test_the_stage_table_is_fresh():
    text = (ROOT / "docs" / "stages.md").read_text(encoding="utf-8")
    assert refreshed(text) == text, "run `make docs`"


def test_the_schema_is_fresh():
    assert json.loads((shipped() / "schema.json").read_text(encoding="utf-8")) == json.loads(json.dumps(schema(tune()))), "run `make docs`"


def test_the_three_pipelines_ship():
    assert {"classic", "minimal", "linear"} <= {path.stem for kind, path in SHIPPED if kind == "pipelines"}


@pytest.mark.parametrize("kind, path", SHIPPED, ids=lambda x: x if isinstance(x, str) else x.stem)
def test_what_ships_loads_and_runs(kind, path):
    chain = isp.load(path, kind=kind)
    assert chain.title and path.read_text().startswith("# yaml-language-server: $schema=")
    if kind == "sensors":
        return
    pixels = np.random.default_rng(0).integers(64, 1024, (32, 32)).astype(np.uint16)
    frame = Frame(
        pixels=pixels, domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("grbg"), black=np.full(4, 64.0, np.float32), white=np.full(4, 1023.0, np.float32),
        noise=np.tile(np.float32([0.3, 4.0]), (4, 1)), as_shot=np.float32([2, 1, 1.5]), camera_matrix=np.float32([MATRIX]), illuminants=np.float32([6504]),
        iso=np.float32(100),
    )  # fmt: skip
    made = chain(frame)
    assert np.isfinite(np.asarray(made)).all() and made.domain in (Domain.DISPLAY, Domain.WORKING)
    assert np.asarray(made).shape == (32, 32, 3)
    bare = chain(frame.but(noise=None, camera_matrix=None, illuminants=None, iso=None))
    assert np.isfinite(np.asarray(bare)).all(), "facts that a file may lack"
