"""Develop after capture, without noise, returns what was captured: wing by wing, and through the whole camera."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from isp.capture.adc.linear import Linear
from isp.capture.cfa.bayer import Bayer
from isp.capture.exposure.lens import Lens
from isp.capture.exposure.photons import Photons
from isp.capture.optics.vignetting import Vignetting
from isp.capture.optics.vignetting_mesh import VignettingMesh
from isp.capture.sensitivity.matrix import Matrix
from isp.core import Chain, Domain, Frame
from isp.core.run import run
from isp.spec import stage_class

MATRICES = (
    ((0.95, -0.25, -0.12), (-0.35, 1.20, 0.16), (-0.05, 0.20, 0.45)),
    ((0.75, -0.15, -0.08), (-0.45, 1.25, 0.22), (-0.08, 0.18, 0.62)),
)
"""Of no camera: well conditioned, with negative entries, for 2856 K and 6504 K."""


def develop(name, **values):
    return stage_class(name).of(**values)


SIDE = 20


def patches(rows=60, columns=80, seed=3):
    """Flat patches of colours inside sRGB, SIDE pixels wide, up to 0.9."""
    colours = np.random.default_rng(seed).uniform(0.05, 0.9, (rows // SIDE, columns // SIDE, 3))
    return np.repeat(np.repeat(colours, SIDE, 0), SIDE, 1)


def scene(pixels, **facts):
    facts = {
        "scene_white": np.ones(pixels.shape[-1]),
        "iso": np.array(100.0),
        "exposure_time": np.array(0.01),
        "aperture": np.array(4.0),
    } | facts
    return Frame(pixels=pixels, domain=Domain.SCENE, **facts)


def inside(pixels, margin):
    """Sites of a patch whose neighbourhood lies within it."""
    rows, columns = np.shape(pixels)[:2]
    within = lambda n: (np.arange(n) % SIDE >= margin) & (np.arange(n) % SIDE < SIDE - margin)  # noqa: E731
    return np.asarray(pixels)[within(rows)][:, within(columns)]


@pytest.fixture(autouse=True)
def double():
    with jax.enable_x64(True):
        yield


def test_exposure_is_the_camera_equation_and_nothing_else():
    """1000 cd/m2 at f/4 for 10 ms: pi L T t / (4 N^2), by hand; undone by its reciprocal."""
    frame = run([Lens(transmission=0.9)], scene(1000 * patches()))
    factor = np.pi * 0.9 * 0.01 / (4 * 4.0**2)
    np.testing.assert_allclose(frame.pixels, 1000 * patches() * factor, rtol=1e-12)
    np.testing.assert_allclose(frame.scene_white, factor, rtol=1e-12)


def undoing(lens):
    """The parameters of `shading.radial` that undo a lens: its polynomial, with cos^4 = 1 / (1 + t^2 r^2)^2 multiplied out."""
    square = np.tan(np.deg2rad(lens.field)) ** 2
    return {"k2": float(lens.k2 + 2 * square), "k4": float(lens.k4 + square**2), "k6": float(lens.k6)}


@pytest.mark.parametrize("centre", [(0.5, 0.5), (0.42, 0.61)])
def test_a_radial_falloff_is_undone_by_the_radial_gain(centre):
    flat = scene(np.full((46, 62, 3), 0.7))
    lens = Vignetting()
    law = undoing(lens)
    chain = [lens.with_values(centre=np.array(centre)), Bayer()]
    dark = run(chain, flat)
    assert np.min(dark.pixels) < 0.65
    undone = run([develop("shading.radial", centre=centre, **{k: float(v) for k, v in law.items()})], dark.but(domain=Domain.MOSAIC))
    np.testing.assert_allclose(undone.pixels, 0.7, rtol=2e-7)  # places in the frame are single precision


def test_a_mesh_of_falloff_is_undone_by_the_fact_that_it_gives():
    gains = 1 + np.random.default_rng(0).uniform(0, 0.8, (5, 7))
    lens = VignettingMesh()
    name = next(n for n, d in lens.declared().items() if d.kind == "param" and len(d.shape) >= 2)
    shape = np.ndim(getattr(lens, name))
    dark = run([lens.with_values(**{name: gains if shape == 2 else gains[None]}), Bayer(pattern="grbg")], scene(np.full((46, 62, 3), 0.7)))
    assert np.min(dark.pixels) < 0.5
    undone = run([develop("shading.gain_map")], dark.but(domain=Domain.MOSAIC))
    np.testing.assert_allclose(undone.pixels, 0.7, rtol=2e-7)  # places in the frame are single precision


def test_a_linear_converter_is_undone_by_the_black_and_white_that_it_gives():
    electrons = run([Photons(full_scale=4000.0), Bayer()], scene(patches()))
    numbers = run([Linear(gain=0.2, pedestal=64.0, bits=12, rounding="none")], electrons)
    mosaic = run([develop("level.subtract_black")], numbers)
    np.testing.assert_allclose(mosaic.pixels * (4095 - 64) / 0.2, electrons.pixels, rtol=1e-12)
    whole = run([Linear(gain=0.2, pedestal=64.0, bits=12)], electrons)
    np.testing.assert_array_equal(whole.pixels, np.round(np.asarray(electrons.pixels) * 0.2 + 64))


@pytest.mark.parametrize("pattern", ["rggb", "bggr", "grbg", "gbrg"])
@pytest.mark.parametrize("method", ["bilinear", "malvar2004", "hamilton_adams1997", "menon2007"])
def test_a_mosaic_is_undone_where_the_scene_is_flat(pattern, method):
    mosaic = run([Bayer(pattern=pattern)], scene(patches())).but(domain=Domain.MOSAIC)
    picture = run([develop(f"demosaic.{method}")], mosaic)
    np.testing.assert_allclose(inside(picture.pixels, 8), inside(patches(), 8), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kelvin, illuminants, matrices", [(6504, (2856.0, 6504.0), MATRICES), (6504, (6504.0,), MATRICES[1:])])
def test_a_colour_matrix_is_undone_by_itself(kelvin, illuminants, matrices):
    """Through the mosaic and white balance: camera RGB balanced by the camera's own gains comes back as linear sRGB under D65."""
    camera = run([Matrix(matrices=np.array(matrices), illuminants=np.array(illuminants)), Bayer()], scene(patches()))
    mosaic = camera.but(domain=Domain.MOSAIC, white=np.full(4, 1.0))
    chain = [develop(n) for n in ("measure.as_shot", "white_balance.apply", "demosaic.bilinear", "colour.matrix")]
    colours = np.asarray(inside(run(chain, mosaic).pixels, 2))
    scale = np.mean(colours) / np.mean(inside(patches(), 2))  # colour matrices set no level; exposure does
    np.testing.assert_allclose(colours / scale, inside(patches(), 2), atol=2e-3)


