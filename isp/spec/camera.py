"""What a sensor profile says of its camera beside the stages: who made it, how large it is, and where each number comes from.

```yaml
camera: {make: Sony, model: IMX219, rows: 2464, columns: 3280}
sources:
  noise.read: "libcamera vc4_imx219.json, noise.reference_slope, BSD-2-Clause"
  optics.vignetting.k2: estimate
```
A source stands for a stage with all its values, or for one value of it; a value that is guessed says `estimate`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from isp.core.chain import Chain, nearest
from isp.core.errors import ChainError
from isp.spec.read import Steps

WORDS, COUNTS = ("make", "model"), ("rows", "columns")
LARGEST = 1_000_000
"""Rows or columns."""


@dataclass(frozen=True)
class Camera:
    """Who made a sensor and how many pixels it has; None where the file does not say."""

    make: str | None = None
    model: str | None = None
    rows: int | None = None
    columns: int | None = None
    sources: dict[str, str] = field(default_factory=dict)


def camera_of(top: dict[str, Any], chain: Chain, base: Camera, say: Callable[..., None]) -> Camera:
    """What the top level of a file says, over what the file it starts from said; `say(at, what, why, do, key=)` is told every fault."""
    said = {**{name: getattr(base, name) for name in (*WORDS, *COUNTS)}, **_said(top.get("camera", {}), say)}
    return Camera(**said, sources=base.sources | _sources(top.get("sources", {}), chain, say))


def _said(camera: Any, say: Callable[..., None]) -> dict[str, Any]:
    if not isinstance(camera, dict):
        say(("camera",), "camera", "expected `{make: ..., model: ..., rows: ..., columns: ...}`")
        return {}
    for key, value in camera.items():
        at: Steps = ("camera", key)
        if key in COUNTS:
            if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST:
                say(at, f"camera.{key}", f"expected a whole number of pixels up to {LARGEST}")
        elif key not in WORDS:
            say(at, f"camera.{key}", "no such key", nearest(str(key), (*WORDS, *COUNTS)), key=True)
        elif not isinstance(value, str):
            say(at, f"camera.{key}", "expected a text")
    return {key: camera[key] for key in (*WORDS, *COUNTS) if key in camera}


def _sources(sources: Any, chain: Chain, say: Callable[..., None]) -> dict[str, str]:
    if not isinstance(sources, dict):
        say(("sources",), "sources", "expected `{stage or stage.parameter: where its number comes from}`")
        return {}
    for key, words in sources.items():
        if not isinstance(words, str) or not words.strip():
            say(("sources", key), f"sources.{key}", "expected words that name a source, or `estimate`")
        if key not in chain.names:
            try:
                chain.find(str(key))
            except ChainError as error:
                for p in error.problems:
                    say(("sources", key), p.what, p.why, p.do, key=True)
    return {str(key): str(words) for key, words in sources.items()}
