"""What stages declare is complete and sound."""

import importlib
import math
import pkgutil

import numpy as np
import pytest

import isp.evaluate
import isp.tune
from isp.core import Stage
from isp.core.weights import grown
from isp.spec import all_names, cite, paper, stage_class
from isp.spec.cite import BIBLIOGRAPHY, parse
from isp.tune.part import known, part

DECLARED = [(name, d) for name in all_names() for d in stage_class(name).declared().values()]


@pytest.mark.parametrize("name", all_names())
def test_a_stage_says_what_it_does_in_its_own_words(name):
    cls = stage_class(name)
    assert cls.__doc__ and len(cls.__doc__.split()) >= 4 and cls.__doc__ != Stage.__doc__
    family = cls.__mro__[1]
    assert family.__doc__ and family is not Stage, "a stage stands under a family, which states the contract"


@pytest.mark.parametrize("name, d", DECLARED, ids=lambda x: x if isinstance(x, str) else x.name)
def test_a_field_has_a_unit_words_and_limits_around_its_default(name, d):
    assert len(d.doc.split()) >= 2, "words"
    if d.kind == "weights":
        assert not d.fault(grown(d.grow))
        return
    assert not d.fault(d.default), d.fault(d.default)
    if d.kind == "option":
        assert len(d.choices) >= 2 or d.unit or d.suffix
        return
    assert d.unit, "a unit; 1 for plain ratios"
    default = np.asarray(d.default, float)
    whole = d.name == "strength" and any(other.kind == "weights" for other in stage_class(name).declared().values())
    for end in (d.within.low, d.within.high):
        if math.isfinite(end) and not whole:  # what was learned is taken whole, and tuned by its weights
            assert np.all(default != end), f"the default stands on the limit {end}, where a free value has no slope"
    if d.usual is not None:
        assert d.within.low <= d.usual.low < d.usual.high <= d.within.high


def test_every_key_is_in_the_bibliography_and_every_entry_is_used():
    used = {stage_class(name).paper for name in all_names()} - {""}
    places = [
        found.name for package in (isp.evaluate, isp.tune) for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    modules = [importlib.import_module(name) for name in places]
    used |= {key for module in modules for key in getattr(module, "PAPERS", ())}
    used |= {part(family, name).paper for family in ("loss", "prior", "optimiser") for name in known(family)} - {""}
    entries = parse(BIBLIOGRAPHY.read_text(encoding="utf-8"))
    assert used == set(entries)


@pytest.mark.parametrize("name", [n for n in all_names() if stage_class(n).paper])
def test_a_paper_names_authors_title_and_year(name):
    fields = paper(stage_class(name).paper).fields
    assert {"author", "title", "year"} <= set(fields) and 1900 < int(fields["year"]) < 2100
    assert len(cite([stage_class(name)()])) == 1
