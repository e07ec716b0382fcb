"""DNG files made for a test, by tifffile: an encoder that shares no code with our reader."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

SIDECARS = Path(__file__).resolve().parents[1] / "data" / "sidecars"


def rationals(values):
    pairs = [Fraction(float(v)).limit_denominator(100000) for v in values]
    return tuple(n for p in pairs for n in (p.numerator, p.denominator))


@pytest.fixture(scope="session")
def sidecars() -> Path:
    return SIDECARS


@pytest.fixture
def make_dng(tmp_path):
    """`make_dng(name, pixels, cfa=((0, 1), (1, 2)), tags=[(code, type, count, value)])`: an uncompressed DNG, or one with lossless JPEG."""
    import tifffile

    def make(name, pixels, cfa=((0, 1), (1, 2)), tags=(), black=64, white=1023, photometric=32803, jpeg=False):
        cfa = np.array(cfa, np.uint8)
        standard = [
            (50706, "B", 4, (1, 4, 0, 0)), (50708, "s", 0, "Test Camera"), (271, "s", 0, "Maker"), (272, "s", 0, "Camera One"),
            (33421, "H", 2, cfa.shape), (33422, "B", cfa.size, tuple(cfa.reshape(-1).tolist())),
            (50714, "H", np.size(black), black), (50717, "H", 1, white),
            (50721, 10, 9, rationals(np.eye(3).reshape(-1))), (50778, "H", 1, 21), (50728, 5, 3, rationals([0.5, 1, 0.625])),
        ]  # fmt: skip
        given = {t[0] for t in tags}
        extra = [t for t in standard if t[0] not in given and t[3] is not None] + [t for t in tags if t[3] is not None]
        path = tmp_path / name
        options = {}
        if jpeg:
            import imagecodecs

            bits = 16
            data = imagecodecs.ljpeg_encode(pixels, bitspersample=bits)
            tifffile.imwrite(path, iter([data]), shape=pixels.shape, dtype=pixels.dtype, photometric=photometric, compression=7,
                             rowsperstrip=pixels.shape[0], extratags=extra, metadata=None)  # fmt: skip
            return path
        tifffile.imwrite(path, pixels, photometric=photometric, extratags=extra, metadata=None, **options)
        return path

    return make


@pytest.fixture
def mosaic():
    """A mosaic of 10-bit noise, 64 rows of 96: any shift, swap or cut of it shows."""
    return np.random.default_rng(7).integers(64, 1024, (64, 96), dtype=np.uint16)
