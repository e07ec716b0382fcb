"""The brightest and the darkest places point along the colour of the light."""

import jax
import jax.numpy as jnp

from isp.core import Domain, Frame, Scalar, between, param
from isp.core.planes import Array
from isp.develop.measure import DARKEST, Measure, gains_of, places


class IlluminantPca(
    Measure, accepts=(Domain.MOSAIC, Domain.CAMERA), stabilised=False, uses=("white",), gives=("wb_gains",), paper="cheng2014"
):
    """Cheng, Prasad and Brown: places are ordered by their length along the mean colour; the first principal component of the `share`
    at either end, about the origin, is the light. Which places these are is a soft step over a tenth of the share, so that the share
    has a slope; the order itself has none."""

    share: Scalar = param(default=3.5, unit="%", within=between(0.1, 50), usual=between(1, 10), doc="places taken at each end")

    def __call__(self, frame: Frame) -> Frame:
        picture, trusted = places(frame)
        colours, trusted = jnp.stack([c.ravel() for c in picture]), trusted.ravel()
        mean = (colours * trusted).sum(1)
        length = jax.lax.stop_gradient(mean @ colours)
        count = jnp.maximum(trusted.sum(), 1)
        order = jnp.argsort(jnp.where(trusted > 0, length, -jnp.inf))  # what is not trusted comes first, and is not counted
        rank = jnp.zeros_like(length).at[order].set(jnp.arange(length.size, dtype=length.dtype))
        rank = (rank - (length.size - trusted.sum()) + 0.5) / count
        share, width = self.share / 100, self.share / 1000
        ends = jax.nn.sigmoid((share - rank) / width) + jax.nn.sigmoid((rank - 1 + share) / width)
        chosen = colours * jnp.sqrt(jnp.maximum(ends * trusted, 1e-30))
        scale = jax.lax.stop_gradient(jnp.maximum(jnp.abs(colours * trusted).max(), DARKEST))
        chosen = chosen / scale
        spread = jnp.einsum("in,jn->ij", chosen, chosen, precision=jax.lax.Precision.HIGHEST)
        direction = principal(spread)
        return frame.but(wb_gains=gains_of(jnp.where(trusted.sum() > 0, direction, 0)))


def principal(spread: Array) -> Array:
    """The eigenvector (3,) with the largest eigenvalue of a symmetric matrix (3, 3) without negative entries, by squaring it until
    only that direction is left; its slope is finite where other methods divide by gaps between eigenvalues."""
    power = spread + 1e-12
    for _ in range(6):
        power = power / jnp.trace(power)
        power = power @ power
    direction = power @ jnp.ones(3, spread.dtype)
    return direction / direction.sum()
