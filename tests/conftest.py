"""What all tests share: the folder of real camera data, and a compile cache between runs."""

from pathlib import Path

import jax
import pytest

SHARED_DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"

jax.config.update("jax_compilation_cache_dir", str(Path.home() / ".cache" / "isp" / "tests"))
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The shared folder of raw files, charts and reference pictures; a checkout without it has nothing to compare with."""
    if not SHARED_DATA.is_dir():
        pytest.skip("no ../shared/data beside this checkout")
    return SHARED_DATA
