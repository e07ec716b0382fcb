"""Ranges: read and refused in their place, drawn inside their ends, each by itself."""

import json
import math

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isp.core import ChainError, SpecError, Table
from isp.spec import load, load_spec, read_yaml, schema

READ = "noise.read.deviation"


def text(value, stage="noise.read", field="deviation"):
    return f"isp: 1\ninput: electrons\nstages:\n  - {stage}:\n      {field}: {value}\n"


def draws(value, count=400, **where):
    """What that many seeds draw."""
    spec = load_spec(text(value, **where))
    ((path, _),) = spec.ranges.items()
    stage, _, field = path.rpartition(".")
    return [getattr(spec.drawn(seed).chain[stage], field) for seed in range(count)]


def told(source, **how):
    with pytest.raises(SpecError) as caught:
        load(source, **how)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("unit", ["", " e-"])
def test_uniform_is_uniform(unit):
    found = np.array(draws(f"~uniform(1, 4){unit}"))
    assert found.min() >= 1 and found.max() <= 4
    assert np.mean(found) == pytest.approx(2.5, abs=5 * math.sqrt(9 / 12 / 400)) and np.var(found) == pytest.approx(9 / 12, rel=0.2)


def test_log_uniform_is_uniform_in_its_logarithm():
    found = np.log2(draws("~log_uniform(0.5, 32) e-"))
    assert found.min() >= -1 and found.max() <= 5
    assert [int(n) for n in np.histogram(found, 3, (-1, 5))[0]] == pytest.approx([400 / 3] * 3, abs=50)


def test_choices_come_equally_often():
    found = draws("~choice(1, 2.5, 4) e-")
    assert {type(one) for one in found} == {float}
    assert [found.count(one) for one in (1, 2.5, 4)] == pytest.approx([400 / 3] * 3, abs=50)


def test_words_of_an_option_are_drawn():
    spec = load_spec("isp: 1\nstages:\n  - cfa.bayer:\n      pattern: ~choice(rggb, bggr)\n")
    assert {spec.drawn(seed).chain["cfa.bayer"].pattern for seed in range(20)} == {"rggb", "bggr"}
    assert spec.chain["cfa.bayer"].pattern == "rggb"


def test_whole_numbers_are_drawn_by_choice():
    source = "isp: 1\nstages:\n  - demosaic.bilinear\n  - geometry.resize: {long_side: '~choice(10, 20)'}\n"
    assert {load(source, seed=seed)["geometry.resize"].long_side for seed in range(20)} == {10, 20}
    (line,) = told(source.replace("choice", "uniform"))
    assert line.startswith("text:4:34: geometry.resize.long_side: ") and "drawn by ~choice" in line


def test_ranges_stand_in_lists_and_tables():
    source = (
        "isp: 1\nstages:\n  - measure.as_shot\n  - white_balance.apply: {correction: ['~uniform(1, 2)', 1, '~uniform(1, 2)']}\n"
        "  - demosaic.malvar2004: {alpha: {over: iso, at: {100: '~uniform(0, 1)', 800: 0.7}}}\n"
    )
    chain = load(source, seed=3)
    red, green, blue = chain["white_balance.apply"].correction
    assert 1 < red < 2 and green == 1 and 1 < blue < 2 and red != blue
    table = chain["demosaic.malvar2004"].alpha
    assert isinstance(table, Table) and 0 < table.values[0] < 1 and table.values[1] == 0.7
    assert load_spec(source).chain["white_balance.apply"].correction.tolist() == [1.5, 1, 1.5]


def test_a_draw_depends_on_its_seed_and_path_alone():
    one = text("~uniform(1, 4)")
    two = one + "  - adc.linear:\n      gain: ~uniform(0.1, 0.2)\n"
    assert (
        load(one, seed=7)["noise.read"].deviation == load(two, seed=7)["noise.read"].deviation != load(one, seed=8)["noise.read"].deviation
    )
    other = one + "  - noise.read:\n      deviation: ~uniform(1, 4)\n    as: second\n"
    drawn = load(other, seed=7)
    assert drawn["noise.read"].deviation != drawn["second"].deviation


