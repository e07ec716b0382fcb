"""Stabilised values become linear again."""

import jax.numpy as jnp

from isp.core import Frame, Scalar, between, param
from isp.develop.stabilise import Stabilise, curve_of, unit_variance, variance
from isp.ops.stabilise import expanded, linear


class Undo(Stabilise, stabilised=True, takes=("stabiliser",), uses=("noise",), paper="makitalo2013"):
    """Undo the transform the frame is under, with the exact unbiased inverse (closed form) for `stabilise.anscombe` and the algebraic one
    for `stabilise.square_root`. The mean of values under a root is not the root of their mean; the unbiased inverse adds about a quarter
    of a photon (at most 0.27 a) to make up for it, which is right for a denoised frame. The noise model comes back with its old shape and
    the strength that is left.
    """

    correction: Scalar = param(
        default=1.0,
        unit="1",
        within=between(0, 2),
        doc="share of the correction of that bias: 1 suits a denoised frame, 0 an untouched one",
    )

    def __call__(self, frame: Frame) -> Frame:
        stabiliser = frame.stabiliser
        (a, c), scale = curve_of(stabiliser), stabiliser.scale

        facts = {} if frame.white is None else {"white": expanded(jnp.asarray(frame.white) * scale, a, c)}
        if frame.noise is not None:
            left = jnp.asarray(frame.noise)[:, 1] * unit_variance(stabiliser) / jnp.maximum(variance(stabiliser.noise), 1e-30)
            facts["noise"] = left[:, None] * stabiliser.noise
        correction = self.correction if stabiliser.method == "anscombe" else jnp.zeros_like(self.correction)
        numbers = (jnp.asarray(n, frame.pixels.dtype) for n in (scale, a, c, correction))
        made = iter(linear([p for site in frame.pixels.planes for p in site], *numbers))
        return frame.but(pixels=frame.pixels.map(lambda _: next(made)), **facts)
