"""A pipeline goes to libcamera and comes back, and makes the same pictures of a chart and of a photograph."""

import colour
import numpy as np
import pytest

from isp.core import Chain, Domain, Frame, Table
from isp.execute import Shot, capture, light
from isp.exporting import export
from isp.importing import imported
from isp.io import read_picture
from isp.spec import load

SIZE = (72, 96)
"""As wide as the sensor is: a radial law counts in half diagonals."""
LUMINANCE = 1000.0
CHART = (
    f"{{isp: 1, input: scene, stages: [{{scene.light: {{illuminant: D65, luminance: {LUMINANCE}, bands: rgb}}}}, scene.colour_checker]}}"
)
KELVINS = (2860.0, 2960.0, 3300.0, 3603.0, 4000.0, 4650.0, 5000.0, 5858.0, 6504.0, 7580.0)
"""Those of the tuning, and those that an export puts in between: the pipeline that comes back is then the same program."""


@pytest.fixture(scope="module")
def scenes(sensor, shared_data):
    """A ColorChecker and a photograph, as the Camera Module 2 takes them."""
    photo = np.asarray(read_picture(shared_data / "kodak/kodim23.png").array)[: 5 * SIZE[0] : 5, : 5 * SIZE[1] : 5]
    photo = colour.models.eotf_sRGB(photo.astype(float) / np.iinfo(photo.dtype).max if photo.dtype.kind == "u" else photo)
    lit = {"chart": np.asarray(load(CHART)(light(*SIZE)).pixels), "photograph": LUMINANCE * photo.astype(np.float32)}
    white = np.full(3, LUMINANCE, np.float32)
    return {
        name: next(capture(sensor, None, Frame(pixels=pixels, domain=Domain.SCENE, scene_white=white), Shot(seed=4)))
        for name, pixels in lit.items()
    }


@pytest.fixture(scope="module")
def untuned(shared_data):
    """The pipeline that libcamera's tuning suggests, with more knots in its table."""
    chain = imported("libcamera", shared_data / "sensors/libcamera/vc4_imx219.json").pipeline
    table = chain["colour.fixed_matrix"].matrix
    values = np.stack([np.asarray(table.at(frame_of(k), "matrix"), float) for k in KELVINS])
    return chain.replace({"colour.fixed_matrix.matrix": Table(values, table.over, KELVINS)})


def frame_of(kelvin):
    return Frame(pixels=None, domain=Domain.CAMERA, colour_temperature=np.float32(kelvin))


@pytest.fixture(scope="module")
def tuned(untuned):
    """The same, with everything moved that a tuning can say."""
    chain = untuned
    table, random = chain["colour.fixed_matrix"].matrix, np.random.default_rng(2)
    knots = np.asarray(chain["tone.curve"].knots)
    return chain.replace(
        {
            "level.fixed_black.black": (66.0, 63.0, 65.0), "level.subtract_black.offset": 0.5,
            "shading.radial.k2": 0.4, "shading.radial.tint": (0.1, 0.0, -0.05), "white_balance.apply.correction": (1.03, 1.0, 0.96),
            "denoise.bilateral.strength": 1.6,
            "colour.fixed_matrix.matrix": Table(table.values + random.normal(0, 0.05, table.values.shape), table.over, KELVINS),
            "tone.curve.knots": np.clip(knots + 0.03 * np.sin(np.linspace(0, 6, len(knots))), 0, 1),
            "detail.unsharp.amount": 1.5, "detail.unsharp.limit": 0.2, "detail.unsharp.threshold": 0.01,
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def back(tuned, scenes, tmp_path_factory):
    """The tuned pipeline after a round trip through a file."""
    file = tmp_path_factory.mktemp("tuning") / "imx219.json"
    export(tuned, scenes["chart"], file)
    made = imported("libcamera", file).pipeline
    return Chain(made.stages, made.names, made.input, tuned.title)


@pytest.mark.parametrize("name", ["chart", "photograph", "chart by lamp light"])
def test_a_tuning_read_back_makes_the_same_picture(name, untuned, tuned, back, scenes):
    """dE00 by colour-science, in the mean over the picture; the pipeline as it was before tuning is far from both."""
    frame = scenes[name.split()[0]]
    if "lamp" in name:
        frame = frame.but(as_shot=np.float32([1.2, 1.0, 2.3]))
    one, other, plain = (lab(chain(frame)) for chain in (tuned, back, untuned))
    apart = colour.delta_E(one, other, method="CIE 2000")
    assert apart.mean() < 0.5, f"mean dE00 {apart.mean():.3f}"
    assert colour.delta_E(plain, other, method="CIE 2000").mean() > 2


def lab(frame):
    return colour.XYZ_to_Lab(colour.sRGB_to_XYZ(np.asarray(frame.array, float)))
