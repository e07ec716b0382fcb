"""Put the weights that a run found where they ship: `python tools/ship_weights.py RUN STAGE`, as in `runs/demosaic demosaic.residual_cnn`.

The file in isp/data/weights holds them with the card that the run wrote: recipe, seed, data and licences, minutes, validation, versions. A run that has not ended,
or whose weights are not finite, is refused; what its card does not say is told.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from isp.core import DataError, IspError
from isp.core.weights import content, packed, read, shipped_file
from isp.io.place import put
from isp.spec import load
from isp.spec.overlay import file_of
from isp.tune.card import UNSAID


def shipped(run: Path, stage: str) -> Path:
    """Write the file. Raises DataError for a run that has not ended, or that has no such weights."""
    if not (run / "tuned.yaml").is_file() or "ended" not in json.loads((run / "run.json").read_text(encoding="utf-8")):
        raise DataError("the run has not ended", "", "go on with it: isp tune ... --resume", file=run)
    found = [
        (one, getattr(one, field))
        for one in load(run / "tuned.yaml")
        if one.name == stage
        for field, d in one.declared().items()
        if d.kind == "weights"
    ]
    if not found:
        raise DataError(f"{stage} has no weights there", "", "name the stage that was trained", file=run)
    weights = found[0][1]
    kept = run / file_of(weights)
    if not kept.is_file():
        raise DataError(f"the weights of {stage} are those that ship", "", "nothing was found that is better", file=run)
    _, card = read(kept, stage, weights)
    for line in card.get("data", [{"what": "its data", "licence": UNSAID}]):
        if line["licence"] == UNSAID:
            print(
                f"warning: no licence is said of {line['what']}: say `{{{line['what']}: {{licence: ...}}}}` in the recipe", file=sys.stderr
            )
    path = shipped_file(stage)
    path.parent.mkdir(parents=True, exist_ok=True)
    put(path, packed(weights, stage, card))
    print(
        f"{path}: {path.stat().st_size / 1e3:.0f} kB, {content(weights)[:16]}, {card.get('minutes', '?')} minutes, {card.get('validation', {})}"
    )
    return path


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        shipped(Path(sys.argv[1]), sys.argv[2])
    except IspError as error:
        sys.exit(f"error: {error}")
