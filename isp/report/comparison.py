"""The page of a comparison: pictures in one viewer, maps of their differences, numbers, and how the pipelines differ."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import combinations, zip_longest
from typing import Any, NamedTuple

import numpy as np

from isp.core import Chain, DataError, Domain, Frame
from isp.evaluate.picture import metric
from isp.report import histogram
from isp.report.preview import close_up, data_uri, preview
from isp.report.pyramid import Pyramid, codes, pyramid
from isp.report.template import rendered
from isp.spec import dump

METRICS = ("psnr", "ssim", "delta_e2000", "flip")
EXCERPT, CLOSE = 300, 48
"""What a notebook keeps of a picture: its longest side, and the pixels of a close-up each way."""
THUMB = 240
"""Longest side of the picture by which an input is chosen."""
MAPS = ("delta_e2000", "flip")
"""Metrics whose maps are drawn, besides the absolute difference."""


class Side(NamedTuple):
    """A pipeline under the name that the page gives it."""

    name: str
    chain: Chain


class Time(NamedTuple):
    """Seconds: the least of the warm runs, how many these were, and what the first run took longer; of all rounds the median `ratio` to the first pipeline. For
    the first run some programs were `compiled`, others `loaded` from the cache on disk."""

    warm: float
    runs: int
    first: float
    ratio: float = float("nan")
    compiled: int = 0
    loaded: int = 0


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
        thumbs=[data_uri(preview(_frame(next(iter(s.pictures.values()))), THUMB)) for s in scenes] if len(scenes) > 1 else [],
        blocks="\n".join(blocks),
        metrics=[metric(name) for name in METRICS],
        rows=measured,
        truth=truth,
        against=against,
        sides=sides,
        programs=programs,
        diffs=[(side.name, list(differences(sides[0].chain, side.chain))) for side in sides[1:]],
        histograms=[(name, histogram.svg(_frame(pixels))) for name, pixels in scenes[0].pictures.items()],
        command=command,
    )


def programs(time: Time) -> str:
    """What made a first run longer."""
    counts = ((time.compiled, "compiled"), (time.loaded, "loaded from the cache"))
    told = [f"{n} program{'s' if n > 1 else ''} {what}" for n, what in counts if n]
    return ", ".join(told) or "nothing new: the programs were there"


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
    for one, other in sorted(combinations(range(len(names)), 2), key=lambda pair: base not in pair):
        shown, wanted = (other, one) if base == one else (one, other)
        for k, (label, unit, values) in enumerate(_maps(scene.pictures[names[shown]], scene.pictures[names[wanted]])):
            top = float(values.max()) or 1.0
            full = min(max(float(np.percentile(values, 99)), top / 100), top)
            made = kept(codes(values, top), f"d{index}-{one}-{other}-{k}")
            maps.append({"metric": label, "unit": unit, "top": top, "full": full, "pair": [one, other], **made})
    return {"name": scene.name, "width": width, "height": height, "pictures": pictures, "maps": maps, "thumb": f"t{index}"}


def _maps(made: np.ndarray, wanted: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
    for name in MAPS:
        yield name, metric(name).unit, np.asarray(metric(name).sites(_frame(made), _frame(wanted)))
    yield "absolute difference", "% of the encoded range", 100 * np.abs(made - wanted).mean(-1)


def _frame(pixels: np.ndarray) -> Frame:
    return Frame(pixels=pixels, domain=Domain.DISPLAY, primaries="srgb", transfer="srgb")


def excerpt(found: Any, cell: str = "") -> str:
    """The gist of a comparison (`isp.bench.compare.Comparison`) as HTML that brings its own style, for a notebook: each picture of the first input, below it the place
    where they differ most, pixel by pixel; numbers and times."""
    scene = found.scenes[0]
    names, most = list(scene.pictures), _apart(list(scene.pictures.values()))
    figures = []
    for name, pixels in scene.pictures.items():
        whole, close = data_uri(preview(_frame(pixels), EXCERPT), "webp"), data_uri(close_up(_frame(pixels), most, CLOSE), "png")
        figures.append(
            f"<figure style='margin:0;flex:1 1 0;min-width:140px;max-width:{EXCERPT}px'><img src='{whole}' style='width:100%;display:block' alt='{escape(name)}'>"
            f"<img src='{close}' style='width:100%;display:block;margin-top:4px;image-rendering:pixelated' alt='{escape(name)}, close'>"
            f"<figcaption>{escape(name)}</figcaption></figure>"
        )
    numbers = [[r["input"], r["picture"], r["against"], *(f"{r[m]:.4g}" for m in METRICS)] for r in found.rows]
    times = [
        [s.name, name, *((f"{t.warm:.3g}", f"{t.ratio:.2f}") if t.runs else ("", "")), f"{t.first:.3g}", programs(t)]
        for s in found.scenes
        for name, t in s.times.items()
    ]
    units = [f"{m}, {unit}" if (unit := metric(m).unit) not in ("", "1") else m for m in METRICS]
    tables = _table(["input", "picture", "against", *units], numbers, cell)
    tables += _table(["input", "pipeline", "warm, s", "of the first", "first run longer by, s", "which was"], times, cell)
    told = f"Below: the {CLOSE} × {CLOSE} pixels in which they differ most." if len(names) > 1 else ""
    return (
        f"<div><div style='display:flex;gap:8px;flex-wrap:wrap'>{''.join(figures)}</div><div style='opacity:.65'>{told}</div>{tables}</div>"
    )


def text(found: Any) -> str:
    """The numbers in lines."""
    lines = [f"  {r['input']}: {r['picture']} against {r['against']}: " + ", ".join(f"{m} {r[m]:.4g}" for m in METRICS) for r in found.rows]
    return "\n".join([*lines, *(f"  {s.name}: {name} {t.warm:.3g} s" for s in found.scenes for name, t in s.times.items())])


def _apart(pictures: list[np.ndarray]) -> tuple[float, float]:
    """The centre, as shares of the sides, of the place where pictures differ most."""
    spread = np.ptp(np.stack(pictures), axis=0).mean(-1)
    cells = [n // CLOSE for n in spread.shape]
    if min(cells) < 1:
        return 0.5, 0.5
    blocks = spread[: cells[0] * CLOSE, : cells[1] * CLOSE].reshape(cells[0], CLOSE, cells[1], CLOSE).mean((1, 3))
    row, column = np.unravel_index(np.argmax(blocks), blocks.shape)
    return (row + 0.5) * CLOSE / spread.shape[0], (column + 0.5) * CLOSE / spread.shape[1]


def _table(head: list[str], rows: list[list[str]], cell: str) -> str:
    lines = [
        "".join(f"<{tag} style='{cell}'>{escape(text)}</{tag}>" for text in row)
        for tag, row in (("th", head), *(("td", row) for row in rows))
    ]
    return f"<table style='margin-top:.4em'>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
