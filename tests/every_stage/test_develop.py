"""Every stage of isp/develop keeps the laws."""

from .laws import *  # noqa: F403

HALF = "develop"
