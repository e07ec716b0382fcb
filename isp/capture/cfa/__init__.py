"""Of all filters, a site keeps one."""

from dataclasses import replace

import numpy as np

from isp.core import Cfa, ChainError, Domain, Frame, Stage, option


class ColourFilterArray(Stage, accepts=(Domain.SCENE,), emits=Domain.ELECTRONS, uses=("channels",), gives=("cfa",)):
    """Sample electrons of every filter into a mosaic. A stage says its `mosaic`; the rest is the same for all."""

    @property
    def mosaic(self) -> Cfa:
        """The filters of one tile."""
        raise NotImplementedError

    @property
    def tile(self) -> tuple[int, int]:
        """Rows and columns of the tile."""
        return self.mosaic.tile


def sampled(frame: Frame, mosaic: Cfa) -> Frame:
    """The mosaic of a frame of all filters. Raises ChainError when one that it needs is missing."""
    known = frame.channels or "rgb"
    if missing := set(mosaic.sites) - set(known):
        why = f"the mosaic has filters {', '.join(sorted(missing))}, but the sensitivities before it are of {', '.join(known)}"
        raise ChainError("cfa", why, f"choose `filters: {mosaic.filters}` there")
    pixels = frame.pixels.sampled(mosaic.tile, [known.index(f) for f in mosaic.sites])
    kept = np.array([known.index(f) for f in mosaic.filters])
    facts = {} if frame.as_shot is None else {"as_shot": frame.as_shot[kept]}
    if frame.camera_matrix is not None:
        facts["camera_matrix"] = frame.camera_matrix[:, kept]
    if frame.shading is not None and len(frame.shading.gains) == len(known):
        facts["shading"] = replace(frame.shading, gains=frame.shading.gains[kept])
    return frame.but(pixels=pixels, domain=Domain.ELECTRONS, cfa=mosaic, channels=None, scene_white=None, **facts)


def bayer_option() -> str:
    """The declaration of the phase of a Bayer mosaic."""
    return option(default="rggb", choices=("rggb", "bggr", "grbg", "gbrg"), doc="filters from the top left, row by row")


def enlarged(pattern: str, by: int) -> Cfa:
    """A Bayer tile whose every filter covers `by` x `by` sites."""
    rows = ["".join(f * by for f in row) for row in (pattern[:2], pattern[2:])]
    return Cfa(tuple(row for row in rows for _ in range(by)))
