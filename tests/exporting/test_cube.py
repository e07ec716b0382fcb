"""Look-up tables, read back and applied by colour-science."""

import colour
import numpy as np
import pytest

from isp.core import Domain
from isp.exporting import export
from isp.exporting.asked import Asked

COLOURS = np.random.default_rng(1).uniform(0, 1, (400, 3))


@pytest.mark.parametrize("which, size, mean, most", [("separable", 33, 0.003, 0.06), ("filmic", 17, 0.008, 0.1)])
def test_a_cube_with_its_shaper_is_the_pipeline(which, size, mean, most, request, seen, tmp_path):
    chain = request.getfixturevalue(which)
    left_out = export(chain, seen, tmp_path / "a.cube", size=size)
    assert any("demosaic.bilinear" in one for one in left_out)
    both = colour.io.read_LUT_ResolveCube(str(tmp_path / "a.cube"))
    assert both[1].table.shape == (size, size, size, 3) and both[0].size == 4096
    camera = COLOURS * both[0].domain[1, 0]  # all that the shaper takes
    apart = np.abs(both.apply(camera) - np.clip(Asked(chain, seen, "cube").colours(camera), 0, None))
    assert apart.mean() < mean and np.quantile(apart, 0.99) < most


def test_a_cube_of_stages_without_a_sensor_is_those_stages(tmp_path, separable):
    """Against the chain itself, run on a picture of the colours."""
    from isp.core import Chain, Frame
    from isp.spec import load

    chain = load(
        "{isp: 1, input: camera, stages: [colour.fixed_matrix: {matrix: [[1.6, -0.4, -0.2], [-0.3, 1.5, -0.2], [0, -0.6, 1.6]]}, encode.srgb: {bits: float}]}"
    )
    export(chain, None, tmp_path / "a.cube", size=41)
    made = colour.io.read_LUT_ResolveCube(str(tmp_path / "a.cube")).apply(COLOURS)
    wanted = np.asarray(chain(Frame(pixels=COLOURS[None].astype(np.float32), domain=Domain.CAMERA)).array)[0]
    apart = np.abs(made - wanted)
    assert isinstance(chain, Chain) and apart.mean() < 0.004


def test_a_curve_is_the_specification_s_and_the_pipeline_s(separable, seen, tmp_path):
    export(separable, seen, tmp_path / "a.cube", "cube1d", size=1024, name='a "curve"')
    lut = colour.io.read_LUT_IridasCube(str(tmp_path / "a.cube"))
    assert lut.name == "a curve" and lut.size == 1024
    np.testing.assert_array_equal(lut.domain, [[0, 0, 0], [1, 1, 1]])
    curve = separable["tone.curve"]
    root = lambda v: (np.sqrt(v + 0.0016) - 0.04) / (np.sqrt(1.0016) - 0.04)  # noqa: E731
    x = np.linspace(0, 1, 1024)
    shown = np.interp(root(x), np.linspace(0, 1, 9), np.asarray(curve.knots))
    light = (shown * (np.sqrt(1.0016) - 0.04) + 0.04) ** 2 - 0.0016
    np.testing.assert_allclose(lut.table[:, 1], colour.models.eotf_inverse_sRGB(light), atol=1e-5)
    np.testing.assert_allclose(lut.apply(np.full((1, 3), x[300])), lut.table[300:301], atol=1e-6)
