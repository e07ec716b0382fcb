"""Make the weights of denoise.dilated_cnn of those that a run found for demosaic.joint_cnn, and ship them: `python tools/own_colours.py RUN`.

Both networks have the same layers over cells of 2x2 sites; the joint one has an output for each colour of each site. Those for the colour that a site knows
already are what noise is at that site: with the others left out, the network denoises the mosaic. The card is that of the run, with what `own_colours.json`
in its folder says besides or otherwise.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from ship_weights import put_there, weights_of

from isp.core import IspError

OWN = (0, 4, 7, 11)
"""Of three colours at each of red, green, green and blue: the one that is known."""
FROM, TO = "demosaic.joint_cnn", "denoise.dilated_cnn"


def own(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The weights with the outputs of the colours that sites know, in the last layer and in the linear one."""
    return {name: w[..., list(OWN)] if name.split("/")[0] in ("last", "linear") else w for name, w in weights.items()}


def main(run: Path) -> None:
    """Write the file."""
    weights, card = weights_of(run, FROM)
    kept = own({name: np.asarray(w) for name, w in weights.items()})
    about = f"the part of {FROM} that speaks of the colour each site knows (tools/own_colours.py): same layers, the other outputs left out"
    put_there(TO, kept, card | {"made_by": about, "parameters": sum(w.size for w in kept.values())}, run / "own_colours.json")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        main(Path(sys.argv[1]))
    except IspError as error:
        sys.exit(f"error: {error}")
