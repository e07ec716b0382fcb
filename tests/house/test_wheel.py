"""What an installation brings: stages, shipped pipelines, the embedded raw, and no more."""

import subprocess
import sys
import zipfile

import pytest


@pytest.fixture(scope="module")
def wheel(tmp_path_factory, root):
    out = tmp_path_factory.mktemp("wheel")
    code = f"import os; from hatchling.build import build_wheel; os.chdir({str(root)!r}); print(build_wheel({str(out)!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out / done.stdout.strip().splitlines()[-1]


def test_the_wheel_carries_what_bare_names_and_the_demo_need(wheel, root):
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {f"isp/_shipped/{path.relative_to(root)}" for path in (root / "pipelines").glob("*.yaml")}
    data = {str(path.relative_to(root)) for path in (root / "isp" / "data").rglob("*") if path.is_file()}
    assert shipped | data | {"isp/_shipped/pipelines/schema.json", "isp/papers.bib", "isp/report/page.html"} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests", "benchmarks")) or name.endswith(".pyc")]


def test_an_installed_package_finds_them(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = "import isp, isp.spec, isp.io; print(isp.__file__, isp.load('minimal').title, isp.io.embedded().is_file(), sep='|')"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(tmp_path / "site")}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    where, title, embedded = done.stdout.strip().split("|")
    assert where.startswith(str(tmp_path)) and title and embedded == "True"
