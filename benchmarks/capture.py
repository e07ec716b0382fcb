"""What noise costs: a 12 MP Bayer capture with every kind of noise, beside drawing as many random numbers in JAX.

    taskset -c 0 python benchmarks/capture.py [--size 4000x3000] [--rounds 5]

The capture runs in strips, from a linear RGB scene to whole numbers. `jax.random.normal` draws one number for each that the capture
draws, as many as fit in memory at a time, and does nothing with them. Peak memory is that of a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

import numpy as np
from timing import rounds, show

CHAIN = """
isp: 1
stages:
  - exposure.photons: {full_scale: 6000}
  - cfa.bayer
  - noise.prnu
  - noise.photon
  - noise.dark_current
  - noise.hot_pixels
  - noise.dsnu
  - noise.telegraph
  - pixel.full_well: {capacity: 7000}
  - noise.read_tukey
  - noise.row
  - noise.column
  - adc.linear: {bits: 12, gain: 0.5}
"""
DRAWS = 10
"""Random numbers a site: prnu 1, photon 1, dark current 1, hot pixels 2, dsnu 2, telegraph 2, read 1."""


def frame(rows: int, columns: int) -> Any:
    """A scene of slopes between black and white, with the facts that noise asks for."""
    from isp.core import Domain, Frame, Random

    x, y = np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)[:, None]
    pixels = np.empty((rows, columns, 3), np.float32)
    for c, tint in enumerate((0.6, 1.0, 0.5)):
        np.multiply(tint * (x / columns) ** 2, 0.5 + 0.5 * y / rows, out=pixels[..., c])
    facts = {"exposure_time": np.float32(0.02), "iso": np.float32(100), "scene_white": np.ones(3, np.float32)}
    return Frame(pixels=pixels, domain=Domain.SCENE, random=Random.of(1), **facts)


def captured(rows: int, columns: int, threads: int = 1) -> Any:
    """A call that captures the scene."""
    from isp import load
    from isp.core import Domain
    from isp.execute import develop, prepare

    prepare(keep_memory=True)
    chain, scene = load(CHAIN, kind="sensors"), frame(rows, columns)
    assert chain.input is Domain.SCENE
    return lambda: develop(chain, scene, threads=threads).pixels


def drawn(rows: int, columns: int) -> Any:
    """A call that draws as many normal numbers as the capture draws."""
    import jax

    draw = jax.jit(lambda key: jax.random.normal(key, (rows, columns)))
    return lambda: [jax.block_until_ready(draw(key)) for key in jax.random.split(jax.random.key(0), DRAWS)]


def peak() -> float:
    """The largest memory of this process so far, in bytes."""
    with open("/proc/self/status", encoding="ascii") as lines:
        return 1024.0 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="4000x3000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", action="store_true", help="capture once, and say the peak memory of this process a pixel")
    arguments = parser.parse_args()
    columns, rows = map(int, arguments.size.split("x"))
    if arguments.memory:
        captured(rows, columns)()
        print(json.dumps({"bytes a pixel": peak() / (rows * columns)}))
        return
    cases = {"jax.random.normal": drawn(rows, columns), "capture": captured(rows, columns)}
    show(
        f"capture with full noise, {arguments.size}, {DRAWS} numbers a site",
        rounds(cases, "jax.random.normal", arguments.rounds),
        "jax.random.normal",
    )
    alone = subprocess.run([sys.executable, __file__, "--memory", "--size", arguments.size], capture_output=True, text=True, check=True)
    print(alone.stdout.strip())


if __name__ == "__main__":
    main()
