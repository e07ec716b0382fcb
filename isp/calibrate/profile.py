"""What was measured becomes a sensor profile: a capture chain that makes such captures again, each value with its source."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from isp.calibrate.sensor import AtIso, falls
from isp.calibrate.whole import Calibration
from isp.core import Cfa, Table
from isp.evaluate.measured import Measured
from isp.importing.profile import SATURATION, Imported, Profile, over_iso
from isp.spec import Camera, families, stage_class

DIGITS = 6
NORMAL, NEARLY = 0.14, 0.03
"""The shape of Tukey's lambda distribution that is all but normal, and how near to it is normal enough."""
SURE = 3.0
"""So many errors above zero, a row or column part is there."""
USUAL_ISO, USUAL_TIME, USUAL_APERTURE = 100.0, 0.01, 2.8


def profile_of(found: Calibration, title: str = "", bits: int | None = None, luminance: float | None = None) -> Imported:
    """The profile: its `profile()` is the YAML text, `left_out` what could not be measured and is an estimate. `bits` is the depth of the
    converter, else the least that holds the numbers seen; `luminance` (cd/m2) that of the flats' white surface, without which sensitivity
    is in proportion only."""
    frame = found.camera.frame
    rows, columns = found.camera.pixels.shape
    who = " ".join(filter(None, [frame.make, frame.model])) or "a camera"
    made = Profile(title or f"{who}, measured", Camera(frame.make, frame.model, rows, columns), digits=DIGITS)
    _light(made, found, luminance)
    _cfa(made, found.camera.cfa)
    _well(made, found)
    _noise(made, found)
    _converter(made, found, bits)
    return made.made()


def said(value: Measured, unit: str, frames: int, more: str = "") -> str:
    """The words of a source."""
    shown = f"{float(value.value):.5g} ± {float(value.error):.2g} {unit}".strip()
    return f"measured by isp calibrate from {frames} frame{'s' if frames != 1 else ''}: {shown}{'; ' + more if more else ''}"


def _missing(made: Profile, what: str, lacks: str) -> str:
    made.left_out.append(f"{what} is an estimate: {lacks}")
    return f"estimate: {lacks}"


def _light(made: Profile, found: Calibration, luminance: float | None) -> None:
    base, facts = found.base, found.camera.frame
    mono = found.camera.cfa.filters == "w"
    aperture = found.camera.aperture or USUAL_APERTURE
    usual = "estimate: a usual setting, until a meter or a person says another"
    sources = {"iso": "the lowest ISO measured" if base and base.iso else usual, "exposure_time": usual, "pitch": "estimate: not measured"}
    sources["aperture"] = "as the captures say" if found.camera.aperture else usual
    iso = (base.iso if base else found.camera.iso) or USUAL_ISO
    made.add("exposure.settings", sources, iso=iso, exposure_time=USUAL_TIME, aperture=aperture)
    made.add("scene.rgb", called="tristimulus")
    if found.edges:
        each = [edge.together for edge in found.edges]
        sigma = Measured(np.array([e.value for e in each]), np.array([e.error for e in each])).pooled
        words = said(sigma, "px", len(found.edges), "so that an edge falls to one half at its measured MTF50")
        made.add(
            "optics.gaussian_psf",
            {"sigma": words, "corner": "estimate: as in the middle"},
            sigma=max(sigma.value, 0.051),
            corner=max(sigma.value, 0.051),
        )
    if found.mesh is not None and falls(found.mesh):
        gains = _by_colour(found.mesh.gains, found.camera.cfa)
        error = Measured(gains.value.max(), gains.error.max())
        made.add(
            "optics.vignetting_mesh",
            said(error, "at most", found.flats, "of flats; other lenses and apertures fall off otherwise"),
            gains=gains.value,
        )
    made.add("exposure.lens", "estimate: none is lost, since the sensitivity is that to light on the sensor", transmission=1.0)
    electrons, words = _electrons(made, found, iso, aperture, luminance)
    sources, given = {"electrons": words}, {}
    colours = sorted(found.colours, key=lambda c: c.temperature)
    if mono:
        given = {"matrices": [[[0.0, 1.0, 0.0]]], "illuminants": [6504.0], "filters": "w"}
        sources["matrices"] = "estimate: a sensor without filters sees luminance"
    elif colours:
        given = {"matrices": [c.matrix.value for c in colours], "illuminants": [c.temperature for c in colours]}
        each = "; ".join(f"{c.light}: {c.fits['plain'].mean:.2f} dE00 mean, errors to {c.matrix.error.max():.2g}" for c in colours)
        sources["matrices"] = f"measured by isp calibrate from {len(colours)} ColorCheckers, white exact: {each}"
        sources["illuminants"] = "the lights of the charts"
    elif facts.camera_matrix is not None and np.shape(facts.camera_matrix)[1:] == (3, 3):
        given = {"matrices": np.asarray(facts.camera_matrix, float)}
        given["illuminants"] = np.asarray(facts.illuminants, float) if facts.illuminants is not None else [6504.0] * len(given["matrices"])
        sources["matrices"] = "as the captures say"
    else:
        sources["matrices"] = _missing(made, "the colour matrix", "no chart was captured")
    made.add("sensitivity.matrix", sources, electrons=max(electrons, 1e-6), **given)


