"""Sensors whose tunings there are: what a tuning does not say, and a data sheet does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Module:
    """A sensor on its board: size in pixels, pitch in um, depth in bits, first filters, and the f-number of the lens that it is sold with."""

    make: str
    model: str
    rows: int
    columns: int
    pitch: float
    bits: int
    pattern: str
    aperture: float
    source: str
    lens: str


def _of(make: str, model: str, size: tuple[int, int], pitch: float, bits: int, pattern: str, aperture: float, lens: str) -> Module:
    source = f"{make} {model}: data sheet, and the mode list of its Linux driver, drivers/media/i2c/{model.lower()}.c"
    return Module(make, model, size[0], size[1], pitch, bits, pattern, aperture, source, lens)


ESTIMATE = "estimate: sold without a lens; a usual one"
MODULES = {
    "imx219": _of(
        "Sony", "IMX219", (2464, 3280), 1.12, 10, "rggb", 2.0, "https://www.raspberrypi.com/documentation/accessories/camera.html: f/2.0"
    ),
    "imx290": _of("Sony", "IMX290", (1080, 1920), 2.9, 12, "rggb", 2.0, ESTIMATE),
    "imx296": _of("Sony", "IMX296", (1088, 1456), 3.45, 10, "rggb", 2.0, ESTIMATE),
    "imx378": _of("Sony", "IMX378", (3040, 4056), 1.55, 12, "rggb", 2.0, "estimate: f/2.0, as in the phones that have it"),
    "imx477": _of("Sony", "IMX477", (3040, 4056), 1.55, 12, "rggb", 2.8, "estimate: the High Quality Camera takes any lens; f/2.8"),
    "ov5640": _of("OmniVision", "OV5640", (1944, 2592), 1.4, 10, "bggr", 2.8, "estimate: modules have f/2.8 and the like"),
    "ov5647": _of(
        "OmniVision",
        "OV5647",
        (1944, 2592),
        1.4,
        10,
        "gbrg",
        2.9,
        "https://www.raspberrypi.com/documentation/accessories/camera.html: f/2.9",
    ),
}
"""By the name that tuning files carry."""


def module_of(stem: str) -> Module:
    """The module that the name of a tuning file means; an estimate of a small sensor where it is not known."""
    known = next((module for name, module in MODULES.items() if name in stem.lower()), None)
    guess = "estimate: the tuning does not say it, and the sensor is not known; a usual small one"
    return known or Module("unknown", stem, 1944, 2592, 1.4, 10, "rggb", 2.4, guess, guess)
