"""How a chain is compiled: options of XLA that its CPU back end needs to run stencils well, used only where they are understood."""

from __future__ import annotations

import functools
from collections.abc import Callable
from functools import cache
from typing import Any

import jax

from isp.core.errors import told

CPU_OPTIONS: dict[str, Any] = {
    # Keeps `optimization_barrier`, which the CPU back end otherwise drops before fusion: stencils over stencils would be recomputed.
    "xla_disable_hlo_passes": "cse_barrier_expander",
    "xla_cpu_prefer_vector_width": 512,
    "xla_cpu_enable_fast_min_max": True,
}


@cache
def options() -> dict[str, Any]:
    """The options that this back end accepts. They are internal to XLA and may vanish, so each is tried on a small program."""
    if jax.default_backend() != "cpu":
        return {}
    return {name: value for name, value in CPU_OPTIONS.items() if _accepted(name, value)}


def _accepted(name: str, value: Any) -> bool:
    try:
        jax.jit(lambda x: x + 1, compiler_options={name: value}).lower(0.0).compile()
    except Exception:  # whatever XLA raises for an option it does not know
        return False
    return True


def compiled(function: Callable[..., Any], **keywords: Any) -> Callable[..., Any]:
    """`function` under jit with the options above, which are probed at the first call. Inside another transformation it is under plain
    jit: options belong to the program as a whole."""
    plain = jax.jit(function, **keywords)
    tuned: list[Callable[..., Any]] = []

    @functools.wraps(function)
    def call(*arguments: Any) -> Any:
        if any(isinstance(leaf, jax.core.Tracer) for leaf in jax.tree.leaves(arguments)):
            return plain(*arguments)
        if not tuned:
            tuned.append(jax.jit(function, compiler_options=options(), **keywords))
        try:
            return tuned[0](*arguments)
        except jax.errors.JaxRuntimeError as error:
            if (own := told(error)) is error:
                raise
            raise own from None

    return call
