"""How much light reaches the pixels: aperture, time, gain setting."""

from isp.core import Domain, Stage


class Exposure(Stage, accepts=(Domain.SCENE,), emits=Domain.SCENE):
    """Turn light of the scene into light that one exposure gathers at each pixel."""
