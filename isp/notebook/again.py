"""A chain run again and again with other values: from the first stage on that changed, by programs that are compiled once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import jax
import numpy as np

from isp.core import Chain, Frame, Stage
from isp.core.compile import compiled
from isp.core.run import run


class Again:
    """The developed `frame` of one chain after another. A stage that reads around a pixel is a program of its own, and so is each run of stages that do not; the
    frame before each program is kept. A value that moves costs its own program and those after it, another stage in a slot costs one compilation. Borders are
    continued at every program, not once for all, so a few pixels along them differ from what the chain as a whole makes."""

    def __init__(self, frame: Frame):
        self.frame: Frame = jax.device_put(frame)
        self.kept: list[tuple[tuple[Stage, ...], Frame]] = []
        self.ran: tuple[str, ...] = ()
        """The names of the stages that the last call had to run."""

    def __call__(self, chain: Chain) -> Frame:
        """The developed frame, kept stage by stage."""
        kept = list(self._through(chain))
        names, same = chain.names, sum(a is b for a, b in zip(kept, self.kept, strict=False))
        self.ran = names[sum(len(block) for block, _ in kept[:same]) :]
        self.kept = kept
        return jax.block_until_ready(self.kept[-1][1] if kept else self.frame)

    def aside(self, chain: Chain) -> Frame:
        """The developed frame of a chain that is only asked about."""
        return list(self._through(chain))[-1][1]

    def _through(self, chain: Chain) -> Iterator[tuple[tuple[Stage, ...], Frame]]:
        frame, same = self.frame, True
        for i, block in enumerate(_blocks(chain.stages)):
            old = self.kept[i] if same and i < len(self.kept) else None
            same = old is not None and len(old[0]) == len(block) and all(a is b for a, b in zip(old[0], block, strict=True))
            made = old if same and old is not None else (block, _ran(tuple(map(_plain, block)), frame))
            frame = made[1]
            yield made


def _blocks(stages: Sequence[Stage]) -> Iterator[tuple[Stage, ...]]:
    """What is compiled together. Stages in a row that read no neighbours cost little more than one of them, as the picture passes through the machine once; and
    those that measure stay with what follows, so that a measure whose fact the next one overwrites is never taken."""
    block: list[Stage] = []
    for stage in stages:
        if block and not block[-1].measures and (_around(stage) or _around(block[-1])):
            yield tuple(block)
            block = []
        block.append(stage)
    if block:
        yield tuple(block)


def _around(stage: Stage) -> bool:
    """Whether it reads more than each pixel by itself."""
    return stage.whole or bool(np.any(stage.reach))


def _plain(stage: Stage) -> Stage:
    """The same with every number in one type, as programs are compiled for types."""
    return jax.tree.map(lambda leaf: np.asarray(leaf, np.float32), stage)


def _run(stages: tuple[Stage, ...], frame: Frame) -> Any:
    return run(stages, frame)


_ran = compiled(_run)
