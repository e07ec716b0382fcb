"""A checkpoint gives back what it was given, to the bit, or is not believed."""

import numpy as np
import pytest

from isp.core import DataError, PlaceError
from isp.tune import checkpoint


@pytest.fixture
def arrays():
    random = np.random.default_rng(0)
    return {
        "state.theta['a.b']": random.normal(size=(3, 3)).astype(np.float32),
        "state.step": np.int32(7),
        "state.loss": np.float32(np.nan),
        "log": np.zeros((0, 4), np.float32),
        "rows.loss": np.array([1e-300, -0.0, np.inf]),
        "flags": np.array([True, False]),
        "strided": random.normal(size=(6, 4))[::2, ::-1],
    }


def same(one, other):
    return one.keys() == other.keys() and all(
        np.asarray(v).dtype == other[k].dtype and np.shape(v) == other[k].shape and np.ascontiguousarray(v).tobytes() == other[k].tobytes()
        for k, v in one.items()
    )


def test_what_is_kept_comes_back_to_the_bit(tmp_path, arrays):
    checkpoint.keep(tmp_path / "c", 7, arrays, {"best": [0.1, 3], "words": "naïve"})
    step, found, facts = checkpoint.last(tmp_path / "c")
    assert step == 7 and facts == {"best": [0.1, 3], "words": "naïve"} and same(arrays, found)


def test_the_last_two_stay(tmp_path, arrays):
    for step in (5, 10, 95, 100, 20000):
        checkpoint.keep(tmp_path, step, arrays, {})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["step-00000100.safetensors", "step-00020000.safetensors"]


def test_one_that_is_damaged_anywhere_gives_way_to_the_one_before(tmp_path, arrays):
    """Every length it may have been cut to (some), and every bit that may have turned (some)."""
    checkpoint.keep(tmp_path, 1, arrays, {"n": 1})
    whole = checkpoint.keep(tmp_path, 2, arrays, {"n": 2}).read_bytes()
    path, random = tmp_path / "step-00000002.safetensors", np.random.default_rng(1)
    spoilt = [whole[:n] for n in (0, 1, 7, 8, 9, 100, len(whole) - 1, *random.integers(0, len(whole), 20))]
    for at in random.choice(len(whole), 300, replace=False):
        turned = bytearray(whole)
        turned[at] ^= 1 << int(random.integers(8))
        spoilt.append(bytes(turned))
    believed = 0
    for content in [*spoilt, whole + b"x", b"\xff" * 64]:
        path.write_bytes(content)
        damaged = []
        step, found, facts = checkpoint.last(tmp_path, damaged)
        if step == 2:  # a space of the header's padding, which says nothing
            believed += 1
            assert same(arrays, found) and facts == {"n": 2}
        else:
            assert damaged == [path] and facts == {"n": 1}
    assert believed < 10


def test_none_at_all_is_not_the_same_as_none_that_can_be_read(tmp_path):
    assert checkpoint.last(tmp_path / "nowhere") is None
    (tmp_path / "step-00000003.safetensors").write_bytes(b"?")
    with pytest.raises(DataError, match="no checkpoint can be read"):
        checkpoint.last(tmp_path)


def test_trees_are_filled_only_with_what_fits():
    like = {"x": np.zeros((2, 2), np.float32), "log": np.zeros((0, 0), np.float32)}
    full = {"x": np.ones((2, 2), np.float32), "log": np.ones((5, 3), np.float32)}
    kept = checkpoint.leaves(full, "state")
    found = checkpoint.filled(like, kept, "state")
    assert all(np.array_equal(found[name], full[name]) for name in full)
    for other in (like | {"y": np.zeros(1)}, {"x": like["x"]}, like | {"x": np.zeros((3, 2), np.float32)}):
        with pytest.raises(DataError, match="another recipe"):
            checkpoint.filled(other, kept, "state")


def test_a_table_with_holes_comes_back(tmp_path):
    rows = [{"step": 0.0, "judged_loss": 0.3}, {"step": 1.0, "loss": 0.25}, {"step": 2.0, "skipped": 1.0}]
    checkpoint.keep(tmp_path, 2, checkpoint.columns(rows), {})
    assert checkpoint.rows(checkpoint.last(tmp_path)[1]) == rows


def test_a_place_that_refuses_is_told_and_what_was_there_stays(tmp_path, arrays, monkeypatch):
    checkpoint.keep(tmp_path / "c", 1, arrays, {})
    (tmp_path / "file").write_text("")
    with pytest.raises(PlaceError):
        checkpoint.keep(tmp_path / "file", 1, arrays, {})

    def full(*_):
        raise OSError(28, "No space left on device")

    for call in ("os.replace", "os.fsync"):
        with monkeypatch.context() as patch, pytest.raises(PlaceError, match="No space left"):
            patch.setattr(call, full)
            checkpoint.keep(tmp_path / "c", 2, arrays, {})
        assert [p.name for p in (tmp_path / "c").iterdir()] == ["step-00000001.safetensors"]
    assert checkpoint.last(tmp_path / "c")[0] == 1
