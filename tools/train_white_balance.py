"""Make the weights of measure.learned_white_balance: scenes of measured surfaces under measured lights, as thirty-six measured cameras see them.

python tools/train_white_balance.py SPECTRAL [--scenes 6000] [--ship]

SPECTRAL is a folder with `cameras` and `training_spectral.json` (rawtoaces-data, Apache-2.0), `reflectances` and `lights` (isetcam, MIT). No photograph takes part.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

W = np.arange(400, 701, 10.0)
ROWS, COLUMNS, LEAVES = 48, 72, 300
TRUST = 0.5
"""What is kept of the correction: real scenes are less simple than these. Chosen beside 1, 0.75 and 0.35 on 23 pictures of a camera that takes no part."""
STAGE = "measure.learned_white_balance"


def rawtoaces(path: Path) -> np.ndarray:
    """The spectra (n, bands) of a file of rawtoaces-data."""
    data = json.loads(path.read_text())["spectral_data"]["data"]["main"]
    at = sorted(data, key=float)
    return np.stack([np.interp(W, [float(k) for k in at], c) for c in np.array([data[k] for k in at], float).T])


def isetcam(path: Path) -> np.ndarray:
    """The spectra (n, bands) of a file made of isetcam's."""
    data = json.loads(path.read_text())
    return np.stack([np.interp(W, data["wavelength_nm"], c) for c in np.array(data["data_per_column"], float)])


class World:
    """Cameras (n, 3, bands), surfaces (n, bands) in families, and lights (n, bands) by kind."""

    def __init__(self, folder: Path):
        from isp.ops import spectra

        self.cameras = np.stack([rawtoaces(p) for p in sorted((folder / "cameras").glob("*.json"))])
        sets = [rawtoaces(folder / "training_spectral.json")]
        names = ("Nature", "Objects", "Clothes", "Food", "Munsell")
        files = [f"{n}Samples_Vhrel.json" if n == "Munsell" else f"{n}_Vhrel.json" for n in names]
        sets += [isetcam(folder / "reflectances" / f) for f in files]
        self.family = np.concatenate([np.full(len(s), i) for i, s in enumerate(sets)])
        self.surfaces = np.clip(np.concatenate(sets), 0.005, 1)
        tables, grid = spectra.tables(), spectra.GRID
        measured = np.load(folder / "lights" / "daylight_measured_1076.npz")
        lamps = [tables[n] for n in ("A", "FL2", "FL11", "LED-B1", "LED-B2", "LED-B3", "LED-B4", "LED-B5")]
        lamps = [np.interp(W, grid, np.convolve(lamp, np.ones(3) / 3, "same")) for lamp in lamps]
        lamps += [
            isetcam(folder / "lights" / f"{n}.json")[0]
            for n in ("CWF_Gretag", "FluorescentOffice", "Horizon_Gretag", "Fluorescent11", "Tungsten")
        ]
        hot = np.linspace(2300, 6500, 40)[:, None]
        self.lights = {
            "sky": np.stack([np.interp(W, measured["wavelength_nm"], c) for c in measured["energy"].T]),
            "cie": np.stack([daylight(t, tables["daylight"], grid) for t in np.linspace(4000, 12000, 40)]),
            "planck": W**-5 / (np.exp(spectra.SECOND_RADIATION_CONSTANT / (W * hot)) - 1),
            "lamp": np.stack(lamps),
        }
        self.lights = {k: v / v.mean(1, keepdims=True) for k, v in self.lights.items()}
        self.d65 = np.interp(W, grid, tables["D65"])

    def light(self, random: np.random.Generator, *kinds: str) -> np.ndarray:
        """One light of a kind."""
        some = self.lights[kinds[random.integers(len(kinds))]]
        return some[random.integers(len(some))]


