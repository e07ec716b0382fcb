"""From stored numbers to linear light: 0 where there is none, 1 where the sensor saturates."""

from isp.core import Domain, Stage


class Level(Stage, accepts=(Domain.MOSAIC_DN,)):
    """Undo what the converter added to the signal."""
