"""What goes wrong, and what a person then sees: one line, an exit code, and no output file."""

import errno
import json
import os
import subprocess
import sys

import numpy as np
import pytest

OUT = ("-o", "out/")
GOOD = ("develop", "chain.yaml", "a.npy")


def planted(folder):
    """Files at fault, by name."""
    (folder / "empty.dng").touch()
    (folder / "empty.raw").touch()
    (folder / "folder.dng").mkdir()
    (folder / "text.dng").write_text("not a raw file at all " * 100)
    (folder / "cut.dng").write_bytes(b"II*\0\x08\0\0\0\x01\0")
    (folder / "cut.png").write_bytes((folder / "IMG_1.dng").read_bytes()[:5000])
    (folder / "cut.png.yaml").write_text("cfa: grbg\n")
    np.save(folder / "bare.npy", np.zeros((32, 32), np.uint16))
    (folder / "short.raw").write_bytes(bytes(100))
    (folder / "short.raw.yaml").write_text("cfa: rggb\nwidth: 64\nheight: 64\nbits: 8\n")
    (folder / "headerless.raw").write_bytes(bytes(4096))
    np.save(folder / "xtrans.npy", np.zeros((36, 36), np.uint16))
    (folder / "xtrans.npy.yaml").write_text("bits: 10\nblack: 0\ncfa: [gbgrgr, rgrbgb, gbgrgr, grgbgb, bgbrgr, grgbgb]\n")
    (folder / "misspelt.npy.yaml").write_text("cfa: rggb\nblak: 64\n")
    np.save(folder / "misspelt.npy", np.zeros((32, 32), np.uint16))
    os.mkfifo(folder / "pipe.dng")
    (folder / "bayer.yaml").write_text("isp: 1\nstages: [level.subtract_black, demosaic.malvar2004, colour.fixed_matrix, encode.srgb]\n")
    (folder / "wrong.yaml").write_text("isp: 1\nstages:\n  - level.subtract_black: {ofset: 1}\n")
    (folder / "order.yaml").write_text("isp: 1\nstages: [demosaic.bilinear, level.subtract_black]\n")


FAULTS = {
    # what is wrong with an input: exit code 1, since the others of a batch would be done
    "missing": (("develop", "chain.yaml", "missing.dng", *OUT), 1, "missing.dng: no such file"),
    "empty": (("develop", "chain.yaml", "empty.dng", *OUT), 1, "empty.dng: it is empty"),
    "empty without a header": (("develop", "chain.yaml", "empty.raw", *OUT), 1, "empty.raw: it is empty"),
    "a folder": (("develop", "chain.yaml", "folder.dng", *OUT), 1, "folder.dng: it is a folder, not a file"),
    "a device": (("develop", "chain.yaml", "/dev/null", *OUT), 1, "/dev/null: it is not an ordinary file"),
    "a pipe": (("develop", "chain.yaml", "pipe.dng", *OUT), 1, "pipe.dng: it is not an ordinary file"),
    "text": (("develop", "chain.yaml", "text.dng", *OUT), 1, "text.dng: it is no camera raw that is known"),
    "a truncated raw": (("develop", "chain.yaml", "cut.dng", *OUT), 1, "cut.dng: "),
    "a truncated mosaic": (("develop", "chain.yaml", "cut.png", *OUT), 1, "cut.png: "),
    "shorter than its sidecar says": (("develop", "chain.yaml", "short.raw", *OUT), 1, "short.raw: "),
    "no header and no sidecar": (("develop", "chain.yaml", "headerless.raw", *OUT), 1, "headerless.raw: "),
    "no filter array": (("develop", "chain.yaml", "bare.npy", *OUT), 1, "bare.npy: its colour filter array is not known"),
    "filters a stage does not take": (("develop", "bayer.yaml", "xtrans.npy", *OUT), 1, "xtrans.npy: demosaic.malvar2004: "),
    "a control character in the name": (("develop", "chain.yaml", "a\nb\x1b[31m.dng", *OUT), 1, r"a\nb\x1b[31m.dng: no such file"),
    # bad YAML or usage: exit code 2, before any output
    "a misspelt sidecar": (("develop", "chain.yaml", "misspelt.npy", *OUT), 2, "misspelt.npy.yaml:2:1: blak: "),
    "a missing pipeline": (("develop", "clasic", "a.npy", *OUT), 2, "clasic: no such file, and no pipeline of that name"),
    "a misspelt parameter": (("develop", "wrong.yaml", "a.npy", *OUT), 2, "wrong.yaml:3:28: level.subtract_black.ofset: "),
    "stages in the wrong order": (("develop", "order.yaml", "a.npy", *OUT), 2, "order.yaml:2:"),
    "a wrong value": (
        (*GOOD, *OUT, "--set", "level.subtract_black.offset=9000"),
        2,
        "level.subtract_black.offset: 9000 is not a number in",
    ),
    "a misspelt value": ((*GOOD, *OUT, "--set", "level.subtract_black.ofset=9"), 2, "did you mean offset?"),
    "no value": ((*GOOD, *OUT, "--set", "level.subtract_black.offset"), 2, "expected stage.parameter=value"),
    "a misspelt swap": ((*GOOD, *OUT, "--swap", "demosaic.bilinear=demosaic.menon"), 2, "did you mean demosaic.menon2007?"),
    "a swap that does not fit": ((*GOOD, *OUT, "--swap", "demosaic.bilinear=encode.srgb"), 2, "encode.srgb"),
    "a stage to enter at that is not there": ((*GOOD, *OUT, "--from", "tone.filmic"), 2, "tone.filmic: no such stage in this chain"),
    "no output": (GOOD, 2, "say where the pictures go"),
    "no suffix": ((*GOOD, "-o", "picture"), 2, "-o picture has no picture suffix"),
    "an unknown suffix": ((*GOOD, "-o", "a.bmp"), 2, "-o a.bmp has no picture suffix"),
    "an unknown format": ((*GOOD, *OUT, "--format", "bmp"), 2, "no such format: bmp"),
    "a format that is not the suffix": ((*GOOD, "-o", "a.png", "--format", "jpeg"), 2, "not the name of a jpeg file"),
    "a depth the format has not": ((*GOOD, "-o", "a.jpg", "--bits", "16"), 2, "jpeg is not written with 16 bits"),
    "encoded values in a file of light": ((*GOOD, "-o", "a.exr"), 2, "holds linear light"),
    "several inputs, one file": ((*GOOD, "misspelt.npy", "-o", "a.png"), 2, "several inputs"),
    "two inputs of one name": ((*GOOD, "sub/a.npy", *OUT), 2, "sub/a.npy: would be written to out/a.png, like a.npy"),
    "output is the input": (("develop", "chain.yaml", "cut.png", "-o", "cut.png"), 2, "cut.png: the output would overwrite an input"),
    "output is the input by a link": (("develop", "chain.yaml", "cut.png", "-o", "link.png"), 2, "link.png: the output would overwrite"),
    "an unknown option": ((*GOOD, *OUT, "--colour"), 2, "No such option"),
    "an unknown verb": (("devlop",), 2, "No such command"),
    "an unknown family": (("stages", "demosiac"), 2, "demosiac: no such family (did you mean demosaic?)"),
    "an unknown stage": (("stage", "demosaic.malvar"), 2, "did you mean demosaic.malvar2004?"),
    "papers of no pipeline": (("cite", "clasic"), 2, "clasic: no such file"),
    # the place: exit code 3
    "a place under a file": ((*GOOD, "-o", "a.npy/out/"), 3, "a.npy: cannot write there: it is a file, not a folder"),
    "a picture under a file": ((*GOOD, "-o", "chain.yaml/a.png"), 3, "chain.yaml: cannot write there"),
    "stages under a file": ((*GOOD, *OUT, "--save-stages", "a.npy/kept"), 3, "a.npy: cannot write there"),
    "a name too long": ((*GOOD, "-o", "n" * 300 + ".png"), 3, "File name too long"),
    "a schema under a file": (("schema", "-o", "a.npy/schema.json"), 3, "cannot write"),
    "a demo under a file": (("demo", "-o", "a.npy/there"), 3, "cannot write there"),
}


