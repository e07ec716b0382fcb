"""What the command line says: results on stdout, everything else on stderr, one line a fault."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isp.core import Problem


def problem(what: str, why: str = "", do: str = "", file: object = "") -> Problem:
    """A fault that is no exception."""
    from isp.core import Problem

    return Problem(file=str(file), what=what, why=why, do=do)


def problems(error: Exception, file: object = "") -> tuple[Sequence[Problem], int]:
    """The faults that an exception tells of a file, and the exit code it asks for."""
    from isp.core import IspError
    from isp.core.errors import told

    error = told(error)
    if isinstance(error, IspError):
        named = error.at(file) if file else error
        return named.problems, named.exit_code
    if isinstance(error, MemoryError) or "RESOURCE_EXHAUSTED" in str(error):
        return [problem("not enough memory", "", "develop a smaller frame, or close other programs", file)], 3
    if isinstance(error, OSError):
        return [problem(error.strerror or str(error), file=file or error.filename or "")], 3
    why = str(error).strip().splitlines()
    return [problem(f"unexpected {type(error).__name__}", why[0] if why else "", "--debug shows where; please report it", file)], 1


def errors(problems: Iterable[Problem]) -> None:
    """Each fault on its line."""
    for one in problems:
        print(f"error: {one}", file=sys.stderr)


def warning(text: object) -> None:
    """Something that was done, but may not be what was meant."""
    print(f"warning: {printable(text)}", file=sys.stderr)


def plain(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Faults for JSON: the parts that are known."""
    return [{k: v for k, v in vars(one).items() if v} for one in problems]


def document(data: Any) -> None:
    """One JSON document on stdout."""
    print(json_of(data))


def json_of(data: Any) -> str:
    """Data as JSON, as files and stdout hold it."""
    return json.dumps(data, indent=1, ensure_ascii=False, default=str)


def table(rows: Sequence[Sequence[str]], header: Sequence[str], numbers: Sequence[str] = (), cut: str = "") -> None:
    """Columns: drawn to the width of a terminal, or one line a row for other programs. Those of `numbers` stand on the right; that of the name
    `cut` is cut on a terminal where a row would need a second line."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    terminal = sys.stdout.isatty()
    grid = Table(box=SIMPLE_HEAD if terminal else None, show_header=terminal, pad_edge=False, header_style="dim")
    for name in header:
        kept = not terminal or name == header[0] or name in numbers
        grid.add_column(name, overflow="fold", no_wrap=kept, justify="right" if name in numbers else "left")
    console = Console()
    if terminal and cut:
        rows = _cut(rows, header, header.index(cut), console.width)
    for row in rows:
        grid.add_row(*(Text(printable(cell)) for cell in row))
    if terminal:
        console.print(grid)
        return
    wide = Console(width=max(80, sum(max(map(len, column)) + 4 for column in zip(*rows, strict=True))) if rows else 80, color_system=None)
    with wide.capture() as drawn:
        wide.print(grid)
    print("\n".join(line.rstrip() for line in drawn.get().splitlines()))


def _cut(rows: Sequence[Sequence[str]], header: Sequence[str], at: int, width: int) -> list[list[str]]:
    """The rows with the cells of a column cut to what the others leave of a width."""
    others = sum(max(map(len, column)) + 3 for i, column in enumerate(zip(header, *rows, strict=True)) if i != at)
    room = max(8, width - others - 3)
    return [[f"{c[: room - 1]}…" if i == at and len(c) > room else c for i, c in enumerate(row)] for row in rows]


def printable(text: object) -> str:
    """Text from a file or a name, with control characters escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))
