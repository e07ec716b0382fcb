"""A laboratory: simulated cameras whose numbers are known, captured into folders as a person would."""

import numpy as np
import pytest

from isp.calibrate import calibrate, recognised
from isp.execute.capture import Shot, capture, light
from isp.io import write_dng
from isp.spec import load

NOISY = """isp: 1
title: Noisy
stages:
  - exposure.settings: {iso: 100, aperture: 2.8, pitch: 2.0}
  - exposure.lens: {transmission: 1.0}
  - sensitivity.matrix: {electrons: 2000}
  - cfa.bayer: {pattern: gbrg}
  - noise.prnu: {deviation: 0.8}
  - noise.photon
  - pixel.full_well: {capacity: 9000}
  - noise.dsnu: {deviation: 1.2, growth: 0.0}
  - noise.read_tukey: {deviation: 2.5, shape: -0.1}
  - noise.row: {deviation: 0.5}
  - adc.linear: {gain: 0.4, pedestal: 64, bits: 12}
"""
EVEN = """isp: 1
input: scene
stages:
  - scene.light: {luminance: 1000, bands: rgb}
  - scene.flat: {share: 1}
"""
LUX_SECONDS = np.pi / 4 / 2.8**2 * 1000
"""Each second of exposure to 1000 cd/m2 at f/2.8."""


class Laboratory:
    """Captures go into `folder`; `noisy` has no optics, so that its flats are even."""

    def __init__(self, folder):
        self.folder, self.noisy, self.even = folder, load(NOISY), load(EVEN)

    def shoot(self, kind, sensor, scene, times, size, *, frames=2, iso=100, seed=0, unit=0):
        """Captures of a scene at some exposure times, into the folder of a kind."""
        (self.folder / kind).mkdir(parents=True, exist_ok=True)
        for i, time in enumerate(times):
            shot = Shot(iso=iso, exposure_time=float(time), seed=seed + 100 * i, unit=unit, frames=frames)
            for j, frame in enumerate(capture(sensor, scene, light(*size), shot)):
                write_dng(frame.but(make="Acme", model="L1"), self.folder / kind / f"{iso:05g}_{i:03d}_{j:02d}.dng", compress=False)

    def series(self, sensor, size, levels, *, iso=100, well=9000.0, stacks=16, rate=2000 * LUX_SECONDS):
        """Flats from near dark to over the well, and darks."""
        dark = self.even.replace({"scene.flat.share": 0.0})
        seed = int(iso) * 10_000
        self.shoot("flats", sensor, self.even, np.linspace(0.01, 2.4, levels) * well / rate, size, iso=iso, seed=seed)
        if stacks:
            self.shoot("stack_dark", sensor, dark, [0.01], size, frames=stacks, iso=iso, seed=seed + 9001)
            self.shoot("stack_flat", sensor, self.even, [0.5 * well / rate], size, frames=stacks, iso=iso, seed=seed + 9002)
        else:
            self.shoot("darks", sensor, dark, [0.01], size, frames=4, iso=iso, seed=seed + 9003)

    def measured(self, **how):
        """What calibration finds in the folder."""
        return calibrate(recognised([self.folder]), trusted=True, **how)


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    """An empty laboratory for each module."""
    return Laboratory(tmp_path_factory.mktemp("laboratory"))


@pytest.fixture(scope="session")
def new_laboratory(tmp_path_factory):
    """Makes further ones."""
    return lambda: Laboratory(tmp_path_factory.mktemp("laboratory"))
