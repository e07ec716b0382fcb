"""The same scene again and again, each time with less light."""

from isp.capture.readout import Readout, exposed, of_reading
from isp.core import Frame, Vector, between, option, param


class Bracket(
    Readout, needs=("exposure_time",), uses=("readout", "moment", "random"), gives=("exposure_time", "moment"), paper="debevec1997"
):
    """Exposure bracketing: reading i is exposed `ratios`[i] times as long as asked for, and begins `begins`[i] after the first moment, so what
    moves has moved. Each has photons of its own. Stands before the exposure, which makes light of the time; after an exposure chosen by its
    result (`exposure.photons`) `scales: light` dims the light as well.
    """

    ratios: Vector = param(
        default=(1.0, 0.25, 0.0625),
        unit="1",
        within=between(1e-6, 1e6),
        shape=(None,),
        doc="exposure time of each reading over that asked for",
    )
    begins: Vector = param(
        default=(0.0, 0.033, 0.066),
        unit="s",
        within=between(-60, 60),
        shape=(None,),
        doc="when each reading begins, from when the capture does",
    )
    scales: str = option(
        default="time", choices=("time", "light"), doc="what is shorter: the time alone, or the light that it brings as well"
    )

    @property
    def readings(self) -> int:
        """How many readings one capture has."""
        return len(self.ratios)

    def __call__(self, frame: Frame) -> Frame:
        return exposed(frame, of_reading(self.ratios, frame), of_reading(self.begins, frame), self.scales)