@pytest.fixture
def folder(isp, raw, embedded, make_raw):
    planted(isp.folder)
    make_raw("sub/a.npy")
    (isp.folder / "link.png").symlink_to("cut.png")
    return isp.folder


def contents(folder):
    return {path: (path.read_bytes() if path.is_file() else None) for path in folder.rglob("*")}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_line_an_exit_code_and_no_file(name, isp, folder):
    words, code, expected = FAULTS[name]
    before = contents(folder)
    done = isp(*words)
    lines = done.err.splitlines()
    assert (done.code, len(lines)) == (code, 1), (done.code, done.err, done.out)
    assert lines[0].startswith("error: ") and expected in lines[0]
    assert lines[0].isprintable()
    assert contents(folder) == before, "it left something, or changed an input"


def test_all_faults_of_a_pipeline_are_told_at_once(isp, raw):
    (isp.folder / "bad.yaml").write_text("isp: 1\nstages:\n  - level.subtract_blak\n  - demosaic.malvar2004: {alpha: 7, alpa: 1}\n")
    done = isp("check", "bad.yaml")
    assert done.code == 2
    assert [line.split(" ")[1] for line in done.err.splitlines()] == ["bad.yaml:3:5:", "bad.yaml:4:34:", "bad.yaml:4:37:"]


def test_faults_are_json_where_asked(isp, raw):
    done = isp("develop", "clasic", raw, "-o", "out/", "--json")
    told = json.loads(done.out)
    assert done.code == told["exit"] == 2 and told["failed"][0]["file"] == "clasic"


def test_a_traceback_is_shown_only_when_asked_for(isp, raw):
    plain, deep = (isp(*words, "develop", "clasic", raw, "-o", "out/") for words in ((), ("--debug",)))
    assert "Traceback" not in plain.err and "Traceback" in deep.err


@pytest.mark.parametrize("verb", ["stages", "schema"])
def test_a_reader_that_leaves_is_no_fault(isp, verb):
    """Whether it leaves before a short output is flushed, or in the middle of one that fills many buffers."""
    done = subprocess.run(
        f"{sys.executable} -m isp {verb} | head -c 9; code=${{PIPESTATUS[0]}}; echo; echo $code",
        shell=True, executable="/bin/bash", env=isp.environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stderr == "" and done.stdout.splitlines()[-1] == "0"


def test_a_full_disk_leaves_no_part_of_a_file(isp, raw, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        f"import os\ndef full(*a, **k): raise OSError({errno.ENOSPC}, 'No space left on device')\nos.replace = full\n"
    )
    isp.environment = {**isp.environment}
    done = subprocess.run(
        [sys.executable, "-m", "isp", "develop", "chain.yaml", "a.npy", "a.npy.yaml", "-o", "out/", "--trust"],
        cwd=tmp_path, env={**isp.environment, "PYTHONPATH": f"{tmp_path}{os.pathsep}{isp.environment['PYTHONPATH']}"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 3 and "out/a.png: cannot write: No space left on device" in done.stderr
    assert not [path for path in (tmp_path / "out").iterdir() if path.suffix != ".jsonl"]
