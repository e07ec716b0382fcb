"""What depends on the whole frame is measured here and written down as a fact; the stages that use it stay local."""

from isp.core import Domain, Stage


class Measure(Stage, accepts=(Domain.MOSAIC, Domain.CAMERA, Domain.WORKING), measures=True, stabilised=True):
    """Look at the whole frame, write a fact, leave the pixels as they are."""
