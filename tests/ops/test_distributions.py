"""Draws against scipy's distributions: every word once, or very many of them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats
from scipy.special import gamma

from isp.ops import distributions as d

N = 2_000_000


def words(seed=0, n=N):
    return jnp.asarray(np.random.default_rng(seed).integers(0, 2**32, n, dtype=np.uint32))


def even(n=2**16):
    """Words that split the unit interval evenly, as the draws see it: (words, probability below each)."""
    p = (np.arange(n) + 0.5) / n
    beyond = np.minimum(p, 1 - p)
    word = np.floor(beyond * 2**32).astype(np.uint32) | np.where(p > 0.5, 0, 1 << 31).astype(np.uint32)
    return jnp.asarray(word), p


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.7, 2.0, 5.9, 6.1, 9.0, 15.0, 40.0, 300.0, 1e4, 1e5])
def test_counts_are_poisson(rate):
    counts = np.asarray(jax.jit(d.poisson)(jnp.float32(rate), words(int(rate * 100))), np.float64)
    assert (counts == np.round(counts)).all() and counts.min() >= 0
    assert abs(counts.mean() - rate) < 4.5 * np.sqrt(rate / N) + 1e-6 * rate
    kurtosis = 2 + 1 / rate  # of the fourth central moment over the squared variance, less 1
    assert abs(counts.var() / rate - 1) < 4.5 * np.sqrt(kurtosis / N)
    # Chi squared over the counts, or over bands of counts where they are many, each with at least 20 expected.
    step = max(1, int(np.sqrt(rate) / 8))
    edges = np.arange(max(0, int(rate - 6 * np.sqrt(rate))), int(rate + 6 * np.sqrt(rate)) + 10, step)
    below = stats.poisson.cdf(edges - 1, rate)
    expected = N * np.diff(np.concatenate([[0], below, [1]]))
    seen = np.diff(np.concatenate([[0], np.searchsorted(np.sort(counts), edges - 0.5), [N]]))
    while expected[0] < 20:
        expected, seen = np.append(expected[:2].sum(), expected[2:]), np.append(seen[:2].sum(), seen[2:])
    while expected[-1] < 20:
        expected, seen = np.append(expected[:-2], expected[-2:].sum()), np.append(seen[:-2], seen[-2:].sum())
    assert stats.chisquare(seen, expected).pvalue > 1e-4


@pytest.mark.parametrize("rate", [1e-6, 0.01, 0.3, 1.0, 3.0, 6.0, 30.0])
def test_no_word_gives_a_count_that_is_out_of_all_proportion(rate):
    """The ends of the range of words, where rounded sums of probabilities end."""
    ends = jnp.asarray(np.r_[0:4000, 2**31 - 4000 : 2**31 + 4000, 2**32 - 4000 : 2**32].astype(np.uint32))
    counts = np.asarray(d.poisson(jnp.float32(rate), ends))
    assert counts.max() <= stats.poisson.isf(1e-11, rate) and counts.min() >= 0


def test_a_rate_of_nothing_gives_nothing_and_keeps_its_type():
    for rate in (0.0, -3.0):
        assert not np.asarray(d.poisson(jnp.full(N, rate, jnp.float32), words())).any()
    assert d.poisson(jnp.float32(3), words(n=8)).dtype == jnp.float32


def test_normal_words_are_normal_out_to_six_deviations():
    word, p = even()
    np.testing.assert_allclose(np.sort(np.asarray(d.normal(word))), stats.norm.ppf(p), atol=2e-5)
    few = np.array([0, 1, 10, 1000], np.uint32)  # the smallest tails
    tail = (few.astype(np.float64) + 0.5) * 2**-32
    near = np.array([5e-4, 5e-4, 5e-5, 2e-6])
    for sign, half in ((1, 0), (-1, 1 << 31)):
        drawn = np.asarray(d.normal(jnp.asarray(few | np.uint32(half))), np.float64)
        assert (np.abs(sign * drawn / stats.norm.isf(tail) - 1) < near).all()
    assert float(d.normal(jnp.uint32(0))) > 6.2
    assert stats.kstest(np.asarray(d.normal(words(3))), "norm").pvalue > 1e-3


@pytest.mark.parametrize("shape", [-0.44, -0.3, -0.1, -0.01, 0.0, 1e-4, 0.05, 0.1349, 0.5, 0.99])
def test_tukeys_lambda_has_its_quantiles_and_unit_variance(shape):
    """Against scipy's quantile function and the variance in closed form (Wikipedia, or Wei et al. 2020), logistic at 0."""
    word, p = even(4096)
    closed = np.pi**2 / 3 if abs(shape) < 1e-3 else 2 / shape**2 * (1 / (1 + 2 * shape) - gamma(shape + 1) ** 2 / gamma(2 * shape + 2))
    assert abs(float(d.tukey_variance(jnp.float32(shape))) / closed - 1) < (1e-3 if abs(shape) < 1e-3 else 2e-6)
    exact = stats.tukeylambda.ppf(p, shape) / np.sqrt(closed)
    near = 1e-3 if abs(shape) < 1e-3 else 2e-5
    np.testing.assert_allclose(np.sort(np.asarray(d.tukey_lambda(word, jnp.float32(shape)))), exact, atol=1e-5, rtol=near)