def test_the_middle_stands_in_the_chain():
    assert load_spec(text("~uniform(1, 4) e-")).chain["noise.read"].deviation == 2.5
    assert load_spec(text("~log_uniform(1, 4)")).chain["noise.read"].deviation == pytest.approx(2)
    assert load_spec(text("~choice(3, 1)")).chain["noise.read"].deviation == 3


DO = "(give one: --set noise.read.deviation=..., or draw: isp.load(..., seed=1))"
FAULTS = {
    "unit": ("~uniform(1, 4) px", "its unit is e-, not px"),
    "typo": ("~unifrom(1, 4)", "there is no range ~unifrom (did you mean uniform?)"),
    "another": ("~beta(1, 4)", "there is no range ~beta"),
    "below": ("~uniform(-1, 4)", "-1 is not a number in [0, 1000]"),
    "above": ("~uniform(1, 4000)", "4000 is not a number in [0, 1000]"),
    "choice above": ("~choice(1, 4000, 2)", "4000 is not a number in [0, 1000]"),
    "backwards": ("~uniform(4, 1)", "from the smaller number to the larger one, not from 4 to 1"),
    "one number": ("~uniform(4)", "~uniform takes two numbers, not 4"),
    "three": ("~uniform(1, 2, 3)", "~uniform takes two numbers, not 1, 2, 3"),
    "none": ("~uniform()", "~uniform takes two numbers, not nothing"),
    "gap": ("~choice(1,, 2)", "~choice takes two values or more, not 1,, 2"),
    "a word": ("~uniform(1, many)", "~uniform takes two numbers, not the text 'many'"),
    "infinite": ("~uniform(1, .inf)", "~uniform takes two numbers, not the number inf"),
    "not a number": ("~uniform(1, .nan)", "~uniform takes two numbers, not the number nan"),
    "log of nothing": ("~log_uniform(0, 4)", "~log_uniform takes numbers above 0, not 0"),
    "choice of words": ("~choice(1, abc)", "expected a number, got the text 'abc'"),
    "no brackets": ("~uniform 1, 4", "a range reads ~uniform(1, 4)"),
    "nested": ("~uniform(1, (4))", "a range reads ~uniform(1, 4)"),
    "units on words": ("~choice(a, b) e-", "words have no unit, not e-"),
    "long": (f"~uniform(1, {'9' * 500})", "a number of 500 digits"),
}


@pytest.mark.parametrize("value, why", FAULTS.values(), ids=FAULTS)
def test_what_is_wrong_is_told_in_its_place(value, why):
    (line,) = told(text(value))
    assert line.startswith(f"text:5:18: {READ}: ") and why in line


def test_a_range_that_a_comma_cuts_is_told_how_to_be_written():
    for source, at in (
        ("isp: 1\ninput: electrons\nstages:\n  - noise.read: {deviation: ~uniform(1, 4)}\n", "4:29"),
        ("isp: 1\nstages:\n  - measure.as_shot\n  - white_balance.apply:\n      correction: [~uniform(1, 2), 1, 1]\n", "5:20"),
    ):
        (line,) = told(source)
        assert line.startswith(f"text:{at}: ") and "inside braces and brackets a range stands in quotes" in line
    assert (
        1 < load("isp: 1\ninput: electrons\nstages:\n  - noise.read: {deviation: '~uniform(1, 4)'}\n", seed=1)["noise.read"].deviation < 4
    )


def test_each_place_in_a_list_is_told():
    source = "isp: 1\nstages:\n  - measure.as_shot\n  - white_balance.apply: {correction: ['~uniform(1, 200)', 1, '~unform(1, 2)']}\n"
    (line,) = told(source)
    assert line.startswith("text:4:63: white_balance.apply.correction: there is no range ~unform")
    (line,) = told(source.replace("unform", "uniform"))
    assert line.startswith("text:4:40: white_balance.apply.correction: 200 is not a number in [0.1, 10]")


