"""A plot with its title and words."""

from __future__ import annotations

from typing import NamedTuple


class Figure(NamedTuple):
    """What stands above a plot, the plot as SVG, and what stands below."""

    title: str
    svg: str
    words: str
