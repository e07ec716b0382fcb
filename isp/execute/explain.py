"""What the planner decided for a chain and a frame, in words."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from isp.core import Chain, Frame
from isp.core.compile import options
from isp.core.run import halo, tile_of
from isp.execute.strips import strip_rows


def explain(chain: Chain, frame: Frame) -> str:
    """Segments, halos, strips and memory, a line each."""
    rows, columns = np.shape(frame.pixels)[:2]
    lines = [f"{chain.title or 'chain'}: {len(chain)} stages on {columns}x{rows} pixels"]
    tile = tile_of(frame)
    names = iter(chain.names)
    for whole, some in groupby(chain.stages, key=lambda s: s.whole):
        stages = tuple(some)
        held = [next(names) for _ in stages]
        if whole:
            lines.append(f"  whole frame: {', '.join(held)}")
            continue
        cells = halo(stages, tile)
        measures = [n for n, s in zip(held, stages, strict=True) if s.measures]
        if measures:
            lines.append(f"  measured first: {', '.join(measures)}")
        strip = strip_rows((rows, columns), tile)
        local = [n for n, s in zip(held, stages, strict=True) if not s.measures]
        lines.append(
            f"  strips of {strip} rows, {-(-rows // strip)} in all, halo {cells[0] * tile[0]} rows and {cells[1] * tile[1]} columns of {tile[0]}x{tile[1]} tiles: {', '.join(local)}"
        )
        tile = (1, 1)
    lines.append(f"  compiler options: {', '.join(f'{k}={v}' for k, v in options().items()) or 'none'}")
    return "\n".join(lines)
