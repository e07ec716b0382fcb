"""Sidecars: found beside files, in folders and by pattern; every wrong key and value told with its place."""

import numpy as np
import pytest

from isp.core import DataError, SpecError
from isp.io import read
from isp.io.keys import KEYS

GOOD = "width: 4\nheight: 2\ncfa: rggb\nblack: 1\nwhite: 255\npacking: uint8\n"


@pytest.fixture
def raw(tmp_path):
    path = tmp_path / "a.raw"
    path.write_bytes(bytes(range(1, 9)))
    return path


@pytest.mark.parametrize("name", ["a.raw.yaml", "a.yaml"])
def test_found_beside(raw, name):
    (raw.parent / name).write_text(GOOD)
    assert read(raw).black.tolist() == [1] * 4


def test_found_by_pattern(raw):
    (raw.parent / "sidecar.yaml").write_text(
        "width: 4\nheight: 2\npacking: uint8\nfiles:\n  '[ab].raw': {cfa: bggr, iso: 400}\n  'c*': {iso: 800}\n"
    )
    frame = read(raw)
    assert frame.cfa.sites == "bggr"
    assert float(frame.iso) == 400


def test_found_in_another_folder(raw, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.raw.yaml").write_text(GOOD)
    assert read(raw, sidecar=tmp_path / "elsewhere").white.tolist() == [255] * 4
    assert read(raw, sidecar=tmp_path / "elsewhere" / "a.raw.yaml").white.tolist() == [255] * 4


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("widht: 4", "a.yaml:7:1: widht: no such key in a sidecar (did you mean width?)"),
        ("iso: fast", "a.yaml:7:6: iso: expected a number, got the text 'fast'"),
        ("iso: -5", "a.yaml:7:6: iso: "),
        ("bits: 10.5", "a.yaml:7:7: bits: 10.5 is not a whole number"),
        ("bits: 40", "a.yaml:7:7: bits: 40 is not a number in [1, 16]"),
        ("wb_gains: [1, 2]", "a.yaml:7:11: wb_gains: "),
        ("wb_gains: [1, 1, 0]", "a.yaml:7:18: wb_gains: "),
        ("camera_matrix: [[1, 0], [0, 1]]", "a.yaml:7:16: camera_matrix: "),
        ("camera_matrix: [[1, 0, 0], [0, 1, 0], [1, 1, 0]]", "a.yaml:7:16: camera_matrix: a matrix that cannot be inverted"),
        ("make: 3", "a.yaml:7:7: make: expected text"),
        ("shading: 3", "a.yaml:7:10: shading: expected gains"),
        ("orientation: 9", "a.yaml:7:14: orientation: 9 is not a number in [1, 8]"),
        ("noise: [[1, .nan]]", "a.yaml:7:13: noise: "),
    ],
)
def test_faults_have_their_place(raw, line, message):
    (raw.parent / "a.yaml").write_text(GOOD + line + "\n")
    with pytest.raises(SpecError) as caught:
        read(raw)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_faults_at_once(raw):
    (raw.parent / "a.yaml").write_text("width: x\nheigth: 2\ncfa: rgxx\npacking: uint17\n")
    with pytest.raises(SpecError) as caught:
        read(raw)
    assert [(p.line, p.column) for p in caught.value.problems] == [(1, 8), (2, 1), (3, 6), (4, 10)]


@pytest.mark.parametrize("key", [k for k in KEYS if len(k) > 3])
def test_each_key_misspelt_is_refused(raw, key):
    (raw.parent / "a.yaml").write_text(GOOD + f"{key}x: 1\n")
    with pytest.raises(SpecError, match=f"{key}x: no such key.*did you mean"):
        read(raw)


def test_what_does_not_fit_the_pixels(raw):
    for more, why in (
        ("crop: [0, 0, 3, 4]", "crop"),
        ("white: 0.5", "white level 0.5 is not above"),
        ("black: [1, 2, 3]", "3 values"),
        ("black_rows: [1, 2, 3]", "2 rows"),
        ("shading: {gains: [[[1.0]], [[1.0]], [[1.0]]]}", "3 meshes"),
    ):
        key = more.split(":")[0]
        (raw.parent / "a.yaml").write_text("".join(x + "\n" for x in GOOD.splitlines() if not x.startswith(key + ":")) + more + "\n")
        with pytest.raises(DataError, match=why) as caught:
            read(raw)
        assert str(raw) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_no_filter_array_is_refused(raw):
    (raw.parent / "a.yaml").write_text(GOOD.replace("cfa: rggb\n", ""))
    with pytest.raises(DataError, match="colour filter array is not known"):
        read(raw)


def test_srgb_matrix_becomes_a_forward_matrix(raw):
    """Balanced white must become the D50 of the colour-science package, and an identity the sRGB matrix adapted by it."""
    import colour

    (raw.parent / "a.yaml").write_text(GOOD + "srgb_matrix: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]\n")
    frame = read(raw)
    d50 = colour.xy_to_XYZ([0.3457, 0.3585])
    space = colour.RGB_COLOURSPACES["sRGB"]
    space = colour.RGB_Colourspace("s", space.primaries, space.whitepoint)
    adapted = (
        colour.adaptation.matrix_chromatic_adaptation_VonKries(colour.xy_to_XYZ(space.whitepoint), d50, "Bradford")
        @ space.matrix_RGB_to_XYZ
    )
    np.testing.assert_allclose(frame.forward_matrix[0], adapted, atol=2e-4)
    np.testing.assert_allclose(frame.forward_matrix[0].sum(1), d50, atol=1e-5)
    assert frame.illuminants.tolist() == [6504]


def test_a_sidecar_wins_over_the_file(make_dng, mosaic, tmp_path):
    path = make_dng("a.dng", mosaic)
    assert read(path, trusted=True).black.tolist() == [64] * 4
    (tmp_path / "a.dng.yaml").write_text("black: 60\nwb_gains: [4, 2, 3]\n")
    frame = read(path, trusted=True)
    assert frame.black.tolist() == [60] * 4
    assert frame.as_shot.tolist() == [2, 1, 1.5]
