"""What is true of every format."""

import numpy as np
import pytest

from isp.core import Cfa, ChainError, DataError, SpecError
from isp.exporting import SUFFIXES, export, exported, format_of
from isp.exporting.asked import Asked
from isp.spec import load


def test_the_suffix_is_the_format():
    assert [format_of(f"a{suffix}") for suffix in SUFFIXES] == ["pisp", "cube", "c", "dcp"]
    assert format_of("a.JSON", "vc4") == "vc4"
    with pytest.raises(SpecError, match="suffix of no format"):
        format_of("a.txt")
    with pytest.raises(SpecError, match=r"cub.*did you mean cube"):
        format_of("a.cube", "cub")


def test_a_pipeline_without_colours_is_refused(seen):
    with pytest.raises(ChainError, match="put colour"):
        exported(load("{isp: 1, stages: [level.subtract_black]}"), seen, "cube")


def test_a_sensor_with_other_filters_is_refused(separable, seen):
    with pytest.raises(DataError, match="filters are r, g, b, w"):
        exported(separable, seen.but(cfa=Cfa(("rg", "wb"))), "c")


def test_tables_over_settings_are_told_for_those_of_the_frame(seen):
    chain = load(
        "{isp: 1, stages: [level.subtract_black, demosaic.bilinear, colour.fixed_matrix, look.saturation: {amount: {over: iso, at: {50: 0.5, 200: 1.5}}}]}"
    )
    asked = Asked(chain, seen.but(iso=np.float32(100)), "c")
    assert float(asked.chain["look.saturation"].amount) == pytest.approx(1.0)
    assert any("look.saturation.amount is told for iso 100 only" in one for one in asked.left_out)
    with pytest.raises(ChainError, match="iso"):
        Asked(chain, None, "c")


def test_linear_stages_join_the_matrix(seen):
    chain = load(
        "{isp: 1, stages: [level.subtract_black, demosaic.bilinear, colour.fixed_matrix, exposure.gain: {ev: 1}, look.saturation: {amount: 0}, encode.srgb]}"
    )
    colours = Asked(chain, seen, "c").colours
    assert colours.linear == 3 and colours.rest.names == ("encode.srgb",)
    np.testing.assert_allclose(colours.matrix, 2 * np.tile([0.2126, 0.7152, 0.0722], (3, 1)), atol=2e-4)


def test_a_file_is_whole_or_not_at_all(separable, seen, tmp_path):
    (tmp_path / "a.dcp").write_text("old")
    with pytest.raises(Exception, match="colours of the camera"):
        export(separable, None, tmp_path / "a.dcp")
    assert (tmp_path / "a.dcp").read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["a.dcp"]
