"""`isp import`, as a person runs it."""

import json

from isp.spec import load_spec


def test_a_tuning_becomes_a_sensor_and_a_pipeline(isp, shared_data):
    file = shared_data / "sensors/libcamera/vc4_imx219.json"
    done = isp("import", "libcamera", str(file), "-o", "imx.yaml", "--pipeline", "develop.yaml")
    assert (done.code, done.out) == (0, "imx.yaml\ndevelop.yaml\n"), done.err
    assert all(line.startswith("warning: ") for line in done.err.splitlines()) and "geq" in done.err
    assert load_spec(isp.folder / "imx.yaml").camera.model == "IMX219"
    assert isp("check", "imx.yaml", "develop.yaml").code == 0


def test_json_tells_what_was_written_and_left_out(isp, shared_data):
    done = isp(
        "import", "libcamera", str(shared_data / "sensors/libcamera/rkisp1_imx219.yaml"), "-o", "a.yaml", "--pipeline", "p.yaml", "--json"
    )
    told = json.loads(done.out)
    assert told["written"] == ["a.yaml"] and any("p.yaml is not written" in one for one in told["warnings"])


def test_faults_teach(isp, shared_data):
    (isp.folder / "a.json").write_text("{}")
    done = isp("import", "libcamra", "a.json", "-o", "x.yaml")
    assert done.code == 2 and "did you mean libcamera?" in done.err
    done = isp("import", "libcamera", "a.json", "-o", "x.yaml")
    assert done.code == 1 and "a.json: no tuning of libcamera" in done.err
    assert isp("import", "dng", "missing.dng", "-o", "x.yaml").code == 3
    done = isp("import", "libcamera", "a.json", "-o", "x.dng")
    assert done.code == 2 and "suffix .yaml" in done.err
    assert not list(isp.folder.glob("x.*"))
