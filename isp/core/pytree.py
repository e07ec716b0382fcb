"""Frozen dataclasses as nodes of JAX's trees."""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from typing import Any, TypeVar

from jax.tree_util import GetAttrKey, register_pytree_with_keys

Class = TypeVar("Class", bound=type)


def pytree(cls: Class) -> Class:
    """Make a dataclass a node: its fields are branches, those with `static` in their metadata part of the structure; a field that is no
    argument of the constructor is forgotten on the way.

    Not `jax.tree_util.register_dataclass`: under that (JAX 0.10.2), structures of two classes whose static fields are equal compare as
    equal, and `jit`, whose cache looks at few bits of a hash before it compares, now and then runs the program of one for the other.
    """
    fields = [f for f in dataclasses.fields(cls) if f.init]
    branches = tuple(f.name for f in fields if not f.metadata.get("static"))
    static = tuple(f.name for f in fields if f.metadata.get("static"))
    keys = [GetAttrKey(name) for name in branches]
    of_branches, of_static = _values(branches), _values(static)

    def with_keys(node: Any) -> tuple[Any, Any]:
        return tuple(zip(keys, of_branches(node), strict=True)), of_static(node)

    def flat(node: Any) -> tuple[Any, Any]:
        return of_branches(node), of_static(node)

    def made(known: Any, children: Any) -> Any:
        return cls(**dict(zip(branches, children, strict=True)), **dict(zip(static, known, strict=True)))

    register_pytree_with_keys(cls, with_keys, made, flat)
    return cls


def _values(names: tuple[str, ...]) -> Any:
    """Takes these attributes, as a tuple however many they are."""
    if len(names) > 1:
        return attrgetter(*names)
    return (lambda node: (getattr(node, names[0]),)) if names else (lambda node: ())
