"""Measured spectral sensitivities of a camera become a sensor, as AMPAS's rawtoaces-data has them: relative responses to power for R, G and B
over wavelength. They say nothing but colour; the rest of the sensor is an estimate.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from isp.core import DataError
from isp.importing.profile import SATURATION, Imported, Profile
from isp.ops import spectra
from isp.spec import Camera, read_yaml

STEP = 10.0
"""Nanometres between the wavelengths kept: the curves of filters are smooth."""
PITCH, PEAK, BITS, PEDESTAL, READ = 5.0, 0.5, 14, 512.0, 4.0
"""Estimates: a camera with a large sensor."""
ESTIMATE = "estimate: spectral sensitivities do not say it; usual for a camera with a large sensor"
PHOTONS = 1e-9 * 1e-12 / (6.62607015e-34 * 299792458.0)
"""Photons on a square micrometre of a joule of light of 1 nm on a square metre (1 nm um^2 / (h c m^2), SI)."""


def curves(path: Path) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """What a file says of itself, wavelengths (n,), and responses to power (3, n). Raises DataError for a file of another kind."""
    top, _ = read_yaml(path)
    try:
        table = top["spectral_data"]["data"]["main"]
        at = sorted(table, key=float)
        names = [str(name).upper() for name in top["spectral_data"]["index"]["main"]]
        values = np.array([table[k] for k in at], float).T[[names.index(c) for c in "RGB"]]
        header = dict(top.get("header", {}))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        why = f"no table of R, G and B over wavelength: {type(error).__name__} {error}"
        raise DataError("no spectral sensitivities of rawtoaces-data", why, "give a file of its data/camera", file=path) from error
    if not np.isfinite(values).all() or values.max() <= 0:
        raise DataError("spectral sensitivities that are not positive numbers", file=path)
    return header, np.array([float(k) for k in at]), values


def to_photons(wavelengths: np.ndarray, responses: np.ndarray) -> np.ndarray:
    """Responses to power as responses to photons, the largest 1."""
    made = np.maximum(responses, 0) / wavelengths
    return made / made.max()


def electrons(wavelengths: np.ndarray, efficiency: np.ndarray, pitch: float) -> np.ndarray:
    """(filters,): electrons for each lux second of D65, of filters with a quantum efficiency (filters, n) on pixels of a pitch in um."""
    grid = np.asarray(spectra.GRID)
    power = np.asarray(spectra.tables()["D65"], float)
    power = power / (spectra.EFFICACY * spectra.STEP * power @ np.asarray(spectra.tables()["observer"][1], float))
    known = np.stack([np.interp(grid, wavelengths, row, left=0.0, right=0.0) for row in efficiency])
    return spectra.STEP * pitch**2 * PHOTONS * known @ (power * grid)


def imported(path: Path) -> Imported:
    """The sensor of the curves in a file."""
    header, wavelengths, responses = curves(path)
    make, model = (str(header[key]) if header.get(key) else None for key in ("manufacturer", "model"))
    it = Profile(f"{make or 'A camera'} {model or path.stem}, from its spectral sensitivities", Camera(make, model))
    it.left_out.append("noise, gain, full well, pitch and optics are estimates: the file says colour only")
    kept = np.arange(np.ceil(wavelengths[0] / STEP) * STEP, wavelengths[-1] + 1, STEP)
    efficiency = np.stack([np.interp(kept, wavelengths, row) for row in to_photons(wavelengths, responses)]).round(4)
    full = SATURATION / 100 * float(electrons(kept, PEAK * efficiency, PITCH).max())
    gain = (2**BITS - 1 - PEDESTAL) / full
    it.add("exposure.settings", ESTIMATE, iso=100, exposure_time=0.01, aperture=4.0, pitch=PITCH)
    it.add("scene.spectral", called="spectrum")
    it.add("exposure.lens", ESTIMATE, transmission=1.0)
    said = f"{path.name}, {header.get('license') or 'licence not stated'}: main; divided by wavelength and scaled to 1 by us, every {STEP:.0f} nm"
    it.add("sensitivity.spectral", {"peak": ESTIMATE, "curves": said, "wavelengths": said}, peak=PEAK, curves=efficiency, wavelengths=kept)
    it.diffraction()  # of filters rather than of bands: a tenth of the work
    it.falloff_of_cosine(field=20.0)
    it.add("cfa.bayer", {"pattern": ESTIMATE}, pattern="rggb")
    it.add("noise.prnu", ESTIMATE, deviation=0.5)
    it.add("noise.photon")
    why = "what the curves gather in 78 / ISO lux seconds of D65 (ISO 12232, saturation based speed): our sum"
    it.add("pixel.full_well", {"capacity": why, "knee": ESTIMATE}, capacity=full, knee=0.001)
    it.add("noise.read", ESTIMATE, deviation=READ)
    source = {"gain": "the largest number over the full well: our sum", "base_iso": ESTIMATE, "pedestal": ESTIMATE, "bits": ESTIMATE}
    it.add("adc.linear", source, gain=gain, base_iso=100, pedestal=PEDESTAL, bits=BITS)
    return it.made()
