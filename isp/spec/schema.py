"""The JSON Schema of pipelines, from what stages declare: editors complete names, draw what is wrong, and show words on hover."""

from __future__ import annotations

import inspect
import json
import math
from pathlib import Path
from typing import Any

from isp.core.declared import Declared
from isp.core.domain import Domain
from isp.core.limits import Between
from isp.core.stage import Stage
from isp.core.table import OVER
from isp.core.weights import WIDEST
from isp.spec.camera import COUNTS, LARGEST, WORDS
from isp.spec.load import ALIAS, VERSION
from isp.spec.names import all_names, shipped, stage_class
from isp.spec.ranges import TAKES
from isp.spec.values import GROWN

Schema = dict[str, Any]


def schema(tune: Schema | None = None) -> Schema:
    """The schema (draft 2020-12) of every file that `load` reads. `tune`: of its part that a recipe is, which is not known here (see
    `isp.tune.schema`)."""
    stages = {name: stage_class(name) for name in all_names()}
    fields = {f"{name}.{d.name}": field_schema(d, ranges=True) for name, cls in stages.items() for d in cls.declared().values()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "isp pipeline",
        "type": "object",
        "properties": {
            "isp": {"const": VERSION, "description": "version of the format"},
            "title": {"type": "string", "description": "one line on what this is for"},
            "input": {
                "enum": [str(d) for d in Domain],
                "description": "domain of the frames that enter; by default what the first stage takes",
            },
            "stages": {"type": "array", "minItems": 1, "items": _item(stages), "description": "what is done to a frame, in order"},
            "from": {"type": "string", "description": "a file beside this one, or a shipped pipeline, whose values this one changes"},
            "values": {
                "type": "object",
                "description": "other values for the file that this one starts from, by `stage.parameter`",
                "properties": {path: {"$ref": f"#/$defs/{path}"} for path in fields},
            },
            "camera": {
                "type": "object",
                "description": "of a sensor: who made it, and how many pixels it has",
                "properties": {
                    **{n: {"type": "string"} for n in WORDS},
                    **{n: {"type": "integer", "minimum": 1, "maximum": LARGEST} for n in COUNTS},
                },
                "additionalProperties": False,
            },
            "sources": {
                "type": "object",
                "description": "of a sensor: where the values of a stage, or one value, come from; `estimate` where it is one",
                "additionalProperties": {"type": "string"},
            },
            "tune": {"type": ["object", "array"], "description": "what the tuner may move, and how", **(tune or {})},
        },
        "required": ["isp"],
        "oneOf": [_with_only("stages", without=("from", "values")), _with_only("from", without=("stages", "input"))],
        "additionalProperties": False,
        "$defs": {**fields, "range": _range()},
    }


def write_schema(path: Path | None = None, tune: Schema | None = None) -> bool:
    """Write the schema where editors find it, beside the shipped pipelines; returns whether it was stale."""
    path = path or shipped() / "schema.json"
    text = json.dumps(schema(tune), indent=1, ensure_ascii=False) + "\n"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True


def _with_only(key: str, without: tuple[str, ...]) -> Schema:
    return {"required": [key], "not": {"anyOf": [{"required": [other]} for other in without]}}


def _item(stages: dict[str, type[Stage]]) -> Schema:
    """One stage of the list: its name, or its name with values, with or without a name of its own."""
    as_ = {"type": "string", "pattern": f"^{ALIAS.pattern}$", "description": "a name of its own, needed where a stage appears twice"}
    bodies = {name: _body(name, cls) for name, cls in stages.items()}
    return {
        "anyOf": [
            {"oneOf": [{"const": name, "description": body["description"]} for name, body in bodies.items()]},
            {
                "type": "object",
                "properties": {**bodies, "as": as_},
                "additionalProperties": False,
                "if": {"required": ["as"]},
                "then": {"minProperties": 2, "maxProperties": 2},
                "else": {"minProperties": 1, "maxProperties": 1},
            },
        ]
    }