def test_where_one_value_is_needed_every_range_is_told():
    lines = told(text("~uniform(1, 4)") + "  - adc.linear:\n      gain: ~uniform(0.1, 0.2)\n")
    assert [line[: line.index(":", 9)] for line in lines] == ["text:5:18", "text:7:13"]
    assert all("is a range, and one value is needed here" in line for line in lines) and DO in lines[0]


def test_set_takes_a_range_away_and_puts_one_there():
    source = text("~uniform(1, 4)")
    assert load(source, set=[f"{READ}=2"])["noise.read"].deviation == 2
    (line,) = told(text("2"), set=[f"{READ}=~uniform(1, 4)"])
    assert line.startswith(f"--set:1: {READ}: ~uniform(1, 4) is a range")
    assert 5 <= load(source, set=[f"{READ}=~uniform(5, 6) e-"], seed=1)["noise.read"].deviation <= 6
    assert load(source, swap=["noise.read=noise.read_tukey"])["noise.read_tukey"]
    with pytest.raises(SpecError, match="is a range"):
        from isp.spec import changed

        changed(load(text("2")), set=[f"{READ}=~uniform(1, 4)"])


def test_an_overlay_keeps_replaces_and_adds_ranges(tmp_path):
    (tmp_path / "base.yaml").write_text(text("~uniform(1, 4)") + "  - adc.linear:\n      gain: ~uniform(0.1, 0.2)\n")
    over = tmp_path / "over.yaml"
    over.write_text(f"isp: 1\nfrom: base.yaml\nvalues:\n  {READ}: 3 e-\n  adc.linear.pedestal: ~choice(32, 64)\n")
    spec = load_spec(over)
    assert sorted(spec.ranges) == ["adc.linear.gain", "adc.linear.pedestal"] and spec.chain["noise.read"].deviation == 3
    assert {load(over, seed=seed)["adc.linear"].pedestal for seed in range(20)} == {32, 64}
    assert told(over)[0].startswith(f"{tmp_path / 'base.yaml'}:7:13") and told(over)[1].startswith(f"{over}:5:")
    over.write_text("isp: 1\nfrom: base.yaml\nvalues:\n  adc.linear.gian: ~choice(1, 2)\n")
    assert "did you mean gain" in told(over)[0]


def test_only_values_of_stages_are_ranges():
    with pytest.raises((SpecError, ChainError)):
        load("isp: 1\ntitle: ~uniform(1, 2)\ninput: ~choice(a, b)\nstages: [demosaic.bilinear]\n")


JUDGE = jsonschema.Draft202012Validator(json.loads(json.dumps(schema())))


@pytest.mark.parametrize("value", ["~uniform(1, 4)", "~uniform(1, 4) e-", "~log_uniform(1,4)", "~choice(1, 2, 3)", "~ choice(1, 2)"])
def test_the_schema_knows_them(value):
    assert JUDGE.is_valid(read_yaml(text(value))[0])
    load(text(value), seed=1)
    overlay = read_yaml(f"isp: 1\nfrom: base.yaml\nvalues:\n  {READ}: {value}\n")[0]
    assert JUDGE.is_valid(overlay)


@pytest.mark.parametrize("value", ["~unifrom(1, 4)", "~uniform 1 4", "~uniform(1, 4", "uniform(1, 4)", "~normal(1, 2)"])
def test_nor_does_it_take_what_is_none(value):
    assert not JUDGE.is_valid(read_yaml(text(value))[0])


@given(st.text("~uniformlgchce_(), .0123456789-e+xp", max_size=30))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_reader(words):
    try:
        made = load(text(json.dumps("~" + words)), seed=1)["noise.read"].deviation
    except SpecError as error:
        assert all(p.line == 5 for p in error.problems)
    else:
        assert 0 <= made <= 1000
