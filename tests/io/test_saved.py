"""Saved frames come back bit by bit, whatever they know; anything else is refused."""

import dataclasses
import zipfile

import numpy as np
import pytest

from isp.core import FACTS, Cfa, DataError, Domain, Frame, Random, Shading, Stabiliser
from isp.io import embedded, load_frame, read, save_frame

RANDOM = np.random.default_rng(5)


def everything():
    """A frame that knows every fact there is."""
    facts = {name: RANDOM.random((3, 3)).astype(np.float32) for name, f in FACTS.items() if not f.metadata["static"]}
    facts |= {"iso": np.float32(100), "black": np.arange(4.0), "defects": np.array([[1, 2]], np.int32)}
    facts |= {"shading": Shading(gains=RANDOM.random((4, 2, 3)), origin=np.zeros(2), extent=np.ones(2))}
    parts = [f.name for f in dataclasses.fields(Stabiliser) if not f.metadata.get("static")]
    facts |= {"stabiliser": Stabiliser(**{part: RANDOM.random((4, 2)) for part in parts}, method="anscombe")}
    facts |= {"cfa": Cfa(("rg", "gb")), "crop": (1, 2, 3, 4), "orientation": 6, "make": "Ümläut", "model": "M", "primaries": "srgb"}
    facts |= {"transfer": "srgb", "bits": 8, "channels": "rgbw", "readout": 2, "random": Random.of(3, unit=4).passed("noise.read")}
    return Frame(pixels=RANDOM.random((6, 8)).astype(np.float32), domain=Domain.MOSAIC, **facts)


def same(a, b):
    assert a.domain == b.domain
    assert set(a.known()) == set(b.known())
    for name, value in {"pixels": a.pixels, **a.known()}.items():
        other = getattr(b, name)
        if dataclasses.is_dataclass(value) and not isinstance(value, Cfa):
            assert type(value) is type(other)
            pairs = [(v, getattr(other, part)) for part, v in vars(value).items()]
        else:
            pairs = [(value, other)]
        for one, two in pairs:
            np.testing.assert_array_equal(one, two)
            if isinstance(one, np.ndarray):
                assert one.dtype == two.dtype


def test_everything_comes_back(tmp_path):
    frame = everything()
    assert set(frame.known()) == set(FACTS), "a new fact: give it a value here"
    same(frame, load_frame(save_frame(frame, tmp_path / "a.npz")))


def test_a_real_frame(tmp_path):
    frame = read(embedded())
    save_frame(frame, tmp_path / "a.npz")
    same(frame, load_frame(tmp_path / "a.npz"))
    same(frame, read(tmp_path / "a.npz"))


def test_parts_that_are_not_known_stay_so(tmp_path):
    needed = [f.name for f in dataclasses.fields(Stabiliser) if f.default is dataclasses.MISSING]
    frame = everything().but(stabiliser=Stabiliser(**{part: np.ones(2) for part in needed}, method="anscombe"))
    same(frame, load_frame(save_frame(frame, tmp_path / "a.npz")))


def test_static_facts_stay_hashable(tmp_path):
    frame = load_frame(save_frame(everything(), tmp_path / "a.npz"))
    hash((frame.cfa, frame.crop, frame.orientation, frame.make, frame.stabiliser.method))


def test_damage_is_refused(tmp_path):
    """Cut or with a bit flipped, it is refused; a flip that is let through (a date in the archive) must have changed nothing."""
    frame = everything()
    path = save_frame(frame, tmp_path / "a.npz")
    data = path.read_bytes()
    refused = 0
    for at in range(0, len(data), 97):
        part = tmp_path / "b.npz"
        part.write_bytes(data[:at])
        with pytest.raises(DataError, match=r"b\.npz"):
            load_frame(part)
        flipped = bytearray(data)
        flipped[at] ^= 0x40
        part.write_bytes(flipped)
        try:
            same(frame, load_frame(part))
        except DataError:
            refused += 1
    assert refused > 40


def test_others_files_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", pixels=np.zeros((2, 2)))
    with pytest.raises(DataError, match="it is not a saved frame"):
        load_frame(tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", pixels=np.array([{}], object))
    with pytest.raises(DataError):
        load_frame(tmp_path / "b.npz")
    with pytest.raises(DataError):
        load_frame(tmp_path / "none.npz")
    with (
        zipfile.ZipFile(tmp_path / "c.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("pixels.npy", "w", force_zip64=True) as member,
    ):
        for _ in range(20):
            member.write(bytes(1 << 20))
    import isp.io.container

    limit, isp.io.container.BYTES = isp.io.container.BYTES, 1 << 20
    try:
        with pytest.raises(DataError, match="unpacks to more than"):
            load_frame(tmp_path / "c.npz")
    finally:
        isp.io.container.BYTES = limit
