"""Where XLA must not fuse: planes that a later stencil reads shifted are written to memory once instead of being recomputed for each shift."""

from collections.abc import Iterator
from typing import Any

import jax


def cut(tree: Any) -> Any:
    """The same arrays, behind a barrier that fusion does not cross. Gradients and vmap pass.

    XLA on a CPU deletes barriers before it fuses unless a program is compiled with `xla_disable_hlo_passes=cse_barrier_expander`; then a
    cut brings nothing. With it, at 2 megapixels on one core: Menon 16 to 10 ms, Menon without refining 320 to 8, Hamilton-Adams 104 to 5,
    the bilateral filter 230 to 35.
    """
    return jax.lax.optimization_barrier(tree)


def afresh(tree: Any) -> Iterator[Any]:
    """The same arrays again and again, each time behind one more cut. What two kernels find from the same arrays, divisions above all, XLA
    finds once and writes to memory, though to find it again is cheaper; and two cuts of the same arrays are one to it, but a cut of a cut
    is not."""
    while True:
        tree = cut(tree)
        yield tree


def together(a: Any, b: Any) -> tuple[Any, Any]:
    """Two real arrays of one shape, written by one kernel that finds once what they share. XLA on a CPU writes a kernel for each array; one
    of complex numbers is one array."""
    pair = cut(jax.lax.complex(a, b))
    return pair.real, pair.imag


@jax.custom_jvp
def parted(tree: Any) -> Any:
    """The same arrays, whose cotangents are cut, while the values themselves fuse as they like. Where many slopes meet in one place XLA
    would find their sum again, with all that leads to it, for each of those who read it."""
    return tree


@parted.defjvp
def _(primals: tuple[Any], tangents: tuple[Any]) -> tuple[Any, Any]:
    return primals[0], cut(tangents[0])
