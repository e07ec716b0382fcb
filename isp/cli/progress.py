"""A bar with the time that is left, on a terminal; silence elsewhere. The library only calls back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Step = Callable[[int, int], None]
Files = Callable[[str], Step]


@contextmanager
def bar(files: int, *, quiet: bool = False) -> Iterator[Files]:
    """`begin(name)` starts the next of `files` and gives `step(done, total)` for the work within it."""
    if quiet or not sys.stderr.isatty():
        yield lambda name: lambda done, total: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    counted = (MofNCompleteColumn(),) if files > 1 else ()
    columns = (TextColumn("{task.description}"), BarColumn(), *counted, TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as drawn:
        task = drawn.add_task("", total=files)
        begun = -1

        def begin(name: str) -> Step:
            nonlocal begun
            begun += 1
            drawn.update(task, description=escape(name), completed=begun)
            return lambda done, total: drawn.update(task, completed=begun + done / max(1, total))

        yield begin
