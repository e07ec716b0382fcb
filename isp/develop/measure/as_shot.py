"""The white balance that the camera chose when it took the picture."""

from isp.core import Domain, Frame
from isp.develop.measure import Measure, relative_to_applied


class AsShot(Measure, accepts=(Domain.MOSAIC, Domain.CAMERA), uses=("as_shot", "balanced"), gives=("wb_gains",)):
    """Take the gains that the file recorded, less what the pixels have received already. Where it recorded none, an estimate measured
    earlier in the chain stays."""

    def __call__(self, frame: Frame) -> Frame:
        return frame if frame.as_shot is None else frame.but(wb_gains=relative_to_applied(frame.as_shot, frame))
