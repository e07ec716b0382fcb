"""Find the parameters of a pipeline, by gradient or by trying, against simulated sensors or files. The only door to optax, optimistix, optuna and cmaes.

run = isp.tune("classic", free=["denoise.*"], sensors=["imx219"], scenes=["photos"], steps=200, out="runs/first")
run.tuned                       # the pipeline with the values found
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any


def tune(
    source: Any,
    *,
    out: str | Path | None = None,
    resume: bool = False,
    force: bool = False,
    progress: Any = None,
    stop: Any = None,
    **said: Any,
) -> Any:
    """Tune a pipeline (a name, a file, a text or a chain) by its `tune` part and by what is said here in its place: `free`, `choose`, `sensors`,
    `conditions`, `scenes`, `target`, `loss`, `optimiser`, and the numbers of `isp.tune.settings.Settings`. Scenes may be arrays (rows, columns, 3) of
    encoded sRGB, sensors chains, a loss any JAX callable of the picture and the label.

    Returns a `Run`. Raises SpecError with every problem of the recipe; see `isp.tune.run.tuned` for the rest.
    """
    from isp.tune.recipe import recipe
    from isp.tune.run import tuned

    return tuned(recipe(source, **said), Path(out) if out else None, resume=resume, force=force, progress=progress, stop=stop)


class _Callable(ModuleType):
    """This package is a verb as well: `isp.tune(...)`."""

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return tune(*arguments, **keywords)


sys.modules[__name__].__class__ = _Callable
