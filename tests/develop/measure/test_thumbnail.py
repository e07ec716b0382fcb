"""The thumbnail: means of light, the same colours wherever in the chain they are measured."""

import jax.numpy as jnp
import numpy as np
import pytest

from isp.core import Cfa, ChainError, Domain, Frame
from isp.develop.measure.thumbnail import Thumbnail

RNG = np.random.default_rng(4)
MATRIX = np.array([[[0.7, -0.2, -0.03], [-0.45, 1.25, 0.22], [-0.1, 0.2, 0.5]]], np.float32)
D65 = np.array([0.9504559, 1.0, 1.0890578])
MATRIX /= (MATRIX[0] @ D65)[1]  # a perfect white has a green of 1
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
"""Linear sRGB to XYZ, IEC 61966-2-1."""


def seen(frame):
    return np.asarray(Thumbnail()(frame).thumbnail)


def test_it_is_the_mean_of_each_part():
    picture = RNG.uniform(0, 1, (96, 160, 3)).astype(np.float32)
    found = seen(Frame(pixels=picture, domain=Domain.WORKING))
    np.testing.assert_allclose(found, picture.reshape(32, 3, 32, 5, 3).mean((1, 3)), atol=1e-5)


def test_sides_that_do_not_divide_share_their_pixels():
    """Against a picture of which each pixel is repeated until they do."""
    picture = RNG.uniform(0, 1, (40, 50, 3)).astype(np.float32)
    large = np.repeat(np.repeat(picture, 4, 0), 16, 1).reshape(32, 5, 32, 25, 3)
    np.testing.assert_allclose(seen(Frame(pixels=picture, domain=Domain.WORKING)), large.mean((1, 3)), atol=1e-5)


def test_camera_and_mosaic_tell_the_colours_of_the_scene():
    """Even patches of linear sRGB, through a camera's matrix, balanced or not yet."""
    scene = np.kron(RNG.uniform(0.1, 0.8, (32, 32, 3)), np.ones((4, 4, 1)))
    camera = scene @ TO_XYZ.T @ MATRIX[0].T
    gains = (MATRIX[0] @ D65)[1] / (MATRIX[0] @ D65)
    facts = {"camera_matrix": MATRIX}
    unbalanced = Frame(pixels=jnp.asarray(camera, jnp.float32), domain=Domain.CAMERA, wb_gains=gains, **facts)
    balanced = Frame(pixels=jnp.asarray(camera * gains, jnp.float32), domain=Domain.CAMERA, balanced=gains, **facts)
    rows, columns = np.mgrid[:128, :128] % 2
    channel = np.array([[0, 1], [1, 2]])[rows, columns]
    sites = np.take_along_axis(camera, channel[..., None], -1)[..., 0]
    mosaic = Frame(pixels=jnp.asarray(sites, jnp.float32), domain=Domain.MOSAIC, cfa=Cfa.bayer("rggb"), wb_gains=gains, **facts)
    for frame in (unbalanced, balanced, mosaic):
        np.testing.assert_allclose(seen(frame), scene[::4, ::4], atol=2e-3)


def test_without_a_matrix_it_is_the_balanced_camera_colours():
    camera = RNG.uniform(0, 1, (32, 32, 3)).astype(np.float32)
    gains = np.array([2.0, 1.0, 1.5], np.float32)
    np.testing.assert_allclose(seen(Frame(pixels=camera, domain=Domain.CAMERA, wb_gains=gains)), camera * gains, rtol=1e-5)


def test_a_mosaic_without_green_is_refused():
    cfa = Cfa(("rb", "br"))
    with pytest.raises(ChainError, match="needs red, green and blue"):
        seen(Frame(pixels=np.ones((8, 8), np.float32), domain=Domain.MOSAIC, cfa=cfa))
