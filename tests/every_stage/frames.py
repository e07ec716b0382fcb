"""Frames to feed any stage: every fact a stage may ask for, and pixels from pleasant to hostile."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace

import jax.numpy as jnp
import numpy as np

import isp.capture
import isp.develop
from isp.core import Cfa, Domain, Frame, Random, Shading, Stabiliser, Stage

ROWS, COLUMNS = 40, 44
BLACK, WHITE_DN = 64.0, 1023.0
LIGHT, WELL = 200.0, 5000.0
"""White of a scene, in cd/m2, and of a well, in electrons."""
BANDS = np.linspace(400, 700, 31)


def all_stages() -> list[type[Stage]]:
    """Every stage class, found by walking the tree: one for each file of each family folder."""
    found = []
    halves = [f for half in (isp.develop, isp.capture) for f in pkgutil.iter_modules(half.__path__, half.__name__ + ".") if f.ispkg]
    for family in halves:
        for file in pkgutil.iter_modules(importlib.import_module(family.name).__path__, family.name + "."):
            module = importlib.import_module(file.name)
            found += [c for c in vars(module).values() if isinstance(c, type) and issubclass(c, Stage) and c.is_stage]
    return sorted(found, key=lambda c: c.name)


def natural(rows: int, columns: int, channels: int | None, seed: int = 7) -> np.ndarray:
    """Slopes, edges and texture between 0.02 and 1.05, so that every branch of a stage is visited."""
    y, x = np.mgrid[0:rows, 0:columns] / 20.0
    random = np.random.default_rng(seed)
    planes = []
    for c in range(channels or 1):
        smooth = 0.45 + 0.3 * np.sin(3.1 * x + c) * np.cos(2.3 * y - 0.5 * c) + 0.25 * (x + y > 1.9 + 0.1 * c)
        planes.append(np.clip(smooth + 0.06 * random.standard_normal((rows, columns)), 0.02, 1.05))
    return np.stack(planes, -1) if channels else planes[0]


HOSTILE = {
    "zeros": lambda v: 0 * v,
    "saturated": lambda v: 0 * v + 1,
    "grey": lambda v: 0 * v + 0.18,
    "negative": lambda v: -0.1 * v,
    "above white": lambda v: 3 * v,
    "huge": lambda v: 1e6 * v,
    "tiny": lambda v: 1e-30 * v,
    "one bright site": lambda v: np.where(np.arange(v.size).reshape(v.shape) == v.size // 2 + 3, 1.0, 0.0),
}


def frame_for(
    stage: Stage,
    dtype: type = np.float32,
    pixels: np.ndarray | None = None,
    pattern: str = "rggb",
    shape: tuple[int, int] = (ROWS, COLUMNS),
) -> Frame:
    """A frame that `stage` takes, with every fact known; `pixels` in shares of white."""
    domain = stage.accepts[0] if stage.accepts else Domain.MOSAIC
    needs = (*stage.needs, *stage.takes)
    channels = channels_of(stage)
    if pixels is None:
        pixels = natural(*shape, channels)
    elif channels and pixels.ndim == 3 and pixels.shape[2] != channels:
        pixels = np.resize(np.moveaxis(pixels, 2, 0), (channels, *pixels.shape[:2])).transpose(1, 2, 0)
    frame = Frame(pixels=pixels, domain=domain, **_facts(domain, pixels.shape[:2], pattern))
    if domain is Domain.SCENE:
        frame = frame.but(pixels=LIGHT * pixels, scene_white=np.full(channels, LIGHT))
        frame = frame.but(wavelengths=BANDS if "wavelengths" in needs else None, channels=filters_of(stage))
    if domain is Domain.ELECTRONS:
        frame = frame.but(pixels=WELL * pixels)
    if domain is Domain.MOSAIC_DN:
        frame = frame.but(pixels=BLACK + pixels * (WHITE_DN - BLACK))
    if "stabiliser" in needs:
        stabiliser = Stabiliser(noise=np.array([2e-3, 4e-6]), scale=np.array(0.02))
        frame = frame.but(stabiliser=stabiliser, noise=np.full((4 if domain.is_mosaic else 3, 2), (0.0, 4e-4)))
    return cast(frame, dtype)


def filters_of(stage: Stage) -> str | None:
    """The filters that a stage which samples a mosaic wants; None for any other."""
    return stage.mosaic.filters if hasattr(stage, "mosaic") else None


def channels_of(stage: Stage) -> int | None:
    """How many channels a frame for this stage has; None for a mosaic."""
    if (stage.accepts or (Domain.MOSAIC,))[0].is_mosaic:
        return None
    return len(filters_of(stage) or "rgb") if "wavelengths" not in stage.needs else len(BANDS)


def spectral(frame: Frame) -> Frame:
    """A scene of the same size in bands of wavelengths."""
    pixels = LIGHT * natural(*frame.pixels.shape[:2], len(BANDS))
    return cast(frame.but(pixels=pixels, wavelengths=BANDS, scene_white=np.full(len(BANDS), LIGHT), channels=None), np.float32)


def cast(frame: Frame, dtype: type) -> Frame:
    """All floating-point leaves of a frame in one number type."""
    import jax

    return jax.tree.map(lambda leaf: jnp.asarray(leaf, leaf.dtype if np.asarray(leaf).dtype == np.uint32 else dtype), frame)


def _facts(domain: Domain, shape: tuple[int, int], pattern: str) -> dict:
    rows, _ = shape
    filters = 4 if domain.is_mosaic else 3
    y, x = np.mgrid[-1:1:5j, -1:1:7j]
    facts = {
        "white": np.full(filters, {Domain.MOSAIC_DN: WHITE_DN, Domain.ELECTRONS: WELL}.get(domain, 1.0)),
        "noise": np.full((filters, 2), (2e-3, 4e-6)),
        "shading": Shading(np.stack([1 + (0.2 + 0.05 * c) * (x * x + y * y) for c in range(filters)]), np.zeros(2), np.ones(2)),
        "as_shot": np.array([2.0, 1.0, 1.5]),
        "wb_gains": np.array([1.9, 1.0, 1.6]),
        "camera_matrix": np.array(
            [[[0.6, -0.1, -0.05], [-0.4, 1.2, 0.2], [-0.05, 0.15, 0.6]], [[0.7, -0.2, -0.03], [-0.45, 1.25, 0.22], [-0.1, 0.2, 0.5]]]
        ),
        "illuminants": np.array([2856.0, 6504.0]),
        "exposure_gain": np.array(0.3),
        "thumbnail": natural(32, 32, 3, seed=12),
        "light_grid": surroundings(),
        "iso": np.array(200.0),
        "exposure_time": np.array(0.01),
        "aperture": np.array(2.8),
        "pitch": np.array(2.0),
        "moment": np.array(0.013),
        "random": Random.of(11),
    }
    if domain is Domain.SCENE:
        facts |= {
            "white": None,
            "noise": None,
            "as_shot": None,
            "camera_matrix": None,
            "illuminants": None,
            "shading": None,
            "balanced": None,
        }
    if domain.is_mosaic:
        facts |= {"cfa": Cfa.bayer(pattern), "defects": np.array([[4, 6], [11, 9], [20, 21]])}
    elif domain is not Domain.SCENE:
        facts |= {"balanced": np.array([1.9, 1.0, 1.6])}
    if domain is Domain.CAMERA:
        facts |= {"white": facts["balanced"]}
    if domain is Domain.MOSAIC_DN:
        facts |= {
            "black": np.full(4, BLACK),
            "noise": np.full((4, 2), (2.0, 4.0)),
            "black_rows": np.linspace(-1.5, 2.0, rows),
            "linearisation": np.linspace(0, 1.02, 1100) ** 1.02 * 1099,
        }
    if domain in (Domain.WORKING, Domain.DISPLAY):
        facts |= {"primaries": "srgb"}
    return facts


def surroundings() -> np.ndarray:
    """A bilateral grid (depths, 2, rows, columns): shares, and their brightness in stops, a little darker on one side."""
    random = np.random.default_rng(13)
    share = random.uniform(0.1, 1, (10, 24, 24))
    stops = np.linspace(-10, 3.5, 10)[:, None, None] - np.linspace(0, 0.4, 24)
    return np.stack([share, share * stops], 1)


def shifted(frame: Frame, rows: int, columns: int) -> Frame:
    """The same scene, seen from a corner `rows` down and `columns` right; facts of phase move along."""
    order = [((y + rows) % 2) * 2 + (x + columns) % 2 for y in range(2) for x in range(2)]
    moved = {name: jnp.asarray(value)[np.array(order)] for name, value in frame.filter_facts().items()}
    if frame.shading is not None:
        moved["shading"] = replace(frame.shading, gains=frame.shading.gains[np.array(order)])
    # Facts of place speak of the whole frame, of which this is a window.
    window = jnp.array([rows, columns, *frame.pixels.shape[:2]], jnp.float32)
    return frame.but(pixels=frame.pixels[rows:, columns:], cfa=frame.cfa.shifted(rows, columns), window=window, **moved)
