"""The cap is on."""

from isp.capture.scene import Scene, covered
from isp.core import Frame


class Dark(Scene):
    """No light at all reaches the lens; the scene's white is still known. What black, read noise and dark current are measured on."""

    def __call__(self, frame: Frame) -> Frame:
        return covered(frame, 0.0)