@pytest.mark.parametrize("shape", [-0.4, -1e-3, 0.0, 1e-3, 0.3])
def test_tukeys_lambda_has_exact_slopes_in_its_shape(shape):
    with jax.enable_x64(True):
        word, h = even(256)[0], 1e-4
        slope = jax.jacfwd(lambda s: d.tukey_lambda(word, s))(jnp.float64(shape))
        numeric = (d.tukey_lambda(word, jnp.float64(shape + h)) - d.tukey_lambda(word, jnp.float64(shape - h))) / (2 * h)
        np.testing.assert_allclose(slope, numeric, rtol=1e-4, atol=1e-5)


def test_exponential_words_are_exponential():
    assert stats.kstest(np.asarray(d.exponential(words(5)), np.float64), "expon").pvalue > 1e-3


def test_rare_sites_are_as_many_as_asked_for_and_exponential_among_themselves():
    share = 0.01
    drawn = np.asarray(d.rare(words(7), jnp.float32(share)), np.float64)
    chosen = drawn[drawn > 0]
    assert abs(len(chosen) / N - share) < 4 * np.sqrt(share / N)
    assert stats.kstest(chosen, "expon").pvalue > 1e-3


def test_gradients_are_those_of_means_and_variances():
    """Over many words the slope of a mean is the slope of what the distribution's mean is: 1 for counts in their rate, 1 for rare
    draws over their share."""
    word = words(9)
    for rate in (0.5, 4.0, 50.0):
        slope = jax.grad(lambda r: jnp.mean(d.poisson(r, word)))(jnp.float32(rate))
        assert abs(float(slope) - 1) < 5e-3
        of_variance = jax.grad(lambda r: jnp.mean((d.poisson_smooth(r, word) - r) ** 2))(jnp.float32(rate))
        assert abs(float(of_variance) - 1) < 5e-3
    assert abs(float(jax.grad(lambda s: jnp.mean(d.rare(word, s)))(jnp.float32(0.05))) - 1) < 0.02


def test_smooth_counts_have_finite_slopes_everywhere():
    rates = jnp.asarray([-1e3, -0.0, 0.0, 1e-30, 1e-3, 0.25, 6.0, 1e6, 1e30], jnp.float32)
    for draw in (d.poisson, d.poisson_smooth):
        for word in (0, 2**31 - 1, 2**31, 2**32 - 1):
            value, slope = jax.vmap(jax.value_and_grad(lambda r, draw=draw, word=word: draw(r, jnp.uint32(word))))(rates)
            assert np.isfinite(value).all() and np.isfinite(slope).all()
