"""What the learned stages of learned.yaml gain over classic.yaml on photographs that sensors saw: PSNR and CIEDE2000 of the finished picture.

python benchmarks/learned_chain.py PICTURE... [--sensors imx219 oppo_reno10x sony_a7s2] [--iso 100 800 3200] [-o DIR]

Each picture is captured with the noise of each sensor at each ISO and developed by both pipelines. The picture wanted is what classic.yaml makes of the same
light without noise, mosaic and clipping defects: four captures, one for each order of a Bayer tile, tell all three colours at every site, and so nothing
is denoised or demosaiced. The networks were trained on Kodak 01, 05, 09, 13, 17 and 21 among others: name pictures that they have not seen. With -o the
pictures are kept, side by side: classic, learned, wanted.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

EDGE = 16
"""Pixels of border that are not judged."""
SKIPPED = ("defect.", "denoise.", "demosaic.", "stabilise.")
"""Families whose work the wanted picture does not need."""


def main() -> None:
    """Print a row for each sensor and ISO, and one JSON document."""
    from PIL import Image

    from isp.execute import prepare
    from isp.spec import load

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pictures", nargs="+", type=Path)
    parser.add_argument("--sensors", nargs="+", default=["imx219", "oppo_reno10x", "sony_a7s2"])
    parser.add_argument("--iso", nargs="+", type=float, default=[100, 800, 3200])
    parser.add_argument("-o", "--output", type=Path, default=None)
    asked = parser.parse_args()
    prepare(keep_memory=True)
    chains = {name: load(name, set=["encode.srgb.bits=float"]) for name in ("classic", "learned")}
    rows = []
    for sensor in asked.sensors:
        for iso in asked.iso:
            found: dict[str, list[tuple[float, float]]] = {name: [] for name in chains}
            for i, path in enumerate(asked.pictures):
                wanted = ideal(chains["classic"], sensor, str(path), iso)
                made = {name: finished(chain, captured(sensor, str(path), iso, seed=1000 + i)) for name, chain in chains.items()}
                for name, picture in made.items():
                    found[name].append(scores(picture, wanted))
                if asked.output:
                    asked.output.mkdir(parents=True, exist_ok=True)
                    beside = np.concatenate([*made.values(), wanted], 1)
                    Image.fromarray(np.uint8(np.clip(beside, 0, 1) * 255 + 0.5)).save(asked.output / f"{sensor}_{iso:g}_{path.stem}.png")
            row = {"sensor": sensor, "iso": iso} | {name: np.round(np.mean(each, 0), 2).tolist() for name, each in found.items()}
            rows.append(row | {"better_of": f"{sum(b[0] > a[0] for a, b in zip(*found.values()))}/{len(asked.pictures)}"})
            print(rows[-1], file=sys.stderr, flush=True)
    print(json.dumps(rows))


def captured(sensor: str, picture: str, iso: float, seed: int | None, pattern: str | None = None) -> Any:
    """The raw frame; without a seed, without noise."""
    import isp

    changed = [] if pattern is None else [f"cfa.bayer.pattern={pattern}"]
    return isp.capture(sensor, picture, iso=iso, seed=seed or 0, noise=seed is not None, set=changed)


def finished(chain: Any, raw: Any) -> np.ndarray:
    """The picture (rows, columns, 3), encoded, 0 to 1."""
    from isp.evaluate.view import view
    from isp.execute.strips import develop

    return np.asarray(view(develop(chain, raw), "display"))


def ideal(chain: Any, sensor: str, picture: str, iso: float) -> np.ndarray:
    """What a chain makes where nothing has to be removed and nothing found between the sites."""
    from isp.core import Chain, Domain
    from isp.execute.strips import develop

    at = chain.names.index("white_balance.apply") + 1
    first, rest = ([s for s in part if not s.name.startswith(SKIPPED)] for part in (chain.stages[:at], chain.stages[at:]))
    colours: np.ndarray | None = None
    for pattern in ("rggb", "grbg", "gbrg", "bggr"):
        seen = develop(Chain.of(*first), captured(sensor, picture, iso, None, pattern))
        mosaic = np.asarray(seen.pixels).reshape(np.asarray(seen.pixels).shape[:2])
        colours = np.zeros((*mosaic.shape, 3), np.float32) if colours is None else colours
        for site, colour in enumerate(pattern):
            y, x = divmod(site, 2)
            colours[y::2, x::2, "rgb".index(colour)] = mosaic[y::2, x::2]
    return finished(Chain.of(*rest), seen.to(Domain.CAMERA, colours, noise=None))


def scores(made: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """PSNR in dB of encoded values, and the mean CIEDE2000."""
    from isp.evaluate.picture import metric

    made, wanted = (np.clip(a, 0, 1)[EDGE:-EDGE, EDGE:-EDGE] for a in (made, wanted))
    return tuple(float(metric(name)(made, wanted)) for name in ("psnr", "delta_e2000"))


if __name__ == "__main__":
    main()
