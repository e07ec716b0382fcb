"""A card says of each loss when it counted."""

from isp.tune.card import _counts
from isp.tune.recipe import Term


def test_a_loss_that_counts_for_a_while_says_from_when_to_when():
    assert _counts(Term("l1", 1.0, None)) == {"weight": 1.0}
    assert _counts(Term("l1", 0.5, None, last=7200)) == {"weight": 0.5, "last": 7200}
    assert _counts(Term("psnr", 0.003, None, first=7200)) == {"weight": 0.003, "first": 7200}
