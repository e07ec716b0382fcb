"""What every stage promises. `test_capture` and `test_develop` ask it of every stage of their half of the tree.

Programs are compiled by functions of the module, not of a test, so that what two tests ask of one stage is compiled once."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import ChainError, Domain, Frame, Stage
from isp.core.planes import Planes
from isp.core.run import grid_of, halo, tile_of
from isp.core.stage import Stage as Base

from .frames import HOSTILE, cast, channels_of, frame_for, natural, shifted, spectral

quick = partial(jax.jit, compiler_options={"xla_backend_optimization_level": 0})
"""Compiles in half the time; how fast the program then is does not matter here."""
INSIDE = 0.01
"""Near a limit: this share of the range inside it."""


def parameters(stage: type[Stage]):
    return {n: d for n, d in stage.declared().items() if d.kind == "param"}


def settings(stage: type[Stage]):
    """The default, and each parameter near each of its limits."""
    yield "default", stage()
    for name, d in parameters(stage).items():
        default = np.asarray(d.default, float)
        for end, sign in ((d.within.low, 1), (d.within.high, -1)):
            if np.isfinite(end):
                span = d.within.high - d.within.low if np.isfinite(d.within.high - d.within.low) else max(1.0, abs(end))
                value = end + sign * INSIDE * span
                yield f"{name} near {end:g}", stage.of(**{name: float(value) if not d.shape else np.full(default.shape, value)})


def outcome(frame: Frame) -> list:
    """What a stage made: its pixels and every floating-point fact."""
    return [leaf for leaf in jax.tree.leaves(frame) if jnp.issubdtype(jnp.result_type(leaf), jnp.floating)]


@quick
def made(stage: Stage, frame: Frame) -> Frame:
    return stage(frame)


def score(stage: Stage, frame: Frame) -> jax.Array:
    """One smooth number that depends on all a stage makes."""
    total = 0.0
    for i, leaf in enumerate(outcome(stage(frame))):
        weights = np.random.default_rng(i).uniform(0.5, 1.5, np.shape(leaf)) * np.sign(
            np.random.default_rng(i + 99).standard_normal(np.shape(leaf))
        )
        total += jnp.sum(leaf * jnp.asarray(weights, jnp.result_type(leaf))) / max(1, np.sqrt(np.size(leaf)))
    return total


value, slope = quick(score), quick(jax.grad(score))


@quick
def judged(stage: Stage, frame: Frame) -> tuple:
    """All that a stage makes of a frame, and the gradients of its score."""
    by = lambda s, pixels: score(s, frame.but(pixels=pixels))  # noqa: E731
    return outcome(stage(frame)), jax.grad(by, argnums=(0, 1), allow_int=True)(stage, frame.pixels)


def test_it_can_be_made_without_arguments_and_emits_what_it_says(stage):
    frame = frame_for(stage())
    after = made(stage(), frame)
    assert after.domain == (stage.emits or frame.domain)
    for fact in stage.gives:
        assert getattr(after, fact) is not None, f"{stage.name} says it gives {fact}"
    for fact in set(stage.takes) - set(stage.gives):
        assert getattr(after, fact) is None, f"{stage.name} says it takes {fact}"
    if stage.measures:
        np.testing.assert_array_equal(after.pixels, frame.pixels)


def test_every_choice_of_every_option_works(stage):
    """Or says which parameter has to go with it."""
    for name, d in stage.declared().items():
        if d.kind == "option":
            for choice in d.choices or (d.default, d.default + 1):
                setting = stage.of(**{name: choice})
                try:
                    pixels = made(setting, frame_for(setting)).pixels
                except ChainError as error:
                    assert any(f"{stage.name}.{p}" in str(error) for p in parameters(stage)), error
                    continue
                assert np.isfinite(pixels).all(), f"{stage.name} with {name}: {choice}"


def test_single_precision_stays_single(stage):
    frame = frame_for(stage())
    with jax.enable_x64(True):
        frame = cast(frame, jnp.float32)
        for leaf in jax.tree.leaves(stage()(frame).pixels):
            assert leaf.dtype == jnp.float32


def test_missing_optional_facts_are_no_obstacle(stage):
    frame = frame_for(stage())
    bare = frame.but(**{fact: None for fact in stage.uses})
    assert np.isfinite(made(stage(), bare).pixels).all()


def test_missing_facts_and_other_domains_are_refused_by_name(stage):
    frame = frame_for(stage())
    for fact in (*stage.needs, *stage.takes):
        if fact != "cfa":
            with pytest.raises(ChainError, match=rf"{stage.name}: needs frame\.{fact}"):
                stage()(frame.but(**{fact: None}))
    from isp.core import Domain

    for domain in set(Domain) - set(stage.accepts or Domain):
        with pytest.raises(ChainError, match="takes"):
            stage()(frame.but(domain=domain, cfa=frame.cfa or frame_for_cfa()))


def frame_for_cfa():
    from isp.core import Cfa

    return Cfa.bayer("rggb")


def test_bad_values_are_refused_by_the_name_of_the_field(stage):
    for name, d in parameters(stage).items():
        for wrong in [*d.within.wrong(), "text"]:
            value = wrong if not d.shape or wrong == "text" else np.full(np.shape(d.default), wrong)
            with pytest.raises(ChainError, match=f"{stage.name}.{name}"):
                stage.of(**{name: value})
    with pytest.raises(ChainError, match="no such field"):
        stage.of(no_such_field=1.0)


def test_compiled_equals_eager_and_maps_over_frames(stage):
    frame = frame_for(stage())
    eager, compiled = stage()(frame), made(stage(), frame)
    for a, b in zip(outcome(eager), outcome(compiled), strict=True):
        far = ~np.isclose(a, b, rtol=1e-4, atol=1e-5 * max(1.0, float(np.max(np.abs(b), initial=0))))
        if eager.bits is None and not stage.smooth:
            assert not far.any(), f"{np.asarray(a)[far]} eager, {np.asarray(b)[far]} compiled"
        else:  # a value that lies between two codes may be rounded to either
            code = 1.0 / (2**eager.bits - 1) if eager.domain is Domain.DISPLAY else 1.0
            assert far.mean() < 1e-3 and np.allclose(a, b, atol=1.01 * code)
    two = jax.tree.map(
        lambda leaf: jnp.stack([leaf, leaf]),
        frame.but(**{f: None for f in ("linearisation",)}) if frame.linearisation is not None else frame,
    )
    if not stage.whole:
        mapped = quick(jax.vmap(lambda f: stage()(f).pixels))(two)
        assert mapped.shape[0] == 2


@pytest.mark.parametrize("kind", ["natural", *HOSTILE])
def test_values_and_gradients_are_finite_on_hostile_frames(stage, kind):
    base = stage()
    pixels = natural(16, 20, channels_of(base))
    frame = frame_for(base, pixels=HOSTILE[kind](pixels) if kind in HOSTILE else pixels, shape=(16, 20))
    frame = frame.but(defects=None if frame.defects is None else frame.defects[:1])
    for label, setting in settings(stage):
        values, gradients = judged(setting, frame)
        for leaf in (*values, *jax.tree.leaves(gradients)):
            assert np.isfinite(np.asarray(leaf, float)).all(), f"{stage.name} at {label} on {kind}"


@pytest.mark.parametrize("precision", ["double", "single"])
def test_gradients_equal_finite_differences(stage, precision):
    tolerance = {"double": 1e-5, "single": 2e-3}[precision]
    with jax.enable_x64(True):
        exact = frame_for(stage(), np.float64)
        base = jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float64), stage.of(**stage.smooth))
        gradient = slope(base, exact)
        if precision == "single":
            single = jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float32), base)
            gradient_single = slope(single, cast(exact, jnp.float32))
        for name in parameters(stage):
            here = np.asarray(getattr(base, name), float)
            for index in np.ndindex(here.shape):
                scale = max(1e-3, abs(float(here[index])))
                h = 1e-6 * scale

                def moved(by, index=index, here=here, name=name):
                    there = here.copy()
                    there[index] += by
                    return float(value(base.with_values(**{name: jnp.asarray(there)}), exact))

                # Five points, so that the truncation is of fourth order.
                numeric = (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h)
                found = float(np.asarray(getattr(gradient if precision == "double" else gradient_single, name))[index])
                size = max(abs(numeric), 1e-3 * abs(float(value(base, exact))) / scale, 1e-6)
                assert abs(found - numeric) <= tolerance * size, f"{stage.name}.{name}{list(index)}: {found} against {numeric}"


def test_a_flat_step_is_passed_straight_through(stage):
    """Where a stage rounds or counts, its gradient is that of the same stage without the step."""
    if not stage.smooth:
        return
    frame = frame_for(stage())
    total = quick(jax.grad(lambda s, p: jnp.sum(s(frame.but(pixels=p)).pixels), argnums=(0, 1)))
    stepped, smooth = total(stage(), frame.pixels), total(stage.of(**stage.smooth), frame.pixels)
    for a, b in zip(jax.tree.leaves(stepped), jax.tree.leaves(smooth), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4 * float(np.max(np.abs(b), initial=0)))


def test_no_parameter_is_dead(stage):
    """At its default every parameter moves the result, on a frame with slopes, edges, texture and highlights. One that stands in for
    an optional fact does so where the fact is missing; one whose default is a limiting case, in the middle of its usual range; one that
    belongs to a choice, under that choice."""
    silent = set(parameters(stage))
    for setting, frame, heard in _situations(stage):
        if silent & heard:
            gradient = slope(jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float32), setting), frame)
            silent -= {n for n in silent & heard if float(np.abs(np.asarray(getattr(gradient, n))).max()) > 1e-7}
    assert not silent, f"{stage.name}: no gradient reaches {', '.join(sorted(silent))}"


def _situations(stage):
    """Settings and frames under which parameters may be felt, likeliest first, with the names that are to be listened to."""
    names = set(parameters(stage))
    frame = frame_for(stage())
    yield stage(), frame, names
    yield stage(), frame.but(**{fact: None for fact in stage.uses}), names
    if "wavelengths" in stage.uses:
        yield stage(), spectral(frame), names
    for name, d in parameters(stage).items():
        if d.usual:
            yield (
                stage.of(
                    **{
                        name: (d.usual.low + d.usual.high) / 2
                        if not d.shape
                        else np.full(np.shape(d.default), (d.usual.low + d.usual.high) / 2)
                    }
                ),
                frame,
                {name},
            )
    for name, d in stage.declared().items():
        if d.kind == "weights":  # a layer that begins at zero lets nothing pass
            random = np.random.default_rng(0)
            fresh = {leaf: np.float32(w + 0.1 * random.standard_normal(w.shape)) for leaf, w in getattr(stage(), name).items()}
            yield stage.of(**{name: fresh}), frame, names
        for choice in d.choices:
            setting = stage.of(**{name: choice})
            yield setting, frame_for(setting), names


@pytest.mark.parametrize("by", [(1, 0), (0, 1), (1, 1)])
def test_a_shifted_filter_array_gives_the_shifted_picture(stage, by):
    base = stage()
    frame = frame_for(base)
    if not frame.domain.is_mosaic or stage.measures:
        return
    edge = 2 * ((sum(base.reach) if isinstance(base.reach, tuple) else base.reach) // 2 + 1) + 2
    if min(frame.pixels.shape[:2]) <= 2 * edge + 2:
        frame = frame_for(base, shape=(2 * edge + 12, 2 * edge + 14))
    whole = np.asarray(made(base, frame).pixels)
    moved = np.asarray(made(base, shifted(frame, *by)).pixels)
    rows, columns = moved.shape[:2]
    a, b = whole[by[0] :, by[1] :][edge : rows - edge, edge : columns - edge], moved[edge : rows - edge, edge : columns - edge]
    assert a.size
    np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-5 * max(1.0, float(np.abs(a).max())))


def test_its_reach_is_true(stage):
    """A tile with its halo is bitwise the whole frame; no pixel beyond the reach matters, and some pixel near it does."""
    base = stage()
    if stage.whole or stage.measures:
        return
    probe = frame_for(base)
    tile = tile_of(probe)
    down, right = halo([base], tile)
    grid = grid_of([base], tile)
    more = grid[0] // tile[0], grid[1] // tile[1]  # tiles in the smallest step that keeps a mosaic, read or made, on its phase
    (top, left), (high, wide) = (
        [(-(-(n * t) // g) + 1) * g for n, t, g in zip((down, right), tile, grid, strict=True)],
        (4 * grid[0], 4 * grid[1]),
    )
    frame = frame_for(base, shape=(2 * top + high + 2, 2 * left + wide + 2))
    rows, columns = frame.pixels.shape[:2]

    def cut(cells):
        y, x = cells[0] * tile[0], cells[1] * tile[1]
        window = jnp.array([top, left, rows, columns], jnp.float32)
        part = frame.pixels[top - y : top + high + y, left - x : left + wide + x]
        return frame.but(pixels=Planes.split(part, tile, cells), window=window)

    call = quick(lambda s, f: s(f).array)
    wide_cells = (down + more[0], right + more[1])
    tight, loose = call(base, cut((down, right))), quick(lambda s, f: s(f).pixels.trimmed().joined())(base, cut(wide_cells))
    whole = quick(lambda s, f: s(f).pixels)(base, frame)[top : top + high, left : left + wide]
    np.testing.assert_allclose(tight, whole, rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(np.asarray(tight).shape, np.asarray(whole).shape)
    np.testing.assert_allclose(loose, whole, rtol=1e-6, atol=1e-6)
    if down:
        with pytest.raises((AssertionError, ValueError, TypeError)):
            made = base(cut((down - 1, right)))
            np.testing.assert_array_equal(made.array, whole)


def test_reach_is_no_larger_than_needed(stage):
    """The farthest pixel that matters lies within the last tile of the reach."""
    base = stage()
    if stage.whole or stage.measures:
        return
    steps = base.reach if isinstance(base.reach, tuple) else (base.reach,)
    reach = sum(steps)
    if reach == 0:
        return
    size = 2 * reach + 9
    centre = reach + 4
    frame = frame_for(base, shape=(size, size))
    if frame.defects is not None:
        frame = frame.but(defects=jnp.array([[centre, centre]]))
    with jax.enable_x64(True):
        frame = cast(frame, jnp.float64)
        pick = lambda p: jnp.sum(base(frame.but(pixels=p)).pixels[centre : centre + 2, centre : centre + 2] ** 2)  # noqa: E731
        influence = np.asarray(quick(jax.grad(pick))(frame.pixels))
    influence = np.abs(influence).reshape(size, size, -1).max(-1)
    rows = np.flatnonzero(influence.max(1))
    farthest = max(centre - rows.min(), rows.max() - centre - 1)
    assert farthest <= reach, f"{stage.name} reads {farthest} pixels away but declares {reach}"
    assert farthest > reach - 2 * len(steps), f"{stage.name} declares {reach} but reads only {farthest} pixels away"


def test_it_is_final(stage):
    with pytest.raises(TypeError, match="final"):
        type("Another", (stage,), {})
    assert Base in stage.__mro__ and stage.__mro__[2] is Base
