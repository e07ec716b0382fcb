"""Sensors that read one scene more than once, to see both its shadows and its lights."""

from dataclasses import replace
from typing import Any

import jax.numpy as jnp

from isp.core import Domain, Frame, Stage
from isp.core.planes import Array
from isp.core.random import Random, folded


class Readout(Stage, accepts=(Domain.SCENE,), emits=Domain.SCENE):
    """Say how the readings of one capture differ. A stage says how many `readings` there are; whoever captures runs the chain once for
    each, with `frame.readout` counting from 0, and gets as many frames, each with facts of its own. Without `frame.readout` it is the first."""

    @property
    def readings(self) -> int:
        """How many readings one capture has."""
        raise NotImplementedError


def of_reading(values: Array, frame: Frame) -> Array:
    """The value for this reading; for readings beyond the last, the last."""
    return values[min(frame.readout or 0, values.shape[0] - 1)]


def other_light(frame: Frame, *belongs: str) -> Random | None:
    """Keys for readings whose photons differ: the first keeps its keys. `belongs` names what else is another."""
    if frame.random is None or not frame.readout:
        return frame.random
    return replace(frame.random, **{name: folded(getattr(frame.random, name), 3, frame.readout) for name in ("exposure", *belongs)})


def exposed(frame: Frame, ratio: Array, delay: Array, scales: str) -> Frame:
    """The frame exposed `ratio` times as long, from `delay` seconds after the capture began, by other photons."""
    kind = frame.pixels.dtype
    begun: Any = 0.0 if frame.moment is None else jnp.asarray(frame.moment, kind)
    facts = {"exposure_time": jnp.asarray(frame.exposure_time, kind) * ratio, "moment": begun + delay, "random": other_light(frame)}
    return (frame.scaled(ratio) if scales == "light" else frame).but(**facts)
