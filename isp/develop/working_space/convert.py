"""Working colours in one set of primaries become the same colours in another."""

from isp.core import Frame, option
from isp.develop.working_space import WorkingSpace
from isp.ops.colour import PRIMARIES, mixed, mixed_noise, rgb_to_rgb


class Convert(WorkingSpace, uses=("primaries",), gives=("primaries",)):
    """Linear RGB to linear RGB; all known primaries share the white D65, so grey is unmoved. Colours outside the new gamut become
    negative and survive. A frame that names no primaries is passed through: nobody can convert colours without knowing them."""

    primaries: str = option(default="rec2020", choices=tuple(PRIMARIES), doc="primaries to convert to")

    def __call__(self, frame: Frame) -> Frame:
        if frame.primaries in (None, self.primaries):
            return frame
        matrix = rgb_to_rgb(frame.primaries, self.primaries).astype(frame.pixels.dtype)
        pixels = frame.pixels.sites(lambda r, g, b: mixed(matrix, r, g, b))
        return frame.but(pixels=pixels, primaries=self.primaries, noise=mixed_noise(matrix, frame.noise))
