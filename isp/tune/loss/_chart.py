"""Where the parts of a chart lie that fills the frame."""

from __future__ import annotations

import jax

from isp.capture.scene.colour_checker import ACROSS, DOWN, ColourChecker
from isp.capture.scene.grey_steps import GreySteps
from isp.core import ChainError
from isp.core.planes import Array
from isp.ops.charts import patches
from isp.tune.item import About

Boxes = list[tuple[slice, slice]]


def checker_patches(made: Array, about: About) -> Boxes:
    """The 24 patches of `scene.colour_checker` as it stands by default."""
    rows, columns = _whole(made, about)
    declared = ColourChecker.declared()
    return _placed(rows, columns, DOWN, ACROSS, declared["border"].default, declared["share"].default)


def grey_patches(chart: str, made: Array, about: About) -> Boxes:
    """The stripes of `scene.grey_steps` or the last row of `scene.colour_checker`, as they stand by default; of another chart its middle."""
    if chart == "scene.colour_checker":
        return checker_patches(made, about)[-ACROSS:]
    rows, columns = _whole(made, about)
    steps = GreySteps.declared()["steps"].default if chart == "scene.grey_steps" else 1
    return _placed(rows, columns, 1, steps, 0.0, 1.0)


def _whole(made: Array, about: About) -> tuple[int, int]:
    rows, columns = made.shape[:2]
    if (rows, columns) != tuple(about.size):
        raise ChainError(
            "chart",
            f"the frame has {about.size[0]} x {about.size[1]} pixels, the picture {rows} x {columns}: where its patches lie is not known",
            "use a pipeline that keeps the size",
        )
    return rows, columns


def _placed(*where: float) -> Boxes:
    """`charts.patches` of plain numbers, while a program is being traced as well."""
    with jax.ensure_compile_time_eval():
        return patches(*where)  # type: ignore[arg-type]
