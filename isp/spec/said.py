"""What a YAML file says, checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from isp.core.chain import Chain
from isp.spec.camera import Camera
from isp.spec.overlay import varied
from isp.spec.ranges import Ranges, drawn, refuse
from isp.spec.read import Marks


@dataclass(frozen=True)
class Spec:
    """What a file says: the chain, for the tuner its `tune` part with the place of everything in it, of a sensor its camera, and which values
    are ranges (`isp.spec.ranges`), by `stage.parameter`; in the chain they have the middle."""

    chain: Chain
    tune: Any
    marks: Marks
    file: Path | None = None
    camera: Camera = Camera()
    ranges: Ranges = field(default_factory=dict)

    def changed(self, *, set: Iterable[str] = (), swap: Iterable[str] = ()) -> Spec:
        """The same with other stages and values, which may be ranges. Raises SpecError with every problem."""
        chain, ranges = varied(self.chain, self.ranges, set=set, swap=swap)
        return replace(self, chain=chain, ranges=ranges)

    def drawn(self, seed: int) -> Spec:
        """The same with one value for each range."""
        return replace(self, chain=drawn(self.chain, self.ranges, seed)[0], ranges={})

    def one(self) -> Chain:
        """The chain of a file without ranges. Raises SpecError at every range."""
        refuse(self.ranges)
        return self.chain
