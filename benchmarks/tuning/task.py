"""Tuned for a task: a small frozen classifier reads glyphs in low light, through a pipeline tuned for PSNR and through one tuned for the classifier.

python benchmarks/tuning/task.py [--steps 150] [--seed 0] [--out runs/task]

The classifier (a convolutional network of 20,000 numbers) is trained on clean pictures, with changes of brightness and a little noise, then frozen. Pipelines begin at the same values, see
the same examples, and are judged by other glyphs: accuracy, and PSNR.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
from judge import psnrs
from PIL import Image, ImageDraw, ImageFont

GLYPHS = "ABEHKMRS38"
SIDE = 32
PIPELINE = """
isp: 1
title: A low-light chain
stages:
  - level.subtract_black
  - measure.as_shot
  - white_balance.apply
  - stabilise.anscombe
  - denoise.bilateral: {strength: 1.3, radius: 2}
  - demosaic.malvar2004
  - stabilise.undo
  - colour.matrix
  - exposure.gain: {ev: 2.0}
  - look.contrast
  - look.saturation
  - detail.unsharp
  - encode.srgb
tune:
  free: [denoise.*, demosaic.*, exposure.gain.ev, look.contrast.amount, look.saturation.amount, detail.*]
  conditions: {iso: [100], compensation: [-2]}
  target: photograph
  batch: 32
  crop: 32
  edge: 2
  validation: 0.4
  judged: 96
  flips: "off"
  every: 25
