"""What a stage costs: numbers that can be found, arithmetic for each pixel, and how far it looks; nets and classical stages by one measure.

Arithmetic is counted in the program that JAX makes of a stage on a large frame, none of which is run: multiplications with their additions
of convolutions and matrix products, and every other operation on a number (a sum, a comparison, an exponential) as one. Moving numbers
about is free. What `isp stages` says is kept in isp/data/costs.json by `make docs`, since to count takes a second a stage.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.core.cfa import Cfa
from isp.core.domain import Domain
from isp.core.frame import Frame, Shading, Stabiliser
from isp.core.random import Random
from isp.core.run import run
from isp.core.stage import Stage

KEPT = Path(__file__).resolve().parents[1] / "data" / "costs.json"
SIDE = 9216
"""Rows and columns of the frame that is counted on: whole tiles of every mosaic, and so large that its border is nothing."""
WELL, WHITE, BLACK = 6000.0, 1023.0, 64.0
MOVES = frozenset({
    "reshape", "broadcast_in_dim", "slice", "dynamic_slice", "dynamic_update_slice", "concatenate", "transpose", "squeeze", "convert_element_type",
    "copy", "copy_p", "pad", "rev", "gather", "scatter", "iota", "stack", "unstack", "expand_dims", "optimization_barrier", "stop_gradient",
    "device_put", "bitcast_convert_type", "split", "random_wrap", "random_unwrap",
})  # fmt: skip
"""Primitives that bring numbers from one place to another."""
SUMS = ("reduce_", "argm", "cum", "scatter_add", "scatter-add")
"""How primitives begin that work once on each number they are given, not on each they return."""


@dataclass(frozen=True)
class Cost:
    """`numbers` that a stage has (parameters and weights), `multiply_adds` in convolutions and matrix products and other `operations` for each
    pixel of the frame that it takes, `reach` in pixels (None: the whole frame)."""

    numbers: int
    multiply_adds: float
    operations: float
    reach: int | None

    @property
    def work(self) -> float:
        """All arithmetic for each pixel."""
        return self.multiply_adds + self.operations

    def __str__(self) -> str:
        numbers, work, reach = words(self)
        parts = f"{self.multiply_adds:,.4g} multiplications with additions in products, {self.operations:,.4g} others"
        looks = "the whole frame is read" if self.reach is None else f"reach {reach} pixels"
        return f"{numbers} numbers, {work} operations for each pixel ({parts}), {looks}"


def cost(cls: type[Stage]) -> Cost | None:
    """What a stage costs, as it is kept, else counted now; None where no frame can be made up that it takes."""
    kept = _kept().get(cls.name)
    if kept is not None:
        return kept
    try:
        return counted(cls())
    except Exception:  # a stage of somebody else may want whatever it likes
        return None


def words(cost: Cost | None) -> tuple[str, str, str]:
    """Numbers, work and reach as a table has them; dashes where a cost is not known."""
    if cost is None:
        return "-", "-", "-"
    work = f"{cost.work:,.0f}" if cost.work >= 100 else f"{cost.work:.3g}"
    return f"{cost.numbers:,}", work, "all" if cost.reach is None else str(cost.reach)


@cache
def _kept() -> dict[str, Cost]:
    return {name: Cost(**one) for name, one in json.loads(KEPT.read_text(encoding="utf-8")).items()} if KEPT.is_file() else {}


def write_costs(classes: Iterable[type[Stage]], path: Path = KEPT) -> bool:
    """Count all again, and keep it; returns whether it was stale."""
    found = {cls.name: asdict(counted(cls())) for cls in sorted(classes, key=lambda cls: cls.name)}
    text = "{\n" + ",\n".join(f" {json.dumps(name)}: {json.dumps(one)}" for name, one in found.items()) + "\n}\n"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    _kept.cache_clear()
    return True


def counted(stage: Stage, side: int = SIDE) -> Cost:
    """The cost of a stage with these values, counted in its program."""
    frame = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(np.shape(leaf), jnp.result_type(leaf)), specimen(stage, side, side))
    program = jax.make_jaxpr(lambda s, f: run((s,), f))(stage, frame)
    products, others = work(program.jaxpr)
    looks = None if stage.whole or stage.measures else sum(stage.reach) if isinstance(stage.reach, tuple) else stage.reach
    numbers = sum(int(np.size(leaf)) for leaf in jax.tree.leaves(stage))
    return Cost(numbers, _rounded(products / side**2), _rounded(others / side**2), looks)


def _rounded(number: float) -> float:
    """Three digits: what is left of the border is less."""
    return float(f"{number:.3g}") if number >= 0.005 else 0.0


# ---------------------------------------------------------------------- counting
def work(jaxpr: Any) -> tuple[float, float]:
    """Multiplications with additions in products, and other operations, of a program; of what its results need."""
    needed = {v for v in jaxpr.outvars if not hasattr(v, "val")}
    products = others = 0.0
    for step in reversed(jaxpr.eqns):
        if needed.isdisjoint(step.outvars):
            continue
        needed.update(v for v in step.invars if not hasattr(v, "val"))
        more = _step(step)
        products, others = products + more[0], others + more[1]
    return products, others


def _step(step: Any) -> tuple[float, float]:
    name, out = step.primitive.name, sum(math.prod(v.aval.shape) for v in step.outvars)
    inner = [work(getattr(one, "jaxpr", one)) for value in step.params.values() for one in _listed(value) if _is_program(one)]
    if inner:
        # Of branches the mean is taken; how often a loop runs is known of a scan only.
        share = step.params["length"] if name == "scan" else 1 / len(inner) if name == "cond" else 1
        return share * sum(p for p, _ in inner), share * sum(o for _, o in inner)
    if name == "conv_general_dilated":
        kernel, numbers = step.invars[1].aval.shape, step.params["dimension_numbers"]
        return out * math.prod(kernel) / kernel[numbers.rhs_spec[0]], 0
    if name == "dot_general":
        (summed, _), _ = step.params["dimension_numbers"]
        return out * math.prod(step.invars[0].aval.shape[i] for i in summed), 0
    given = math.prod(step.invars[0].aval.shape) if step.invars else 0
    if name in MOVES:
        return 0, 0
    if name.startswith("reduce_window"):
        return 0, out * math.prod(step.params["window_dimensions"])
    if name == "sort":
        return 0, given * max(1.0, math.log2(max(2, step.invars[0].aval.shape[step.params["dimension"]])))
    if name == "fft":
        return 0, 5 * given * math.log2(max(2, math.prod(step.params["fft_lengths"])))
    return 0, given if name.startswith(SUMS) else out


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, (tuple, list)) else (value,)


def _is_program(value: Any) -> bool:
    return hasattr(getattr(value, "jaxpr", value), "eqns")


# ---------------------------------------------------------------------- a frame to count on
def specimen(stage: Stage, rows: int, columns: int) -> Frame:
    """A frame that `stage` takes, of middle grey, with every fact known."""
    domain = stage.accepts[0] if stage.accepts else Domain.WORKING
    needs = (*stage.needs, *stage.takes)
    bands = np.arange(400.0, 701.0, 10.0)
    letters = getattr(getattr(stage, "mosaic", None), "filters", None)
    channels = None if domain.is_mosaic else len(bands) if "wavelengths" in needs else len(letters or "rgb")
    shape = (rows, columns) if channels is None else (rows, columns, channels)
    unit = {Domain.MOSAIC_DN: WHITE - BLACK, Domain.ELECTRONS: WELL, Domain.SCENE: 1000.0}.get(domain, 1.0)
    level = 0.18 * unit + (BLACK if domain is Domain.MOSAIC_DN else 0)
    filters = 4 if domain.is_mosaic else channels
    facts = _facts(domain, filters or 3, rows, unit)
    if domain is Domain.SCENE:
        facts |= {
            "scene_white": np.full(channels or 3, unit),
            "channels": letters,
            "wavelengths": bands if "wavelengths" in needs else None,
        }
    if "stabiliser" in needs:
        facts |= {"stabiliser": Stabiliser(noise=np.array([2e-3, 4e-6]), scale=np.array(0.02))}
    frame = Frame(pixels=np.broadcast_to(np.float32(level), shape), domain=domain, **facts)
    single = lambda leaf: leaf if np.asarray(leaf).dtype.kind != "f" else np.asarray(leaf, np.float32)  # noqa: E731
    return frame.but(**{name: jax.tree.map(single, value) for name, value in facts.items()})


def _facts(domain: Domain, filters: int, rows: int, unit: float) -> dict[str, Any]:
    matrix = np.array([[0.6, -0.1, -0.05], [-0.4, 1.2, 0.2], [-0.05, 0.15, 0.6]])
    camera = {
        "white": np.full(filters, unit + (BLACK if domain is Domain.MOSAIC_DN else 0)),
        "noise": np.tile([2e-3 * unit, 4e-6 * unit**2], (filters, 1)),
        "shading": Shading(np.ones((filters, 5, 7)), np.zeros(2), np.ones(2)),
        "as_shot": np.array([2.0, 1.0, 1.5]),
        "wb_gains": np.array([1.9, 1.0, 1.6]),
        "camera_matrix": np.stack([matrix, 1.1 * matrix]),
        "illuminants": np.array([2856.0, 6504.0]),
    }
    shot = {"exposure_gain": 0.3, "iso": 200.0, "exposure_time": 0.01, "aperture": 2.8, "pitch": 2.0, "moment": 0.013}
    facts: dict[str, Any] = {**({} if domain is Domain.SCENE else camera), **{name: np.array(value) for name, value in shot.items()}}
    facts |= {"random": Random.of(0), "thumbnail": np.full((32, 32, 3), 0.18), "light_grid": np.ones((10, 2, 24, 24))}
    if domain.is_mosaic:
        facts |= {"cfa": Cfa.bayer("rggb"), "defects": np.array([[4, 6]])}
    elif domain is not Domain.SCENE:
        facts |= {"balanced": np.array([1.9, 1.0, 1.6])}
    if domain is Domain.MOSAIC_DN:
        facts |= {"black": np.full(4, BLACK), "black_rows": np.zeros(rows), "linearisation": np.arange(1024.0)}
    if domain in (Domain.WORKING, Domain.DISPLAY):
        facts |= {"primaries": "srgb"}
    return facts
