"""The page and the table of an ablation. It is known here by its attributes alone (`isp.tune.ablate.Ablation`)."""

from __future__ import annotations

import base64
import csv
import io
from typing import Any

from isp.report.figure import Figure
from isp.report.plot import INKS, Plot
from isp.report.template import rendered

WORDS = {
    "hand": "the values that the pipeline has",
    "classical": "its parameters alone",
    "learned": "its weights alone",
    "sequential": "parameters in the first half, weights in the second",
    "joint": "parameters and weights together",
    "wanted": "what it should be",
}
"""What each way is."""


def page(found: Any, title: str = "", command: str = "") -> str:
    """HTML of an ablation."""
    uris = {name: f"data:image/png;base64,{base64.b64encode(data).decode()}" for name, data in found.pictures.items()}
    return rendered(
        "ablation.html",
        title=title or "What each side brings",
        command=command,
        found=found,
        rows=found.rows(),
        words=WORDS,
        uris=uris,
        model={"scenes": [_scene(found.pictures)]},
        figures=figures(found),
    )


def _scene(pictures: dict[str, bytes]) -> dict[str, Any]:
    """What the viewer has to know: the pictures of the page, of which `wanted` comes first where there is one."""
    from PIL import Image

    width, height = Image.open(io.BytesIO(next(iter(pictures.values())))).size if pictures else (1, 1)
    shown = sorted(((name, i) for i, name in enumerate(pictures)), key=lambda one: one[0] != "wanted")
    return {"name": "held out", "width": width, "height": height, "pictures": [{"name": name, "img": f"w{i}"} for name, i in shown]}


def figures(found: Any) -> list[Figure]:
    """The PSNR of each way, seed by seed."""
    rows = found.rows()
    plot = Plot("seed", "PSNR, dB")
    for row, colour in zip(rows, INKS * len(rows), strict=False):
        some = found.of(row["way"])
        at, values = list(range(len(some))), [one.psnr_db for one in some]
        if all(value == value for value in values):
            plot.line(at, values, colour).points(at, values, colour).named(row["way"], colour)
    return (
        [Figure("Each seed", plot.svg("PSNR of each way by seed"), "Held-out examples; the same for all ways of a seed.")]
        if plot.drawn
        else []
    )


def columns(found: Any) -> list[str]:
    """The columns of the table."""
    return list(found.rows()[0])


def table(found: Any) -> str:
    """The rows as CSV."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns(found), lineterminator="\n")
    writer.writeheader()
    writer.writerows(found.rows())
    return stream.getvalue()


def as_json(found: Any) -> dict[str, Any]:
    """Plain data: the rows, and every outcome."""
    return {"about": found.about, "rows": found.rows(), "outcomes": [vars(one) for one in found.outcomes]}


def cells(row: dict[str, Any]) -> list[str]:
    """A row as one reads it: way, steps, seconds, loss, PSNR, gain of joint tuning."""
    gain = "" if row["way"] == "joint" else f"{row['joint_gains_db']:+.2f} ± {row['gains_deviation']:.2f}"
    return [
        row["way"], f"{row['steps']}", f"{row['seconds']:.0f}", f"{row['loss']:.5g} ± {row['loss_deviation']:.2g}",
        f"{row['psnr_db']:.2f} ± {row['psnr_deviation']:.2f}", gain,
    ]  # fmt: skip