def daylight(kelvin: float, basis: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """CIE daylight of a temperature (CIE 15)."""
    a = (-4.6070e9, 2.9678e6, 99.11, 0.244063) if kelvin <= 7000 else (-2.0064e9, 1.9018e6, 247.48, 0.237040)
    x = a[0] / kelvin**3 + a[1] / kelvin**2 + a[2] / kelvin + a[3]
    y = -3 * x * x + 2.87 * x - 0.275
    m = 0.0241 + 0.2562 * x - 0.7341 * y
    first, second = (-1.3515 - 1.7703 * x + 5.9114 * y) / m, (0.03 - 31.4424 * x + 30.0717 * y) / m
    return np.interp(W, grid, basis[0] + first * basis[1] + second * basis[2])


def heap(random: np.random.Generator) -> np.ndarray:
    """Which of the leaves is seen at each place: discs and boxes of all sizes, one over another."""
    seen, (y, x) = np.zeros((ROWS, COLUMNS), int), np.mgrid[:ROWS, :COLUMNS]
    for i, radius in enumerate(1 / np.sqrt(random.uniform(1 / 30**2, 1 / 1.5**2, LEAVES))):
        down, across = np.abs(y - random.uniform(0, ROWS)), np.abs(x - random.uniform(0, COLUMNS))
        disc = random.random() < 0.5
        seen[down**2 + across**2 < radius**2 if disc else (down < radius * random.uniform(0.3, 1)) & (across < radius)] = i
    return seen


def scene(world: World, heaps: list[np.ndarray], random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A picture (rows, columns, 3) of a camera, the colour of its light, and the camera's colour of D65."""
    camera = world.cameras[random.integers(len(world.cameras))]
    kind = str(random.choice(["sky", "cie", "planck", "lamp"], p=[0.3, 0.15, 0.3, 0.25]))
    light = world.light(random, kind)
    if kind == "lamp" and random.random() < 0.5:
        light = light + random.uniform(0, 0.6) * (world.light(random, "planck") - light)
    seen, family = heaps[random.integers(len(heaps))], random.choice(6, p=[0.25, 0.2, 0.15, 0.1, 0.05, 0.25])
    pool = np.flatnonzero(world.family == family) if random.random() < 0.6 else np.arange(len(world.family))
    surfaces = world.surfaces[random.choice(pool, random.integers(4, 30))]
    # Walls, paper, roads: neutral things are commoner than in collections of surfaces.
    neutral, tint = random.random(len(surfaces)) < random.uniform(0.1, 0.6), random.uniform(0, 0.15)
    flat = random.uniform(0.03, 0.92, len(surfaces))[:, None] * (1 - tint + tint * surfaces / surfaces.mean(1, keepdims=True))
    colours, lamp = (np.where(neutral[:, None], flat, surfaces) * light) @ camera.T, light @ camera.T
    shares = random.exponential(size=len(surfaces))
    picture = colours[random.choice(len(surfaces), LEAVES, p=shares / shares.sum())][seen]
    y, x = np.mgrid[:ROWS, :COLUMNS] / ROWS
    shade = sum(random.normal(0, 0.5) * np.sin(random.uniform(0.5, 3) * axis + random.uniform(0, 6)) for axis in (x, y))
    picture = picture * np.exp(shade + random.normal(0, random.uniform(0.1, 0.7), LEAVES)[seen])[..., None]
    if random.random() < 0.5:  # highlights
        gloss = (random.random(seen.shape) < random.uniform(0, 0.02)) * random.exponential(random.uniform(0.1, 1), seen.shape)
        picture = picture + gloss[..., None] * lamp
    if random.random() < 0.3:  # a part lies in another light
        other = (world.light(random, "cie", "planck") @ camera.T) / lamp
        share = random.uniform(0, 0.5) / (1 + np.exp(-8 * (x * random.normal() + y * random.normal() - random.normal(0, 0.5))))
        picture = picture * (1 + share[..., None] * (other / other[1] - 1))
    clips = random.random() < 0.7
    top = (
        np.quantile(picture[..., 1], random.uniform(0.9, 0.999)) * random.uniform(0.9, 1.6)
        if clips
        else picture.max() * random.uniform(1, 2)
    )
    picture = picture / top
    picture = picture + random.normal(size=picture.shape) * np.sqrt(np.maximum(picture, 0) * 10 ** random.uniform(-5, -3) + 1e-6)
    picture = picture + random.uniform(0, 0.01) * random.random() * lamp / lamp[1]  # flare
    return np.clip(picture, 0, 1), lamp, world.d65 @ camera.T


def main() -> None:
    """Draw scenes, learn from them, say how far off cameras left out are, and keep the weights."""
    import jax
    import jax.numpy as jnp
    import optax

    from isp.core import Domain, Frame, Planes
    from isp.core.weights import grown, packed, shipped_file
    from isp.develop.measure import learned_white_balance as stage
    from isp.develop.measure import places

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("spectral", type=Path)
    parser.add_argument("--scenes", type=int, default=6000)
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--ship", action="store_true", help="write the file that ships")
    asked = parser.parse_args()
    world, random = World(asked.spectral), np.random.default_rng(1)
    heaps = [heap(random) for _ in range(256)]
    pictures, lamps, whites = (
        np.array(a, np.float32) for a in zip(*(scene(world, heaps, random) for _ in range(asked.scenes)), strict=True)
    )
    log = lambda colours: np.log(colours[:, [0, 2]] / colours[:, 1:2])  # noqa: E731

    def statistics(one: tuple[Any, Any]) -> tuple[Any, Any]:
        found, trusted = places(Frame(pixels=Planes.split(one[0], (1, 1)), domain=Domain.CAMERA))
        return stage.seen(found, trusted, one[1]), stage.light(stage.patch_of(found, trusted))

    seen, base = jax.jit(lambda *both: jax.lax.map(statistics, both, batch_size=50))(pictures, whites / whites[:, 1:2])
    wanted = jnp.asarray(log(lamps)) - base
    weights = {k: jnp.asarray(v) for k, v in grown(stage.grown).items()}

    def loss(weights: Any, x: Any, y: Any) -> Any:
        off = jax.vmap(lambda one: stage.moved(weights, one))(x) - y
        return jnp.mean(jnp.sqrt(jnp.sum(off**2, -1) + 1e-4)) + 1e-5 * sum(jnp.sum(w**2) for w in weights.values())

    rule = optax.adam(optax.cosine_decay_schedule(5e-3, asked.steps))

    def step(carry: Any, key: Any) -> Any:
        weights, state = carry
        some = jax.random.randint(key, (256,), 0, len(seen) * 9 // 10)
        blurred = seen[some] + 0.1 * jax.random.normal(key, (256, seen.shape[1]))  # so that it trusts no statistic to a hair
        value, slope = jax.value_and_grad(loss)(weights, blurred, wanted[some])
        moves, state = rule.update(slope, state)
        return (optax.apply_updates(weights, moves), state), value

    (weights, _), _ = jax.jit(lambda c: jax.lax.scan(step, c, jax.random.split(jax.random.key(0), asked.steps)))(
        (weights, rule.init(weights))
    )
    weights = {k: np.asarray(v) * (TRUST if k.startswith("last") else 1) for k, v in weights.items()}
    held = slice(len(seen) * 9 // 10, None)
    after = np.asarray(jax.vmap(lambda one: stage.moved(weights, one))(seen[held]))
    figures = {"before": degrees(0 * after, wanted[held]), "after": degrees(after, wanted[held])}
    print(json.dumps(figures))
    if asked.ship:
        card = {
            "data": f"{asked.scenes} generated scenes of measured surfaces, lights and cameras; no photograph",
            "licences": {"cameras and 190 surfaces": "Apache-2.0 (rawtoaces-data)", "surfaces and lights": "MIT (isetcam)"},
            "recipe": "pipelines/train/white_balance.yaml", "seed": 1, "steps": asked.steps,
            "figures": {"degrees of chroma on scenes left out, mean and median": figures},
        }  # fmt: skip
        shipped_file(STAGE).write_bytes(packed(weights, STAGE, card))


def degrees(found: Any, wanted: Any) -> dict[str, float]:
    """Mean and median angle of lights whose logarithms are off by so much, about grey."""
    one, other = (np.insert(np.exp(np.asarray(v)), 1, 1, -1) for v in (found, wanted))
    cosine = (one * other).sum(-1) / np.linalg.norm(one, axis=-1) / np.linalg.norm(other, axis=-1)
    off = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return {"mean": round(float(off.mean()), 2), "median": round(float(np.median(off)), 2)}


if __name__ == "__main__":
    main()
