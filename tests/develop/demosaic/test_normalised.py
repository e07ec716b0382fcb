"""Any mosaic of any filters: exact on slopes, sharp on pictures, and right in colour from a simulated chart to linear sRGB."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import isp
from isp.capture.adc.linear import Linear
from isp.capture.cfa.bayer import Bayer
from isp.capture.cfa.mono import Mono
from isp.capture.cfa.nona import Nona
from isp.capture.cfa.quad import Quad
from isp.capture.cfa.rccb import Rccb
from isp.capture.cfa.rgbw import Rgbw
from isp.capture.cfa.ryyb import Ryyb
from isp.capture.cfa.xtrans import Xtrans
from isp.capture.exposure.lens import Lens
from isp.capture.scene.colour_checker import ColourChecker
from isp.capture.scene.light import Light
from isp.capture.sensitivity.gaussian import Gaussian
from isp.core import Cfa, Chain, Domain, Frame
from isp.develop.demosaic.normalised import Normalised, known, offsets, plane_weights
from isp.evaluate.colour_fit import difference, linear_rgb
from isp.ops import charts, spectra

SENSORS = {
    "bayer": (Bayer(), "rgb", 1.4),
    "quad": (Quad(), "rgb", 1.4),
    "nona": (Nona(), "rgb", 1.4),
    "xtrans": (Xtrans(), "rgb", 1.4),
    "rgbw": (Rgbw(), "rgbw", 1.5),
    "rccb": (Rccb(), "rbw", 6.5),
    "ryyb": (Ryyb(), "rby", 6.0),
}
ROWS, COLUMNS = 72, 108


def captured(array, filters, light):
    """Digital numbers of a ColorChecker, free of noise and not rounded, white at 0.8 of the range."""
    ones = Frame(
        pixels=np.ones((ROWS, COLUMNS, 3), np.float32),
        domain=Domain.SCENE,
        exposure_time=np.float32(0.01),
        aperture=np.float32(4),
        pitch=np.float32(2),
    )
    electrons = Gaussian(filters=filters)(Lens()(ColourChecker()(Light(illuminant=light)(ones))))
    gain = 0.8 * (4095 - 256) / float(np.max(electrons.scene_white))
    return Linear(gain=gain, pedestal=256.0, bits=12, rounding="none")(array(electrons))


@pytest.mark.parametrize("light", ["D65", "A"])
@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow if n in ("nona", "xtrans") else ()) for n in SENSORS])
def test_a_chart_through_any_mosaic_has_its_colours(name, light):
    """Chart, light, lens, filters, mosaic, numbers, and back to linear sRGB through the shipped pipeline."""
    array, filters, mean = SENSORS[name]
    pipeline = isp.load("any_filters")
    chain = Chain.of(*pipeline.stages[: pipeline.index("colour.matrix") + 1])
    picture = np.asarray(chain(captured(array, filters, light)).pixels, float)
    where = charts.patches(ROWS, COLUMNS, 4, 6, 0.06, 0.84, inside=0.5)
    found = np.array([picture[rows, columns].mean((0, 1)) for rows, columns in where])
    seen, power = np.asarray(spectra.observer(spectra.BANDS)), np.asarray(spectra.light(light, spectra.BANDS))
    xyz, white = (np.asarray(spectra.at("colour_checker", spectra.BANDS)) * power) @ seen.T, seen @ power
    target = linear_rgb(xyz / white[1], white / white[1])
    error = difference(found * (target[18:].sum() / found[18:].sum()), target)
    print(f"{name} {light}: mean {error.mean():.2f} max {error.max():.2f}")
    assert error.mean() < mean


def test_a_sensor_without_colour_gives_a_grey_picture():
    made = isp.load("any_filters")(captured(Mono(), "w", "D65"))
    picture = np.asarray(made.pixels)
    assert picture.shape == (ROWS, COLUMNS, 3) and picture.max() > 0.5
    np.testing.assert_allclose(picture, picture[..., :1] * np.ones(3), atol=1 / 255)


@pytest.mark.parametrize("tile", [("rg", "gb"), ("wbwg", "bwgw", "wgwr", "gwrw")], ids=["bayer", "rgbw"])
def test_slopes_are_reproduced_exactly_in_every_filter(tile):
    cfa = Cfa(tile)
    y, x = np.mgrid[:24, :32].astype(np.float32)
    planes = np.stack([0.2 + 0.01 * (1 + c) * x + 0.004 * (3 - c) * y for c in range(len(cfa.filters))], -1)
    order = np.array(cfa.channels).reshape(cfa.tile)[np.mgrid[:24, :32][0] % cfa.tile[0], np.mgrid[:24, :32][1] % cfa.tile[1]]
    mosaic = np.take_along_axis(planes, order[..., None], -1)[..., 0]
    made = np.asarray(Normalised()(Frame(pixels=mosaic, domain=Domain.MOSAIC, cfa=cfa)).pixels)
    np.testing.assert_allclose(made[8:-8, 8:-8], planes[8:-8, 8:-8], atol=5e-3)


def test_weights_are_those_of_a_weighted_fit_of_a_plane():
    """Least squares by NumPy, in double precision, with the slopes held back as the stage says."""
    cfa, steps = Cfa(("rrgg", "rrgg", "ggbb", "ggbb")), offsets(3)
    seen = known(cfa, steps)
    at = np.array(steps, float)[seen[5, 2]]
    bell = np.exp(-(at**2).sum(1) / (2 * 1.3**2))
    basis = np.stack([np.ones(len(at)), *at.T], 1)
    centred = basis[:, 1:] - bell @ basis[:, 1:] / bell.sum()
    slopes = np.linalg.solve(centred.T * bell @ centred + 1e-3 * bell.sum() * np.eye(2), centred.T * bell)
    level = bell / bell.sum() - (bell @ at / bell.sum()) @ slopes
    with jax.enable_x64(True):
        found = np.asarray(plane_weights(seen, steps, jnp.full(3, 1.3), np.float64))[5, 2]
    np.testing.assert_allclose(found[seen[5, 2]], level, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(found[~seen[5, 2]], 0)


def test_a_photograph_through_a_bayer_mosaic(shared_data):
    from PIL import Image

    whole = np.asarray(Image.open(shared_data / "kodak" / "kodim19.png"), np.float32)[100:340, 200:560] / 255
    rows, columns = np.mgrid[: whole.shape[0], : whole.shape[1]]
    channel = np.array([[0, 1], [1, 2]])[rows % 2, columns % 2]
    mosaic = np.take_along_axis(whole, channel[..., None], -1)[..., 0]
    made = np.asarray(Normalised()(Frame(pixels=mosaic, domain=Domain.MOSAIC, cfa=Cfa.bayer("rggb"))).pixels)
    score = -10 * np.log10(np.mean((made - whole)[8:-8, 8:-8] ** 2))
    print(f"{score:.2f} dB")
    assert score > 39.5
