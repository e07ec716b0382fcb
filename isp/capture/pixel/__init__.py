"""What happens to charge in the wells, before it is read."""

from isp.core import Domain, Stage


class Pixel(Stage, accepts=(Domain.ELECTRONS,), emits=Domain.ELECTRONS):
    """Move or limit electrons in their wells; nothing here is random.

    Dual conversion gain is no stage: a pixel that switches its conversion gain at some ISO has a full well and a read noise that are
    tables over iso with two knots side by side, `full_well: {capacity: {over: iso, at: {799: 15000, 800: 4000}}}` and the same for
    `noise.read`. A sensor that reads both gains of one exposure has `readout.dual_gain`.
    """
