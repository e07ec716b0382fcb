"""A matrix for each place and brightness, from a small network that sees the picture's thumbnail: looks that differ from shadow to sky."""

from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np

from isp.core import Frame, Scalar, Weights, between, param, weights
from isp.core.planes import Array
from isp.develop.look import Look, coordinates
from isp.ops.colour import luminance_weights
from isp.ops.curve import rooted
from isp.ops.gist import bounded, halved, seen
from isp.ops.grid import hats, places, sliced
from isp.ops.lut import moved
from isp.ops.net import convolution, convolved, leaking, mixed, mixing

CELLS, DEPTHS = 16, 8
"""Points of the grid along each side, and over the guide."""
WIDE = 16
"""Channels between layers."""
BENDS = 8
"""Places at which the curve of the guide may bend, evenly spaced from 0 on."""


def grown(random: np.random.Generator) -> dict[str, np.ndarray]:
    """A guide that is the root of luminance, and matrices that move nothing."""
    made = {"guide/kernel": np.array(luminance_weights("srgb"), np.float32), "guide/bends": np.zeros(BENDS, np.float32)}
    made |= convolution(random, "first", 3, 3, WIDE) | convolution(random, "near", 3, WIDE, WIDE)
    made |= convolution(random, "half", 3, WIDE, WIDE) | convolution(random, "quarter", 3, WIDE, WIDE) | mixing(random, "far", WIDE, WIDE)
    return made | mixing(random, "joined", WIDE, 2 * WIDE) | mixing(random, "moves", 2 * WIDE, 12 * DEPTHS, gain=0.0)


class BilateralGrid(Look, needs=("thumbnail",), uses=("measured_window", "white"), paper="gharbi2017"):
    """Gharbi et al.: a network makes of the thumbnail a bilateral grid of 16 x 16 places and 8 depths, of affine matrices of colour; a `guide`, a mix of the
    channels under a learned curve, says at which depth a pixel reads it, so that what is smooth in the grid has the edges of the picture. Here channels are
    roots of light, and a matrix says how far they move: a fresh network changes nothing, exactly, and so does `strength` 0.

    It wants linear light, before the tone curve. `measure.thumbnail` measures what it needs, and which part of the frame that was; then it is a point
    operation, so that tiles are the whole frame. Exact slopes reach guide, network and thumbnail. The noise model, no longer a straight line, is
    dropped; `white` moves as it does on average over the frame.
    """

    strength: Scalar = param(
        default=1.0, unit="1", within=between(0, 2), usual=between(0, 1), doc="share of the way to the new colours that is gone"
    )
    weights: Weights = weights(grow=grown, doc="the guide, and the network that makes the grid")

    def __call__(self, frame: Frame) -> Frame:
        frame = frame.but(pixels=frame.pixels.flat())
        grid = matrices(self.weights, jnp.asarray(frame.thumbnail, frame.pixels.dtype))
        down, across = (places(*axis, CELLS) for axis in coordinates(frame))

        def look(*light: Array) -> tuple[Array, ...]:
            roots = [rooted(x) for x in light]
            moves = applied(sliced(grid, depth(self.weights, roots), down, across), roots)
            return tuple(moved(x, u, self.strength * d) for x, u, d in zip(light, roots, moves, strict=True))

        return frame.but(pixels=frame.pixels.sites(look), noise=None, white=None if frame.white is None else self.whitened(frame, grid))

    def whitened(self, frame: Frame, grid: Array) -> Array:
        """White (3,) under the mean of the matrices over the frame."""
        light = jnp.asarray(frame.white, grid.dtype)
        roots = rooted(light)
        shares = hats(depth(self.weights, list(roots))[None], DEPTHS)[0]
        moves = applied(tuple(shares @ grid.mean((2, 3))), list(roots))
        return moved(light, roots, self.strength * jnp.stack(moves))


def matrices(weights: Mapping[str, Array], thumbnail: Array) -> Array:
    """The grid (8, 12, 16, 16) of a picture: three rows of a matrix and its offset. What is near is seen by two layers, what is far by four and a mean."""
    x = leaking(halved(weights, "first", seen(thumbnail)))
    near = x + leaking(convolved(weights, "near", jnp.pad(x, ((1, 1), (1, 1), (0, 0)), mode="edge")))
    far = leaking(halved(weights, "quarter", leaking(halved(weights, "half", x)))).mean((0, 1))
    joined = leaking(mixed(weights, "joined", near + mixed(weights, "far", far)))
    return jnp.moveaxis(mixed(weights, "moves", joined).reshape(CELLS, CELLS, DEPTHS, 12), (2, 3), (0, 1))


def depth(weights: Mapping[str, Array], roots: list[Array]) -> Array:
    """At which depth of the grid colours lie, between 0 and the last."""
    mix = sum(share * bounded(root) for share, root in zip(weights["guide/kernel"], roots, strict=True))
    bent = mix + sum(more * jnp.maximum(mix - i / BENDS, 0) for i, more in enumerate(weights["guide/bends"]))
    return jnp.clip(bent * (DEPTHS - 1), 0, DEPTHS - 1)


def applied(rows: tuple[Array, ...], roots: list[Array]) -> list[Array]:
    """What affine matrices, given as twelve planes, make of roots."""
    return [sum((rows[4 * i + c] * root for c, root in enumerate(roots)), rows[4 * i + 3]) for i in range(3)]
