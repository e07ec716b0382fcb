"""Times side by side: interleaved rounds in one process, medians, and ratios taken inside each round so that other load cancels."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable

Case = Callable[[], object]


def rounds(cases: dict[str, Case], reference: str, count: int = 9) -> dict[str, dict[str, float]]:
    """Processor and wall milliseconds of each case, and its processor time over the reference's."""
    for case in cases.values():
        case()
    processor: dict[str, list[float]] = {name: [] for name in cases}
    wall: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(count):
        for name, case in cases.items():
            p, w = time.process_time(), time.perf_counter()
            case()
            processor[name].append(1e3 * (time.process_time() - p))
            wall[name].append(1e3 * (time.perf_counter() - w))
    return {
        name: {
            "processor_ms": statistics.median(processor[name]),
            "wall_ms": statistics.median(wall[name]),
            "ratio": statistics.median(a / b for a, b in zip(processor[name], processor[reference], strict=True)),
        }
        for name in cases
    }


def show(title: str, table: dict[str, dict[str, float]], reference: str) -> None:
    """A table for people on stderr, the same as JSON on stdout."""
    print(f"\n{title} (ratios to {reference}, same rounds)", file=sys.stderr)
    print(f"{'':44}{'processor ms':>14}{'wall ms':>10}{'ratio':>8}", file=sys.stderr)
    for name, row in table.items():
        print(f"{name:44}{row['processor_ms']:14.1f}{row['wall_ms']:10.1f}{row['ratio']:8.2f}", file=sys.stderr)
    print(json.dumps({title: table}))
