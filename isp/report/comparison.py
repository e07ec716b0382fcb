"""The page of a comparison: pictures in one viewer, maps of their differences, numbers, and how the pipelines differ."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np

from isp.core import Chain, DataError, Domain, Frame
from isp.evaluate.picture import metric
from isp.report import histogram
from isp.report.preview import data_uri, preview
from isp.report.pyramid import Pyramid, codes, pyramid
from isp.report.template import rendered
from isp.spec import dump

METRICS = ("psnr", "ssim", "delta_e2000", "flip")
MAPS = ("delta_e2000", "flip")
"""Metrics whose maps are drawn, besides the absolute difference."""


class Side(NamedTuple):
    """A pipeline under the name that the page gives it."""

    name: str
    chain: Chain


class Time(NamedTuple):
    """Seconds: the least of the warm runs, how many these were, and what the first run took longer, which is mostly compiling."""

    warm: float
    runs: int
    first: float


@dataclass
class Scene:
    """One raw file: its pictures by name, as encoded sRGB (rows, columns, 3) from 0 to 1, and the seconds of each pipeline."""

    name: str
    pictures: dict[str, np.ndarray]
    times: dict[str, Time] = field(default_factory=dict)


def encoded(frame: Frame) -> np.ndarray:
    """A developed frame as float32 sRGB (rows, columns, 3), upright. Raises DataError for a mosaic."""
    from isp.evaluate.view import view

    pixels = np.asarray(frame.array)
    if frame.domain.is_mosaic or pixels.ndim not in (2, 3):
        raise DataError(
            "picture", f"the pipeline ends in {frame.domain}, which is nothing to look at", "let it end in a display or in light"
        )
    top = np.iinfo(pixels.dtype).max if pixels.dtype.kind == "u" else 1
    pixels = np.repeat(pixels[..., None], 3, -1) if pixels.ndim == 2 else pixels
    seen = frame.but(pixels=pixels.astype(np.float32) / np.float32(top))
    if not (seen.domain is Domain.DISPLAY and seen.primaries in (None, "srgb")):
        seen = seen.but(pixels=np.asarray(view(seen, "display")))
    orientation = frame.orientation or 1
    pixels = np.clip(np.asarray(seen.pixels), 0, 1)
    pixels = pixels.swapaxes(0, 1) if orientation >= 5 else pixels
    pixels = pixels[:, ::-1] if orientation in (2, 3, 6, 7) else pixels
    return np.ascontiguousarray(pixels[::-1] if orientation in (3, 4, 7, 8) else pixels)


def rows(scenes: list[Scene], against: str) -> list[dict[str, Any]]:
    """Each picture against that of the name `against`: a row of numbers. Raises DataError where sizes differ."""
    made = []
    for scene in scenes:
        wanted = _frame(scene.pictures[against])
        for name, pixels in scene.pictures.items():
            if name != against:
                numbers = {m: float(metric(m)(_frame(pixels), wanted)) for m in METRICS}
                made.append({"input": scene.name, "picture": name, "against": against, **numbers})
    return made


def page(sides: list[Side], scenes: list[Scene], against: str, truth: bool, measured: list[dict[str, Any]], command: str = "") -> str:
    """HTML of a comparison. `truth` says that `against` is a picture as it should be, and no pipeline. All text is escaped."""
    blocks: list[str] = []
    model = {"cut": 0.5, "scenes": [_scene(i, scene, against, blocks) for i, scene in enumerate(scenes)]}
    first = next(iter(scenes[0].pictures.values()))
    return rendered(
        "comparison.html",
        title=" against ".join(side.name for side in sides) if len(sides) == 2 else ", ".join(side.name for side in sides),
        scenes=scenes,
        model=model,
        still=data_uri(preview(_frame(first), 512)),
        blocks="\n".join(blocks),
        metrics=[metric(name) for name in METRICS],
        rows=measured,
        truth=truth,
        against=against,
        sides=sides,
        diffs=[(side.name, list(differences(sides[0].chain, side.chain))) for side in sides[1:]],
        histograms=[(name, histogram.svg(_frame(pixels))) for name, pixels in scenes[0].pictures.items()],
        command=command,
    )


def differences(one: Chain, other: Chain) -> Iterator[tuple[str, str, str]]:
    """How two pipelines differ, in lines of YAML with every default written out: (kind, line of one, line of the other); equal runs are left out, but
    for the stage above."""
    lines = [_owned(dump(chain, defaults=True)) for chain in (one, other)]
    for kind, a0, a1, b0, b1 in difflib.SequenceMatcher(None, *lines, autojunk=False).get_opcodes():
        left, right = ([line for _, line in some] for some in (lines[0][a0:a1], lines[1][b0:b1]))
        if kind == "equal":
            if left and not left[-1].startswith("      "):
                yield "same", left[-1], right[-1]
            elif left:
                yield "same", lines[0][a1 - 1][0], lines[1][b1 - 1][0]
        else:
            for pair in zip_longest(left, right, fillvalue=""):
                yield "other", *pair


def _owned(text: str) -> list[tuple[str, str]]:
    """Each line with the stage that it belongs to, so that equal values of other stages are not taken for each other."""
    made, owner = [], ""
    for line in text.splitlines():
        owner = line if not line.startswith("      ") else owner
        made.append((owner, line))
    return made


def _scene(index: int, scene: Scene, against: str, blocks: list[str]) -> dict[str, Any]:
    """What the viewer has to know of one raw file; the elements of its tiles join `blocks`."""

    def kept(made: Pyramid, name: str) -> dict[str, Any]:
        blocks.extend(made.elements(name))
        return made.model(name)

    names = list(scene.pictures)
    height, width = scene.pictures[names[0]].shape[:2]
    pictures = [
        {"name": name, **kept(pyramid((255 * p + 0.5).astype(np.uint8)), f"p{index}-{i}")}
        for i, (name, p) in enumerate(scene.pictures.items())
    ]
    maps = []
    base = names.index(against)
    for i, name in enumerate(names):
        if i == base:
            continue
        for k, (label, unit, values) in enumerate(_maps(scene.pictures[name], scene.pictures[against])):
            top = float(values.max()) or 1.0
            full = min(max(float(np.percentile(values, 99)), top / 100), top)
            made = kept(codes(values, top), f"d{index}-{i}-{k}")
            maps.append({"metric": label, "unit": unit, "top": top, "full": full, "pair": sorted((base, i)), **made})
    return {"name": scene.name, "width": width, "height": height, "pictures": pictures, "maps": maps, "thumb": ""}


def _maps(made: np.ndarray, wanted: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
    for name in MAPS:
        yield name, metric(name).unit, np.asarray(metric(name).sites(_frame(made), _frame(wanted)))
    yield "absolute difference", "% of the encoded range", 100 * np.abs(made - wanted).mean(-1)


def _frame(pixels: np.ndarray) -> Frame:
    return Frame(pixels=pixels, domain=Domain.DISPLAY, primaries="srgb", transfer="srgb")
