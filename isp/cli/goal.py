"""What `isp tune`, `isp sensitivity` and `isp sweep` share: options that say a goal in place of the recipe's own.

    @asked(goal=Goal)
    def verb(pipeline: Source, goal: Goal) -> int:
        recipe = goal.recipe(pipeline)

`asked` gives a verb the options that are the fields of these classes, and hands them over as objects.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from isp.cli import complete

if TYPE_CHECKING:
    from isp.spec import Spec
    from isp.tune.recipe import Recipe


def repeated() -> Any:
    """A field that is a list."""
    return field(default_factory=list)


Source = Annotated[
    str,
    typer.Argument(
        metavar="RECIPE", help="A pipeline: YAML, with or without a `tune` part, or a shipped name.", autocompletion=complete.pipelines
    ),
]
"""What the goal is about."""
NUMBERS = ("batch", "crop", "edge", "seed", "noise", "units", "spread", "flips", "validation", "judged")
"""Options whose name and value a recipe takes as they are."""


@dataclass(frozen=True)
class Goal:
    """What to look at, and what is good. What is not said is the recipe's, and where that is silent, the default."""

    sensors: Annotated[
        list[str], typer.Option("--sensor", metavar="NAME[=WEIGHT]", help="A shipped sensor or a profile. May be repeated.")
    ] = repeated()
    scenes: Annotated[
        list[str], typer.Option("--scenes", metavar="SCENE", help="A folder, a picture, a raw file or a chart. May be repeated.")
    ] = repeated()
    free: Annotated[
        list[str],
        typer.Option(
            "--free", metavar="PATTERN[=LOW,HIGH]", help="Parameters that may move: denoise.*, *.strength=0.1,2. May be repeated."
        ),
    ] = repeated()
    iso: Annotated[list[float], typer.Option("--iso", help="ISO of the captures. May be repeated.")] = repeated()
    illuminant: Annotated[list[str], typer.Option("--illuminant", help="Light of the scenes: D65, A, LED-B1, 5000K. May be repeated.")] = (
        repeated()
    )
    compensation: Annotated[list[float], typer.Option("--compensation", help="Stops off the meter. May be repeated.")] = repeated()
    target: Annotated[
        str | None,
        typer.Option(metavar="TARGET", help="scene, photograph, none, a pipeline, or a folder of reference pictures of the scenes' names."),
    ] = None
    loss: Annotated[
        list[str],
        typer.Option(
            "--loss",
            metavar="NAME[=WEIGHT]",
            help="A loss or prior of the sum, or module:function of a picture and its label. May be repeated.",
        ),
    ] = repeated()
    batch: Annotated[int | None, typer.Option(help="Examples of a step.")] = None
    crop: Annotated[int | None, typer.Option(help="Rows and columns of an example.")] = None
    edge: Annotated[int | None, typer.Option(help="Border of an example that no loss looks at.")] = None
    seed: Annotated[int | None, typer.Option(help="Of crops, noise and starts.")] = None
    noise: Annotated[str | None, typer.Option(metavar="WORD", help="fresh: other noise each time; fixed: the same; none.")] = None
    units: Annotated[int | None, typer.Option(help="Dies of each sensor, each with its own fixed pattern.")] = None
    spread: Annotated[float | None, typer.Option(help="How much a sensor's parameters differ from die to die.")] = None
    flips: Annotated[str | None, typer.Option(metavar="WORD", help="Mirror photographs at random: on, or off.")] = None
    validation: Annotated[float | None, typer.Option(help="Share of the scenes that is held out.")] = None
    judged: Annotated[int | None, typer.Option(help="Examples to judge by.")] = None
    changes: Annotated[
        list[str], typer.Option("--set", metavar="STAGE.PARAMETER=VALUE", help="Another value to begin with. May be repeated.")
    ] = repeated()
    swaps: Annotated[list[str], typer.Option("--swap", metavar="STAGE=STAGE", help="Another stage in its place. May be repeated.")] = (
        repeated()
    )

    def recipe(self, source: str, **more: Any) -> Recipe:
        """The recipe of a file or of a shipped pipeline, with what was said here, and `more`, in place of its own."""
        from isp.tune.recipe import recipe

        spec = self.spec(source)
        return recipe(spec, **{**self.said(spec), **more})

    def spec(self, source: str) -> Spec:
        """The file, its chain with the changes and swaps."""
        from isp.spec import load_spec

        return load_spec(source).changed(set=self.changes, swap=self.swaps)

    def said(self, spec: Spec) -> dict[str, Any]:
        """The keys of a recipe that were said. Conditions are added to the file's, each axis for itself; everything else is replaced."""
        tune = spec.tune if isinstance(spec.tune, dict) else {}
        made: dict[str, Any] = {}
        if self.sensors:
            made["sensors"] = [{here(name): weight} for name, weight in map(weighed, self.sensors)]
        if self.scenes:
            made["scenes"] = [here(name) for name in self.scenes]
        if self.free:
            made["free"] = [_within(text) for text in self.free]
        axes = {"iso": self.iso, "illuminant": self.illuminant, "compensation": self.compensation}
        if asked := {name: values for name, values in axes.items() if values}:
            before = tune.get("conditions")
            made["conditions"] = {**(before if isinstance(before, dict) else {}), **asked}
        if self.target is not None:
            made["target"] = _target(self.target)
        if self.loss:
            made["loss"] = {_judge(name): weight for name, weight in map(weighed, self.loss)}
        return made | {name: value for name in NUMBERS if (value := getattr(self, name)) is not None}


