"""The bibliography, and the papers behind a chain."""

import pytest

from isp.core import ChainError
from isp.spec import cite, load, paper
from isp.spec.cite import BIBLIOGRAPHY, letters, parse

ENTRY = """% a comment
@article{menon2007,
  author = {Menon, Daniele and Andriani, Stefano},
  title = {Demosaicing with {A} Posteriori
           Decision},
  journal = {IEEE Transactions},
  year = {2007},
}
@misc{short, title = {{Whole}}, howpublished = {online}}
"""


def test_entries_are_read():
    papers = parse(ENTRY)
    assert list(papers) == ["menon2007", "short"]
    assert papers["menon2007"].kind == "article" and papers["menon2007"].fields["title"] == "Demosaicing with {A} Posteriori Decision"
    assert str(papers["menon2007"]) == "Daniele Menon and Stefano Andriani. Demosaicing with A Posteriori Decision. IEEE Transactions. 2007"
    assert str(papers["short"]) == "Whole. online"
    assert papers["short"].bibtex == "@misc{short, title = {{Whole}}, howpublished = {online}}"


def test_letters_are_read_as_they_are_meant():
    assert letters(r"Houdr{\'e}, M{\"o}ller, {\AA}str{\"o}m, Cz{\l}owiek, V{\'i}ctor").translate({ord("{"): None, ord("}"): None}) == (
        "Houdré, Möller, Åström, Człowiek, Víctor"
    )
    assert "\\" not in "".join(str(p) for p in parse(BIBLIOGRAPHY.read_text()).values())


@pytest.mark.parametrize("text", ["@article{a, title = {b", "@article{, title = {b}}", "@misc{a, year = {1}}\n@misc{a, year = {2}}"])
def test_a_broken_bibliography_is_refused(text):
    with pytest.raises(ValueError, match="bibliography"):
        parse(text)


def test_ours_is_whole():
    text = BIBLIOGRAPHY.read_text()
    papers = parse(text)
    assert len(papers) == text.count("\n@") + text.startswith("@")
    assert all(p.fields.get("title") and p.fields.get("year") for p in papers.values())


def test_the_papers_of_a_chain_stand_once_in_its_order():
    chain = load("isp: 1\ninput: mosaic\nstages:\n  - measure.as_shot\n  - demosaic.malvar2004\n")
    assert [p.key for p in cite(chain)] == ["malvar2004"]
    assert [p.key for p in cite([*chain, *chain])] == ["malvar2004"]
    with pytest.raises(ChainError, match=r"malvar2005: no such paper in the bibliography .did you mean malvar2004"):
        paper("malvar2005")
