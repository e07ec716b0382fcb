"""Every stage of isp/capture keeps the laws."""

from .laws import *  # noqa: F403

HALF = "capture"
