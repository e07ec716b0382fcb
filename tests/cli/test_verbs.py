"""Every verb, as a person runs it."""

import json
import signal
import subprocess
import sys
import time

import jsonschema
import numpy as np
import pytest
from PIL import Image

from isp.io import load_frame
from isp.spec import families, read_yaml, resolve, rows


def test_demo_says_where_the_picture_and_the_page_are(isp):
    done = isp("demo", "-o", "there")
    assert done.code == 0, done.err
    picture, page = (isp.folder / line.split(":")[1].strip() for line in done.out.splitlines())
    pixels = np.asarray(Image.open(picture))
    assert pixels.ndim == 3 and 0.15 < pixels.mean() / 255 < 0.7
    assert page.read_text().count("<section") > 5


def test_develop_writes_the_picture_it_names(isp, raw):
    done = isp("develop", "chain.yaml", raw, "-o", "a.png")
    assert (done.code, done.out, done.err) == (0, "a.png\n", "")
    pixels = np.asarray(Image.open(isp.folder / "a.png")).astype(float)
    light = np.array([800 - 64, 500 - 64, 300 - 64]) / (1023 - 64)  # flat colours: the demosaic has nothing to guess
    expected = 255 * (1.055 * light ** (1 / 2.4) - 0.055)
    np.testing.assert_allclose(pixels[8:-8, 8:-8].mean((0, 1)), expected, atol=0.51)
    assert pixels.shape == (32, 48, 3)


@pytest.mark.parametrize("name, kind", [("a.jpg", "JPEG"), ("a.tif", "TIFF"), ("a.png", "PNG"), ("new/folder/a.jpeg", "JPEG")])
def test_the_suffix_is_the_format(isp, raw, name, kind):
    assert isp("develop", "chain.yaml", raw, "-o", name).code == 0
    assert Image.open(isp.folder / name).format == kind


