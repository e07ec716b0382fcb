"""Every test that asks for a `stage` is asked of each."""

from .frames import all_stages


def pytest_generate_tests(metafunc):
    if "stage" in metafunc.fixturenames:
        stages = all_stages()
        metafunc.parametrize("stage", stages, ids=[s.name for s in stages])
