"""The core chain (black level, balance, demosaic, matrix, sRGB, 8 bit) on a 12 MP mosaic, beside OpenCV, LibRaw and colour-demosaicing.

    taskset -c 0 python benchmarks/core_chain.py [--size 4000x3000] [--rounds 9]

Every case does the same work on the same uint16 mosaic in one process; pin it to one core, so that processor time is one thread's.
Needs `pip install '.[bench]'`. `cases(context)` offers our chains to other harnesses.
"""

from __future__ import annotations

import argparse
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from timing import rounds, show

BLACK, WHITE = 256, 4095
GAINS = np.array([1.9, 1.0, 1.6], np.float32)
MATRIX = np.array([[1.66, -0.53, -0.13], [-0.21, 1.50, -0.29], [0.02, -0.55, 1.53]], np.float32)
CHAIN = """
isp: 1
stages:
  - level.subtract_black
  - measure.as_shot
  - white_balance.apply
  - {demosaic}
  - colour.fixed_matrix: {{matrix: {matrix}}}
  - encode.srgb
"""


def mosaic(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    """A noisy 12-bit RGGB mosaic of slopes, edges and texture."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32) / 200
    random = np.random.default_rng(seed)
    scene = [0.35 + 0.2 * np.sin(3 * x * np.cos(y / 3) + c) + 0.2 * (np.sin(x * y + c) > 0) + 0.05 * np.sin(40 * (x + y)) for c in range(3)]
    raw = np.empty((rows, columns), np.float32)
    for (i, j), c in {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 2}.items():
        raw[i::2, j::2] = scene[c][i::2, j::2] / GAINS[c]
    raw = np.clip(raw, 0, 1) * (WHITE - BLACK)
    raw += random.standard_normal(raw.shape, np.float32) * np.sqrt(4 + 0.5 * raw)
    return np.clip(np.rint(raw + BLACK), 0, 4095).astype(np.uint16)


def ours(raw: np.ndarray, threads: int = 1) -> dict[str, Any]:
    """The YAML chain with each demosaic."""
    from isp import load
    from isp.core import Cfa, Domain, Frame
    from isp.execute import develop, prepare

    prepare(keep_memory=True)
    level = {"black": np.full(4, BLACK, np.float32), "white": np.full(4, WHITE, np.float32), "as_shot": GAINS}
    frame = Frame(pixels=raw, domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"), **level)
    found = {}
    for name in ("bilinear", "malvar2004", "hamilton_adams1997", "menon2007"):
        chain = load(CHAIN.format(demosaic=f"demosaic.{name}", matrix=MATRIX.tolist()))
        found[f"isp {name}"] = lambda chain=chain: develop(chain, frame, threads=threads).pixels
    return found


def opencv(raw: np.ndarray) -> dict[str, Any]:
    """OpenCV's 16-bit demosaic, once stage by stage and once with black and balance folded into the matrix."""
    import cv2

    cv2.setNumThreads(1)
    full = 65535.0 / (WHITE - BLACK)
    gain = np.empty(raw.shape, np.float32)
    for (i, j), c in {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 2}.items():
        gain[i::2, j::2] = GAINS[c] * full
    linear = np.arange(65536) / 65535
    curve = np.rint(255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)).astype(np.uint8)
    folded = MATRIX @ np.diag(GAINS * full)
    folded = np.concatenate([folded, -folded.sum(1, keepdims=True) * BLACK], 1).astype(np.float32)

    def encode(linear16):
        return cv2.LUT(linear16, curve.reshape(1, -1))

    def stages(code):
        return lambda: encode(cv2.transform(cv2.cvtColor(cv2.multiply(cv2.subtract(raw, BLACK), gain, dtype=cv2.CV_16U), code), MATRIX))

    return {
        "OpenCV bilinear 16 bit": stages(cv2.COLOR_BayerRGGB2RGB),
        "OpenCV bilinear 16 bit, folded": lambda: encode(cv2.transform(cv2.cvtColor(raw, cv2.COLOR_BayerRGGB2RGB), folded)),
        "OpenCV edge-aware 16 bit, folded": lambda: encode(cv2.transform(cv2.cvtColor(raw, cv2.COLOR_BayerRGGB2RGB_EA), folded)),
    }


def libraw(raw: np.ndarray, folder: Path) -> dict[str, Any]:
    """LibRaw's AHD on the same mosaic, written as a DNG."""
    import rawpy
    import tifffile

    to_xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    camera = np.linalg.inv(to_xyz @ MATRIX)
    rational = [int(v) for x in camera.ravel() for v in (round(x * 10000), 10000)]
    neutral = [int(v) for g in GAINS for v in (round(1e4 / g), 10000)]
    tags = [
        (33421, 3, 2, (2, 2), False), (33422, 1, 4, bytes([0, 1, 1, 2]), False), (50706, 1, 4, bytes([1, 4, 0, 0]), False), (50708, 2, 5, "Synt", False),
        (50714, 3, 1, BLACK, False), (50717, 3, 1, WHITE, False), (50721, 10, 9, rational, False), (50728, 5, 3, neutral, False), (50778, 3, 1, 21, False),
    ]  # fmt: skip
    path = folder / "mosaic.dng"
    tifffile.imwrite(path, raw, photometric=32803, extratags=tags, metadata=None)
    opened = rawpy.imread(str(path))
    settings = {
        "use_camera_wb": True,
        "no_auto_bright": True,
        "output_color": rawpy.ColorSpace.sRGB,
        "gamma": (2.4, 12.92),
        "output_bps": 8,
        "user_flip": 0,
    }
    methods = rawpy.DemosaicAlgorithm
    return {f"LibRaw {m.name}": lambda m=m: opened.postprocess(demosaic_algorithm=m, **settings) for m in (methods.PPG, methods.AHD)}


def colour_demosaicing(raw: np.ndarray) -> dict[str, Any]:
    """colour-demosaicing's Menon 2007 in NumPy, finished by the same matrix and table."""
    warnings.filterwarnings("ignore")
    from colour_demosaicing import demosaicing_CFA_Bayer_Menon2007 as menon

    def run():
        linear = (raw.astype(np.float32) - BLACK) / (WHITE - BLACK)
        for (i, j), c in {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 2}.items():
            linear[i::2, j::2] *= GAINS[c]
        rgb = np.clip(menon(linear, "RGGB") @ MATRIX.T, 0, 1)
        return np.rint(255 * np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055)).astype(np.uint8)

    return {"colour-demosaicing Menon": run}


def cases(context: Any) -> dict[tuple[str, str], Any]:
    """Our chains under the names of another harness, whose context has `raw` and `threads`."""
    works = {
        "isp bilinear": "core/bilinear",
        "isp malvar2004": "core/malvar",
        "isp hamilton_adams1997": "core/edge",
        "isp menon2007": "core/edge",
    }
    return {(works[name], name): run for name, run in ours(context.raw, context.threads).items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="4000x3000")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--no-slow", action="store_true", help="leave out colour-demosaicing, which takes seconds a round")
    arguments = parser.parse_args()
    columns, rows = map(int, arguments.size.split("x"))
    raw = mosaic(rows, columns)
    with tempfile.TemporaryDirectory() as folder:
        table = {**ours(raw), **opencv(raw), **libraw(raw, Path(folder))}
        if not arguments.no_slow:
            table |= colour_demosaicing(raw)
        reference = "OpenCV bilinear 16 bit"
        show(f"core chain, {arguments.size}, one core", rounds(table, reference, arguments.rounds), reference)


if __name__ == "__main__":
    main()
