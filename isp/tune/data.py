"""Where examples come from: scenes through simulated sensors, or raw files.

Which example comes when is a function of the seed, the step and the place in the batch, and of nothing else: a run that is taken up again sees
what it would have seen. A crop of a photograph is captured at its own place in the frame (shading and noise belong to places); a chart is drawn whole.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import Chain, DataError, Domain, Frame, Random, SpecError
from isp.core.compile import compiled
from isp.core.run import grid_of, run, tile_of
from isp.execute.capture import Shot, joined, metered, readings
from isp.execute.scenes import scene_of
from isp.io import read, read_picture
from isp.ops.curve import decode_srgb
from isp.spec import stage_class
from isp.tune.item import About, Item
from isp.tune.recipe import Condition, Recipe

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".exr")
THREADS = 2
GREY, CARD = 0.18, (36, 36)
"""Reflectance and size of the card by which exposure is measured: whole tiles of every mosaic there is."""


@dataclass(frozen=True)
class Scene:
    """Something to look at: a picture that has been read, the text or name of a chart, or a raw frame."""

    name: str
    what: Any
    label: Any = None
    wanted: Frame | None = None
    values: Any = None

    @property
    def is_raw(self) -> bool:
        """Whether it has been captured already."""
        return isinstance(self.what, Frame) and self.what.domain.is_mosaic

    @property
    def is_chart(self) -> bool:
        """Whether it is drawn, whole, at any size."""
        return not isinstance(self.what, Frame)


@dataclass(frozen=True)
class View:
    """One example to be: a scene, a sensor, a condition, the occasion (a random number), and the die."""

    scene: int
    sensor: int
    condition: int
    occasion: int
    unit: int


class Data:
    """The examples of a recipe. `training(step)` and `held_out` give batches: lists of items whose arrays have a leading axis, one item for
    each kind of frame (examples of a kind share a program)."""

    def __init__(self, recipe: Recipe):
        self.recipe, self.settings = recipe, recipe.settings
        self.scenes = [scene for one in recipe.scenes for scene in _scenes(one, recipe)]
        count = len(self.scenes)
        order = _generator(self.settings.seed, "split").permutation(count)
        held = min(count - 1, round(float(self.settings.validation) * count))
        self.held = sorted(order[:held].tolist())
        self.trained = sorted(order[held:].tolist())
        self.clip = max((t.part.clip for t in recipe.terms if hasattr(t.part, "clip")), default=1)
        shares = np.array([s.weight for s in recipe.sensors], float)
        self._met: set[Any] = set()
        self._sensors = _dealt(shares / shares.sum(), self.settings.batch)

    # ------------------------------------------------------------------ which
    def views(self, step: int) -> list[View]:
        """The examples of a training step. Scenes and conditions go round in an order of their own for each round."""
        made, size, fixed = [], self.settings.batch, self.settings.noise != "fresh"
        for i in range(size):
            n = step * size + i
            scene, sensor, condition = self._place(n, self.trained, "training")
            turn = n % (len(self.trained) * len(self.recipe.conditions) * len(self.recipe.sensors)) if fixed else n
            made.append(self._view(scene, sensor, condition, turn, "fixed" if fixed else "training"))
        return made

    def judged(self) -> list[View]:
        """The examples that are held out; of the training scenes where none is, with other noise and crops."""
        scenes = self.held or self.trained
        return [self._view(*self._place(n, scenes, "judged"), n, "judged") for n in range(self.settings.judged)]

    def _place(self, n: int, scenes: Sequence[int], word: str) -> tuple[int, int, int]:
        round_, i = divmod(n, len(scenes))
        scene = scenes[int(_generator(self.settings.seed, word, "scene", round_).permutation(len(scenes))[i])]
        conditions = len(self.recipe.conditions)
        round_, i = divmod(n, conditions)
        condition = int(_generator(self.settings.seed, word, "condition", round_).permutation(conditions)[i])
        return scene, self._sensors[n % len(self._sensors)], condition

    def _view(self, scene: int, sensor: int, condition: int, n: int, word: str) -> View:
        random = _generator(self.settings.seed, word, "view", n)
        return View(scene, sensor, condition, int(random.integers(2**53)), int(random.integers(self.settings.units)))

    # ------------------------------------------------------------------ what
    def training(self, step: int) -> list[Item]:
        """The batches of a step."""
        return self.batches(self.views(step))

    @cached_property
    def held_out(self) -> list[Item]:
        """The batches to judge by."""
        return self.batches(self.judged())

    def batches(self, views: Iterable[View]) -> list[Item]:
        """Examples captured (on as many threads as pay), and stacked by kind in the order in which kinds appear."""
        views = list(views)
        for view in views:  # a program is compiled once, not by each thread that needs it
            if (kind := self._kind(view)) not in self._met:
                self._met.add(kind)
                self.item(view)
        with ThreadPoolExecutor(THREADS) as pool:
            return stacked(list(pool.map(self.item, views)))

    def _kind(self, view: View) -> tuple[Any, ...]:
        scene, condition = self.scenes[view.scene], self.recipe.conditions[view.condition]
        return view.sensor, condition.illuminant, scene.what if scene.is_chart else scene.is_raw

    def item(self, view: View) -> Item:
        """One example."""
        scene, sensor = self.scenes[view.scene], self.recipe.sensors[view.sensor]
        random = np.random.default_rng(view.occasion)
        if scene.is_raw:
            return self._of_raw(scene, random)
        known = self._start(view.scene, view.sensor, view.condition)
        chain, start, shot = known
        start = self._cropped(start, grid_of(chain.stages, (1, 1)), random) if not scene.is_chart else start
        if view.unit or float(self.settings.spread):
            chain = _die(chain, view.unit, float(self.settings.spread), self.settings.seed)
        frames = []
        for i in range(self.clip):
            noise = Random.of(view.occasion, unit=view.unit, exposure=i) if self.settings.noise != "none" else None
            frames.append(
                _captured(
                    chain, start.but(random=noise, moment=np.float32(i * shot.interval), readout=0 if readings(sensor.chain) > 1 else None)
                )
            )
        raw = frames[0] if self.clip == 1 else jax.tree.map(lambda *a: jnp.stack(a), *frames)
        about = About(chart=_chart(scene), size=tuple(start.pixels.shape[:2]), label=scene.label)
        wanted = self._wanted(scene, view, chain, start, frames[0])
        return Item(raw, wanted, about, np.float32(sensor.weight / self._expected(view.sensor)))

    def _expected(self, sensor: int) -> float:
        """How often a sensor comes, so that weight over this is what is left to its weight."""
        weights = sum(s.weight for s in self.recipe.sensors)
        return weights * self._sensors.count(sensor) / len(self._sensors)

    def _start(self, scene: int, sensor: int, condition: int) -> tuple[Chain, Frame, Shot]:
        """The whole chain from light to numbers, the frame it begins with, and the shot; made once."""
        key = (scene, sensor, condition)
        if key not in (kept := self.__dict__.setdefault("_starts", {})):
            asked, side = self.recipe.conditions[condition], self.settings.crop
            chain = self.recipe.sensors[sensor].chain
            what = self.scenes[scene]
            chart, start = scene_of(what.what, chain, asked.illuminant, None, (side, side), **(what.values or {}))
            whole = joined(chart, chain)
            shot = Shot(iso=asked.iso, compensation=asked.compensation)
            kept[key] = whole, _exposed(whole, start, shot), shot
        return kept[key]

    def _exposure(self, sensor: int, condition: int) -> float:
        """What share of the sensor's range a white diffuser fills, as this condition exposes it: a grey card is captured without noise."""
        key = (sensor, condition)
        if key not in (kept := self.__dict__.setdefault("_exposures", {})):
            asked, chain = self.recipe.conditions[condition], self.recipe.sensors[sensor].chain
            card = Frame(pixels=np.full((*CARD, 3), GREY, np.float32), domain=Domain.WORKING, primaries="srgb")
            chart, start = scene_of(card, chain, asked.illuminant, None, CARD)
            frame = _captured(
                joined(chart, chain), _exposed(joined(chart, chain), start, Shot(iso=asked.iso, compensation=asked.compensation))
            )
            assert frame.cfa is not None
            share = (np.asarray(frame.pixels) - np.asarray(frame.black).mean()) / (
                np.asarray(frame.white).mean() - np.asarray(frame.black).mean()
            )
            rows, columns = frame.cfa.tile
            green = [i for i, c in enumerate(frame.cfa.channels) if frame.cfa.filters[c] == "g"] or list(range(rows * columns))
            kept[key] = float(np.mean([share[i // columns :: rows, i % columns :: columns].mean() for i in green])) / GREY
        return kept[key]

    def _cropped(self, start: Frame, grid: tuple[int, int], random: np.random.Generator) -> Frame:
        """A crop of a picture, mirrored at random, that remembers its place."""
        pixels = np.asarray(start.pixels)
        if self.settings.flips == "on":
            pixels = pixels[:: random.choice((-1, 1)), :: random.choice((-1, 1))]
        (rows, columns), side = pixels.shape[:2], self.settings.crop
        down, right = _within(rows, side, grid[0], random), _within(columns, side, grid[1], random)
        window = np.array([down, right, rows, columns], np.float32)
        return start.but(pixels=np.ascontiguousarray(pixels[down : down + side, right : right + side]), window=window)

    def _of_raw(self, scene: Scene, random: np.random.Generator) -> Item:
        """A crop of a raw file, with its reference where there is one."""
        frame: Frame = scene.what
        tile, side = tile_of(frame), self.settings.crop
        rows, columns = frame.pixels.shape[:2]
        down, right = _within(rows, side, tile[0], random), _within(columns, side, tile[1], random)
        pixels = np.asarray(frame.pixels[down : down + side, right : right + side], np.float32)
        here = frame.but(pixels=pixels, window=np.array([down, right, rows, columns], np.float32), defects=None, crop=None)
        if frame.black_rows is not None:
            here = here.but(black_rows=np.asarray(frame.black_rows)[down : down + side])
        wanted = scene.wanted
        if wanted is not None:
            wanted = wanted.but(pixels=np.asarray(wanted.pixels)[down : down + side, right : right + side])
        elif isinstance(self.recipe.target, dict) and "pipeline" in self.recipe.target:
            wanted = _developed(self.recipe.target["pipeline"], here)
        return Item(here, wanted, About(size=(side, side), label=scene.label), np.float32(1))

    def _wanted(self, scene: Scene, view: View, chain: Chain, start: Frame, raw: Frame) -> Frame | None:
        """What the picture should be."""
        target = self.recipe.target
        if target == "none":
            return None
        if isinstance(target, dict) and "pipeline" in target:
            return _developed(target["pipeline"], raw if target["noise"] else _captured(chain, start.but(random=None)))
        if scene.wanted is not None:
            return scene.wanted.but(pixels=jnp.asarray(scene.wanted.pixels))
        if target == "photograph" and not scene.is_chart:
            light = decode_srgb(start.pixels) if start.domain is Domain.DISPLAY else start.pixels
            return Frame(pixels=jnp.asarray(light), domain=Domain.WORKING, primaries="srgb")
        drawn = _seen(tuple(stage for stage in chain.stages if stage.name.startswith("scene.")), start)
        share = self._exposure(view.sensor, view.condition) if target == "scene" else 1.0
        return drawn.but(pixels=drawn.pixels * np.float32(share))


def _exposed(chain: Chain, start: Frame, shot: Shot) -> Frame:
    """The frame with the settings of a shot, metered."""
    start = start if shot.iso is None else start.but(iso=np.float32(shot.iso))
    time = metered(chain, start, shot)
    return start if time is None else start.but(exposure_time=np.float32(time))


# ---------------------------------------------------------------------- programs
@compiled
def _captured(chain: Chain, frame: Frame) -> Frame:
    """A frame through scene and sensor; its place is kept."""
    return run(chain.stages, frame).but(random=None, scene_white=None, window=frame.window, moment=None)


@compiled
def _developed(chain: Chain, frame: Frame) -> Frame:
    """The picture that another pipeline makes of a raw frame; only what a loss needs of it."""
    made = run(chain.stages, frame)
    return Frame(pixels=made.pixels, domain=made.domain, primaries=made.primaries, transfer=made.transfer)


@compiled
def _seen(stages: Any, frame: Frame) -> Frame:
    """A chart as linear light over its white: what a perfect camera would make of it."""
    frame = run(stages, frame)
    if frame.wavelengths is not None:
        frame = run((stage_class("scene.rgb")(),), frame)
    return Frame(pixels=frame.pixels / frame.scene_white, domain=Domain.WORKING, primaries="srgb")


def stacked(items: Sequence[Item]) -> list[Item]:
    """Items of one kind as one item with a leading axis."""
    kinds: dict[Any, list[Item]] = {}
    for item in items:
        leaves, form = jax.tree.flatten(item)
        kinds.setdefault((form, tuple((np.shape(leaf), jnp.result_type(leaf)) for leaf in leaves)), []).append(item)
    return [jax.tree.map(lambda *a: jnp.stack([jnp.asarray(x) for x in a]), *some) for some in kinds.values()]


# ---------------------------------------------------------------------- scenes
def _scenes(one: Any, recipe: Recipe) -> list[Scene]:
    """The scenes that an entry of a recipe means: a chart, a picture, a raw file, a folder of them (folders in it are labels), an array, or a
    pair of a scene and its label."""
    if isinstance(one, tuple) and len(one) == 2:
        return [replace(scene, label=np.int32(one[1])) for scene in _scenes(one[0], recipe)]
    if isinstance(one, dict):
        name, values = next(iter(one.items()))
        return [replace(scene, values=values) for scene in _scenes(name, recipe)]
    if isinstance(one, Frame):
        return [Scene(one.model or "frame", one)]
    if isinstance(one, (np.ndarray, jax.Array)):
        pixels = np.asarray(one, np.float32)
        return [Scene("picture", Frame(pixels=pixels, domain=Domain.DISPLAY, primaries="srgb", transfer="srgb"))]
    path = Path(one) if len(str(one)) < 1000 and "\n" not in str(one) else None
    if path is not None and path.is_dir():
        return _folder(path, recipe)
    if path is not None and path.is_file() and path.suffix.lower() not in (".yaml", ".yml"):
        return [_file(path, recipe)]
    return [Scene(str(one), str(one))]


def _folder(path: Path, recipe: Recipe) -> list[Scene]:
    folders = sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith("."))
    files = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith(".") and _is_scene(p))
    made = [_file(p, recipe) for p in files]
    for label, folder in enumerate(folders):
        made += [replace(scene, label=np.int32(label)) for scene in _folder(folder, recipe)]
    if not made:
        raise DataError("there is no picture and no raw file in it", "", f"pictures end in {', '.join(PICTURES)}", file=path)
    return made


def _is_scene(path: Path) -> bool:
    return path.suffix.lower() in PICTURES or path.suffix.lower() in (
        ".dng",
        ".npz",
        ".cr2",
        ".cr3",
        ".nef",
        ".arw",
        ".raf",
        ".rw2",
        ".orf",
        ".raw",
    )


def _file(path: Path, recipe: Recipe) -> Scene:
    if path.suffix.lower() in PICTURES:
        return Scene(path.stem, read_picture(path), wanted=_reference(path, recipe))
    return Scene(path.stem, read(path), wanted=_reference(path, recipe))


def _reference(path: Path, recipe: Recipe) -> Frame | None:
    """The reference picture of the same stem, where the target is a folder of them."""
    if not (isinstance(recipe.target, dict) and "pictures" in recipe.target):
        return None
    folder = Path(recipe.target["pictures"])
    found = [p for p in sorted(folder.glob(f"{path.stem}.*")) if p.suffix.lower() in PICTURES]
    if not found:
        raise DataError("has no reference picture of its name", f"in {folder}", "put one there, or leave the scene out", file=path)
    return read_picture(found[0])


def _chart(scene: Scene) -> str:
    """The chart stage of a drawn scene."""
    if not scene.is_chart:
        return ""
    names = [word for word in str(scene.what).replace('"', " ").replace(":", " ").replace(",", " ").split() if word.startswith("scene.")]
    return names[-1] if names else f"scene.{scene.what}"


# ---------------------------------------------------------------------- chance
def _generator(seed: int, *words: Any) -> np.random.Generator:
    """A generator that belongs to a seed and a purpose."""
    return np.random.default_rng([seed, *(zlib.crc32(str(word).encode()) for word in words)])


def _within(length: int, side: int, grid: int, random: np.random.Generator) -> int:
    """Where a crop begins: at a whole tile. Raises SpecError where it does not fit."""
    if side > length:
        raise SpecError("crop", f"{side} pixels do not fit a scene of {length}", "ask for a smaller crop")
    return int(random.integers((length - side) // grid + 1)) * grid


def _die(chain: Chain, unit: int, spread: float, seed: int) -> Chain:
    """The sensor as one die of a population has it: each number of its noise, pixel and sensitivity stages off by a factor of its own."""
    if not spread:
        return chain
    values = {}
    for name, stage in zip(chain.names, chain, strict=True):
        if stage.name.partition(".")[0] not in ("noise", "pixel", "sensitivity"):
            continue
        for field, declared in stage.declared().items():
            value = getattr(stage, field)
            if declared.kind == "param" and not hasattr(value, "over") and declared.within.low >= 0:
                factor = np.exp(spread * _generator(seed, "die", unit, name, field).standard_normal(np.shape(value)))
                values[f"{name}.{field}"] = np.clip(np.asarray(value) * factor, declared.within.low, declared.within.high)
    from isp.tune.free import with_values

    return with_values(chain, values)


def _dealt(shares: np.ndarray, size: int) -> list[int]:
    """Sensors dealt over a batch by their shares, each at least once: the largest remainder."""
    count = max(size, len(shares))
    exact = shares * count
    dealt = np.maximum(np.floor(exact).astype(int), 1)
    while dealt.sum() > count and (dealt > 1).any():
        dealt[np.argmax(np.where(dealt > 1, dealt - exact, -np.inf))] -= 1
    while dealt.sum() < count:
        dealt[np.argmax(exact - dealt)] += 1
    pool = [(k + 0.5) / n for n in dealt for k in range(n)]
    owner = [i for i, n in enumerate(dealt) for _ in range(n)]
    return [owner[i] for i in np.argsort(pool, kind="stable")]


__all__ = ["Condition", "Data", "Scene", "View", "stacked"]
