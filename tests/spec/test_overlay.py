"""A chain with other values: by overlay file, by `set` and `swap`; and chains written back as YAML."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isp.core import Chain, Domain, SpecError, Table
from isp.spec import all_names, dump, dump_overlay, load, load_spec, read_yaml, stage_class

BASE = """isp: 1
title: base
stages:
  - level.subtract_black
  - measure.as_shot
  - white_balance.apply
  - demosaic.malvar2004: {alpha: 0.25}
    as: first
tune: {free: [first.*]}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with base.yaml in it, to work in; files beside it are out of reach."""
    inside = tmp_path / "inside"
    (inside / "deeper").mkdir(parents=True)
    (tmp_path / "outside.yaml").write_text(BASE)
    (inside / "base.yaml").write_text(BASE)
    (inside / "deeper" / "base.yaml").write_text(BASE)
    monkeypatch.chdir(inside)
    return inside


def write(text, name="over.yaml"):
    Path(name).write_text(text)
    return name


def told(path, **options):
    with pytest.raises(SpecError) as caught:
        load(path, **options)
    return str(caught.value)


def test_an_overlay_changes_values(folder):
    spec = load_spec(write("isp: 1\nfrom: base.yaml\nvalues:\n  first.alpha: 0.5\n  white_balance.apply.correction: [2, 1, 1]\n"))
    assert spec.chain["first"].alpha == 0.5 and spec.chain["first"].beta == 0.625 and spec.chain.title == "base"
    assert spec.chain["white_balance.apply"].correction.tolist() == [2, 1, 1]
    assert spec.tune == {"free": ["first.*"]}, "an overlay keeps what its base says to the tuner"


def test_an_overlay_of_an_overlay_and_of_a_folder_below(folder):
    write("isp: 1\nfrom: deeper/base.yaml\nvalues: {first.alpha: 0.5, first.beta: 0.5}\n", "one.yaml")
    chain = load(write("isp: 1\ntitle: two\nfrom: one.yaml\nvalues: {first.beta: 1}\ntune: {}\n", "two.yaml"))
    assert (chain["first"].alpha, chain["first"].beta, chain.title) == (0.5, 1.0, "two")
    assert load("isp: 1\nfrom: base.yaml\n").title == "base", "a text stands in the working folder"


def test_a_link_that_stays_inside_is_followed(folder):
    Path("link.yaml").symlink_to("deeper/base.yaml")
    assert load(write("isp: 1\nfrom: link.yaml\n")).title == "base"


ESCAPES = {
    "up": ("../outside.yaml", "leads out of the folder of this file (put that file beside this one)"),
    "up and down": ("deeper/../../outside.yaml", "leads out of the folder of this file (put that file beside this one)"),
    "up to itself": ("../inside/../outside.yaml", "leads out of the folder of this file (put that file beside this one)"),
    "absolute": ("/etc/passwd", "an absolute path (name a file under the folder of this one)"),
    "absolute inside": ("{folder}/base.yaml", "an absolute path (name a file under the folder of this one)"),
    "host": ("//host/share/x.yaml", "an absolute path (name a file under the folder of this one)"),
    "drive": ("C:\\\\x.yaml", "an absolute path (name a file under the folder of this one)"),
    "drive without a root": ("C:x.yaml", "an absolute path (name a file under the folder of this one)"),
    "backslash host": ("\\\\\\\\host\\\\x.yaml", "an absolute path (name a file under the folder of this one)"),
    "link out": ("out.yaml", "leads out of the folder of this file (put that file beside this one)"),
    "link through a folder": ("up/outside.yaml", "leads out of the folder of this file (put that file beside this one)"),
    "link to itself": ("loop.yaml", "no"),
    "nul": ("a\\0b", "no file can be reached by this name"),
    "folder": ("deeper", "no such file"),
    "dot": (".", "no such file"),
    "missing": ("none.yaml", "no such file"),
    "long": ("x" * 300, "no"),
    "home": ("~/x.yaml", "no such file"),
    "variable": ("$HOME/x.yaml", "no such file"),
    "device": ("/dev/zero", "an absolute path (name a file under the folder of this one)"),
    "number": (None, "expected the name of a file"),
}


@pytest.mark.parametrize("name, why", ESCAPES.values(), ids=ESCAPES)
def test_no_file_from_elsewhere_is_read(folder, name, why):
    Path("out.yaml").symlink_to("../outside.yaml")
    Path("up").symlink_to("..")
    Path("loop.yaml").symlink_to("loop.yaml")
    said = "3" if name is None else '"' + name.replace("{folder}", str(folder)) + '"'
    message = told(write(f"isp: 1\nfrom: {said}\nvalues: {{}}\n"))
    assert message.startswith(f"over.yaml:2:7: from: {why}") and "\n" not in message


def test_a_sensor_that_ships_is_found_by_its_name_whatever_is_asked_for(folder):
    write("isp: 1\nfrom: imx219\nvalues: {adc.linear.pedestal: 70 DN}\n", "mine.yaml")
    for kind in ("pipelines", "sensors"):
        assert load_spec("mine.yaml", kind=kind).chain.names == load_spec("imx219", kind="sensors").chain.names


def test_circles_and_towers_are_refused(folder):
    write("isp: 1\nfrom: b.yaml\n", "a.yaml")
    write("isp: 1\nfrom: a.yaml\n", "b.yaml")
    assert told("a.yaml") == "b.yaml:2:7: from: leads back to this file"
    assert told(write("isp: 1\nfrom: self.yaml\n", "self.yaml")) == "self.yaml:2:7: from: leads back to this file"
    write(BASE, "t0.yaml")
    for i in range(1, 20):
        write(f"isp: 1\nfrom: t{i - 1}.yaml\n", f"t{i}.yaml")
    assert load("t8.yaml").title == "base"
    assert told("t19.yaml").endswith("from: more than 8 files stand on one another")


KNOWN = "known: level.subtract_black, measure.as_shot, white_balance.apply, first"


def test_faults_of_an_overlay(folder):
    text = "isp: 1\nfrom: base.yaml\ninput: mosaic\nvalues:\n  first.alpha: 9\n  first.alpa: 1\n  frist.alpha: 1\n  first: 1\n  3: 1\n"
    assert told(write(text)).splitlines() == [
        "over.yaml:3:1: input: is said by the file that this one starts from",
        "over.yaml:5:16: first.alpha: 9 is not a number in [0, 2] (gain of the correction of green)",
        "over.yaml:6:3: first.alpa: first has no field 'alpa' (did you mean alpha?)",
        "over.yaml:7:3: frist: no such stage in this chain (did you mean first?)",
        "over.yaml:8:3: first: first has no field 'first' (known: alpha, beta, gamma)",
        f"over.yaml:9:3: 3: no such stage in this chain ({KNOWN})",
    ]
    assert (
        told(write("isp: 1\nfrom: base.yaml\nvalues: 3\n"))
        == "over.yaml:3:9: values: expected `{stage.parameter: value}`, got the number 3"
    )


def test_faults_of_the_base_are_told_of_the_base(folder):
    write(BASE.replace("0.25", "25"))
    write("isp: 1\nfrom: over.yaml\ntitel: x\n", "top.yaml")
    assert told("top.yaml").splitlines() == [
        "over.yaml:7:34: demosaic.malvar2004.alpha: 25 is not a number in [0, 2] (gain of the correction of green)",
        "top.yaml:3:1: titel: no such key (did you mean title?)",
    ]


# ---------------------------------------------------------------------- set and swap
def test_values_are_set_as_yaml_reads_them():
    chain = load(
        BASE, set=["first.alpha=1e-3", "first.beta={over: iso, at: {100: 1, 200: 2}}", "white_balance.apply.correction = [2, 1, 1]"]
    )
    assert chain["first"].alpha == 0.001 and isinstance(chain["first"].beta, Table)
    assert chain["white_balance.apply"].correction.tolist() == [2, 1, 1]
    assert load(BASE, set="level.subtract_black.offset=2 DN")["level.subtract_black"].offset == 2.0


def test_stages_are_swapped_before_values_are_set():
    chain = load(BASE, swap=["first=demosaic.bilinear"])
    assert chain.names[-1] == "demosaic.bilinear"
    chain = load(BASE, swap=["first=demosaic.malvar2004"], set=["demosaic.malvar2004.alpha=1"])
    assert chain["demosaic.malvar2004"].alpha == 1.0


CHANGES = {
    "not a number": ({"set": ["first.alpha=x"]}, "--set:1: first.alpha: expected a number, got the text 'x'"),
    "out of range": ({"set": ["first.beta=1", "first.alpha=3"]}, "--set:2: first.alpha: 3 is not a number in [0, 2] (gain of the correction of green)"),
    "nothing": ({"set": ["first.alpha="]}, "--set:1: first.alpha: expected a number, got nothing"),
    "no equals": ({"set": ["first.alpha"]}, "--set:1: first.alpha: expected stage.parameter=value"),
    "no such field": ({"set": ["first.alpa=1"]}, "--set:1: first.alpa: first has no field 'alpa' (did you mean alpha?)"),
    "no such stage": ({"set": ["frist.alpha=1"]}, "--set:1: frist: no such stage in this chain (did you mean first?)"),
    "no yaml": ({"set": ["first.alpha=[1"]}, "--set:1: first.alpha: it is not YAML: did not find expected ',' or ']' while parsing a flow sequence that begins in line 1"),
    "bomb": ({"set": ["first.alpha=" + "[" * 30000]}, "--set:1: first.alpha: it is nested more than 64 deep"),
    "two faults": ({"set": ["a.b=1", "=1"]}, "--set:1: a: no such stage in this chain (known: level.subtract_black, measure.as_shot, white_balance.apply, first)\n--set:2: =1: expected stage.parameter=value"),
    "swap of what": ({"swap": ["frist=demosaic.bilinear"]}, "--swap:1: frist: no such stage in this chain (did you mean first?)"),
    "swap for what": ({"swap": ["first=demosaic.bilinea"]}, "--swap:1: demosaic.bilinea: no such stage (did you mean demosaic.bilinear?)"),
    "swap misfit": ({"swap": ["first=level.subtract_black"]}, "--swap:1: level.subtract_black: appears twice"),
    "swap without": ({"swap": ["first="]}, "--swap:1: first=: expected stage=other.stage"),
    "swap does not fit": ({"swap": ["measure.as_shot=demosaic.bilinear"]}, "--swap:1: first: takes mosaic, but the frame is camera here"),
}  # fmt: skip


@pytest.mark.parametrize("change, message", CHANGES.values(), ids=CHANGES)
def test_a_change_that_cannot_be(change, message):
    lines = told(BASE, **change).splitlines()
    assert lines[: len(message.splitlines())] == message.splitlines()


# ---------------------------------------------------------------------- written back
def same(one: Chain, other: Chain) -> bool:
    def equal(a, b):
        if isinstance(a, Table):
            return isinstance(b, Table) and a.over == b.over and a.at_ == b.at_ and np.array_equal(a.values, b.values)
        return type(a) is type(b) and a == b if isinstance(a, (str, bool)) else np.array_equal(a, b)

    return (
        (one.names, one.input, one.title) == (other.names, other.input, other.title)
        and [type(s) for s in one] == [type(s) for s in other]
        and all(equal(getattr(a, f), getattr(b, f)) for a, b in zip(one, other, strict=True) for f in a.declared())
    )


@pytest.mark.parametrize("defaults", [False, True])
def test_a_chain_written_is_the_chain_read(defaults):
    chain = load(BASE, set=["first.beta={over: iso, at: {100: 1.1, 12800.5: 2}}", "white_balance.apply.correction=[2, 1, 1]"])
    text = dump(chain, defaults=defaults)
    assert same(load(text), chain)
    assert ("gamma" in text) == defaults


@pytest.mark.parametrize("name", all_names())
def test_every_stage_survives_the_round_trip(name):
    cls = stage_class(name)
    values = {d.name: d.choices[-1] for d in cls.declared().values() if d.choices}
    chain = Chain((cls(**values),), (name,), (cls.accepts or (Domain.MOSAIC,))[0])
    if not chain.misfits():
        assert same(load(dump(chain, defaults=True)), chain) and same(load(dump(chain)), chain)


@given(st.floats(-4096, 4096), st.text(), st.floats(0.125, 8, width=32))
@settings(max_examples=200, deadline=None)
def test_numbers_and_titles_survive_exactly(offset, title, gain):
    chain = load(BASE).replace({"level.subtract_black.offset": offset, "white_balance.apply.correction": (gain, 1.0, 1.0)})
    chain = Chain(chain.stages, chain.names, chain.input, title.encode("utf-8", "ignore").decode())
    assert same(load(dump(chain)), chain)


def test_tuned_float32_values_are_written_in_few_digits():
    chain = jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float32), load(BASE).replace({"first.alpha": 0.1}))
    text = dump_overlay(chain, load(BASE), "base.yaml", "tuned: by hand")
    assert text == 'isp: 1\ntitle: "tuned: by hand"\nfrom: base.yaml\nvalues:\n  first.alpha: 0.1\n'


def test_an_overlay_written_is_the_chain_read(folder):
    base = load("base.yaml")
    chain = base.replace({"first.alpha": 1e-5, "white_balance.apply.correction": (1.5, 1.0, 2.0)})
    write(dump_overlay(chain, base, "base.yaml"))
    assert same(load("over.yaml"), chain)
    write(dump_overlay(base, base, "base.yaml"))
    assert same(load("over.yaml"), base)
    with pytest.raises(SpecError, match=r"the chain has other stages than base.yaml"):
        dump_overlay(load(BASE, swap=["first=demosaic.bilinear"]), base, "base.yaml")


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_back(text):
    from isp.spec.overlay import _text

    assert read_yaml(f"a: {_text(text)}")[0] == {"a": text}


def test_print_options_of_others_do_not_shorten_numbers():
    chain = load("isp: 1\nstages: [level.subtract_black, {demosaic.malvar2004: {alpha: 0.1234567890123}}]\n")
    with np.printoptions(legacy="1.13"):
        assert "alpha: 0.1234567890123\n" in dump(chain)
