"""Rebuild isp/data/spectra.npz from colour-science: `python tools/spectra.py`."""

import warnings
from pathlib import Path

import numpy as np

GRID = (380, 780, 5)
LIGHTS = ("D65", "A", "FL2", "FL11", "LED-B1", "LED-B2", "LED-B3", "LED-B4", "LED-B5")
CAMERAS = {"nikon_5100": "Nikon 5100 (NPL)", "sigma_sdmerrill": "Sigma SDMerill (NPL)"}


def tables():
    """Every table on the grid, spectra along the last axis."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import colour
        from colour.recovery import MSDS_BASIS_FUNCTIONS_sRGB_MALLETT2019 as BASIS

    shape = colour.SpectralShape(*GRID)

    def on_grid(spectrum, outside="Constant"):
        left_right = {"method": "Constant"} if outside == "Constant" else {"method": "Constant", "left": 0, "right": 0}
        return spectrum.copy().align(shape, extrapolator_kwargs=left_right).values.T

    yield "wavelengths", shape.wavelengths
    yield "observer", on_grid(colour.MSDS_CMFS["CIE 1931 2 Degree Standard Observer"])
    for name in LIGHTS:
        yield name, on_grid(colour.SDS_ILLUMINANTS[name])
    yield "daylight", np.stack([on_grid(colour.colorimetry.SDS_BASIS_FUNCTIONS_CIE_ILLUMINANT_D_SERIES[s]) for s in ("S0", "S1", "S2")])
    yield "colour_checker", np.stack([on_grid(s) for s in colour.SDS_COLOURCHECKERS["BabelColor Average"].values()])
    yield "mallett2019", on_grid(BASIS)
    for name, title in CAMERAS.items():
        yield name, on_grid(colour.MSDS_CAMERA_SENSITIVITIES[title], outside="nothing")


def main():
    out = Path(__file__).resolve().parents[1] / "isp" / "data" / "spectra.npz"
    np.savez_compressed(out, **{name: np.asarray(values, np.float32) for name, values in tables()})
    print(f"{out.name}: {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
