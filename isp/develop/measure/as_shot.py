"""The white balance that the camera chose when it took the picture."""

from isp.core import Frame
from isp.develop.measure import Measure


class AsShot(Measure, uses=("as_shot",), gives=("wb_gains",)):
    """Take the gains that the file recorded. Where it recorded none, an estimate measured earlier in the chain stays."""

    def __call__(self, frame: Frame) -> Frame:
        return frame if frame.as_shot is None else frame.but(wb_gains=frame.as_shot)
