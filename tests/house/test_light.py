"""Importing is quick, because nothing is imported before it is used."""

import json
import resource
import subprocess
import sys

import pytest

HEAVY = ["jax", "numpy", "scipy", "colour", "rawpy", "tifffile", "PIL", "imagecodecs", "OpenEXR", "yaml", "rich", "jinja2", "pydantic"]


def imported(code, root):
    text = f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", text], cwd=root, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_import_isp_imports_nothing_heavy(root):
    assert not imported("import isp", root) & set(HEAVY)


def test_help_imports_nothing_heavy(root):
    code = "import sys\nsys.argv = ['isp', '--help']\nfrom isp.cli import main\ntry:\n    main()\nexcept SystemExit: pass"
    assert not imported(code, root) & set(HEAVY)


def seconds(*words, root):
    """Processor time of a command, the best of some: load from elsewhere does not count."""

    def once():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *words], cwd=root, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return min(once() for _ in range(5))


def test_help_answers_at_once(root):
    assert seconds("-m", "isp", "--help", root=root) < seconds("-c", "pass", root=root) + 0.3


@pytest.mark.parametrize("code", ["from isp.core import *", "import isp; isp.load('minimal')"])
def test_core_and_the_loader_leave_file_and_colour_libraries_alone(code, root):
    assert not imported(code, root) & {"scipy.ndimage", "colour", "rawpy", "tifffile", "PIL", "imagecodecs", "OpenEXR", "rich", "jinja2"}


def test_reading_a_raw_imports_what_that_file_needs_only(root):
    found = imported("from isp.io import embedded, read\nread(embedded())", root)
    assert not found & {"rawpy", "colour", "OpenEXR", "rich"}
