"""A small network, trained on simulated cameras only, mends the bright patch's answer where brightness, principal axis and likely lights disagree."""

import jax.numpy as jnp
import numpy as np

from isp.core import Domain, Frame, Scalar, Weights, between, param, weights
from isp.core.planes import Array
from isp.develop.measure import Measure, axis, gains_of, high, places
from isp.ops.colour import D65, white_xyz
from isp.ops.dng import between as for_light
from isp.ops.net import mixed, mixing

WIDE = 8
"""Numbers between layers."""
MOST = 0.5
"""The furthest that a gain is moved, as a logarithm."""
BRIGHT, LESS_BRIGHT, ENDS = 0.99, 0.9, 0.035
"""The share of places below the patch, below the second patch, and at each end that the principal axis is taken of."""
GAIN = 4.0
"""Statistics are of the size of 1 / GAIN."""


def grown(random: np.random.Generator) -> dict[str, np.ndarray]:
    """Fresh weights: they move nothing."""
    return mixing(random, "first", 6, WIDE) | mixing(random, "second", WIDE, WIDE) | mixing(random, "last", WIDE, 2, gain=0.0)


class LearnedWhiteBalance(
    Measure,
    accepts=(Domain.MOSAIC, Domain.CAMERA),
    stabilised=False,
    uses=("white", "camera_matrix", "illuminants"),
    gives=("wb_gains",),
    paper="barron2017",
):
    """The 99th percentile of each colour, as `measure.white_patch` has it, times what a network of some hundred numbers says. It sees, as logarithms
    of red and blue over green: where the 90th percentile and Cheng's principal axis of the brightest and darkest places lie from there, and where the
    patch lies from what the camera's own matrix says D65 is, so that one network serves every camera (a stage in the spirit of Barron's, though
    of a few statistics, not of a histogram). Frames without a colour matrix, fresh weights and `strength` 0 get the white patch, exactly.

    The order of places is hard; all else has its slope.
    """

    strength: Scalar = param(
        default=1.0, unit="1", within=between(0, 2), usual=between(0, 1), doc="share of the correction that is applied"
    )
    weights: Weights = weights(grow=grown, doc="a network of three layers")

    def __call__(self, frame: Frame) -> Frame:
        found, trusted = places(frame)
        patch = patch_of(found, trusted)
        if frame.camera_matrix is None or np.shape(frame.camera_matrix)[1:] != (3, 3):
            return frame.but(wb_gains=patch)
        red, blue = moved(self.weights, seen(found, trusted, daylight(frame)))
        gains = patch * jnp.exp(-self.strength * jnp.stack([red, 0 * red, blue]))
        return frame.but(wb_gains=jnp.where(trusted.sum() > 0, gains, patch))


def patch_of(picture: tuple[Array, Array, Array], trusted: Array) -> Array:
    """The gains (3,) of the white patch."""
    return gains_of(jnp.stack([high(c, trusted, jnp.asarray(BRIGHT, c.dtype)) for c in picture]))


def seen(picture: tuple[Array, Array, Array], trusted: Array, white: Array) -> Array:
    """The statistics (6,) of a picture that the network sees; `white` is the camera's colour of D65."""
    less = gains_of(jnp.stack([high(c, trusted, jnp.asarray(LESS_BRIGHT, c.dtype)) for c in picture]))
    along = gains_of(axis(picture, trusted, jnp.asarray(ENDS, less.dtype)))
    patch = light(patch_of(picture, trusted))
    return jnp.concatenate([light(less) - patch, light(along) - patch, patch - light(1 / white)])


def moved(weights: Weights, statistics: Array) -> Array:
    """How far (2,) the light lies from the patch: logarithms of red and of blue over green."""
    x = jnp.tanh(mixed(weights, "first", GAIN * statistics))
    x = jnp.tanh(mixed(weights, "second", x))
    return MOST * jnp.tanh(mixed(weights, "last", x) / MOST)


def light(gains: Array) -> Array:
    """Logarithms (2,) of red and blue over green of the light that gains undo."""
    return -jnp.log(jnp.stack([gains[0], gains[2]]) / gains[1])


def daylight(frame: Frame) -> Array:
    """The colour (3,) that a white sheet under D65 has for this camera, green 1."""
    kind = frame.pixels.dtype
    matrices = jnp.asarray(frame.camera_matrix, kind)
    lights = None if frame.illuminants is None else jnp.asarray(frame.illuminants, kind)
    white = jnp.maximum(for_light(matrices, lights, jnp.asarray(D65, kind)) @ jnp.asarray(white_xyz(D65), kind), 1e-3)
    return white / white[1]
