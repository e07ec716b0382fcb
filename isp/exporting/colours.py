"""What a pipeline does to colours one by one: from the balanced colours of the camera through its matrix to its end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import Chain, ChainError, Domain, Frame, Stage, Table
from isp.core.run import run
from isp.ops.colour import rgb_to_xyz
from isp.ops.curve import decode_srgb
from isp.ops.lab import ciede2000, lab
from isp.spec import stage_class

PROBES = 2000
"""Colours by which a pipeline is judged."""
BATCH = 4096
"""So many colours go through a pipeline at a time."""
quick = partial(jax.jit, compiler_options={"xla_backend_optimization_level": 0})
"""Compiles in half the time; these programs run a few times only."""


@dataclass(frozen=True)
class Colours:
    """Stages that change every site by itself, with the facts of the frame that enters them."""

    stages: tuple[Stage, ...]
    names: tuple[str, ...]
    frame: Frame

    def __call__(self, rgb: np.ndarray) -> np.ndarray:
        """What becomes of balanced camera colours (n, 3)."""
        return self.after(rgb)[-1] if self.stages else np.asarray(rgb, float)

    def after(self, rgb: np.ndarray) -> np.ndarray:
        """What becomes of them after each stage (stages, n, 3). They go through in parts of one shape, by one program."""
        parts = []
        for i in range(0, len(rgb), BATCH):
            some = np.zeros((1, BATCH, 3), np.float32)
            some[0, : len(rgb) - i] = rgb[i : i + BATCH]
            parts.append(np.asarray(_run(self.stages, self.frame, some), float))
        return np.concatenate(parts, 1)[:, : len(rgb)]

    @cached_property
    def linear(self) -> int:
        """How many stages, from the first, are a matrix when taken together."""
        random = np.random.default_rng(5).uniform(0, 1, (64, 3))
        made, by = self.after(random), self.after(np.eye(3))
        return max((i + 1 for i in range(len(made)) if np.allclose(made[i], random @ by[i], atol=2e-5)), default=1)

    @cached_property
    def matrix(self) -> np.ndarray:
        """The matrix (3, 3) of those stages: rows for the light that comes out."""
        return self.after(np.eye(3))[self.linear - 1].T

    @cached_property
    def rest(self) -> Colours:
        """The stages after the matrix, which see what it makes."""
        entering = _facts(self.stages[: self.linear], self.frame.but(pixels=np.zeros((1, 1, 3), np.float32)))
        return Colours(self.stages[self.linear :], self.names[self.linear :], entering)

    def curve(self, x: np.ndarray) -> np.ndarray:
        """What the stages after the matrix make of grey light `x` (n,), the mean of the channels."""
        return self.rest(np.repeat(np.asarray(x, float)[:, None], 3, 1)).mean(1)

    @cached_property
    def depends(self) -> bool:
        """Whether the matrix depends on the light: it is the camera's own, or a table."""
        return self.stages[0].name == "colour.matrix" or bool(self.table)

    @cached_property
    def table(self) -> tuple[float, ...]:
        """The temperatures of tables over the colour temperature."""
        return tables(self.stages)

    @cached_property
    def encoded(self) -> bool:
        """Whether it ends in numbers for a display."""
        return any(s.emits is Domain.DISPLAY for s in self.stages)

    def off_curve(self) -> tuple[float, float]:
        """dE00, mean and largest of random colours of a display, between the pipeline and its matrix with one curve for each channel."""
        rgb = np.random.default_rng(6).uniform(0, 1, (PROBES, 3)) ** 2
        made = np.stack([self.curve(rgb[:, c]) for c in range(3)], 1)
        apart = np.asarray(_apart(self.rest(rgb), made, self.encoded))
        return float(apart.mean()), float(apart.max())


@partial(jax.jit, static_argnums=2)
def _apart(one: jax.Array, other: jax.Array, encoded: bool) -> jax.Array:
    """dE00 of colours (n, 3), as if their primaries were those of sRGB."""
    both = [decode_srgb(x) if encoded else x for x in (one, other)]
    return ciede2000(*(lab(jnp.clip(x, 0, 1) @ jnp.asarray(rgb_to_xyz("srgb"), x.dtype).T) for x in both))


