"""How crisp the fine structure of the picture is."""

from isp.core import Domain, Stage


class Detail(Stage, accepts=(Domain.WORKING,)):
    """Change fine structure, leaving tones and colours as they are; best after the tone curve, on light meant for a display."""
