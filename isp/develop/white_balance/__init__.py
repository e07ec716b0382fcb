"""Gains that make grey things grey."""

from isp.core import Domain, Stage


class WhiteBalance(Stage, accepts=(Domain.MOSAIC, Domain.CAMERA)):
    """Scale the colours of the camera so that neutral surfaces have equal values."""
