"""What a stage has learned: arrays by name, grown from a seed before it has, and kept as safetensors with a card and a hash of their content.

    weights: Weights = weights(grow=grown, doc="...")      in a stage: a subtree of leaves, `{"first/kernel": array, ...}`

Trained weights ship as isp/data/weights/NAME.safetensors, NAME being the stage's; they are its default.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from isp.core.errors import DataError
from isp.core.planes import Array

Weights = Mapping[str, Array]
"""The annotation of a `weights` field: arrays by name, parts of a name apart by `/`."""
Grow = Callable[[np.random.Generator], dict[str, np.ndarray]]
"""Makes fresh weights."""

FOLDER = Path(__file__).resolve().parents[1] / "data" / "weights"
"""Where the weights that ship lie."""
MOST = 64 * 2**20
"""Bytes that a file of weights may have."""
VERSION = "1"


def content(weights: Weights) -> str:
    """The SHA-256 of names, shapes and numbers, whatever their order in a file."""
    made = sha256()
    for name in sorted(weights):
        values = np.ascontiguousarray(weights[name], "<f4")
        made.update(f"{name}{values.shape}".encode())
        made.update(values.tobytes())
    return made.hexdigest()


def packed(weights: Weights, stage: str, card: Mapping[str, Any]) -> bytes:
    """A safetensors file: the weights of `stage`, a hash of their content, and a card that says where they come from."""
    from safetensors.numpy import save

    values = {name: np.ascontiguousarray(w, np.float32) for name, w in weights.items()}
    about = {"isp": VERSION, "stage": stage, "content": content(values), "card": json.dumps(dict(card), sort_keys=True)}
    return save(values, about)


def read(path: Path, stage: str, like: Weights) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The weights of `stage` in a file, and their card. `like` has the names and shapes that the stage wants.

    Raises DataError, naming the file and the array, for a file that is damaged, of another stage, or whose arrays are not those.
    """
    from safetensors import SafetensorError, safe_open

    try:
        if (size := path.stat().st_size) > MOST:
            raise DataError("weights", f"{size} bytes; a file of weights has at most {MOST}", file=path)
        with safe_open(path, framework="numpy") as file:
            about, values = file.metadata() or {}, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise DataError("weights", f"not a sound safetensors file: {error}", "fetch or train it again", file=path) from error
    except OSError as error:
        raise DataError("weights", error.strerror or str(error), file=path) from error
    if why := _fault(values, about, stage, like):
        raise DataError("weights", why, "fetch or train it again", file=path)
    try:
        card = json.loads(about.get("card", "{}"))
    except ValueError as error:
        raise DataError("weights", f"its card is not JSON: {error}", file=path) from error
    return values, card


def fault(values: Any, like: Weights) -> str:
    """Why these are not arrays of the names and shapes of `like`, all finite; empty when they are."""
    if not isinstance(values, Mapping):
        return "expected arrays by name"
    if missing := sorted(set(like) - set(values)):
        return f"it has no {missing[0]}" + (f" (nor {len(missing) - 1} others)" if len(missing) > 1 else "")
    if unknown := sorted(set(values) - set(like)):
        return f"it has {unknown[0]}, which the stage does not know"
    for name, wanted in like.items():
        array = values[name]
        if np.shape(array) != np.shape(wanted):
            return f"{name} has shape {np.shape(array)}, not {np.shape(wanted)}"
        if isinstance(array, np.ndarray) and array.dtype.kind != "f":
            return f"{name} holds {array.dtype}, not floating-point numbers"
        if isinstance(array, np.ndarray) and not np.isfinite(array).all():
            return f"{name} holds numbers that are not finite"
    return ""


def grown(grow: Grow, seed: int = 0) -> dict[str, np.ndarray]:
    """Fresh weights, single precision."""
    return {name: np.asarray(w, np.float32) for name, w in grow(np.random.default_rng(seed)).items()}


def shipped_file(stage: str) -> Path:
    """Where the weights of a stage lie, if they ship."""
    return FOLDER / f"{stage}.safetensors"


class Default:
    """Makes the default of a `weights` field: what ships for the stage, else fresh ones. Its class tells it whose it is."""

    def __init__(self, grow: Grow):
        self.grow, self.stage = grow, ""

    def __call__(self) -> dict[str, np.ndarray]:
        """A mapping of arrays that nobody may write to."""
        return dict(_default(self.stage, self.grow))


@cache
def _default(stage: str, grow: Grow) -> dict[str, np.ndarray]:
    like, path = grown(grow), shipped_file(stage)
    values = read(path, stage, like)[0] if path.is_file() else like
    for array in values.values():
        array.flags.writeable = False
    return values


def _fault(values: Weights, about: Mapping[str, str], stage: str, like: Weights) -> str:
    if about.get("isp") != VERSION:
        return f"its metadata do not say `isp: {VERSION}`: these are no weights of a stage"
    if about.get("stage") != stage:
        return f"these are the weights of {about.get('stage')}, not of {stage}"
    return fault(values, like) or ("" if content(values) == about.get("content") else "its numbers are not those its hash was made of")
