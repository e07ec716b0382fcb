"""`isp sensitivity` and `isp sweep` as a person runs them: on a small raw file, with another pipeline as what is wanted."""

import csv
import json

import pytest

COMMON = ["--scenes", "a.npy", "--target", "wanted.yaml", "--crop", 16, "--edge", 2]
OFFSET = "level.subtract_black.offset"


@pytest.fixture
def here(isp, raw):
    """The raw file, a recipe `chain.yaml`, and the pipeline `wanted.yaml`, which has another offset."""
    chain = (isp.folder / "chain.yaml").read_text().replace("encode.srgb", "encode.srgb: {bits: float}")
    (isp.folder / "chain.yaml").write_text(chain + "tune:\n  loss: {mse: 1}\n")
    (isp.folder / "wanted.yaml").write_text(chain.replace("level.subtract_black", "level.subtract_black: {offset: 20}"))
    return isp


def test_a_sweep_finds_the_planted_value_and_goes_on(here):
    words = ["sweep", "chain.yaml", "--vary", f"{OFFSET}=0,20,40", *COMMON, "--judged", 2, "-o", "out/sweep"]
    done = here(*words)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert (
        lines[0].split()[0] == "files"
        and lines[0].split()[-2] == "20"
        and lines[1:] == [f"out/sweep/{name}" for name in ("sweep.csv", "sweep.json", "report.html")]
    )
    rows = list(csv.DictReader((here.folder / "out/sweep/sweep.csv").open()))
    assert [float(row[OFFSET]) for row in rows] == [0, 20, 40] and float(rows[1]["loss"]) == pytest.approx(0, abs=1e-9)
    assert float(rows[0]["loss"]) > 1e-5 < float(rows[2]["loss"])

    again = here(*words, "--json")
    told = json.loads(again.out)
    assert again.code == told["exit"] == 0 and told["computed"] == 0 and told["best"][0][OFFSET] == 20
    other = here(*words, "--seed", 5)
    assert other.code == 1 and other.errors and "another sweep lies there: seed was 0 and is 5" in other.err


def test_sensitivity_tells_of_each_number_and_keeps_a_page(here):
    words = ["sensitivity", "chain.yaml", "--free", OFFSET, "--free", "colour.fixed_matrix.*", *COMMON, "--batch", 1]
    done = here(*words, "-o", "out/sens")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0].split()[0] == OFFSET and lines[-2:] == ["out/sens/sensitivity.json", "out/sens/report.html"]
    kept = json.loads((here.folder / "out/sens/sensitivity.json").read_text())
    assert len(kept["parameters"]) == 10 and kept["parameters"][0]["gradient"] < 0, "a greater offset is wanted"
    assert "<svg" in (here.folder / "out/sens/report.html").read_text()


@pytest.mark.parametrize(
    "words, code, said",
    [
        (["sweep", "chain.yaml", "--vary", "level.subtract_black.ofset=1", "-o", "out"], 2, "no field 'ofset'"),
        (["sweep", "chain.yaml", "--vary", f"{OFFSET}=", "-o", "out"], 2, "has no values"),
        (["sweep", "chain.yaml", "-o", "out"], 2, "--vary"),
        (["sweep", "chain.yaml", "--vary", OFFSET, "-o", "a.npy"], 3, "it is a file, not a folder"),
        (["sensitivity", "chain.yaml", "--free", "nothing.*"], 2, "frees no parameter"),
        (["sensitivity", "chain.yaml", "--loss", "l1=x"], 2, "expected a number"),
    ],
)
def test_what_cannot_be_meant_is_one_line_and_a_code(here, words, code, said):
    done = here(*words)
    assert done.code == code and done.errors and said in done.err and "Traceback" not in done.err
    assert not (here.folder / "out").exists()
