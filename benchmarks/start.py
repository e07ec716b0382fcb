"""What a person waits for: the help page, the import, and the first picture with and without compiled chains on disk.

python benchmarks/start.py
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from core_chain import BLACK, WHITE, mosaic


def seconds(*command: str, times: int = 5, **environment: str) -> float:
    """The best wall time of a command."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **environment})
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Print the figures."""
    python = sys.executable
    figures = {
        "python -c pass, s": seconds(python, "-c", "pass"),
        "isp --help, s": seconds(python, "-m", "isp.cli", "--help"),
        "import jax, s": seconds(python, "-c", "import jax"),
        "import jax, isp, s": seconds(python, "-c", "import jax, isp; isp.load; isp.Frame"),
    }
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "mosaic.npy", Path(folder) / "picture.png"
        np.save(raw, mosaic(3000, 4000))
        Path(f"{raw}.yaml").write_text(f"cfa: rggb\nblack: {BLACK}\nwhite: {WHITE}\nwb_gains: [1.9, 1.0, 1.6]\n")
        develop = (python, "-m", "isp.cli", "develop", "classic", str(raw), "-o", str(out))
        figures["first 12 MP picture, nothing compiled, s"] = seconds(*develop, times=1, XDG_CACHE_HOME=folder)
        figures["first 12 MP picture, compiled before, s"] = seconds(*develop, times=3, XDG_CACHE_HOME=folder)
    for name, value in figures.items():
        print(f"{name:44}{value:8.2f}", file=sys.stderr)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
