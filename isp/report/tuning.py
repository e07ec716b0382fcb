"""The page of a tuning run, its plots and its pictures. A run is known here by its attributes alone (`isp.tune.result.Run`)."""

from __future__ import annotations

import json
import shlex
import sys
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from isp.io.place import put
from isp.report import parameters, way
from isp.report.examples import Example, examples, looks, png, psnr
from isp.report.figure import Figure
from isp.report.plot import INKS, Plot
from isp.report.template import rendered

SHOWN = 4
"""Held-out examples on the page."""
GREY = "#949494"


def written(run: Any, out: Path) -> None:
    """Write `report.html`, `losses.svg` and `pictures/` into the folder of a run. Raises PlaceError."""
    seen = examples(run, SHOWN)
    put(out / "losses.svg", losses(run.rows).svg("loss", alone=True).encode())
    (out / "pictures").mkdir(parents=True, exist_ok=True)
    for i, one in enumerate(seen.shown):
        for name, pixels in one.pictures.items():
            put(out / "pictures" / f"{i:02d}_{name}.png", png(pixels))
    put(out / "report.html", page(run, seen.shown, psnr(seen.all), _said(out), looks(seen.all)).encode())


def page(run: Any, shown: list[Example], mean: Any, said: dict[str, Any] | None = None, look: Any = ()) -> str:
    """HTML of a run. `mean` is the PSNR of all held-out examples where there is something wanted, `said` what its `run.json` says,
    `look` what pictures look like (`isp.report.examples.looks`)."""
    before, after = run.before["loss"], run.after["loss"]
    recipe, freed = run.recipe, run.problem.free.freed
    rows = parameters.rows(run)
    return rendered(
        "tuning.html",
        title=f"{recipe.chain.title or 'Pipeline'}, tuned",
        base=recipe.base or recipe.chain.title or "pipeline",
        before=before,
        after=after,
        gain=100 * (after / before - 1) if before else 0.0,
        psnr=mean,
        count=sum(np.size(v) for v in run.values.values()),
        steps=max((int(row["step"]) for row in run.rows), default=0),
        time=duration(run.seconds),
        notes=notes(run, rows),
        examples=[one.row() for one in shown],
        model={"scenes": [_scene(i, one) for i, one in enumerate(shown)]},
        figures=figures(run),
        terms=terms(run, mean),
        looks=look,
        parameters=rows,
        choices=parameters.choices(recipe.chain, run.tuned),
        curves=parameters.curves(freed, run.start, run.values),
        facts=facts(run, said or {}),
        command=shlex.join(["isp", *sys.argv[1:]]) if Path(sys.argv[0]).name in ("isp", "__main__.py") else "",
    )


def _scene(index: int, one: Example) -> dict[str, Any]:
    """What the viewer has to know of an example, whose pictures are those of the page."""
    rows, columns = one.pictures["after"].shape[:2]
    said = {} if one.psnr is None else one.psnr._asdict()
    named = {name: f"{name}, {said[name]:.2f} dB" if name in said else name for name in one.pictures}
    pictures = [{"name": word, "img": f"e{index}-{name}"} for name, word in named.items()]
    return {"name": f"example {index + 1}", "width": columns, "height": rows, "pictures": pictures, "thumb": f"e{index}-after"}


def figures(run: Any) -> list[Figure]:
    """The plots of a run."""
    made = [
        Figure(
            "Loss", losses(run.rows).svg("loss"), "Amber: on the data of each step. White: on what is held out, by which the best is kept."
        )
    ]
    names = [name for name in run.before if name != "loss"]
    plot = Plot("step", "share of what it was")
    for name, colour in zip(names, INKS * len(names), strict=False):
        steps, values = _history(run.rows, f"judged_{name}")
        if run.before[name] and len(steps) > 1:
            plot.line(steps, values / run.before[name], colour).named(name, colour)
    if plot.drawn:
        made.append(Figure("Terms on held-out examples", plot.svg("terms"), "Each as a share of what it was before."))
    return made + way.figure(run) + front(run)


def losses(rows: list[dict[str, float]]) -> Plot:
    """The loss over steps, and that of held-out examples."""
    trained, judged = _history(rows, "loss"), _history(rows, "judged_loss")
    values = np.concatenate([trained[1], judged[1]])
    values = values[np.isfinite(values)]
    plot = Plot("step", "loss", "y" if values.size and (values > 0).all() else "")
    plot.line(*trained, INKS[0]).line(*judged, "#ffffff").points(*judged, "#ffffff")
    return plot.named("this step", INKS[0]).named("held out", "#ffffff")


def front(run: Any) -> list[Figure]:
    """The best compromises between the first two terms, where the optimiser sought them: its state logs a row of terms for each trial."""
    values = np.asarray(getattr(run.state, "values", 0.0), float)
    if values.ndim != 2 or values.shape[1] < 2 or not len(values):
        return []
    names = sorted(name for name in run.before if name != "loss")[:2]
    pairs = values[np.isfinite(values).all(1) & (values < 1e29).all(1)][:, :2]
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    best = order[pairs[order, 1] < np.concatenate([[np.inf], np.minimum.accumulate(pairs[order, 1])[:-1]])]
    plot = Plot(names[0], names[-1]).points(pairs[:, 0], pairs[:, 1], GREY).line(pairs[best, 0], pairs[best, 1], INKS[0])
    plot.points(pairs[best, 0], pairs[best, 1], INKS[0]).points([run.before[names[0]]], [run.before[names[-1]]], "#ffffff")
    words = f"Every trial in grey, the {len(best)} that no other beats in both terms in amber; white is before, on held-out examples."
    return [Figure("Compromises", plot.svg("Pareto front"), words)]


