"""Files become chains; what is wrong with a file is told in one line a fault, in its place."""

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import isp
from isp.core import Chain, Domain, SpecError, Table
from isp.spec import all_names, load, load_spec, shipped_names, stage_class

GOOD = """isp: 1
title: A chain for tests
stages:
  - level.subtract_black: {offset: 2 DN}
  - measure.as_shot
  - white_balance.apply:
      correction: [1, 1.5e0, 1e0]
  - demosaic.malvar2004: {alpha: 1e-3, beta: {over: iso, at: {800: 0.7, 100: 0.2}}}
    as: first
tune:
  free: [first.*]
"""


def test_a_good_file():
    spec = load_spec(GOOD)
    chain = spec.chain
    assert chain.names == ("level.subtract_black", "measure.as_shot", "white_balance.apply", "first")
    assert chain.input is Domain.MOSAIC_DN and chain.title == "A chain for tests"
    assert chain["level.subtract_black"].offset == 2.0 and chain["first"].alpha == 0.001 and chain["first"].gamma == 0.75
    assert chain["white_balance.apply"].correction.tolist() == [1, 1.5, 1]
    table = chain["first"].beta
    assert isinstance(table, Table) and table.over == "iso" and table.at_ == (100.0, 800.0) and table.values.tolist() == [0.2, 0.7]
    assert spec.tune == {"free": ["first.*"]} and spec.marks.place(("tune", "free", 0)) == (11, 10)
    assert isinstance(isp.load(GOOD), Chain)


def test_the_chain_runs():
    frame = isp.Frame(
        pixels=np.full((8, 8), 164.0, np.float32), domain=Domain.MOSAIC_DN, cfa=isp.core.Cfa.bayer("rggb"), black=np.full(4, 62.0),
        white=np.full(4, 1064.0), as_shot=np.array([2.0, 1.0, 4.0]), iso=np.array(100.0),
    )  # fmt: skip
    picture = load(GOOD)(frame).pixels
    np.testing.assert_allclose(picture[4, 4], [0.2, 0.15, 0.4], rtol=1e-5)  # (164 - 62 - 2) / (1064 - 64), times the gains


MALVAR, BLACK = "demosaic.malvar2004", "level.subtract_black"
ALPHA, OFFSET, GAINS = "gain of the correction of green", "added to the black level of every filter", "further gain of red, green and blue"
TABLE = "a table reads {over: iso, at: {100: 0.2, 800: 0.7}}"


def one(stage):
    return f"isp: 1\nstages:\n  - {stage}\n"


def balanced(values):
    return one(f"measure.as_shot\n  - white_balance.apply: {values}")


