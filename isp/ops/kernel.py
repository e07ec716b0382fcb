"""Kernels over two dimensions that are no product of two: how they are made from a law, and how light is spread by them.

A weight is what a kernel gathers from the area of a sample, as if a scene were made of little squares of even light: weights are never
negative, sum to one, and tend to a single one as the kernel becomes small.
"""

from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

Array = Any

NODES = 256
"""Frequencies, from none to the cut-off of a lens, over which its transfer function is summed."""
CELLS = 3
"""Points along each side of a sample at which a disc is evaluated."""
PRECISE = jax.lax.Precision.HIGHEST


def spread(plane: Array, psf: Array) -> Array:
    """`plane` (rows, columns) convolved with `psf` (side, side), side odd; what comes out is smaller by side // 2 all round.

    One row of the kernel at a time, so that a large kernel compiles as fast as a small one; going back, each row is computed again
    instead of being kept.
    """
    side = psf.shape[0]
    rows, columns = plane.shape[0] - side + 1, plane.shape[1] - side + 1

    @jax.checkpoint
    def row(total: Array, weights: Array, i: Array) -> Array:
        slab = jax.lax.dynamic_slice_in_dim(plane, side - 1 - i, rows)
        return total + sum(weights[side - 1 - j] * slab[:, j : j + columns] for j in range(side))

    def step(total: Array, read: tuple[Array, Array]) -> tuple[Array, None]:
        return row(total, *read), None

    start = jnp.zeros((rows, columns), jnp.result_type(plane, psf))
    return jax.lax.scan(step, start, (psf, jnp.arange(side)))[0]


def composed(first: Array | None, then: Array) -> Array:
    """One kernel (channels or 1, side, side) for two after each other; None stands for no kernel."""
    if first is None:
        return then
    reach = then.shape[-1] - 1
    wide = jnp.pad(first, [(0, 0), (reach, reach), (reach, reach)])
    many = max(first.shape[0], then.shape[0])
    return jnp.stack([spread(wide[c % first.shape[0]], then[c % then.shape[0]]) for c in range(many)])


def mirrored(quarter: Array) -> Array:
    """A kernel (.., side, side) that sums to one, from its quarter (.., reach + 1, reach + 1) with the middle at [0, 0]."""
    half = jnp.concatenate([quarter[..., :0:-1, :], quarter], -2)
    whole = jnp.concatenate([half[..., :, :0:-1], half], -1)
    return whole / jnp.sum(whole, (-2, -1), keepdims=True)


@lru_cache(1)
def lens_transfer() -> tuple[np.ndarray, np.ndarray]:
    """Frequencies (NODES,) as shares of the cut-off, and the transfer function of a round aperture on their square, times the weights of
    Gauss-Legendre summation (NODES, NODES)."""
    node, weight = np.polynomial.legendre.leggauss(NODES)
    node, weight = (node + 1) / 2, weight / 2
    s = np.minimum(np.hypot(node[:, None], node[None]), 1)
    return node, 2 / np.pi * (np.arccos(s) - s * np.sqrt(1 - s * s)) * weight[:, None] * weight


def airy(cutoff: Array, reach: int) -> Array:
    """The diffraction pattern (n, side, side) of a round aperture whose transfer ends at `cutoff` (n,) cycles per sample.

    The sum of the transfer function over frequencies, each weakened by the square sample. It resolves patterns down to a size that
    falls as `reach` grows; cut-offs above that (10 cycles per sample for a reach of 6) are taken as that. The tail is long: what lies
    outside of the reach is spread evenly within, where it is as far from the middle as it can be, so that the transfer of all but the
    lowest frequencies stays true.
    """
    node, transfer = (jnp.asarray(a, cutoff.dtype) for a in lens_transfer())
    cutoff = jnp.minimum(cutoff, (NODES - 16) / (np.pi * (reach + 1)))
    frequency = cutoff[:, None, None] * node
    wave = jnp.sinc(frequency) * jnp.cos(2 * np.pi * frequency * jnp.arange(reach + 1, dtype=cutoff.dtype)[:, None])
    quarter = jnp.einsum("cis,st,cjt->cij", wave, transfer, wave, precision=PRECISE) * (4 * cutoff * cutoff)[:, None, None]
    twice = jnp.where(jnp.arange(reach + 1) > 0, 2, 1).astype(cutoff.dtype)
    inside = jnp.einsum("cij,i,j->c", quarter, twice, twice, precision=PRECISE)
    return mirrored(quarter + (jnp.maximum(1 - inside, 0) / (2 * reach + 1) ** 2)[:, None, None])


def disc(diameter: Array, edge: Array, reach: int) -> Array:
    """A disc (1, side, side) of a diameter, in samples, whose rim falls off over `edge` (deviation of a Gaussian) > 0."""
    at = (np.arange(reach + 1)[:, None] + (np.arange(CELLS) + 0.5) / CELLS - 0.5).ravel()
    radius = jnp.asarray(np.hypot(at[:, None], at[None]), jnp.result_type(diameter))
    value = jax.scipy.special.erfc((radius - diameter / 2) / (np.sqrt(2.0).item() * edge))
    return mirrored(value.reshape(reach + 1, CELLS, reach + 1, CELLS).mean((1, 3)))[None]


def binned(psf: Array, by: int, share: Array) -> Array:
    """A kernel on fine samples as one between pixels of `by` x `by` of them that gather `share` (by,), sum 1, along each side: what a
    pixel gets from a square of even light on another."""
    reach = psf.shape[-1] // 2
    far = -(-(reach + by - 1) // by)
    place = np.arange(-reach, reach + 1)
    first, last = np.arange(by)[:, None, None, None], np.arange(by)[:, None, None]
    # Light leaves at `first` of pixel 0, moves by a place of the kernel, arrives at `last` of pixel m.
    meets = (first + place == last + by * np.arange(-far, far + 1)[:, None]).astype(np.float32)
    passes = jnp.einsum("flmk,l->mk", meets.astype(psf.dtype), share, precision=PRECISE)
    return jnp.einsum("mk,ckj,nj->cmn", passes, psf, passes, precision=PRECISE)
