"""DNG tags on colour, noise and levels, against sums done here by the DNG specification's own formulae."""

import numpy as np
import pytest

from isp.io import read
from isp.io.dng import neutral_of

COLOUR1 = np.array([[0.9, -0.3, -0.1], [-0.4, 1.2, 0.2], [-0.1, 0.2, 0.6]])
COLOUR2 = np.array([[0.7, -0.1, -0.1], [-0.5, 1.3, 0.2], [-0.1, 0.2, 0.7]])
FORWARD = np.array([[0.7, 0.15, 0.1143], [0.25, 0.8, -0.05], [0.02, -0.1, 0.9051]])
CALIBRATION = np.array([[1.02, 0.01, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.97]])
BALANCE = np.array([1.5, 1.0, 1.25])


def signed(code, matrix):
    return (code, 10, matrix.size, tuple(int(v) for x in np.ravel(matrix) for v in (round(x * 10000), 10000)))


def positive(code, values):
    return (code, 5, len(values), tuple(int(v) for x in values for v in (round(x * 10000), 10000)))


def test_both_calibrations(make_dng, mosaic):
    """ColorMatrix with AnalogBalance and CameraCalibration folded in: AB CC CM, each illuminant its own."""
    tags = [
        signed(50721, COLOUR1), signed(50722, COLOUR2), (50778, "H", 1, 17), (50779, "H", 1, 21), signed(50723, CALIBRATION),
        positive(50727, BALANCE), positive(50728, [0.5, 1, 0.8]),
    ]  # fmt: skip
    frame = read(make_dng("a.dng", mosaic, tags=tags), trusted=True)
    np.testing.assert_allclose(frame.camera_matrix, [np.diag(BALANCE) @ CALIBRATION @ COLOUR1, np.diag(BALANCE) @ COLOUR2], rtol=1e-5)
    assert frame.illuminants.tolist() == [2856, 6504]
    assert frame.as_shot.tolist() == pytest.approx([2, 1, 1.25])
    assert frame.forward_matrix is None


def test_forward_matrix_with_an_individual_calibration(make_dng, mosaic):
    """Specification, chapter 6: CameraToXYZ_D50 = FM D (AB CC)^-1, with D = diag(1 / ((AB CC)^-1 CameraNeutral)).

    Ours takes balanced colour, so it must give the same XYZ for a colour divided by the neutral.
    """
    neutral, individual = np.array([0.5, 1, 0.8]), np.diag(BALANCE) @ CALIBRATION
    tags = [signed(50721, COLOUR1), signed(50723, CALIBRATION), positive(50727, BALANCE), positive(50728, neutral), signed(50964, FORWARD)]
    frame = read(make_dng("a.dng", mosaic, tags=tags), trusted=True)
    inverse = np.linalg.inv(individual)
    specified = FORWARD @ np.diag(1 / (inverse @ neutral)) @ inverse
    for camera in ([0.5, 1, 0.8], [0.3, 0.1, 0.2], [0.0, 0.7, 0.1]):
        np.testing.assert_allclose(frame.forward_matrix[0] @ (np.array(camera) / neutral), specified @ camera, rtol=1e-5)


def test_planes_in_another_order(make_dng, mosaic):
    """CFAPlaneColor says that the rows of matrices and the neutral are of green, blue and red; a frame keeps red, green, blue."""
    tags = [
        (50710, "B", 3, (1, 2, 0)), signed(50721, COLOUR1[[1, 2, 0]]), signed(50964, FORWARD[:, [1, 2, 0]]), positive(50728, [1, 0.8, 0.5]),
        (51041, "d", 6, (2e-4, 3e-6, 4e-4, 5e-6, 1e-4, 2e-6)),
    ]  # fmt: skip
    frame = read(make_dng("a.dng", mosaic, tags=tags), trusted=True)
    np.testing.assert_allclose(frame.camera_matrix[0], COLOUR1, rtol=1e-6)
    np.testing.assert_allclose(frame.forward_matrix[0], FORWARD, rtol=1e-6)
    assert frame.as_shot.tolist() == pytest.approx([2, 1, 1.25])
    assert (frame.noise[:, 0] / (1023 - 64)).tolist() == pytest.approx([1e-4, 2e-4, 2e-4, 4e-4])


