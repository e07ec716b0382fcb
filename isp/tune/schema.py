"""The JSON Schema of the `tune` part of a pipeline, from what its settings, losses, priors and optimisers declare."""

from __future__ import annotations

from typing import Any

from isp.core.table import OVER
from isp.spec.schema import Schema, field_schema, words
from isp.tune.free import KEYS
from isp.tune.part import known, part
from isp.tune.recipe import CONDITIONS, OWN, TARGETS
from isp.tune.settings import Settings

NUMBER: Schema = {"type": "number"}
POSITIVE: Schema = {"type": "number", "exclusiveMinimum": 0}
TEXT: Schema = {"type": "string"}
PAIR: Schema = {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}
FREED: dict[str, Schema] = {
    "within": {**PAIR, "description": "limits, inside those of the parameter"},
    "over": {"enum": list(OVER), "description": "make it a table over this fact"},
    "at": {"type": "array", "items": NUMBER, "minItems": 2, "description": "positions of the table's knots"},
    "rate": {**NUMBER, "description": "how much of each step it takes"},
    "first": {**NUMBER, "description": "step from which on it moves"},
    "last": {**NUMBER, "description": "step from which on it rests"},
    "prior": {**PAIR, "description": "where it probably lies: mean and deviation"},
}
"""What may be said of a freed parameter."""


def schema() -> Schema:
    """The schema of a recipe: a mapping, or a list of what is free."""
    own = {
        "free": {
            "description": "path patterns of parameters that may move",
            **_some({"anyOf": [TEXT, _one(_object({key: FREED[key] for key in KEYS}))]}),
        },
        "choose": {"description": "methods for a slot, values of an option, stages whose order may change", "type": "object"},
        "sensors": {"description": "shipped sensors or profiles, by name or with a weight", **_some({"anyOf": [TEXT, _one(POSITIVE)]})},
        "conditions": {
            "description": "of the captures: every combination",
            **_object({key: _axis(*kinds) for key, kinds in CONDITIONS.items()}),
        },
        "scenes": {"description": "folders, pictures, raw files, charts", **_some({"anyOf": [TEXT, _one({"type": ["object", "null"]})]})},
        "target": {"description": "what a picture should be", "anyOf": _targets()},
        "loss": {"description": "what is made small: losses and priors by weight", **_loss()},
        "optimiser": {"description": "how values move", **_optimiser()},
    }
    settings = {name: field_schema(d) for name, d in Settings.declared().items()}
    return {"anyOf": [own["free"] | {"type": "array"}, _object({**{key: own[key] for key in OWN}, **settings})]}


def _object(properties: dict[str, Schema], **more: Any) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False, **more}


def _one(value: Schema) -> Schema:
    """A mapping of one key."""
    return {"type": "object", "additionalProperties": value, "minProperties": 1, "maxProperties": 1}


def _some(item: Schema) -> Schema:
    """A list with something in it, or one text in its place."""
    return {"type": ["array", "string"], "items": item, "minItems": 1}


def _axis(*kinds: type) -> Schema:
    one = TEXT if str in kinds else NUMBER
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


def _targets() -> list[Schema]:
    words_ = [{"const": name, "description": what} for name, what in TARGETS.items()]
    noise = {"type": "boolean", "description": "with the noise of the capture"}
    pipeline = _object(
        {"pipeline": TEXT, "noise": noise}, required=["pipeline"], description="what another pipeline makes of the same frame"
    )
    pictures = _object({"pictures": TEXT}, required=["pictures"], description="reference pictures of the same names as the scenes")
    return [*words_, pipeline, pictures]


def _loss() -> Schema:
    weight = {
        "weight": NUMBER,
        "first": {**NUMBER, "description": "step from which on it counts"},
        "last": {**NUMBER, "description": "step from which on it counts no more"},
        "of": {"type": "string", "description": "of a prior: pattern of the values it judges"},
    }
    parts = {name: part(family, name) for family in ("loss", "prior") for name in known(family)}
    terms = {name: {"description": words(cls), "anyOf": [NUMBER, _object({**_fields(cls), **weight})]} for name, cls in parts.items()}
    return {"anyOf": [{"enum": list(parts)}, _object(terms, minProperties=1)]}


def _optimiser() -> Schema:
    parts = {name: part("optimiser", name) for name in known("optimiser")}
    bodies = {name: {**_object(_fields(cls)), "type": ["object", "null"], "description": words(cls)} for name, cls in parts.items()}
    return {"anyOf": [{"enum": list(parts)}, _object(bodies, minProperties=1, maxProperties=1)]}


def _fields(cls: Any) -> dict[str, Schema]:
    return {name: field_schema(d) for name, d in cls.declared().items()}
