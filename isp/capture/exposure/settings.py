"""The camera's settings where nobody asked for others: sensitivity, time, aperture."""

from isp.capture.exposure import Exposure
from isp.core import Frame, Scalar, at_least, between, param


class Settings(Exposure, gives=("iso", "exposure_time", "aperture", "pitch"), uses=("iso", "exposure_time", "aperture", "pitch")):
    """Give the frame the facts it does not bring, and leave those that it does: whoever captures may ask for an ISO, a time and an
    f-number of their own. The pixels pass unchanged."""

    iso: Scalar = param(default=100.0, unit="1", within=between(1, 1e7), doc="ISO speed setting")
    exposure_time: Scalar = param(default=0.01, unit="s", within=between(1e-7, 3600), doc="exposure time")
    aperture: Scalar = param(default=2.8, unit="1", within=between(0.5, 128), doc="f-number of the lens")
    pitch: Scalar = param(default=2.0, unit="um", within=at_least(0.01), doc="distance between pixels")

    def __call__(self, frame: Frame) -> Frame:
        return frame.but(**{name: getattr(self, name) for name in self.gives if getattr(frame, name) is None})
