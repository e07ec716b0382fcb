"""Light arrives in photons, and they do not come evenly."""

from isp.capture.noise import Noise, counts_option, laid_out, noisy, stacked
from isp.core import Frame
from isp.ops import distributions


class Photon(Noise, random=True, uses=("random",), gives=("noise",), smooth={"counts": "smooth"}, paper="janesick2007"):
    """Shot noise: the electrons of a well are Poisson distributed about what light would give on average, so their variance is their
    mean. Drawn as the quantile of one random word: the same word at a little more light gives a few more electrons, which is what makes
    noise differentiable. `whole` counts electrons, with a gradient straight through the step; `smooth` leaves the step out, and is
    Gaussian. Fewer than no electrons count as none. The draw belongs to the exposure: who reads it twice sees the same photons.
    """

    counts: str = counts_option()

    def __call__(self, frame: Frame) -> Frame:
        words = frame.words(self, "exposure")
        if words is None:
            return frame
        draw = distributions.poisson if self.counts == "whole" else distributions.poisson_smooth
        electrons = laid_out(draw(stacked(frame.pixels), words[0]))
        return noisy(frame, frame.pixels.map(lambda _, counted: counted, electrons), slope=1.0)
