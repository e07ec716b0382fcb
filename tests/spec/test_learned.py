"""What a YAML file says of weights: read back whole, or refused by name, line and column."""

import json
import os
from importlib.metadata import EntryPoint
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from safetensors.numpy import save

from isp.core import SpecError
from isp.core.weights import content, grown, packed
from isp.spec import dump, dump_overlay, load, names, read_yaml, schema, stage_class, weight_files

NAME = "acme.denoise.small"
SOURCE = """
import numpy as np
from isp.core import Domain, Stage, Weights, between, param, weights

def grow(random):
    return {"first/kernel": random.standard_normal((2, 3)), "first/bias": np.zeros(3), "last/kernel": random.standard_normal((2, 3))}

class Small(Stage, accepts=(Domain.WORKING,)):
    strength: float = param(default=1.0, unit="1", within=between(0, 2), doc="how much")
    weights: Weights = weights(grow=grow, doc="what it learned")
    def __call__(self, frame):
        return frame.but(pixels=frame.pixels.map(lambda p: p + self.strength * sum(w.sum() for w in self.weights.values())))
"""


@pytest.fixture(autouse=True)
def learned(tmp_path_factory, monkeypatch):
    """A package that adds a stage with weights."""
    home = tmp_path_factory.mktemp("package")
    package = f"acme_{home.name.replace('-', '_')}"
    (home / package / "denoise").mkdir(parents=True)
    (home / package / "denoise" / "small.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(home)
    monkeypatch.setattr(names, "entry_points", lambda group: [EntryPoint("acme", package, names.GROUP)])
    names._modules.cache_clear()
    yield stage_class(NAME)
    names._modules.cache_clear()


@pytest.fixture
def fresh(learned):
    """Weights that are not the default."""
    return grown(learned.declared()["weights"].grow, 3)


def written(folder: Path, value: str) -> Path:
    path = folder / "chain.yaml"
    path.write_text(f"isp: 1\ninput: working\nstages:\n  - {NAME}:\n      strength: 0.5\n      weights: {value}\n")
    return path


def weights_of(path, **more):
    return load(path, **more)[NAME].weights


def test_grown_are_those_of_seed_0(tmp_path, learned):
    assert content(weights_of(written(tmp_path, "grown"))) == content(grown(learned.declared()["weights"].grow))


WIDE = "isp: 1\ninput: mosaic\nstages:\n  - demosaic.residual_cnn: {{weights: {0}}}\n"


def test_grown_may_be_of_any_width_where_the_network_may(tmp_path):
    chain = load(WIDE.format("{grown: {wide: 12}}"))
    weights = chain["demosaic.residual_cnn"].weights
    assert weights["body0/kernel"].shape == (3, 3, 12, 12) and content(weights) != content(
        weights | {"last/bias": weights["last/bias"] + 1}
    )
    for file, data in weight_files(chain, {}).items():
        (tmp_path / "weights").mkdir()
        (tmp_path / file).write_bytes(data)
    (tmp_path / "whole.yaml").write_text(dump(chain))
    assert content(load(tmp_path / "whole.yaml")["demosaic.residual_cnn"].weights) == content(weights)


@pytest.mark.parametrize(
    ("said", "place", "why"),
    [
        ("{grown: {wide: 300}}", "4:53", "expected a whole number in [1, 256], the channels between layers; got the number 300"),
        ("{grown: {wide: 1.5}}", "4:53", "got the number 1.5"),
        ("{grown: {wide: true}}", "4:53", "got true"),
        ("{grown: 48}", "4:46", "expected {wide: ...}, got the number 48"),
        ("{grown: {deep: 3}}", "4:46", "expected {wide: ...}, got a mapping"),
    ],
)
def test_another_width_is_refused_in_its_place(said, place, why):
    (line,) = told(WIDE.format(said))
    assert f":{place}: demosaic.residual_cnn.weights" in line and why in line
    judge = jsonschema.Draft202012Validator(json.loads(json.dumps(schema())))
    assert not judge.is_valid(read_yaml(WIDE.format(said))[0]) and judge.is_valid(read_yaml(WIDE.format("{grown: {wide: 48}}"))[0])


def test_a_network_of_one_width_says_so(tmp_path):
    (line,) = told(written(tmp_path, "{grown: {wide: 8}}"))
    assert "this network has one width: say `grown`" in line


@pytest.mark.parametrize("place", ["my.safetensors", "nets/deep/my.safetensors"])
@pytest.mark.parametrize("form", ["{0}", "{{file: {0}}}", "{{file: {0}, sha256: {1}}}"])
def test_a_file_beside_is_read(tmp_path, fresh, form, place, monkeypatch):
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_bytes(packed(fresh, NAME, {}))
    monkeypatch.chdir("/")  # beside the YAML, wherever one stands
    assert content(weights_of(written(tmp_path, form.format(place, content(fresh))))) == content(fresh)


def test_another_hash_is_told_with_the_right_one(tmp_path, fresh):
    (tmp_path / "my.safetensors").write_bytes(packed(fresh, NAME, {}))
    path = written(tmp_path, f"{{file: my.safetensors, sha256: {'0' * 64}}}")
    assert told(path) == [
        f"{path}:6:47: {NAME}.weights: the content of my.safetensors has another: {content(fresh)}",
    ]


def told(path, **more):
    with pytest.raises(SpecError) as caught:
        load(path, **more)
    return str(caught.value).splitlines()


FORMS = {
    "number": ("3", "got the number 3"),
    "list": ("[a, b]", "got a list"),
    "nothing": ("", "got nothing"),
    "no file": (f"{{sha256: {'0' * 64}}}", "got a mapping"),
    "another key": ("{file: a.safetensors, hash: 1}", "got a mapping"),
}


@pytest.mark.parametrize("value, why", FORMS.values(), ids=FORMS)
def test_another_form_is_refused(tmp_path, value, why):
    (line,) = told(path := written(tmp_path, value))
    assert line.startswith(f"{path}:6:") and f"{NAME}.weights: expected `grown`, the name of a safetensors file, or" in line and why in line


PATHS = {
    "up": ("../my.safetensors", "leads out of the folder of this file"),
    "up and in again": ("nets/../../my.safetensors", "leads out of the folder of this file"),
    "absolute": ("/etc/passwd", "an absolute path"),
    "drive": ("C:\\my.safetensors", "an absolute path"),
    "host": ("//host/my.safetensors", "an absolute path"),
    "symlink": ("link.safetensors", "leads out of the folder of this file"),
    "symlink to a folder": ("out/my.safetensors", "leads out of the folder of this file"),
    "symlink to itself": ("loop.safetensors", "no "),
    "nul": ('"my.safetensors\\0"', "no file can be reached by this name"),
    "long": ("x" * 5000, "no file can be reached by this name"),
    "missing": ("none.safetensors", "no such file"),
    "folder": ("nets", "no such file"),
    "empty": ('""', "expected the name of a file"),
}


@pytest.mark.parametrize("value, why", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("form", ["{0}", "{{file: {0}}}"])
def test_no_path_leads_out(tmp_path, fresh, value, why, form):
    (tmp_path / "my.safetensors").write_bytes(packed(fresh, NAME, {}))
    folder = tmp_path / "here"
    (folder / "nets").mkdir(parents=True)
    (folder / "link.safetensors").symlink_to("../my.safetensors")
    (folder / "loop.safetensors").symlink_to("loop.safetensors")
    (folder / "out").symlink_to("..")
    lines = told(path := written(folder, form.format(value)))
    assert len(lines) == 1 and lines[0].startswith(f"{path}:6:16: {NAME}.weights: ") and why in lines[0]


def damaged(good):
    about = {"isp": "1", "stage": NAME, "content": content(good), "card": "{}"}
    swapped = {**good, "first/kernel": good["last/kernel"], "last/kernel": good["first/kernel"]}
    whole = packed(good, NAME, {})
    yield "truncated", whole[:-5], "not a sound safetensors file"
    yield "a text", b"weights" * 9, "not a sound safetensors file"
    yield "of another stage", packed(good, "denoise.large", {}), "these are the weights of denoise.large, not of " + NAME
    yield "renamed", packed({n.replace("last", "end"): w for n, w in good.items()}, NAME, {}), "it has no last/kernel"
    yield "reordered", save(swapped, about), "its numbers are not those its hash was made of"
    yield "not finite", packed({**good, "first/bias": np.full(3, np.inf)}, NAME, {}), "first/bias holds numbers that are not finite"
    yield "of another shape", packed({**good, "first/bias": np.zeros(4)}, NAME, {}), "first/bias has shape (4,), not (3,)"
    yield "no weights at all", save(good), "these are no weights of a stage"


def test_damaged_files_are_refused_by_name_and_place(tmp_path, fresh):
    for _, data, why in damaged(fresh):
        (tmp_path / "my.safetensors").write_bytes(data)
        (line,) = told(path := written(tmp_path, "my.safetensors"))
        assert line.startswith(f"{path}:6:16: {NAME}.weights: my.safetensors: ") and why in line


def test_all_faults_are_told_at_once(tmp_path):
    path = written(tmp_path, "none.safetensors")
    path.write_text(path.read_text().replace("0.5", "7"))
    assert [line.partition(": ")[0] for line in told(path)] == [f"{path}:5:17", f"{path}:6:16"]


def test_set_takes_a_file_under_the_working_folder(tmp_path, fresh, monkeypatch):
    (tmp_path / "work").mkdir()
    for place in (tmp_path / "my.safetensors", tmp_path / "work" / "my.safetensors"):
        place.write_bytes(packed(fresh, NAME, {}))
    monkeypatch.chdir(tmp_path / "work")
    path = written(tmp_path, "grown")
    for value in ("my.safetensors", f"{{file: my.safetensors, sha256: {content(fresh)}}}"):
        assert content(weights_of(path, set=[f"{NAME}.weights={value}"])) == content(fresh)
    assert content(weights_of(written(tmp_path, "my.safetensors"), set=[f"{NAME}.weights=grown"])) != content(fresh)
    (line,) = told(path, set=[f"{NAME}.weights=../my.safetensors"])
    assert line.startswith(f"--set:1: {NAME}.weights: ") and "leads out of the folder" in line


def test_an_overlay_of_found_weights_reads_back(tmp_path, fresh):
    base = load(path := written(tmp_path, "grown"))
    found = base.replace({f"{NAME}.weights": fresh, f"{NAME}.strength": 0.25})
    text = dump_overlay(found, base, path.name)
    files = weight_files(found, {"licence": "CC0-1.0"})
    (file,) = files
    assert file == f"weights/{content(fresh)[:16]}.safetensors" and file in text and content(fresh) in text
    (tmp_path / "weights").mkdir()
    (tmp_path / file).write_bytes(files[file])
    (tmp_path / "tuned.yaml").write_text(text)
    back = load(tmp_path / "tuned.yaml")[NAME]
    assert content(back.weights) == content(fresh) and back.strength == 0.25
    whole = dump(found)
    (tmp_path / "whole.yaml").write_text(whole)
    assert content(weights_of(tmp_path / "whole.yaml")) == content(fresh)
    changed = {name: w + np.float32(1e-3) for name, w in fresh.items()}
    (tmp_path / file).write_bytes(packed(changed, NAME, {}))
    (line,) = told(tmp_path / "tuned.yaml")
    assert "tuned.yaml:5:" in line and f"the content of {file} has another: {content(changed)}" in line


def test_what_has_not_changed_needs_no_file(tmp_path):
    base = load(path := written(tmp_path, "grown"))
    assert weight_files(base, {}) == {}
    assert "values" not in dump_overlay(base, base, path.name)


def test_an_overlay_reads_weights_beside_itself(tmp_path, fresh):
    written(tmp_path, "grown")
    (tmp_path / "my.safetensors").write_bytes(packed(fresh, NAME, {}))
    (tmp_path / "over.yaml").write_text(f"isp: 1\nfrom: chain.yaml\nvalues:\n  {NAME}.weights: my.safetensors\n")
    assert content(weights_of(tmp_path / "over.yaml")) == content(fresh)
    os.remove(tmp_path / "my.safetensors")
    (line,) = told(tmp_path / "over.yaml")
    assert "over.yaml:4:" in line and "no such file" in line


def test_the_schema_takes_what_the_loader_takes(tmp_path):
    judge = jsonschema.Draft202012Validator(json.loads(json.dumps(schema())))
    sha = "0a" * 32
    for value in ("grown", "my.safetensors", "{file: a.safetensors}", f"{{file: a.safetensors, sha256: {sha}}}"):
        assert judge.is_valid(read_yaml(written(tmp_path, value))[0]), value
        overlay = f"isp: 1\nfrom: chain.yaml\nvalues: {{{NAME}.weights: {value}}}"
        assert judge.is_valid(read_yaml(overlay)[0])
    for value in ("3", "[a]", f"{{sha256: {sha}}}", "{file: a, sha256: abc}", "{file: a, hash: b}", "{file: 3}"):
        assert not judge.is_valid(read_yaml(written(tmp_path, value))[0]), value
