"""What a stage has learned: arrays by name, grown from a seed before it has, and kept as safetensors with a card and a hash of their content.

    weights: Weights = weights(grow=grown, doc="...")      in a stage: a subtree of leaves, `{"first/kernel": array, ...}`

Trained weights ship as isp/data/weights/NAME.safetensors, NAME being the stage's; they are its default. Where a network may be of any width, its weights say
of which it is: `weights(grow=grown, wide="first/bias", doc="...")`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from isp.core.errors import DataError
from isp.core.planes import Array

Weights = Mapping[str, Array]
"""The annotation of a `weights` field: arrays by name, parts of a name apart by `/`."""
Grow = Callable[..., dict[str, np.ndarray]]
"""Makes fresh weights from random numbers, and of a width, `wide=48`, where the network may have any."""

FOLDER = Path(__file__).resolve().parents[1] / "data" / "weights"
"""Where the weights that ship lie."""
MOST = 64 * 2**20
"""Bytes that a file of weights may have."""
WIDEST = 256
"""The largest width of a network."""
VERSION = "1"


@dataclass(frozen=True)
class Growth:
    """How the weights of a stage grow: as `grow` makes them, at its own width or at another one where `wide` names the array that has as many numbers
    as the network is wide."""

    grow: Grow
    wide: str = ""

    def __call__(self, random: np.random.Generator, wide: int | None = None) -> dict[str, np.ndarray]:
        """Fresh weights."""
        return self.grow(random) if wide is None else self.grow(random, wide=wide)

    def width(self, weights: Any) -> int | None:
        """How wide the network of these weights is; None for that of `grow`, and for weights that cannot tell."""
        told = isinstance(weights, Mapping) and self.wide in weights and np.ndim(weights[self.wide]) == 1
        wide = np.shape(weights[self.wide])[0] if told else 0
        return wide if 1 <= wide <= WIDEST else None

    def like(self, weights: Any) -> dict[str, np.ndarray]:
        """Fresh weights, as wide as these."""
        return grown(self, wide=self.width(weights))


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


def read(path: Path, stage: str, like: Weights | Growth) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The weights of `stage` in a file, and their card. `like` has the names and shapes that the stage wants, or knows them by the width of the file's.

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
    if why := _fault(values, about, stage, like.like(values) if isinstance(like, Growth) else like):
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


def grown(grow: Grow, seed: int = 0, wide: int | None = None) -> dict[str, np.ndarray]:
    """Fresh weights, single precision; of a width of their own where one is said."""
    made = grow(np.random.default_rng(seed)) if wide is None else grow(np.random.default_rng(seed), wide=wide)
    return {name: np.asarray(w, np.float32) for name, w in made.items()}


def shipped_file(stage: str) -> Path:
    """Where the weights of a stage lie, if they ship."""
    return FOLDER / f"{stage}.safetensors"


class Default:
    """Makes the default of a `weights` field: what ships for the stage, else fresh ones. Its class tells it whose it is."""

    def __init__(self, grow: Growth):
        self.grow, self.stage = grow, ""

    def __call__(self) -> dict[str, np.ndarray]:
        """A mapping of arrays that nobody may write to."""
        return dict(_default(self.stage, self.grow))


@cache
def _default(stage: str, grow: Growth) -> dict[str, np.ndarray]:
    path = shipped_file(stage)
    values = read(path, stage, grow)[0] if path.is_file() else grown(grow)
    for array in values.values():
        array.flags.writeable = False
    return values


def _fault(values: Weights, about: Mapping[str, str], stage: str, like: Weights) -> str:
    if about.get("isp") != VERSION:
        return f"its metadata do not say `isp: {VERSION}`: these are no weights of a stage"
    if about.get("stage") != stage:
        return f"these are the weights of {about.get('stage')}, not of {stage}"
    return fault(values, like) or ("" if content(values) == about.get("content") else "its numbers are not those its hash was made of")
