"""Stages of one's own: admitted by who runs the program, never by a file; functions and networks become stages like any other."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import isp
from isp.core import Cfa, ChainError, Domain, Frame, SpecError, Stage, between, param
from isp.core.weights import content, packed
from isp.execute import develop
from isp.spec import cost, own, row, stage_class
from isp.tune.free import freed


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
    """Nothing is admitted yet."""
    monkeypatch.setattr(own, "_ADMITTED", {})


def frame(rows=24, columns=20, domain=Domain.WORKING):
    pixels = np.random.default_rng(0).uniform(0.1, 0.9, (rows, columns, 3)).astype(np.float32)
    return Frame(pixels=pixels, domain=domain, primaries="srgb")


def chain(text, **how):
    return isp.load(f"isp: 1\ninput: working\nstages:\n  - {text}\n", **how)


def squared(pixels):
    """Every value is squared."""
    return pixels * pixels


def blurred(pixels):
    """The mean of a site and its four neighbours, borders repeated."""
    p = jnp.pad(pixels, ((1, 1), (1, 1), (0, 0)), mode="edge")
    return (p[1:-1, 1:-1] + p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:]) / 5


class Lift(Stage, accepts=(Domain.WORKING,)):
    """Adds a number."""

    by: float = param(default=0.1, unit="1", within=between(0, 1), doc="what is added")

    def __call__(self, frame):
        return frame.but(pixels=frame.pixels.map(lambda p: p + self.by))


class Net(eqx.Module):
    """One 3x3 convolution."""

    layer: eqx.nn.Conv2d
    reach: int = eqx.field(static=True, default=1)

    def __call__(self, pixels):
        return jnp.moveaxis(self.layer(jnp.moveaxis(pixels, -1, 0)), 0, -1)


def net(seed=0):
    return Net(eqx.nn.Conv2d(3, 3, 3, padding=1, key=jax.random.key(seed)))


def test_a_file_alone_admits_nothing_and_says_how():
    for name in ("squared", "Lift"):
        with pytest.raises(SpecError) as caught:
            chain(f"own.{name}")
        (line,) = str(caught.value).splitlines()
        assert line.startswith(f"text:4:5: own.{name}: a stage of one's own is admitted by whoever runs it, never by a file")
        assert f"--stage MODULE:{name}" in line and f"stages=[{name}]" in line
    for text in ("os.system", "own.os.system", "own.test_own:squared", "filters.py:squared"):
        with pytest.raises(SpecError):
            chain(f'"{text}"')


def test_a_function_is_a_stage():
    made = chain("own.squared: {strength: 0.25}", stages=[squared])
    before = frame()
    np.testing.assert_allclose(made(before).pixels, 0.75 * before.pixels + 0.25 * before.pixels**2, rtol=1e-6)
    np.testing.assert_array_equal(chain("own.squared: {strength: 0}")(before).pixels, before.pixels)
    assert row(stage_class("own.squared")).summary == "Every value is squared"
    slope = jax.grad(lambda c: jnp.sum(c(before).pixels))(made)["own.squared"].strength
    assert float(slope) == pytest.approx(float(np.sum(before.pixels**2 - before.pixels)), rel=1e-4)
    with pytest.raises(SpecError, match=r"own.squared.strength: 2 is not a number in \[0, 1\]"):
        chain("own.squared: {strength: 2}")


def test_it_is_admitted_for_all_that_follows_and_may_have_another_name():
    assert isp.admit(sharp=squared) == ("own.sharp",)
    assert chain("own.sharp:\n    as: mine").names == ("mine",)
    with pytest.raises(SpecError, match=r"did you mean own\.sharp"):
        chain("own.shrap")


def test_a_whole_frame_is_given_where_reach_is_not_said_and_strips_where_it_is():
    before = frame(64, 48)
    wanted = np.asarray(blurred(before.pixels))
    whole = chain("own.blurred", stages=[blurred])
    assert whole["own.blurred"].whole
    np.testing.assert_allclose(develop(whole, before, strip_pixels=48 * 8).pixels, wanted, rtol=1e-5)
    blurred_ = lambda p: blurred(p)  # noqa: E731
    blurred_.reach = 1
    strips = chain("own.blurred", stages={"blurred": blurred_})
    assert not strips["own.blurred"].whole and strips["own.blurred"].reach == 1
    inside = (slice(1, -1), slice(1, -1))
    made = develop(strips, before, strip_pixels=48 * 8).pixels
    np.testing.assert_allclose(made[inside], wanted[inside], rtol=1e-5)
    np.testing.assert_array_equal(made, develop(strips, before).pixels)


def test_the_arrays_of_a_network_are_weights(tmp_path):
    module = net()
    made = chain("own.net", stages=[module])
    before = frame()
    stage = made["own.net"]
    assert set(stage.weights) == {"layer/weight", "layer/bias"} and stage.reach == 1
    np.testing.assert_allclose(made(before).pixels[2:-2, 2:-2], module(jnp.asarray(before.pixels))[2:-2, 2:-2], rtol=1e-4, atol=1e-6)
    assert [f.path for f in freed(made, ["own.net.weights"]).freed] == ["own.net.weights/layer/bias", "own.net.weights/layer/weight"]
    slopes = jax.grad(lambda c: jnp.sum(c(before).pixels ** 2))(made)["own.net"].weights
    assert all(np.isfinite(w).all() and np.abs(w).max() > 0 for w in slopes.values())
    other = {name: w * 2 for name, w in stage.weights.items()}
    (tmp_path / "net.safetensors").write_bytes(packed(other, "own.net", {}))
    (tmp_path / "a.yaml").write_text("isp: 1\ninput: working\nstages:\n  - own.net:\n      weights: net.safetensors\n")
    assert content(isp.load(tmp_path / "a.yaml")["own.net"].weights) == content(other)
    found = cost(stage_class("own.net"))
    assert found.numbers == 81 + 3 + 1 and found.multiply_adds == pytest.approx(81, rel=0.01)


def test_a_partial_brings_its_arrays():
    scale = jax.tree_util.Partial(
        lambda values, pixels: pixels * values["gain"] + values["lift"], {"gain": np.array(2, np.float32), "lift": np.zeros(3, np.float32)}
    )
    made = chain("own.scale", stages={"scale": scale})
    assert set(made["own.scale"].weights) == {"gain", "lift"}
    np.testing.assert_allclose(made(frame()).pixels, 2 * frame().pixels, rtol=1e-6)


def test_a_stage_class_is_one_and_carries_its_declaration():
    made = chain("own.Lift: {by: 0.2}", stages=[Lift])
    assert row(Lift).summary == "Adds a number"  # and not what the file says in which it stands
    np.testing.assert_allclose(made(frame()).pixels, frame().pixels + 0.2, rtol=1e-6)
    with pytest.raises(SpecError, match=r"own.Lift.by: 2 is not a number in \[0, 1\]"):
        chain("own.Lift: {by: 2}")


def test_a_demosaicer_says_what_it_takes_and_gives():
    def nearest(mosaic):
        block = lambda y, x: jnp.repeat(jnp.repeat(mosaic[y::2, x::2], 2, 0), 2, 1)  # noqa: E731
        return jnp.stack([block(0, 0), block(0, 1), block(1, 1)], -1)

    nearest.accepts, nearest.emits = "mosaic", "camera"
    made = isp.load("isp: 1\nstages: [level.subtract_black, own.nearest]\n", stages=[nearest])
    raw = Frame(
        pixels=np.tile(np.array([[100, 200], [200, 300]], np.uint16), (4, 4)), domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"), black=np.zeros(4), white=np.full(4, 1000.0)
    )  # fmt: skip
    done = made(raw)
    assert done.domain is Domain.CAMERA and done.cfa is None
    np.testing.assert_allclose(done.pixels, np.broadcast_to([0.1, 0.2, 0.3], (8, 8, 3)), rtol=1e-5)
    with pytest.raises(SpecError, match=r"own.nearest: takes mosaic, but the frame is working here"):
        chain("own.nearest")


SOURCE = """
import jax.numpy as jnp
def doubled(pixels):
    "Twice as bright."
    return 2 * pixels
