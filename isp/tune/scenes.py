"""What stands before the simulated sensors of a recipe: charts, pictures, folders of them, raw files."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jax
import numpy as np

from isp.core import DataError, Domain, Frame, SpecError
from isp.io import read, read_picture
from isp.spec import all_names, stage_class
from isp.tune.heap import heap
from isp.tune.recipe import Recipe

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".exr")
RAWS = (".dng", ".npz", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".rw2", ".orf", ".raw")


@dataclass(frozen=True)
class Scene:
    """Something to look at: a picture that has been read, the text or name of a chart, or a raw frame."""

    name: str
    what: Any
    label: Any = None
    wanted: Frame | None = None
    values: Any = None
    share: float = 0.0
    licence: str = ""
    entry: str = ""

    @property
    def is_raw(self) -> bool:
        """Whether it has been captured already."""
        return isinstance(self.what, Frame) and self.what.domain.is_mosaic

    @property
    def is_chart(self) -> bool:
        """Whether it is drawn, whole, at any size."""
        return not isinstance(self.what, Frame)


HEAPS, SIDE = "scene.dead_leaves", 256
"""The chart of which many can be drawn as pictures, and how large they are unless said."""
SAID = ("share", "licence")
"""What a recipe may say of scenes besides their values: their share of a batch, and on what terms they were given."""


def named(one: Any, folder: Path) -> Any:
    """A scene as a recipe says it: a name, a path beside the recipe (with values of `scene.photograph`), the text of a scene chain, or an object as it is."""
    if isinstance(one, dict) and isinstance(next(iter(one), None), str):
        name = str(next(iter(one)))
        values = dict(one.get(name) or {})
        own = stage_class(name).declared() if name in all_names() else {}  # what a stage declares under such a name is the stage's
        said = {key: values.pop(key) for key in SAID if key in values and key not in own}
        if name == HEAPS and "pictures" in values:
            return {name: values | said}
        if name in all_names():
            text = json.dumps({"isp": 1, "input": "scene", "stages": [{name: values}]})
            return {text: said} if said else text
        return {beside(folder, name): values | said}
    return beside(folder, one) if isinstance(one, str) else one


def beside(folder: Path, name: str) -> str:
    """A file or folder beside a recipe, where there is one; else the name as it is."""
    return str(folder / name) if (folder / name).exists() else name


def scenes_of(one: Any, recipe: Recipe) -> list[Scene]:
    """The scenes that an entry of a recipe means: a chart, a picture, a raw file, a folder of them (folders in it are labels), an array, or a
    pair of a scene and its label."""
    if isinstance(one, tuple) and len(one) == 2:
        return [replace(scene, label=np.int32(one[1])) for scene in scenes_of(one[0], recipe)]
    if isinstance(one, dict):
        name, values = next(iter(one.items()))
        said = {key: values[key] for key in SAID if key in values}
        values = {key: value for key, value in values.items() if key not in SAID}
        found = _heaps(values) if name == HEAPS and "pictures" in values else [replace(s, values=values) for s in scenes_of(name, recipe)]
        return [replace(scene, **said, entry=str(name)) for scene in found]
    if isinstance(one, Frame):
        return [Scene(one.model or "frame", one)]
    if isinstance(one, (np.ndarray, jax.Array)):
        pixels = np.asarray(one, np.float32)
        return [Scene("picture", Frame(pixels=pixels, domain=Domain.DISPLAY, primaries="srgb", transfer="srgb"))]
    path = Path(one) if len(str(one)) < 1000 and "\n" not in str(one) else None
    if path is not None and path.is_dir():
        return _folder(path, recipe)
    if path is not None and path.is_file() and path.suffix.lower() not in (".yaml", ".yml"):
        return [_file(path, recipe)]
    return [Scene(str(one), str(one))]


def _heaps(values: dict[str, Any]) -> list[Scene]:
    """So many `pictures` of dead leaves, of `side` pixels, from `seed` on. Raises SpecError for what they do not have."""
    rest = dict(values)
    count, side, seed = (rest.pop(key, default) for key, default in (("pictures", 0), ("side", SIDE), ("seed", 1)))
    known = {"leaves": int, "smallest": int, "largest": int, "dark": float, "light": float}
    if bad := [key for key in rest if key not in known] or [key for key, v in (("pictures", count), ("side", side)) if not v > 0]:
        raise SpecError(HEAPS, f"{bad[0]}: pictures of dead leaves have pictures, side, seed, {', '.join(known)}, share, licence")
    made = [heap(seed + i, side, **rest) for i in range(count)]
    return [Scene(f"{HEAPS} {seed + i}", Frame(pixels=p, domain=Domain.WORKING, primaries="srgb")) for i, p in enumerate(made)]


def _folder(path: Path, recipe: Recipe) -> list[Scene]:
    folders = sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith("."))
    files = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith(".") and _is_scene(p))
    made = [_file(p, recipe) for p in files]
    for label, folder in enumerate(folders):
        made += [replace(scene, label=np.int32(label)) for scene in _folder(folder, recipe)]
    if not made:
        raise DataError("there is no picture and no raw file in it", "", f"pictures end in {', '.join(PICTURES)}", file=path)
    return made


def _is_scene(path: Path) -> bool:
    return path.suffix.lower() in PICTURES + RAWS


def _file(path: Path, recipe: Recipe) -> Scene:
    if path.suffix.lower() in PICTURES:
        return Scene(path.stem, read_picture(path), wanted=_reference(path, recipe))
    return Scene(path.stem, read(path), wanted=_reference(path, recipe))


def _reference(path: Path, recipe: Recipe) -> Frame | None:
    """The reference picture of the same stem, where the target is a folder of them."""
    if not (isinstance(recipe.target, dict) and "pictures" in recipe.target):
        return None
    folder = Path(recipe.target["pictures"])
    found = [p for p in sorted(folder.glob(f"{path.stem}.*")) if p.suffix.lower() in PICTURES]
    if not found:
        raise DataError("has no reference picture of its name", f"in {folder}", "put one there, or leave the scene out", file=path)
    return read_picture(found[0])


def chart_of(scene: Scene) -> str:
    """The chart stage of a drawn scene."""
    if not scene.is_chart:
        return ""
    names = [word for word in str(scene.what).replace('"', " ").replace(":", " ").replace(",", " ").split() if word.startswith("scene.")]
    return names[-1] if names else f"scene.{scene.what}"
