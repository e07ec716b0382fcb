"""Rebuild sensors/*.yaml from what was measured: `python benchmarks/sensors.py [NAME...]`, beside a checkout that has ../shared/data.

Numbers come from tunings, papers' models, tags and measured curves through `isp.importing` and the few sums below; every file says of each
value which. The profiles do not need this script: it keeps the sums where they can be checked.
"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.special import gamma

from isp.capture.sensitivity import calibrated
from isp.core import Chain, Frame
from isp.core.domain import Domain
from isp.importing import imported, libcamera, spectral
from isp.importing.profile import SATURATION, Imported, Profile, over_iso
from isp.ops import spectra
from isp.spec import Camera, dump_profile, stage_class

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
HEAD = "# yaml-language-server: $schema=../pipelines/schema.json\n"
HEADROOM = np.sqrt(2)
"""What cameras keep above their ISO's saturation based speed: half a stop."""
TUNINGS = "https://github.com/raspberrypi/libcamera (26bfadc6, BSD-2-Clause) src/ipa/rpi/vc4/data/"
ELD = "https://github.com/Vandermode/ELD (53d5408, MIT) camera_params/release/{}_params.npy"
CURVES = "https://github.com/AcademySoftwareFoundation/rawtoaces-data (e9b8503, Apache-2.0) data/camera/{}_380_780_5.json"
FITTED = "; matrices fitted by us to a ColorChecker in A and D65, white exact (isp.capture.sensitivity.calibrated)"
PMRID = "https://github.com/MegEngine/PMRID (8ebb9e8, Apache-2.0) run_benchmark.py"
GOPRO = "https://github.com/gopro/gpr (c8e7032, MIT or Apache-2.0) data/samples/Hero6/GOPR0024.GPR"
GENERIC = "estimate: like no maker's; usual for sensors of its kind"
UNUSED = "the values of the stage itself, which a measured camera leaves unused"
STOPS = [100 * 2**i for i in range(9)]


# ---------------------------------------------------------------------- sums
def tukey_deviation(shape):
    """The standard deviation of Tukey's lambda distribution of scale 1 (closed form)."""
    shape = np.asarray(shape, float)
    safe = np.where(np.abs(shape) < 1e-3, 1e-3, shape)
    return np.sqrt(2 / safe**2 * (1 / (1 + 2 * safe) - gamma(safe + 1) ** 2 / gamma(2 * safe + 2)))


def matrices(name):
    """Colour matrices (2, 3, 3) in A and D65 of measured curves."""
    _, wavelengths, responses = spectral.curves(next((DATA / "sensors/spectral/cameras").glob(f"{name}_380*")))
    grid = spectra.GRID.astype(np.float32)
    known = np.stack([np.interp(grid, wavelengths, row) for row in responses]).astype(np.float32)
    return np.stack([np.asarray(calibrated(known * spectra.STEP, grid, light), float) for light in ("A", "D65")])


def gathered(sensitivity, pitch):
    """Electrons of the strongest filter for each lux second of D65."""
    white = stage_class("scene.light").of(illuminant="D65", luminance=1.0, bands="spectral")
    settings = stage_class("exposure.settings").of(exposure_time=4 / np.pi, aperture=1.0, pitch=pitch)
    chain = Chain.of(white, settings, stage_class("exposure.lens").of(transmission=1.0), sensitivity)
    made = chain(Frame(pixels=np.ones((4, 4, 3), np.float32), domain=Domain.SCENE))
    return float(np.max(np.asarray(made.scene_white)))


# ---------------------------------------------------------------------- parts
def begin(title, make, model, size, aperture, pitch, source, lens=GENERIC, iso=100):
    """A profile with its settings."""
    it = Profile(title, Camera(make, model, *size))
    usual = "estimate: a usual setting, until a meter or a person says another"
    words = {"iso": usual, "exposure_time": usual, "aperture": lens, "pitch": source}
    it.add("exposure.settings", words, iso=iso, exposure_time=0.01, aperture=aperture, pitch=pitch)
    return it


def seen(it, electrons, why, colour, source, lights, field=20.0):
    """Optics and a sensitivity of matrices."""
    it.add("scene.rgb", called="tristimulus")
    it.diffraction()
    it.falloff_of_cosine(field)
    lens = "estimate: none is lost, since the sensitivity is that to light on the sensor"
    it.add("exposure.lens", lens, transmission=1.0)
    words = {"electrons": why, "matrices": source, "illuminants": "the lights of the matrices"}
    it.add("sensitivity.matrix", words, electrons=electrons, matrices=colour, illuminants=lights)


