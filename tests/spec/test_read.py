"""YAML as plain values: spellings against the YAML 1.2 core schema, hostile files, and the place of every fault."""

import math
import time

import pytest

from isp.core.errors import SpecError
from isp.spec import read_yaml

# From the tables of chapter 10.3.2 of the YAML 1.2.2 specification, and the spellings on which YAML 1.1 readers differ.
SPELLINGS = {
    "1e-3": 0.001, "1E5": 1e5, "1.e3": 1000.0, "12e03": 12000.0, "-.5": -0.5, "+12.50": 12.5, "0": 0, "-19": -19, "+1": 1, "010": 10,
    "0o14": 12, "0x1F": 31, "0.": 0.0, "1e400": math.inf, ".inf": math.inf, "-.INF": -math.inf, "null": None, "~": None, "": None,
    "NULL": None, "true": True, "False": False, "NO": "NO", "no": "no", "on": "on", "off": "off", "yes": "yes", "y": "y", "tRuE": "tRuE",
    "nULL": "nULL", "1:30": "1:30", "190:20:30": "190:20:30", "1_000": "1_000", "0b101": "0b101", "2024-01-01": "2024-01-01",
    "2001-12-14t21:59:43.10-05:00": "2001-12-14t21:59:43.10-05:00", "nan": "nan", "inf": "inf", "NaN": "NaN", "1e": "1e", "e5": "e5",
    ".": ".", "1.5 px": "1.5 px", "0.6 e-": "0.6 e-", "'1'": "1", '"null"': "null", "0o8": "0o8", "0xg": "0xg", "١": "١", "=": "=",
}  # fmt: skip


@pytest.mark.parametrize(("spelling", "meaning"), SPELLINGS.items())
def test_spelling_means_what_yaml_12_says(spelling, meaning):

    value, _ = read_yaml(f"a: {spelling}")
    assert value == {"a": meaning} and type(value["a"]) is type(meaning)


def test_not_a_number_is_a_float():
    assert math.isnan(read_yaml("a: .nan")[0]["a"])


def merge_bomb(levels):
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}" for i in range(1, levels)]
    return "\n".join(lines)


HOSTILE = {
    "empty": ("", "f:1:1: it is empty"),
    "only a comment": ("# nothing\n", "f:1:1: it is empty"),
    "merge keys": ("a: 1\n<<: {b: 1}", "f:2:1: merge keys (<<) are not read (write the values out)"),
    "merge bomb": (merge_bomb(20), "f:1:5: anchors (&) and aliases (*) are not read (write the value out)"),
    "cycle": ("&x {b: *x}", "f:1:1: anchors (&) and aliases (*) are not read (write the value out)"),
    "alias key": ("*x : 1", "f:1:1: anchors (&) and aliases (*) are not read (write the value out)"),
    "deep list": ("[" * 30_000, "f:1:66: it is nested more than 64 deep"),
    "deep mapping": ("{a: " * 30_000, "f:1:261: it is nested more than 64 deep"),
    "deep block": ("- " * 30_000, "f:1:131: it is nested more than 64 deep"),
    "tag": ("a: !!python/object:os.system x", "f:1:4: the tag tag:yaml.org,2002:python/object:os.sy... is not read (write the plain value)"),
    "local tag": ("a: !x 1", "f:1:4: the tag !x is not read (write the plain value)"),
    "two documents": ("a: 1\n---\nb: 2", "f:2:1: a second document begins here (one file holds one document)"),
    "digits": ("a: " + "9" * 5000, f"f:1:4: {'9' * 37}...: it is a number of 5,000 digits (at most 100 are read)"),
    "tab": ("a:\n\tb: 1", "f:2:1: a tab stands where YAML wants spaces (replace it by spaces)"),
    "repeated": ("a: 1\nb: 2\na: 3", "f:3:1: a: the key is repeated; it stands in line 1 too"),
    "repeated number": ("100: 1\n1e2: 2", "f:2:1: 100.0: the key is repeated; it stands in line 1 too"),
    "list as key": ("[1, 2]: 3", "f:1:1: a key must be one word or number"),
    "nul": ("a: 1\nb: \0", "f:2:4: character U+0000 has no place in a text (delete it)"),
    "bell": ("a: \a", "f:1:4: character U+0007 has no place in a text (delete it)"),
    "surrogate": ("a: \ud800", "f:1:4: character U+D800 has no place in a text (delete it)"),
    "many values": ("[" + "a, " * 60_000 + "]", "f:1:150002: it has more than 50,000 keys and values (keep large tables in files beside it)"),
    "large": ("#" * 1_000_001, "f: it has more than 1,000,000 characters (keep large tables in files beside it)"),
    "unclosed": ("a: [1,\n", "f:2:1: it is not YAML: did not find expected node content while parsing a flow node"),
    "open quote": ("a: 'b", "f:1:6: it is not YAML: found unexpected end of stream while scanning a quoted scalar"),
    "two colons": ("a: b: c", "f:1:5: it is not YAML: mapping values are not allowed in this context"),
    "reserved": ("a: @b", "f:1:4: it is not YAML: found character that cannot start any token while scanning for the next token"),
}  # fmt: skip


