"""From linear light to the numbers a display is sent."""

from isp.core import Domain, Frame, Stage, option
from isp.core.planes import Array
from isp.ops.colour import mixed, rgb_to_rgb
from isp.ops.curve import Transfer, clipped, rounded


class Encode(Stage, accepts=(Domain.WORKING,), emits=Domain.DISPLAY):
    """Convert to the primaries of a display, hold to its range, apply its transfer function, and round to its depth.

    Clipping and rounding are straight through: they act on the values, and gradients pass as if they did not.
    """


def bits_option() -> int | str:
    """The declaration of the depth, the same for each display."""
    return option(default=8, choices=(8, 10, 12, 16, "float"), doc="bits that values are rounded to; float is not rounded")


def encoded(frame: Frame, primaries: str, transfer: str, curve: Transfer, bits: int | str) -> Frame:
    """The frame for a display. Working colour that names no primaries is taken to be in the display's already."""
    pixels = frame.pixels
    if frame.primaries not in (None, primaries):
        matrix = rgb_to_rgb(frame.primaries, primaries).astype(pixels.dtype)
        pixels = pixels.sites(lambda r, g, b: mixed(matrix, r, g, b))
    depth = None if bits == "float" else bits

    def shown(x: Array) -> Array:
        return curve(clipped(x)) if depth is None else rounded(curve(clipped(x), depth), 2**depth - 1)

    return frame.to(Domain.DISPLAY, pixels.map(shown), primaries=primaries, transfer=transfer, bits=depth, white=None, noise=None)
