"""The curve of automotive sensors: straight segments, which hardware undoes with a multiplication and an addition."""

import jax.numpy as jnp

from isp.capture.companding import Companding
from isp.core import Frame, Vector, at_least, option, param, whole_number
from isp.core.limits import between
from isp.ops.convert import digits, piecewise


class PiecewiseLinear(Companding, uses=("white", "noise"), gives=("linearisation", "bits"), smooth={"rounding": "none"}):
    """Numbers go along straight segments through (0, 0) and the knots `inputs` -> `outputs`, both rising; beyond the last knot its segment
    goes on; then they are rounded to `bits`. Shot noise grows with the square root of light, so coarser steps in the lights cost little.
    The table has an entry for each of the 2^bits numbers. White moves down where the curve ends before it; the noise model gains what
    the first segment, where the dark is, rounds away: (s^2 - 1) / 12 for steps of s numbers. Rounding and clipping are straight through.
    """

    inputs: Vector = param(
        default=(2048.0, 16384.0, 131072.0, 1048575.0), unit="DN", within=at_least(1), shape=(None,), doc="linear numbers of the knots"
    )
    outputs: Vector = param(
        default=(1024.0, 2048.0, 3072.0, 4095.0), unit="DN", within=at_least(1), shape=(None,), doc="numbers sent for them"
    )
    bits: int = whole_number(default=12, unit="bit", within=between(8, 16), doc="depth of the numbers sent")
    rounding: str = option(default="nearest", choices=("nearest", "none"), doc="whole numbers that end, or what they are before")

    def __call__(self, frame: Frame) -> Frame:
        kind, top, whole = frame.pixels.dtype, 2**self.bits - 1, self.rounding == "nearest"
        table = piecewise(jnp.arange(top + 1, dtype=kind), self.outputs, self.inputs)
        facts = {"linearisation": table, "bits": self.bits}
        if frame.white is not None:
            facts["white"] = jnp.minimum(jnp.asarray(frame.white, kind), table[-1])
        if frame.noise is not None and whole:
            step = jnp.maximum(self.inputs[0] / self.outputs[0], 1.0)
            facts["noise"] = jnp.asarray(frame.noise, kind) + jnp.stack([0 * step, (step * step - 1) / 12])
        squeezed = frame.pixels.map(lambda x: piecewise(x, self.inputs, self.outputs))
        return frame.but(pixels=squeezed.map(lambda x: digits(x, top)) if whole else squeezed, **facts)
