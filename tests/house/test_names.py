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
