"""What a gradient costs: value_and_grad over forward on 512x512, all parameters free; beside torch, where that is installed.

    taskset -c 0 python benchmarks/gradient.py [--pipeline classic] [--stages] [--compile]

Core chains with three demosaics by default, the last of them in torch eager too (in no extra: `pip install torch`). `--pipeline` takes any
chain instead, under facts that leave no stage of `classic` idle but those that measure what is known already; `classic` stands beside
the same chain in torch. `--stages` adds each stage by itself, `--compile` the seconds until a first gradient, with and without a compilation
cache. Ratios are of processor time in one run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from core_chain import BLACK, CHAIN, GAINS, MATRIX, WHITE, mosaic
from timing import Case, rounds, show
from torch_classic import GREEN, OTHER, ROW, encoded, passes, torch_classic

SIZE = 512
XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])


def subject() -> Any:
    """A mosaic with all that a camera may write down."""
    from isp.core import Cfa, Domain, Frame, Shading

    y, x = np.mgrid[-1:1:13j, -1:1:17j]
    daylight = np.linalg.inv(XYZ @ MATRIX) / GAINS[:, None]
    facts: dict[str, Any] = {
        "black": np.full(4, BLACK),
        "white": np.full(4, WHITE),
        "black_rows": np.sin(np.arange(SIZE)),
        "linearisation": np.arange(4096),
        "as_shot": GAINS,
        "noise": np.full((4, 2), (0.5, 4.0)),
        "shading": Shading(np.stack([1 + (0.2 + 0.05 * c) * (x * x + y * y) for c in range(4)]), np.zeros(2), np.ones(2)),
        "camera_matrix": np.stack([daylight * np.array([[1.2], [1.0], [0.7]]), daylight]),
        "illuminants": np.array([2856.0, 6504.0]),
        "iso": 400.0,
        "exposure_time": 0.01,
        "aperture": 2.8,
    }
    frame = Frame(pixels=mosaic(SIZE, SIZE), domain=Domain.MOSAIC_DN, cfa=Cfa.bayer("rggb"), **facts)
    return jax.tree.map(jnp.float32, frame)


def loss(chain: Any, frame: Any) -> jax.Array:
    """How far a picture is from grey."""
    from isp.core.run import run

    return jnp.mean((run(chain.stages, frame).pixels - 0.4) ** 2)


def loaded(text: str) -> Any:
    """A chain of single-precision leaves, all of them free."""
    from isp import load

    return jax.tree.map(jnp.float32, load(text))


def cost(text: str, frame: Any) -> dict[str, Case]:
    """The two programs of a chain."""
    from isp.core.compile import compiled

    chain, forward, backward = loaded(text), compiled(loss), compiled(jax.value_and_grad(loss))
    return {
        "forward": lambda: jax.block_until_ready(forward(chain, frame)),
        "value_and_grad": lambda: jax.block_until_ready(backward(chain, frame)),
    }


def stages(text: str, frame: Any, count: int) -> dict[str, dict[str, float]]:
    """Each local stage by itself: its program, and the one that gives slopes in all its parameters, facts and pixels as well."""
    from isp.core.compile import compiled
    from isp.core.run import opened, padded

    local = [s for s in loaded(text).stages if not s.whole]
    frame = opened(local, padded(local, frame))
    table: dict[str, dict[str, float]] = {}
    for stage in local:
        forward = compiled(lambda s, f: s(f))
        made = forward(stage, frame)
        leaves, kind = jax.tree.flatten((stage, frame))

        def backward(leaves: Any, up: Any, kind: Any = kind) -> Any:
            def parted(leaves: Any) -> Any:
                s, f = jax.tree.unflatten(kind, leaves)
                return jax.tree.leaves(s(f))

            values, back = jax.vjp(parted, leaves)
            return values, back(up)

        slopes, up = compiled(backward), [jnp.ones_like(leaf) for leaf in jax.tree.leaves(made)]
        cases: dict[str, Case] = {
            "forward": lambda s=stage, f=frame, go=forward: jax.block_until_ready(go(s, f)),
            "value_and_grad": lambda leaves=leaves, up=up, go=slopes: jax.block_until_ready(go(leaves, up)),
        }
        table |= {f"{stage.name} {name}": row for name, row in rounds(cases, "forward", count).items()}
        frame = made
    return table


def first_gradient(text: str) -> None:
    """Print the processor seconds until the first gradient of a chain is there, import and data aside."""
    from isp.core.compile import compiled
    from isp.execute import prepare

    prepare(keep_memory=True)
    chain, frame = loaded(text), jax.block_until_ready(subject())
    start = time.process_time()
    jax.block_until_ready(compiled(jax.value_and_grad(loss))(chain, frame))
    print(time.process_time() - start)


def compiling(text: str) -> dict[str, float]:
    """Processor seconds until the first gradient: with an empty cache, and in a new process with what that one left."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--pipeline", text, "--first"]
        found = [
            subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "XDG_CACHE_HOME": folder})
            for _ in range(2)
        ]
    return dict(zip(("cold", "with the cache"), (float(p.stdout) for p in found), strict=True))


