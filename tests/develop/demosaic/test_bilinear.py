import pytest

from isp.develop.demosaic.bilinear import Bilinear


def test_agrees_with_colour_demosaicing(disagreement):
    from colour_demosaicing import demosaicing_CFA_Bayer_bilinear

    assert disagreement(Bilinear(), demosaicing_CFA_Bayer_bilinear)[0] < 1e-5


def test_kodak(kodak_score):
    whole, cropped = kodak_score(Bilinear())
    assert cropped == pytest.approx(30.29, abs=0.03)
    assert whole > 29.5  # Kodak's edge lines cost any bilinear method most of this; the outside library scores 29.26
