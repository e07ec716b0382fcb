"""Where a number stopped being one: the first stage whose pixels are not finite, or the first parameter whose slope is not."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from isp.core import Chain
from isp.core.run import run
from isp.tune.free import Theta
from isp.tune.item import Item


def blame(chain: Chain, batches: list[Item], slope: Theta | None) -> str:
    """Words for an error: the first bad stage, the first bad parameter, or both."""
    words = []
    if slope is not None:
        bad = [path for path, value in slope.items() if not np.isfinite(np.asarray(value)).all()]
        if bad:
            words.append(f"first parameter with such a slope: {bad[0]}")
    for batch in batches:
        for i in range(int(np.shape(batch.weight)[0])):
            raw = jax.tree.map(lambda a, i=i: a[i], batch.raw)
            if raw.pixels.ndim > 2:
                raw = jax.tree.map(lambda a: a[0], raw)
            if not np.isfinite(np.asarray(raw.pixels)).all():
                return f"the raw frame of example {i} is not finite"
            if stage := first(chain, raw):
                return "; ".join([f"first bad stage: {stage}", *words])
    return "; ".join(words) or "every stage is finite: it is the loss"


def first(chain: Chain, raw: Any) -> str:
    """The first stage after which a pixel is not finite; empty where none is."""
    seen: list[tuple[str, bool]] = []
    names = iter(chain.names)
    run(chain.stages, raw, lambda stage, frame: seen.append((next(names), bool(np.isfinite(np.asarray(frame.pixels)).all()))))
    return next((name for name, fine in seen if not fine), "")
