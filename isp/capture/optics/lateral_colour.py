"""A lens that magnifies colours differently: coloured rims, growing towards the corners."""

import jax.numpy as jnp

from isp.capture.optics import Optics, from_centre, half_diagonal, of_colours, swept
from isp.core import Frame, Scalar, between, param, whole_number
from isp.ops.separable import shift_weights


class LateralColour(Optics, uses=("wavelengths", "channels", "warp"), gives=("warp",), paper="keys1981"):
    """Lateral chromatic aberration: red and blue lie farther from the middle than green, by `red` and `blue` in the corners and in
    proportion to the distance elsewhere; other wavelengths lie between. Read by Keys' cubic, down and then across, which is exact for a
    magnification. The frame's warp says how to undo it, plane by plane, where the channels are red, green and blue."""

    red: Scalar = param(
        default=0.6, unit="px", within=between(-32, 32), usual=between(-4, 4), doc="outward displacement of red in the corners"
    )
    blue: Scalar = param(
        default=-0.4, unit="px", within=between(-32, 32), usual=between(-4, 4), doc="outward displacement of blue in the corners"
    )
    support: int = whole_number(default=1, unit="px", within=between(1, 32), doc="the farthest that light may be displaced, down or across")

    def __call__(self, frame: Frame) -> Frame:
        zero = jnp.zeros((), frame.pixels.dtype)
        growth = of_colours(frame, frame.pixels.channels, jnp.stack([self.red, zero, self.blue])) / half_diagonal(frame)
        # What lies at p comes from p / (1 + m): it is displaced by -m / (1 + m) p.
        inward = -growth / (1 + growth)
        places = from_centre(frame, self.reach)
        down, across = ([self.weights(m * place) for m in inward] for place in places)
        facts = {}
        if frame.wavelengths is None and frame.pixels.channels == 3:
            warp = jnp.asarray([[1, 0, 0, 0, 0, 0, 0.5, 0.5]] if frame.warp is None else frame.warp, growth.dtype)
            facts["warp"] = warp * jnp.concatenate([jnp.tile(1 + growth[:, None], 6), jnp.ones((3, 2), growth.dtype)], 1)
        return frame.but(pixels=swept(frame.pixels, self.reach, down, across), **facts)

    def weights(self, displacement):
        """Those of a displacement for each row or column."""
        return shift_weights(jnp.clip(displacement, -self.support, self.support), self.reach)

    @property
    def reach(self) -> int:
        """Samples read around a site."""
        return self.support + 1
