"""Cameras whose tunings, noise models or files were published: Raspberry Pi, ELD, PMRID, GoPro."""

import json

import numpy as np

from isp.core import Chain
from isp.core.domain import Domain
from isp.importing import imported, libcamera
from isp.importing.profile import SATURATION, Imported, over_iso
from isp.spec import Camera, stage_class
from tools.rebuild_sensors.parts import (
    CURVES,
    DATA,
    ELD,
    FITTED,
    GOPRO,
    HEADROOM,
    PMRID,
    STOPS,
    TUNINGS,
    begin,
    dark,
    linear,
    matrices,
    seen,
    tukey_deviation,
)

READS = {"imx219": (2.6, 1.9), "imx378": (2.2, 1.5), "imx477": (2.4, 1.6), "ov5647": (3.6, 3.0)}


def raspberry(name, words):
    """A tuning of libcamera, with the estimates that it leaves open made for this sensor."""
    made = imported("libcamera", DATA / f"sensors/libcamera/vc4_{name}.json")
    stages, sources = dict(zip(made.chain.names, made.chain.stages, strict=True)), dict(made.camera.sources)
    low, high = READS[name]
    stages["noise.read"] = stage_class("noise.read").of(deviation=over_iso({100: low, 1600: high}))
    sources["noise.read"] = "estimate: usual for its kind; the tuning's reference_constant was forced to 0 by its fit, and says nothing"
    if name == "imx219":
        base, full = 100 / 1.84, float(stages["pixel.full_well"].capacity)
        stages["adc.linear"] = stages["adc.linear"].with_values(base_iso=round(base, 2))
        stages["sensitivity.matrix"] = stages["sensitivity.matrix"].with_values(electrons=round(full * base / SATURATION, 1))
        said = "https://picamera.readthedocs.io/en/release-1.13/api_camera.html (iso): the V2 module, calibrated by ISO film speed, has gain 1.84 at ISO 100"
        sources["adc.linear.base_iso"] = said
        sources["sensitivity.matrix.electrons"] = (
            f"full at 78 / ISO lux seconds (ISO 12232, saturation based) at that base ISO: our sum; {full * base / SATURATION / 1.12**2:.0f} for each square micrometre"
        )
    sources = {key: text.replace(f"vc4_{name}.json", f"{TUNINGS}{name}.json") for key, text in sources.items()}
    chain = Chain(tuple(stages.values()), tuple(stages), Domain.SCENE, words)
    return Imported(chain, Camera(made.camera.make, made.camera.model, made.camera.rows, made.camera.columns, sources))


# ---------------------------------------------------------------------- noise of papers
def eld(file, title, make, model, size, pitch, pedestal, curves, aperture=2.8):
    """A camera of ELD (Wei et al. 2020)."""
    said = json.loads((DATA / f"sensors/noise/eld_{file}.json").read_text())["params"]
    profile, shapes = said["Profile-1"], np.reshape(said["G_shape"], (-1, 2)).mean(1)
    gains = {iso: said["Kmin"] * iso / 100 for iso in STOPS[: len(shapes)]}

    def scale(of, gain):
        return np.exp(profile[of]["slope"] * np.log(gain) + profile[of]["bias"])

    url = ELD.format(file)
    full = (2**14 - 1 - pedestal) / said["Kmin"]
    it = begin(title, make, model, size, aperture, pitch, f"sensor size over pixels, from {make}'s data sheet", f"estimate: f/{aperture}")
    why = "full at 78 sqrt(2) / ISO lux seconds: ISO 12232's saturation based speed; estimate: makers leave half a stop above it; our sum"
    seen(it, full * 100 / SATURATION / HEADROOM, why, matrices(curves), CURVES.format(curves) + FITTED, (2856, 6504))
    it.add("cfa.bayer", {"pattern": "as raw files of this camera have it"}, pattern="rggb")
    read = over_iso({iso: scale("G_scale", k) * tukey_deviation(s) / k for (iso, k), s in zip(gains.items(), shapes, strict=True)})
    row = over_iso({iso: scale("R_scale", k) / k for iso, k in gains.items()})
    source = {
        "deviation": f"{url}: G_scale at the gain K of each ISO, times the deviation of its shape, over K: our sum",
        "shape": f"{url}: G_shape, two for each stop, their means; that they begin at ISO 100 is our reading",
    }
    well_source = "the largest number, less black, over the gain: our sum; the well itself is not known"
    dark(
        it,
        read,
        source,
        shape=over_iso(dict(zip(gains, shapes, strict=True))),
        row=row,
        row_source=f"{url}: R_scale over K",
        well=full,
        well_source=well_source,
    )
    reading = f"{url}: Kmin, read as DN for each electron at ISO 100, since Kmax is 64 Kmin, that of ISO 6400"
    linear(
        it,
        said["Kmin"],
        100,
        pedestal,
        14,
        (reading, "the ISO of Kmin", "estimate: as raw files of this camera have it", f"{make}'s data sheet"),
    )
    return it.made()


