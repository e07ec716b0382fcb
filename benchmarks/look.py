"""How near a learned look comes to the one it imitates, on photographs that it has not seen: dE00, through a simulated sensor.

python benchmarks/look.py PICTURE... [--look bilateral_grid] [--train FOLDER... --steps 400]

Judges the weights that ship of look.adaptive_lut, or of another --look; with --train, those that its recipe in pipelines/train finds now from these folders or
pictures. A look that acts by place is judged on larger crops, the height of Kodak's photographs.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import jax
import numpy as np

TRAIN = Path(__file__).resolve().parents[1] / "pipelines" / "train"
RECIPES = {"adaptive_lut": ("look", 256), "bilateral_grid": ("local_tone", 512)}
"""The recipe of each look, beside whose YAML lies that of its target, and the crops it is judged on."""


def main() -> None:
    """Print mean, 99th percentile and largest difference, and PSNR, before and after."""
    from isp.core.weights import grown
    from isp.spec import load_spec, stage_class

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pictures", nargs="+", help="photographs to judge by")
    parser.add_argument("--look", choices=list(RECIPES), default="adaptive_lut", help="the stage")
    parser.add_argument("--train", nargs="+", default=[], help="folders or pictures to learn from")
    parser.add_argument("--steps", type=int, default=400)
    arguments = parser.parse_args()
    name, crop = RECIPES[arguments.look]
    born, look = load_spec(TRAIN / f"{name}.yaml").chain, stage_class(f"look.{arguments.look}")
    shipped = with_look(born, look())
    found, seconds = (shipped, 0.0) if not arguments.train else learned(arguments.train, arguments.steps, name)
    before = with_look(born, look(weights=grown(look.declared()["weights"].grow)))
    judged = [apart(chain, arguments.pictures, name, crop) for chain in (before, found)]
    print(json.dumps({"before": judged[0], "after": judged[1], "seconds": round(seconds)}))


def with_look(chain: Any, look: Any) -> Any:
    """The chain of the recipe with this stage for its look."""
    from isp.core import Chain

    return Chain(tuple(look if s.name == look.name else s for s in chain), chain.names, chain.input)


def learned(train: list[str], steps: int, name: str = "look") -> tuple[Any, float]:
    """The recipe carried out on these scenes and the charts it names, and the seconds it took."""
    import isp.tune

    began = time.perf_counter()
    run = isp.tune.tune(TRAIN / f"{name}.yaml", scenes=[*train, "scene.dead_leaves", "scene.colour_checker"], steps=steps)
    return run.tuned, time.perf_counter() - began


def apart(chain: Any, pictures: list[str], name: str = "look", crop: int = 256) -> dict[str, float]:
    """dE00 between what a chain and the target of a recipe make of the same raw crops, and PSNR in dB of encoded values."""
    from isp.evaluate.picture import metric
    from isp.spec import load
    from isp.tune.data import Data
    from isp.tune.recipe import recipe
    from isp.tune.take import picture

    target = load(str(TRAIN / f"{name}_target.yaml"))
    asked = recipe(
        chain,
        free=["tone.filmic.grey"],
        scenes=pictures,
        target="none",
        loss={"grey_noise": 1},
        crop=crop,
        batch=len(pictures),
        validation=0,
        seed=5,
    )
    pairs = []
    for item in Data(asked).training(0):
        for i in range(len(item.weight)):
            raw = jax.tree.map(lambda leaf, i=i: leaf[i], item.raw)
            pairs.append((picture(chain, raw).pixels, picture(target, raw).pixels))
    every = np.concatenate([difference(*pair).ravel() for pair in pairs])
    psnr = metric("psnr")(*(np.concatenate(each) for each in zip(*pairs, strict=True)))
    told = {"mean": round(float(every.mean()), 4), "p99": round(float(np.quantile(every, 0.99)), 3), "most": round(float(every.max()), 2)}
    return told | {"psnr": round(float(psnr), 3)}


@jax.jit
def difference(one: Any, other: Any) -> Any:
    """dE00 of two pictures in encoded sRGB."""
    from isp.ops.colour import rgb_to_xyz
    from isp.ops.curve import decode_srgb
    from isp.ops.lab import ciede2000, lab

    to_xyz = np.asarray(rgb_to_xyz("srgb"), np.float32).T
    return ciede2000(*(lab(np.float32(1) * jax.numpy.clip(decode_srgb(x), 0, 1) @ to_xyz) for x in (one, other)))


if __name__ == "__main__":
    main()