def _electrons(made: Profile, found: Calibration, iso: float, aperture: float, luminance: float | None) -> tuple[float, str]:
    """Electrons for each lux second and the words for it."""
    base = found.base
    if base is None:
        return 1.0, _missing(made, "the sensitivity", "no flats were captured")
    if luminance is not None and base.transfer.responsivity is not None:
        steepest = base.transfer.responsivity[int(np.argmax(base.transfer.responsivity.value))].over(base.gain)
        # The light of a series is time / N^2; a lux second is pi L t / (4 N^2).
        scale = np.pi * luminance / 4 * (1.0 if found.camera.aperture else aperture**-2)
        value = Measured(steepest.value / scale, steepest.error / scale)
        return float(value.value), said(value, "e-/(lx s)", base.frames, f"flats of {luminance:g} cd/m2; their light counts as D65")
    full = float(base.full_well.value) * iso / SATURATION
    words = "relative only: the lux of the flats was not said; full at 78 / ISO lux seconds (ISO 12232, saturation based)"
    return full, f"estimate: {words}"


def _by_colour(gains: Measured, cfa: Cfa) -> Measured:
    """Meshes of red, green and blue, or one."""
    if cfa.filters != "rgb":
        return Measured(gains.value.mean(0)[None], gains.error.mean(0)[None])
    phases = [np.flatnonzero(np.array(cfa.channels) == c) for c in range(3)]
    return Measured(np.stack([gains.value[p].mean(0) for p in phases]), np.stack([gains.error[p].mean(0) for p in phases]))


def _cfa(made: Profile, cfa: Cfa) -> None:
    """The stage that samples this mosaic, by trying all."""
    for name in families()["cfa"]:
        cls = stage_class(name)
        patterns = cls.declared()["pattern"].choices if "pattern" in cls.declared() else (None,)
        for pattern in patterns:
            values = {} if pattern is None else {"pattern": pattern}
            if cls.of(**values).mosaic.rows == cfa.rows:
                made.add(name, {"pattern": "as the captures say"} if values else "as the captures say", **values)
                return
    made.add("cfa.bayer", _missing(made, "the mosaic", f"no stage samples {cfa}"))


def _well(made: Profile, found: Calibration) -> None:
    base, pattern = found.base, found.pattern
    if pattern is not None and pattern.prnu is not None:
        words = said(pattern.prnu.total, "%", pattern.count, f"at half of saturation; {pattern.defects.sites.shape[0]} defects left out")
        made.add("noise.prnu", words, deviation=float(pattern.prnu.total.value))
    made.add("noise.photon")
    if base is None:
        return
    if base.transfer.dark_current is not None:
        current = _even_current(found)
        if current.value > SURE * current.error:
            same = "the temperature of the captures, which is not known; so there is no growth to it"
            words = {"current": said(current, "e-/s", base.frames), "reference": f"estimate: {same}", "temperature": f"estimate: {same}"}
            made.add("noise.dark_current", words, current=float(current.value), reference=25.0, temperature=25.0)
    if pattern is not None and pattern.time > 0 and (hot := pattern.defects.count("hot")):
        words = f"measured by isp calibrate from {pattern.count} frames: {hot} of {pattern.sites} sites, {pattern.hot_excess.mean():.4g} e- in {pattern.time:g} s"
        current = float(np.clip(pattern.hot_excess.mean() / pattern.time, 0, 1e6))
        made.add("noise.hot_pixels", words, share=hot / pattern.sites, current=current, reference=25.0, temperature=25.0)
    end = "" if base.transfer.reached.all() else "no flat saturates: at least this"
    made.add(
        "pixel.full_well",
        {"capacity": said(base.full_well, "e-", base.frames, end), "knee": "estimate: a sharp bend"},
        capacity=float(base.full_well.value),
    )


def _even_current(found: Calibration) -> Measured:
    """The dark current of all sites, less what hot ones bring to the mean."""
    current, pattern = found.base.transfer.dark_current.pooled, found.pattern
    hot = pattern.hot_excess.sum() / pattern.sites / pattern.time if pattern is not None and pattern.time > 0 else 0.0
    return Measured(current.value - hot, current.error)


