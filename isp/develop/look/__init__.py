"""How colourful and how contrasty the picture is meant to be."""

from isp.core import Domain, Stage


class Look(Stage, accepts=(Domain.WORKING,)):
    """Change the character of linear working colours."""
