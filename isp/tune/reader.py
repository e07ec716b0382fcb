"""One recipe on its way from a file to a goal: every fault is gathered, with its line and column."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from isp.core import Chain, ChainError, Declared, Frame, IspError, SpecError
from isp.core.chain import nearest
from isp.spec import Spec, load_spec
from isp.spec.read import Faults, Steps
from isp.spec.values import FAULT, kind_of, value_of
from isp.tune.choice import choices_of
from isp.tune.free import Free, freed
from isp.tune.loss import Loss
from isp.tune.loss.task import task
from isp.tune.optimiser import Optimiser
from isp.tune.part import known, part
from isp.tune.prior import Prior
from isp.tune.recipe import CONDITIONS, COUNTS, DEFAULTS, OWN, TARGETS, Condition, Recipe, Sensor, Term
from isp.tune.scenes import beside, named
from isp.tune.search import freed_here
from isp.tune.settings import Settings


class Reader:
    """Reads one; `recipe` gives it, or raises SpecError with every problem."""

    def __init__(self, spec: Spec, said: Mapping[str, Any], name: str):
        self.spec, self.faults, self.name = spec, Faults(), name
        tune = spec.tune or {}
        if isinstance(tune, list):
            tune = {"free": tune}
        self.said = {**tune, **{key: value for key, value in said.items() if value is not None}}
        self.folder = spec.file.parent if spec.file else Path()

    def say(self, at: Steps, what: str, why: str, do: str = "", *, key: bool = False) -> None:
        self.faults.add(self.spec.marks.problem(("tune", *at), what, why, do, key=key))

    def told(self, at: Steps, error: IspError) -> None:
        for p in error.problems:
            self.say(at, p.what, p.why, p.do)

    def get(self, key: str) -> Any:
        return self.said.get(key, DEFAULTS[key])

    def recipe(self) -> Recipe:
        declared = Settings.declared()
        for key in self.said:
            if key not in OWN and key not in declared:
                self.say((key,), str(key), "no such key in a recipe", nearest(str(key), [*OWN, *declared]), key=True)
        settings = Settings(**self.fields(declared, {k: v for k, v in self.said.items() if k in declared}, ()))
        free, sensors, conditions = self.free(), self.sensors(), self.conditions()
        terms, optimiser = self.terms(), self.optimiser()
        scenes, target = self.listed("scenes"), self.target()
        scenes = [named(one, self.folder) for one in scenes]
        if target == "none" and any(isinstance(t.part, Loss) and not t.part.blind for t in terms):
            do = "say `target: scene`, or choose losses that ask for none"
            self.say(("target",), "target", "none, but a loss compares with a wanted picture", do)
        if terms and all(t.last <= settings.steps for t in terms):
            self.say(("loss",), "loss", f"none counts at the end, after {settings.steps} steps", "leave one without `last`")
        choose = self.choose()
        self.faults.settle()
        assert free is not None and optimiser is not None
        said = {**{key: self.get(key) for key in OWN}, **{name: getattr(settings, name) for name in declared}}
        return Recipe(
            self.spec.chain,
            free,
            choose,
            tuple(sensors),
            conditions,
            tuple(scenes),
            target,
            tuple(terms),
            optimiser,
            settings,
            self.name,
            said,
        )

    # ------------------------------------------------------------------ pieces
    def fields(self, declared: Mapping[str, Declared], said: Mapping[str, Any], at: Steps) -> dict[str, Any]:
        """Declared values, checked as a stage's are."""
        made = {}
        for key, raw in said.items():
            if key not in declared:
                self.say((*at, key), str(key), "no such value", nearest(str(key), declared), key=True)
                continue
            value = value_of(declared[key], raw, lambda inside, why, key=key: self.say((*at, key, *inside), str(key), why))
            if value is not FAULT:
                made[key] = value
        return made

    def listed(self, key: str) -> list[Any]:
        """A list with something in it."""
        value = self.get(key)
        value = [value] if isinstance(value, (str, Chain, Frame)) else value
        if not isinstance(value, (list, tuple)) or not len(value):
            self.say((key,), key, f"expected a list, got {kind_of(value) if value else 'an empty one'}")
            return []
        return list(value)

    def free(self) -> Free | None:
        good: list[Any] = []
        for i, one in enumerate(self.listed("free")):
            if not isinstance(one, str) and not (
                isinstance(one, dict) and len(one) == 1 and isinstance(next(iter(one.values())), (dict, type(None)))
            ):
                self.say(("free", i), "free", f"expected a path pattern, or `{{pattern: {{within: [low, high]}}}}`, got {kind_of(one)}")
                continue
            good.append(one)
            if self.said.get("choose"):
                continue  # it may speak of a method that is to be chosen
            try:
                freed(self.spec.chain, [one])
            except (ChainError, TypeError, ValueError) as error:
                self.told(("free", i), error if isinstance(error, IspError) else SpecError("free", str(error)))
        if not good or self.faults.found:
            return None
        return freed_here(self.spec.chain, good) if self.said.get("choose") else freed(self.spec.chain, good)

    def choose(self) -> Mapping[str, Any]:
        """What is chosen among; checked here, searched later."""
        said = self.get("choose")
        if said:
            try:
                choices_of(self.spec.chain, said)
            except (ChainError, TypeError, AttributeError) as error:
                self.told(
                    ("choose",),
                    error
                    if isinstance(error, IspError)
                    else SpecError("choose", f"expected `{{stage: [method, ...]}}`, got {kind_of(said)}"),
                )
        return said or {}

    def sensors(self) -> list[Sensor]:
        made = []
        for i, one in enumerate(self.listed("sensors")):
            name, weight = next(iter(one.items())) if isinstance(one, dict) and len(one) == 1 else (one, 1.0)
            if isinstance(name, (Chain, Sensor)):
                made.append(name if isinstance(name, Sensor) else Sensor(name.title or f"sensor {i + 1}", name, float(weight)))
                continue
            if not isinstance(name, str) or isinstance(weight, bool) or not isinstance(weight, (int, float)) or not weight > 0:
                self.say(("sensors", i), "sensors", f"expected the name of a sensor, or `{{name: weight}}`, got {kind_of(one)}")
                continue
            try:
                beside = self.folder / name
                spec = load_spec(beside if beside.is_file() else name, kind="sensors")
                made.append(Sensor(name, spec.chain, float(weight), spec.ranges))
            except IspError as error:
                self.told(("sensors", i), error)
        return made

    def conditions(self) -> tuple[Condition, ...]:
        said = self.get("conditions")
        if not isinstance(said, dict):
            self.say(("conditions",), "conditions", f"expected `{{iso: [100, 800], illuminant: [D65]}}`, got {kind_of(said)}")
            return (Condition(),)
        axes = {}
        for key, values in said.items():
            values = values if isinstance(values, (list, tuple)) else [values]
            if key not in CONDITIONS:
                self.say(("conditions", key), str(key), "no such condition", nearest(str(key), CONDITIONS), key=True)
            elif not values or any(isinstance(v, bool) or not isinstance(v, CONDITIONS[key]) or (key == "iso" and v <= 0) for v in values):
                self.say(
                    ("conditions", key),
                    f"conditions.{key}",
                    f"expected {'names of lights' if key == 'illuminant' else 'numbers'} in a list",
                )
            else:
                axes[key] = values
        return tuple(Condition(**dict(zip(axes, values, strict=True))) for values in itertools.product(*axes.values()))

    def target(self) -> Any:
        said = self.get("target")
        if isinstance(said, str) and said in TARGETS:
            return said
        if isinstance(said, dict) and len(set(said) & {"pipeline", "pictures"}) == 1 and set(said) <= {"pipeline", "pictures", "noise"}:
            if "pictures" in said:
                return {"pictures": beside(self.folder, str(said["pictures"]))}
            try:
                chain = (
                    said["pipeline"] if isinstance(said["pipeline"], Chain) else load_spec(beside(self.folder, str(said["pipeline"]))).one()
                )
                return {"pipeline": chain, "noise": bool(said.get("noise", False))}
            except IspError as error:
                self.told(("target", "pipeline"), error)
                return "none"
        self.say(("target",), "target", f"expected {', '.join(TARGETS)}, {{pipeline: NAME}} or {{pictures: FOLDER}}, got {kind_of(said)}")
        return "scene"

    def terms(self) -> list[Term]:
        said = self.get("loss")
        said = {said: 1.0} if isinstance(said, str) or callable(said) else said
        made: list[Term] = []
        if not isinstance(said, dict) or not said:
            self.say(("loss",), "loss", f"expected `{{name: weight}}`, got {kind_of(said)}")
            return made
        for name, value in said.items():
            at: Steps = ("loss", name)
            if isinstance(name, str) and ":" in name:
                self.say(
                    at,
                    name,
                    "a function is not named in a file, which others may have written",
                    "name it on the command line: --loss module:function",
                    key=True,
                )
                continue
            fields = dict(value) if isinstance(value, dict) else {"weight": value}
            numbers = {key: fields.pop(key, start) for key, start in COUNTS.items()}
            wrong = [k for k, v in numbers.items() if isinstance(v, bool) or not isinstance(v, (int, float))]
            if wrong:
                self.say(at, str(name), f"expected a weight, or {{weight: 1, ...}} in numbers, got {kind_of(numbers[wrong[0]])}")
                continue
            said_of = {**numbers, "of": fields.pop("of", "*")}
            if isinstance(name, (Loss, Prior)):
                made.append(Term(name.name, part=name, **said_of))
            elif callable(name):
                made.append(Term(getattr(name, "__name__", "task"), part=task(name), **said_of))
            elif cls := self.found(("loss", "prior"), name, at):
                made.append(Term(str(name), part=cls(**self.fields(cls.declared(), fields, at)), **said_of))
        return made

    def optimiser(self) -> Optimiser | None:
        said = self.get("optimiser")
        if isinstance(said, Optimiser):
            return said
        said = {said: {}} if isinstance(said, str) else said
        if not isinstance(said, dict) or len(said) != 1 or not isinstance(values := next(iter(said.values())) or {}, dict):
            self.say(("optimiser",), "optimiser", f"expected one, as `{{optax: {{rule: adam}}}}`, got {kind_of(said)}")
            return None
        name = next(iter(said))
        cls = self.found(("optimiser",), name, ("optimiser", name))
        made: Optimiser | None = cls(**self.fields(cls.declared(), values, ("optimiser", name))) if cls else None
        return made

    def found(self, families: tuple[str, ...], name: Any, at: Steps) -> Any:
        """The class of a part, in the first of some families that has it; None after having said that none does."""
        for family in families:
            if name in known(family):
                return part(family, name)
        all_ = [n for family in families for n in known(family)]
        self.say(at, str(name), f"no such {families[0]}", nearest(str(name), all_) or f"known: {', '.join(all_)}", key=True)
        return None
