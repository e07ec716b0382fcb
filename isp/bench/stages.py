"""What each stage of a pipeline adds and costs: noise, sharpness, colour, clipping, time, memory; and what the picture would be without it.

    for row in stages(load("classic"), load_spec("imx219", kind="sensors").chain, iso=800):
        print(row.stage, row.seen.mtf50, row.change)

Captures of a sheet of charts (`isp.bench.sheet`) go through the pipeline and are looked at after every stage (`isp.bench.figures`), then through the
pipeline less each of its stages (`isp.bench.without`). Noise is predicted and measured on the grey steps of the sheet (`isp.bench.noise`). The sheet stands
in the middle of the field, so sharpness, colour and noise are those of the middle: what lenses do towards the corners, and a stage against it, is not seen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from isp.bench.figures import Figures, Seen, figures, looked_at
from isp.bench.laboratory import Setting
from isp.bench.noise import GREY, StageNoise, propagated
from isp.bench.programs import Programs
from isp.bench.sheet import LEAVES_AT, STEPS_AT, captures, wanted
from isp.bench.without import without
from isp.core import Chain, ChainError, Frame

LOOKED_AT = 8
"""Captures that are looked at: sharpness and colour are those of their mean."""
CAPTURE = "capture"
"""The name of the first row: the raw frame, before any stage."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class StageRow:
    """One stage, or the capture itself, of which only `seen` is known.

    `seen` is what the frame says after it. `noise` holds deviations and ratios by level and colour, predicted and measured; None where the walk of
    `stage_noise` does not come. `milliseconds` of processor time for a megapixel, by itself in a program of its own, and `bytes_per_pixel` beyond its
    input. `picture` is the finished picture of the whole pipeline; `without` that of the pipeline without this stage, `how` says what was done for
    that. None, with the reason in `how`, where it cannot be done.
    """

    stage: str
    domain: str
    seen: Seen
    noise: StageNoise | None = None
    milliseconds: float = float("nan")
    bytes_per_pixel: float = float("nan")
    picture: Figures | None = None
    without: Figures | None = None
    how: str = ""

    @property
    def change(self) -> Figures | None:
        """What switching the stage off changes in the finished picture: `without` less `picture`."""
        return None if self.without is None or self.picture is None else self.without.less(self.picture)

    def numbers(self) -> dict[str, Any]:
        """The row as plain values, for tables and files. Noise is that of the grey card (18 %), the mean of its colours, as the ratio of light to noise in dB;
        what is not known is None."""
        noise = {"snr_db": None, "predicted_snr_db": None}
        if self.noise is not None:
            noise = {name: float(np.mean(getattr(self.noise, name)[GREY])) for name in noise}
        change = {f"without_{name}": getattr(self.change, name, None) for name in Figures.__dataclass_fields__}
        plain = {
            "stage": self.stage,
            "domain": self.domain,
            **noise,
            "mtf50": float(self.seen.mtf50.value),
            "delta_e": self.seen.delta_e,
            "delta_e_fitted": self.seen.delta_e_fitted,
            "clipped": self.seen.clipped,
            "milliseconds_per_megapixel": self.milliseconds,
            "bytes_per_pixel": self.bytes_per_pixel,
            "how": self.how,
            **change,
        }
        return {name: None if isinstance(value, float) and not np.isfinite(value) else value for name, value in plain.items()}


def steps(pipeline: Chain, *, draws: int = 64, off: bool = True) -> int:
    """How many steps `stages` counts."""
    return max(draws, LOOKED_AT) + (2 if off else 1) * len(_without_geometry(pipeline)) + bool(draws)


def stages(
    pipeline: Chain,
    sensor: Chain,
    iso: float | None = None,
    *,
    illuminant: str | None = None,
    seed: int = 0,
    draws: int = 64,
    probes: int = 48,
    off: bool = True,
    programs: Programs | None = None,
    progress: Progress | None = None,
) -> list[StageRow]:
    """A row for the capture and one for each stage of a pipeline behind a simulated sensor, at an ISO (left out: the sensor's own) and in a light (left out: D65).

    Stages of the family `geometry` move pixels and make none: they have no row and are left out. Noise is measured on `draws` captures and predicted
    with `probes`; `draws=0` leaves noise out, `off=False` the pictures without each stage. What is compiled is kept in `programs`, for whoever asks again.
    `progress(done, total)` counts steps. Raises ChainError where the sensor's frames do not fit the pipeline, DataError where a stage changes their size.
    """
    chain = _without_geometry(pipeline)
    setting = Setting(sensor.title or "sensor", sensor, iso, illuminant)
    programs, count = programs or Programs(), max(draws, LOOKED_AT)
    done, total = 0, steps(pipeline, draws=draws, off=off)

    def tell() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, total)

    raws = []
    for raw in captures(setting, count, seed=seed):
        raws.append(raw)
        tell()
    after = [raws[:LOOKED_AT]]
    rows = [StageRow(CAPTURE, str(raws[0].domain), looked_at(after[0]))]
    for name, stage in zip(chain.names, chain.stages, strict=True):
        part, before = _part(chain, name), after[-1]
        after.append([programs.run(part, frame) for frame in before])
        sites = float(np.prod(np.shape(before[0].pixels)[:2]))
        row = StageRow(name, str(after[-1][0].domain), looked_at(after[-1]))
        time, memory = programs.time(stage, before[0]), programs.memory(stage, before[0])
        rows.append(dataclasses.replace(row, milliseconds=1e3 * time / (sites / 1e6), bytes_per_pixel=memory / sites))
        tell()
    if off:
        leaves = wanted(LEAVES_AT)
        picture = figures(after[-1], leaves)
        for i, name in enumerate(chain.names, 1):
            rows[i] = dataclasses.replace(rows[i], picture=picture, **_off(chain, name, after, leaves, programs))
            tell()
    if draws:
        noises = {one.stage: one for one in _noise(chain, raws, probes)}
        rows = [dataclasses.replace(row, noise=noises.get(row.stage)) for row in rows]
        tell()
    return rows


def _off(chain: Chain, name: str, after: list[list[Frame]], leaves: np.ndarray, programs: Programs) -> dict[str, Any]:
    """The picture without a stage, and how that came about. What was made before the first that is missing is not made again."""
    cfa = after[0][0].cfa
    left = without(chain, name, bayer=cfa is not None and cfa.is_bayer)
    if left.chain is None:
        return {"how": left.how}
    rest = dataclasses.replace(left.chain, stages=left.chain.stages[left.first :], names=left.chain.names[left.first :])
    try:
        return {"without": figures([programs.run(rest, frame) for frame in after[left.first]], leaves), "how": left.how}
    except ChainError as error:  # a fact that a file might have brought, and this sensor does not
        return {"how": str(error)}


def _noise(chain: Chain, raws: list[Frame], probes: int) -> list[StageNoise]:
    """Noise after each stage, on the grey steps of the captures."""
    greys = [np.asarray(raw.pixels, np.float32)[STEPS_AT] for raw in raws]
    return propagated(chain, raws[0].but(pixels=greys[0]), greys, probes)


def _part(chain: Chain, name: str) -> Chain:
    at = chain.index(name)
    return dataclasses.replace(chain, stages=chain.stages[at : at + 1], names=(name,))


def _without_geometry(chain: Chain) -> Chain:
    left = [(name, stage) for name, stage in zip(chain.names, chain.stages, strict=True) if not stage.name.startswith("geometry.")]
    return dataclasses.replace(chain, names=tuple(n for n, _ in left), stages=tuple(s for _, s in left))