def oppo():
    """The phone of PMRID (Wang et al. 2020)."""
    said = json.loads((DATA / "sensors/noise/pmrid_oppo_reno10x.json").read_text())
    slope = {iso: np.polyval(said["k_poly"], iso) for iso in STOPS[:7]}
    read = {iso: np.sqrt(np.polyval(said["sigma2_poly"], iso) - 1 / 12) / k for iso, k in slope.items()}
    full = said["white_minus_black"] / slope[100]
    it = begin(
        "OPPO Reno 10x: main camera, four pixels read as one, 10 bit",
        "OPPO",
        "Reno 10x",
        (3000, 4000),
        1.7,
        1.6,
        "data sheet: 0.8 um, two by two",
        "data sheet: f/1.7",
    )
    why = "estimate: white at 48 % of the numbers by ISO 12232; more than such pixels gather, so this phone's ISO numbers are larger than the standard's"
    white = 10 / 0.18  # lux seconds of white at ISO 1
    tuning = libcamera.read(DATA / "sensors/libcamera/vc4_imx477.json")
    colour = np.stack([tuning.camera_matrix(k) for k in libcamera.LIGHTS])
    seen(
        it,
        0.48 * full * 100 / white,
        why,
        colour,
        f"estimate: not published; those of another Sony sensor, the IMX477, from {TUNINGS}imx477.json",
        (2856, 6504),
        field=35.0,
    )
    it.add("cfa.bayer", {"pattern": "estimate: not published"}, pattern="bggr")
    dark(
        it, over_iso(read), f"{PMRID}: the square root of sigma2(ISO), less the 1/12 of rounding, over k(ISO): our sum", well=full,
        well_source="the largest number, less black, over k(100): our sum", dsnu=0.4,
    )  # fmt: skip
    words = (
        f"{PMRID}: k(ISO) = 0.0005995267 ISO + 0.00868861, over ISO / 100",
        "the ISO that the gains are for",
        f"{PMRID}: black 64",
        f"{PMRID}: 10 bit, white 1023",
    )
    linear(it, over_iso({iso: k * 100 / iso for iso, k in slope.items()}), 100, 64, 10, words)
    return it.made()


def gopro():
    """A raw file."""
    made = imported("dng", DATA / "raw/gopro_hero6_iso100_GOPR0024.dng")
    sources = {key: text.replace("gopro_hero6_iso100_GOPR0024.dng", GOPRO) for key, text in made.camera.sources.items()}
    chain = made.chain.replace({"exposure.settings.pitch": 1.55})
    area, full = 1.55**2, float(chain["pixel.full_well"].capacity)
    electrons = full * 100 / SATURATION / HEADROOM
    chain = chain.replace(
        {"sensitivity.matrix.electrons": round(electrons, 1), "noise.read.deviation": round(float(chain["noise.read"].deviation), 4)}
    )
    sources |= {
        "exposure.settings.iso": "the file's Exif: ISO 100", "exposure.settings.aperture": "the file's Exif: f/2.8",
        "exposure.settings.pitch": "estimate: 12 megapixels on 1/2.3 inch",
        "sensitivity.matrix.electrons": f"full at 78 sqrt(2) / ISO lux seconds: ISO 12232; estimate: half a stop is left above it; {electrons / area:.0f} for each square micrometre",
    }  # fmt: skip
    return Imported(
        Chain(chain.stages, chain.names, chain.input, "GoPro HERO6 Black, from the tags of a raw file"),
        Camera(made.camera.make, made.camera.model, 3000, 4000, sources),
    )
