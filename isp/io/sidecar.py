"""A sidecar: a small YAML beside a raw file that says what the file does not. Found, read, and turned into facts.

Beside `a.raw` it is `a.raw.yaml`, `a.yaml`, or the folder's `sidecar.yaml`, where `files` maps name patterns to the keys of each.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from isp.core import Cfa, Problem, SpecError
from isp.core.chain import nearest
from isp.io.keys import KEYS
from isp.ops.colour import BRADFORD, D50, D65, rgb_to_xyz, white_xyz
from isp.spec.read import Marks, read_yaml, short
from isp.spec.values import FAULT, value_of

FOLDER = "sidecar.yaml"


def find(path: Path, where: Path | str | None = None) -> Path | None:
    """The sidecar of `path`: `where` itself, or the first there is in the folder `where`, by default the file's own."""
    if where is not None and not Path(where).is_dir():
        return Path(where)
    folder = path.parent if where is None else Path(where)
    names = (f"{path.name}.yaml", f"{path.stem}.yaml", FOLDER)
    return next((folder / name for name in names if (folder / name).is_file()), None)


def read(source: Path | dict[str, Any] | None, name: str) -> dict[str, Any]:
    """What a sidecar (a file, or its keys as a mapping) says of the file `name`, under the names of facts and of geometry.

    Raises SpecError with every unknown key and wrong value, each with its line and column.
    """
    if source is None:
        return {}
    said, marks = (source, Marks("sidecar")) if isinstance(source, dict) else read_yaml(source)
    problems: list[Problem] = []
    parts = [((), said)]
    if isinstance(said, dict) and isinstance(said.get("files"), dict):
        parts = [((), {k: v for k, v in said.items() if k != "files"})]
        parts += [(("files", pattern), keys) for pattern, keys in said["files"].items() if fnmatchcase(name, str(pattern))]
    made: dict[str, Any] = {}
    for at, keys in parts:
        if isinstance(keys, dict):
            made |= _values(keys, at, marks, problems)
        else:
            problems.append(marks.problem(at, "", "expected keys and values, `width: 1920`"))
    if problems:
        raise SpecError(problems=problems)
    return _as_facts(made, marks)


def _values(keys: dict[str, Any], at: tuple[Any, ...], marks: Marks, problems: list[Problem]) -> dict[str, Any]:
    """Each key's value, judged by its declaration; what is wrong goes to `problems`."""
    made: dict[str, Any] = {}
    for name, raw in keys.items():
        path = (*at, name)
        key = KEYS.get(name)
        if key is None:
            problems.append(marks.problem(path, short(name), "no such key in a sidecar", nearest(str(name), KEYS), key=True))
        elif raw is None:
            continue
        elif key.kind == "cfa":
            rows = (raw[:2], raw[2:]) if isinstance(raw, str) and len(raw) == 4 else raw
            try:
                made[name] = Cfa(tuple(row.lower() for row in rows))
            except (ValueError, AttributeError, TypeError) as error:
                why = str(error) if isinstance(error, ValueError) else f"{short(raw)} is not a filter array"
                problems.append(marks.problem(path, name, why, "write four letters such as grbg, or a list of rows"))
        elif key.kind == "shading":
            made[name] = _shading(raw, path, marks, problems)
        elif not key.shapes and not key.choices:
            if not isinstance(raw, str):
                problems.append(marks.problem(path, name, f"expected text, got {short(raw)}"))
            elif key.kind == "fact":
                made[name] = raw
        else:
            before = len(problems)

            def say(inside: tuple[Any, ...], why: str, path: tuple[Any, ...] = path, name: str = name) -> None:
                problems.append(marks.problem((*path, *inside), name, why))

            value = value_of(key.declared(raw), raw, say)
            if value is FAULT or len(problems) > before:
                continue
            if key.whole and np.any(np.asarray(value) != np.round(value)):
                say((), f"{short(raw)} is not a whole number ({key.doc})")
                continue
            made[name] = value if key.choices else np.asarray(value).astype(np.int32) if key.whole else np.asarray(value, float)
    return made


def _shading(raw: Any, path: tuple[Any, ...], marks: Marks, problems: list[Problem]) -> dict[str, np.ndarray]:
    """`{gains: [[...]], origin: [0, 0], extent: [1, 1]}` as arrays."""
    try:
        gains = np.asarray(raw["gains"], float)
        gains = gains[None] if gains.ndim == 2 else gains
        mesh = {
            "gains": gains,
            "origin": np.asarray(raw.get("origin", (0, 0)), float),
            "extent": np.asarray(raw.get("extent", (1, 1)), float),
        }
        if gains.ndim == 3 and mesh["origin"].shape == mesh["extent"].shape == (2,) and (gains > 0).all():
            return mesh
    except (TypeError, ValueError, KeyError, AttributeError):
        pass
    problems.append(marks.problem(path, "shading", f"expected gains above 0 ({KEYS['shading'].doc})"))
    return {}


def _as_facts(made: dict[str, Any], marks: Marks) -> dict[str, Any]:
    """Other spellings turned into facts, and facts that only mean something together compared."""

    def fault(name: str, why: str) -> SpecError:
        return SpecError(problems=[marks.problem((name,), name, why)])

    if "wb_gains" in made:
        made["as_shot"] = made.pop("wb_gains")
    if "as_shot" in made:
        made["as_shot"] = made["as_shot"] / made["as_shot"][1]
    if "srgb_matrix" in made:
        matrices = made.pop("srgb_matrix").reshape(-1, 3, 3)
        made["forward_matrix"] = to_d50() @ rgb_to_xyz("srgb") @ (matrices / matrices.sum(2, keepdims=True).mean(1, keepdims=True))
    for name in ("camera_matrix", "forward_matrix"):
        if name in made:
            made[name] = made[name].reshape(-1, 3, 3)
            if (abs(np.linalg.det(made[name])) < 1e-8).any():
                raise fault(name, "a matrix that cannot be inverted")
            if "illuminants" not in made and len(made[name]) == 1:
                made["illuminants"] = np.array([6504.0])
            if np.size(made.get("illuminants")) != len(made[name]) or made.get("illuminants") is None:
                raise fault("illuminants", f"{name} has {len(made[name])} matrices; say the colour temperature of each")
    if "illuminants" in made:
        made["illuminants"] = made["illuminants"].reshape(-1)
    if "noise" in made:
        made["noise"] = made["noise"].reshape(-1, 2)
    return made


def to_d50() -> np.ndarray:
    """XYZ under D65 to XYZ under D50, after Bradford."""
    gains = (BRADFORD @ white_xyz(D50)) / (BRADFORD @ white_xyz(D65))
    return np.linalg.inv(BRADFORD) @ (gains[:, None] * BRADFORD)
