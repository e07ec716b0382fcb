"""What learned stages gain on photographs: demosaicing alone, and with noise, in dB of encoded sRGB.

python benchmarks/learned.py PICTURE...

The shipped networks were trained on Kodak 01, 05, 09, 13, 17 and 21 among others: name pictures that they have not seen. Without noise a mosaic of the
encoded picture is interpolated, and ten pixels of border are left out. With noise, of variance a x + b, the middle 256x256 pixels in linear light
are sampled, stabilised, denoised, demosaiced and encoded again, four pixels of border left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np

LEVELS = {"low": (5e-4, 2.1e-7), "mid": (2e-3, 4.3e-6), "high": (8e-3, 8.9e-5)}
SIDE = 256


def main() -> None:
    """Print a row for each way, and one JSON document."""
    from PIL import Image

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pictures", nargs="+", type=Path)
    pictures = [np.asarray(Image.open(path).convert("RGB")) / 255.0 for path in parser.parse_args().pictures]
    told: dict[str, dict[str, Any]] = {"without noise": {}, "with noise": {}}
    for name, stages in alone().items():
        told["without noise"][name] = round(mean(interpolated, stages, pictures), 2)
        print(f"{name:36} {told['without noise'][name]:.2f}", file=sys.stderr)
    for name, stages in noisy_ways().items():
        told["with noise"][name] = {
            level: round(mean(lambda s, p, i, ab=ab: developed(s, p, ab, 1000 + i), stages, pictures), 2) for level, ab in LEVELS.items()
        }
        print(f"{name:36} " + "  ".join(f"{v:.2f}" for v in told["with noise"][name].values()), file=sys.stderr)
    print(json.dumps(told))


def alone() -> dict[str, tuple[Any, ...]]:
    """Ways to demosaic what has no noise."""
    from isp.develop.demosaic.malvar2004 import Malvar2004
    from isp.develop.demosaic.menon2007 import Menon2007
    from isp.develop.demosaic.residual_cnn import ResidualCnn

    return {
        "malvar2004": (Malvar2004(),),
        "menon2007": (Menon2007(),),
        "menon2007, sharpness 0.2": (Menon2007.of(sharpness=0.2),),
        "residual_cnn": (ResidualCnn(),),
    }


def noisy_ways() -> dict[str, tuple[Any, ...]]:
    """Ways to denoise and demosaic, as in the shipped pipelines and by one network."""
    from isp.develop.demosaic.joint_cnn import JointCnn
    from isp.develop.stabilise.anscombe import Anscombe
    from isp.develop.stabilise.undo import Undo
    from isp.spec import load

    def of(pipeline: str) -> tuple[Any, ...]:
        chain = load(pipeline)
        first = chain.names.index("stabilise.anscombe")
        return chain.stages[first : chain.names.index("stabilise.undo") + 1]

    return {"classic.yaml": of("classic"), "learned.yaml": of("learned"), "joint_cnn": (Anscombe(), JointCnn(), Undo())}


def mean(score: Callable[[Any, np.ndarray, int], float], stages: tuple[Any, ...], pictures: list[np.ndarray]) -> float:
    """The mean score of all pictures."""
    return float(np.mean([score(stages, picture, i) for i, picture in enumerate(pictures)]))


def interpolated(stages: tuple[Any, ...], picture: np.ndarray, _: int = 0) -> float:
    """PSNR of a mosaic of the encoded picture, interpolated."""
    made = np.asarray(_developed(stages, _frame(sampled(picture))))
    return psnr(np.clip(made, 0, 1), picture, 10)


def developed(stages: tuple[Any, ...], picture: np.ndarray, noise: tuple[float, float], seed: int) -> float:
    """PSNR of the middle of the picture, sampled with noise and developed."""
    from isp.ops.curve import decode_srgb, encode_srgb

    top, left = ((size - SIDE) // 4 * 2 for size in picture.shape[:2])
    wanted = picture[top : top + SIDE, left : left + SIDE]
    mosaic, random, (slope, floor) = sampled(np.asarray(decode_srgb(wanted))), np.random.default_rng(seed), noise
    seen = slope * random.poisson(mosaic / slope) + np.sqrt(floor) * random.standard_normal(mosaic.shape)
    made = _developed(stages, _frame(seen, np.full((4, 2), noise, np.float32)))
    return psnr(np.asarray(encode_srgb(np.clip(made, 0, 1))), wanted, 4)


def sampled(picture: np.ndarray) -> np.ndarray:
    """An RGGB mosaic."""
    mosaic = picture[..., 1].copy()
    mosaic[::2, ::2], mosaic[1::2, 1::2] = picture[::2, ::2, 0], picture[1::2, 1::2, 2]
    return mosaic


def psnr(made: np.ndarray, wanted: np.ndarray, border: int) -> float:
    """Of white 1, in dB."""
    inside = slice(border, -border)
    return float(-10 * np.log10(np.mean((made - wanted)[inside, inside] ** 2)))


def _frame(pixels: np.ndarray, noise: np.ndarray | None = None) -> Any:
    from isp.core import Cfa, Domain, Frame

    return Frame(pixels=pixels.astype(np.float32), domain=Domain.MOSAIC, cfa=Cfa.bayer("rggb"), noise=noise)


@jax.jit
def _developed(stages: tuple[Any, ...], frame: Any) -> Any:
    from isp.core.run import run

    return run(stages, frame).pixels


if __name__ == "__main__":
    main()
