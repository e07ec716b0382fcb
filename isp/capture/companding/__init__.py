"""Many bits, sent as few."""

from isp.core import Domain, Stage


class Companding(Stage, accepts=(Domain.MOSAIC_DN,), emits=Domain.MOSAIC_DN):
    """Squeeze numbers into fewer bits by a curve that is steep in the dark, and give the table that undoes it: `frame.linearisation`.
    Black, white and noise speak of linear numbers before and after; only the pixels are under the curve."""
