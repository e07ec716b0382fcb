"""The loss of a run while it runs, drawn again and again in one place of a notebook.

isp.tune("classic", ..., progress=isp.notebook.live())
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from isp.report.plot import INKS, Plot

OFTEN = 0.5
"""Seconds between two drawings."""


def live(often: float = OFTEN) -> Callable[[int, int, dict[str, float]], None]:
    """What to call with the step, the count of steps, and numbers by their names (`loss`, `best`, `before`). In a notebook it redraws one plot, elsewhere
    it prints a line; both at most each `often` seconds, and at the end."""
    history: list[tuple[int, dict[str, float]]] = []
    last = -often
    place: Any = None

    def told(step: int, steps: int, numbers: dict[str, float]) -> None:
        nonlocal last, place
        history.append((step, dict(numbers)))
        now = time.monotonic()
        if step < steps and now - last < often:
            return
        last = now
        ipython: Any = sys.modules.get("IPython")
        if ipython is None or ipython.get_ipython() is None:
            print(_line(step, steps, numbers))
            return
        from IPython.display import HTML, display

        shown = HTML(drawn(history, steps))
        if place is None:
            place = display(shown, display_id=True)
        else:
            place.update(shown)

    return told


def drawn(history: list[tuple[int, dict[str, float]]], steps: int) -> str:
    """The plot of what was told so far, with the newest numbers below."""
    at = [step for step, _ in history]
    names = list(dict.fromkeys(name for _, numbers in history for name in numbers))
    values = {name: [numbers.get(name, float("nan")) for _, numbers in history] for name in names}
    positive = all(v > 0 for some in values.values() for v in some if v == v)
    plot = Plot("step", "loss", "y" if positive else "")
    for name, colour in zip(names, (INKS[0], "#ffffff", "#949494", *INKS[1:]), strict=False):
        plot.line(at, values[name], colour).named(name, colour)
    step, numbers = history[-1]
    return f"<div style='max-width:460px'>{plot.svg('loss', alone=True)}<div>{_line(step, steps, numbers)}</div></div>"


def _line(step: int, steps: int, numbers: dict[str, float]) -> str:
    return ", ".join([f"step {step} of {steps}", *(f"{name} {value:.4g}" for name, value in numbers.items())])
