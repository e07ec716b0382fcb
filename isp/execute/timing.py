"""How long a stage takes on this machine."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import jax
import numpy as np

from isp.core import Frame, Stage
from isp.core.compile import options
from isp.core.run import run
from isp.spec.cost import specimen

SIDE = 1024
"""Rows and columns of the frame that is timed."""
RUNS, SECONDS = 5, 2.0
"""So many runs make the median; fewer, but three, where they take longer than this."""


@dataclass(frozen=True)
class Timing:
    """`milliseconds` for each megapixel, the median of `runs` that lay between `fastest` and `slowest`; `compiling`, in seconds, was before them."""

    milliseconds: float
    fastest: float
    slowest: float
    runs: int
    compiling: float


def timed(stage: Stage, side: int = SIDE) -> Timing:
    """The time of a stage by itself on a frame of texture, all cores, in a program of its own: in a chain it shares reading and writing with
    its neighbours, and costs less. Raises ChainError where no frame can be made up that it takes."""
    frame = specimen(stage, side, side)
    texture = np.random.default_rng(0).uniform(0.2, 2.0, frame.pixels.shape).astype(np.float32)
    frame = frame.but(pixels=frame.pixels * texture)
    begun = time.perf_counter()
    whole = jax.jit(_ran, compiler_options=options()).lower(stage, frame).compile()
    compiling = time.perf_counter() - begun
    stage, frame = jax.device_put((stage, frame))
    jax.block_until_ready(whole(stage, frame))  # the first run brings memory in
    found: list[float] = []
    while len(found) < 3 or (len(found) < RUNS and sum(found) < SECONDS):
        begun = time.perf_counter()
        jax.block_until_ready(whole(stage, frame))
        found.append(time.perf_counter() - begun)
    each = 1e3 / (side * side / 1e6)
    return Timing(each * statistics.median(found), each * min(found), each * max(found), len(found), compiling)


def _ran(stage: Stage, frame: Frame) -> Frame:
    return run((stage,), frame)
