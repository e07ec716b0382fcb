"""Every test that asks for a `stage` is asked of each; a module that names a HALF of the tree, of each in that half."""

from .frames import all_stages


def pytest_generate_tests(metafunc):
    if "stage" in metafunc.fixturenames:
        half = getattr(metafunc.module, "HALF", "")
        stages = [s for s in all_stages() if s.__module__.startswith(f"isp.{half}")]
        metafunc.parametrize("stage", stages, ids=[s.name for s in stages])
