"""`isp export`, as a person runs it."""

import json

SMALL = """isp: 1
title: Small
stages: [level.subtract_black, measure.as_shot, white_balance.apply, demosaic.bilinear, colour.matrix, tone.linear, encode.srgb]
"""


def test_a_pipeline_and_a_sensor_become_a_tuning_that_comes_back(isp):
    (isp.folder / "p.yaml").write_text(SMALL)
    done = isp("export", "p.yaml", "-o", "imx219.json", "--sensor", "imx219", "--set", "tone.linear.white=1.1")
    assert (done.code, done.out) == (0, "imx219.json\n"), done.err
    assert all(line.startswith("warning: imx219.json: ") for line in done.err.splitlines()) and "rpi.agc" in done.err
    assert isp("import", "libcamera", "imx219.json", "-o", "s.yaml", "--pipeline", "back.yaml").code == 0
    assert isp("check", "s.yaml", "back.yaml").code == 0


def test_json_and_faults(isp):
    (isp.folder / "p.yaml").write_text(SMALL)
    done = isp("export", "p.yaml", "-o", "a.h", "--json")
    told = json.loads(done.out)
    assert told["written"] == ["a.h"] and told["format"] == "c" and any("no sensor" in one for one in told["warnings"])
    done = isp("export", "p.yaml", "-o", "a.png")
    assert done.code == 2 and "end it in .json, .cube, .h, .dcp" in done.err
    done = isp("export", "p.yaml", "-o", "a.dcp")
    assert done.code == 1 and "colours of the camera" in done.err
    assert not (isp.folder / "a.dcp").exists()
