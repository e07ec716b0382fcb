"""How many programs JAX had to compile, and how many it found compiled: what a first run takes longer than the next is one or the other."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import jax

BUILT, FOUND = "/jax/core/compile/backend_compile_duration", "/jax/compilation_cache/cache_hits"
"""Events of `jax.monitoring`: a program was made ready, by either way; it was found in the cache on disk."""


class Programs(NamedTuple):
    """Counts of programs, and differences of such counts."""

    compiled: int
    loaded: int

    def since(self, before: Programs) -> Programs:
        """What has been added."""
        return Programs(self.compiled - before.compiled, self.loaded - before.loaded)


def programs() -> Programs:
    """Counts of this process since the first call."""
    seen = _heard()
    return Programs(seen[BUILT] - seen[FOUND], seen[FOUND])


@cache
def _heard() -> dict[str, int]:
    seen = {BUILT: 0, FOUND: 0}

    def heard(event: str, *_: Any, **__: Any) -> None:
        if event in seen:
            seen[event] += 1

    jax.monitoring.register_event_listener(heard)
    jax.monitoring.register_event_duration_secs_listener(heard)
    return seen
