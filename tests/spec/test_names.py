"""Names lead to files: stages of this package and of others, shipped pipelines, and nothing else."""

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from isp.core import ChainError, PlaceError, SpecError
from isp.spec import all_names, families, load, names, resolve, shipped, stage_class

ROOT = Path(__file__).resolve().parents[2]


def test_every_file_of_a_family_is_a_stage_under_its_path():
    files = {f"{p.parent.name}.{p.stem}" for p in [*ROOT.glob("isp/develop/*/[a-z]*.py"), *ROOT.glob("isp/capture/*/[a-z]*.py")]}
    assert files and files <= set(all_names())
    for name in all_names():
        cls = stage_class(name)
        assert cls.name == name and cls.is_stage
        assert cls.__name__.lower() == name.rpartition(".")[2].replace("_", "")


def test_families_hold_every_name_once():
    assert sorted(name for members in families().values() for name in members) == sorted(all_names())
    assert len(set(all_names())) == len(all_names())


@pytest.mark.parametrize(
    "name, do",
    {
        "demosaic.malvar2005": "did you mean demosaic.malvar2004?",
        "malvar2004": "did you mean demosaic.malvar2004?",
        "level": "a family; its stages are level.fixed_black, level.linearise, level.subtract_black",
        "sys.modules": "`isp stages` lists all",
        "": "`isp stages` lists all",
        "demosaic.__init__": "",
        "../core.stage": "",
        "core.stage": "",
    }.items(),
)
def test_what_is_no_stage_is_refused_with_the_nearest(name, do):
    with pytest.raises(ChainError, match="no such stage") as caught:
        stage_class(name)
    assert not do or caught.value.problems[0].do == do


def test_walking_names_imports_no_stage():
    code = "import sys, isp.spec; isp.spec.all_names(); sys.exit(any(m.startswith('isp.develop') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_importing_isp_imports_nothing_heavy():
    code = (
        "import sys, isp; heavy = {'jax', 'numpy', 'yaml', 'scipy'} & {*sys.modules}; assert not heavy, heavy; "
        "assert 'load' in dir(isp); isp.load; assert 'yaml' in sys.modules and 'rawpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.fixture
def acme(tmp_path, monkeypatch):
    """A package that adds the stage acme.denoise.fast, one that does not import, and an entry point to nothing."""
    folder = tmp_path / "acme_stages" / "denoise"
    folder.mkdir(parents=True)
    (folder / "fast.py").write_text(
        "from isp.core import Domain, Stage, between, param\n"
        "class Family(Stage, accepts=(Domain.MOSAIC,)): pass\n"
        "class Fast(Family):\n"
        "    strength: float = param(default=1.0, unit='1', within=between(0, 2), doc='how much')\n"
        "    def __call__(self, frame): return frame\n"
    )
    (folder / "broken.py").write_text("import no_such_module_at_all\n")
    points = [EntryPoint("acme", "acme_stages", names.GROUP), EntryPoint("gone", "no_such_package", names.GROUP)]
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(names, "entry_points", lambda group: points)
    names._modules.cache_clear()
    yield
    names._modules.cache_clear()


def test_other_packages_add_stages_under_their_prefix(acme):
    assert families()["acme.denoise"] == ("acme.denoise.broken", "acme.denoise.fast")
    chain = load("isp: 1\nstages: [level.subtract_black, acme.denoise.fast: {strength: 0.5}]\n")
    assert chain["acme.denoise.fast"].strength == 0.5 and chain.stages[1].name == "acme.denoise.fast"
    with pytest.raises(SpecError, match=r"text:2:41: acme.denoise.fast.strength: 3 is not a number in \[0, 2\] \(how much\)"):
        load("isp: 1\nstages: [{acme.denoise.fast: {strength: 3}}]\n")
    with pytest.raises(PlaceError, match=r"acme.denoise.broken: acme_stages.denoise.broken does not work: No module named"):
        load("isp: 1\nstages: [acme.denoise.broken]\n")


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """An installed package: pipelines lie in its own _shipped folder."""
    folder = tmp_path / "_shipped" / "pipelines"
    folder.mkdir(parents=True)
    (folder / "classic.yaml").write_text("isp: 1\ntitle: shipped\nstages: [demosaic.malvar2004]\n")
    monkeypatch.setattr(names, "_SHIPPED", tmp_path / "_shipped")
    return folder


def test_a_bare_name_finds_what_is_shipped(installed, tmp_path, monkeypatch):
    assert shipped() == installed and resolve("classic") == installed / "classic.yaml"
    assert load("classic").title == "shipped"
    monkeypatch.chdir(tmp_path)
    Path("classic").write_text("a file that happens to have the name of a shipped pipeline")
    Path("own.yaml").write_text("isp: 1\ntitle: own\nstages: [demosaic.malvar2004]\n")
    assert load("classic").title == "shipped" and load("own.yaml").title == "own" and load(Path("own.yaml")).title == "own"


def test_a_checkout_has_them_beside_the_package():
    assert shipped("pipelines") == ROOT / "pipelines" and shipped("sensors") == ROOT / "sensors"


@pytest.mark.parametrize(
    "name, told",
    {
        "clasic": "clasic: no such file, and no pipeline of that name (did you mean classic?)",
        "no/such.yaml": "no/such.yaml: no such file, and no pipeline of that name (known: classic)",
        "a\0b": "a\\x00b: no such file, and no pipeline of that name (known: classic)",
        "x" * 300: f"{'x' * 37}...: no such file, and no pipeline of that name (known: classic)",
    }.items(),
)
def test_a_name_that_finds_nothing(installed, name, told):
    with pytest.raises(SpecError) as caught:
        load(name)
    assert str(caught.value) == told


def test_a_folder_is_no_pipeline(tmp_path):
    with pytest.raises(SpecError, match="it is a folder, not a file"):
        load(tmp_path)
