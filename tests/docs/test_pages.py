"""The README and the pages of docs/ keep their word: every command in them runs, every YAML loads, every piece of Python works."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from isp.spec import load_spec

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "sensors" / "README.md"]
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.M | re.S)
FILE = re.compile(r"# ([\w./-]+\.(?:yaml|py))\n")


@dataclass(frozen=True)
class Block:
    """`kind` is the word behind the fence; `file` is the name in the comment with which a file begins."""

    page: str
    line: int
    kind: str
    text: str

    @property
    def file(self) -> str:
        found = FILE.match(self.text)
        return found[1] if found else ""

    @property
    def commands(self) -> list[str]:
        """What stands behind each prompt."""
        return [line[2:].partition("  #")[0].strip() for line in self.text.splitlines() if line.startswith("$ ")]


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(ROOT).as_posix()
    return [Block(name, text.count("\n", 0, found.start()) + 1, found[1].strip(), found[2]) for found in FENCE.finditer(text)]


REDUCED = {
    "--steps 200": "--steps 2",
    "steps=200": "steps=2",
    "--size 600x400": "--size 120x80",
    "-o charts": "-o charts --chart grey_ramp --size 120x80",
}
"""What a page asks for, and less of it that shows as well that it runs."""
NOT_RUN = {
    "with_onnx.yaml": "its model is the reader's: it is loaded below, and tests/develop/own runs such models",
    "isp/develop/highlight/hold.py": "a file of the package: it becomes a stage below",
    "isp/develop/detail/mended.py": "a file of the package: it becomes a stage below",
}
"""Files that no command of their page uses, and why."""
LONG = {"tune": "five gradients are compiled", "learned": "two networks are, and a training"}
"""Pages that take minutes of compiling, and why: `make slow` runs them; what they say in YAML loads in every run."""
BRIEF = {
    "tune": {
        "  - measure.as_shot\n  - white_balance.apply\n  - stabilise.anscombe\n": "",
        "  - stabilise.undo\n": "",
        "  - detail.unsharp\n": "",
        ", detail.unsharp.amount": "",
        "[800, 6400]": "[800]",
        "--crop 64": "--crop 32",
    },
    "learned": {},
}
"""What of a long page runs in every run, all but `isp tune` and what it leaves behind or what networks develop; and how its recipes are made shorter for that."""
SPOKEN = {"text": "a picture of folders or of the tree, nothing to run"}
"""Kinds of blocks that hold nothing to run."""
BLOCKS = [block for page in PAGES for block in blocks(page)]


def steps(page):
    """What a reader of a page does, in order."""
    for block in blocks(page):
        if block.kind == "console":
            yield from ({"command": reduced(line)} for line in block.commands if line.startswith("isp "))
        elif block.file and block.file not in NOT_RUN:
            yield {"file": block.file, "text": block.text}
        elif block.kind == "python" and not block.file:
            yield {"python": reduced(block.text)}


def reduced(said):
    """A command or a piece of Python with fewer steps."""
    for much, less in REDUCED.items():
        said = said.replace(much, less)
    return said


def asking():
    """The pages that have something to do."""
    for page in PAGES:
        if any(True for _ in steps(page)):
            yield pytest.param(page, id=page.stem, marks=[pytest.mark.slow] if page.stem in LONG else [])


@pytest.mark.parametrize("page", list(asking()))
def test_what_a_page_says_works(page, folder, environment, request):
    if "lab/" in page.read_text():
        shutil.copytree(request.getfixturevalue("laboratory"), folder / "lab")
    worked(list(steps(page)), folder, environment)


@pytest.mark.parametrize("stem", sorted(LONG))
def test_what_a_long_page_says_works_in_brief(stem, folder, environment):
    asked = [
        one
        for one in steps(ROOT / "docs" / f"{stem}.md")
        if "file" in one or re.match("isp (check|stage|sensitivity|sweep)", one.get("command", ""))
    ]
    assert {tuple(one) for one in asked} == {("file", "text"), ("command",)}
    for much, less in BRIEF[stem].items():
        assert any(much in text for one in asked for text in one.values()), much
        asked = [{key: text.replace(much, less) for key, text in one.items()} for one in asked]
    # Compiled in haste: each program runs a few times.
    worked(asked, folder, {**environment, "XLA_FLAGS": f"{environment.get('XLA_FLAGS', '')} --xla_backend_optimization_level=0".strip()})


def worked(asked, folder, environment):
    """A reader does these steps, nothing goes wrong, and what he asked for is there."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "docs" / "session.py")], input=json.dumps(asked), cwd=folder, env=environment, capture_output=True, text=True
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    faults = json.loads(done.stdout.splitlines()[-1])
    assert not faults, "\n\n".join(f"{asked[fault['step']]}\n{fault['why']}" for fault in faults)
    for file in re.findall(
        r"(?:-o|--report) ([\w./]+\.(?:jpg|png|html|dng|yaml|cube|json))", " ".join(one.get("command", "") for one in asked)
    ):
        made = folder / file
        assert made.is_file() or list(made.parent.glob(f"{made.stem}*{made.suffix}")), f"{file} was not made"


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.page}:{block.line}")
def test_every_block_is_of_a_kind_that_is_tested(block: Block):
    assert block.kind in {"console", "yaml", "python", *SPOKEN}, "say what it is behind the fence"
    if block.kind == "console":
        assert block.commands and all(line.split()[0] in ("isp", "make") for line in block.commands)
        assert all(line.startswith("$ ") for line in block.text.splitlines()), "a line without a prompt is run by nobody"


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.kind == "yaml"], ids=lambda block: f"{block.page}:{block.line}")
def test_every_yaml_is_used_or_loads(block: Block):
    if not block.file:
        assert load_spec(block.text).chain
    elif block.file not in NOT_RUN:
        rest = [one for one in BLOCKS if one.page == block.page and one.line > block.line]
        stem = block.file.removesuffix(".yaml")
        used = any(stem in line for one in rest if one.kind in ("console", "python") for line in (*one.commands, one.text))
        assert used or any(one.kind == "yaml" and f"from: {block.file}" in one.text for one in rest), "no command uses it"


