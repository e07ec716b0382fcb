"""The states light passes through on its way from a scene to a picture."""

from __future__ import annotations

from enum import StrEnum


class Domain(StrEnum):
    """What the pixels of a frame mean. Ordered: a chain only moves down this list."""

    SCENE = "scene"
    """Linear light, RGB or spectral."""
    ELECTRONS = "electrons"
    """Charge in wells, one filter a site."""
    MOSAIC_DN = "mosaic_dn"
    """Digital numbers with their pedestal, one filter a site."""
    MOSAIC = "mosaic"
    """Linear, black subtracted, 1 where the sensor saturates, one filter a site."""
    CAMERA = "camera"
    """Linear colour of this camera, every filter at every site."""
    WORKING = "working"
    """Linear light in named primaries (`frame.primaries`), 1 at diffuse white."""
    DISPLAY = "display"
    """Encoded for a display: named primaries and transfer function, 0 to 1."""

    @property
    def is_mosaic(self) -> bool:
        """Whether a site knows one filter only."""
        return self in (Domain.ELECTRONS, Domain.MOSAIC_DN, Domain.MOSAIC)
