"""A tuning of libcamera becomes a sensor, and a pipeline (`isp.importing.developing`).

What it measured: the black level, how noise grows with the signal, the falloff of lens and microlenses for each colour, the ratios of red
and blue to green along the colour temperature, and the matrices to sRGB. What it does not say, the read noise above all, is an estimate,
and so are depth, size and pitch of a sensor that `isp.importing.modules` does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from isp.core import DataError
from isp.importing.developing import pipeline
from isp.importing.modules import Module, module_of
from isp.importing.profile import GATHERED, SATURATION, Imported, Profile, radial
from isp.ops.colour import D65, adaptation, white_xyz, xyz_to_rgb
from isp.ops.libcamera import FULL, GRIDS
from isp.ops.spectra import light_xyz
from isp.spec import Camera, read_yaml, stage_class

LIGHTS = (2856.0, 6504.0)
"""Kelvin of the two illuminants a profile has, those of CIE A and D65, which DNG files can name."""
WELL = 4500.0
"""Electrons that fill the numbers of a sensor whose noise is not known."""
CARRIED = {
    "black_level",
    "noise",
    "awb",
    "alsc",
    "ccm",
    "contrast",
    "sharpen",
    "sdn",
    "denoise",
    "BlackLevelCorrection",
    "LensShadingCorrection",
}
EMPTY = {"dpc", "sync", "Agc", "Awb", "Filter", "ColorProcessing"}
"""Algorithms that say nothing of a sensor."""


@dataclass(frozen=True)
class Tuning:
    """What a file measured; None where it did not. `curve` (n, 3): kelvin, red and blue over green of grey; `matrices` (n, 10): kelvin and the
    matrix to sRGB, row by row; `meshes`: kelvin, and gains (rows, columns) of red, green and blue; `blacks`: red, green and blue; `gamma` (n, 2):
    linear light and sRGB numbers of 16 bits; `lift`: the share of the falloff to be undone; `sharpen` and `denoise` as the file has them."""

    file: str
    black: float | None = None
    slope: float | None = None
    curve: np.ndarray | None = None
    matrices: np.ndarray | None = None
    meshes: tuple[float, list[np.ndarray]] | None = None
    centred: bool = True
    """Whether mesh values are those of the middles of cells, rather than of points from edge to edge."""
    blacks: tuple[float, float, float] | None = None
    gamma: np.ndarray | None = None
    lift: float = 1.0
    sharpen: dict[str, float] | None = None
    denoise: dict[str, float] | None = None
    others: tuple[str, ...] = ()

    def matrix(self, kelvin: float) -> np.ndarray:
        """The matrix (3, 3) from balanced camera RGB to sRGB, as libcamera chooses it: linear between its own, constant beyond."""
        assert self.matrices is not None
        return np.array([np.interp(kelvin, self.matrices[:, 0], row) for row in self.matrices[:, 1:].T]).reshape(3, 3)

    def grey(self, kelvin: float) -> np.ndarray:
        """Camera red, green and blue of grey (3,), green 1."""
        assert self.curve is not None
        red, blue = (float(np.interp(kelvin, self.curve[:, 0], self.curve[:, i])) for i in (1, 2))
        return np.array([red, 1.0, blue])

    def camera_matrix(self, kelvin: float) -> np.ndarray:
        """XYZ under light of a colour temperature to unbalanced camera RGB (3, 3): the way of a picture backwards. Grey has green 1."""
        white = light_xyz(kelvin)
        to_srgb = xyz_to_rgb("srgb") @ np.asarray(adaptation(white, np.asarray(white_xyz(D65))), float)
        return np.diag(self.grey(kelvin)) @ np.linalg.solve(self.matrix(kelvin), to_srgb)


def read(path: Path) -> Tuning:
    """The tuning in a file. Raises SpecError for one that is no YAML or JSON, DataError for one that is no tuning."""
    top, _ = read_yaml(path)
    listed = top.get("algorithms") if isinstance(top, dict) else None
    if not isinstance(listed, list):
        raise DataError("no tuning of libcamera", "it has no list of `algorithms`", "give a file of src/ipa/*/data", file=path)
    entries = [{entry: None} if isinstance(entry, str) else entry for entry in listed]
    said = {name.removeprefix("rpi."): values or {} for entry in entries for name, values in entry.items()}
    try:
        return _rockchip(path.name, said) if "LensShadingCorrection" in said else _raspberry(path.name, said)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise DataError("a tuning with a part that cannot be read", f"{type(error).__name__}: {error}", file=path) from error


def _raspberry(name: str, said: dict[str, Any]) -> Tuning:
    curve, ccms = said.get("awb", {}).get("ct_curve"), said.get("ccm", {}).get("ccms")
    alsc, meshes = said.get("alsc", {}), None
    if lut := alsc.get("luminance_lut"):
        shape = next((grid for grid in GRIDS.values() if grid[0] * grid[1] == len(lut)), GRIDS["vc4"])
        green = np.reshape(lut, shape).astype(float)
        kelvins = [c["ct"] for c in alsc.get("calibrations_Cr", [])]
        nearest = min(range(len(kelvins)), key=lambda i: abs(kelvins[i] - 5000), default=None)
        sides = [green * np.reshape(alsc[c][nearest]["table"], shape) for c in ("calibrations_Cr", "calibrations_Cb")] if kelvins else []
        meshes = (kelvins[nearest], [sides[0], green, sides[1]]) if sides else (0.0, [green] * 3)
    black, curve_of_light = said.get("black_level", {}), said.get("contrast", {}).get("gamma_curve")
    level = black.get("black_level")
    # The newer kind of camera has several modes of denoising, of which `normal` is the usual one.
    denoise = said.get("sdn", said.get("denoise", {}).get("normal", {}).get("sdn"))
    return Tuning(
        name,
        black=level,
        blacks=None if level is None else tuple(float(black.get(f"black_level_{c}", level)) for c in "rgb"),
        gamma=None if not curve_of_light else np.reshape(curve_of_light, (-1, 2)).astype(float),
        lift=float(alsc.get("luminance_strength", 1.0)),
        sharpen=said.get("sharpen"),
        denoise=denoise,
        slope=said.get("noise", {}).get("reference_slope"),
        curve=None if not curve else np.reshape(curve, (-1, 3)).astype(float),
        matrices=None if not ccms else np.array([[c["ct"], *c["ccm"]] for c in ccms], float),
        meshes=meshes,
        others=_others(said),
    )


def _rockchip(name: str, said: dict[str, Any]) -> Tuning:
    sets = said["LensShadingCorrection"]["sets"]
    chosen = min(sets, key=lambda s: abs(s["ct"] - 5000))
    red, first, second, blue = (np.reshape(chosen[c], (17, 17)) / 1024 for c in ("r", "gr", "gb", "b"))
    black = said.get("BlackLevelCorrection") or {}
    return Tuning(
        name,
        black=black.get("R"),
        meshes=(chosen["ct"], [red, (first + second) / 2, blue]),
        centred=False,
        others=_others(said),
    )


def _others(said: dict[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in said if name not in CARRIED | EMPTY)


def imported(path: Path) -> Imported:
    """The sensor of a tuning, and a pipeline with its matrix for daylight."""
    tuning = read(path)
    module = module_of(path.stem)
    it = Profile(
        f"{module.make} {module.model}, from libcamera's {tuning.file}", Camera(module.make, module.model, module.rows, module.columns)
    )
    if tuning.others:
        it.left_out.append(f"not carried over, since neither a sensor nor a pipeline has a place for it: {', '.join(tuning.others)}")
    it.add("exposure.settings", _settings(module), iso=100, exposure_time=0.01, aperture=module.aperture, pitch=module.pitch)
    it.add("scene.rgb", called="tristimulus")
    it.optics(*falloff(tuning, module, it))
    _levels(it, tuning, module)
    return it.made(pipeline(tuning, module, it, shading(tuning, module)))


def _settings(module: Module) -> dict[str, str]:
    guess = "estimate: a usual setting, until a meter or a person says another"
    return {"iso": guess, "exposure_time": guess, "aperture": module.lens, "pitch": module.source}


def shading(tuning: Tuning, module: Module) -> dict[str, Any] | None:
    """Values of `shading.radial` that do what the tuning does about the falloff; None where it does nothing."""
    if tuning.meshes is None:
        return None
    red, green, blue = tuning.meshes[1]
    lifted = 1 + tuning.lift * (green - 1)
    values, _ = radial([lifted * red / green, lifted, lifted * blue / green], _places(tuning), (module.rows, module.columns))
    return values


def _places(tuning: Tuning) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the meshes, as shares of the sides."""
    assert tuning.meshes is not None
    rows, columns = ((np.arange(n) + 0.5) / n if tuning.centred else np.linspace(0, 1, n) for n in tuning.meshes[1][0].shape)
    return rows, columns


