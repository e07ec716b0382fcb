"""What each filter of the sensor makes of light: electrons, at every site, before the mosaic chooses one filter for each."""

import jax.numpy as jnp

from isp.core import Domain, Frame, Stage, option
from isp.core.planes import Array, Planes

FILTERS = ("rgb", "rgbw", "rbw", "rby", "w")
"""Sets of filters, in the order in which a frame keeps their channels."""


class Sensitivity(Stage, accepts=(Domain.SCENE,), emits=Domain.SCENE):
    """Turn light into electrons of each kind of filter. What the camera would know of it goes with the frame: its colour matrices, and
    the white balance gains that make the light of the scene grey."""


def filters_option() -> str:
    """The declaration of which filters there are."""
    return option(default="rgb", choices=FILTERS, doc="letters of the filters: red, green, blue, yellow, white (clear)")


def responding(frame: Frame, response: Array, filters: str, **facts: Array) -> Frame:
    """The frame after `response` (filters, channels): a sum over the channels of each site, with the gains of the scene's white."""

    def site(*light: Array) -> tuple[Array, ...]:
        return tuple(sum(response[f, c] * light[c] for c in range(len(light))) for f in range(len(filters)))

    white = None if frame.scene_white is None else response @ jnp.asarray(frame.scene_white, response.dtype)
    if white is not None:
        reference = white[filters.index("g")] if "g" in filters else jnp.max(white)
        facts["as_shot"] = reference / jnp.maximum(white, 1e-30)
    pixels: Planes = frame.pixels.sites(site)
    return frame.but(pixels=pixels, channels=filters, scene_white=white, wavelengths=None, **facts)