def curved(it, pitch, source, field, **values):
    """A sensitivity of curves, and its optics; electrons for each lux second."""
    it.add("scene.spectral", called="spectrum")
    it.add("exposure.lens", "estimate: none is lost, since the sensitivity is that to light on the sensor", transmission=1.0)
    name = "sensitivity.gaussian" if "camera" not in values else "sensitivity.spectral"
    it.add(name, source, **values)
    it.diffraction()
    it.falloff_of_cosine(field)
    return gathered(it.stages[name], pitch)


def dark(it, read, source, *, row=None, row_source=GENERIC, shape=None, well, well_source, prnu=0.5, dsnu=0.5, current=2.0):
    """Noise and the well."""
    it.add("noise.prnu", "estimate: half a percent to one is usual", deviation=prnu)
    it.add("noise.photon")
    it.add("noise.dark_current", "estimate: usual at room temperature; doubling by physics of silicon", current=current, temperature=30.0)
    it.add("pixel.full_well", {"capacity": well_source, "knee": "estimate: a sharp bend"}, capacity=well, knee=0.001)
    it.add("noise.dsnu", "estimate: less than the read noise", deviation=dsnu, growth=0.2)
    if shape is None:
        it.add("noise.read", source, deviation=read)
    else:
        it.add("noise.read_tukey", source, deviation=read, shape=shape)
    if row is not None:
        it.add("noise.row", row_source, deviation=row)


def linear(it, gain, base, pedestal, bits, sources):
    """The converter."""
    it.add(
        "adc.linear",
        dict(zip(("gain", "base_iso", "pedestal", "bits"), sources, strict=True)),
        gain=gain,
        base_iso=base,
        pedestal=pedestal,
        bits=bits,
    )


# ---------------------------------------------------------------------- Raspberry Pi
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


# ---------------------------------------------------------------------- curves
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


# ---------------------------------------------------------------------- invented sensors
def generic(
    title, cfa, *, size, pitch, aperture, well, read, pedestal, bits, filters="rgb", field=30.0, crosstalk=0.05, between=(), **colour
):
    """A sensor like no maker's: colour of bells, and a base ISO that follows from well, pitch and efficiency."""
    it = begin(title, None, None, size, aperture, pitch, GENERIC)
    electrons = curved(it, pitch, GENERIC, field, filters=filters, **colour)
    it.add(*cfa)
    if crosstalk:
        it.add("pixel.crosstalk", "estimate: a few percent, more for smaller pixels", share=crosstalk)
    for name, values in between:
        it.add(name, GENERIC, **values)
    base = round(SATURATION * electrons / well, 1)
    standard = next(iso for iso in (100, 200, 400, 800, 1600) if iso >= base)
    it.stages["exposure.settings"] = it.stages["exposure.settings"].with_values(iso=float(standard))
    dark(it, read, GENERIC, row=0.15, well=well, well_source=GENERIC, prnu=0.8)
    words = (
        "the largest number, less black, over the well: our sum",
        "the speed at which the well is full at 78 / ISO lux seconds (ISO 12232, saturation based): our sum",
        GENERIC,
        GENERIC,
    )
    linear(it, (2**bits - 1 - pedestal) / well, base, pedestal, bits, words)
    return it


def phone():
    """Quad Bayer."""
    it = generic(
        "Phone: quad Bayer, 1 um, 10 bit", ("cfa.quad", GENERIC), size=(3072, 4096), pitch=1.0, aperture=1.8, well=5000.0,
        read=over_iso({50: 2.0, 1600: 1.2}), pedestal=64, bits=10, field=38.0, crosstalk=0.08,
    )  # fmt: skip
    return it.made()


def large():
    """Full frame."""
    it = generic(
        "Large sensor: 24 x 36 mm, 6 um, two conversion gains, 14 bit", ("cfa.bayer", GENERIC), size=(4000, 6000), pitch=6.0, aperture=2.8, well=75000.0,
        read=over_iso({100: 5.0, 639: 3.6, 640: 1.5, 25600: 1.1}), pedestal=512, bits=14, field=23.0, crosstalk=0.02,
    )  # fmt: skip
    return it.made()


