"""The results as rows of text, and as one document for machines."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from isp.calibrate.sensor import falls
from isp.calibrate.whole import Calibration
from isp.evaluate.measured import Measured

FITS = {"plain": "plain", "white_preserving": "white preserving", "least_difference": "dE optimal", "root_polynomial": "root-polynomial"}


class Row(NamedTuple):
    """A quantity with its error, its unit and what it was measured on."""

    what: str
    value: float
    error: float
    unit: str
    on: str = ""

    @property
    def text(self) -> str:
        """Value and error in as many digits as the error leaves."""
        if not np.isfinite(self.error) or self.error <= 0:
            return f"{self.value:.3g}"
        digits = int(np.clip(1 - np.floor(np.log10(self.error)), 0, 9))
        return f"{self.value:.{digits}f} ± {self.error:.{digits}f}"


def rows(found: Calibration) -> list[Row]:
    """Every number, in the order of the light: well, noise, pattern, falloff, colour, sharpness."""
    told: list[Row] = []

    def tell(what: str, value: Measured | float, unit: str, on: str = "") -> None:
        known = value if isinstance(value, Measured) else Measured(np.array(value), np.array(np.nan))
        told.append(Row(what, float(known.value), float(known.error), unit, on))

    for at in found.isos:
        iso = f"ISO {at.iso:g}" if at.iso else "ISO unknown"
        tell("gain K", at.gain, "DN/e-", iso)
        tell("read noise", at.read, "e-", iso)
        tell("row noise", at.row, "e-", iso)
        tell("column noise", at.column, "e-", iso)
        if at.tail is not None:
            tell("tail shape (0.14 is normal)", at.tail.shape, "1", iso)
        tell("full well" if at.transfer.reached.all() else "full well, at least", at.full_well, "e-", iso)
        tell("black", at.transfer.black.pooled, "DN", iso)
        tell("white", at.transfer.white.pooled, "DN", iso)
        tell("dynamic range", Measured(*_decibels(at.transfer.dynamic_range.pooled)), "dB", iso)
        tell("largest SNR", Measured(*_decibels(at.transfer.snr_max.pooled)), "dB", iso)
        if at.transfer.linearity_error is not None:
            tell("linearity error", float(np.max(at.transfer.linearity_error)), "%", iso)
        if at.transfer.dark_current is not None:
            tell("dark current", at.transfer.dark_current.pooled, "e-/s", iso)
    for what, unit in (("gain", "DN/e-"), ("read", "e-")):
        if law := found.over_iso(what):
            tell(f"{'gain K' if what == 'gain' else 'read noise'}: exponent over ISO", law.exponent, "1", f"{len(found.isos)} ISOs, {unit}")
    if (pattern := found.pattern) is not None:
        on = f"{pattern.count} frames"
        for part in ("total", "row", "column", "pixel"):
            tell(f"DSNU, {part}", getattr(pattern.dsnu, part), "e-", on)
            if pattern.prnu is not None:
                tell(f"PRNU, {part}", getattr(pattern.prnu, part), "%", on)
        for kind in ("hot", "dim", "bright"):
            tell(f"defects, {kind}", float(pattern.defects.count(kind)), "sites", on)
    if found.mesh is not None:
        worst = np.unravel_index(np.argmax(found.mesh.gains.value), found.mesh.gains.value.shape)
        tell(
            "falloff: largest gain",
            found.mesh.gains[worst],
            "1",
            f"{found.flats} frames{'' if falls(found.mesh) else '; none to speak of'}",
        )
    for colour in found.colours:
        for name, fit in colour.fits.items():
            worst_patch, worst_difference = fit.worst
            tell(f"CCM {FITS[name]}: mean dE00", fit.mean, "dE00", colour.light)
            tell(f"CCM {FITS[name]}: 95 %", fit.percentile95, "dE00", f"{colour.light}; worst {worst_patch}, {worst_difference:.2f}")
    for edge in found.edges:
        for letter in edge.mtf50:
            tell(f"MTF50, {letter}", edge.mtf50[letter], "c/px", edge.name)
            tell(f"Gaussian sigma, {letter}", edge.sigma[letter], "px", edge.name)
    return told


def as_json(found: Calibration) -> dict[str, Any]:
    """Everything, with arrays as lists and errors beside values."""
    made: dict[str, Any] = {
        "values": [{"what": r.what, "value": r.value, "error": _number(r.error), "unit": r.unit, "on": r.on} for r in rows(found)]
    }
    made["levels"] = [
        {
            "iso": at.iso,
            "light": _number(p.light),
            "time": p.time,
            "captures": p.name,
            "mean": p.mean.value.tolist(),
            "variance": p.variance.value.tolist(),
        }
        for at in found.isos
        for p in at.levels
    ]
    if (pattern := found.pattern) is not None:
        sites = zip(pattern.defects.sites.tolist(), pattern.defects.kinds.tolist(), pattern.defects.deviation.tolist(), strict=True)
        made["defects"] = [{"row": r, "column": c, "kind": kind, "deviations": round(far, 2)} for (r, c), kind, far in sites]
    if found.mesh is not None:
        made["shading"] = _pair(found.mesh.gains)
    made["colour"] = [
        {
            "light": c.light, "kelvin": c.temperature, "xyz_to_camera": _pair(c.matrix), "patches": _pair(c.patches), "corners": [list(map(float, xy)) for xy in c.corners],
            "fits": {n: {**_pair(f.matrix), "mean": f.mean, "percentile95": f.percentile95, "differences": dict(zip(f.names, f.differences.tolist()))} for n, f in c.fits.items()},
        }
        for c in found.colours
    ]  # fmt: skip
    made["sharpness"] = [
        {"captures": e.name, "filter": k, "frequency": v[0].frequency.tolist(), "response": _pair(v[0].sfr)}
        for e in found.edges
        for k, v in e.responses.items()
    ]
    return made | {"warnings": list(found.warnings)}


def _decibels(ratio: Measured) -> tuple[float, float]:
    return 20 * float(np.log10(ratio.value)), 20 / np.log(10) * float(ratio.error / ratio.value)


def _pair(value: Measured) -> dict[str, Any]:
    return {"value": value.value.tolist(), "error": value.error.tolist()}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
