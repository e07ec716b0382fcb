"""The page of a calibration: what was measured, plotted, in one file that opens without a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from isp.calibrate.colour import Colour, reference
from isp.calibrate.plot import COLOURS, map_of, patches
from isp.calibrate.rows import FITS, rows
from isp.calibrate.sensor import AtIso, falls
from isp.calibrate.whole import Calibration
from isp.evaluate.colour_fit import linear_rgb
from isp.report.figure import Figure
from isp.report.plot import Plot
from isp.report.template import rendered


def page(found: Calibration, title: str = "") -> str:
    """HTML of a calibration. All text is escaped."""
    frame, (rows_, columns) = found.camera.frame, found.camera.pixels.shape
    who = " ".join(filter(None, [frame.make, frame.model])) or "A camera"
    return rendered(
        "page.html", Path(__file__).parent,
        title=title or f"{who}, measured", lead=f"{columns} x {rows_} pixels of {found.camera.cfa}. Errors are one standard error.",
        warnings=found.warnings, figures=figures(found), rows=rows(found),
    )  # fmt: skip


def figures(found: Calibration) -> list[Figure]:
    """The plots that the captures allow."""
    sites = found.camera.cfa.sites
    made = []
    for at in found.isos:
        made += [_transfer(at, sites), *([_linearity(at, sites)] if at.transfer.linearity_error is not None else [])]
    if len(found.isos) > 1:
        made.append(_against_iso(found))
    if found.mesh is not None and falls(found.mesh):
        words = "Gains that undo the falloff of the green sites (or the only ones), from outer edge to outer edge."
        made.append(Figure("Falloff", map_of(found.mesh.gains.value[max(sites.find("g"), 0)], "falloff"), words))
    made += [_colour(c) for c in found.colours]
    made += [_response(found)] if found.edges else []
    return made


def _transfer(at: AtIso, sites: str) -> Figure:
    plot = Plot("mean above black, DN", "temporal variance, DN²", "xy")
    transfer = at.transfer
    top = float(transfer.saturation.value.max())
    x = np.geomspace(max(min(float(p.mean.value.min() - transfer.black.value.min()) for p in at.levels), 1e-3 * top), top, 60)
    plot.line(x, float(np.mean(transfer.dark_deviation.value)) ** 2 + float(at.gain.value) * x, "#ffffff")
    for k, letter in enumerate(sites):
        x = np.array([p.mean.value[k] for p in at.levels]) - transfer.black.value[k]
        plot.points(x, [p.variance.value[k] for p in at.levels], COLOURS[letter], [p.variance.error[k] for p in at.levels])
    words = f"K = {float(at.gain.value):.5g} ± {float(at.gain.error):.2g} DN/e-; misfit {float(transfer.misfit.mean()):.2f} (1: the errors are right)."
    return Figure(f"Photon transfer, ISO {at.iso:g}", plot.svg("photon transfer"), words)


def _linearity(at: AtIso, sites: str) -> Figure:
    plot = Plot("exposure time over f-number squared, s", "departure from the line, %", "x")
    transfer = at.transfer
    light = np.array([p.light for p in at.levels])
    for k, letter in enumerate(sites):
        signal = np.array([p.mean.value[k] for p in at.levels]) - transfer.black.value[k]
        used = (signal > 0.05 * transfer.saturation.value[k]) & (signal < 0.95 * transfer.saturation.value[k])
        if used.sum() > 1:
            line = np.polynomial.Polynomial.fit(light[used], signal[used], 1, w=1 / signal[used])(light[used])
            plot.points(light[used], 100 * (signal[used] / line - 1), COLOURS[letter])
    return Figure(
        f"Linearity, ISO {at.iso:g}",
        plot.svg("linearity"),
        f"Linearity error {float(np.max(transfer.linearity_error)):.3g} % (EMVA 1288), 5 to 95 % of saturation.",
    )


def _against_iso(found: Calibration) -> Figure:
    plot = Plot("ISO", "read noise, e-, and gain, DN/e- (white)", "xy")
    x = [max(at.iso, 1.0) for at in found.isos]
    for what, colour in (("read", "#e0a84a"), ("gain", "#ffffff")):
        values = [getattr(at, what) for at in found.isos]
        plot.points(x, [float(v.value) for v in values], colour, [float(v.error) for v in values])
        if law := found.over_iso(what):
            places = np.geomspace(min(x), max(x), 20)
            plot.line(places, law(places), colour)
    law = found.over_iso("gain")
    return Figure(
        "Noise and gain against ISO",
        plot.svg("noise against ISO"),
        f"Lines are power laws; the gain's exponent is {law.exponent}." if law else "",
    )


def _colour(colour: Colour) -> Figure:
    xyz, white = reference(colour.light)
    target = linear_rgb(xyz, white)
    fit = colour.fits["plain"]
    made = fit(colour.patches.value / colour.white.value)
    means = ", ".join(f"{FITS[n]} {f.mean:.2f}" for n, f in colour.fits.items())
    words = f"Outside what the plain fit makes, inside what it should be, below it dE00. Means: {means}."
    return Figure(f"ColorChecker in {colour.light}", patches(_encoded(made), _encoded(target), fit.differences), words)


def _encoded(linear: np.ndarray) -> np.ndarray:
    x = np.clip(linear, 0, 1)
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)


def _response(found: Calibration) -> Figure:
    plot = Plot("cycles a pixel", "response")
    for edge in found.edges:
        for letter, responses in edge.responses.items():
            for one in responses:
                shown = one.frequency <= 1
                plot.line(one.frequency[shown], one.sfr.value[shown], COLOURS[letter])
    words = "; ".join(f"{e.name}: Gaussian of {e.together} px" for e in found.edges)
    return Figure("Slanted edge", plot.svg("spatial frequency response"), words)
