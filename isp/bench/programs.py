"""Stages as programs of their own, so that one compiled for a chain serves every chain that shares it; each says its time and its memory."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np

from isp.core import Chain, Frame, Stage
from isp.core.compile import options
from isp.core.run import run

RUNS, SECONDS = 5, 0.5
"""So many runs make the median; fewer, but three, where they take longer than this."""


@dataclass
class Programs:
    """Compiled stages, one for each stage, its options and the kind of frame that it is given."""

    kept: dict[Any, Any] = field(default_factory=dict)

    def of(self, stage: Stage, frame: Frame) -> Any:
        """The program of a stage for frames like this one."""
        leaves, structure = jax.tree.flatten((stage, frame))
        key = structure, tuple((leaf.shape, leaf.dtype) for leaf in leaves)
        if key not in self.kept:
            self.kept[key] = jax.jit(_ran, compiler_options=options()).lower(stage, frame).compile()
        return self.kept[key]

    def run(self, chain: Chain, frame: Frame, watch: Callable[[str, Frame], None] | None = None) -> Frame:
        """The frame after all stages of a chain, its place in the whole kept; `watch(name, frame)` sees it after each."""
        window = frame.window
        for name, stage in zip(chain.names, chain.stages, strict=True):
            stage, frame = _placed(stage), _placed(frame)
            frame = self.of(stage, frame)(stage, frame).but(window=window)
            if watch:
                watch(name, frame)
        return frame

    def time(self, stage: Stage, frame: Frame) -> float:
        """Seconds of processor time, of all cores together, that a stage takes: the median of a few runs after a first."""
        stage, frame = _placed(stage), _placed(frame)
        program = self.of(stage, frame)
        jax.block_until_ready(program(stage, frame))
        found: list[float] = []
        while len(found) < 3 or (len(found) < RUNS and sum(found) < SECONDS):
            begun = time.process_time()
            jax.block_until_ready(program(stage, frame))
            found.append(time.process_time() - begun)
        return statistics.median(found)

    def memory(self, stage: Stage, frame: Frame) -> int:
        """Bytes that a stage needs beyond the frame it is given: what comes out and what is kept on the way, as the compiler laid it out."""
        laid = self.of(_placed(stage), _placed(frame)).memory_analysis()
        return int(laid.output_size_in_bytes + laid.temp_size_in_bytes)


def _placed(tree: Any) -> Any:
    """Leaves as JAX arrays, numbers among them: one kind whoever made them."""
    return jax.tree.map(
        lambda leaf: leaf if isinstance(leaf, jax.Array) and not leaf.weak_type else jax.numpy.asarray(np.asarray(leaf)), tree
    )


def _ran(stage: Stage, frame: Frame) -> Frame:
    return run((stage,), frame)
