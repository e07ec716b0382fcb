import jax

import isp

CHAIN = "isp: 1\nstages:\n  - level.subtract_black\n  - exposure.gain: {ev: 1}\n"


def test_a_whole_number_given_for_a_parameter_has_a_slope_and_needs_no_program_of_its_own():
    chain = isp.load(CHAIN)
    other = chain.replace({"exposure.gain.ev": 2})
    assert [jax.numpy.result_type(v) for v in jax.tree.leaves(other)] == [jax.numpy.result_type(v) for v in jax.tree.leaves(chain)]
    slope = jax.grad(lambda c: c["exposure.gain"].ev ** 2)(other)
    assert slope["exposure.gain"].ev == 4


def test_choices_and_whole_options_stay_as_they_are():
    chain = isp.load("isp: 1\nstages:\n  - level.subtract_black\n  - denoise.bilateral\n").replace({"denoise.bilateral.radius": 4})
    assert type(chain["denoise.bilateral"].radius) is int
