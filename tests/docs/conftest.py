"""What a reader has before he begins: a raw file, captures of a camera, pixels of a sensor."""

import shutil

import numpy as np
import pytest

CAMERA = """isp: 1
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


@pytest.fixture(scope="module")
def photograph(tmp_path_factory):
    """A part of the embedded raw file, as a DNG."""
    from isp.io import embedded, read, write_dng

    frame = read(embedded(), trusted=True)
    path = tmp_path_factory.mktemp("photograph") / "IMG_1.dng"
    write_dng(frame.but(pixels=np.asarray(frame.pixels)[400:592, 300:556], make="Acme", model="S1", iso=np.float32(200)), path)
    return path


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    """The folder `lab` of a person who has measured a small camera: flats of rising exposure, and darks."""
    from isp.execute.capture import Shot, capture, light
    from isp.io import write_dng
    from isp.spec import load

    folder = tmp_path_factory.mktemp("laboratory") / "lab"
    sensor = load(CAMERA, kind="sensors")
    scene = load("isp: 1\ninput: scene\nstages: [{scene.light: {bands: rgb}}, {scene.flat: {share: 1}}]")
    full = 3000 / (8000 * 0.9 * np.pi / 4 / 4.0**2 * 1000)
    for i, share in enumerate((0.0, 0.08, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9, 1.2, 1.6, 2.4)):
        lit = scene.replace({"scene.flat.share": 1.0 if share else 0.0})
        shot = Shot(exposure_time=full * max(share, 0.01), seed=i, frames=2)
        kind = folder / ("flats" if share else "darks")
        kind.mkdir(parents=True, exist_ok=True)
        for j, frame in enumerate(capture(sensor, lit, light(96, 96), shot)):
            write_dng(frame.but(make="Acme", model="S1"), kind / f"x{i}_{j}.dng")
    return folder


@pytest.fixture
def folder(tmp_path, photograph, request):
    """A folder of one's own, with the raw file in it; on the page that measures a camera, with captures of it."""
    shutil.copy(photograph, tmp_path)
    np.random.default_rng(0).integers(256, 4096, (64, 96)).astype("<u2").tofile(tmp_path / "frame.raw")
    return tmp_path
