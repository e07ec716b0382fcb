import numpy as np
import pytest

from isp.core import Cfa, Domain, Frame

FILTERS = {"bayer": Cfa.bayer("grbg"), "xtrans": Cfa(("gbggrg", "rgrbgb", "gbggrg", "grggbg", "bgbrgr", "grggbg")), "quad": Cfa(("rrgg", "rrgg", "ggbb", "ggbb"))}  # fmt: skip


def _frame(pixels, noise, cfa="bayer"):
    pixels = np.asarray(pixels, np.float32)
    if pixels.ndim == 3:
        return Frame(pixels=pixels, domain=Domain.CAMERA, noise=np.broadcast_to(np.asarray(noise, np.float32), (3, 2)))
    filters = FILTERS[cfa]
    return Frame(
        pixels=pixels, domain=Domain.MOSAIC, cfa=filters, noise=np.broadcast_to(np.asarray(noise, np.float32), (len(filters.sites), 2))
    )


@pytest.fixture(scope="session")
def a_frame():
    """A mosaic or picture with this noise model."""
    return _frame
