"""What profiles are put together from: places, words for sources, and the sums behind the numbers."""

from pathlib import Path

import numpy as np
from scipy.special import gamma

from isp.capture.sensitivity import calibrated
from isp.core import Chain, Frame
from isp.core.domain import Domain
from isp.importing import spectral
from isp.importing.profile import Profile
from isp.ops import spectra
from isp.spec import Camera, stage_class

ROOT = Path(__file__).resolve().parents[2]
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