@pytest.mark.parametrize("text, message", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_one_line_with_its_place(text, message):
    start = time.process_time()
    with pytest.raises(SpecError) as caught:
        read_yaml(text, "f")
    assert str(caught.value) == message
    assert time.process_time() - start < 1


def test_files_that_are_no_text(tmp_path):
    latin, wide, large, pipe = (tmp_path / n for n in ("latin.yaml", "wide.yaml", "large.yaml", "pipe.yaml"))
    latin.write_bytes(b"a: 1\nb: caf\xe9\n")
    wide.write_bytes("a: 1".encode("utf-16"))
    large.write_bytes(b"#" * 1_000_001)
    pipe.unlink(missing_ok=True)
    __import__("os").mkfifo(pipe)
    expected = {
        latin: "latin.yaml:2:7: it is not UTF-8 text (save it as UTF-8)",
        wide: "wide.yaml:1:1: it is not UTF-8 text (save it as UTF-8)",
        large: "large.yaml: it is larger than 1,000,000 bytes (keep large tables in files beside it)",
        pipe: "pipe.yaml: it is not an ordinary file",
        tmp_path: f"{tmp_path.name}: it is a folder, not a file",
        tmp_path / "none.yaml": "none.yaml: no such file",
        tmp_path / "a\0b": "a\\x00b: it cannot be read: embedded null byte",
        latin / "below": "below: it cannot be read: Not a directory",
        tmp_path / ("x" * 300): f"{'x' * 300}: it cannot be read: File name too long",
    }
    for path, message in expected.items():
        with pytest.raises(SpecError) as caught:
            read_yaml(path, path.name)
        assert str(caught.value) == message


def test_byte_order_mark_and_name(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    value, marks = read_yaml(path)
    assert value == {"a": 1, "b": 2} and marks.file == str(path)
    assert read_yaml("\ufeffa: 1")[0] == {"a": 1}


def test_every_key_and_value_has_a_place():
    _, marks = read_yaml("isp: 1\nstages:\n  - a.b\n  - c.d: {x: [1,\n     2]}\n    as: e\n", "f")
    assert marks.place(("isp",)) == (1, 6)
    assert marks.place(("stages", 0)) == (3, 5)
    assert marks.place(("stages", 1, "c.d"), key=True) == (4, 5)
    assert marks.place(("stages", 1, "c.d", "x", 1)) == (5, 6)
    assert marks.place(("stages", 1, "as")) == (6, 9)
    assert marks.place(("stages", 1, "c.d", "nowhere")) == (4, 10), "what is not in the file has the place of what is around it"
    assert str(marks.problem(("stages", 1, "as"), "as", "why", "do", key=True)) == "f:6:5: as: why (do)"


def test_a_flood_of_problems_is_cut():
    with pytest.raises(SpecError) as caught:
        read_yaml("a: 1\n" * 1000, "f")
    lines = str(caught.value).splitlines()
    assert len(lines) == 51 and lines[0].startswith("f:2:1:") and lines[-1].endswith("more problems follow")
