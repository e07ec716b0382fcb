"""The keys of a sidecar, declared once: the facts that a file may bring, the geometry of a headerless one, and a few other spellings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from isp.core import FACTS, Between, Declared, between
from isp.core.limits import ANY
from isp.io.plain import PACKINGS

POSITIVE = Between(1e-12)
COUNT = between(0.0, 1e9)


@dataclass(frozen=True)
class Key:
    """One key: what its values look like (`shapes`; text when empty and no choices), how they are limited, and whether they are whole."""

    name: str
    doc: str
    unit: str = ""
    shapes: tuple[tuple[int | None, ...], ...] = ()
    within: Between = ANY
    whole: bool = False
    choices: tuple[str, ...] = ()
    kind: str = "fact"

    def declared(self, raw: Any) -> Declared:
        """The declaration that judges `raw`: of the shapes, the one that is as deep as it is, else the first."""
        if self.choices:
            return Declared(self.name, "option", self.choices[0], self.doc, choices=self.choices)
        depth = np.ndim(np.zeros(_lengths(raw)))
        shape = next((s for s in self.shapes if len(s) == depth), self.shapes[0])
        return Declared(self.name, "param", 0.0, self.doc, self.unit, self.within, shape=shape)


def _lengths(raw: Any) -> tuple[int, ...]:
    """The shape of nested lists, as their first entries tell it."""
    return (1, *_lengths(raw[0])) if isinstance(raw, list) and raw else (1,) if isinstance(raw, list) else ()


_ANY_MATRIX = ((3, 3), (None, 3, 3))
_SHAPES: dict[str, tuple[tuple[tuple[int | None, ...], ...], Between, bool]] = {
    "black": (((), (None,), (None, None)), ANY, False),
    "white": (((), (None,), (None, None)), ANY, False),
    "black_rows": (((None,),), ANY, False),
    "linearisation": (((None,),), ANY, False),
    "noise": (((2,), (None, 2)), ANY, False),
    "defects": (((None, 2),), COUNT, True),
    "as_shot": (((3,),), POSITIVE, False),
    "camera_matrix": (_ANY_MATRIX, ANY, False),
    "forward_matrix": (_ANY_MATRIX, ANY, False),
    "illuminants": (((), (None,)), between(1000.0, 100000.0), False),
    "colour_temperature": (((),), between(1000.0, 100000.0), False),
    "iso": (((),), POSITIVE, False),
    "exposure_time": (((),), POSITIVE, False),
    "aperture": (((),), POSITIVE, False),
    "warp": (((None, 8),), ANY, False),
    "crop": (((4,),), COUNT, True),
    "orientation": (((),), between(1.0, 8.0), True),
}
"""What the values of numeric facts look like, their limits, and whether they are whole; unit and words stand with the facts."""

_ONE: tuple[tuple[int | None, ...], ...] = ((),)
KEYS: dict[str, Key] = {
    key.name: key
    for key in (
        *(Key(name, FACTS[name].metadata["doc"], FACTS[name].metadata["unit"], *shape) for name, shape in _SHAPES.items()),
        Key("make", FACTS["make"].metadata["doc"]),
        Key("model", FACTS["model"].metadata["doc"]),
        Key("cfa", "filters from the top left: four letters of a 2x2 tile (grbg), or a list of rows", kind="cfa"),
        Key("shading", "gains (rows, columns) or (phases, rows, columns), with origin and extent as shares of the frame", kind="shading"),
        Key("wb_gains", "as_shot under another name", "1", ((3,),), POSITIVE),
        Key("srgb_matrix", "balanced camera RGB to linear sRGB, one for each illuminant", "1", _ANY_MATRIX),
        Key("width", "pixels in a row", "px", _ONE, between(1.0, 1e6), True, kind="geometry"),
        Key("height", "rows", "px", _ONE, between(1.0, 1e6), True, kind="geometry"),
        Key("bits", "depth of the stored numbers", "bit", _ONE, between(1.0, 16.0), True, kind="geometry"),
        Key("packing", "how pixels lie in bytes", choices=PACKINGS, kind="geometry"),
        Key("offset", "bytes before the first pixel", "B", _ONE, COUNT, True, kind="geometry"),
        Key("row_stride", "bytes from row to row, where rows are padded", "B", _ONE, COUNT, True, kind="geometry"),
        *(Key(name, f"{name}, for people", kind="text") for name in ("title", "source", "licence", "note")),
    )
}
"""Every key by name."""
