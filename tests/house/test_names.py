"""The name a user writes is the path of the file, and a file holds one stage."""

import ast
from pathlib import Path

import pytest

from isp.core import Stage
from isp.spec import all_names, stage_class

ISP = Path(__file__).resolve().parents[2] / "isp"
STAGES = sorted(p for half in ("develop", "capture") for p in (ISP / half).glob("*/*.py") if p.stem != "__init__")


def test_every_file_of_a_family_is_a_stage_and_every_stage_a_file():
    assert {f"{p.parent.name}.{p.stem}" for p in STAGES} == set(all_names())


@pytest.mark.parametrize("path", STAGES, ids=lambda p: f"{p.parent.name}.{p.stem}")
def test_file_class_and_yaml_name_agree(path):
    tree = ast.parse(path.read_text())
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    assert classes == ["".join(word.capitalize() for word in path.stem.split("_"))], "one stage a file, named as the file"
    cls = stage_class(f"{path.parent.name}.{path.stem}")
    assert issubclass(cls, Stage) and cls.is_stage and cls.name == f"{path.parent.name}.{path.stem}"
    assert ast.get_docstring(tree), "the file says what it claims"


@pytest.mark.parametrize("family", sorted({p.parent for p in STAGES}), ids=lambda p: p.name)
def test_a_family_holds_no_stage_of_its_own(family):
    tree = ast.parse((family / "__init__.py").read_text())
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            assert not any(isinstance(f, ast.FunctionDef) and f.name == "__call__" for f in node.body), f"{node.name} belongs in a file"


@pytest.mark.parametrize("family", sorted({p.parent for p in STAGES}), ids=lambda p: p.name)
def test_no_name_of_a_family_hides_the_file_of_a_stage(family):
    """`from isp.develop.FAMILY import STAGE` means the file, whatever else the family holds."""
    assert not bound(ast.parse((family / "__init__.py").read_text())) & {p.stem for p in family.glob("*.py")}


def bound(tree):
    """The names that a module defines or imports."""
    made = {
        alias.asname or alias.name.partition(".")[0]
        for n in ast.walk(tree)
        if isinstance(n, ast.Import | ast.ImportFrom)
        for alias in n.names
    }
    made |= {n.name for n in tree.body if isinstance(n, ast.ClassDef | ast.FunctionDef)}
    return made | {
        n.id for top in tree.body if isinstance(top, ast.Assign | ast.AnnAssign) for n in ast.walk(top) if isinstance(n, ast.Name)
    }


def test_a_hidden_file_is_found():
    assert bound(ast.parse("import a.b\nfrom c import d as e\nf: int = 1\ng, h = 2, 3\ndef i(): j = 4\nclass K: l = 5")) >= set(
        "aefghi"
    ) | {"K"}
    assert not bound(ast.parse("def i(): j = 4\nclass K: l = 5")) & {"j", "l"}
