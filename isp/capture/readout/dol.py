"""While the long exposure is still being read, the short one has begun."""

from isp.capture.readout import Readout, exposed, of_reading
from isp.core import Frame, Scalar, Vector, between, option, param


class Dol(Readout, needs=("exposure_time",), uses=("readout", "moment", "random"), gives=("exposure_time", "moment")):
    """Digital overlap, or staggered HDR: a second and a third rolling shutter follow the first over the sensor, `rows`[i] rows behind it,
    each row taking `row_time`. So the readings of one row lie `rows`[i] x `row_time` apart, far less than the frames of a bracket, and
    motion between them is small but there. Reading i is exposed `ratios`[i] times as long as asked for, by photons of its own. Stands
    before the exposure; after `exposure.photons`, `scales: light` dims the light as well.
    """

    ratios: Vector = param(
        default=(1.0, 0.0625), unit="1", within=between(1e-6, 1e6), shape=(None,), doc="exposure time of each reading over that asked for"
    )
    rows: Vector = param(
        default=(4.0, 60.0),
        unit="px",
        within=between(-1e5, 1e5),
        shape=(None,),
        doc="rows by which each shutter follows the start of the frame",
    )
    row_time: Scalar = param(default=1e-5, unit="s", within=between(0, 0.01), usual=between(1e-6, 1e-4), doc="time from row to row")
    scales: str = option(
        default="time", choices=("time", "light"), doc="what is shorter: the time alone, or the light that it brings as well"
    )

    @property
    def readings(self) -> int:
        """How many readings one capture has."""
        return len(self.ratios)

    def __call__(self, frame: Frame) -> Frame:
        return exposed(frame, of_reading(self.ratios, frame), of_reading(self.rows, frame) * self.row_time, self.scales)
