"""How colourful and how contrasty the picture is meant to be."""

from isp.core import Domain, Frame, Stage
from isp.core.planes import Array


class Look(Stage, accepts=(Domain.WORKING,)):
    """Change the character of linear working colours."""


def coordinates(frame: Frame) -> tuple[tuple[Array, Array, Array], tuple[Array, Array, Array]]:
    """For rows, and for columns: those of the pixels of a frame of one phase, and the first of those and how many that `measure` looked at."""
    places, kind = frame.coordinates(0), frame.pixels.dtype
    window = (0, 0, *frame.extent) if frame.measured_window is None else frame.measured_window
    return tuple((place.astype(kind).ravel(), window[i] + 0.0, window[i + 2] + 0.0) for i, place in enumerate(places))  # type: ignore[return-value]
