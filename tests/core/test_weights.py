"""Weights: leaves by name, and a file that is refused when anything about it is wrong."""

import json
from pathlib import Path

import jax
import numpy as np
import pytest
from safetensors.numpy import load, save

from isp.core import ChainError, DataError, Frame, Stage, Weights, weights
from isp.core.weights import WIDEST, Growth, content, grown, packed, read
from isp.tune.free import freed, with_values


def grow(random):
    return {"first/kernel": random.standard_normal((2, 3)), "first/bias": np.zeros(3), "last/kernel": random.standard_normal((2, 3))}


class Learned(Stage):
    """Adds the sum of its weights."""

    learned: Weights = weights(grow=grow, doc="what it learned")

    def __call__(self, frame: Frame) -> Frame:
        return frame.but(pixels=frame.pixels.map(lambda p: p + sum(w.sum() for w in self.learned.values())))


GOOD = grown(grow, 3)


def test_without_a_file_they_are_grown_from_seed_0():
    assert content(Learned().learned) == content(grown(grow)) != content(GOOD)
    assert not Learned().learned["first/bias"].flags.writeable


def test_they_are_leaves_by_name():
    names = [jax.tree_util.keystr(path) for path, _ in jax.tree_util.tree_flatten_with_path(Learned())[0]]
    assert names == [".learned['first/bias']", ".learned['first/kernel']", ".learned['last/kernel']"]


def test_a_file_comes_back_with_its_card(tmp_path):
    path = tmp_path / "a.safetensors"
    path.write_bytes(packed(GOOD, "x.learned", {"licence": "CC0"}))
    values, card = read(path, "x.learned", grown(grow))
    assert card == {"licence": "CC0"} and content(values) == content(GOOD)


def damaged():
    whole = packed(GOOD, "x.learned", {})
    about = {"isp": "1", "stage": "x.learned", "content": content(GOOD), "card": "{}"}
    changed = {**GOOD, "first/bias": GOOD["first/bias"] + 1}
    swapped = {**GOOD, "first/kernel": GOOD["last/kernel"], "last/kernel": GOOD["first/kernel"]}
    renamed = {("end/kernel" if n == "last/kernel" else n): w for n, w in GOOD.items()}
    holed = {**GOOD, "first/bias": np.full(3, np.nan, np.float32)}
    yield "truncated", whole[: len(whole) - 5], "not a sound safetensors file"
    yield "empty", b"", "not a sound safetensors file"
    yield "text", b"hello" * 100, "not a sound safetensors file"
    yield "another stage", packed(GOOD, "y.learned", {}), "the weights of y.learned, not of x.learned"
    yield "renamed", packed(renamed, "x.learned", {}), "it has no last/kernel"
    yield "one more", packed({**GOOD, "more": np.zeros(1, np.float32)}, "x.learned", {}), "it has more, which"
    yield "shape", packed({**GOOD, "first/bias": np.zeros(4, np.float32)}, "x.learned", {}), r"first/bias has shape \(4,\), not \(3,\)"
    yield "not finite", save(holed, about), "first/bias holds numbers that are not finite"
    yield "changed", save(changed, about), "not those its hash was made of"
    yield "swapped", save(swapped, about), "not those its hash was made of"
    yield "whole numbers", save({**GOOD, "first/bias": np.zeros(3, np.int32)}, about), "holds int32"
    yield "no metadata", save(GOOD), "no weights of a stage"
    yield "card", save(GOOD, {**about, "card": "{"}), "its card is not JSON"


@pytest.mark.parametrize("data, why", [pytest.param(d, w, id=i) for i, d, w in damaged()])
def test_a_wrong_file_is_refused_by_name(tmp_path, data, why):
    path = tmp_path / "bad.safetensors"
    path.write_bytes(data)
    with pytest.raises(DataError, match=why) as error:
        read(path, "x.learned", grown(grow))
    assert error.value.problems[0].file == str(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.safetensors"):
        read(tmp_path / "none.safetensors", "x.learned", grown(grow))


def test_every_flipped_byte_of_the_numbers_is_seen(tmp_path):
    whole = packed(GOOD, "x.learned", {})
    start = 8 + int.from_bytes(whole[:8], "little")
    for at in range(start, len(whole), 7):
        path = tmp_path / "flipped.safetensors"
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        with pytest.raises(DataError):
            read(path, "x.learned", grown(grow))


def test_order_in_the_file_does_not_matter(tmp_path):
    backwards = dict(reversed(list(GOOD.items())))
    assert content(backwards) == content(GOOD) and load(packed(backwards, "s", {})).keys() == GOOD.keys()


def test_what_is_given_is_checked():
    with pytest.raises(ChainError, match="it has no first/bias"):
        Learned.of(learned={"first/kernel": np.zeros((2, 3))})
    assert content(Learned.of(learned=GOOD).learned) == content(GOOD)


def test_the_tuner_frees_them_array_by_array():
    from isp.core import Chain, Domain

    chain = Chain((Learned(),), ("one",), Domain.WORKING)
    for pattern in ("one.learned", "one.*", "one"):
        assert [f.path for f in freed(chain, [pattern]).freed] == [f"one.learned/{n}" for n in sorted(GOOD)]
    only = freed(chain, [{"one.learned/first/*": {"rate": 0.5}}])
    assert [f.path for f in only.freed] == ["one.learned/first/bias", "one.learned/first/kernel"]
    theta = only.start()
    moved = only.bind({path: v + 1 for path, v in theta.items()})
    np.testing.assert_allclose(moved["one"].learned["first/bias"], 0.1, rtol=1e-6)
    np.testing.assert_array_equal(moved["one"].learned["last/kernel"], chain["one"].learned["last/kernel"])
    set_ = with_values(chain, {"one.learned/first/bias": np.ones(3)})
    np.testing.assert_array_equal(set_["one"].learned["first/bias"], 1)


def test_a_card_is_read_without_trust(tmp_path: Path):
    path = tmp_path / "a.safetensors"
    path.write_bytes(packed(GOOD, "x.learned", {"figures": {"kodak": 40.1}, "words": "a\nb"}))
    assert json.dumps(read(path, "x.learned", grown(grow))[1])


def grow_wide(random, wide=4):
    return {"first/bias": random.standard_normal(wide), "last/kernel": np.zeros((wide, wide, 2))}


def test_the_width_is_that_of_the_weights_and_everything_in_them_must_agree(tmp_path):
    any_width, path = Growth(grow_wide, "first/bias"), tmp_path / "wide.safetensors"
    path.write_bytes(packed(grown(grow_wide, wide=7), "x", {}))
    assert read(path, "x", any_width)[0]["last/kernel"].shape == (7, 7, 2)
    with pytest.raises(DataError, match=r"first/bias has shape \(7,\), not \(4,\)"):
        read(path, "x", Growth(grow_wide))
    for broken, why in (
        ({"first/bias": np.zeros(7), "last/kernel": np.zeros((7, 6, 2))}, r"last/kernel has shape \(7, 6, 2\), not \(7, 7, 2\)"),
        ({"first/bias": np.zeros(WIDEST + 1), "last/kernel": np.zeros((4, 4, 2))}, r"first/bias has shape \(257,\), not \(4,\)"),
        ({"first/bias": np.zeros((4, 4)), "last/kernel": np.zeros((4, 4, 2))}, r"first/bias has shape \(4, 4\), not \(4,\)"),
        ({"last/kernel": np.zeros((4, 4, 2))}, "it has no first/bias"),
    ):
        path.write_bytes(packed(broken, "x", {}))
        with pytest.raises(DataError, match=why):
            read(path, "x", any_width)
