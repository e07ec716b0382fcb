"""What no reader may hand over in silence: refusals for facts that cannot be, words for pixels that look lost."""

from __future__ import annotations

import numpy as np

from isp.io.decoded import Raw, Refused

SAMPLE = 4_000_000
SAME, BITS = 0.5, 0.1


def check(raw: Raw, size: int, *, compressed: bool = True) -> None:
    """Refuse impossible levels and pixels; add warnings for a file of `size` bytes that holds too little for its pixels.

    A dark frame is legitimate: more than half of the pixels at one value is a warning, not a fault.
    """
    pixels = raw.pixels
    if pixels.dtype.kind == "f" and (bad := int((~np.isfinite(pixels)).sum())):
        raise Refused(f"{bad} of its pixels are not finite")
    black, white = raw.facts.get("black"), raw.facts.get("white")
    for name, value in raw.facts.items():
        if isinstance(value, (np.ndarray, float)) and not np.isfinite(value).all():
            raise Refused(f"its {name} is not finite: {np.asarray(value).tolist()}")
    if black is not None and white is not None and not (np.asarray(white) > np.asarray(black)).all():
        raise Refused(f"its white level {np.min(white):g} is not above its black level {np.max(black):g}", "correct it in a sidecar")
    bits = 8 * size / pixels.size
    if compressed and bits < BITS:
        raw.warnings.append(f"it has {size} bytes for {pixels.size} pixels ({bits:.3f} bit each): most of the picture must be missing")
    step = max(1, pixels.shape[0] * pixels.shape[1] // SAMPLE)
    some = np.ascontiguousarray(pixels[::step])
    values, counts = np.unique(some, return_counts=True) if some.dtype.kind == "f" else (None, np.bincount(some.reshape(-1)))
    most = int(np.argmax(counts))
    if counts[most] > SAME * some.size:
        value = most if values is None else values[most]
        raw.warnings.append(f"{counts[most] / some.size:.0%} of its pixels have the value {value:g}: a dark frame, or a damaged file")
