"""Where the free numbers of a run were on the way: columns of its table, so that whoever looks at a run sees what moved when, and what still did at the end."""

from __future__ import annotations

import numpy as np

from isp.tune.free import LEAF, Theta
from isp.tune.problem import Problem

MOST = 20
"""Numbers of one parameter that are followed; a longer row of them is a curve, of which the beginning and the end are shown."""
OFTEN = 200
"""Steps of a run that are followed at most: what binds numbers to values is small beside a step, and nothing beside two hundred."""


def trail(problem: Problem, theta: Theta, step: int = 0) -> dict[str, float]:
    """Values by the path of their number, `stage.field[2]` of arrays; none at a step that is passed over, and none of weights."""
    if step % max(1, -(-problem.steps // OFTEN)) and step != problem.steps:
        return {}
    some = (f for f in problem.free.freed if LEAF not in f.path and np.size(theta[f.path]) <= MOST)
    return {f.path + place(index): float(v) for f in some for index, v in np.ndenumerate(np.asarray(f.bind(theta[f.path])))}


def place(index: tuple[int, ...]) -> str:
    """Which number of several; nothing of one."""
    return f"[{', '.join(map(str, index))}]" if index else ""
