"""What goes when a stage is switched off, and what stands in for a stage that no chain can miss."""

import pytest

from isp.bench.without import without
from isp.core import ChainError, Domain
from isp.spec import load


@pytest.mark.parametrize(
    "pipeline, stage, how, first, length",
    [
        ("classic", "denoise.bilateral", "left out", 9, 19),
        ("classic", "stabilise.undo", "left out with stabilise.anscombe", 8, 18),
        ("learned", "stabilise.undo", "left out with stabilise.anscombe, denoise.dilated_cnn", 8, 17),
        ("minimal", "measure.as_shot", "left out with white_balance.apply", 1, 4),
        ("classic", "measure.as_shot", "left out", 6, 19),
        ("classic", "demosaic.menon2007", "demosaic.bilinear in its place", 10, 20),
        ("classic", "colour.matrix", "the camera's colours taken as they are", 13, 20),
        ("minimal", "level.subtract_black", "its black level taken as 0", 0, 7),
    ],
)
def test_what_serves_a_stage_goes_with_it(pipeline, stage, how, first, length):
    whole = load(pipeline)
    found = without(whole, stage)
    assert (found.how, found.first, len(found.chain)) == (how, first, length)
    assert not found.chain.misfits() and found.chain.stages[: found.first] == whole.stages[: found.first]


def test_every_stage_of_the_shipped_pipelines_can_go_or_says_why_not():
    for pipeline in ("minimal", "linear", "classic", "learned", "any_filters"):
        chain = load(pipeline)
        for name in chain.names:
            found = without(chain, name, bayer=pipeline != "any_filters")
            assert found.how and (found.chain is None or found.chain.names != chain.names)
            assert found.chain is not None or name in ("demosaic.bilinear", "demosaic.normalised")


def test_a_chain_that_was_shortened_still_begins_where_it_did():
    found = without(load("classic"), "level.linearise")
    assert found.chain.input is Domain.MOSAIC_DN and found.chain.names[0] == "level.subtract_black"


def test_a_stage_that_is_not_there_is_refused():
    with pytest.raises(ChainError, match="no such stage"):
        without(load("minimal"), "tone.filmic")