def _noise(made: Profile, found: Calibration) -> None:
    pattern, isos = found.pattern, found.isos
    if pattern is not None:
        words = {
            "deviation": said(pattern.dsnu.pixel, "e-", pattern.count, f"darks of {pattern.time:g} s"),
            "growth": "estimate: none, since the darks of the stack have one exposure time",
        }
        made.add("noise.dsnu", words, deviation=float(pattern.dsnu.pixel.value), growth=0.0)
        for part in ("row", "column"):
            spread: Measured = getattr(pattern.dsnu, part)
            if spread.value > SURE * spread.error:
                made.add(f"noise.{part}", called=f"fixed_{part}s", deviation=float(spread.value), pattern="fixed")
                made.sources[f"fixed_{part}s.deviation"] = said(spread, "e-", pattern.count)
    if not isos:
        made.add("noise.read", _missing(made, "the read noise", "no flats and darks were captured"))
        return
    frames, words = sum(at.frames for at in isos), _each("e-", isos, "read")
    tails = [at.tail for at in isos]
    if all(tail is not None for tail in tails) and any(
        abs(float(t.shape.value) - NORMAL) > max(NEARLY, 4 * float(t.shape.error)) for t in tails
    ):
        shapes = _table(isos, [float(np.clip(t.shape.value, -0.44, 0.99)) for t in tails])
        each = ", ".join(f"{float(t.shape.value):.3g} ± {float(t.shape.error):.2g}" for t in tails)
        sources = {"deviation": words, "shape": f"measured by isp calibrate from {frames} frames: {each}"}
        made.add("noise.read_tukey", sources, deviation=_table(isos, [float(at.read.value) for at in isos]), shape=shapes)
    else:
        made.add("noise.read", words, deviation=_table(isos, [float(at.read.value) for at in isos]))
    for part in ("row", "column"):
        spreads = [getattr(at, part) for at in isos]
        if any(s.value > SURE * s.error for s in spreads):
            made.add(f"noise.{part}", _each("e-", isos, part), deviation=_table(isos, [float(s.value) for s in spreads]))


def _converter(made: Profile, found: Calibration, bits: int | None) -> None:
    base = found.base
    deep = bits or int(np.clip(np.ceil(np.log2(max(found.largest, 255.0) + 1)), 8, 20))
    depth = "as was said" if bits else f"the least that holds {found.largest:.0f}, the largest number seen"
    if base is None:
        black = 64.0 if found.camera.frame.black is None else float(np.mean(np.asarray(found.camera.frame.black)))
        made.add("adc.linear", {"gain": _missing(made, "the gain", "no flats were captured"), "bits": depth}, pedestal=black, bits=deep)
        return
    black = base.transfer.black.pooled
    if base.transfer.dark_current is not None:  # black is that of the shortest darks; the pedestal, of none
        rest = base.transfer.dark_current.pooled.value * base.gain.value * base.dark_time
        black = Measured(black.value - max(float(rest), 0.0), black.error)
    iso = base.iso or USUAL_ISO
    shares = [float(at.gain.value) * iso / (at.iso or iso) for at in found.isos]
    even = all(
        abs(s / shares[0] - 1) < SURE * float(at.gain.error / at.gain.value + base.gain.error / base.gain.value)
        for s, at in zip(shares, found.isos)
    )
    more = "proportional to ISO" if even and len(shares) > 1 else "over ISO / base ISO" if len(shares) > 1 else ""
    sources = {
        "gain": _each("DN/e-", found.isos, "gain") + (f"; {more}" if more else ""),
        "pedestal": said(black, "DN", base.frames),
        "bits": depth,
    }
    sources["base_iso"] = "the lowest ISO measured" if base.iso else "estimate: the captures do not say their ISO"
    weights = np.array([float(at.iso / iso / at.gain.error) ** 2 if at.iso else 1.0 for at in found.isos])
    gain = float(np.average(shares, weights=weights)) if even else _table(found.isos, shares)
    made.add("adc.linear", sources, gain=gain, base_iso=iso, pedestal=max(float(black.value), 0.0), bits=deep)


def _each(unit: str, isos: Sequence[AtIso], what: str) -> str:
    """The words of a source for every ISO."""
    if len(isos) == 1:
        return said(getattr(isos[0], what), unit, isos[0].frames)
    each = ", ".join(f"ISO {at.iso:g}: {float((m := getattr(at, what)).value):.5g} ± {float(m.error):.2g}" for at in isos)
    return f"measured by isp calibrate from {sum(at.frames for at in isos)} frames: {each} {unit}"


def _table(isos: Sequence[AtIso], values: Sequence[float]) -> float | Table:
    return values[0] if len(values) == 1 else over_iso({at.iso: v for at, v in zip(isos, values, strict=True)})