def test_as_shot_by_chromaticity(make_dng, mosaic):
    """AsShotWhiteXY at a calibration's own light: the neutral is that matrix times the light's XYZ (temperature by colour-science)."""
    import colour

    xy = colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"]["D65"]
    tags = [
        signed(50721, COLOUR1), signed(50722, COLOUR2), (50778, "H", 1, 17), (50779, "H", 1, 21), (50728, "H", 0, None),
        positive(50729, xy),
    ]  # fmt: skip
    frame = read(make_dng("a.dng", mosaic, tags=tags), trusted=True)
    neutral = COLOUR2 @ colour.xy_to_XYZ(xy)
    np.testing.assert_allclose(frame.as_shot, neutral[1] / neutral, rtol=2e-3)


def test_neutral_between_two_lights():
    """Half way in mired between the two, both matrices count the same."""
    import colour

    kelvin = 2 / (1 / 2856 + 1 / 6504)
    xy = np.array(colour.temperature.CCT_to_xy_Kang2002(kelvin))
    made = neutral_of(xy, np.stack([COLOUR1, COLOUR2]), np.array([2856.0, 6504.0]))
    meant = (COLOUR1 + COLOUR2) / 2 @ colour.xy_to_XYZ(xy)
    np.testing.assert_allclose(made, meant / meant[1], rtol=5e-3)


@pytest.mark.parametrize("planes", [1, 3])
def test_noise_profile(make_dng, mosaic, planes):
    """Variance of a value by the profile (normalised) is the variance that the frame tells (in DN)."""
    pairs = [(1e-4, 2e-6), (2e-4, 3e-6), (4e-4, 5e-6)][:planes]
    tags = [(51041, "d", 2 * planes, tuple(v for p in pairs for v in p)), (50713, "H", 2, (2, 2)), (50714, "H", 4, (60, 64, 68, 72))]
    frame = read(make_dng("a.dng", mosaic, ((1, 0), (2, 1)), tags=tags), trusted=True)
    for phase, (colour, black) in enumerate(zip("grbg", (60, 64, 68, 72), strict=True)):
        slope, floor = pairs["rgb".index(colour) if planes == 3 else 0]
        span = 1023 - black
        for value in (0.0, 0.1, 0.9):
            a, b = frame.noise[phase]
            assert a * (black + value * span) + b == pytest.approx((slope * value + floor) * span**2, rel=1e-3)


def test_black_by_rows(make_dng, mosaic):
    rows = tuple(int(v) for i in range(64) for v in (i - 32, 4))
    frame = read(make_dng("a.dng", mosaic, tags=[(50716, 10, 64, rows)]), trusted=True)
    np.testing.assert_allclose(frame.black_rows, (np.arange(64) - 32) / 4)


def test_exposure_from_the_exif_directory(make_dng, mosaic):
    """An Exif directory put at the end, as cameras do: ISO 800, 1/250 s, f/4, and the picture is to be turned."""
    import struct

    path = make_dng("a.dng", mosaic, tags=[(34664, "I", 1, 0), (274, "H", 1, 8)])
    data = bytearray(path.read_bytes())
    start = len(data) + len(data) % 2
    data += bytes(start - len(data))
    values = start + 2 + 3 * 12 + 4
    data += struct.pack("<H", 3) + struct.pack("<HHII", 33434, 5, 1, values) + struct.pack("<HHII", 33437, 5, 1, values + 8)
    data += struct.pack("<HHIHH", 34855, 3, 1, 800, 0) + struct.pack("<I", 0) + struct.pack("<4I", 1, 250, 4, 1)
    for i in range(struct.unpack_from("<H", data, 8)[0]):
        if struct.unpack_from("<H", data, 10 + 12 * i)[0] == 34664:
            struct.pack_into("<HHII", data, 10 + 12 * i, 34665, 4, 1, start)
    path.write_bytes(data)
    frame = read(path, trusted=True)
    assert (float(frame.iso), float(frame.exposure_time), float(frame.aperture)) == (800, pytest.approx(0.004), 4)
    assert frame.orientation == 8
    assert (frame.make, frame.model) == ("Maker", "Camera One")
