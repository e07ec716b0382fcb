"""How much of a texture a pipeline keeps: the cross-spectrum with the texture that should be there."""

import jax.numpy as jnp
import numpy as np

from isp.core.planes import Array
from isp.ops.perceptual import seen_lightness

PAPERS = ("kirk2014",)
FAINT = 1e-8
"""Power a pixel of wanted texture, below which a frequency says nothing."""


def texture_response(made: Array, wanted: Array) -> tuple[np.ndarray, Array]:
    """Frequencies (n,) in cycles a pixel, up to 0.5, and the response (n,) at each: |sum M conj(W)| / sum |W|^2 over the ring of that
    frequency, M and W being the Hann-windowed spectra of planes (rows, columns) of linear light (Kirk et al. 2014).

    Noise, which does not correlate with the wanted texture, does not count as texture; it only scatters the result.
    """
    frequency, cross, power = _rings(made, wanted)
    real, imaginary = cross.real, cross.imag
    return frequency, jnp.sqrt(real**2 + imaginary**2 + FAINT**2) / (power + FAINT)


def texture_error(made: Array, wanted: Array, pixels_per_degree: Array = 60.0) -> Array:
    """The mean of |H - 1|^2 over frequencies, weighted by how well contrast is seen: 0 where all texture is kept and nothing is added.
    H is the complex response, so a texture that moved counts as lost."""
    frequency, cross, power = _rings(made - wanted, wanted)
    weights = _seen(frequency, pixels_per_degree, power.dtype)
    off = (cross.real**2 + cross.imag**2) / (power + FAINT) ** 2
    return jnp.sum(weights * off) / jnp.sum(weights)


def acutance(frequency: Array, response: Array, pixels_per_degree: Array = 60.0) -> Array:
    """One number for a response: its mean, weighted by how well contrast is seen at `pixels_per_degree` of the viewer's eye, from 0 to
    half a cycle a pixel."""
    weights = _seen(frequency, pixels_per_degree, jnp.result_type(response))
    return jnp.sum(weights * response) / jnp.sum(weights)


def _seen(frequency: Array, pixels_per_degree: Array, kind: np.dtype) -> Array:
    seen = jnp.asarray(frequency, kind) * pixels_per_degree
    return seen_lightness(seen)


def _rings(made: Array, wanted: Array) -> tuple[np.ndarray, Array, Array]:
    """Frequencies (n,), and over the ring of each the mean of M conj(W), complex, and of |W|^2, both a pixel."""
    rows, columns = wanted.shape
    side = min(rows, columns)
    window = np.outer(np.hanning(rows + 2)[1:-1], np.hanning(columns + 2)[1:-1])
    window = jnp.asarray(window / np.sqrt(np.sum(window**2)), wanted.dtype)
    spectra = []
    for plane in (made, wanted):
        plane = plane - jnp.sum(window * plane) / jnp.sum(window)
        spectra.append(jnp.fft.rfft2(window * plane))
    down, across = np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None, :]
    ring = np.rint(np.hypot(down, across) * side).astype(int)
    # The half of the plane that is not computed is the mirror of this one, but for its first and its last column.
    doubled = np.where((across == 0) | (across == 0.5), 1.0, 2.0) + 0 * down
    count = side // 2 + 1
    inside = (ring > 0) & (ring < count)
    weight = np.where(inside, doubled, 0)
    share = jnp.asarray(weight / np.maximum(np.bincount(ring.ravel(), weight.ravel(), ring.max() + 1)[ring], 1), wanted.dtype)

    def gathered(values: Array) -> Array:
        return jnp.zeros(count, values.dtype).at[np.minimum(ring, count - 1).ravel()].add((share * values).ravel())[1:]

    m, w = spectra
    return np.arange(1, count) / side, gathered(m * w.conj()), gathered(w.real**2 + w.imag**2)
