"""Random numbers that belong to a place: a word is a function of a key, a row and a column, and of nothing else.

So a strip, a crop and the whole frame see the same noise, a frame is drawn without ever holding its random numbers, and adding a stage
leaves the noise of the others as it was. (Salmon et al. 2011: counter-based generators; Threefry-2x32, 20 rounds.)
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from zlib import crc32

import jax
import jax.numpy as jnp
import numpy as np

from isp.core.planes import Array
from isp.core.pytree import pytree

ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = 0x1BD11BDA
"""Constants of Threefry-2x32."""
SOURCES = ("exposure", "readout", "unit")
"""What noise may belong to: the light of one exposure, one reading of the wells, or the die itself."""


def threefry(key: Array, high: Any, low: Any) -> tuple[Array, Array]:
    """Two random words (uint32) for each counter `(high, low)`, which broadcast; `key` is (2,) uint32."""
    schedule = (key[0], key[1], key[0] ^ key[1] ^ jnp.uint32(PARITY))
    x, y = jnp.asarray(high, jnp.uint32) + schedule[0], jnp.asarray(low, jnp.uint32) + schedule[1]
    for step in range(5):
        for turn in ROTATIONS[step % 2]:
            x = x + y
            y = x ^ ((y << turn) | (y >> (32 - turn)))
        x = x + schedule[(step + 1) % 3]
        y = y + schedule[(step + 2) % 3] + jnp.uint32(step + 1)
    return x, y


def folded(key: Array, high: Any, low: Any = 0) -> Array:
    """Another key (2,), derived from `key` and two whole numbers."""
    return jnp.stack(threefry(key, high, low))


@pytree
@dataclass(frozen=True, eq=False)
class Random:
    """The keys (2,) uint32 under which a frame is drawn, one for each thing that noise may belong to.

    `drawn` names the stages that have drawn already, so that a stage that stands twice draws twice.
    """

    exposure: Array
    readout: Array
    unit: Array
    drawn: tuple[str, ...] = field(default=(), metadata={"static": True})

    @classmethod
    def of(cls, seed: int, *, unit: int = 0, exposure: int = 0, readout: int = 0) -> Random:
        """Keys of one reading of one exposure by one unit. Another `unit` is another die of the same sensor; `seed` is the occasion."""
        return cls(*_keys(_words(seed), _words(unit), exposure, readout))

    def key(self, name: str, of: str) -> Array:
        """The key (2,) of the stage `name` for noise that belongs to `of`."""
        key: Array = getattr(self, of)
        return folded(key, crc32(name.encode()), self.drawn.count(name))

    def passed(self, name: str) -> Random:
        """After the stage `name` has drawn."""
        return replace(self, drawn=(*self.drawn, name))


@jax.jit  # a hundred operations on single numbers, each of which would cost as much by itself
def _keys(seed: Array, unit: Array, exposure: Any, readout: Any) -> tuple[Array, Array, Array]:
    """The keys of `Random.of`."""
    occasion = folded(seed, 0, exposure)
    return occasion, folded(occasion, 1, readout), folded(unit, 2)


def _words(number: int) -> np.ndarray:
    """A whole number of up to 64 bits as a key."""
    return np.array([number >> 32 & 0xFFFFFFFF, number & 0xFFFFFFFF], np.uint32)
