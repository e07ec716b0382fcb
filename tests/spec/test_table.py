"""The stage table, held against the classes it is drawn from."""

import pytest

from isp.core import ChainError
from isp.spec import all_names, row, rows, stage_class
from isp.spec.table import BEGIN, END, markdown, refreshed


def test_a_row_says_what_its_class_says():
    malvar, black = row(stage_class("demosaic.malvar2004")), row(stage_class("level.subtract_black"))
    assert malvar.summary == "Bilinear demosaicing, corrected by the gradient of the colour that is known at the site"
    assert (malvar.domains, malvar.facts, malvar.parameters, malvar.paper) == (
        "mosaic → camera",
        "needs cfa",
        "alpha, beta, gamma",
        "malvar2004",
    )
    assert black.domains == "mosaic_dn → mosaic" and "needs white" in black.facts and "takes black" in black.facts
    assert row(stage_class("white_balance.apply")).domains == "mosaic or camera"


def test_all_stages_stand_in_it_once_in_the_order_of_the_light():
    found = [r.name for r in rows()]
    assert sorted(found) == sorted(all_names())
    place = {name: i for i, name in enumerate(found)}
    assert place["level.subtract_black"] < place["demosaic.malvar2004"] < place["colour.matrix"]
    assert all(r.summary for r in rows())


def test_one_family():
    assert [r.name for r in rows("level")] == ["level.fixed_black", "level.linearise", "level.subtract_black"]
    with pytest.raises(ChainError, match=r"no such family .did you mean demosaic"):
        rows("demosiac")


def test_a_document_is_refreshed_between_its_markers_only():
    document = f"before\n{BEGIN}\nold\n{END}\nafter {END}\n"
    new = refreshed(document)
    assert new == f"before\n{BEGIN}\n{markdown()}\n{END}\nafter {END}\n" and refreshed(new) == new
    assert all(line.count(" | ") == 8 for line in markdown().splitlines()[2:])
    with pytest.raises(ValueError, match="has no <!-- stages"):
        refreshed("no markers")
