"""Every file of weights that ships says what it learned from, by which recipe, and how good it is; and belongs to a stage."""

import json
from pathlib import Path

import numpy as np
import pytest

from isp.core.weights import FOLDER, MOST, content, packed, read
from isp.spec import all_names, load_spec, stage_class

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file()) if FOLDER.is_dir() else []
TOTAL = 8_000_000
"""Bytes of all of them."""
CARD = {"data": str, "licences": (str, list, dict), "recipe": str, "seed": int, "figures": dict}
"""What a card says at least, and as what. `recipe` is a path from the top of the repository; `figures` are numbers by name."""


def faults(card):
    """What is wrong with a card."""
    found = [f"it does not say {key}" for key in CARD if card.get(key) in (None, "", {}, [])]
    found += [f"{key} is a {type(card[key]).__name__}" for key, kind in CARD.items() if key in card and not isinstance(card[key], kind)]
    if not found:
        found += [f"{card['recipe']} is not there"] if not (ROOT / card["recipe"]).is_file() else []
        numbers = [value for value in flat(card["figures"]) if not isinstance(value, str)]
        found += [] if numbers and np.isfinite(numbers).all() else ["its figures are no numbers"]
    return found


def flat(value):
    return [one for inner in value.values() for one in flat(inner)] if isinstance(value, dict) else list(np.ravel(value))


def stage_of(path):
    """The stage whose weights a file of that name holds."""
    name = path.name.removesuffix(".safetensors")
    assert path.parent == FOLDER and path.suffix == ".safetensors", f"{path}: weights lie in {FOLDER} as STAGE.safetensors"
    assert name in all_names(), f"{path.name}: there is no stage of that name"
    return stage_class(name)


def test_together_they_are_small():
    assert sum(path.stat().st_size for path in FILES) < TOTAL


def test_each_belongs_to_a_stage_and_has_a_card():
    for path in FILES:
        judge(path)


def judge(path):
    cls = stage_of(path)
    (declared,) = [d for d in cls.declared().values() if d.kind == "weights"]
    values, card = read(path, cls.name, declared.grow)
    assert faults(card) == []
    assert content(values) == content(getattr(cls(), declared.name)), "it is not the default of its stage"
    assert content(values) != content(declared.grow.like(values)), "it has learned nothing"
    spec = load_spec(ROOT / card["recipe"])
    assert cls.name in [stage.name for stage in spec.chain], f"{card['recipe']} trains another stage"


GOOD = {
    "data": "generated scenes",
    "licences": "CC0-1.0",
    "recipe": "pipelines/classic.yaml",
    "seed": 3,
    "figures": {"kodak": {"dB": 40.1}},
}


def test_a_card_is_judged(tmp_path):
    assert faults(GOOD) == []
    for key in CARD:
        assert faults({k: v for k, v in GOOD.items() if k != key}) == [f"it does not say {key}"]
    assert faults(GOOD | {"recipe": "pipelines/none.yaml"}) == ["pipelines/none.yaml is not there"]
    assert faults(GOOD | {"figures": {"kodak": float("nan")}}) and faults(GOOD | {"figures": {"kodak": "good"}})
    assert faults(GOOD | {"seed": "three"}) == ["seed is a str"]
    file = tmp_path / "x.safetensors"
    file.write_bytes(packed({"a": np.zeros(2)}, "x", GOOD))
    assert read(file, "x", {"a": np.zeros(2)})[1] == json.loads(json.dumps(GOOD)) and file.stat().st_size < MOST


def test_files_of_no_stage_are_found():
    for name in ("demosaic.none.safetensors", "demosaic.malvar2004.bin", "deep/demosaic.malvar2004.safetensors"):
        with pytest.raises(AssertionError):
            stage_of(FOLDER / name)