"""
EDGE = 2
SENSOR = str(Path(__file__).parent / "sensor.yaml")


def main() -> None:
    """Print accuracy and PSNR of what the chain begins with, of both tuned ones, and what changed."""
    from isp.execute import prepare

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="folder for both runs, with their reports")
    arguments = parser.parse_args()
    prepare(keep_memory=True)
    began = time.perf_counter()
    told = compared(arguments.steps, arguments.seed, arguments.out)
    for name, row in told.items():
        print(f"{name:12} accuracy {row['accuracy']:.3f}  PSNR {row['psnr']:.2f} dB  {row['values']}", file=sys.stderr)
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
    print(json.dumps(told))


def compared(steps: int, seed: int, out: Path | None = None, glyphs: int = 400, judged: int = 1000) -> dict:
    """Both pipelines, judged on `judged` captures of glyphs that neither has seen."""
    import isp

    frozen = classifier(seed)
    random = np.random.default_rng(seed + 1)
    scenes = [drawn(random) for _ in range(glyphs)]
    test = [drawn(random) for _ in range(judged)]

    def reading(picture: jax.Array, label: jax.Array) -> jax.Array:
        """Cross entropy of what the classifier reads."""
        return optax.softmax_cross_entropy_with_integer_labels(logits(frozen, picture), label)

    goals = {"for PSNR": {"mse": 1.0}, "for the task": {reading: 1.0}}
    common = {"sensors": [SENSOR], "scenes": scenes, "seed": seed, "steps": steps}
    runs = {
        name: isp.tune(PIPELINE, loss=loss, out=out / name.replace(" ", "_") if out else None, **common) for name, loss in goals.items()
    }
    made = {"as it was": isp.load(PIPELINE), **{name: run.tuned for name, run in runs.items()}}
    examples = captured(test, seed)
    changed = {name: {path: round(float(v), 3) for path, v in run.values.items()} for name, run in runs.items()}
    return {name: {**scores(chain, frozen, examples), "values": changed.get(name, {})} for name, chain in made.items()}


def captured(scenes: list, seed: int) -> list:
    """Test captures."""
    from isp.tune.data import Data
    from isp.tune.recipe import recipe

    made = Data(recipe(PIPELINE, sensors=[SENSOR], scenes=scenes, seed=seed + 99, validation=0.0, batch=len(scenes), noise="fixed"))
    return made.training(0)


def scores(chain, frozen, batches) -> dict[str, float]:
    """Accuracy of the classifier and mean PSNR, over captures."""
    from isp.evaluate.view import view
    from isp.tune.problem import developed, trimmed

    @jax.jit
    def right(chain, batch):
        def one(item):
            made, _ = trimmed(developed(chain, item.raw), item, EDGE)
            return jnp.argmax(logits(frozen, view(made, "display"))) == item.about.label

        return jax.lax.map(one, batch)

    each = [(right(chain, batch), psnrs(chain, batch, EDGE)) for batch in batches]
    return dict(zip(("accuracy", "psnr"), (float(np.concatenate(some).mean()) for some in zip(*each, strict=True)), strict=True))


# ---------------------------------------------------------------------- glyphs
def drawn(random: np.random.Generator) -> tuple[np.ndarray, int]:
    """A picture (32, 32, 3) of a glyph, and which one it is: any place, size, turn and colours, on an uneven ground."""
    label = int(random.integers(len(GLYPHS)))
    big = Image.new("L", (4 * SIDE, 4 * SIDE))
    font = ImageFont.load_default(size=float(random.uniform(60, 84)))
    at = tuple(2 * SIDE + random.uniform(-10, 10, 2))
    ImageDraw.Draw(big).text(at, GLYPHS[label], fill=255, font=font, anchor="mm")
    big = big.rotate(float(random.uniform(-15, 15)), resample=Image.Resampling.BICUBIC)
    share = np.asarray(big.resize((SIDE, SIDE), Image.Resampling.BOX), np.float32)[..., None] / 255
    slope = np.linspace(-1, 1, SIDE)[:, None, None] * random.uniform(-0.1, 0.1, 3) + np.linspace(-1, 1, SIDE)[
        None, :, None
    ] * random.uniform(-0.1, 0.1, 3)
    ground = random.uniform(0.3, 0.6, 3)
    contrast = random.choice((-1, 1)) * random.uniform(0.12, 0.3)
    ink = np.clip(ground + contrast + random.uniform(-0.05, 0.05, 3), 0, 1)
    return np.clip((ground + slope) * (1 - share) + ink * share, 0, 1).astype(np.float32), label


# ---------------------------------------------------------------------- the classifier
def classifier(seed: int, steps: int = 500) -> dict:
    """A network trained on clean pictures."""
    random = np.random.default_rng(seed)
    network = grown(random)
    rule = optax.adam(optax.cosine_decay_schedule(3e-3, steps))
    state = rule.init(network)

    @jax.jit
    def step(network, state, pictures, labels):
        def loss(network):
            seen = jax.vmap(lambda p: logits(network, p))(pictures)
            return optax.softmax_cross_entropy_with_integer_labels(seen, labels).mean()

        update, state = rule.update(jax.grad(loss)(network), state)
        return optax.apply_updates(network, update), state

    for _ in range(steps):
        some = [drawn(random) for _ in range(64)]
        pictures = np.stack([p for p, _ in some])[:, 2:-2, 2:-2]
        pictures = pictures * random.uniform(0.7, 1.2, (64, 1, 1, 1)) + random.normal(0, random.uniform(0, 0.03), pictures.shape)
        network, state = step(network, state, jnp.asarray(pictures, jnp.float32), np.array([label for _, label in some]))
    return network


def grown(random: np.random.Generator) -> dict:
    """A network before it has learned."""
    sizes = {"a": (3, 3, 3, 16), "b": (3, 3, 16, 32), "c": (3, 3, 32, 48)}
    made = {name: random.normal(0, np.sqrt(2 / np.prod(shape[:3])), shape).astype(np.float32) for name, shape in sizes.items()}
    return {name: jnp.asarray(v) for name, v in made.items()} | {
        "last": jnp.asarray(random.normal(0, 0.1, (48, len(GLYPHS))).astype(np.float32))
    }


def logits(network: dict, picture: jax.Array) -> jax.Array:
    """What it reads in a picture (28, 28, 3): three convolutions, each on half the size, a mean."""
    x = (picture - picture.mean()) / 0.2
    for name in "abc":
        x = jax.lax.conv_general_dilated(x[None], network[name], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))[0]
        x = jax.nn.relu(x)
        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (2, 2, 1), (2, 2, 1), "VALID")
    return x.mean((0, 1)) @ network["last"]


if __name__ == "__main__":
    main()