def test_a_folder_takes_any_number_and_a_format(isp, raw, make_raw):
    done = isp("develop", "chain.yaml", raw, make_raw("b.npy"), "-o", "out", "--format", "tiff", "--bits", "16", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert [one["output"] for one in told["written"]] == ["out/a.tif", "out/b.tif"] and not told["failed"]
    assert np.asarray(Image.open(isp.folder / "out/a.tif").convert("RGB")).shape == (32, 48, 3)


def test_a_bad_file_does_not_stop_the_others(isp, raw, make_raw):
    (isp.folder / "empty.npy").touch()
    done = isp("develop", "chain.yaml", raw, "empty.npy", "missing.npy", make_raw("b.npy"), "-o", "out/")
    assert done.code == 1
    assert sorted(path.name for path in (isp.folder / "out").iterdir()) == ["a.png", "b.png", "failures.jsonl"]
    assert done.err.splitlines()[-1] == "2 of 4 files failed (list: out/failures.jsonl); 2 written"
    listed = [json.loads(line) for line in (isp.folder / "out/failures.jsonl").read_text().splitlines()]
    assert [one["input"] for one in listed] == ["empty.npy", "missing.npy"]
    assert [one["problems"][0]["what"] for one in listed] == ["it is empty", "no such file"]
    again = isp("develop", "chain.yaml", raw, "b.npy", "-o", "out/")
    assert again.code == 0 and not (isp.folder / "out/failures.jsonl").exists()


def test_fail_fast_stops(isp, raw):
    done = isp("develop", "chain.yaml", "missing.npy", raw, "-o", "out/", "--fail-fast")
    assert done.code == 1 and not (isp.folder / "out/a.png").exists()


def test_set_and_swap_change_the_pipeline(isp, raw):
    words = ["--swap", "encode.srgb=encode.display_p3", "--set", "level.subtract_black.offset=100"]
    assert isp("develop", "chain.yaml", raw, "-o", "plain.png").code == 0
    assert isp("develop", "chain.yaml", raw, "-o", "other.png", *words).code == 0
    plain, other = (Image.open(isp.folder / name) for name in ("plain.png", "other.png"))
    assert np.asarray(other).mean() < np.asarray(plain).mean() - 5
    assert b"Display P3" in other.info["icc_profile"].replace(b"\0", b"")


def test_a_chain_is_entered_with_a_saved_frame(isp, raw):
    first = isp("develop", "chain.yaml", raw, "-o", "a.png", "--save-stages", "kept")
    assert (first.code, first.out.splitlines()) == (0, ["a.png", "kept/index.html"]), first.err
    kept = sorted(path.name for path in (isp.folder / "kept").iterdir())
    names = ["00-file", "01-level.subtract_black", "02-demosaic.bilinear", "03-colour.fixed_matrix", "04-encode.srgb"]
    assert kept == sorted([f"{n}.{s}" for n in names for s in ("jpg", "npz")] + ["index.html"])
    assert load_frame(isp.folder / "kept/01-level.subtract_black.npz").black is None
    again = isp("develop", "chain.yaml", "kept/02-demosaic.bilinear.npz", "--from", "colour.fixed_matrix", "-o", "again.png")
    assert again.code == 0, again.err
    pixels = [np.asarray(Image.open(isp.folder / name)).astype(int) for name in ("a.png", "again.png")]
    assert np.abs(pixels[0] - pixels[1]).max() <= 1


def test_explain_says_how_and_writes_nothing(isp, raw):
    done = isp("develop", "chain.yaml", raw, "--explain")
    assert done.code == 0 and "4 stages on 48x32 pixels" in done.out
    assert not list(isp.folder.glob("*.png"))


def test_check_tells_what_is_sound(isp, raw):
    done = isp("check", "chain.yaml", raw, "minimal")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [["ok", "chain.yaml"], ["ok", str(raw)], ["ok", "minimal"]]
    assert "4 stages, mosaic_dn → display" in lines[0] and "48x32" in lines[1] and "cfa rggb" in lines[1]


def test_check_takes_an_overlay_of_a_sensor(isp):
    (isp.folder / "mine.yaml").write_text("isp: 1\nfrom: imx219\nvalues: {adc.linear.pedestal: 70 DN}\n")
    (isp.folder / "slip.yaml").write_text("isp: 1\nfrom: imx219\nvalues: {adc.linear.pedestl: 70 DN}\n")
    done = isp("check", "mine.yaml", "slip.yaml")
    assert done.code == 2 and done.out.startswith("ok: mine.yaml") and "scene → mosaic_dn" in done.out
    assert "slip.yaml:3:10" in done.err and "did you mean pedestal?" in done.err


def test_check_goes_through_all_files(isp, raw):
    (isp.folder / "bad.yaml").write_text("isp: 1\nstages: [level.subtract_blak]\n")
    done = isp("check", "bad.yaml", "missing.dng", raw, "--json")
    told = json.loads(done.out)
    assert done.code == told["exit"] == 2
    assert [one["ok"] for one in told["files"]] == [False, False, True]
    assert told["files"][0]["problems"][0]["line"] == 2


def test_stages_are_listed_one_a_line(isp):
    done = isp("stages")
    assert [line.split()[0] for line in done.out.splitlines()] == [row.name for row in rows()]
    told = json.loads(isp("stages", "demosaic", "--json").out)
    assert {one["name"] for one in told} == set(families()["demosaic"])


def test_stages_and_stage_tell_the_cost(isp):
    (told,) = json.loads(isp("stages", "white_balance", "--json", "--time").out)
    assert told["cost"] == {"numbers": 3, "multiply_adds": 0, "operations": 2, "work": 2, "reach": 0}
    time = told["time"]
    assert 0 < time["fastest"] <= time["milliseconds"] <= time["slowest"] and time["runs"] >= 3 and time["compiling"] > 0
    assert [line.split()[-3:] for line in isp("stages", "white_balance").out.splitlines()] == [["3", "2", "0"]]
    assert json.loads(isp("stage", "white_balance.apply", "--json").out)["cost"] == told["cost"]
    said = isp("stage", "measure.grey_world", "--time").out
    assert "the whole frame is read" in said and "ms for each megapixel (median of" in said


@pytest.mark.parametrize("width", [80, 200])
def test_the_stages_fit_a_terminal(isp, width):
    said = on_a_terminal(isp, width, "stages", "demosaic")
    assert max(map(len, said)) <= width and "work/px" in said[1]
    assert ("domain" in said[1]) == (width > 120)
    named = [line.split()[0] for line in said[3:] if line.strip()]
    assert named == list(families()["demosaic"]), "a row each"


def on_a_terminal(isp, width, *words):
    """What a command draws on a terminal of that width, without colours."""
    import fcntl
    import os
    import pty
    import re
    import struct
    import termios

    mine, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    environment = {**isp.environment, "TERM": "xterm", "COLUMNS": str(width)}
    done = subprocess.Popen([sys.executable, "-m", "isp", *words], cwd=isp.folder, env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    drawn = b""
    while True:
        try:
            more = os.read(mine, 65536)
        except OSError:  # the other end is closed
            break
        drawn += more
        if not more:
            break
    os.close(mine)
    assert done.wait() == 0
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", drawn.decode()).replace("\r", "").split("\n")


def test_stage_tells_all_that_is_declared(isp):
    done = isp("stage", "demosaic.malvar2004")
    assert done.code == 0 and "mosaic → camera" in done.out and "[0, 2]" in done.out and "Malvar" in done.out
    told = json.loads(isp("stage", "demosaic.malvar2004", "--json").out)
    assert told["parameters"][0]["name"] == "alpha" and told["parameters"][0]["high"] == 2


def test_schema_is_a_schema_that_takes_the_shipped_pipelines(isp):
    schema = json.loads(isp("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    value, _ = read_yaml(resolve("minimal"))
    jsonschema.validate(value, schema)


def test_cite_gives_bibtex(isp, raw):
    done = isp("cite", "minimal", "--json")
    assert done.code == 0
    (isp.folder / "m.yaml").write_text("isp: 1\nstages: [level.subtract_black, demosaic.malvar2004]\n")
    done = isp("cite", "m.yaml")
    assert done.out.startswith("@inproceedings{malvar2004,") and done.out.count("@") == 1


@pytest.fixture
def batch(isp, raw):
    """Start a batch that takes longer than any test waits."""
    many = [f"r{i}.npy" for i in range(2000)]
    for name in many:
        (isp.folder / name).symlink_to(raw)
        (isp.folder / f"{name}.yaml").symlink_to(f"{raw}.yaml")
    words = [sys.executable, "-m", "isp", "develop", "chain.yaml", *many, "-o", "out/"]
    return lambda: subprocess.Popen(words, cwd=isp.folder, env=isp.environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_batch_leaves_whole_files_only(isp, batch, number, code):
    process = batch()
    end = time.monotonic() + 120
    while not list(isp.folder.glob("out/*.png")) and time.monotonic() < end and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(number)
    assert process.wait(timeout=30) == code
    written = list((isp.folder / "out").iterdir())
    assert written and len(written) < 2000
    for path in written:
        assert path.suffix == ".png", path
        Image.open(path).load()


@pytest.mark.slow
def test_an_interrupt_at_any_time_ends_the_batch_at_once(isp, batch):
    """In imports, in the compiler, between files: never swallowed, never an abort. Before `main`, the signal itself ends the process."""
    for delay in np.random.default_rng(0).uniform(0, 3, 40):
        process = batch()
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=15) in (130, -signal.SIGINT)
        assert not list(isp.folder.glob("out/.*"))


def test_completion_knows_the_stages(isp):
    env = {**isp.environment, "_ISP_COMPLETE": "complete_bash", "COMP_WORDS": "isp stage demosaic.mal", "COMP_CWORD": "2"}
    done = subprocess.run([sys.executable, "-c", "from isp.cli import main; main()"], env=env, capture_output=True, text=True)
    assert "demosaic.malvar2004" in done.stdout, done.stderr


FILTERS = """
def doubled(pixels):
    "Every value is doubled."
    return 2 * pixels
"""


def test_a_stage_of_ones_own_is_admitted_on_the_command_line_alone(isp, raw):
    (isp.folder / "filters.py").write_text(FILTERS)
    chain = (isp.folder / "chain.yaml").read_text()
    (isp.folder / "own.yaml").write_text(chain.replace("  - encode.srgb", "  - own.doubled: {strength: 0.5}\n  - encode.srgb"))
    assert "own.doubled" in (isp.folder / "own.yaml").read_text()
    for words in (("check", "own.yaml"), ("develop", "own.yaml", raw, "-o", "a.png"), ("cite", "own.yaml")):
        done = isp(*words)
        assert done.code == 2 and "own.doubled: a stage of one's own is admitted by whoever runs it" in done.errors[0], done.err
        assert "--stage MODULE:doubled or --stage FILE.py:doubled" in done.errors[0]
        done = isp(*words, "--stage", "filters.py:doubled")
        assert done.code == 0, done.err
    done = isp("develop", "own.yaml", raw, "-o", "a.png", "--stage", "filters:doubled", "--save-stages", "kept")
    assert done.code == 0 and "Every value is doubled" in (isp.folder / "kept" / "index.html").read_text()
    told = isp("stage", "own.doubled", "--stage", "filters.py:doubled")
    assert told.code == 0 and "1 numbers, 12 operations for each pixel" in told.out
    done = isp("check", "own.yaml", "--stage", "filters.py:trippled")
    assert done.code == 2 and "has no trippled" in done.errors[0]
    assert all("--stage" in isp(verb, "--help").out for verb in ("tune", "export", "sensitivity", "sweep", "capture"))
