"""What weights promise: the gradient of a score reaches every array of them, is finite, and is the slope."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from .frames import all_stages, cast, frame_for
from .laws import slope, value

LEARNED = [(s, d.name) for s in all_stages() for d in s.declared().values() if d.kind == "weights"]


STEP, STARTS = 1e-7, 8


def nudged(stage, field: str, seed: int):
    """A stage whose weights are a little off: a layer that begins at zero lets nothing pass to those before it."""
    random = np.random.default_rng(seed)
    made = {k: np.asarray(w) + 0.05 * random.standard_normal(np.shape(w)) for k, w in sorted(getattr(stage, field).items())}
    return stage.of(**{field: {k: np.float32(w) for k, w in made.items()}})


def all_in(tree, dtype):
    return jax.tree.map(lambda leaf: jnp.asarray(leaf, dtype), tree)


def differences(exact, field, along, frame):
    """The slope along a direction by central differences over one step and over two; they part where a rectifier bends in between."""
    weights = getattr(exact, field)

    def moved(by):
        return float(value(exact.with_values(**{field: {k: w + by * along[k] for k, w in weights.items()}}), frame))

    return tuple((moved(h) - moved(-h)) / (2 * h) for h in (STEP, 2 * STEP))


@pytest.mark.parametrize(("cls", "field"), LEARNED, ids=[f"{s.name}.{f}" for s, f in LEARNED])
def test_gradients_of_weights_are_finite_alive_and_the_slope(cls, field):
    """At the first of some starts around which no rectifier bends: across a bend no difference is the slope."""
    with jax.enable_x64(True):
        frame, random = frame_for(cls(), np.float64), np.random.default_rng(6)
        shapes = sorted(getattr(cls.of(**cls.smooth), field).items())
        signs = {k: random.choice((-1.0, 1.0), np.shape(w)) for k, w in shapes}
        for seed in range(5, 5 + STARTS):
            start = nudged(cls.of(**cls.smooth), field, seed)
            exact = all_in(start, jnp.float64)
            weights = getattr(exact, field)
            along = {k: jnp.asarray(signs[k] * (1e-3 + np.abs(w))) for k, w in sorted(weights.items())}
            near, far = differences(exact, field, along, frame)
            if abs(near - far) <= 2e-5 * abs(near):
                break
        else:
            raise AssertionError(f"{cls.name}.{field}: a bend beside each of {STARTS} starts")
        found = getattr(slope(exact, frame), field)
        for name, gradient in found.items():
            assert np.isfinite(gradient).all(), f"{cls.name}.{field}/{name}"
            assert np.abs(gradient).max() > 1e-9, f"{cls.name}.{field}/{name}: no gradient reaches it"
        numeric = (4 * near - far) / 3
        told = sum(float(jnp.sum(found[k] * along[k])) for k in weights)
        size = float(np.sqrt(sum(float(jnp.sum((found[k] * along[k]) ** 2)) for k in weights)))
        assert abs(told - numeric) <= 1e-4 * max(abs(numeric), size), f"{cls.name}.{field}: {told} against {numeric}"

        single = getattr(slope(all_in(start, jnp.float32), cast(frame, jnp.float32)), field)
        for name, gradient in found.items():
            assert single[name].dtype == jnp.float32
            far = np.linalg.norm(np.ravel(single[name] - gradient))
            assert far <= 5e-3 * np.linalg.norm(np.ravel(gradient)), f"{cls.name}.{field}/{name} in single precision"
