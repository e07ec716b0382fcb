"""A stage before and after, side by side: small JPEG files, kept from one build to the next."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jax
import numpy as np
from PIL import Image

from isp.core import Domain, Frame, Random, Stage
from isp.core.run import run
from isp.execute.capture import light
from isp.io import embedded, read
from isp.report.preview import close_up, preview, turned, upright
from isp.spec import all_names, stage_class
from tools.site.plans import Plan, Stages, base, plan

PART = (slice(430, 750), slice(432, 752))
"""Rows and columns of the embedded raw file that are shown: an eye between black fur and white."""
SIDE, PIXELS = 320, 80
"""Pixels of a picture, and of the frame where single ones are shown."""
EYE = (0.42, 0.47)
"""Where those lie, as shares of the sides."""
GAP = 6
SEEN = 2
"""Of 255: a smaller largest difference is not to be seen."""
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Shown:
    """The file of a picture, beside the page, and what it shows."""

    file: str
    words: str


def made(folder: Path, cache: Path) -> dict[str, Shown]:
    """The picture of each stage that has one, in `folder`; those in `cache` that were made of the same code are taken from there."""
    kept = cache / digest()
    kept.mkdir(parents=True, exist_ok=True)
    jax.config.update("jax_compilation_cache_dir", str(cache / "programs"))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
    found = {}
    for name in all_names():
        how = plan(name)
        if isinstance(how, str):
            continue
        file = kept / f"{name}.jpg"
        if not file.exists():
            picture = pair(how)
            file.write_bytes(b"") if picture is None else Image.fromarray(picture).save(file, quality=85)
            print(f"{name}: {'no difference to be seen' if picture is None else how.words}", flush=True)
        if file.stat().st_size:
            (folder / file.name).write_bytes(file.read_bytes())
            found[name] = Shown(file.name, how.words)
    return found


def digest() -> str:
    """What the pictures depend on: the stages and all below them, the pipelines, and how they are drawn."""
    told = hashlib.sha256()
    for part in ("isp/core", "isp/ops", "isp/capture", "isp/develop", "isp/data", "pipelines", "tools/site"):
        for path in sorted(p for p in (ROOT / part).rglob("*") if p.suffix in (".py", ".yaml", ".npz", ".png", ".safetensors")):
            told.update(path.read_bytes())
    return told.hexdigest()[:16]


def pair(how: Plan) -> np.ndarray | None:
    """The two halves (rows, columns, 3) uint8, or the one that there is; None where no difference is to be seen."""
    start = {"raw": raw, "light": scene, "dim": dim, "chart": chart}[how.start]()
    after = ran(how.after, start)
    if how.before is None:
        return seen([after], how.close)[0]
    left, right = seen([ran(how.before, start), after], how.close)
    if left.shape == right.shape and int(np.abs(left.astype(int) - right).max()) < SEEN:
        return None
    rows = max(left.shape[0], right.shape[0])
    left, right = (np.pad(half, ((0, rows - half.shape[0]), (0, 0), (0, 0)), constant_values=255) for half in (left, right))
    return np.concatenate([left, np.full((rows, GAP, 3), 255, np.uint8), right], 1)


@cache
def raw() -> Frame:
    """A part of the embedded raw file."""
    frame = read(embedded(), trusted=True)
    return frame.but(pixels=np.asarray(frame.pixels)[PART])


@cache
def scene() -> Frame:
    """The light behind what `BASE` makes of it, upright, so that rows of the sensor lie across."""
    picture = ran(tuple(one for one in base() if not one.name.startswith("geometry")), raw())
    lit = ran((stage_class("scene.photograph").of(luminance=500.0),), picture)
    standing = upright(np.asarray(lit.pixels), lit)
    return lit.but(pixels=standing, orientation=None, random=Random.of(0), iso=None, exposure_time=np.float32(1 / 100))


@cache
def dim() -> Frame:
    """A hundredth of that light."""
    lit = scene()
    return lit.but(pixels=np.asarray(lit.pixels) / 100, scene_white=np.asarray(lit.scene_white) / 100)


@cache
def chart() -> Frame:
    """Light for a chart."""
    return light(SIDE, SIDE)


_RUN: dict[tuple[int, ...], tuple[Stages, Frame]] = {}
"""Frames after the first stages of a pipeline, with which most pictures begin. The stages are kept so that no other one gets their identity."""


def ran(stages: Stages, start: Frame) -> Frame:
    """The frame after stages, one by one: each is compiled once, whatever stands around it. A `start` is one of those above, which are kept."""
    frame = start
    for at, stage in enumerate(stages, 1):
        key = (id(start), *map(id, stages[:at]))
        if key not in _RUN:
            _RUN[key] = stages[:at], _step(stage, frame)
        frame = _RUN[key][1]
    return frame


@jax.jit
def _step(stage: Stage, frame: Frame) -> Frame:
    return run((stage,), frame)


def seen(frames: list[Frame], close: bool) -> list[np.ndarray]:
    """Frames as pictures of `SIDE` pixels, by one rule for both: light and electrons as shares of what is bright in them."""
    frames = [frame.but(pixels=np.asarray(frame.pixels)) for frame in frames]
    if any(frame.domain in (Domain.SCENE, Domain.ELECTRONS) for frame in frames):
        frames = [shares(frame, frames) for frame in frames]
    elif frames[0].domain is Domain.MOSAIC_DN and len(frames) == 2 and frames[1].domain is Domain.MOSAIC_DN:
        frames = [above_black(frame, frames) for frame in frames]
    eyes = [EYE if frame.orientation else turned(EYE, raw()) for frame in frames]
    drawn = [close_up(frame, eye, PIXELS) if close else preview(frame, SIDE) for frame, eye in zip(frames, eyes, strict=True)]
    return [enlarged(half) if close or frame.domain.is_mosaic else half for half, frame in zip(drawn, frames, strict=True)]


def shares(frame: Frame, frames: list[Frame]) -> Frame:
    """Pixels over the brightest hundredth of all frames of the domain."""
    top = max(float(np.percentile(np.asarray(one.pixels), 99)) for one in frames if one.domain is frame.domain)
    return frame.but(pixels=np.asarray(frame.pixels, np.float32) / max(top, 1e-6), white=None)


def above_black(frame: Frame, frames: list[Frame]) -> Frame:
    """Numbers less the pedestal, over the brightest hundredth of both."""
    black = float(np.mean(np.asarray(frame.black)))
    top = max(float(np.percentile(np.asarray(one.pixels), 99)) - black for one in frames)
    return frame.but(pixels=(np.asarray(frame.pixels, np.float32) - black) / max(top, 1e-6), white=None)


def enlarged(pixels: np.ndarray) -> np.ndarray:
    """Each pixel as a square."""
    times = SIDE // pixels.shape[0]
    return pixels.repeat(times, 0).repeat(times, 1)
