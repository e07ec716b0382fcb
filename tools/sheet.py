"""Every shipped sensor at three ISOs on one sheet: `make sheet` (or `python tools/sheet.py [NAME...] [-o sheet.jpg]`).

A ColorChecker beside the embedded raw's own picture, captured pixel by pixel and shown at 70 %, in light
that is metered for each ISO, and developed: Bayer mosaics by `classic`, others by `any_filters` with the falloff undone.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from isp.core import Domain, Frame
from isp.execute import Shot, capture, develop, light
from isp.io import embedded, read
from isp.spec import load, load_spec, shipped_names, stage_class

CELL = (168, 324)
"""Rows and columns of a capture: every mosaic's tile fits."""
STOPS = (0, 3, 6)
"""Above the ISO that a profile begins with."""
LUMINANCE = 500.0
ACROSS, GAP, TITLE = 2, 8, 22
CHART = "{isp: 1, input: scene, stages: [{scene.light: {illuminant: D65, luminance: 1, bands: rgb}}, scene.colour_checker]}"


def scene():
    """A ColorChecker and a dog, in cd/m2."""
    rows, columns = CELL
    chart = np.asarray(load(CHART)(light(rows, columns // 2)).pixels)
    picture = shown(develop(load("classic"), read(embedded())))
    linear = np.where(picture > 0.04045, ((picture + 0.055) / 1.055) ** 2.4, picture / 12.92)
    by = linear.shape[0] // rows
    top, left = (linear.shape[0] - by * rows) // 2, (linear.shape[1] - by * (columns // 2)) // 2
    dog = linear[top : top + by * rows, left : left + by * (columns // 2)].reshape(rows, by, columns // 2, by, 3).mean((1, 3))
    pixels = LUMINANCE * np.concatenate([chart, dog], 1)
    return Frame(pixels=pixels.astype(np.float32), domain=Domain.SCENE, scene_white=np.full(3, LUMINANCE, np.float32))


def shown(frame):
    """A developed picture (rows, columns, 3), 0 to 1."""
    picture = np.asarray(frame.array, float) / (2**frame.bits - 1 if frame.bits else 1)
    return np.broadcast_to(picture.reshape(*picture.shape[:2], -1), (*picture.shape[:2], 3))


def pipeline(frame):
    """What develops a frame of these filters."""
    if frame.cfa.is_bayer:
        return load("classic")
    chain = load("any_filters")
    if "shading.gain_map" in chain.names:
        return chain
    at = chain.index("level.subtract_black") + 1
    undone = stage_class("shading.gain_map")()
    return replace(
        chain, stages=(*chain.stages[:at], undone, *chain.stages[at:]), names=(*chain.names[:at], undone.name, *chain.names[at:])
    )


def cells(name, start):
    """The pictures of a sensor with their ISOs."""
    sensor = load_spec(name, kind="sensors").chain
    base = float(sensor["exposure.settings"].iso)
    for stops in STOPS:
        frame = next(capture(sensor, None, start, Shot(iso=base * 2**stops, seed=stops)))
        yield base * 2**stops, Image.fromarray(np.uint8(np.round(255 * np.clip(shown(develop(pipeline(frame), frame)), 0, 1))))


def sheet(names):
    """All of them, row by row."""
    start, font = scene(), ImageFont.load_default(13)
    block = (CELL[0] + TITLE + GAP, len(STOPS) * (CELL[1] + 2) + 2 * GAP)
    down = -(-len(names) // ACROSS)
    made = Image.new("RGB", (ACROSS * block[1], down * block[0] + GAP), "white")
    draw = ImageDraw.Draw(made)
    for i, name in enumerate(names):
        y, x = (i // ACROSS) * block[0] + GAP, (i % ACROSS) * block[1] + GAP
        for j, (iso, picture) in enumerate(cells(name, start)):
            made.paste(picture, (x + j * (CELL[1] + 2), y + TITLE))
            draw.text((x + j * (CELL[1] + 2), y + 2), f"{name}, ISO {iso:.0f}" if j == 0 else f"ISO {iso:.0f}", "black", font=font)
        print(name, flush=True)
    return made


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("names", nargs="*", default=shipped_names("sensors"))
    asked.add_argument("-o", "--output", type=Path, default=Path(__file__).resolve().parents[1] / "docs" / "sensors.jpg")
    given = asked.parse_args()
    made = sheet(list(given.names))
    made.resize([side * 7 // 10 for side in made.size], Image.Resampling.LANCZOS).save(
        given.output, quality=72, optimize=True, progressive=True
    )
    print(f"{given.output}: {given.output.stat().st_size / 1000:.0f} kB")
