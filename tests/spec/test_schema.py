"""The JSON Schema, judged by an independent validator and held against the loader."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isp.core import SpecError
from isp.spec import all_names, load, read_yaml, schema, stage_class, write_schema

SCHEMA = json.loads(json.dumps(schema()))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
ROOT = Path(__file__).resolve().parents[2]


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", sorted(ROOT.glob("pipelines/*.yaml")) + sorted(ROOT.glob("sensors/*.yaml")), ids=lambda p: p.name)
def test_every_shipped_file_is_valid(path):
    VALIDATOR.validate(read_yaml(path)[0])


def test_every_stage_has_words_and_every_field_its_declaration():
    bodies = SCHEMA["properties"]["stages"]["items"]["anyOf"][1]["properties"]
    for name in all_names():
        assert len(bodies[name]["description"]) > 10
        for d in stage_class(name).declared().values():
            field = SCHEMA["$defs"][f"{name}.{d.name}"]
            assert field["description"].startswith(d.doc) and (d.kind == "weights" or "default" in field)
            assert d.unit in ("", "1") or d.choices or f"[{d.unit}]" in field["description"]
            assert not d.choices or d.suffix or field["anyOf"][0]["enum"] == list(d.choices)


DOCUMENTS = {
    "plain": ("isp: 1\nstages: [demosaic.malvar2004]", True),
    "values": ("isp: 1\nstages: [demosaic.malvar2004: {alpha: 1}]", True),
    "nothing": ("isp: 1\nstages: [demosaic.malvar2004: ]", True),
    "alias": ("isp: 1\nstages:\n- demosaic.malvar2004:\n  as: first", True),
    "unit": ("isp: 1\nstages: [level.subtract_black: {offset: 2 DN}]", True),
    "table": ("isp: 1\nstages: [demosaic.malvar2004: {alpha: {over: iso, at: {100: 1, 200: 2}}}]", True),
    "tune": ("isp: 1\nstages: [demosaic.malvar2004]\ntune: {free: []}", True),
    "input": ("isp: 1\ninput: mosaic\nstages: [demosaic.malvar2004]", True),
    "wrong unit": ("isp: 1\nstages: [level.subtract_black: {offset: 2 px}]", False),
    "unknown stage": ("isp: 1\nstages: [demosaic.malvr2004]", False),
    "unknown field": ("isp: 1\nstages: [demosaic.malvar2004: {alpa: 1}]", False),
    "range": ("isp: 1\nstages: [demosaic.malvar2004: {alpha: 7}]", False),
    "type": ("isp: 1\nstages: [demosaic.malvar2004: {alpha: abc}]", False),
    "true": ("isp: 1\nstages: [demosaic.malvar2004: {alpha: true}]", False),
    "length": ("isp: 1\nstages: [measure.as_shot, white_balance.apply: {correction: [1, 1]}]", False),
    "two stages": ("isp: 1\nstages:\n- demosaic.malvar2004:\n  level.subtract_black:", False),
    "alias alone": ("isp: 1\nstages:\n- as: x", False),
    "bad alias": ("isp: 1\nstages:\n- demosaic.malvar2004:\n  as: A.b", False),
    "one knot": ("isp: 1\nstages: [demosaic.malvar2004: {alpha: {over: iso, at: {100: 1}}}]", False),
    "table over": ("isp: 1\nstages: [demosaic.malvar2004: {alpha: {over: x, at: {100: 1, 200: 1}}}]", False),
    "no version": ("stages: [demosaic.malvar2004]", False),
    "version": ("isp: 2\nstages: [demosaic.malvar2004]", False),
    "no stages": ("isp: 1", False),
    "empty": ("isp: 1\nstages: []", False),
    "more": ("isp: 1\nstages: [demosaic.malvar2004]\nx: 1", False),
    "domain": ("isp: 1\ninput: x\nstages: [demosaic.malvar2004]", False),
    "list": ("- 1\n", False),
}


def as_json(value):
    """As an editor hands YAML to a validator: keys are text."""
    if isinstance(value, dict):
        return {str(key): as_json(inner) for key, inner in value.items()}
    return [as_json(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("text, good", DOCUMENTS.values(), ids=DOCUMENTS)
def test_schema_and_loader_agree(text, good):
    assert VALIDATOR.is_valid(as_json(read_yaml(text)[0])) == good
    if good:
        load(text + "\n")
    else:
        with pytest.raises(SpecError):
            load(text + "\n")


def test_overlays(tmp_path):
    text = "isp: 1\nfrom: base.yaml\nvalues: {demosaic.malvar2004.alpha: 1, own_name.alpha: 1}"
    assert VALIDATOR.is_valid(as_json(read_yaml(text)[0]))
    assert not VALIDATOR.is_valid(as_json(read_yaml(text.replace(": 1,", ": 7,"))[0]))
    assert not VALIDATOR.is_valid(as_json(read_yaml(text + "\nstages: [demosaic.malvar2004]")[0]))


raw = st.one_of(
    st.floats(-1e4, 1e4), st.integers(-5000, 5000), st.booleans(), st.sampled_from(["x", "2 DN", "2 px", None, [1, 1, 1], [1, 1]])
)


@given(raw, st.sampled_from([(name, d.name) for name in all_names() for d in stage_class(name).declared().values() if d.kind == "param"]))
@settings(max_examples=300, deadline=None)
def test_schema_and_declaration_agree_on_any_value(value, where):
    from isp.spec.values import FAULT, value_of

    name, field = where
    taken = value_of(stage_class(name).declared()[field], value, lambda at, why: None) is not FAULT
    assert VALIDATOR.is_valid({"isp": 1, "stages": [{name: {field: value}}]}) == taken


def test_the_schema_is_written_where_it_is_stale(tmp_path):
    path = tmp_path / "schema.json"
    assert write_schema(path) and not write_schema(path)
    assert json.loads(path.read_text()) == SCHEMA
