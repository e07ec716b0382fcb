"""What every metric of pictures obeys, found by walking its folder."""

import numpy as np
import pytest

from isp.core import Domain, Frame
from isp.core.errors import DataError
from isp.evaluate.picture import metric, metrics, names
from isp.evaluate.view import DOMAINS, view

OPTIONS = {"ms_ssim": {"scales": 2}}
RNG = np.random.default_rng(0)
WANTED = (0.2 + 0.6 * np.kron(RNG.uniform(0, 1, (6, 8, 3)), np.ones((6, 5, 1)))).astype(np.float32)
NOISE = RNG.normal(size=WANTED.shape).astype(np.float32)


def frame(pixels):
    return Frame(pixels=pixels, domain=Domain.DISPLAY, primaries="srgb")


@pytest.mark.parametrize("name", names())
def test_it_says_what_it_is(name):
    found = metric(name)
    assert found.name == name and found.unit and found.better in ("more", "less")
    assert set(found.domains) <= set(DOMAINS) and len(found.says.split()) > 6


@pytest.mark.parametrize("name", names())
def test_more_noise_is_worse_and_frames_are_seen_in_its_domain(name):
    found, options = metric(name), OPTIONS.get(name, {})
    values = [float(found(frame(WANTED + s * NOISE), frame(WANTED), **options)) for s in (0.02, 0.06, 0.2)]
    assert np.isfinite(values).all() and (np.diff(values) * (1 if found.better == "less" else -1) > 0).all(), values
    seen = [view(frame(p), found.domains[0]) for p in (WANTED + 0.06 * NOISE, WANTED)]
    assert float(found(*seen, **options)) == pytest.approx(values[1], rel=1e-4)
    if found.has_map:
        sites = np.asarray(found.sites(*seen, **options))
        assert sites.ndim == 2 and (np.array(WANTED.shape[:2]) - sites.shape >= 0).all()
        assert sites.mean() == pytest.approx(values[1], rel=1e-3)


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(DataError, match="psnr: pictures are 36 x 40 x 3 and 35 x 40 x 3"):
        metric("psnr")(WANTED, WANTED[1:])
    with pytest.raises(DataError, match=r"does not speak of lab pictures .one of display"):
        metric("ssim")(WANTED, WANTED, domain="lab")
    with pytest.raises(DataError, match=r"has no option scale .it has peak, scales"):
        metric("ms_ssim")(WANTED, WANTED, scale=2)
    with pytest.raises(DataError, match=r"psnr: has no map .one of delta_e2000"):
        metric("psnr").sites(WANTED, WANTED)
    with pytest.raises(DataError, match=r"ssmi: no such metric .did you mean ssim"):
        metric("ssmi")
    assert set(metrics()) == set(names()) >= {"psnr", "ssim", "ms_ssim", "delta_e2000", "ictcp", "oklab", "flip"}
