"""What is seen of noise on patches that should be even."""

import jax.numpy as jnp
import numpy as np

from isp.core.errors import DataError
from isp.core.planes import Array
from isp.ops.colour import D65, rgb_to_xyz, white_xyz
from isp.ops.perceptual import luminance, luv, seen_blue_yellow, seen_lightness, seen_red_green, turned

PAPERS = ("iso15739", "johnson2003")
LEAST = 2
"""Fewest rows and columns of a patch."""
ROUND = 1e-4
"""Deviation below which a root is rounded off, so that an even patch has a slope."""


def cut(picture: Array, boxes: list[tuple[slice, slice]]) -> Array:
    """The patches (n, rows, columns, channels) in `boxes` of a picture, as large as the smallest of them, about their middles. Raises
    DataError where one has less than 2 rows or columns."""
    size = [min(box[axis].stop - box[axis].start for box in boxes) for axis in (0, 1)]
    if min(size) < LEAST:
        raise DataError(
            "patches",
            f"the smallest of {len(boxes)} holds {max(size[0], 0)} x {max(size[1], 0)} whole pixels",
            f"give a larger frame than {picture.shape[0]} x {picture.shape[1]}",
        )

    def middle(axis: int) -> np.ndarray:
        first = np.array([box[axis].start + (box[axis].stop - box[axis].start - size[axis]) // 2 for box in boxes])
        return first[:, None] + np.arange(size[axis])

    # One gather: so many slices would each be a picture in the gradient.
    return picture[middle(0)[:, :, None], middle(1)[:, None, :]]


def signal_to_noise(patches: Array) -> Array:
    """The ratio (n,) in dB of the mean luminance of patches (n, rows, columns, 3) of linear sRGB light to its deviation. It ends near 80 dB
    for a patch without noise, and near -80 dB for one without light."""
    light = luminance(patches)
    signal = jnp.mean(light, (1, 2))
    variance = jnp.sum((light - signal[:, None, None]) ** 2, (1, 2)) / (light[0].size - 1)
    tiny = 1e-8
    power = signal**2
    return 10 * jnp.log10((power + tiny * (variance + tiny)) / (variance + tiny * (power + tiny)))


def visual_noise(patches: Array, pixels_per_degree: Array = 60.0) -> Array:
    """sigma_L* + 0.852 sigma_u* + 0.323 sigma_v* (n,) of patches (n, rows, columns, 3) of linear sRGB light (1 = white), after ISO 15739:
    light is split into luminance, red against green (X - Y) and blue against yellow (Y - Z), relative to white; each is weighted, frequency
    by frequency, by how well the eye sees it; and the deviations are those of L*u*v* of what is left.

    Approximations: a patch is taken as repeating, so frequencies below one period a patch are not seen; the contrast sensitivities are
    CPIQ's of lightness, 1 at its best, and those of Johnson and Fairchild of colour, 1 at zero; the light is that of an sRGB display in D65.
    """
    kind = patches.dtype
    white = white_xyz(D65)
    xyz = turned(patches, rgb_to_xyz("srgb") / white[:, None])
    x, y, z = xyz[..., 0], xyz[..., 1], xyz[..., 2]
    rows, columns = patches.shape[1:3]
    frequency = jnp.asarray(np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None, :]), kind) * pixels_per_degree

    def weighted(plane: Array, seen: Array) -> Array:
        mean = jnp.mean(plane, (1, 2), keepdims=True)
        return mean + jnp.fft.irfft2(jnp.fft.rfft2(plane - mean) * seen, s=(rows, columns))

    # The mean has gone, and a root of zero has no slope.
    above = jnp.where(frequency > 0, frequency, pixels_per_degree)
    y, red, blue = (
        weighted(plane, seen(above)) for plane, seen in ((y, seen_lightness), (x - y, seen_red_green), (y - z, seen_blue_yellow))
    )
    seen = luv(jnp.stack([y + red, y, y - blue], -1) * jnp.asarray(white, kind))
    variance = jnp.mean((seen - jnp.mean(seen, (1, 2), keepdims=True)) ** 2, (1, 2))
    deviation = jnp.sqrt(variance + ROUND**2) - ROUND
    return deviation[:, 0] + 0.852 * deviation[:, 1] + 0.323 * deviation[:, 2]
