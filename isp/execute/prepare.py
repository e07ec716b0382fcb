"""What a program does once before it develops: keep compiled chains between runs, and keep freed memory in the process."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import jax

M_TRIM_THRESHOLD, M_MMAP_MAX, M_ARENA_MAX = -1, -4, -8


def cache_folder() -> Path:
    """Where compiled chains are kept: `isp` in the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "isp" / "compiled"


def prepare(*, compile_cache: bool = True, keep_memory: bool = False) -> None:
    """Call once, before the first chain. `keep_memory` asks glibc not to return large blocks to the system: every new picture would
    otherwise be paged in anew, which costs as much as developing it. Both are opt-in for a library and on in the command line."""
    if compile_cache:
        jax.config.update("jax_compilation_cache_dir", str(cache_folder()))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    if keep_memory:
        try:
            libc = ctypes.CDLL("libc.so.6")
        except OSError:  # not glibc: nothing to ask
            return
        libc.mallopt(M_ARENA_MAX, 1)  # those of other threads hold 64 MB at most, which the gradient of a crop outgrows
        libc.mallopt(M_MMAP_MAX, 0)
        libc.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
