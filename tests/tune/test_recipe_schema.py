"""What an editor is told of the `tune` part, judged by an independent validator and held against the reader."""

import json
from pathlib import Path

import jsonschema
import pytest

from isp.core import SpecError
from isp.spec import read_yaml
from isp.spec import schema as whole
from isp.tune.free import KEYS
from isp.tune.part import known, part
from isp.tune.recipe import CONDITIONS, OWN, TARGETS, recipe
from isp.tune.schema import schema
from isp.tune.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads(json.dumps(whole(schema())))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
TUNE = SCHEMA["properties"]["tune"]["anyOf"][1]["properties"]
CHAIN = """isp: 1
stages: [level.subtract_black, measure.as_shot, white_balance.apply, demosaic.malvar2004, colour.matrix, encode.srgb]
tune: """
DOCUMENTS = {
    "nothing said": ("{}", True),
    "a list": ("[demosaic.*]", True),
    "one pattern": ("{free: demosaic.*}", True),
    "a table": ("{free: [{demosaic.malvar2004.alpha: {over: iso, at: [100, 800], rate: 2, prior: [1, 0.1]}}]}", True),
    "limits": ("{free: [{demosaic.malvar2004.alpha: {within: [0.2, 0.9]}}]}", True),
    "weights": ("{sensors: [imx219, {canon_5d4: 2}]}", True),
    "conditions": ("{conditions: {iso: [100, 800], illuminant: D65, compensation: -1}}", True),
    "a target": ("{target: {pipeline: minimal, noise: true}}", True),
    "losses": ("{loss: {charbonnier: 1, ssim: {weight: 0.2}, smooth: {weight: 0.01, of: demosaic.*}}}", True),
    "a loss": ("{loss: mse}", True),
    "a loss's own": ("{loss: {mse: {weight: 1, domain: linear}}}", True),
    "an optimiser": ("{optimiser: {optax: {rule: adam, rate: 0.1}}}", True),
    "its name": ("{optimiser: lbfgs}", True),
    "numbers": ("{steps: 100, crop: 64 px, noise: fixed, validation: 0.3}", True),
    "a choice": ("{choose: {demosaic.malvar2004: [demosaic.malvar2004, demosaic.bilinear]}}", True),
    "no such key": ("{stps: 100}", False),
    "too many": ("{batch: 5000}", False),
    "a share": ("{steps: 1.5}", False),
    "no such word": ("{noise: loud}", False),
    "nothing free": ("{free: []}", False),
    "no such word of what is free": ("{free: [{demosaic.malvar2004.alpha: {withn: [0, 1]}}]}", False),
    "one limit": ("{free: [{demosaic.malvar2004.alpha: {within: [0]}}]}", False),
    "less than nothing": ("{sensors: [{imx219: -1}]}", False),
    "no such condition": ("{conditions: {izo: [100]}}", False),
    "no number": ("{conditions: {iso: [bright]}}", False),
    "no such target": ("{target: heaven}", False),
    "two targets": ("{target: {pipeline: minimal, pictures: here}}", False),
    "no such loss": ("{loss: {mze: 1}}", False),
    "no such value": ("{loss: {mse: {weight: 1, domian: linear}}}", False),
    "no loss": ("{loss: {}}", False),
    "no such optimiser": ("{optimiser: {adam: {}}}", False),
    "a rate beyond": ("{optimiser: {optax: {rate: 11}}}", False),
}


def as_json(value):
    """As an editor hands YAML to a validator: keys are text."""
    if isinstance(value, dict):
        return {str(key): as_json(inner) for key, inner in value.items()}
    return [as_json(inner) for inner in value] if isinstance(value, list) else value


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("text, good", DOCUMENTS.values(), ids=DOCUMENTS)
def test_schema_and_reader_agree(text, good):
    assert VALIDATOR.is_valid(as_json(read_yaml(CHAIN + text)[0])) == good
    if good:
        recipe(CHAIN + text)
    else:
        with pytest.raises(SpecError):
            recipe(CHAIN + text)


@pytest.mark.parametrize("path", sorted(ROOT.glob("benchmarks/tuning/*.yaml")), ids=lambda path: path.stem)
def test_recipes_that_ship_are_valid(path):
    VALIDATOR.validate(as_json(read_yaml(path)[0]))


def test_every_declaration_is_there_with_its_words():
    assert set(TUNE) == {*OWN, *Settings.declared()}
    assert all(
        TUNE[name]["description"].startswith(d.doc) and TUNE[name]["default"] == d.default for name, d in Settings.declared().items()
    )
    assert set(TUNE["free"]["items"]["anyOf"][1]["additionalProperties"]["properties"]) == set(KEYS)
    assert set(TUNE["conditions"]["properties"]) == set(CONDITIONS)
    assert {one["const"] for one in TUNE["target"]["anyOf"] if "const" in one} == set(TARGETS)
    losses, optimisers = TUNE["loss"]["anyOf"][1]["properties"], TUNE["optimiser"]["anyOf"][1]["properties"]
    assert set(losses) == {*known("loss"), *known("prior")} and set(optimisers) == set(known("optimiser"))
    for family, bodies in (("loss", losses), ("optimiser", optimisers)):
        for name in known(family):
            body = bodies[name]["anyOf"][1] if family == "loss" else bodies[name]
            assert len(bodies[name]["description"]) > 10
            assert all(body["properties"][field]["description"].startswith(d.doc) for field, d in part(family, name).declared().items())
