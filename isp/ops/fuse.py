"""Where XLA must not fuse: planes that a later stencil reads shifted are written to memory once instead of being recomputed for each shift."""

from typing import Any

import jax


def cut(tree: Any) -> Any:
    """The same arrays, behind a barrier that fusion does not cross. Gradients and vmap pass.

    XLA on a CPU deletes barriers before it fuses unless a program is compiled with `xla_disable_hlo_passes=cse_barrier_expander`;
    where it does, a cut costs nothing and brings nothing. Measured on `demosaic.menon2007`: see its docstring.
    """
    return jax.lax.optimization_barrier(tree)
