"""Where pixels lie: which way up, how much of the frame, how many."""

from isp.core import Domain, Frame, Stage


class Geometry(Stage, accepts=(Domain.CAMERA, Domain.WORKING, Domain.DISPLAY), whole=True):
    """Move pixels as a whole picture (rows, columns, channels), and what the frame says of places with them."""


def size_of(frame: Frame) -> tuple[int, int]:
    """Rows and columns of a frame that is one array."""
    rows, columns = frame.pixels.shape[:2]
    return rows, columns
