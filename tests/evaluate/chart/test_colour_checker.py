"""Colour, balance and exposure of a chart, against colour-science and changes that are known."""

import colour
import numpy as np
import pytest

from isp.core.errors import DataError
from isp.evaluate.chart.checker import NAMES, middles
from isp.evaluate.chart.colour_checker import angle, colour_checker, reference

CORNERS = [(40, 30), (190, 30), (190, 120), (40, 120)]


def picture(patches):
    made = np.full((150, 230, 3), 0.03)
    for (x, y), c in zip(middles(CORNERS), patches, strict=True):
        made[round(y) - 12 : round(y) + 13, round(x) - 12 : round(x) + 13] = c
    return made


def test_the_reference_is_the_published_chart():
    published = colour.CCS_COLOURCHECKERS["ColorChecker 2005"]
    xyz = np.array([colour.xyY_to_XYZ(v) for v in published.data.values()])
    adapted = colour.chromatic_adaptation(
        xyz, colour.xy_to_XYZ(published.illuminant), colour.xy_to_XYZ([0.3127, 0.329]), method="Von Kries", transform="Bradford"
    )
    labs = [colour.XYZ_to_Lab(v, [0.3127, 0.329]) for v in (adapted, colour.RGB_to_XYZ(reference(), "sRGB"))]
    assert colour.delta_E(*labs, method="CIE 2000").mean() < 1.0, "two averages of charts"


def test_a_right_picture_is_right_and_differences_are_those_of_colour_science():
    right = colour_checker(picture(reference()))
    assert right.delta_e.max() < 1e-6 and abs(right.exposure) < 1e-9 and right.saturation == pytest.approx(1)
    tinted = reference() * [1.15, 1, 0.85] * 2**0.5
    found = colour_checker(picture(tinted))
    labs = [colour.XYZ_to_Lab(colour.RGB_to_XYZ(p, "sRGB"), [0.3127, 0.329]) for p in (found.patches / 2**found.exposure, reference())]
    np.testing.assert_allclose(found.delta_e, colour.delta_E(*labs, method="CIE 2000"), atol=0.02)
    labs[0] = colour.XYZ_to_Lab(colour.RGB_to_XYZ(tinted, "sRGB"), [0.3127, 0.329])
    np.testing.assert_allclose(found.delta_e_as_is, colour.delta_E(*labs, method="CIE 2000"), atol=0.03)
    assert found.exposure == pytest.approx(0.5, abs=0.05)
    assert found.residual.max() < 1e-6, "a matrix mends it wholly"
    assert found.white_balance.mean() == pytest.approx(np.degrees(np.arccos(3 / np.sqrt(3 * (1.15**2 + 1 + 0.85**2)))), abs=0.5)
    assert found.worst[0] in NAMES and found.worst[1] == found.delta_e.max()


def test_saturation_and_angles():
    grey = reference() @ [0.2126, 0.7152, 0.0722]
    assert colour_checker(picture(grey[:, None] + 0.7 * (reference() - grey[:, None])), corners=CORNERS).saturation == pytest.approx(
        0.7, rel=0.01
    )
    assert angle(np.array([1.0, 1, 1])) == pytest.approx(0, abs=1e-9) and angle(np.array([1.0, 0, 0])) == pytest.approx(54.7356, abs=1e-3)


def test_patches_outside_and_black_charts_are_refused():
    with pytest.raises(DataError, match="patch dark skin: lies at -5, 30, not within 230 x 150"):
        colour_checker(picture(reference()), corners=[(-5, 30), *CORNERS[1:3], (-5, 120)])
    with pytest.raises(DataError, match=r"no ColorChecker found.*--corners"):
        colour_checker(np.full((60, 90, 3), 0.2))
    with pytest.raises(DataError, match="has no light"):
        colour_checker(np.zeros((150, 230, 3)), corners=CORNERS)