@pytest.mark.parametrize("stem", sorted(LONG))
def test_the_yaml_of_a_long_page_loads(stem, tmp_path):
    files = [block for block in BLOCKS if block.kind == "yaml" and block.file and Path(block.page).stem == stem]
    for block in files:
        (tmp_path / block.file).write_text(block.text)
        spec = load_spec(tmp_path / block.file)
        assert spec.chain and spec.tune


def test_nothing_is_left_out_that_is_not_there():
    assert set(NOT_RUN) <= {block.file for block in BLOCKS}


@pytest.mark.parametrize("command", sorted({line for block in BLOCKS for line in block.commands if line.startswith("make ")}))
def test_every_make_command_is_known_to_make(command):
    done = subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_files_that_a_page_names_are_there(page):
    text = page.read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text)]
    gone = [link for link in links if link and not (page.parent / link).exists()]
    named = re.findall(r"`(?:python |pytest )?((?:benchmarks|tools|tests|isp|pipelines|notebooks)/[\w./-]+)", text)
    made_here = {name for name in NOT_RUN}
    gone += [name for name in named if not (ROOT / name.rstrip("/")).exists() and name not in made_here]
    assert not gone


def test_the_model_beside_a_pipeline_is_read(tmp_path):
    block = next(block for block in BLOCKS if block.file == "with_onnx.yaml")
    (tmp_path / "enhance.onnx").write_bytes(b"checked when it runs")
    (tmp_path / block.file).write_text(block.text)
    assert load_spec(tmp_path / block.file).chain["own.onnx"].multiple == 16


def stage(file):
    """The stage that a block with the text of a file of the package declares."""
    block = next(block for block in BLOCKS if block.file == file)
    space = {"__name__": file.removesuffix(".py").replace("/", ".")}
    exec(block.text, space)
    return space["".join(word.capitalize() for word in space["__name__"].rpartition(".")[2].split("_"))]


def test_the_stage_example_is_a_stage():
    import numpy as np

    from isp.core import Cfa, Frame

    made = stage("isp/develop/highlight/hold.py")()
    assert made.name == "highlight.hold"
    frame = Frame(pixels=np.full((4, 6, 3), 3.0, np.float32), domain=made.accepts[-1], cfa=Cfa.bayer("rggb"), white=np.ones(4))
    assert float(np.max(np.asarray(made(frame)))) == 1


def test_the_learned_example_grows_at_any_width_and_changes_nothing_at_first():
    import numpy as np

    from isp.core import Domain, Frame
    from isp.core.weights import grown

    cls = stage("isp/develop/detail/mended.py")
    grow = cls.declared()["weights"].grow
    wide = grown(grow, wide=60)
    assert wide["first"].shape == (3, 60) and grow.width(wide) == 60
    pixels = np.random.default_rng(0).random((4, 6, 3)).astype(np.float32)
    frame = Frame(pixels=pixels, domain=Domain.WORKING)
    assert np.array_equal(np.asarray(cls(weights=wide)(frame)), pixels)
    assert not np.allclose(np.asarray(cls(weights={**wide, "last": np.ones((60, 3), np.float32)})(frame)), pixels)
