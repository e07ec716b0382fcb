"""Look-up tables in a `.cube` file: one curve (`cube1d`), or all colours behind a shaper (`cube`).

`cube1d` is the Cube LUT Specification 1.0 of Adobe: grey light after the matrix, 0 to 1, to what the pipeline makes of it. `cube` is the form
of DaVinci Resolve, a shaper and a cube in one file: balanced linear camera RGB, from 0 to where the highlights end, first takes a root, so that
few points suffice in the dark; the cube takes roots to the end of the pipeline.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from isp.exporting.asked import Asked
from isp.ops.curve import rooted, squared

CURVE, SHAPER, CUBE = 4096, 4096, 33
"""Points of a curve and of the shaper, and of each side of the cube, unless another size is asked for."""
LARGEST = {"cube": 256, "cube1d": 65536}
"""The most points that the specification allows."""


def exported(asked: Asked) -> bytes:
    """The text of a file."""
    made = _curve(asked) if asked.form == "cube1d" else _cube(asked)
    asked.beyond()
    return ("\n".join(made) + "\n").encode()


def _curve(asked: Asked) -> list[str]:
    size = asked.size or CURVE
    asked.separable()
    values = asked.colours.curve(np.linspace(0, 1, size))
    head = [*_head(asked), "# grey light after the colour matrix, 0 to 1, to the end of the pipeline", f"LUT_1D_SIZE {size}"]
    return [*head, "DOMAIN_MIN 0 0 0", "DOMAIN_MAX 1 1 1", *_rows(np.repeat(values[:, None], 3, 1))]


def _cube(asked: Asked) -> list[str]:
    size, colours = asked.size or CUBE, asked.colours
    if adaptive := [n for n, s in zip(colours.names, colours.stages, strict=True) if "thumbnail" in s.needs]:
        asked.warn(f"{', '.join(adaptive)} depends on the picture: it is told for this one")
    top = float(f"{np.max(np.asarray(colours.frame.white)) if colours.frame.white is not None else 1.0:.6g}")
    light = np.linspace(0, top, SHAPER)
    shaped = np.asarray(rooted(light / top), float)
    side = np.asarray(squared(np.linspace(0, 1, size)), float) * top
    blue, green, red = (axis.ravel() for axis in np.meshgrid(side, side, side, indexing="ij"))  # red changes fastest
    made = colours(np.stack([red, green, blue], 1))
    if (made < 0).any() and colours.encoded:
        made = np.maximum(made, 0)
    return [
        *_head(asked), f"# balanced linear camera RGB, 0 to {top:g}, through a root (the shaper) and the cube to the end of the pipeline",
        f"LUT_1D_SIZE {SHAPER}", f"LUT_1D_INPUT_RANGE 0.0 {top:.6f}", f"LUT_3D_SIZE {size}", "LUT_3D_INPUT_RANGE 0.0 1.0",
        *_rows(np.repeat(shaped[:, None], 3, 1)), *_rows(made),
    ]  # fmt: skip


def _head(asked: Asked) -> list[str]:
    title = "".join(c for c in asked.title if c.isprintable() and c.isascii() and c != '"')
    return [f'TITLE "{title}"', f"# stages: {', '.join(asked.colours.names)}"]


def _rows(values: np.ndarray) -> Iterable[str]:
    return (f"{r:.7f} {g:.7f} {b:.7f}" for r, g, b in values.tolist())
