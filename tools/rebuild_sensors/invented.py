"""Sensors like no maker's, one for each kind of mosaic and reading."""

from isp.importing.profile import SATURATION, over_iso
from tools.rebuild_sensors.parts import GENERIC, begin, curved, dark, linear


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
