"""What has declared fields: a frozen set of numbers and choices, checked, listed, printed, and a pytree of its numbers.

Stages are of this kind; so are losses, optimisers and whatever else a YAML file may name with values.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar, dataclass_transform

import numpy as np

from isp.core.declared import Declared, option, param, weights, whole_number
from isp.core.errors import ChainError
from isp.core.look import Shown
from isp.core.pytree import pytree
from isp.core.table import Table
from isp.core.weights import Default


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(param, option, whole_number, weights))
class Declares(Shown):
    """A frozen keyword-only dataclass whose fields are `param`, `option`, `whole_number` or `weights`. `name` is how YAML calls it: the path of its file."""

    name: ClassVar[str] = ""

    @classmethod
    def final(cls) -> None:
        """Make this class what it declares: a dataclass, and a pytree of its parameters. Raises TypeError for a field that is not declared."""
        dataclass(frozen=True, kw_only=True, eq=False, repr=False)(cls)
        for f in dataclasses.fields(cls):  # type: ignore[arg-type]
            if "declared" not in f.metadata:
                raise TypeError(f"{cls.__name__}.{f.name}: declare it with param(), option(), whole_number() or weights()")
            if isinstance(f.default_factory, Default):
                f.default_factory.stage = cls.name
        pytree(cls)

    @classmethod
    def declared(cls) -> dict[str, Declared]:
        """The declaration of each field, by name."""
        return {
            f.name: Declared(name=f.name, default=None if f.default is dataclasses.MISSING else f.default, **f.metadata["declared"])
            for f in dataclasses.fields(cls)  # type: ignore[arg-type]
        }

    @classmethod
    def of(cls, **values: Any) -> Any:
        """One with these values, checked. Raises ChainError naming every field at fault. A whole number given for a parameter is one with a point:
        it has a slope, and needs no program of its own."""
        faults, declared = [], cls.declared()
        for name, value in values.items():
            why = declared[name].fault(value) if name in declared else f"no such field; it has {', '.join(declared) or 'none'}"
            if why:
                faults.append(f"{cls.name}.{name}: {why}")
        if faults:
            raise ChainError("; ".join(faults))
        whole = {name: float(v) for name, v in values.items() if type(v) is int and declared[name].kind == "param"}
        return cls(**values | whole)

    def with_values(self, **values: Any) -> Any:
        """The same with other values, unchecked: tracers and gradients pass."""
        return dataclasses.replace(self, **values)  # type: ignore[type-var]

    def __post_init__(self) -> None:
        # Also runs when JAX rebuilds one around tracers: it must only ever touch what a person wrote.
        for f in dataclasses.fields(self):  # type: ignore[arg-type]
            if isinstance(getattr(self, f.name), (tuple, list)):
                object.__setattr__(self, f.name, np.asarray(getattr(self, f.name), float))

    def __repr__(self) -> str:
        rows = [
            (
                f"{self.name}.{d.name}",
                getattr(self, d.name),
                d.unit or "-",
                "|".join(map(str, d.choices)) or str(d.within),
            )
            for d in self.declared().values()
        ]
        return "\n".join([self.name, *(f"  {path} = {_short(value)} {unit}  {limit}" for path, value, unit, limit in rows)])


def _short(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, dict):
        return f"{sum(np.size(w) for w in value.values())} numbers in {len(value)} arrays"
    return (
        str(value)
        if isinstance(value, (Table, str, bool))
        else np.array2string(np.asarray(value), precision=4, separator=", ").replace("\n", "")
    )
