"""How long, on how much, how often: the plain numbers of a recipe, each declared once."""

from __future__ import annotations

from isp.core import Declares, Scalar, between, option, param, whole_number

MANY = 10_000_000


class Settings(Declares):
    """The numbers and choices that a recipe may say at its top level."""

    steps: int = whole_number(default=300, unit="1", within=between(1, MANY), doc="steps of the optimiser")
    batch: int = whole_number(default=8, unit="1", within=between(1, 4096), doc="examples of a step")
    crop: int = whole_number(
        default=128, unit="px", within=between(8, 8192), doc="rows and columns of an example; a chart is drawn whole in it"
    )
    edge: int = whole_number(default=8, unit="px", within=between(0, 512), doc="border of a crop that no loss looks at")
    seed: int = whole_number(default=0, unit="1", within=between(0, 2**53), doc="of crops, noise and starts")
    noise: str = option(
        default="fresh",
        choices=("fresh", "fixed", "none"),
        doc="noise and crop of an example: other ones each time it comes, always the same, or no noise",
    )
    units: int = whole_number(default=1, unit="1", within=between(1, 1_000_000), doc="dies of each sensor, each with its own fixed pattern")
    spread: Scalar = param(
        default=0.0,
        unit="1",
        within=between(0, 2),
        doc="how much the parameters of a sensor differ from die to die (deviation of their logarithm)",
    )
    flips: str = option(
        default="on", choices=("on", "off", "turned"), doc="mirror photographs at random, or exchange their rows and columns too"
    )
    colours: str = option(default="kept", choices=("kept", "exchanged"), doc="exchange the colours of photographs at random")
    tints: Scalar = param(
        default=0.0,
        unit="1",
        within=between(0, 2),
        doc="how much the colours of a photograph are weakened at random (deviation of the logarithm of each; the strongest is kept)",
    )
    validation: Scalar = param(default=0.25, unit="1", within=between(0, 0.9), doc="share of the scenes that is held out, to judge by")
    judged: int = whole_number(default=16, unit="1", within=between(1, 4096), doc="held-out examples")
    every: int = whole_number(default=20, unit="1", within=between(1, MANY), doc="steps from judgement to judgement")
    patience: int = whole_number(
        default=0, unit="1", within=between(0, MANY), doc="judgements without a better one after which to stop; 0 is never"
    )
    restarts: int = whole_number(default=1, unit="1", within=between(1, 1000), doc="starts: the values as they are, and random ones")
    choosing: str = option(
        default="search",
        choices=("search", "blend"),
        doc="how choices are made: combinations are tried, or methods are blended and decide as the run goes on",
    )
    on_nan: str = option(default="stop", choices=("stop", "skip"), doc="what to do where a loss or slope is not finite")


Settings.name = "tune"
Settings.final()
