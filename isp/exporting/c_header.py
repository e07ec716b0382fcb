"""A C header of the numbers that fixed-point code needs: black levels, white balance, matrices, and one curve as a table.

Only arrays and numbers of <stdint.h>: it compiles as C99 and as C++. What each number means stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from isp.exporting.asked import Asked

POINTS = 1025
"""Points of the curve, a step of 64 in 16 bits apart, unless another size is asked for."""
FRACTION = 12
"""Bits behind the point of gains and of matrices."""
BLACK_FRACTION = 8
"""Bits behind the point of black and white levels."""
TOP = 65535


def exported(asked: Asked) -> bytes:
    """The text of a header."""
    size = asked.size or POINTS
    asked.separable()
    curve = np.clip(np.rint(asked.colours.curve(np.linspace(0, 1, size)) * TOP), 0, TOP)
    matrices = asked.matrices()
    coefficients = np.rint(np.stack([m for _, m in matrices]) * 2**FRACTION)
    if np.abs(coefficients).max() > 2**15 - 1:
        asked.warn(f"the matrix has coefficients beyond {2 ** (15 - FRACTION)}; they are held there")
    blocks = [
        _comment(f"{asked.title}: numbers of an image signal processor. Written by isp export; stages: {', '.join(asked.colours.names)}."),
        "#ifndef ISP_TUNING_H\n#define ISP_TUNING_H\n\n#include <stdint.h>",
        *_levels(asked),
        _array(
            f"Curve, from linear light after the matrix to the end of the pipeline: entry i stands for light i / {size - 1}; 0 to 65535 is 0 to 1.",
            "uint16_t", f"isp_tone_curve[{size}]", curve,
        ),
        _array("Correlated colour temperature of each matrix, in kelvin.", "uint16_t", f"isp_ccm_kelvin[{len(matrices)}]", [round(k) for k, _ in matrices]),
        _array(
            f"Matrices from balanced camera RGB to working RGB, row by row, {FRACTION} bits behind the point.",
            "int16_t", f"isp_ccm[{len(matrices)}][9]", np.clip(coefficients, -(2**15), 2**15 - 1).reshape(len(matrices), 9),
        ),
        "#endif",
    ]  # fmt: skip
    asked.beyond("level", "white_balance")
    return ("\n\n".join(blocks) + "\n").encode()


def _levels(asked: Asked) -> list[str]:
    """Black, white and gains, as far as they are known."""
    if asked.frame is None:
        asked.warn("no sensor was given: black and white levels and gains are left out")
        return []
    frame, made = asked.frame, []
    fixed = next((s for s in asked.chain if s.name == "level.fixed_black"), None)
    black = None if frame.black is None else np.asarray(frame.per_filter(np.asarray(frame.black)), float)
    if fixed is not None:
        black = np.asarray([fixed.black["rgb".find(c) if c in "rb" else 1] for c in frame.cfa.sites], float)
    offset = next((float(s.offset) for s in asked.chain if s.name == "level.subtract_black"), 0.0)
    for name, levels, words in (("black", None if black is None else black + offset, "Black level"), ("white", frame.white, "Saturation")):
        if levels is not None:
            values = np.broadcast_to(np.asarray(levels, float).reshape(-1), (frame.filters,))
            about = f"{words} of each site of the filter tile {frame.cfa}, row by row, in numbers of the sensor, {BLACK_FRACTION} bits behind the point."
            made.append(_array(about, "uint32_t", f"isp_{name}[{frame.filters}]", np.rint(values * 2**BLACK_FRACTION)))
    if (gains := asked.colours.frame.balanced) is not None:
        gains = np.clip(np.rint(np.asarray(gains, float) * 2**FRACTION), 0, TOP)
        words = f"White balance gains of red, green and blue for the light of the frame, {FRACTION} bits behind the point."
        made.append(_array(words, "uint16_t", f"isp_gains[{len(gains)}]", gains))
    return made


def _array(words: str, kind: str, name: str, values: Iterable[float]) -> str:
    """A definition with its comment, some numbers a line; rows of a matrix in lines of their own."""
    numbers = np.asarray(values)
    body = ",\n".join(f"    {{{_few(row)}}}" for row in numbers) if numbers.ndim == 2 else _lines(numbers)
    return f"{_comment(words)}\nstatic const {kind} {name} = {{\n{body}\n}};"


def _lines(numbers: np.ndarray) -> str:
    return ",\n".join(f"    {_few(numbers[i : i + 12])}" for i in range(0, len(numbers), 12))


def _few(numbers: np.ndarray) -> str:
    return ", ".join(str(int(n)) for n in numbers)


def _comment(words: str) -> str:
    safe = "".join(c if c.isprintable() else " " for c in words).replace("*/", "* /").replace("/*", "/ *")
    return f"/* {safe} */"
