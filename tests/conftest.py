"""What all tests share: the folder of real camera data, and a compile cache between runs."""

import os
import subprocess
from pathlib import Path

import jax
import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT / ".." / "shared" / "data"

jax.config.update("jax_compilation_cache_dir", str(Path.home() / ".cache" / "isp" / "tests"))
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The shared folder of raw files, charts and reference pictures; a checkout without it has nothing to compare with."""
    if not SHARED_DATA.is_dir():
        pytest.skip("no ../shared/data beside this checkout")
    return SHARED_DATA


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    """Where commands find this package, and keep what they compile: one folder for the session."""
    cache = tmp_path_factory.getbasetemp().parent / "isp-cache"
    return {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(cache), "COLUMNS": "100"}


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium, for the pages that people look at."""
    from playwright.sync_api import sync_playwright

    program = subprocess.run([ROOT / ".ci" / "chromium"], capture_output=True, text=True, check=True).stdout.strip()
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


MAPS = 30_000
"""Memory maps after which programs are let go; a process may have some 65,000, and each compiled program takes a few."""


@pytest.fixture(autouse=True, scope="module")
def few_programs_are_kept():
    """Let go of compiled programs between two files of tests once there are too many."""
    yield
    maps = Path("/proc/self/maps")
    if maps.exists() and maps.read_bytes().count(b"\n") > MAPS:
        jax.clear_caches()
