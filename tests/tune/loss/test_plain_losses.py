"""Losses of whole pictures against scikit-image, and the task that any function sets."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from isp.core import ChainError, Domain, Frame
from isp.core.errors import DataError
from isp.tune.item import About
from isp.tune.loss.task import Task, task
from isp.tune.part import part

RNG = np.random.default_rng(0)
WANTED = RNG.uniform(0, 1, (24, 24, 3)).astype(np.float32)
MADE = np.clip(WANTED + 0.1 * RNG.normal(size=WANTED.shape), 0, 1).astype(np.float32)


def frame(pixels):
    return Frame(pixels=jnp.asarray(pixels), domain=Domain.DISPLAY, primaries="srgb")


def asked(judge, made=MADE, wanted=WANTED, label=None):
    return float(jax.jit(lambda a, b, c: judge(a, b, About(label=c)))(frame(made), frame(wanted), label))


def test_psnr_and_ssim_are_those_of_scikit_image_turned_round():
    assert asked(part("loss", "psnr")()) == pytest.approx(-peak_signal_noise_ratio(WANTED, MADE, data_range=1), abs=1e-3)
    same = structural_similarity(WANTED, MADE, gaussian_weights=True, use_sample_covariance=False, channel_axis=-1, data_range=1)
    assert asked(part("loss", "ssim")()) == pytest.approx(1 - same, abs=1e-5)
    assert asked(part("loss", "ms_ssim").of(scales=1)) == pytest.approx(1 - same, abs=1e-2), (
        "one scale is SSIM, averaged over channels later"
    )


def test_means_of_differences():
    off = MADE.astype(np.float64) - WANTED
    assert asked(part("loss", "l1")()) == pytest.approx(np.abs(off).mean(), rel=1e-5)
    assert asked(part("loss", "mse")()) == pytest.approx((off**2).mean(), rel=1e-5)
    assert asked(part("loss", "charbonnier").of(epsilon=0.1)) == pytest.approx(np.mean(np.sqrt(off**2 + 0.01) - 0.1), rel=1e-4)


def test_a_domain_is_chosen():
    assert asked(part("loss", "l1").of(domain="linear"), 0.5 + 0 * MADE, 0 * MADE) == pytest.approx(0.21404, abs=1e-4)
    with pytest.raises(ChainError, match="domain"):
        part("loss", "ssim").of(domain="lab")


def test_too_small_a_crop_for_five_scales_is_refused():
    with pytest.raises(DataError, match="176 x 176 pixels or more, or fewer scales"):
        asked(part("loss", "ms_ssim")())


# ---------------------------------------------------------------------- task
def brightness(picture, label):
    return jnp.mean(picture) * label


def test_a_function_is_asked_for_the_picture_and_its_label():
    judge = task(brightness)
    assert isinstance(judge, Task) and judge.name == "task" and judge.blind
    assert asked(judge, label=jnp.float32(2)) == pytest.approx(2 * MADE.mean(), rel=1e-5)
    assert type(task(brightness)) is type(judge), "the same function compiles once"
    bound = task(lambda picture, label: jnp.max(picture))
    assert asked(bound) == pytest.approx(MADE.max()) and type(bound) is not type(judge)


def test_a_function_is_found_by_name_in_a_module_or_a_file(tmp_path):
    assert task("math:fsum").judge is math.fsum
    file = tmp_path / "judge.py"
    file.write_text("import jax.numpy as jnp\n\ndef darkness(picture, label):\n    return 1 - jnp.mean(picture)\n")
    assert asked(task(f"{file}:darkness")) == pytest.approx(1 - MADE.mean(), rel=1e-5)


@pytest.mark.parametrize(
    "where, said",
    [
        ("nowhere", "write `module:NAME` or `file.py:NAME`"),
        ("no_such_module:f", "cannot be imported"),
        ("no/such/file.py:f", "cannot be imported"),
        ("math:no_such", "has no no_such"),
        ("math:pi", "not a function"),
    ],
)
def test_what_is_not_found_is_said(where, said):
    with pytest.raises(ChainError, match=said):
        task(where)


def test_a_task_without_a_function_and_one_that_returns_a_picture():
    with pytest.raises(ChainError, match="no function"):
        asked(part("loss", "task")())
    with pytest.raises(ChainError, match="return one number"):
        asked(task(lambda picture, label: picture))
