"""How bright linear light is taken to be."""

from isp.core import Domain, Stage


class Exposure(Stage, accepts=(Domain.MOSAIC, Domain.CAMERA, Domain.WORKING)):
    """Scale linear light, with its white and its noise."""
