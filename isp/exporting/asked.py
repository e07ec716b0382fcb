"""What is to be exported: a pipeline, a frame of its sensor, and the words for all that a format leaves out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import Chain, DataError, Domain, Frame, Table
from isp.exporting.colours import Colours, colours_of
from isp.ops import dng
from isp.ops.spectra import light_xyz

DAYLIGHT = 6504.0
"""Kelvin of a light that nobody stated."""
KELVINS = (2300.0, 2856.0, 3300.0, 4000.0, 5000.0, DAYLIGHT, 8000.0)
"""Lights for which what depends on the light is told, from bulbs to shade."""


@dataclass
class Asked:
    """A pipeline on its way out; `left_out` gathers what the format cannot say."""

    chain: Chain
    frame: Frame | None
    form: str
    size: int | None = None
    base: Path | None = None
    name: str = ""
    left_out: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.frame is not None and self.frame.cfa is not None and self.frame.cfa.filters != "rgb":
            raise DataError(
                "other software knows red, green and blue only", f"the sensor's filters are {', '.join(self.frame.cfa.filters)}"
            )
        self.chain = self._at_one_setting()

    def _at_one_setting(self) -> Chain:
        """The pipeline with the values of its tables for the settings of the frame. Those over the colour temperature stay, from the matrix on."""
        values: dict[str, Any] = {}
        first = next((i for i, s in enumerate(self.chain) if s.emits is Domain.WORKING), len(self.chain))
        for i, (name, stage) in enumerate(zip(self.chain.names, self.chain, strict=True)):
            for f in stage.declared():
                value = getattr(stage, f)
                if isinstance(value, Table) and (value.over != "colour_temperature" or i < first):
                    frame = self.frame or Frame(pixels=None, domain=Domain.CAMERA)
                    if value.over == "colour_temperature" and frame.colour_temperature is None:
                        frame = frame.but(colour_temperature=np.float32(DAYLIGHT))
                    values[f"{name}.{f}"] = np.asarray(value.at(frame, f"{name}.{f}"), float)
                    self.warn(f"{name}.{f} is told for {value.over} {float(getattr(frame, value.over)):g} only")
        return self.chain.replace({path: v if v.ndim else float(v) for path, v in values.items()})

    def warn(self, words: str) -> None:
        """One more thing that is left out."""
        self.left_out.append(words)

    @property
    def title(self) -> str:
        """What the file is called inside."""
        return self.name or self.chain.title or "isp"

    @cached_property
    def known(self) -> dict[str, Any]:
        """The facts of the sensor; none without a frame."""
        return {} if self.frame is None else self.frame.known()

    @cached_property
    def colours(self) -> Colours:
        """What the pipeline does to balanced camera colours under the light of the frame; of daylight where that is not known."""
        known = self.known.get("colour_temperature")
        return colours_of(self.chain, self.frame, kelvin=DAYLIGHT if known is None else float(known), clip=self.clip)

    def under(self, kelvin: float) -> Colours:
        """The same under light of a temperature; balanced as the frame is where the sensor's answer to that light is not known."""
        return colours_of(self.chain, self.frame, self.gains(kelvin), kelvin, clip=self.clip)

    @property
    def clip(self) -> bool:
        """Whether the format ends where the first colour saturates, so that there are no highlights to recover."""
        return self.form != "cube"

    @property
    def correction(self) -> np.ndarray:
        """The further gains (3,) of the white balance."""
        found = (np.asarray(s.correction, float) for s in self.chain if s.name == "white_balance.apply")
        return np.prod([np.ones(3), *found], axis=0)

    def gains(self, kelvin: float) -> np.ndarray | None:
        """White balance gains (3,), green 1, for light of a temperature; None where the sensor is not known, or has other filters."""
        matrices = self.known.get("camera_matrix")
        if matrices is None or np.shape(matrices)[1:] != (3, 3):
            return None
        xyz = light_xyz(kelvin)
        lights = None if self.known.get("illuminants") is None else jnp.asarray(self.known["illuminants"])
        neutral = np.asarray(_seen(jnp.asarray(matrices), lights, jnp.asarray(xyz)), float)
        return neutral[1] / neutral

    @cached_property
    def kelvins(self) -> list[float]:
        """The lights for which the matrix is told: one where it does not depend on the light."""
        table = self.colours.table
        if table:
            return sorted({*table, *(k for k in KELVINS if min(table) < k < max(table))})
        return list(KELVINS) if self.colours.depends and self.gains(KELVINS[0]) is not None else [DAYLIGHT]

    def matrices(self) -> list[tuple[float, np.ndarray]]:
        """(kelvin, matrix (3, 3) from balanced camera RGB to the light that tone curves meet)."""
        return [(kelvin, self.under(kelvin).matrix) for kelvin in self.kelvins]

    def separable(self) -> None:
        """Say what is lost where the rest of the pipeline is told as one curve for each channel."""
        mean, worst = self.colours.off_curve()
        if mean > 0.1:
            self.warn(
                f"what follows the matrix is told as one curve for each channel; that is off by dE00 {mean:.1f}, at worst {worst:.0f}"
            )
        if len(self.colours.rest.table) > 0:
            self.warn("the curve depends on the colour temperature: it is told for one")
        if self.clip and any(s.name == "highlight.recover" for s in self.chain):
            self.warn("highlights are told as cut where the first colour saturates, not recovered: white stands there")

    def beyond(self, *told: str) -> None:
        """Say which stages have no place in the format, besides those whose families or names are `told`."""
        colour = {*self.colours.names}
        lost = [
            n for n, s in zip(self.chain.names, self.chain, strict=True) if n not in colour and not {s.name, s.name.split(".")[0]} & {*told}
        ]
        if lost:
            self.warn(f"has no place for {', '.join(lost)}")


@jax.jit
def _seen(matrices: jax.Array, lights: jax.Array | None, xyz: jax.Array) -> jax.Array:
    """What the camera makes of the colour of a light."""
    return dng.between(matrices, lights, xyz[:2] / jnp.sum(xyz)) @ xyz
