"""`isp calibrate` as a person runs it: captures in folders, a profile that captures again, a page, and everything that can be asked wrongly."""

import json

import numpy as np
import pytest

from isp.execute.capture import Shot, capture, light
from isp.io import write_dng
from isp.spec import load, load_spec

SENSOR = """isp: 1
title: Small sensor
camera: {make: Acme, model: S1, rows: 96, columns: 96}
stages:
  - exposure.settings: {iso: 100, aperture: 4.0, pitch: 2.0}
  - exposure.lens
  - sensitivity.matrix: {electrons: 8000 e-/(lx s)}
  - cfa.bayer: {pattern: grbg}
  - noise.photon
  - pixel.full_well: {capacity: 3000}
  - noise.read: {deviation: 4.0}
  - adc.linear: {gain: 0.5, pedestal: 64, bits: 12}
"""


@pytest.fixture
def captured(isp):
    """Captures of a small sensor in the folder `lab`."""
    sensor = load(SENSOR)
    scene = load("isp: 1\ninput: scene\nstages: [{scene.light: {bands: rgb}}, {scene.flat: {share: 1}}]")
    dark = scene.replace({"scene.flat.share": 0.0})
    full = 3000 / (8000 * 0.9 * np.pi / 4 / 4.0**2 * 1000)
    for i, share in enumerate((0.0, 0.08, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9, 1.2, 1.6, 2.4)):
        shot = Shot(exposure_time=full * max(share, 0.01), seed=i, frames=2)
        for j, frame in enumerate(capture(sensor, scene if share else dark, light(160, 160), shot)):
            folder = isp.folder / "lab" / ("flats" if share else "darks")
            folder.mkdir(parents=True, exist_ok=True)
            write_dng(frame.but(make="Acme", model="S1"), folder / f"x{i}_{j}.dng")
    return isp


def test_captures_become_a_profile_that_captures(captured):
    isp = captured
    done = isp("calibrate", "lab", "-o", "new/measured.yaml", "--report", "new/report.html", "--bits", 12, "--title", "Mine", "--trust")
    assert done.code == 0, done.err
    assert done.out.splitlines()[-2:] == ["new/measured.yaml", "new/report.html"]
    assert any(line.startswith("gain K") and "±" in line and "ISO 100" in line for line in done.out.splitlines())
    assert isp("check", "new/measured.yaml").code == 0
    spec = load_spec(isp.folder / "new" / "measured.yaml", kind="sensors")
    assert (
        spec.chain.title == "Mine" and spec.camera.make == "Acme" and "measured by isp calibrate" in spec.camera.sources["adc.linear.gain"]
    )
    again = isp("capture", "new/measured.yaml", "colour_checker", "-o", "again.dng", "--size", "64x48")
    assert again.code == 0, again.err
    assert (isp.folder / "new" / "report.html").read_text().count("<svg") >= 2

    told = json.loads(isp("calibrate", "lab", "--json", "--trust").out)
    gain = next(v for v in told["values"] if v["what"] == "gain K")
    assert gain["value"] == pytest.approx(0.5, rel=0.06) and 0 < gain["error"] < 0.02 and told["exit"] == 0 and told["written"] == []
    assert len(told["levels"]) == 11


def test_what_is_asked_wrongly_is_refused_before_anything_is_read(isp, make_raw):
    make_raw("darks/a.npy")
    for words, part in (
        ((), "no captures"),
        (("darks", "-o", "x.dng"), "x.dng is no name of a YAML file"),
        (("darks", "--report", "x.pdf"), "x.pdf is no name of a HTML file"),
        (("--flats", "none/*.dng"), "there is no such file"),
        (("darks", "--corners", "1,2,3"), "has 3 numbers, not 8"),
        (("darks", "--edge-region", "1,2"), "has 2 numbers, not 4"),
    ):
        done = isp("calibrate", *words)
        assert done.code == 2 and part in done.err, (words, done.err)
    lost = isp("calibrate", "nowhere")
    assert lost.code == 1 and "nowhere: no such file" in lost.err
    alone = isp("calibrate", "darks", "-o", "x.yaml")
    assert alone.code == 1 and "is the only capture" in alone.err and not (isp.folder / "x.yaml").exists()