def _judge(name: str) -> Any:
    """The name of a loss, or the function that `module:function` or `file.py:function` means: whoever types it here trusts it, as nobody need trust a recipe."""
    from isp.core import ChainError, SpecError
    from isp.tune.loss.task import task

    if ":" not in name:
        return name
    try:
        return task(name)
    except ChainError as error:
        raise SpecError("--loss", str(error)) from error


def weighed(text: str) -> tuple[str, float]:
    """`name=2` as a name and its weight, which is 1 where none is said. Raises SpecError for one that is no number."""
    name, equals, weight = text.rpartition("=")
    if not equals:
        return text, 1.0
    (value,) = numbers(weight, text, 1)
    return name, value


def numbers(text: str, said: str, count: int | None = None) -> list[float]:
    """Numbers with commas between them, all finite. Raises SpecError that names what was `said`."""
    from math import isfinite

    from isp.core import SpecError

    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if not values or not all(map(isfinite, values)) or count not in (None, len(values)):
        many = {None: "numbers", 1: "a number", 2: "two numbers"}[count]
        raise SpecError(said, f"expected {many} after the equals sign, got {text or 'nothing'}")
    return values


def here(name: str) -> str:
    """A path that exists, from the root: words of a command are meant from where it is called, those of a recipe from where that lies."""
    try:
        return str(Path(name).absolute()) if Path(name).exists() else name
    except (OSError, ValueError):
        return name


def _within(text: str) -> Any:
    """A pattern, or one with limits."""
    pattern, equals, limits = text.partition("=")
    return {pattern: {"within": numbers(limits, text, 2)}} if equals else pattern


def _target(text: str) -> Any:
    """A word, a folder of pictures, or else a pipeline."""
    from isp.tune.recipe import TARGETS

    if text in TARGETS:
        return text
    return {"pictures": here(text)} if Path(text).is_dir() else {"pipeline": here(text)}


def asked(**groups: type) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """A verb that takes the fields of `groups` as options, and is called with one object for each of them, under its name here."""

    def wrap(verb: Callable[..., int]) -> Callable[..., int]:
        own = [p for name, p in inspect.signature(verb, eval_str=True).parameters.items() if name not in groups]
        options = {name: list(_options(group)) for name, group in groups.items()}
        everything = [p.replace(kind=p.KEYWORD_ONLY) for p in (*own, *(p for some in options.values() for p in some))]

        @functools.wraps(verb)
        def call(**words: Any) -> int:
            made = {name: group(**{p.name: words.pop(p.name) for p in options[name]}) for name, group in groups.items()}
            return verb(**words, **made)

        del call.__wrapped__  # typer reads what stands here, not the verb below
        call.__signature__ = inspect.Signature(everything)  # type: ignore[attr-defined]
        call.__annotations__ = {p.name: p.annotation for p in everything}
        return call

    return wrap


def _options(group: type) -> Iterable[inspect.Parameter]:
    """The fields of a class as options."""
    hints = get_type_hints(group, include_extras=True)
    for f in fields(group):
        default = f.default if f.default_factory is MISSING else f.default_factory()
        yield inspect.Parameter(f.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hints[f.name])
