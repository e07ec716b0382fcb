"""Sharpness of a slanted edge, as wished."""

import jax.numpy as jnp

from isp.core import ChainError, Scalar, Vector, between, option, param
from isp.evaluate.chart.soft_edge import soft_mtf, soft_overshoot, soft_response
from isp.ops.perceptual import luminance
from isp.tune.loss import Loss


class SlantedEdge(Loss, domain="linear", blind=True, chart="scene.slanted_edge", paper="iso12233"):
    """How far the response of the edge's luminance is from a wish, and how far the edge overshoots beyond what is allowed.

    `mtf50`: the square of MTF50 over the wish, less 1. `response`: the mean square of the response at `frequency`, less `response`. To
    which `overshoot_weight` times the squares of over- and undershoot beyond `overshoot` are added, as shares of the step. The edge stands
    upright, 2 to 15 degrees off, alone in the frame. A picture without an edge has no slope.
    """

    measure: str = option(default="mtf50", choices=("mtf50", "response"), doc="what is compared with the wish")
    mtf50: Scalar = param(default=0.3, unit="cycles/px", within=between(0.01, 0.99), doc="frequency at which the response should be 0.5")
    frequency: Vector = param(
        default=(0.1, 0.2, 0.3), unit="cycles/px", within=between(0, 1), shape=(None,), doc="where a response is wished"
    )
    response: Vector = param(default=(0.95, 0.75, 0.5), unit="1", within=between(0, 2), shape=(None,), doc="response wished at `frequency`")
    overshoot: Scalar = param(default=0.05, unit="1", within=between(0, 1), doc="overshoot that costs nothing, over the step")
    overshoot_weight: Scalar = param(default=1.0, unit="1", within=between(0, 1e6), usual=between(0.1, 10), doc="weight of overshoot")

    def __call__(self, made, wanted, about):
        plane = luminance(made)
        beyond = sum(jnp.maximum(side - self.overshoot, 0) ** 2 for side in soft_overshoot(plane))
        return self._off(plane) + self.overshoot_weight * beyond

    def _off(self, plane):
        if self.measure == "mtf50":
            return (soft_mtf(plane) / self.mtf50 - 1) ** 2
        frequency, wish = jnp.asarray(self.frequency, plane.dtype), jnp.asarray(self.response, plane.dtype)
        if frequency.shape != wish.shape:
            raise ChainError(
                "slanted_edge", f"{frequency.size} frequencies and {wish.size} responses", "give one response for each frequency"
            )
        return jnp.mean((soft_response(plane, frequency) - wish) ** 2)
