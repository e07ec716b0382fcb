"""An ONNX model runs on the frame: inference only, through which nothing is tuned by gradient."""

from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from isp.core import ChainError, Frame, between, option, whole_number
from isp.core.content import Content
from isp.core.declared import content
from isp.core.errors import DataError, PlaceError, remembered
from isp.core.planes import Array
from isp.develop.own import Own

TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64}


class Onnx(Own):
    """`model` is a file beside the YAML, run by onnxruntime on the processor (`pip install 'isp[onnx]'`); without one the frame passes.

    It has one input and one output, each a batch of one of the frame, of floating-point numbers: (1, channels, rows, columns) for `layout` nchw,
    (1, rows, columns, channels) for nhwc; a mosaic has one channel. Values are as the frame has them in its domain: linear and about 1 at white,
    or encoded 0 to 1 after `encode`. Rows and columns are made up to whole `multiple`s by reflection, and cut off again. What comes out must be
    finite and of the size of what went in.

    A model has no slopes here: whatever stands before it cannot be tuned by gradient, and says so; stages after it can, and so can everything
    by optimisers that ask for none (cma_es, tpe).
    """

    model: Content | None = content(suffix=".onnx", doc="an ONNX file beside this one; without one the frame passes")
    layout: str = option(default="nchw", choices=("nchw", "nhwc"), doc="order of the axes of its input and output")
    multiple: int = whole_number(default=1, unit="px", within=between(1, 1024), doc="rows and columns it takes are whole multiples of this")

    def __call__(self, frame: Frame) -> Frame:
        if self.model is None:
            return frame
        session(self.model)
        pixels = jnp.asarray(frame.pixels)
        if isinstance(pixels, jax.core.Tracer):
            return frame.but(pixels=inferred(self.model, self.layout, self.multiple, pixels))
        return frame.but(pixels=jnp.asarray(ran(self.model, self.layout, self.multiple, pixels)))


@partial(jax.custom_jvp, nondiff_argnums=(0, 1, 2))
def inferred(model: Content, layout: str, multiple: int, pixels: Array) -> Array:
    """`ran` inside a program."""
    same = jax.ShapeDtypeStruct(pixels.shape, pixels.dtype)
    return jax.pure_callback(remembered(partial(ran, model, layout, multiple)), same, pixels, vmap_method="sequential")


@inferred.defjvp
def _(model: Content, layout: str, multiple: int, primals: Any, tangents: Any) -> Any:
    raise ChainError(
        "own.onnx",
        f"{model} is for inference only: it has no slopes, so nothing before it can be tuned by gradient",
        "free only what stands after it, move it behind what you tune, or take an optimiser that asks for no slopes: cma_es, tpe",
    )


def ran(model: Content, layout: str, multiple: int, pixels: Array) -> np.ndarray:
    """The model's picture of `pixels` (rows, columns) or (rows, columns, channels). Raises DataError where it is not finite or of another size."""
    run, kind, (into, out) = session(model)
    given = np.asarray(pixels)
    rows, columns = given.shape[:2]
    whole = given[..., None] if given.ndim == 2 else given
    for axis, size in enumerate((rows, columns)):
        if more := -size % multiple:
            width = [(0, more) if i == axis else (0, 0) for i in range(3)]
            whole = np.pad(whole, width, mode="reflect" if more < size else "edge")
    batch = whole[None].transpose((0, 3, 1, 2) if layout == "nchw" else (0, 1, 2, 3)).astype(kind)
    try:
        made = np.asarray(run.run([out], {into: batch})[0])
    except Exception as error:  # onnxruntime has a class for each kind of fault
        raise DataError(
            "own.onnx", f"{model} cannot take {batch.shape}: {' '.join(str(error).split())[:300]}", "see layout and multiple"
        ) from error
    if made.shape != batch.shape:
        raise DataError("own.onnx", f"{model} made {made.shape} of {batch.shape}", "take a model that keeps the size, and see layout")
    if not np.isfinite(made).all():
        raise DataError(
            "own.onnx", f"{model} made {int((~np.isfinite(made)).sum())} values that are not finite", "see what it expects as input"
        )
    made = (made.transpose(0, 2, 3, 1) if layout == "nchw" else made)[0, :rows, :columns]
    return made.reshape(given.shape).astype(given.dtype)


@lru_cache(8)
def session(model: Content) -> tuple[Any, type, tuple[str, str]]:
    """What runs a model, the number type it takes, and the names of its input and output. Raises PlaceError without onnxruntime, DataError for
    a file that is no such model."""
    try:
        import onnxruntime
    except ImportError as error:
        raise PlaceError("own.onnx", "onnxruntime is not installed", "pip install 'isp[onnx]'") from error
    how = onnxruntime.SessionOptions()
    how.log_severity_level = 4
    try:
        made = onnxruntime.InferenceSession(model.data, how, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise DataError(
            "own.onnx", f"{model} is no model that onnxruntime runs: {' '.join(str(error).split())[:300]}", "export it again"
        ) from error
    inputs, outputs = made.get_inputs(), made.get_outputs()
    if len(inputs) != 1 or len(outputs) != 1 or inputs[0].type not in TYPES or len(inputs[0].shape) != 4:
        has = ", ".join(f"{one.name} {one.type} {one.shape}" for one in (*inputs, *outputs))
        raise DataError("own.onnx", f"{model} has {has}", "it must have one input of four axes, floating point, and one output")
    return made, TYPES[inputs[0].type], (inputs[0].name, outputs[0].name)
