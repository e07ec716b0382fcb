"""What may be picked, what a pick makes of a chain, and what is refused in words."""

import numpy as np
import pytest

from isp.core import Chain, ChainError
from isp.spec import load
from isp.tune.choice import alternatives, choices_of, chosen, count

CLASSIC = load("classic")
SLOTS = ["demosaic.menon2007", "demosaic.malvar2004", "demosaic.bilinear"]


def test_a_method_takes_the_slot_and_brings_its_name_and_defaults():
    made = chosen(CLASSIC, {"demosaic.menon2007": "demosaic.malvar2004"})
    assert made.names == tuple(n.replace("menon2007", "malvar2004") for n in CLASSIC.names)
    assert float(made["demosaic.malvar2004"].alpha) == 0.5
    same = chosen(CLASSIC, {"demosaic.menon2007": "demosaic.menon2007"})
    assert repr(same) == repr(CLASSIC) and float(same["demosaic.menon2007"].sharpness) == pytest.approx(0.2)


def test_a_slot_with_a_name_of_its_own_keeps_it():
    chain = load("{isp: 1, input: mosaic, stages: [{demosaic.malvar2004: {alpha: 0.3}, as: first}]}")
    made = chosen(chain, {"first": "demosaic.normalised", "first.support": 5})
    assert made.names == ("first",) and made["first"].name == "demosaic.normalised" and made["first"].support == 5
    found = alternatives(chain, choices_of(chain, {"first": ["on", "demosaic.normalised"], "first.support": [3, 5]}))
    assert [(a.picks["first"], a.picks.get("first.support")) for a in found.fit] == [
        ("on", None),
        ("demosaic.normalised", 3),
        ("demosaic.normalised", 5),
    ]
    assert float(found.fit[0].chain["first"].alpha) == pytest.approx(0.3)


def test_every_kind_of_choice_at_once():
    said = {
        "demosaic.menon2007": SLOTS[:2],
        "detail.unsharp": [True, False],  # as YAML reads on and off
        "denoise.bilateral.radius": [2, 4, 6],
        "demosaic.menon2007.refine": ["on", "off"],
        "order": ["look.saturation", "detail.unsharp"],
    }
    choices = choices_of(CLASSIC, said)
    assert count(choices) == 2 * 2 * 3 * 2 * 2
    found = alternatives(CLASSIC, choices)
    # Malvar's method has no `refine`, and without sharpening there is nothing to exchange.
    assert len(found.fit) == 3 * (2 + 1) * (2 + 1) and not found.left_out
    assert all("demosaic.menon2007.refine" not in a.picks for a in found.fit if a.picks["demosaic.menon2007"] != SLOTS[0])
    last = chosen(
        CLASSIC,
        {
            "detail.unsharp": "on",
            "denoise.bilateral.radius": 4,
            "order": ("detail.unsharp", "look.saturation"),
            SLOTS[0] + ".refine": False,
        },
    )
    assert last.names.index("detail.unsharp") == CLASSIC.names.index("look.saturation")
    assert last["denoise.bilateral"].radius == 4 and last["demosaic.menon2007"].refine is False
    assert repr(last) in {repr(a.chain) for a in found.fit}


def test_what_does_not_fit_is_left_out_with_the_reason():
    choices = choices_of(CLASSIC, {"order": ["demosaic.menon2007", "stabilise.undo", "highlight.recover"]})
    found = alternatives(CLASSIC, choices)
    assert [a.picks["order"] for a in found.fit] == [
        ("demosaic.menon2007", "stabilise.undo", "highlight.recover"),
        ("stabilise.undo", "demosaic.menon2007", "highlight.recover"),
    ]
    assert len(found.left_out) == 4 and any("variance-stabilised" in why for _, why in found.left_out)
    off = alternatives(CLASSIC, choices_of(CLASSIC, {"stabilise.undo": ["on", "off"]}))
    assert [a.picks for a in off.fit] == [{"stabilise.undo": "on"}] and "put stabilise.undo" in off.left_out[0][1]


def test_orders_come_in_groups():
    groups = [["look.saturation", "detail.unsharp"], ["geometry.crop", "geometry.orient"]]
    choices = choices_of(CLASSIC, {"order": groups})
    assert [c.key for c in choices] == ["order 1", "order 2"]
    found = alternatives(CLASSIC, choices)
    assert len(found.fit) == 4 and len({a.chain.names for a in found.fit}) == 4
    assert found.fit[0].chain.names == CLASSIC.names


@pytest.mark.parametrize(
    "said, what",
    [
        ({"demosaic.menon2008": SLOTS}, "demosaic.menon2008.*did you mean"),
        ({"demosaic.menon2007": ["demosaic.menon2007", "demosaic.malvar"]}, "demosaic.malvar.*malvar2004"),
        ({"demosaic.menon2007": ["demosaic.menon2007"]}, "two or more different"),
        ({"demosaic.menon2007": [SLOTS[0], SLOTS[0]]}, "two or more different"),
        ({"denoise.bilateral.radius": [2, 3]}, "denoise.bilateral.radius: 3 is not one of 2, 4, 6"),
        ({"denoise.bilateral.radios": [2, 4]}, "no field 'radios'.*did you mean radius"),
        ({"denoise.bilateral.strength": [1, 2]}, "is a number, which `free` lets move"),
        ({"denoise.bilateral.radius": 2}, "two or more different"),
        ({"order": ["look.saturation", "detail.unsharpen"]}, "detail.unsharpen.*did you mean detail.unsharp"),
        ({"order": ["look.saturation"]}, "two to 5 stages"),
        ({"order": []}, "expected a list"),
        ({"order": [["look.saturation", "detail.unsharp"], ["detail.unsharp", "tone.filmic"]]}, "named twice"),
    ],
)
def test_what_cannot_be_meant_is_refused(said, what):
    with pytest.raises(ChainError, match=what):
        choices_of(CLASSIC, said)


def test_picks_that_name_nothing_are_refused():
    with pytest.raises(ChainError, match=r"demosaic\.menon2008"):
        chosen(CLASSIC, {"demosaic.menon2008.refine": False})


def test_a_method_that_stands_elsewhere_is_left_out():
    chain = load("{isp: 1, input: working, stages: [look.saturation, look.contrast]}")
    found = alternatives(chain, choices_of(chain, {"look.contrast": ["on", "look.saturation"]}))
    assert len(found.fit) == 1 and found.left_out[0][1].startswith("look.saturation: appears twice")


def test_too_many_combinations_are_not_listed():
    stages = ["tone.filmic", "look.saturation", "detail.unsharp", "defect.dynamic", "geometry.crop"]
    said = {stage: ["on", "off"] for stage in stages} | {"order": ["look.saturation", "detail.unsharp", "tone.filmic"]}
    choices = choices_of(CLASSIC, said)
    assert count(choices) == 192 and len(alternatives(CLASSIC, choices).fit) < 192
    more = {name: ["on", "off"] for name in CLASSIC.names if name not in said}
    with pytest.raises(ChainError, match="too many to list"):
        alternatives(CLASSIC, choices_of(CLASSIC, said | more))


def test_a_chosen_chain_is_a_chain():
    made = chosen(CLASSIC, {"demosaic.menon2007": "demosaic.bilinear", "detail.unsharp": False})
    assert isinstance(made, Chain) and made.input == CLASSIC.input and made.title == CLASSIC.title
    assert "detail.unsharp" not in made.names and np.size(made["denoise.bilateral"].strength) == 1
