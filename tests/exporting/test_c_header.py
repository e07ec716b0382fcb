"""The numbers of a header, as a C compiler reads them, or else as they stand in the text."""

import re
import shutil
import subprocess

import numpy as np
import pytest

from isp.exporting import exported
from isp.exporting.asked import Asked

MAIN = """
#include <stdio.h>
#include "tuning.h"
#define PRINT(name) for (unsigned i = 0; i < sizeof name / sizeof name[0]; i++) printf(#name " %ld\\n", (long) name[i])
int main(void) {
    PRINT(isp_tone_curve); PRINT(isp_black); PRINT(isp_white); PRINT(isp_gains); PRINT(isp_ccm_kelvin);
    for (unsigned k = 0; k < sizeof isp_ccm / sizeof isp_ccm[0]; k++)
        for (unsigned i = 0; i < 9; i++) printf("isp_ccm %ld\\n", (long) isp_ccm[k][i]);
    return 0;
}
"""


@pytest.fixture(scope="module")
def numbers(separable, seen, tmp_path_factory):
    folder, text = tmp_path_factory.mktemp("c"), exported(separable, seen, "c").data.decode()
    (folder / "tuning.h").write_text(text)
    (folder / "main.c").write_text(MAIN)
    found: dict[str, list[int]] = {}
    if compiler := shutil.which("gcc"):
        words = [compiler, "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "main.c", "-o", "main"]
        subprocess.run(words, cwd=folder, check=True, capture_output=True)
        lines = subprocess.run([folder / "main"], check=True, capture_output=True, text=True).stdout.split("\n")
        for name, value in (line.split() for line in lines if line):
            found.setdefault(name, []).append(int(value))
    else:
        for name, body in re.findall(r"(isp_\w+)(?:\[\d+\])+ = \{(.*?)\};", text, re.S):
            found[name] = [int(v) for v in re.findall(r"-?\d+", body)]
    return {name: np.array(values) for name, values in found.items()}


def test_levels_are_those_of_the_sensor(numbers, seen):
    np.testing.assert_array_equal(numbers["isp_black"], 256 * (np.asarray(seen.black) + 2))
    np.testing.assert_array_equal(numbers["isp_white"], 256 * np.asarray(seen.white))


def test_gains_are_those_of_the_light_with_the_correction(numbers, seen):
    np.testing.assert_allclose(numbers["isp_gains"] / 4096, np.asarray(seen.as_shot) * [1.05, 1, 0.97], atol=2e-4)


def test_fixed_point_does_what_the_pipeline_does(numbers, separable, seen):
    """Matrix and curve in whole numbers, as a camera would, against the pipeline in floating point."""
    camera = np.random.default_rng(3).uniform(0, 0.8, (300, 3))
    at = list(numbers["isp_ccm_kelvin"]).index(5000)
    matrix = numbers["isp_ccm"].reshape(-1, 3, 3)[at]
    light = np.clip((np.rint(camera * 65535).astype(np.int64) @ matrix.T) >> 12, 0, 65535)
    curve = numbers["isp_tone_curve"]
    below, share = np.minimum(light * 1024 // 65535, 1023), light * 1024 / 65535
    made = curve[below] + (share - below) * (curve[below + 1] - curve[below])
    wanted = np.asarray(Asked(separable, seen, "c").under(5000.0)(camera))
    inside = (light > 0) & (light < 65535)
    # Between the first points sRGB is steep and the table coarse: a few codes of 8 bits near black, none elsewhere.
    assert np.abs(made / 65535 - wanted)[inside].mean() < 1e-3 and np.abs(made / 65535 - wanted)[inside & (light > 1000)].max() < 4e-3


def test_a_title_cannot_end_the_comment(separable, seen):
    text = exported(separable, seen, "c", name="evil */ int x;").data.decode()
    assert "evil * / int x;" in text.splitlines()[0]