def falloff(tuning: Tuning, module: Module, it: Profile) -> tuple[dict[str, Any], str]:
    """Values of `optics.vignetting`, and their source."""
    if tuning.meshes is None:
        it.left_out.append("it has no lens shading; the lens is said to have none")
        return {"k2": 0.0, "k4": 0.0, "k6": 0.0}, "estimate: the tuning has no lens shading"
    kelvin, gains = tuning.meshes
    values, left = radial(gains, _places(tuning), (module.rows, module.columns))
    of = "alsc.luminance_lut" if tuning.centred else "LensShadingCorrection"
    colours = f", tints from its tables for {kelvin:.0f} K" if kelvin else ", no tables for colours"
    return values, f"{tuning.file}: {of}{colours}; the radial fit is ours and leaves {100 * left:.1f} % r.m.s., cos^4 included"


def _levels(it: Profile, tuning: Tuning, module: Module) -> None:
    """From light to numbers."""
    bits, scale = module.bits, FULL / 2**module.bits
    black, gain = tuning.black, None if tuning.slope is None else tuning.slope**2 / scale
    if gain is None:
        it.left_out.append("it says nothing of noise; the well is an estimate")
    gain, pedestal = gain or 2**bits / WELL, (FULL / 16 if black is None else black) / scale
    full, electrons = (2**bits - 1 - pedestal) / gain, GATHERED * module.pitch**2
    colour = "the gains of awb.ct_curve and the matrices of ccm at 2856 K and 6504 K, inverted by us: XYZ to camera, grey having green 1"
    if tuning.matrices is None or tuning.curve is None:
        colour = _guessed(it, tuning)
    gathered = f"estimate: {GATHERED:.0f} electrons for each lux second and square micrometre, a quantum efficiency of about 0.65"
    why = "the largest number, less black, over the gain: our sum; the well itself is not known"
    guess = stage_class("sensitivity.matrix")()
    known = None if tuning.matrices is None or tuning.curve is None else np.stack([tuning.camera_matrix(k) for k in LIGHTS])
    it.add(
        "sensitivity.matrix",
        {"electrons": gathered, "matrices": f"{tuning.file}: {colour}" if known is not None else colour, "illuminants": "CIE A and D65"},
        electrons=electrons,
        matrices=guess.matrices if known is None else known,
        illuminants=guess.illuminants if known is None else LIGHTS,
    )
    it.add("cfa.bayer", {"pattern": module.source}, pattern=module.pattern)
    it.add("noise.prnu", "estimate: usual for sensors of this size", deviation=0.7)
    it.add("noise.photon")
    it.add("pixel.full_well", {"capacity": why, "knee": "estimate: a sharp bend"}, capacity=full, knee=0.001)
    it.add("noise.read", "estimate: reference_constant was forced to 0 by its fit, and says nothing", deviation=2.5)
    words = f"{tuning.file}: noise.reference_slope {tuning.slope}, the square of which is DN of 16 bits for each electron, at gain 1"
    source = {
        "gain": words if tuning.slope else f"estimate: {WELL:.0f} electrons fill the numbers, as in other sensors of this pitch",
        "base_iso": "the speed at which the sensor is full at 78 / ISO lux seconds (ISO 12232, saturation based), at gain 1: our sum",
        "pedestal": f"{tuning.file}: black_level {black:g} of 16 bits"
        if black is not None
        else "estimate: the tuning leaves the black level to the sensor",
        "bits": module.source,
    }
    it.add("adc.linear", source, gain=gain, base_iso=SATURATION * electrons / full, pedestal=pedestal, bits=bits)


def _guessed(it: Profile, tuning: Tuning) -> str:
    missing = "matrices" if tuning.matrices is None else "gains along the colour temperature"
    it.left_out.append(f"it has no {missing}; the colour of the sensor is an estimate")
    return f"estimate: the tuning has no {missing}; those of a usual sensor"
