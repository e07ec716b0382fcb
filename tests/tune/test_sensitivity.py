"""What slopes say, held against closed forms and finite differences."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Cfa, Domain, Frame
from isp.ops.curve import decode_srgb, encode_srgb
from isp.report.sensitivity import page, told
from isp.spec import load
from isp.tune.problem import Problem, trimmed
from isp.tune.recipe import recipe
from isp.tune.sensitivity import of_slopes, sensitivity
from isp.tune.slopes import pushed
from isp.tune.take import developed

TEXT = """isp: 1
title: Two <gains>
stages:
  - level.subtract_black
  - demosaic.bilinear
  - colour.fixed_matrix
  - exposure.gain: {measured: 0.5}
  - exposure.gain: {ev: 0.1, measured: 0.5}
    as: again
  - encode.srgb: {bits: float}
"""
FREE = ["exposure.gain.*", "again.*"]
EV, RANGE = "exposure.gain.ev", 8


@pytest.fixture(scope="module")
def problem():
    random = np.random.default_rng(0)
    raw = Frame(
        pixels=random.integers(150, 800, (32, 32)).astype(np.uint16), domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"),
        black=np.full(4, 64, np.float32), white=np.full(4, 1023, np.float32), balanced=np.ones(3, np.float32),
    )  # fmt: skip
    chain = load(TEXT)
    wanted = chain.replace({"again.ev": 0.3})
    said = {"scenes": [raw, raw], "target": {"pipeline": wanted}, "loss": {"mse": 2.0, "l1": 0.5}, "crop": 16, "batch": 2, "edge": 4}
    return Problem(recipe(chain, free=FREE, validation=0.0, **said))


@pytest.fixture(scope="module")
def found(problem):
    return sensitivity(problem.recipe, problem=problem, top=12)


def pictures(problem):
    """What comes out inside the border: (examples, rows, columns, 3)."""
    chain = problem.free.bind(problem.free.start())
    batch = problem.batches(0)[0]
    items = [jax.tree.map(lambda a, i=i: a[i], batch) for i in range(2)]
    return np.stack([np.asarray(trimmed(developed(chain, item.raw), item, 4)[0].pixels, float) for item in items])


def test_a_gain_changes_pictures_as_its_derivative_says(problem, found):
    made = pictures(problem)
    light = np.asarray(decode_srgb(made.astype(np.float32)), float)
    curve = (np.asarray(encode_srgb(np.float32(light * 1.001)), float) - np.asarray(encode_srgb(np.float32(light * 0.999)), float)) / (
        0.002 * light
    )
    slope = curve * light * np.log(2) * RANGE
    at = found.names.index(EV)
    assert found.change[at] == pytest.approx(np.sqrt((slope**2).mean()), rel=2e-3)
    wanted = found.noise / np.sqrt((slope**2).mean())
    assert found.alone[at] == pytest.approx(wanted, rel=2e-3)


def test_two_gains_in_series_cannot_be_told_apart(found):
    rows = [i for i, name in enumerate(found.names) if name.endswith(".ev")]
    assert found.correlation[rows[0], rows[1]] == pytest.approx(-1, abs=1e-3)
    assert [found.verdicts[i] for i in rows] == ["entangled", "entangled"]
    assert any({name for name, _ in d.parts} == {"exposure.gain.ev", "again.ev"} for d in found.unseen)


def test_what_no_exposure_meter_feeds_is_dead(found):
    assert [n for n, v in zip(found.names, found.verdicts, strict=True) if v == "dead"] == ["exposure.gain.measured", "again.measured"]
    dead = [found.names.index(n) for n in ("exposure.gain.measured", "again.measured")]
    assert not found.gradient[dead].any() and (found.together[dead] == 1).all()


def test_the_gradient_is_the_slope_of_the_loss_by_finite_differences(problem, found):
    chain, free = problem.recipe.chain, problem.free
    values = [float(problem.value(free.start(chain.replace({EV: step * RANGE})), 0)) for step in (-1e-3, 1e-3)]
    assert found.gradient[found.names.index(EV)] == pytest.approx((values[1] - values[0]) / 2e-3, rel=0.02)
    whole = 2.0 * found.terms["mse"] + 0.5 * found.terms["l1"]
    np.testing.assert_allclose(whole, found.gradient, rtol=1e-6)


def test_the_wishes_of_all_pixels_are_the_fall_of_the_loss(found):
    by_name = {}
    for one in found.overlays:
        by_name[one.name] = by_name.get(one.name, 0) + one.wants.sum()
    assert EV in by_name
    for name, wish in by_name.items():
        assert wish == pytest.approx(-found.gradient[found.names.index(name)], rel=1e-3, abs=1e-5)
    assert all(not one.wants[:4].any() and not one.wants[:, -4:].any() for one in found.overlays), "no loss looks at the border"


def test_a_slope_is_had_where_a_pullback_is_written_by_hand():
    """sin with a pullback of its own, between ordinary functions: forward mode refuses it, and the slope is cos all the same."""

    @jax.custom_vjp
    def wave(x):
        return jnp.sin(x)

    wave.defvjp(lambda x: (jnp.sin(x), x), lambda x, cotangent: (cotangent * jnp.cos(x),))
    at, tangent = {"a": jnp.float32(0.3), "b": jnp.arange(3.0)}, {"a": np.float32(2.0), "b": np.float32([1, 0, -1])}
    slope = pushed(lambda m: wave(m["a"] * m["b"]) ** 2, at, tangent)
    x = 0.3 * np.arange(3.0)
    wanted = 2 * np.sin(x) * np.cos(x) * (2.0 * np.arange(3.0) + 0.3 * np.array([1, 0, -1]))
    np.testing.assert_allclose(slope, wanted, atol=1e-6)


def test_an_orthogonal_design_is_independent():
    design = np.kron(np.diag([1.0, 0.1, 0.02]), np.array([[1.0], [-1.0]]))
    told_of = of_slopes(design, 0.004, list("abc"))
    np.testing.assert_allclose(told_of["correlation"], np.eye(3), atol=1e-12)
    np.testing.assert_allclose(told_of["alone"], told_of["together"])
    np.testing.assert_allclose(told_of["change"], np.array([1, 0.1, 0.02]) / np.sqrt(3))
    assert [d.parts for d in told_of["directions"]] == [(("a", 1.0),), (("b", 1.0),), (("c", 1.0),)]


def test_each_hidden_direction_has_a_number_of_its_own():
    """Two pairs in series: a + b and c + d show, a - b and c - d do not, in whatever mixture the eigenvectors come."""
    design = np.array([[1.0, 1.0, 0, 0], [0, 0, 1.0, 1.0]])
    unseen = of_slopes(design, 0.004, list("abcd"))["unseen"]
    assert sorted(sorted(name for name, _ in d.parts) for d in unseen) == [["a", "b"], ["c", "d"]]
    assert all(sum(part for _, part in d.parts) == pytest.approx(0) and d.change < 1e-7 for d in unseen)


def test_deviations_are_those_of_a_linear_fit():
    """Fits of noisy values scatter as `together` says, and as `alone` where the other number is known."""
    random = np.random.default_rng(1)
    design = random.normal(size=(40, 2)) @ np.array([[1.0, 0.8], [0.0, 0.3]])
    noise = 0.01
    told_of = of_slopes(design, noise, ["a", "b"])
    values = random.normal(scale=noise * np.sqrt(len(design)), size=(len(design), 4000))
    both = np.linalg.lstsq(design, values, rcond=None)[0].std(1)
    each = [np.linalg.lstsq(design[:, [i]], values, rcond=None)[0].std() for i in (0, 1)]
    np.testing.assert_allclose(told_of["together"], both, rtol=0.05)
    np.testing.assert_allclose(told_of["alone"], each, rtol=0.05)
    scatter = np.corrcoef(np.linalg.lstsq(design, values, rcond=None)[0])[0, 1]
    assert told_of["correlation"][0, 1] == pytest.approx(scatter, abs=0.03)


def test_the_page_says_it_and_needs_no_network(found):
    text = page(found, command="isp sensitivity <x>")
    assert "Two &lt;gains&gt;" in text and "Two <gains>" not in text and "://" not in text
    assert "dead, no pixel moves: exposure.gain.measured, again.measured" in text
    assert text.count("<svg") == 3 and text.count("data:image/png") == len(found.overlays) > 0
    assert any(line.startswith("fight: ") for line in told(found)) or any("told apart" in line for line in told(found))
