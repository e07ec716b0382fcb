"""A pixel gathers light over an area, not at a point."""

import jax
import jax.numpy as jnp

from isp.capture.optics import Optics
from isp.core import Frame, Scalar, between, param, whole_number
from isp.core.planes import Array
from isp.ops.kernel import binned


class Pixel(Optics, uses=("psf", "pitch"), whole=True):
    """A scene drawn with `oversampling` samples to a pixel becomes one of pixels: the mean of the samples under each pixel's clear
    opening, a square of `width` pitches in its middle. Its transfer function is sin(pi w f) / (pi w f) along each side. Samples are squares
    of even light, and one that is partly covered counts by its part: of one or two samples to a pixel the opening cannot be told.
    Rows and columns that fill no whole pixel are left out. Light lost beside the opening counts in the sensitivity; a gapless microlens
    has the width 1. Belongs before `exposure`, while the channels are light per area. Pitch and psf become those of pixels."""

    width: Scalar = param(
        default=0.95, unit="of the pitch", within=between(0.05, 1), usual=between(0.5, 1), doc="side of the clear opening"
    )
    oversampling: int = whole_number(default=4, unit="1", within=between(1, 64), doc="samples to a pixel along each side")

    def __call__(self, frame: Frame) -> Frame:
        by, pixels = self.oversampling, jnp.asarray(frame.pixels)
        share = self.share(pixels.dtype if jnp.issubdtype(pixels.dtype, jnp.floating) else jnp.result_type(float))
        rows, columns = pixels.shape[0] // by, pixels.shape[1] // by
        cells = pixels[: rows * by, : columns * by].reshape(rows, by, columns, by, *pixels.shape[2:]).astype(share.dtype)
        made = jnp.einsum("riqj...,i,j->rq...", cells, share, share, precision=jax.lax.Precision.HIGHEST)
        psf = None if frame.psf is None else binned(jnp.asarray(frame.psf, share.dtype), by, share)
        return frame.but(pixels=made, pitch=None if frame.pitch is None else jnp.asarray(frame.pitch) * by, psf=psf)

    def share(self, dtype) -> Array:
        """(oversampling,) what each sample under a pixel counts along one side; sum 1."""
        edges = jnp.arange(self.oversampling + 1, dtype=dtype) / self.oversampling - 0.5
        covered = jnp.diff(jnp.clip(edges, -self.width / 2, self.width / 2))
        return covered / self.width
