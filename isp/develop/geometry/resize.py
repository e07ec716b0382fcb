"""The picture gets another number of pixels, without aliasing."""

import jax.numpy as jnp

from isp.core import Frame, between, option, whole_number
from isp.develop.geometry import Geometry, size_of
from isp.ops.resample import noise_share, resampled


class Resize(Geometry, paper="keys1981"):
    """Bring the longer side to `long_side` pixels and keep the shape; a picture that is smaller already is left alone unless `enlarge`.
    Going down, the kernel is stretched over all pixels that a new one stands for. Best on linear light, before encoding: averages of
    encoded values darken fine detail. Places known as shares of the frame stay true; the maker's crop is scaled; the noise model
    loses what averaging takes from independent noise."""

    long_side: int = whole_number(default=2048, unit="px", within=between(1, 100_000), doc="pixels of the longer side")
    kernel: str = option(default="lanczos3", choices=("lanczos3", "cubic", "area"), doc="how new pixels are mixed from old ones")
    enlarge: bool = option(default=False, choices=(False, True), doc="whether a smaller picture is enlarged")

    def __call__(self, frame: Frame) -> Frame:
        height, width = size_of(frame)
        scale = self.long_side / max(height, width)
        if scale == 1 or (scale > 1 and not self.enlarge):
            return frame
        rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
        pixels = jnp.asarray(frame.pixels)
        pixels = pixels if jnp.issubdtype(pixels.dtype, jnp.floating) else pixels.astype(jnp.result_type(float))
        share = noise_share(height, rows, self.kernel) * noise_share(width, columns, self.kernel)
        crop = frame.crop
        if crop is not None:
            top, left = round(crop[0] * rows / height), round(crop[1] * columns / width)
            bottom, right = round((crop[0] + crop[2]) * rows / height), round((crop[1] + crop[3]) * columns / width)
            crop = (top, left, max(1, bottom - top), max(1, right - left))
        seen = frame.measured_window
        return frame.but(
            measured_window=None if seen is None else jnp.asarray(seen) * jnp.array(2 * (rows / height, columns / width)),
            pixels=resampled(pixels, rows, columns, self.kernel),
            crop=crop,
            noise=None if frame.noise is None else jnp.asarray(frame.noise) * share,
        )
