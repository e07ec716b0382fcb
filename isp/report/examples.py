"""Held-out examples of a run as pictures: before, after, and as they should be, with their PSNR."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np

from isp.report.preview import data_uri, preview

MANY = 64
"""Examples that are compared at most."""
EXACT = 384
"""Longest side of a picture that a page holds exactly."""


class Psnr(NamedTuple):
    """Decibels before and after."""

    before: float
    after: float


@dataclass(frozen=True)
class Example:
    """`pictures` are uint8 (rows, columns, 3) by their names: before, after, and wanted where there is one."""

    pictures: dict[str, np.ndarray]
    psnr: Psnr | None
    words: str = ""

    def row(self) -> dict[str, Any]:
        """What a page says of it."""
        rows, columns = self.pictures["after"].shape[:2]
        kind = "png" if max(rows, columns) <= EXACT else "jpeg"
        uris = {name: data_uri(pixels, kind) for name, pixels in self.pictures.items()}
        return {**uris, "wanted": uris.get("wanted", ""), "width": columns, "height": rows, "psnr": self.psnr, "words": self.words}


class Examples(NamedTuple):
    """All that were compared, and those to be shown."""

    all: list[Example]
    shown: list[Example]


def examples(run: Any, count: int) -> Examples:
    """Compare held-out examples, and pick `count` to show: the one that gained most, the one that gained least, and some evenly between. Where nothing is
    wanted, some evenly spread."""
    found = []
    for before, after, wanted in run.pictures(MANY):
        frames = {"before": before, "after": after, **({} if wanted is None else {"wanted": wanted})}
        pictures = {name: preview(frame, max(np.shape(frame.pixels))) for name, frame in frames.items()}
        found.append(
            Example(pictures, None if wanted is None else Psnr(*(_psnr(pictures[n], pictures["wanted"]) for n in ("before", "after"))))
        )
    order = sorted(range(len(found)), key=lambda i: -(found[i].psnr.after - found[i].psnr.before) if found[i].psnr else i)  # type: ignore[union-attr]
    picked = [order[round(i * (len(order) - 1) / max(1, min(count, len(order)) - 1))] for i in range(min(count, len(order)))]
    return Examples(found, [Example(found[i].pictures, found[i].psnr, _words(found, order.index(i))) for i in picked])


def psnr(found: list[Example]) -> Psnr | None:
    """The mean over all that have something wanted."""
    pairs = [one.psnr for one in found if one.psnr]
    return Psnr(*(float(np.mean([pair[i] for pair in pairs])) for i in (0, 1))) if pairs else None


def looks(found: list[Example]) -> list[tuple[str, dict[str, float]]]:
    """What a picture looks like, by name of the picture, as the mean over all examples: each in percent of the encoded range."""
    names = [name for name in ("before", "after", "wanted") if found and all(name in one.pictures for one in found)]
    told: dict[str, dict[str, float]] = {}
    for name in names:
        each = [_look(one.pictures[name].astype(float) / 255) for one in found]
        for word in each[0]:
            told.setdefault(word, {})[name] = 100 * float(np.mean([one[word] for one in each]))
    return list(told.items())


def _look(pixels: np.ndarray) -> dict[str, float]:
    """Shares of the encoded range, of a picture (rows, columns, 3)."""
    luma = pixels @ [0.2126, 0.7152, 0.0722]
    differences = [np.abs(np.diff(luma, axis=axis)).mean() for axis in (0, 1)]
    return {
        "brightness (mean luma)": luma.mean(),
        "contrast (deviation of luma)": luma.std(),
        "colour (greatest less least of red, green, blue)": np.ptp(pixels, axis=-1).mean(),
        "grain and detail (luma of neighbours apart)": float(np.mean(differences)),
    }


def png(pixels: np.ndarray) -> bytes:
    """uint8 pixels as a PNG file."""
    from PIL import Image

    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "png")
    return stream.getvalue()


def _words(found: list[Example], rank: int) -> str:
    if not any(one.psnr for one in found) or len(found) == 1:
        return ""
    if rank == 0:
        return f"The one of {len(found)} held-out examples whose PSNR gained most, or lost least."
    return (
        f"The one that gained least of {len(found)}."
        if rank == len(found) - 1
        else f"Number {rank + 1} of {len(found)} by its change of PSNR."
    )


def _psnr(made: np.ndarray, wanted: np.ndarray) -> float:
    error = np.mean((made.astype(float) - wanted) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-3)))