def _body(name: str, cls: type[Stage]) -> Schema:
    """The values of a stage."""
    return {
        "type": ["object", "null"],
        "description": words(cls),
        "properties": {field: {"$ref": f"#/$defs/{name}.{field}"} for field in cls.declared()},
        "additionalProperties": False,
    }


def words(cls: type) -> str:
    """What a class says of itself, in one line."""
    return " ".join(inspect.cleandoc(cls.__doc__ or "").split())


def field_schema(d: Declared, *, ranges: bool = False) -> Schema:
    """One field: what it admits (with `ranges` to draw from), its default, and its words with unit and limits."""
    if d.kind == "weights":
        pinned = {"file": {"type": "string"}, "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}
        one = {"type": "object", "properties": pinned, "required": ["file"], "additionalProperties": False}
        return {
            "anyOf": [{"type": "string", "description": f"`{GROWN}`, or a safetensors file beside this one"}, one, *_width(d)],
            "description": d.doc,
        }
    unit = f" [{d.unit}]" if d.unit not in ("", "1") else ""
    said = {"description": f"{d.doc}{unit}" + ("" if d.choices else f", in {d.within}"), "default": d.default}
    if d.suffix:
        return {"type": ["string", "null"], "description": f"{d.doc} [{d.suffix}]", "default": None}
    drawn = [{"$ref": "#/$defs/range"}] if ranges else []
    if d.choices:
        one = {"enum": list(d.choices)}
        return {**({"anyOf": [one, *drawn]} if ranges else one), **said}
    if d.kind == "option":
        return {"anyOf": [{"type": "integer", **_limits(d.within)}, *_with_unit(d), *drawn], **said}
    value = {"anyOf": [{"type": "number", **_limits(d.within)}, *_with_unit(d), *drawn]}
    for length in reversed(d.shape):
        size = {} if length is None else {"minItems": length, "maxItems": length}
        value = {"type": "array", "items": value, **size}  # type: ignore[dict-item]
    positions = {"type": "object", "minProperties": 2, "additionalProperties": value}
    table = {
        "type": "object",
        "description": f"a value for each position of a fact, interpolated in its logarithm (colour temperature: in its reciprocal): {d.doc}{unit}",
        "properties": {"over": {"enum": list(OVER)}, "at": positions},
        "required": ["over", "at"],
        "additionalProperties": False,
    }
    return {"anyOf": [value, table], **said}


def _width(d: Declared) -> list[Schema]:
    """Fresh weights of a width."""
    if d.grow is None or not d.grow.wide:
        return []
    wide = {"type": "integer", "minimum": 1, "maximum": WIDEST, "description": "channels between layers"}
    of_width = {"type": "object", "properties": {"wide": wide}, "required": ["wide"], "additionalProperties": False}
    return [{"type": "object", "properties": {GROWN: of_width}, "required": [GROWN], "additionalProperties": False}]


def _range() -> Schema:
    """A value that is drawn."""
    words = f"a range, from which captures and tuning draw: {', '.join(f'~{kind}(...) of {takes}' for kind, takes in TAKES.items())}"
    return {"type": "string", "pattern": rf"^~ *({'|'.join(TAKES)}) *\([^()]*\)( +.*)?$", "description": words}


def _limits(within: Between) -> Schema:
    ends = {"minimum": within.low, "maximum": within.high}
    return {word: end for word, end in ends.items() if math.isfinite(end)}


def _with_unit(d: Declared) -> list[Schema]:
    """A number written with its unit: `0.6 px`."""
    if d.unit in ("", "1"):
        return []
    escaped = "".join(c if c.isalnum() or c in " /-" else f"\\{c}" for c in d.unit)
    return [{"type": "string", "pattern": rf"^[-+]?[0-9.]+([eE][-+]?[0-9]+)? +{escaped}$"}]
