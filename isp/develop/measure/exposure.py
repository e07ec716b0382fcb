"""How many stops a frame is from well exposed."""

import jax.numpy as jnp
import numpy as np

from isp.core import Domain, Frame, Scalar, between, param
from isp.core.planes import Array
from isp.develop.measure import Measure

PLACES = 16384
"""A frame is averaged down to between one and four times as many places."""

LUMINANCE = (0.2126, 0.7152, 0.0722)
"""Shares of red, green and blue in luminance (Rec. 709); near enough in any primaries for a meter."""

HIGHLIGHTS = 99.0
"""The percentile of places that counts as the highlights."""

DARKEST = 2.0**-12
"""Light below this share of the frame's own highlights does not pull the mean down further."""


class Exposure(Measure, stabilised=False, uses=("wb_gains",), gives=("exposure_gain",)):
    """Meter the frame: the gain in EV that brings the geometric mean of luminance to `target`, held back softly by `protect` of what the
    highlights would then exceed `ceiling` by. A few lamps do not darken a picture, a large sky does. Saturated places count with
    their saturated value. The gain stays within `most` stops either way. Balance that is known but not yet applied is taken into account.
    `exposure.gain` applies it; a black frame asks for no gain.
    """

    target: Scalar = param(
        default=0.18, unit="1", within=between(0.01, 1), usual=between(0.1, 0.3), doc="wanted geometric mean of luminance"
    )
    ceiling: Scalar = param(default=1.0, unit="1", within=between(0.1, 16), usual=between(0.5, 4), doc="wanted limit of the highlights")
    protect: Scalar = param(default=0.5, unit="1", within=between(0, 1), doc="share of the excess of the highlights that is held back")
    most: Scalar = param(default=6.0, unit="EV", within=between(0.5, 12), doc="largest gain or loss")

    def __call__(self, frame: Frame) -> Frame:
        places = luminance(frame).ravel()
        ordered = jnp.sort(places)
        high = ordered[round((ordered.size - 1) * HIGHLIGHTS / 100)]
        high = jnp.maximum(high, 1e-12)
        mean = jnp.exp(jnp.log(jnp.maximum(places, DARKEST * high)).mean())
        wanted = jnp.log2(self.target / mean)
        excess = wanted - jnp.log2(self.ceiling / high)
        wanted = wanted - self.protect * jnp.logaddexp(excess * 4, 0.0) / 4
        seen = places.max() > 1e-9
        return frame.but(exposure_gain=jnp.where(seen, self.most * jnp.tanh(jnp.where(seen, wanted, 0) / self.most), 0))


def luminance(frame: Frame) -> Array:
    """The luminance (rows, columns) of small blocks of whole tiles, balanced where the gains are known."""
    planes, weights = frame.pixels.planes, np.array(LUMINANCE)
    if frame.domain.is_mosaic:
        letters = frame.cfa.sites
        shares = [weights["rgb".find(c)] / letters.count(c) if c in "rgb" else 0.0 for c in letters]
        shares = np.array(shares) / sum(shares) if sum(shares) else np.full(len(letters), 1 / len(letters))
    else:
        shares = weights
    gains = frame.per_filter(1.0 if frame.wb_gains is None or frame.domain is Domain.WORKING else frame.wb_gains)
    shares = frame.by_plane((jnp.asarray(shares) * gains).astype(frame.pixels.dtype))
    light = sum(p * s for site, share in zip(planes, shares, strict=True) for p, s in zip(site, share, strict=True))
    light = light if frame.domain.is_mosaic else light / len(planes)
    rows, columns = light.shape
    side = max(1, int((rows * columns / PLACES) ** 0.5))
    light = light[: rows // side * side, : columns // side * side]
    return light.reshape(rows // side, side, columns // side, side).mean((1, 3))