number = 3
class Nothing: pass
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "my_filters.py").write_text(SOURCE)
    (tmp_path / "broken_filters.py").write_text("import no_such_module")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("place", ["my_filters.py", "my_filters", "./my_filters.py"])
def test_it_is_found_in_a_file_or_a_module(module, place):
    np.testing.assert_allclose(chain("own.doubled", stages=[f"{place}:doubled"])(frame()).pixels, 2 * frame().pixels)


@pytest.mark.parametrize(
    "where, why",
    {
        "doubled": "does not say where it is",
        "my_filters:": "does not say where it is",
        "my_filters:doubbled": "has no doubbled .*did you mean doubled",
        "my_filters:number": "is a int, which cannot be called",
        "my_filters:Nothing": "is a class, but none of a stage",
        "none.py:f": "cannot be imported: no such file",
        "no_such_module_here:f": "cannot be imported",
        "broken_filters:f": "cannot be imported: No module named 'no_such_module'",
    }.items(),
)
def test_what_cannot_be_one_is_refused(module, where, why):
    with pytest.raises(ChainError, match=why):
        own.admit(where)


@pytest.mark.parametrize("shape", ["transposed", "smaller", "grey"])
def test_another_shape_is_refused(shape):
    make = {"transposed": lambda p: jnp.swapaxes(p, 0, 1), "smaller": lambda p: p[1:], "grey": lambda p: p[..., 0]}[shape]
    with pytest.raises(ChainError, match=r"own.f: made \(.*\) of \(24, 20, 3\)"):
        chain("own.f", stages={"f": make})(frame())


def test_a_domain_there_is_not_is_refused():
    bad = lambda p: p  # noqa: E731
    bad.accepts = "raw"
    with pytest.raises(ChainError, match=r"domains are .*mosaic"):
        own.admit(bad=bad)
    with pytest.raises(ChainError, match="is no name"):
        own.admit(**{"a-b": squared})
