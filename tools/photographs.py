"""Gather what the shipped networks were trained on and what they are judged on: `python tools/photographs.py DATA OUT`.

DATA holds `kodak/kodim01.png` ..., `photos_cc0/*.png` and `raw/` (see the cards in isp/data/weights for where they come from). OUT/learned gets the photographs to
learn from: Kodak 01, 05, 09, 13, 17, 21, the CC0 ones, raw files developed and reduced four times in linear light, and four of scikit-image that
are free of rights, reduced twice; OUT/small the same ones, 168 pixels high or wide, for networks that look at a whole picture at once; OUT/held_out gets Kodak 03,
07, 11, 15, 19, 23, which no network may see.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

LEARNED, HELD_OUT = ("01", "05", "09", "13", "17", "21"), ("03", "07", "11", "15", "19", "23")
RAWS = (
    "gopro_hero6_iso100_GOPR0024.dng",
    "halide_dog_2592x1968_10bit_GRBG.png",
    "infiniteisp_indoor1_2592x1536_8bit_GRBG.raw",
    "infiniteisp_outdoor1_2592x1536_8bit_GRBG.raw",
    "infiniteisp_outdoor3_2592x1536_8bit_GRBG.raw",
)
FREE = ("astronaut", "chelsea", "coffee", "rocket")
"""NASA's portrait and rocket, and two under CC0."""
SHORT = 168
"""Pixels of the shorter side of small pictures."""


def reduced(light: np.ndarray, by: int) -> np.ndarray:
    """Means of `by` x `by` pixels of linear light, as an encoded 8-bit picture."""
    from isp.ops.curve import encode_srgb

    rows, columns = (n // by * by for n in light.shape[:2])
    small = light[:rows, :columns].reshape(rows // by, by, columns // by, by, 3).mean((1, 3))
    return np.asarray(np.round(255 * np.clip(np.asarray(encode_srgb(np.clip(small, 0, 1))), 0, 1)), np.uint8)


def gathered(data: Path, out: Path, sidecars: Path) -> None:
    """Write both folders."""
    import skimage.data
    from PIL import Image

    import isp
    from isp.ops.curve import decode_srgb

    for part, names in (("learned", LEARNED), ("held_out", HELD_OUT)):
        (out / part).mkdir(parents=True, exist_ok=True)
        for name in names:
            (out / part / f"kodim{name}.png").write_bytes((data / "kodak" / f"kodim{name}.png").read_bytes())
    for path in sorted((data / "photos_cc0").glob("*.png")):
        (out / "learned" / path.name).write_bytes(path.read_bytes())
    linear = isp.load("linear")
    for name in RAWS:
        sidecar = sidecars / f"{name}.yaml"
        frame = isp.read(data / "raw" / name, **({"sidecar": sidecar} if sidecar.is_file() else {}))
        light = np.asarray(linear(frame).pixels, np.float32)
        light = light / max(np.percentile(light, 99), 1e-6)
        Image.fromarray(reduced(light, 4)).save(out / "learned" / f"{Path(name).stem}.png")
    for name in FREE:
        light = np.asarray(decode_srgb(getattr(skimage.data, name)()[..., :3] / np.float32(255)))
        Image.fromarray(reduced(light, 2)).save(out / "learned" / f"{name}.png")
    (out / "small").mkdir(exist_ok=True)
    for path in sorted((out / "learned").glob("*.png")):
        whole = Image.open(path).convert("RGB")
        scale = SHORT / min(whole.size)
        whole.resize(tuple(round(n * scale) for n in whole.size), Image.Resampling.LANCZOS).save(out / "small" / path.name)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    gathered(Path(sys.argv[1]), Path(sys.argv[2]), Path(__file__).parents[1] / "tests/data/sidecars")
