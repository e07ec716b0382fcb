"""Mosaics in PNG, TIFF and NumPy files."""

import numpy as np
import pytest
import tifffile
from PIL import Image

from isp.core import DataError
from isp.io import read

SAID = {"cfa": "gbrg", "black": 64, "bits": 10}


@pytest.fixture(params=["a.png", "a.tif", "a.npy", "be.tif"])
def path(request, tmp_path, mosaic):
    path = tmp_path / request.param
    if path.suffix == ".png":
        Image.fromarray(mosaic).save(path)
    elif path.suffix == ".npy":
        np.save(path, mosaic)
    else:
        tifffile.imwrite(path, mosaic, byteorder=">" if path.stem == "be" else "<")
    return path


def test_pixels_and_facts(path, mosaic):
    frame = read(path, sidecar=SAID)
    np.testing.assert_array_equal(frame.pixels, mosaic)
    assert frame.pixels.dtype == np.uint16
    assert frame.white.tolist() == [1023] * 4
    assert frame.cfa.sites == "gbrg"


def test_cuts_are_refused(path):
    data = path.read_bytes()
    for share in (0.02, 0.3, 0.7, 0.95):
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(DataError, match=path.name):
            read(path, sidecar=SAID, trusted=True)


def test_pictures_are_no_mosaics(tmp_path):
    colour = np.zeros((8, 8, 3), np.uint8)
    Image.fromarray(colour).save(tmp_path / "a.png")
    tifffile.imwrite(tmp_path / "a.tif", colour, photometric="rgb")
    np.save(tmp_path / "a.npy", colour)
    np.save(tmp_path / "b.npy", np.array([{}], object), allow_pickle=True)
    for name in ("a.png", "a.tif", "a.npy", "b.npy"):
        with pytest.raises(DataError, match=name) as caught:
            read(tmp_path / name, sidecar=SAID)
        assert "\n" not in str(caught.value)


def test_pickles_are_not_run(tmp_path):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    np.save(tmp_path / "a.npy", np.array([[Evil()]], object), allow_pickle=True)
    with pytest.raises(DataError):
        read(tmp_path / "a.npy", sidecar=SAID)
    assert not (tmp_path / "ran").exists()


def test_eight_bits(tmp_path):
    values = np.random.default_rng(0).integers(0, 256, (6, 8), dtype=np.uint8)
    Image.fromarray(values).save(tmp_path / "a.png")
    frame = read(tmp_path / "a.png", sidecar={"cfa": "rggb"})
    np.testing.assert_array_equal(frame.pixels, values)
    assert frame.pixels.dtype == np.uint8
    assert frame.white.tolist() == [255] * 4


def test_a_missing_package_is_named(tmp_path, monkeypatch, mosaic):
    """Without imagecodecs, tifffile cannot read LZW; the line says what to install."""
    tifffile.imwrite(tmp_path / "a.tif", mosaic, compression="lzw")
    np.testing.assert_array_equal(read(tmp_path / "a.tif", sidecar=SAID).pixels, mosaic)
    (tmp_path / "imagecodecs.py").write_text("raise ImportError('not here')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(DataError, match=r"imagecodecs.*pip install 'isp\[formats\]'"):
        read(tmp_path / "a.tif", sidecar=SAID)
