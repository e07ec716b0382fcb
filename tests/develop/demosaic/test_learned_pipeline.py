"""The learned pipeline is the classical one with lines swapped, and better on noisy photographs that its networks never saw."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import isp
from isp.core import Cfa, Chain, Domain, Frame
from isp.ops.curve import decode_srgb
from isp.spec import stage_class

ROOT = Path(__file__).resolve().parents[3]
SWAPPED = 3
"""Lines that are swapped, the title left out."""


def test_it_is_the_classical_one_with_lines_swapped():
    classic, learned = ((ROOT / "pipelines" / f"{name}.yaml").read_text().splitlines() for name in ("classic", "learned"))
    pairs = [(a, b) for a, b in zip(classic, learned, strict=True) if a != b and not a.startswith("title")]
    assert len(pairs) == SWAPPED
    for a, b in pairs:
        assert a.split(".")[0] == b.split(".")[0], "a stage is swapped for one of its family"
        name = b.split("#")[0].strip(" -").split(":")[0]
        assert any(d.kind == "weights" for d in stage_class(name).declared().values()), f"{name} has learned nothing"


@pytest.mark.parametrize(("iso", "slope"), [(100, 5e-4), (800, 2e-3), (3200, 8e-3)])
def test_it_makes_better_pictures_of_photographs_held_out(shared_data, iso, slope):
    """Against what the same pipeline makes of the photograph itself, without a mosaic and without noise: colour, tone and sharpening count for both alike."""
    whole = np.asarray(Image.open(shared_data / "kodak" / "kodim07.png").convert("RGB")) / 255.0
    linear = np.asarray(decode_srgb(whole[160:320, 300:460])).astype(np.float32)
    cfa, random, floor = Cfa.bayer("grbg"), np.random.default_rng(iso), slope * slope
    mosaic = np.zeros(linear.shape[:2])
    for i, channel in enumerate(cfa.channels):
        mosaic[i // 2 :: 2, i % 2 :: 2] = linear[i // 2 :: 2, i % 2 :: 2, channel]
    seen = slope * random.poisson(mosaic / slope) + np.sqrt(floor) * random.standard_normal(mosaic.shape)
    facts = {
        "wb_gains": np.ones(3, np.float32),
        "as_shot": np.ones(3, np.float32),
        "camera_matrix": XYZ_TO_SRGB[None],
        "illuminants": np.float32([6504]),
        "iso": np.float32(iso),
    }
    frame = Frame(
        pixels=seen.astype(np.float32), domain=Domain.MOSAIC, cfa=cfa, white=np.ones(4, np.float32), noise=np.full((4, 2), (slope, floor), np.float32), **facts
    )  # fmt: skip

    def part(name, first, last):
        stages = isp.load(name).stages
        names = [stage.name for stage in stages]
        return Chain.of(*stages[names.index(first) : names.index(last) + 1])

    def made(name):
        return np.asarray(part(name, "measure.as_shot", "encode.srgb")(frame))

    truth = Frame(pixels=linear, domain=Domain.CAMERA, white=np.ones(3, np.float32), balanced=np.ones(3, np.float32), **facts)
    wanted = np.asarray(part("classic", "colour.matrix", "encode.srgb")(truth))
    classic, learned = (-10 * np.log10(np.mean((made(name) - wanted)[8:-8, 8:-8] ** 2)) for name in ("classic", "learned"))
    assert learned > classic + 0.1, f"{learned:.2f} against {classic:.2f} dB"


XYZ_TO_SRGB = np.float32([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
