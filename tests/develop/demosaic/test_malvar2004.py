import pytest

from isp.develop.demosaic.malvar2004 import Malvar2004


def test_agrees_with_colour_demosaicing(disagreement):
    from colour_demosaicing import demosaicing_CFA_Bayer_Malvar2004

    assert disagreement(Malvar2004(), demosaicing_CFA_Bayer_Malvar2004)[0] < 1e-5


def test_without_gains_it_is_bilinear(disagreement):
    from colour_demosaicing import demosaicing_CFA_Bayer_bilinear

    assert disagreement(Malvar2004.of(alpha=0, beta=0, gamma=0), demosaicing_CFA_Bayer_bilinear)[0] < 1e-5


def test_kodak(kodak_score):
    whole, cropped = kodak_score(Malvar2004())
    assert cropped == pytest.approx(35.98, abs=0.03)
    assert whole > 34.8
