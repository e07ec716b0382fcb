"""What a simulated sensor sees, and what it should have seen: the programs behind an example."""

from __future__ import annotations

from typing import Any

import numpy as np

from isp.core import Chain, Domain, Frame
from isp.core.compile import compiled
from isp.core.run import run
from isp.execute.capture import Shot, joined, metered
from isp.execute.scenes import scene_of
from isp.spec import stage_class
from isp.tune.free import with_values
from isp.tune.order import generator

GREY, CARD = 0.18, (36, 36)
"""Reflectance and size of the card by which exposure is measured: whole tiles of every mosaic there is."""
EVEN = ("level.subtract_black", "shading.gain_map")
"""What makes shares of the sensor's range of its numbers, the same for the same light wherever it falls."""
VARIES = ("noise", "pixel", "sensitivity")
"""Families whose numbers differ from die to die."""


def exposed(chain: Chain, start: Frame, shot: Shot) -> Frame:
    """The frame with the settings of a shot, metered."""
    start = start if shot.iso is None else start.but(iso=np.float32(shot.iso))
    time = metered(chain, start, shot)
    return start if time is None else start.but(exposure_time=np.float32(time))


@compiled
def captured(chain: Chain, frame: Frame) -> Frame:
    """A frame through scene and sensor; its place is kept."""
    return run(chain.stages, frame).but(random=None, scene_white=None, window=frame.window, moment=None)


def developed(chain: Chain, raw: Frame) -> Frame:
    """The picture of a raw frame; of what is known of it only what a loss needs to look at it."""
    made = run(chain.stages, raw)
    return Frame(pixels=made.pixels, domain=made.domain, primaries=made.primaries, transfer=made.transfer)


picture = compiled(developed)
"""The same as a program of its own."""


@compiled
def seen(stages: Any, frame: Frame) -> Frame:
    """A chart as linear light over its white: what a perfect camera would make of it."""
    frame = run(stages, frame)
    if frame.wavelengths is not None:
        frame = run((stage_class("scene.rgb")(),), frame)
    return Frame(pixels=frame.pixels / frame.scene_white, domain=Domain.WORKING, primaries="srgb")


def exposure(sensor: Chain, illuminant: str | None, shot: Shot) -> float:
    """What share of the sensor's range a white diffuser fills in this light and shot, in the middle of the field: a grey card is captured without
    noise, and the falloff towards its corners undone."""
    card = Frame(pixels=np.full((*CARD, 3), GREY, np.float32), domain=Domain.WORKING, primaries="srgb")
    chart, start = scene_of(card, sensor, illuminant, None, CARD)
    whole = joined(chart, sensor)
    frame = captured(whole, exposed(whole, start, shot))
    assert frame.cfa is not None
    even = Chain.of(*(stage_class(name)() for name in EVEN))
    share = np.asarray(picture(even, frame).pixels)
    rows, columns = frame.cfa.tile
    green = [i for i, c in enumerate(frame.cfa.channels) if frame.cfa.filters[c] == "g"] or list(range(rows * columns))
    return float(np.mean([share[i // columns :: rows, i % columns :: columns].mean() for i in green])) / GREY


def die(chain: Chain, unit: int, spread: float, seed: int) -> Chain:
    """The sensor as one die of a population has it: each number of its noise, pixel and sensitivity stages off by a factor of its own."""
    if not spread:
        return chain
    values = {}
    for name, stage in zip(chain.names, chain, strict=True):
        if stage.name.partition(".")[0] not in VARIES:
            continue
        for field, declared in stage.declared().items():
            value = getattr(stage, field)
            if declared.kind == "param" and not hasattr(value, "over") and declared.within.low >= 0:
                factor = np.exp(spread * generator(seed, "die", unit, name, field).standard_normal(np.shape(value)))
                values[f"{name}.{field}"] = np.clip(np.asarray(value) * factor, declared.within.low, declared.within.high)
    return with_values(chain, values)
