"""A tuning of libcamera for Raspberry Pi cameras: `pisp` for model 5, `vc4` for those before. Its importer reads back what is written.

Blocks are written where the pipeline or its sensor say something of them; into a `base` tuning, they stand in the place of its own. Sharpening and
denoising are other algorithms there: their numbers are told as multiples of what each takes as usual (`isp.ops.libcamera`).
"""

from __future__ import annotations

import json
from typing import Any

import jax.numpy as jnp
import numpy as np

from isp.core import Frame, SpecError
from isp.exporting.asked import Asked
from isp.ops.curve import squared
from isp.ops.libcamera import FULL, GRIDS, NO_DENOISING, POINTS, denoising, sharpening
from isp.ops.mesh import hats, interpolated

TARGETS = {"pisp": "pisp", "vc4": "bcm2835"}
SHADING_LIGHT = 5000
"""Kelvin under which the shading is said to hold: it is told for one light."""
GUESSED = ("bayes", "priors", "modes", "sensitivity_r", "sensitivity_b")
"""What a white balance must say and a pipeline does not know: a base knows better."""
LEVELS = np.linspace(0.005, 0.9, 60)
"""Shares of the range at which the noise model is fitted."""


def exported(asked: Asked) -> bytes:
    """The JSON text of a tuning. Raises SpecError for a `base` that is no tuning."""
    blocks: dict[str, Any] = {}
    for name, make in (
        ("rpi.black_level", _black), ("rpi.noise", _noise), ("rpi.awb", _awb), ("rpi.alsc", _alsc), ("rpi.contrast", _contrast), ("rpi.ccm", _ccm),
        ("rpi.sharpen", _sharpen), ("rpi.denoise" if asked.form == "pisp" else "rpi.sdn", _denoise),
    ):  # fmt: skip
        if (made := make(asked)) is not None:
            blocks[name] = made
    if asked.frame is None:
        asked.warn("no sensor was given: black level, noise, white balance and shading are left out")
    asked.beyond("level", "white_balance", "measure", "shading", "denoise", "stabilise", "demosaic", "detail", "defect", "highlight")
    whole = _based(asked, blocks)
    return (json.dumps(whole, indent=4) + "\n").encode()


