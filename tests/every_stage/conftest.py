"""Every test that asks for a `stage` is asked of each; a module that names a HALF of the tree, of each in that half.

Stage by stage, so that what two tests compile of one stage is compiled once, and programs are let go after a few stages: a process that
keeps some thousands of them runs out of memory maps.
"""

import jax
import pytest

from .frames import all_stages

KEPT = 5
"""Stages whose programs are kept."""


def pytest_generate_tests(metafunc):
    if "stage" in metafunc.fixturenames:
        half = getattr(metafunc.module, "HALF", "")
        stages = [s for s in all_stages() if s.__module__.startswith(f"isp.{half}")]
        metafunc.parametrize("stage", stages, ids=[s.name for s in stages], scope="session")


@pytest.fixture(autouse=True)
def few_programs(request):
    """Let go of compiled programs now and then."""
    stage = request.node.callspec.params.get("stage") if hasattr(request.node, "callspec") else None
    if stage is not None and stage.name not in _SEEN:
        if len(_SEEN) % KEPT == KEPT - 1:
            jax.clear_caches()
        _SEEN.add(stage.name)


_SEEN: set[str] = set()
