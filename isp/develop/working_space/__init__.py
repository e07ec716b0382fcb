"""Which primaries the linear working colours are measured in."""

from isp.core import Domain, Stage


class WorkingSpace(Stage, accepts=(Domain.WORKING,)):
    """Say the same colours in other primaries."""