def terms(run: Any, mean: Any) -> list[dict[str, Any]]:
    """The loss and its terms before and after; PSNR last."""
    weights = [f"{t.weight:g}" for t in run.recipe.terms]
    names = ["loss", *(name for name in run.before if name != "loss")]
    made = []
    for name, weight in zip(names, ["", *weights, *[""] * len(names)], strict=False):
        old, new = run.before[name], run.after.get(name, float("nan"))
        made.append(_term(name, weight, old, new, f"{100 * (new / old - 1):+.1f} %" if old else "", new < old))
    if mean:
        made.append(
            _term(
                "PSNR of what is shown (dB, 8 bits)",
                "",
                mean.before,
                mean.after,
                f"{mean.after - mean.before:+.2f} dB",
                mean.after > mean.before,
            )
        )
    return made


def _term(name: str, weight: str, before: float, after: float, change: str, better: bool) -> dict[str, Any]:
    word = "" if before == after else "good" if better else "bad"
    return {"name": name, "weight": weight, "before": before, "after": after, "change": change, "word": word}


def notes(run: Any, rows: list[Any]) -> list[str]:
    """What a reader should be warned of."""
    made = list(run.notes)
    made += [f"{row.path} came to rest at a limit: {row.limits}" for row in rows if row.flag]
    if not run.after["loss"] < run.before["loss"]:
        made.append("nothing better was found: the values are those it began with")
    return made


def facts(run: Any, said: dict[str, Any]) -> list[tuple[str, str]]:
    """What was asked, and on what it ran."""
    recipe, data = run.recipe, run.problem.data
    held = [data.scenes[i].name for i in getattr(data, "held", [])]
    trained = [data.scenes[i].name for i in getattr(data, "trained", [])]
    identity = said.get("identity", {})
    optimiser = ", ".join(f"{name} {getattr(recipe.optimiser, name)}" for name in recipe.optimiser.declared())
    listed = [
        ("sensors", "; ".join(f"{s.chain.title or s.name}{f' (weight {s.weight:g})' if s.weight != 1 else ''}" for s in recipe.sensors)),
        ("conditions", "; ".join(map(str, recipe.conditions))),
        ("scenes", _few(trained)),
        ("held out", _few(held) or "none: judged by other crops and noise of the same scenes"),
        ("target", _target(recipe.target)),
        ("optimiser", f"{recipe.optimiser.name}: {optimiser}"),
        ("settings", ", ".join(f"{name} {getattr(recipe.settings, name)}" for name in recipe.settings.declared())),
        ("stopped", run.why),
        ("time", duration(run.seconds)),
        ("versions", ", ".join(f"{name} {number}" for name, number in identity.get("versions", {}).items())),
        ("machine", ", ".join(f"{name} {identity[name]}" for name in ("machine", "devices", "threads", "python") if name in identity)),
        ("begun", str(said.get("began", ""))),
    ]
    return [(name, text) for name, text in listed if text]


def duration(seconds: float) -> str:
    """A time as a person says it."""
    whole = round(seconds)
    if whole < 100:
        return f"{seconds:.3g} s"
    return f"{whole // 60} min {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"


def _history(rows: list[dict[str, float]], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Steps and values of a column, where it has some."""
    found = [(row["step"], row[name]) for row in rows if name in row]
    return np.array([step for step, _ in found], float), np.array([value for _, value in found], float)


def _said(out: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((out / "run.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _few(names: list[str], most: int = 12) -> str:
    """Names, not too many and none too long."""
    told = ", ".join(name if len(name) < 60 else f"{name[:57]}..." for name in names[:most])
    return f"{told} and {len(names) - most} more" if len(names) > most else told


def _target(target: Any) -> str:
    if not isinstance(target, dict):
        return str(target)
    kind, what = next(iter(target.items()))
    return f"{kind} {getattr(what, 'title', '') or what}"


def excerpt(run: Any, cell: str = "") -> str:
    """The gist of a run as HTML that brings its own style, for a notebook: the loss and the numbers over the steps, one example, and the table."""
    one = examples(run, 1).shown
    pictures = "".join(
        f"<figure style='margin:0 .8em 0 0;display:inline-block'><img src='{uri}' style='width:220px;image-rendering:pixelated' alt='{name}'>"
        f"<figcaption>{name}</figcaption></figure>"
        for name, uri in (one[0].row().items() if one else ())
        if name in one[0].pictures
    )
    before, after = run.before["loss"], run.after["loss"]
    head = f"<b>loss on held-out examples {before:.4g} → {after:.4g}</b>, {duration(run.seconds)}, {escape(run.why)}"
    moved = [one.svg for one in way.figure(run)]
    plots = "".join(
        f"<div style='flex:1 1 320px;max-width:460px'>{svg}</div>" for svg in (losses(run.rows).svg("loss", alone=True), *moved)
    )
    plot = f"<div style='display:flex;flex-wrap:wrap;gap:1em;margin:.5em 0'>{plots}</div>"
    rows = parameters.rows(run)
    return f"<div>{head}{plot}{pictures}{parameters.table(rows, cell)}</div>"


def text(run: Any) -> str:
    """The gist of a run in lines."""
    rows = parameters.rows(run)
    head = f"loss on held-out examples {run.before['loss']:.4g} -> {run.after['loss']:.4g}, {duration(run.seconds)}, {run.why}"
    return "\n".join([head, *(f"  {row.path} {row.before} -> {row.after} {row.unit}".rstrip() for row in rows)])
