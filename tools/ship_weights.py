"""Put the weights that a run found where they ship: `python tools/ship_weights.py RUN... STAGE`, as in `runs/demosaic demosaic.residual_cnn`.

Of several runs, which must have gone on from one and the same, the mean of what they found: it lies lower than each (Wortsman et al., Model soups, 2022).

The file in isp/data/weights holds them with the card that the first run wrote: recipe, seed, data and licences, minutes, validation, versions; and what
`card.json` in its folder says besides or otherwise: figures, the protocol, the data in a sentence. A run that has not ended, or whose weights are not finite, is
refused; what its card does not say is told.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from isp.core import DataError, IspError
from isp.core.weights import content, packed, read, shipped_file
from isp.io.place import put
from isp.spec import load
from isp.spec.overlay import file_of
from isp.tune.card import UNSAID


def shipped(runs: Sequence[Path], stage: str) -> Path:
    """Write the file. Raises DataError for a run that has not ended, or that has no such weights."""
    found = [weights_of(run, stage) for run in runs]
    mean = {name: np.mean([np.asarray(weights[name], np.float64) for weights, _ in found], 0).astype(np.float32) for name in found[0][0]}
    card = dict(found[0][1])
    if len(found) > 1:
        card["made_by"] = (
            f"the mean of what {len(found)} runs found that went on from one and the same; minutes and validation are those of the first"
        )
    return put_there(stage, mean, card, runs[0] / "card.json")


def put_there(stage: str, weights: Mapping[str, Any], card: dict[str, Any], besides: Path) -> Path:
    """Write the weights of a stage where they ship, with a card and what a file says besides or otherwise, where there is one."""
    said = json.loads(besides.read_text(encoding="utf-8")) if besides.is_file() else {}
    path, card = shipped_file(stage), card | said
    path.parent.mkdir(parents=True, exist_ok=True)
    put(path, packed(weights, stage, card))
    size = path.stat().st_size / 1e3
    print(f"{path}: {size:.0f} kB, {content(weights)[:16]}, {card.get('minutes', '?')} minutes, {card.get('validation', {})}")
    return path


def weights_of(run: Path, stage: str) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """What a run found, and its card."""
    if not (run / "tuned.yaml").is_file() or "ended" not in json.loads((run / "run.json").read_text(encoding="utf-8")):
        raise DataError("the run has not ended", "", "go on with it: isp tune ... --resume", file=run)
    found = [
        getattr(one, field)
        for one in load(run / "tuned.yaml")
        if one.name == stage
        for field, d in one.declared().items()
        if d.kind == "weights"
    ]
    if not found:
        raise DataError(f"{stage} has no weights there", "", "name the stage that was trained", file=run)
    kept = run / file_of(found[0])
    if not kept.is_file():
        raise DataError(f"the weights of {stage} are those that ship", "", "nothing was found that is better", file=run)
    weights, card = read(kept, stage, found[0])
    for line in card.get("data", [{"what": "its data", "licence": UNSAID}]):
        if line["licence"] == UNSAID:
            why = f"no licence is said of {line['what']}: say `{{{line['what']}: {{licence: ...}}}}` in the recipe"
            print(f"warning: {why}", file=sys.stderr)
    return weights, card


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        shipped([Path(run) for run in sys.argv[1:-1]], sys.argv[-1])
    except IspError as error:
        sys.exit(f"error: {error}")
