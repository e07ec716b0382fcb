"""A class is part of the structure of what it holds."""

from dataclasses import dataclass, field

import jax
import numpy as np
import pytest

from isp.capture.noise.prnu import Prnu
from isp.capture.noise.read import Read
from isp.core.pytree import pytree


def twin(name):
    @pytree
    @dataclass(frozen=True, eq=False)
    class Twin:
        value: float
        more: float = 2.0
        kind: str = field(default="a", metadata={"static": True})
        forgotten: object = field(default=None, init=False)

    Twin.__name__ = name
    return Twin


ONE, OTHER = twin("One"), twin("Other")


def test_two_classes_are_never_of_one_structure():
    """`jit` would run the program of one for the other."""
    assert jax.tree.structure(ONE(1.0)) != jax.tree.structure(OTHER(1.0))
    assert jax.tree.structure(Prnu()) != jax.tree.structure(Read())
    assert jax.tree.structure(ONE(1.0)) == jax.tree.structure(ONE(5.0))


def test_what_is_static_is_part_of_the_structure():
    assert jax.tree.structure(ONE(1.0, kind="b")) != jax.tree.structure(ONE(1.0))
    assert hash(jax.tree.structure(ONE(1.0, kind="b"))) == hash(jax.tree.structure(ONE(9.0, kind="b")))


def test_it_comes_back_as_it_was():
    there = jax.jit(lambda v: v)(ONE(1.0, 3.0, kind="c"))
    assert isinstance(there, ONE) and there.kind == "c" and float(there.more) == 3.0 and there.forgotten is None
    names = [jax.tree_util.keystr(path) for path, _ in jax.tree_util.tree_flatten_with_path(there)[0]]
    assert names == [".value", ".more"]


@pytest.mark.parametrize("fields", [0, 1])
def test_few_fields(fields):
    @pytree
    @dataclass(frozen=True)
    class Small:
        if fields:
            value: float = 4.0

    assert jax.tree.leaves(Small()) == [4.0] * fields
    assert isinstance(jax.tree.map(np.sqrt, Small()), Small)
