"""Real camera files developed to linear sRGB, against LibRaw with the same class of demosaicing and as-shot white balance.

Compared are means of 8x8 blocks that are unclipped in both, after one factor for the whole picture (LibRaw sets its own white level).

LibRaw reads balanced colours as if the light had been D65. The stage does so too under `adaptation: gains`, and then the two agree far
within the bound. By default the stage adapts the light's white by Bradford, as the DNG specification says; where the light is far from the
calibration (the Canon file: one matrix for D65, light of about 4800 K) that is a difference of colour appearance, and it is stated below.
"""

import warnings

import colour
import numpy as np
import pytest

import isp
from isp.core import Chain
from isp.develop.colour.matrix import Matrix
from isp.develop.demosaic.bilinear import Bilinear
from isp.develop.level.subtract_black import SubtractBlack
from isp.develop.measure.as_shot import AsShot
from isp.develop.white_balance.apply import Apply
from isp.ops.colour import D65, rgb_to_xyz

FILES = {"canon": "canon_eos30d_iso100_IMG_0848.CR2", "gopro": "gopro_hero6_iso100_GOPR0024.dng"}
BOUNDS = {
    ("canon", "gains"): (0.2, 0.5),
    ("gopro", "gains"): (0.2, 0.5),
    ("gopro", "bradford"): (0.5, 1.5),
    ("canon", "bradford"): (1.6, 3.0),
}
"""Mean and 99th percentile of dE2000."""


@pytest.fixture(scope="module")
def pictures(shared_data):
    import rawpy

    made = {}
    for name, file in FILES.items():
        with rawpy.imread(str(shared_data / "raw" / file)) as raw:
            reference = raw.postprocess(
                demosaic_algorithm=rawpy.DemosaicAlgorithm.LINEAR, use_camera_wb=True, no_auto_bright=True, gamma=(1, 1), output_bps=16,
                output_color=rawpy.ColorSpace.sRGB, user_flip=0, highlight_mode=rawpy.HighlightMode.Clip,
            )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = isp.read(shared_data / "raw" / file, trusted=True)
        made[name] = frame, blocks(reference.astype(np.float32) / 65535)
    return made


def blocks(picture):
    rows, columns = (n // 8 * 8 for n in picture.shape[:2])
    return picture[:rows, :columns].reshape(rows // 8, 8, columns // 8, 8, 3)


def lab(linear):
    return colour.XYZ_to_Lab(linear @ rgb_to_xyz("srgb").T, D65)


@pytest.mark.parametrize(("name", "adaptation"), BOUNDS)
def test_colours_agree(pictures, name, adaptation):
    frame, reference = pictures[name]
    chain = Chain.of(SubtractBlack(), AsShot(), Apply(), Bilinear(), Matrix(adaptation=adaptation))
    ours = blocks(np.asarray(chain(frame).array))
    sound = (reference.max((1, 3, 4)) < 0.999) & (reference.min((1, 3, 4)) > 0) & (ours.max((1, 3, 4)) < 0.95)
    assert sound.mean() > 0.85
    theirs, ours = reference.mean((1, 3))[sound], ours.mean((1, 3))[sound]
    factor = np.sum(ours * theirs) / np.sum(ours * ours)
    assert factor == pytest.approx(1, abs=0.02)
    apart = colour.delta_E(lab(np.maximum(ours * factor, 0)), lab(theirs), method="CIE 2000")
    mean, most = BOUNDS[name, adaptation]
    assert apart.mean() < mean
    assert np.percentile(apart, 99) < most
