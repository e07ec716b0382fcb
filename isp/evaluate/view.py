"""A frame as it is judged: an array (rows, columns, 3) in one of several domains, whatever domain the pipeline ends in.

display   encoded by the sRGB transfer function
linear    light, sRGB primaries, 1 = diffuse white
pu, pq    light as seen on a display of 100 cd/m2: perceptually uniform (PU21), SMPTE ST 2084
lab       CIE L*a*b* under D65
oklab     Ottosson's OkLab, times 100
"""

from __future__ import annotations

import jax.numpy as jnp

from isp.core import Domain, Frame
from isp.core.planes import Array
from isp.ops.colour import rgb_to_rgb, rgb_to_xyz
from isp.ops.curve import decode_srgb, encode_srgb
from isp.ops.lab import lab
from isp.ops.perceptual import oklab, pq, pu21, turned

ENCODED = ("display", "linear", "pu", "pq")
"""Domains in which white is 1."""
DOMAINS = (*ENCODED, "lab", "oklab")
"""All of them."""
PAPERS = ("mantiuk2021", "st2084", "ottosson2020", "cie15")
WHITE = 100.0
"""Luminance of white on the display that `pu` and `pq` suppose, in cd/m2."""


def view(frame: Frame, domain: str) -> Array:
    """The pixels of a `display`, `working` or `camera` frame in `domain`. Camera colours are taken as they are. Nothing is clipped: what is
    darker than black or lighter than white goes on along the curves, with a slope."""
    plain = frame.primaries in (None, "srgb")
    if domain == "display" and frame.domain is Domain.DISPLAY and plain:
        return frame.array
    light = decode_srgb(frame.array) if frame.domain is Domain.DISPLAY else frame.array
    if not plain:
        light = turned(light, rgb_to_rgb(frame.primaries, "srgb"))
    return seen(light, domain)


def seen(light: Array, domain: str) -> Array:
    """Linear light of sRGB primaries (..., 3) in `domain`."""
    if domain == "display":
        return _encoded(light)
    if domain == "pu":
        return pu21(WHITE * light) / pu21.inside(WHITE)
    if domain == "pq":
        return pq(WHITE / 1e4 * light) / pq.inside(WHITE / 1e4)
    if domain == "lab":
        return lab(turned(light, rgb_to_xyz("srgb")))
    return 100 * oklab(light) if domain == "oklab" else light


def _encoded(light: Array) -> Array:
    """The sRGB curve. Beyond white, where the polynomials that stand for it end, by its formula."""
    bright = light > 1
    beyond = 1.055 * jnp.where(bright, light, 1.0) ** (1 / 2.4) - 0.055
    return jnp.where(bright, beyond, encode_srgb(jnp.where(bright, 1.0, light)))