@quick
def _run(stages: tuple[Stage, ...], frame: Frame, pixels: jax.Array) -> jax.Array:
    seen: list[jax.Array] = []
    run(stages, frame.but(pixels=pixels), lambda _, made: seen.append(made.pixels[0]))
    return jnp.stack(seen)


@quick
def _facts(stages: tuple[Stage, ...], frame: Frame) -> Frame:
    """The facts after some stages; the pixels are not asked for, so what makes them is not compiled."""
    return run(stages, frame).but(pixels=None)


def colours_of(
    chain: Chain, frame: Frame | None, gains: np.ndarray | None = None, kelvin: float | None = None, *, clip: bool = False
) -> Colours:
    """The colours of a pipeline as a frame of a sensor enters them, balanced by `gains` under light of `kelvin`, or as it was shot; with
    `clip` as if highlights were not recovered but cut.

    What stages measure of a picture is measured of that of the frame; without one, stages that need it are left out. Raises ChainError for a pipeline that
    never leaves the camera's own colours.
    """
    first = next((i for i, s in enumerate(chain) if s.emits is Domain.WORKING), None)
    if first is None:
        raise ChainError(
            "pipeline", "has no stage that gives the camera's colours a name", "put colour.matrix or colour.fixed_matrix in it"
        )
    measured = {fact for s in chain for fact in s.gives if s.measures}
    told = set() if frame is not None else measured
    pointwise = [
        (n, _exact(s)) for n, s in zip(chain.names[first:], chain.stages[first:], strict=True) if _by_itself(s) and not told & {*s.needs}
    ]
    names, stages = zip(*pointwise, strict=True)
    before = tuple(stage_class("highlight.clip")() if clip and s.name == "highlight.recover" else s for s in chain.stages[:first])
    entering = _entering(before, frame, gains, kelvin)
    wanted = measured & {fact for s in stages for fact in s.needs}
    last = max((i + 1 for i, s in enumerate(chain.stages) if s.measures and wanted & {*s.gives}), default=0)
    if frame is not None and last > first:
        seen = _facts(chain.stages[:last], frame)
        entering = entering.but(**{fact: getattr(seen, fact) for fact in wanted})
    return Colours(tuple(stages), tuple(names), entering)


def _by_itself(stage: Stage) -> bool:
    """Whether a stage changes every site by itself, wherever it lies. (Where the picture is cut or turned, no colour changes.)"""
    placed = "measured_window" in stage.uses
    return not (stage.reach or stage.measures or stage.whole or stage.random or placed or stage.name.startswith("geometry."))


def _exact(stage: Stage) -> Stage:
    """The stage without rounding to the depth of a display."""
    bits = stage.declared().get("bits")
    return stage.with_values(bits="float") if bits and "float" in bits.choices else stage


def _entering(before: tuple[Stage, ...], frame: Frame | None, gains: np.ndarray | None, kelvin: float | None) -> Frame:
    """The facts with which a frame comes to the matrix. What the light changes comes in as numbers, so that one program serves all lights."""
    if frame is None:
        made = Frame(pixels=None, domain=Domain.CAMERA, white=np.ones(3, np.float32))
    else:
        if gains is not None or frame.as_shot is not None:
            frame = frame.but(as_shot=np.asarray(frame.as_shot if gains is None else gains, np.float32))
            told = stage_class("measure.as_shot")()  # whatever the pipeline would measure: the light is known here
            before = tuple(one for s in before for one in ((told, s) if s.name == "white_balance.apply" else (s,)))
        if kelvin is not None and tables(before):
            frame = frame.but(colour_temperature=np.float32(kelvin))
        made = replace(_facts(before, frame), domain=Domain.CAMERA, cfa=None)
    measured = any(s.name == "measure.colour_temperature" for s in before)
    return made if kelvin is None or (measured and made.colour_temperature is not None) else made.but(colour_temperature=np.float32(kelvin))


def tables(stages: tuple[Stage, ...]) -> tuple[float, ...]:
    """The temperatures of the knots of tables over the colour temperature."""
    values = [getattr(s, f) for s in stages for f in s.declared()]
    return tuple(sorted({k for v in values if isinstance(v, Table) and v.over == "colour_temperature" for k in v.at_}))