def _based(asked: Asked, blocks: dict[str, Any]) -> dict[str, Any]:
    if asked.base is None:
        asked.warn("the camera stack needs more blocks than a pipeline has (rpi.agc, rpi.lux, ...): write it into a tuning that has them")
        return {"version": 2.0, "target": TARGETS[asked.form], "algorithms": [{name: block} for name, block in blocks.items()]}
    try:
        whole = json.loads(asked.base.read_bytes())
        old = {name: block for entry in whole["algorithms"] for name, block in entry.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SpecError(f"{asked.base} is no tuning of libcamera", str(error), "give a JSON file of its data folder") from error
    if whole.get("target") != TARGETS[asked.form]:
        asked.warn(f"{asked.base} is for {whole.get('target')}, not for {TARGETS[asked.form]}")
    if rest := old.get("rpi.awb"):
        blocks.get("rpi.awb", {}).update({name: rest[name] for name in GUESSED if name in rest})
    whole["algorithms"] = [{name: block} for name, block in _merged(old, blocks).items()]
    return whole


def _merged(old: Any, new: Any) -> Any:
    """Mappings joined, at every depth; of anything else, the new."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return old | {name: _merged(old.get(name), value) for name, value in new.items()}


def _scale(asked: Asked) -> float | None:
    """Numbers of 16 bits for each number of the sensor."""
    if asked.frame is None:
        return None
    bits = asked.known.get("bits") or int(np.ceil(np.log2(float(np.max(asked.known["white"])) + 1)))
    return FULL / 2**bits


def _black(asked: Asked) -> dict[str, Any] | None:
    scale = _scale(asked)
    fixed = next((s for s in asked.chain if s.name == "level.fixed_black"), None)
    black = np.asarray(fixed.black if fixed else asked.known.get("black", ()), float)
    if scale is None or not black.size:
        return None
    offset = next((float(s.offset) for s in asked.chain if s.name == "level.subtract_black"), 0.0)
    levels = np.rint((black + offset) * scale).astype(int)
    if np.ptp(levels) and (fixed or asked.frame.cfa):
        sites = "rgb" if fixed else asked.frame.cfa.sites
        mean = {c: int(np.rint(np.mean([v for v, s in zip(levels, sites, strict=True) if s == c]))) for c in "rgb"}
        return {"black_level": mean["g"]} | {f"black_level_{c}": level for c, level in mean.items()}
    return {"black_level": int(levels[0])}


def _noise(asked: Asked) -> dict[str, Any] | None:
    """Deviation = constant + slope sqrt(level), in numbers of 16 bits, nearest to the frame's sqrt(a level + b)."""
    noise, scale = asked.known.get("noise"), _scale(asked)
    if noise is None or scale is None or "black" not in asked.known:
        return None
    slope, floor = np.asarray(noise, float).mean(0)
    black = float(np.mean(asked.known["black"]))
    level = LEVELS * (FULL - black * scale)
    deviation = np.sqrt(np.maximum(slope * (level / scale + black) + floor, 0)) * scale
    terms = np.stack([np.ones_like(level), np.sqrt(level)], 1)
    constant, root = np.linalg.lstsq(terms / deviation[:, None], np.ones_like(level), rcond=None)[0]
    if asked.known.get("iso") is not None:
        asked.warn(f"the noise is that of ISO {float(asked.known['iso']):g}, where a tuning wants that of the sensor without gain")
    off = np.abs(terms @ (constant, root) / deviation - 1).max()
    if off > 0.05:
        asked.warn(f"the noise model is told to {100 * off:.0f} %: a constant and a root")
    return {"reference_constant": round(float(max(constant, 0.0)), 3), "reference_slope": round(float(root), 5)}


def _awb(asked: Asked) -> dict[str, Any] | None:
    kelvins = sorted({*asked.kelvins, 2856.0, 4000.0, 6504.0})
    gains = [asked.gains(k) for k in kelvins]
    if any(g is None for g in gains):
        if asked.frame is not None:
            asked.warn("the sensor has no matrix from red, green and blue to XYZ: the white balance curve is left out")
        return None
    curve = [float(f"{v:.6g}") for k, g in zip(kelvins, gains, strict=True) for v in (k, 1 / g[0], 1 / g[2])]  # type: ignore[index]
    low, high = int(kelvins[0]), int(kelvins[-1])
    return {
        "bayes": 1, "priors": [{"lux": 0, "prior": [low, 1.0, high, 1.0]}], "modes": {"auto": {"lo": low, "hi": high}},
        "sensitivity_r": 1.0, "sensitivity_b": 1.0, "ct_curve": curve,
    }  # fmt: skip


def _alsc(asked: Asked) -> dict[str, Any] | None:
    """Gains at the middles of cells: those of the frame's mesh or of the radial law, both where the pipeline has both."""
    stages = [s for s in asked.chain if s.name.startswith("shading.")]
    if asked.frame is None or not stages or (asked.frame.shading is None and all(s.name == "shading.gain_map" for s in stages)):
        return None
    if asked.frame.cfa is None or not {"r", "g", "b"} <= set(asked.frame.cfa.sites):
        asked.warn("shading of filters other than red, green and blue is left out")
        return None
    red, green, blue = _shaded(asked.frame, stages, GRIDS[asked.form])
    tables = {
        f"calibrations_{name}": [{"ct": SHADING_LIGHT, "table": _plain(plane / green, 4)}] for name, plane in (("Cr", red), ("Cb", blue))
    }
    return {"luminance_strength": 1.0, **tables, "luminance_lut": _plain(green, 4)}


def _shaded(frame: Frame, stages: list[Any], grid: tuple[int, int]) -> np.ndarray:
    """What the stages multiply red, green and blue by at the middles of cells, (3, down, across)."""
    rows, columns = ((np.arange(n, dtype=np.float32) + 0.5) / n for n in grid)
    made = np.ones((3, *grid))
    frame = frame.but(pixels=np.zeros(np.shape(frame.array), np.float32))
    for stage in stages:
        for c, colour in enumerate("rgb"):
            phases = [i for i, site in enumerate(frame.cfa.sites) if site == colour]
            if stage.name == "shading.radial":
                made[c] *= np.asarray(stage.gain(frame, rows[:, None], columns[None], phases[0]))
            elif frame.shading is not None:
                gains, at = np.asarray(frame.shading.gains), phases
                if len(gains) != len(frame.cfa.sites):
                    at = [0 if len(gains) == 1 else frame.cfa.filters.index(colour)]
                mesh = jnp.asarray(1 + float(stage.strength) * (gains[at].mean(0) - 1), jnp.float32)
                places = zip((rows, columns), frame.shading.origin, frame.shading.extent, mesh.shape, strict=True)
                made[c] *= np.asarray(interpolated(mesh, *(hats(p, o, e, n) for p, o, e, n in places)))
    return made


def _contrast(asked: Asked) -> dict[str, Any]:
    colours = asked.colours
    asked.separable()
    if not colours.encoded:
        asked.warn("the pipeline ends in linear light: so does its gamma curve")
    x = np.rint(np.asarray(squared(np.linspace(0, 1, POINTS))) * (FULL - 1))
    y = np.rint(np.clip(colours.curve(x / (FULL - 1)), 0, 1) * (FULL - 1))
    if (np.diff(y) < 0).any():
        asked.warn("the curve falls in places; it is held there")
        y = np.maximum.accumulate(y)
    return {"ce_enable": 0, "gamma_curve": [int(v) for pair in zip(x, y, strict=True) for v in pair]}


def _ccm(asked: Asked) -> dict[str, Any]:
    if asked.colours.stages[0].name == "colour.matrix" and asked.frame is None:
        asked.warn("the matrix is the camera's own, and no sensor was given: it is left as the identity")
    return {"ccms": [{"ct": round(k), "ccm": _plain(m * asked.correction, 6)} for k, m in asked.matrices()]}


def _sharpen(asked: Asked) -> dict[str, Any]:
    stage = next((s for s in asked.chain if s.name == "detail.unsharp"), None)
    if stage is None:
        return {"threshold": 1.0, "limit": 1.0, "strength": 0.0}
    usual = type(stage)()
    if lost := [f for f in ("radius", "noise") if not np.allclose(getattr(stage, f), getattr(usual, f))]:
        asked.warn(f"{' and '.join(lost)} of detail.unsharp: sharpening there has three numbers, and its own filters")
    return {name: _plain(value, 4) for name, value in sharpening(stage, usual).items()}


def _denoise(asked: Asked) -> dict[str, Any]:
    stages = [s for s in asked.chain if s.name.startswith("denoise.")]
    told = NO_DENOISING
    if stages and "strength" in stages[0].declared():
        asked.warn(f"{stages[0].name} is told by its strength alone, as `sdn.deviation`: denoising there is another algorithm")
        told = denoising(float(np.asarray(stages[0].strength)))
    if lost := [s.name for s in stages[told is not NO_DENOISING :]]:
        asked.warn(f"has no place for {', '.join(lost)}")
    return {"normal": {"sdn": told}} if asked.form == "pisp" else told


def _plain(values: Any, digits: int) -> Any:
    """Numbers as JSON has them, rounded."""
    numbers = np.round(np.asarray(values, float), digits)
    return numbers.reshape(-1).tolist() if numbers.ndim else float(numbers)