# name: (text, what is told)
FAULTS = {
    # misspelt
    "stage": (one("demosaic.malvr2004"), f"3:5: demosaic.malvr2004: no such stage (did you mean {MALVAR}?)"),
    "family": (one("demosiac.malvar2004"), f"3:5: demosiac.malvar2004: no such stage (did you mean {MALVAR}?)"),
    "method alone": (one("malvar2004: {alpha: 1}"), f"3:5: malvar2004: no such stage (did you mean {MALVAR}?)"),
    "nothing like it": (one("xyzzy"), "3:5: xyzzy: no such stage (`isp stages` lists all)"),
    "parameter": (one(f"{MALVAR}: {{alpa: 1}}"), f"3:27: {MALVAR}.alpa: no such parameter (did you mean alpha?)"),
    "no parameters": (one("measure.as_shot: {gain: 1}"), "3:23: measure.as_shot.gain: no such parameter (measure.as_shot has none)"),
    "top key": ("isp: 1\nstage: []\n", "1:1: stages: the file has none (list them: `stages: [level.subtract_black, ...]`)\n2:1: stage: no such key (did you mean stages?)"),
    "domain": (f"isp: 1\ninput: mosaics\nstages: [{MALVAR}]\n", "2:8: input: expected a domain, got the text 'mosaics' (did you mean mosaic?)"),
    "alias": (one(f"{MALVAR}:\n    is: x"), "4:5: is: no such key beside a stage (known: as)"),
    "module path": (one("isp.develop.demosaic.malvar2004"), f"3:5: isp.develop.demosaic.malvar2004: no such stage (did you mean {MALVAR}?)"),
    "module outside": (one("os.system: {command: ls}"), "3:5: os.system: no such stage (`isp stages` lists all)"),
    "capital": (one("Demosaic.Malvar2004"), f"3:5: Demosaic.Malvar2004: no such stage (did you mean {MALVAR}?)"),
    # wrong types
    "text": (one(f"{MALVAR}: {{alpha: abc}}"), f"3:34: {MALVAR}.alpha: expected a number, got the text 'abc'"),
    "quoted": (one(f"{MALVAR}: {{alpha: '0.5'}}"), f"3:34: {MALVAR}.alpha: expected a number, got the text '0.5'"),
    "yes": (one(f"{MALVAR}: {{alpha: yes}}"), f"3:34: {MALVAR}.alpha: expected a number, got the text 'yes'"),
    "true": (one(f"{MALVAR}: {{alpha: true}}"), f"3:34: {MALVAR}.alpha: expected a number, got true"),
    "nothing": (one(f"{MALVAR}: {{alpha: }}"), f"3:34: {MALVAR}.alpha: expected a number, got nothing"),
    "sexagesimal": (one(f"{MALVAR}: {{alpha: 1:30}}"), f"3:34: {MALVAR}.alpha: expected a number, got the text '1:30'"),
    "underscores": (one(f"{MALVAR}: {{alpha: 1_0}}"), f"3:34: {MALVAR}.alpha: expected a number, got the text '1_0'"),
    "decimal comma": (one(f"{MALVAR}:\n      alpha: 0,5"), f"4:14: {MALVAR}.alpha: expected a number, got the text '0,5'"),
    "date": (one(f"{MALVAR}: {{alpha: 2024-01-01}}"), f"3:34: {MALVAR}.alpha: expected a number, got the text '2024-01-01'"),
    "mapping": (one(f"{MALVAR}: {{alpha: {{a: 1}}}}"), f"3:34: {MALVAR}.alpha: expected a number, got a mapping; {TABLE}"),
    "list for a number": (one(f"{MALVAR}: {{alpha: [1, 1]}}"), f"3:34: {MALVAR}.alpha: it has shape 2, not of one number ({ALPHA})"),
    "number for a list": (balanced("{correction: 1}"), f"4:39: white_balance.apply.correction: it has shape of one number, not 3 ({GAINS})"),
    "short list": (balanced("{correction: [1, 1]}"), f"4:39: white_balance.apply.correction: it has shape 2, not 3 ({GAINS})"),
    "ragged list": (balanced("{correction: [1, [1], 1]}"), f"4:39: white_balance.apply.correction: its rows differ in length ({GAINS})"),
    "text in a list": (balanced("{correction: [1, a, 1]}"), "4:43: white_balance.apply.correction: expected a number, got the text 'a'"),
    "list of values": (one(f"{MALVAR}: [0.5]"), f"3:26: {MALVAR}: expected its values as `{{name: value}}`, got a list"),
    "number for values": (one(f"{MALVAR}: 0.5"), f"3:26: {MALVAR}: expected its values as `{{name: value}}`, got the number 0.5"),
    "title": (f"isp: 1\ntitle: 3\nstages: [{MALVAR}]\n", "2:8: title: expected a text, got the number 3"),
    "tune": (f"isp: 1\ntune: 3\nstages: [{MALVAR}]\n", "2:7: tune: expected what the tuner may move, got the number 3"),
    "stages are a mapping": (f"isp: 1\nstages: {{{MALVAR}: }}\n", "2:9: stages: expected a list of stages, got a mapping (one a line, each after a dash)"),
    "stages are empty": ("isp: 1\nstages: []\n", "2:9: stages: expected a list of stages, got none (one a line, each after a dash)"),
    "stages are nothing": ("isp: 1\nstages:\n", "2:8: stages: expected a list of stages, got nothing (one a line, each after a dash)"),
    "a number is no stage": (one("3"), "3:5: expected a stage, got the number 3 (`- name` or `- name: {value: 1}`)"),
    "a bare dash": (one(""), "3:4: expected a stage, got nothing (`- name` or `- name: {value: 1}`)"),
    "a name without stage": (one("as: x"), "3:5: expected a stage, got a mapping (`- name` or `- name: {value: 1}`)"),
    "a list at the top": ("- isp\n- 1\n", "1:1: expected `isp: 1` and a list of stages, got a list"),
    "a text at the top": ("isp\n", "1:1: expected `isp: 1` and a list of stages, got the text 'isp'"),
    "version missing": (f"stages: [{MALVAR}]\n", "1:1: isp: expected the version of the format, got nothing (write `isp: 1`)"),
    "version": (f"isp: 2\nstages: [{MALVAR}]\n", "1:6: isp: expected the version of the format, got the number 2 (write `isp: 1`)"),
    "version true": (f"isp: true\nstages: [{MALVAR}]\n", "1:6: isp: expected the version of the format, got true (write `isp: 1`)"),
    # out of range
    "above": (one(f"{MALVAR}: {{alpha: 7}}"), f"3:34: {MALVAR}.alpha: 7 is not a number in [0, 2] ({ALPHA})"),
    "below": (one(f"{MALVAR}: {{alpha: -1e-3}}"), f"3:34: {MALVAR}.alpha: -0.001 is not a number in [0, 2] ({ALPHA})"),
    "nan": (one(f"{MALVAR}: {{alpha: .nan}}"), f"3:34: {MALVAR}.alpha: nan is not a number in [0, 2] ({ALPHA})"),
    "infinity": (one(f"{BLACK}: {{offset: .inf}}"), f"3:36: {BLACK}.offset: inf is not a number in [-4096, 4096] ({OFFSET})"),
    "too large for a float": (one(f"{BLACK}: {{offset: 1e999}}"), f"3:36: {BLACK}.offset: inf is not a number in [-4096, 4096] ({OFFSET})"),
    "many digits": (one(f"{BLACK}: {{offset: 1{'0' * 90}}}"), f"3:36: {BLACK}.offset: 1e+90 is not a number in [-4096, 4096] ({OFFSET})"),
    "one of a list": (balanced("{correction: [1, 1, 99]}"), f"4:46: white_balance.apply.correction: 99 is not a number in [0.1, 10] ({GAINS})"),
    "nan of a list": (balanced("{correction: [1, .nan, 1]}"), f"4:43: white_balance.apply.correction: nan is not a number in [0.1, 10] ({GAINS})"),
    "long list": (balanced("{correction: [" + "1," * 49_000 + "]}"), f"4:39: white_balance.apply.correction: it has shape 49000, not 3 ({GAINS})"),
    "unit": (one(f"{BLACK}: {{offset: 2 px}}"), f"3:36: {BLACK}.offset: its unit is DN, not px"),
    "unit of a pure number": (one(f"{MALVAR}: {{alpha: 1 px}}"), f"3:34: {MALVAR}.alpha: it has no unit, not px"),
    "unit glued on": (one(f"{BLACK}: {{offset: 2DN}}"), f"3:36: {BLACK}.offset: expected a number, got the text '2DN'"),
    # tables
    "table over what": (one(f"{MALVAR}: {{alpha: {{over: isi, at: {{1: 1, 2: 1}}}}}}"), f"3:41: {MALVAR}.alpha: a table runs over iso, exposure_time, aperture, colour_temperature, not over the text 'isi'"),
    "table without positions": (one(f"{MALVAR}: {{alpha: {{over: iso}}}}"), f"3:34: {MALVAR}.alpha: a table has two or more positions: `at: {{100: 0.2, 800: 0.7}}`"),
    "table without fact": (one(f"{MALVAR}: {{alpha: {{at: {{1: 1, 2: 1}}}}}}"), f"3:34: {MALVAR}.alpha: a table runs over iso, exposure_time, aperture, colour_temperature, not over nothing"),
    "table with more": (one(f"{MALVAR}: {{alpha: {{over: iso, at: {{1: 1, 2: 1}}, x: 1}}}}"), f"3:67: {MALVAR}.alpha: a table has `over` and `at`, no x"),
    "table position": (one(f"{MALVAR}: {{alpha: {{over: iso, at: {{0: 1, 2: 1}}}}}}"), f"3:54: {MALVAR}.alpha: a position of a table is a number above 0, not the number 0"),
    "table position text": (one(f"{MALVAR}: {{alpha: {{over: iso, at: {{a: 1, 2: 1}}}}}}"), f"3:54: {MALVAR}.alpha: a position of a table is a number above 0, not the text 'a'"),
    "table value": (one(f"{MALVAR}: {{alpha: {{over: iso, at: {{1: 1, 2: 9}}}}}}"), f"3:60: {MALVAR}.alpha: 9 is not a number in [0, 2] ({ALPHA})"),
    "table in a table": (one(f"{MALVAR}: {{alpha: {{over: iso, at: {{1: {{over: iso, at: {{1: 1, 2: 1}}}}, 2: 1}}}}}}"), f"3:50: {MALVAR}.alpha: a table holds numbers, not tables"),
    # stages that do not fit
    "order": (f"isp: 1\nstages:\n  - {MALVAR}\n  - {BLACK}\n", f"4:5: {BLACK}: takes mosaic_dn, but the frame is camera here"),
    "input": (f"isp: 1\ninput: display\nstages:\n  - {MALVAR}\n", f"4:5: {MALVAR}: takes mosaic, but the frame is display here"),
    "black twice": (f"isp: 1\nstages:\n  - {BLACK}\n  - {BLACK}:\n    as: again\n", "4:5: again: takes mosaic_dn, but the frame is mosaic here"),
    "gains not given": (f"isp: 1\nstages:\n  - {BLACK}\n  - white_balance.apply\n", "4:5: white_balance.apply: needs frame.wb_gains, which no earlier stage gives"),
    # names
    "twice": ("isp: 1\nstages: [measure.as_shot, measure.as_shot]\n", "2:27: measure.as_shot: appears twice (give it a name of its own beside it: `as: another_name`)"),
    "alias twice": ("isp: 1\nstages:\n  - measure.as_shot:\n    as: a\n  - measure.as_shot:\n    as: a\n", "5:5: a: appears twice (give it a name of its own beside it: `as: another_name`)"),
    "bad alias": (one(f"{MALVAR}:\n    as: A.b"), "4:9: as: expected a name of small letters, digits and _, got the text 'A.b'"),
    "alias of another stage": (one(f"{MALVAR}:\n    as: {BLACK}"), f"4:9: as: expected a name of small letters, digits and _, got the text '{BLACK}'"),
    "indent": (one(f"{MALVAR}:\n    alpha: 1"), f"4:5: alpha: stands beside {MALVAR}, not in it (indent it further, or write `{MALVAR}: {{alpha: ...}}`)"),
    "dash": (one(f"{BLACK}:\n    {MALVAR}:"), f"4:5: {MALVAR}: a list item holds one stage (put a dash before it)"),
    # what is no YAML, or not ours
    "repeated key": (one(f"{MALVAR}: {{alpha: 1, alpha: 1}}"), "3:37: alpha: the key is repeated; it stands in line 3 too"),
    "repeated stages": (f"isp: 1\nstages: [{MALVAR}]\nstages: [{BLACK}]\n", "3:1: stages: the key is repeated; it stands in line 2 too"),
    "tag": (one(f"{MALVAR}: {{alpha: !!float 1}}"), "3:34: the tag tag:yaml.org,2002:float is not read (write the plain value)"),
    "values without from": (one(MALVAR) + "values: {}\n", "4:1: values: belong to a file that starts `from` another (write them beside their stages)"),
    "stages and from": (one(MALVAR) + "from: x.yaml\n", "4:1: from: a file has either stages or another file to start from\n4:7: from: no such file"),
    "escape codes": (one('"\\e[31mred"'), "3:5: \\x1b[31mred: no such stage (`isp stages` lists all)"),
    "long name": (one("x" * 5000), f"3:5: {'x' * 37}...: no such stage (`isp stages` lists all)"),
}  # fmt: skip


