"""Cameras known by their spectral curves; the rest of them is estimated."""

from isp.importing.profile import SATURATION, over_iso
from tools.rebuild_sensors.parts import CURVES, FITTED, GENERIC, HEADROOM, UNUSED, begin, curved, dark, linear, matrices, seen


def measured(camera, title, make, model, size, pitch, read, pedestal, aperture=4.0, curves=""):
    """A camera whose curves are known, the rest being estimates; with `curves`, as matrices of those of rawtoaces-data."""
    it = begin(title, make, model, size, aperture, pitch, f"sensor size over pixels, from {make}'s data sheet", f"estimate: f/{aperture}")
    if curves:
        electrons, colour = 2000 * pitch**2, CURVES.format(curves) + FITTED
        why = "estimate: 2000 for each lux second and square micrometre, a quantum efficiency of about 0.55 at its best"
        seen(it, electrons, why, matrices(curves), colour, (2856, 6504))
    else:
        words = "measured at NPL (Darrodi et al. 2015), from colour-science 0.4.7 (BSD-3-Clause): isp/data/spectra.npz"
        electrons = curved(
            it,
            pitch,
            {"peak": "estimate: the measurement is relative; usual for its age", "camera": words, "curves": UNUSED, "wavelengths": UNUSED},
            20.0,
            peak=0.45,
            camera=camera,
        )
    return it, electrons


def d850():
    """Nikon D850."""
    it, electrons = measured(
        "", "Nikon D850-class: 45 MP full frame, back-illuminated", "Nikon", "D850", (5504, 8256), 4.35, 3.0, 400, 2.8, "Nikon_D850"
    )
    full = electrons * SATURATION * HEADROOM / 64
    it.add("cfa.bayer", {"pattern": "as its raw files have it"}, pattern="rggb")
    why = "estimate: full at 78 sqrt(2) / ISO lux seconds at its base of ISO 64: ISO 12232 and half a stop"
    dark(
        it,
        over_iso({64: 4.2, 399: 2.9, 400: 1.5, 25600: 1.1}),
        "estimate: as two conversion gains that change at ISO 400 have it",
        row=0.15,
        well=full,
        well_source=why,
    )
    linear(
        it,
        (2**14 - 1 - 400) / full,
        64,
        400,
        14,
        (
            "the largest number, less black, over the well: our sum",
            "data sheet: ISO 64",
            "estimate: as its raw files have it",
            "data sheet: 14 bit",
        ),
    )
    return it.made()


def nikon5100():
    """Nikon D5100."""
    it, electrons = measured("nikon_5100", "Nikon D5100: measured curves, 16 MP", "Nikon", "D5100", (3264, 4928), 4.78, 3.0, 0)
    full = electrons * SATURATION / 100
    it.add("cfa.bayer", {"pattern": "as its raw files have it"}, pattern="rggb")
    dark(
        it,
        over_iso({100: 3.4, 6400: 2.2}),
        "estimate: usual for its age",
        well=full,
        well_source="full at 78 / ISO lux seconds (ISO 12232, saturation based) at ISO 100: our sum",
    )
    linear(
        it,
        (2**14 - 1) / full,
        100,
        0,
        14,
        (
            "the largest number over the well: our sum",
            "data sheet: ISO 100",
            "estimate: its raw files have no pedestal",
            "data sheet: 14 bit",
        ),
    )
    return it.made()


def sigma():
    """The layers of a Foveon sensor, sampled as no Foveon sensor does."""
    it, electrons = measured(
        "sigma_sdmerrill",
        "The layers of a Sigma SD1 Merrill under a Bayer mosaic: colour from steep matrices",
        "Sigma",
        "SD1 Merrill",
        (3136, 4704),
        4.98,
        9.0,
        256,
    )
    full = electrons * SATURATION / 100
    it.add(
        "cfa.bayer",
        {"pattern": "estimate: the real sensor stacks its layers and has no mosaic; this one has, so that pipelines take it"},
        pattern="rggb",
    )
    dark(
        it,
        9.0,
        "estimate: three layers are noisier than one",
        row=1.0,
        well=full,
        well_source="full at 78 / ISO lux seconds (ISO 12232, saturation based) at ISO 100: our sum",
    )
    linear(
        it,
        (2**14 - 1 - 256) / full,
        100,
        256,
        14,
        ("the largest number, less black, over the well: our sum", "data sheet: ISO 100", GENERIC, GENERIC),
    )
    return it.made()


def xt3():
    """X-Trans."""
    it, electrons = measured(
        "", "Fujifilm X-T3: X-Trans, 26 MP, measured curves", "Fujifilm", "X-T3", (4170, 6246), 3.76, 2.2, 1024, 2.8, "Fujifilm_X-T3"
    )
    it.stages["exposure.settings"] = it.stages["exposure.settings"].with_values(iso=160.0)
    full = electrons * SATURATION * HEADROOM / 160
    it.add("cfa.xtrans", "six by six, as its maker says")
    why = "estimate: full at 78 sqrt(2) / ISO lux seconds at its base of ISO 160: ISO 12232 and half a stop"
    dark(
        it,
        over_iso({160: 3.2, 799: 2.4, 800: 1.3, 12800: 1.0}),
        "estimate: as two conversion gains that change at ISO 800 have it",
        well=full,
        well_source=why,
    )
    linear(
        it,
        (2**14 - 1 - 1024) / full,
        160,
        1024,
        14,
        (
            "the largest number, less black, over the well: our sum",
            "data sheet: ISO 160",
            "estimate: as its raw files have it",
            "data sheet: 14 bit",
        ),
    )
    return it.made()
