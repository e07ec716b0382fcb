"""A name leads to a file: `demosaic.malvar2004` to isp/develop/demosaic/malvar2004.py, `classic` to the shipped pipelines/classic.yaml.

Stages are found by walking file names; a file is imported when its stage is used, and no name that is not a file is ever imported.
Other packages add stages by the entry point group `isp.stages`: `acme = "acme_stages"` makes acme_stages/denoise/fast.py the stage
`acme.denoise.fast`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import MappingProxyType

from isp.core.chain import nearest
from isp.core.errors import ChainError, PlaceError, SpecError
from isp.core.stage import Stage
from isp.spec.own import FAMILY, own_class
from isp.spec.read import short

_PACKAGE = Path(__file__).resolve().parents[1]
KINDS = ("pipelines", "sensors")
"""Folders of files that ship."""
_SHIPPED = _PACKAGE / "_shipped"
_HALVES = ("develop", "capture")
FROM_DEPTH = 8
"""So many files may stand on one another by `from`."""
GROUP = "isp.stages"
"""The entry point group of other packages' stages."""


@cache
def _modules() -> MappingProxyType[str, str]:
    """The module of every stage, by name; families in alphabetical order, develop before capture."""
    found: dict[str, str] = {}
    for half in _HALVES:
        found |= _walk(_PACKAGE / half, f"isp.{half}", "")
    for point in sorted(entry_points(group=GROUP)):
        for folder in _folders(point.value):
            found |= _walk(folder, point.value, f"{point.name}.")
    return MappingProxyType(found)


def _folders(package: str) -> list[Path]:
    """Where a package lies, without importing it; nowhere when it is not installed."""
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return []
    return [Path(folder) for folder in (spec and spec.submodule_search_locations) or ()]


def _walk(folder: Path, package: str, prefix: str) -> dict[str, str]:
    files = sorted(path for path in folder.glob("*/*.py") if path.stem.isidentifier() and not path.stem.startswith("_"))
    return {f"{prefix}{path.parent.name}.{path.stem}": f"{package}.{path.parent.name}.{path.stem}" for path in files}


def all_names() -> tuple[str, ...]:
    """The name of every stage there is."""
    return tuple(_modules())


def families() -> dict[str, tuple[str, ...]]:
    """The stages of every family, by its name."""
    made: dict[str, tuple[str, ...]] = {}
    for name in all_names():
        family = name.rpartition(".")[0]
        made[family] = (*made.get(family, ()), name)
    return made


def class_name(name: str) -> str:
    """The class that a stage's file must hold: `SubtractBlack` for `level.subtract_black`."""
    return "".join(word.capitalize() for word in name.rpartition(".")[2].split("_"))


def stage_class(name: str) -> type[Stage]:
    """The class of a stage, imported now. Raises ChainError with the nearest name when there is none, and PlaceError when the module of
    another package does not work."""
    if name not in _modules():
        if name.startswith(f"{FAMILY}."):
            return own_class(name, families()[FAMILY])
        raise ChainError(name, "no such stage", suggestion(name))
    module = _modules()[name]
    try:
        cls: type[Stage] = getattr(import_module(module), class_name(name))
    except Exception as error:
        if module.startswith("isp."):
            raise
        raise PlaceError(name, f"{module} does not work: {error}", "update or remove that package") from error
    cls.name = name  # a stage of another package cannot know its prefix
    return cls


def suggestion(name: str) -> str:
    """The stage a misspelt name may mean, or where to look."""
    if name in families():
        return f"a family; its stages are {', '.join(families()[name])}"
    methods = [known for known in all_names() if known.rpartition(".")[2] == name]
    return nearest(methods[0] if methods else name, all_names()) or "`isp stages` lists all"


def shipped(kind: str = "pipelines") -> Path:
    """The folder of shipped `pipelines` or `sensors`: inside an installed package, beside the package in a checkout."""
    installed = _SHIPPED / kind
    return installed if installed.is_dir() else _PACKAGE.parent / kind


def shipped_names(kind: str = "pipelines") -> tuple[str, ...]:
    """The bare names that `resolve` knows."""
    return tuple(sorted(path.stem for path in shipped(kind).glob("*.yaml")))


def resolve(name: str | Path, kind: str = "pipelines") -> Path:
    """The file that a path or a bare name (`classic`) means. Raises SpecError, listing the bare names, when there is none."""
    path = Path(name)
    if str(name) in shipped_names(kind):
        return shipped(kind) / f"{name}.yaml"
    try:
        if path.exists():
            return path
    except (OSError, ValueError):
        pass  # a name no file can have: too long, or with a NUL
    known = shipped_names(kind)
    raise SpecError(
        f"no such file, and no {kind.removesuffix('s')} of that name",
        do=nearest(path.stem, known),
        file=name if len(str(name)) < 300 else short(name),
    )


def beside(path: Path | None, name: object, kind: str, seen: tuple[Path, ...]) -> Path:
    """The YAML file that the file `path` names: shipped, of its `kind` or else of the other, or `under` its folder, and none of those `seen` on the way
    here. Raises SpecError, without a place, for anything else."""
    home = next((one for one in (kind, *KINDS) if name in shipped_names(one)), None)
    target = shipped(home) / f"{name}.yaml" if home else under(path, name, shipped_names(kind))
    if target.resolve() in seen:
        raise SpecError("", "leads back to this file")
    if len(seen) > FROM_DEPTH:
        raise SpecError("", f"more than {FROM_DEPTH} files stand on one another")
    return target


def under(path: Path | None, name: object, known: tuple[str, ...] = ()) -> Path:
    """The file that the file `path` names: under its own folder once symlinks are followed, or among what ships. A text has no path, and
    names files under the working folder. Raises SpecError, without a place, for anything else."""
    if not isinstance(name, str) or not name:
        raise SpecError("", "expected the name of a file")
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor or PureWindowsPath(name).drive:
        raise SpecError("", "an absolute path", "name a file under the folder of this one")
    try:
        folder = (path.parent if path else Path()).resolve()
        target = (folder / name).resolve()
        if not any(target.is_relative_to(home) for home in (folder, shipped().resolve(), shipped("sensors").resolve())):
            raise SpecError("", "leads out of the folder of this file", "put that file beside this one")
        if not target.is_file():
            raise SpecError("", "no such file", nearest(Path(name).stem, known))
    except (OSError, ValueError, RuntimeError):  # a name too long, a NUL, a symlink that leads to itself
        raise SpecError("", "no file can be reached by this name") from None
    return target
