"""A frame as a loss looks at it: an array (rows, columns, 3) in one of several domains, whatever domain the pipeline ends in."""

from __future__ import annotations

from isp.core import Domain, Frame
from isp.core.planes import Array
from isp.ops.colour import rgb_to_rgb
from isp.ops.curve import decode_srgb, encode_srgb

DOMAINS = ("display", "linear")
"""See `isp.tune.loss`."""


def view(frame: Frame, domain: str) -> Array:
    """The pixels of a `display`, `working` or `camera` frame in `domain`. Camera colours are taken as they are."""
    plain = frame.primaries in (None, "srgb")
    if domain == "display" and frame.domain is Domain.DISPLAY and plain:
        return frame.array
    light = decode_srgb(frame.array) if frame.domain is Domain.DISPLAY else frame.array
    if not plain:
        light = light @ rgb_to_rgb(frame.primaries, "srgb").astype(light.dtype).T
    return encode_srgb(light) if domain == "display" else light