def automotive():
    """120 dB."""
    well, other = 30000.0, 20000.0
    split = ("readout.split_pixel", {"sensitivities": (1.0, 0.02), "capacities": (well, other)})
    it = generic(
        "Automotive HDR: split pixel, 20 bits in two readings, companded to 12", ("cfa.bayer", GENERIC), size=(1536, 1920), pitch=3.0, aperture=1.6, well=well,
        read=1.0, pedestal=256, bits=16, field=40.0, crosstalk=0.02, between=[split],
    )  # fmt: skip
    it.add("companding.piecewise_linear", GENERIC, inputs=(1024, 4096, 16384, 65535), outputs=(1024, 1792, 2816, 4095), bits=12)
    return it.made()


def rccb():
    """Clear instead of green."""
    it = generic(
        "Automotive RCCB: clear sites in the places of green, 12 bit", ("cfa.rccb", GENERIC), size=(1280, 1920), pitch=3.0, aperture=1.8, well=20000.0,
        read=over_iso({25: 2.0, 1600: 1.2}), pedestal=168, bits=12, filters="rbw", field=35.0, crosstalk=0.02,
    )  # fmt: skip
    return it.made()


def rgbw():
    """Half clear."""
    it = generic(
        "RGBW: half of the sites are clear, 10 bit", ("cfa.rgbw", GENERIC), size=(3000, 4000), pitch=1.12, aperture=2.0, well=6300.0,
        read=over_iso({50: 2.2, 1600: 1.3}), pedestal=64, bits=10, filters="rgbw",
    )  # fmt: skip
    return it.made()


def ryyb():
    """Yellow instead of green."""
    it = generic(
        "RYYB phone: yellow sites in the places of green, 10 bit", ("cfa.ryyb", GENERIC), size=(3000, 4000), pitch=1.2, aperture=1.6, well=7000.0,
        read=over_iso({50: 2.0, 1600: 1.2}), pedestal=64, bits=10, filters="rby", field=36.0, crosstalk=0.06,
    )  # fmt: skip
    return it.made()


def mono():
    """A camera that measures."""
    it = generic(
        "Machine vision: monochrome CCD, 3.45 um, 12 bit", ("cfa.mono", GENERIC), size=(2048, 2448), pitch=3.45, aperture=4.0, well=7500.0,
        read=9.0, pedestal=120, bits=12, filters="w", field=12.0, crosstalk=0.0, infrared=(820.0, 40.0), peak=0.6,
    )  # fmt: skip
    return it.made()


PROFILES = {
    "imx219": lambda: raspberry("imx219", "Sony IMX219: Raspberry Pi Camera Module 2"),
    "imx378": lambda: raspberry("imx378", "Sony IMX378, as on Raspberry Pi boards"),
    "imx477": lambda: raspberry("imx477", "Sony IMX477: Raspberry Pi High Quality Camera"),
    "ov5647": lambda: raspberry("ov5647", "OmniVision OV5647: Raspberry Pi Camera Module 1"),
    "oppo_reno10x": oppo,
    "sony_a7s2": lambda: eld("SonyA7S2", "Sony A7S II, noise of ELD", "Sony", "ILCE-7SM2", (2832, 4240), 8.4, 512, "Sony_ILCE-7SM2"),
    "canon_5d4": lambda: eld("CanonEOS5D4", "Canon EOS 5D Mark IV, noise of ELD", "Canon", "EOS 5D Mark IV", (4480, 6720), 5.36, 512, "Canon_EOS_5D_Mark_IV"),
    "canon_700d": lambda: eld("CanonEOS700D", "Canon EOS 700D, noise of ELD, colour of its twin 600D", "Canon", "EOS 700D", (3456, 5184), 4.3, 2048, "Canon_EOS_600D", 4.0),
    "nikon_d850": d850, "gopro_hero6": gopro, "nikon_5100": nikon5100, "sigma_sdmerrill": sigma, "fujifilm_xt3": xt3,
    "phone": phone, "large_sensor": large, "automotive_hdr": automotive, "automotive_rccb": rccb, "rgbw": rgbw, "ryyb": ryyb, "machine_vision": mono,
}  # fmt: skip


def main(wanted):
    """Write the profiles asked for, or all."""
    for name in wanted or PROFILES:
        made = PROFILES[name]()
        (ROOT / "sensors" / f"{name}.yaml").write_text(HEAD + dump_profile(made.chain, made.camera))
        print(name)


if __name__ == "__main__":
    main(sys.argv[1:])