def torch_eager() -> dict[str, Case]:
    """The core chain with Malvar's demosaic as torch users write it: four convolutions and masks. Nothing where torch is missing."""
    try:
        import torch
        import torch.nn.functional as F
    except ImportError:
        return {}
    torch.set_num_threads(1)
    kernels = torch.tensor(np.stack([GREEN, ROW, np.transpose(ROW), OTHER]) / 8, dtype=torch.float32)[:, None]
    raw = torch.tensor(mosaic(SIZE, SIZE).astype(np.float32))
    even_row, even_column = (torch.arange(SIZE) % 2 == 0)[:, None], (torch.arange(SIZE) % 2 == 0)[None]
    red, blue, green_in_red = even_row & even_column, ~even_row & ~even_column, even_row & ~even_column
    free = [torch.tensor(float(BLACK)), torch.tensor(GAINS), torch.tensor(MATRIX)]

    def total(black: Any, gains: Any, matrix: Any) -> Any:
        gain = torch.where(red, gains[0], torch.where(blue, gains[2], gains[1]))
        x = (raw - black) * gain / (WHITE - BLACK)
        g, h, v, d = F.conv2d(F.pad(x[None, None], (2, 2, 2, 2), mode="reflect"), kernels)[0]
        r = torch.where(red, x, torch.where(green_in_red, h, torch.where(blue, d, v)))
        b = torch.where(blue, x, torch.where(green_in_red, v, torch.where(red, d, h)))
        rgb = torch.stack([r, torch.where(red | blue, g, x), b])
        rgb = torch.einsum("kc,chw->khw", matrix, rgb).clamp(0, 1)
        return ((encoded(rgb) - 0.4) ** 2).mean()

    return passes("torch eager malvar", total, free)


def main() -> None:
    """Print the tables."""
    from isp.execute import prepare

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pipeline", help="another chain, by name or path")
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--stages", action="store_true", help="each stage by itself as well")
    parser.add_argument("--compile", action="store_true", help="seconds until the first gradient as well")
    parser.add_argument("--first", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.first:
        return first_gradient(arguments.pipeline)
    prepare(keep_memory=True)
    frame = subject()
    core = frame.but(black_rows=None)  # torch below has one black level
    texts = {m: CHAIN.format(demosaic=f"demosaic.{m}", matrix=MATRIX.tolist()) for m in ("bilinear", "malvar2004", "menon2007")}
    if arguments.pipeline:
        texts, core = {arguments.pipeline: arguments.pipeline}, frame
    title = f"gradient, {SIZE}x{SIZE}, one core"
    for name, text in texts.items():
        cases = {f"{name} {what}": case for what, case in cost(text, core).items()}
        show(title, rounds(cases, f"{name} forward", arguments.rounds), "forward")
        if arguments.stages:
            show(f"{name}, each stage by itself", stages(text, core, max(3, arguments.rounds // 3)), "forward")
        if name == "classic" and (theirs := torch_classic(SIZE)):
            reference = "classic value_and_grad"
            show("beside the same chain in torch, one core", rounds(cases | theirs, reference, max(3, arguments.rounds // 6)), reference)
        if arguments.compile:
            print(f"{name}: first gradient after {', '.join(f'{s:.1f} s {how}' for how, s in compiling(text).items())}", file=sys.stderr)
    if not arguments.pipeline and (theirs := torch_eager()):
        ours = cost(texts["malvar2004"], core)
        reference = "isp malvar2004 value_and_grad"
        both = {f"isp malvar2004 {what}": case for what, case in ours.items()} | theirs
        show("beside torch, one core", rounds(both, reference, arguments.rounds), reference)


if __name__ == "__main__":
    main()