def test_the_whole_camera_returns_the_scene():
    """Exposure, falloff, colour, mosaic and converter in; black, shading, balance, demosaic and colour out: to 2e-3 of white, which is
    what the temperature's interpolation (12 rounds) and a 0.3 K white leave."""
    lens = Vignetting()
    chain = Chain.of(
        lens, Photons(full_scale=9000.0), Matrix(matrices=np.array(MATRICES), illuminants=np.array((2856.0, 6504.0))), Bayer(pattern="gbrg"),
        Linear(gain=0.4, pedestal=128.0, bits=14, rounding="none"), input=Domain.SCENE,
    )  # fmt: skip
    captured = run(chain.stages, scene(patches()))
    assert captured.domain is Domain.MOSAIC_DN and {"black", "white", "as_shot", "camera_matrix", "cfa"} <= set(captured.known())
    names = ("level.subtract_black", "shading.gain_map", "measure.as_shot", "white_balance.apply", "demosaic.bilinear", "colour.matrix")
    radial = undoing(lens)
    stages = [develop("shading.radial", **radial) if n == "shading.gain_map" else develop(n) for n in names]
    picture = run(stages, captured.but(shading=None))
    got, want = np.asarray(inside(picture.pixels, 3)), inside(patches(), 3)
    np.testing.assert_allclose(got / (jnp.mean(got) / np.mean(want)), want, atol=3e-3)