@pytest.mark.parametrize("text, told", FAULTS.values(), ids=FAULTS)
def test_fault(text, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("f.yaml").write_text(text)
    start = time.process_time()
    with pytest.raises(SpecError) as caught:
        load("f.yaml")
    message = str(caught.value).replace(f" (known: {', '.join(shipped_names())})", "")
    assert message == "\n".join(f"f.yaml:{line}" for line in told.splitlines())
    assert caught.value.exit_code == 2 and time.process_time() - start < 1


def test_all_faults_at_once_in_order():
    text = f"isp: 3\ntitel: x\nstages:\n  - {MALVAR}: {{alpha: 9, beta: x}}\n  - nonsense.here\n  - white_balance.apply: {{correction: [1, 1, a]}}\n"
    with pytest.raises(SpecError) as caught:
        load(text)
    assert [(p.line, p.column) for p in caught.value.problems] == [(1, 6), (2, 1), (4, 34), (4, 43), (5, 5), (6, 46)]


def test_a_flood_of_faults_is_quick_and_cut():
    start = time.process_time()
    with pytest.raises(SpecError) as caught:
        load("isp: 1\nstages:\n" + "  - level.subtract_blak: {offset: 1}\n" * 9000)
    assert len(caught.value.problems) == 51 and "more problems follow" in str(caught.value.problems[-1])
    assert time.process_time() - start < 3


@pytest.mark.parametrize("name", all_names())
def test_every_name_misspelt_once_is_suggested(name):
    with pytest.raises(SpecError, match=f"did you mean {name}\\?"):
        load(one(name + name[-1]))
    for field in stage_class(name).declared():
        with pytest.raises(SpecError, match=f"{name}.{field + field[-1]}: no such parameter \\(did you mean {field}\\?\\)"):
            load(one(f"{name}: {{{field + field[-1]}: 1}}"))


@pytest.mark.parametrize("name", all_names())
def test_every_wrong_value_is_told_in_its_place(name):
    for d in stage_class(name).declared().values():
        wrong = [number for number in d.within.wrong() if number == number] if not d.choices else ["no_such_choice"]
        for value in [*wrong, *([] if d.choices else ["text", "[[]]"])]:
            with pytest.raises(SpecError) as caught:
                load(one(f"{name}:\n      {d.name}: {'.inf' if value == float('inf') else value}"))
            (told,) = [p for p in caught.value.problems if p.what == f"{name}.{d.name}"]
            assert told.line == 4 and told.column >= 9 + len(d.name)


SNIPPETS = [
    "\t", "\n", "  ", "- ", ": ", "{", "}", "[", "]", ",", "&a ", "*a", "!!str ", "<<: ", "'", '"', "|", ">", "#", "%", "?", "---\n", "...\n",
    "1e999", ".nan", "null", "true", "~", "as: x", "from: x", "values: {a: 1}", "\x00", "\ud800", "\u2028", "é", "0x", "over: iso", "at: {}",
]  # fmt: skip
edits = st.tuples(st.floats(0, 1), st.integers(0, 12), st.one_of(st.sampled_from(SNIPPETS), st.text(max_size=4)))


@given(st.lists(edits, min_size=1, max_size=4))
@settings(max_examples=400, deadline=None)
def test_mutants_load_or_are_told(mutations):
    text = GOOD
    for where, cut, insert in mutations:
        at = int(where * len(text))
        text = text[:at] + insert + text[at + cut :]
    try:
        assert isinstance(load(text + "\n"), Chain)
    except SpecError as error:
        for problem in error.problems:
            assert problem.file == "text" and problem.line >= 1 and problem.column >= 1
            assert "\n" not in str(problem) and str(problem).isprintable() and len(str(problem)) < 500


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(["over", "at", "x", 100, 0.5]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values, st.sampled_from([f"{MALVAR}.alpha", "white_balance.apply.correction"]))
@settings(max_examples=300, deadline=None)
def test_any_value_is_taken_or_told(value, path):
    from isp.spec.values import FAULT, value_of

    stage, _, field = path.rpartition(".")
    told = []
    made = value_of(stage_class(stage).declared()[field], value, lambda at, why: told.append((at, why)))
    assert (made is FAULT) == bool(told)
    if not told:
        stage_class(stage).of(**{field: made})
