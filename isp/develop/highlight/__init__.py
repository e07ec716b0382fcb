"""Where a filter saturates the sensor knows less than three colours; after white balance its limits differ, and white would turn pink.

`clip` cuts every colour at the lowest of the limits: exact below it, and blind above. `recover` keeps what the other colours still know;
it is the better choice for pictures.
"""

from isp.core import Domain, Stage


class Highlight(Stage, accepts=(Domain.CAMERA,), needs=("white",)):
    """Make colours beyond the sensor's limits believable. Belongs after white balance and demosaicing, in linear light."""
