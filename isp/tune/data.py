"""Where examples come from: scenes through simulated sensors, or raw files.

A crop of a photograph is captured at its own place in the frame (shading and noise belong to places); a chart is drawn whole. Which example comes when, `isp.tune.order`
says: a run that is taken up again sees what it would have seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import Chain, DataError, Domain, Frame, Random
from isp.core.run import grid_of, tile_of
from isp.execute.capture import Shot, joined, readings
from isp.execute.scenes import ranges_of, scene_of
from isp.ops.curve import decode_srgb
from isp.tune.cut import cut, within
from isp.tune.item import About, Item, stacked
from isp.tune.order import Order, View
from isp.tune.recipe import Recipe
from isp.tune.scenes import Scene, chart_of, scenes_of
from isp.tune.take import captured, die, exposed, exposure, picture, seen

THREADS = 2


class Data:
    """The examples of a recipe. `training(step)` and `held_out` give batches: lists of items whose arrays have a leading axis, one item for
    each kind of frame (examples of a kind share a program)."""

    def __init__(self, recipe: Recipe):
        self.recipe, self.settings = recipe, recipe.settings
        self.scenes = [scene for one in recipe.scenes for scene in scenes_of(one, recipe)]
        self.ranged = [bool(ranges_of(scene.what)) for scene in self.scenes]
        # What chart a frame shows is a difference of kind only where a loss asks for it.
        self.asks = any(getattr(t.part, "chart", "") for t in recipe.terms)
        kinds = [self.chart(scene) if scene.is_chart else "raw" if scene.is_raw else "picture" for scene in self.scenes]
        kinds = [f"{kind} of {scene.entry}" if scene.share else kind for kind, scene in zip(kinds, self.scenes, strict=True)]
        shares = {kind: scene.share for kind, scene in zip(kinds, self.scenes, strict=True) if scene.share}
        self.order = Order(recipe.settings, kinds, len(recipe.conditions), [s.weight for s in recipe.sensors], shares)
        self.clip = max((t.part.clip for t in recipe.terms if hasattr(t.part, "clip")), default=1)
        # Nor is the depth that numbers were rounded to, unless a stage reads it: else each depth would have a program of its own.
        self.forgets = {} if any("bits" in (*stage.uses, *stage.needs) for stage in recipe.chain) else {"bits": None}
        self._met: set[Any] = set()
        self._starts: dict[Any, tuple[Chain, Frame, Shot]] = {}
        self._exposures: dict[Any, float] = {}

    def training(self, step: int) -> list[Item]:
        """The batches of a step."""
        return self.batches(self.order.views(step))

    @cached_property
    def held_out(self) -> list[Item]:
        """The batches to judge by."""
        return self.batches(self.order.judged())

    def batches(self, views: Iterable[View]) -> list[Item]:
        """Examples captured (on as many threads as pay), and stacked by kind in the order in which kinds appear."""
        views, first = list(views), dict[View, Item]()
        for view in views:  # a program is compiled once, not by each thread that needs it
            if (kind := self._kind(view)) not in self._met:
                self._met.add(kind)
                first[view] = self.item(view)
        with ThreadPoolExecutor(THREADS) as pool:
            return stacked(list(pool.map(lambda view: first.get(view) or self.item(view), views)))

    def chart(self, scene: Scene) -> str:
        """The chart of a drawn scene, where a loss asks for one."""
        return chart_of(scene) if self.asks else ""

    def _kind(self, view: View) -> tuple[Any, ...]:
        scene, condition = self.scenes[view.scene], self.recipe.conditions[view.condition]
        return view.sensor, condition.illuminant, scene.what if scene.is_chart else scene.is_raw

    def item(self, view: View) -> Item:
        """One example."""
        scene, sensor = self.scenes[view.scene], self.recipe.sensors[view.sensor]
        random = np.random.default_rng(view.occasion)
        if scene.is_raw:
            return self._of_raw(scene, random)
        chain, start, shot = self._start(view)
        if not scene.is_chart:
            start, scene = self._cropped(start, scene, grid_of(chain.stages, (1, 1)), random)
        if view.unit or float(self.settings.spread):
            chain = die(chain, view.unit, float(self.settings.spread), self.settings.seed)
        frames = []
        for i in range(self.clip):
            noise = Random.of(view.occasion, unit=view.unit, exposure=i) if self.settings.noise != "none" else None
            here = start.but(random=noise, moment=np.float32(i * shot.interval), readout=0 if readings(sensor.chain) > 1 else None)
            frames.append(captured(chain, here).but(**self.forgets))
        raw = frames[0] if self.clip == 1 else jax.tree.map(lambda *a: jnp.stack(a), *frames)
        about = About(chart=self.chart(scene), size=tuple(start.pixels.shape[:2]), label=scene.label)
        wanted = self._wanted(scene, view, chain, start, frames[0])
        return Item(raw, wanted, about, np.float32(self.order.weight(view.sensor)))

    def _start(self, view: View) -> tuple[Chain, Frame, Shot]:
        """The whole chain from light to numbers, the frame it begins with, and the shot; made once, or where sensor or scene have ranges, drawn
        for this occasion."""
        key, varies = (view.scene, view.sensor, view.condition), self._varies(view)
        if not varies and key in self._starts:
            return self._starts[key]
        asked, side = self.recipe.conditions[view.condition], self.settings.crop
        chain, what = self.recipe.sensors[view.sensor].drawn(view.occasion), self.scenes[view.scene]
        chart, start = scene_of(what.what, chain, asked.illuminant, None, (side, side), view.occasion, **(what.values or {}))
        whole = joined(chart, chain)
        shot = Shot(iso=asked.iso, compensation=asked.compensation)
        made = whole, exposed(whole, start, shot), shot
        return made if varies else self._starts.setdefault(key, made)

    def _varies(self, view: View) -> bool:
        """Whether something is drawn for each example."""
        return bool(self.recipe.sensors[view.sensor].ranges) or self.ranged[view.scene]

    def _exposure(self, view: View) -> float:
        """What share of the sensor's range white fills; measured once, or for each camera that is drawn."""
        key, sensor = (view.sensor, view.condition), self.recipe.sensors[view.sensor]
        if key in self._exposures and not sensor.ranges:
            return self._exposures[key]
        asked = self.recipe.conditions[view.condition]
        shot = Shot(iso=asked.iso, compensation=asked.compensation)
        made = exposure(sensor.drawn(view.occasion), asked.illuminant, shot)
        return made if sensor.ranges else self._exposures.setdefault(key, made)

    def _cropped(self, start: Frame, scene: Scene, grid: tuple[int, int], random: np.random.Generator) -> tuple[Frame, Scene]:
        """A part of a picture that remembers its place; and its scene with the same of the reference, where it has one."""
        size = start.pixels.shape[:2]
        wanted, part = fitting(scene, size), cut(size, grid, self.settings, random)
        return part(start).but(window=part.window), scene if wanted is None else replace(scene, wanted=part(wanted))

    def _of_raw(self, scene: Scene, random: np.random.Generator) -> Item:
        """A crop of a raw file, with its reference where there is one."""
        frame: Frame = scene.what
        tile, side = tile_of(frame), self.settings.crop
        rows, columns = frame.pixels.shape[:2]
        down, right = within(rows, side, tile[0], random), within(columns, side, tile[1], random)
        pixels = np.asarray(frame.pixels[down : down + side, right : right + side], np.float32)
        here = frame.but(pixels=pixels, window=np.array([down, right, rows, columns], np.float32), defects=None, crop=None)
        if frame.black_rows is not None:
            here = here.but(black_rows=np.asarray(frame.black_rows)[down : down + side])
        wanted = fitting(scene, (rows, columns))
        if wanted is not None:
            wanted = wanted.but(pixels=np.asarray(wanted.pixels)[down : down + side, right : right + side])
        elif isinstance(self.recipe.target, dict) and "pipeline" in self.recipe.target:
            wanted = picture(self.recipe.target["pipeline"], here)
        return Item(here, wanted, About(size=(side, side), label=scene.label), np.float32(1))

    def _wanted(self, scene: Scene, view: View, chain: Chain, start: Frame, raw: Frame) -> Frame | None:
        """What the picture should be."""
        target = self.recipe.target
        if target == "none":
            return None
        if isinstance(target, dict) and "pipeline" in target:
            return picture(target["pipeline"], raw if target["noise"] else captured(chain, start.but(random=None)))
        if scene.wanted is not None:
            return scene.wanted.but(pixels=jnp.asarray(scene.wanted.pixels))
        if target == "photograph" and not scene.is_chart:
            light = decode_srgb(start.pixels) if start.domain is Domain.DISPLAY else start.pixels
            return Frame(pixels=jnp.asarray(light), domain=Domain.WORKING, primaries="srgb")
        drawn = seen(tuple(stage for stage in chain.stages if stage.name.startswith("scene.")), start)
        share = self._exposure(view) if target == "scene" else 1.0
        return drawn.but(pixels=drawn.pixels * np.float32(share))


def fitting(scene: Scene, size: tuple[int, int]) -> Frame | None:
    """The reference of a scene, if it has one. Raises DataError where it is not as large as the scene: nobody knows which part of it is meant."""
    wanted = scene.wanted
    if wanted is not None and wanted.pixels.shape[:2] != size:
        sides = [f"{columns} x {rows}" for rows, columns in (wanted.pixels.shape[:2], size)]
        raise DataError(f"the reference of {scene.name} is {sides[0]} pixels", f"the scene is {sides[1]}", "bring it to the same size")
    return wanted
