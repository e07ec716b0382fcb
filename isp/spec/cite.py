"""The papers behind stages, from isp/papers.bib."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from isp.core.chain import nearest
from isp.core.errors import ChainError
from isp.core.stage import Stage

BIBLIOGRAPHY = Path(__file__).resolve().parents[1] / "papers.bib"


@dataclass(frozen=True)
class Paper:
    """An entry of the bibliography; `fields` as BibTeX has them, without the outer braces."""

    key: str
    kind: str
    fields: MappingProxyType[str, str]
    bibtex: str

    def __str__(self) -> str:
        authors = " and ".join(" ".join(reversed(a.split(", ", 1))) for a in self.fields.get("author", "").split(" and "))
        place = next((self.fields[f] for f in ("journal", "booktitle", "institution", "publisher", "howpublished") if f in self.fields), "")
        parts = (authors, self.fields.get("title", ""), place, self.fields.get("year", ""))
        return re.sub(r"[{}]", "", letters(". ".join(part for part in parts if part)))


ACCENTS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303"}
"""How BibTeX writes an accent before its letter, and the character that Unicode writes behind it."""
LETTERS = {r"\AA": "Å", r"\aa": "å", r"\l": "ł", r"\L": "Ł", r"\o": "ø", r"\O": "Ø", r"\ss": "ß"}


def letters(said: str) -> str:
    """Text of a bibliography with its letters as they are read: `{\\'e}` is é, `{\\l}` is ł."""
    said = re.sub(r"\\(AA|aa|[lLoO]|ss)(?![A-Za-z])", lambda found: LETTERS[found[0]], said)
    accented = re.sub(r"\\(['`^\"~])\{?([A-Za-z])\}?", lambda found: found[2] + ACCENTS[found[1]], said)
    return unicodedata.normalize("NFC", accented)


def parse(text: str) -> dict[str, Paper]:
    """The entries of a BibTeX file whose fields stand in braces. Raises ValueError for one that is cut off, has no key, or repeats one."""
    papers: dict[str, Paper] = {}
    at = 0
    while found := re.compile(r"@(\w+)\s*\{").search(text, at):
        at = _closing(text, found.end())
        key, _, body = text[found.end() : at - 1].partition(",")
        key = key.strip()
        if not key or key in papers:
            raise ValueError(f"bibliography: the entry {key!r} has no key of its own")
        papers[key] = Paper(key, found[1].lower(), MappingProxyType(_fields(body)), text[found.start() : at])
    return papers


def paper(key: str) -> Paper:
    """The entry of a key. Raises ChainError with the nearest key when there is none."""
    if key not in _papers():
        raise ChainError(key, "no such paper in the bibliography", nearest(key, _papers()))
    return _papers()[key]


def cite(chain: Iterable[Stage]) -> list[Paper]:
    """The papers behind the stages of a chain, each once, in the order of the chain."""
    return [paper(key) for key in dict.fromkeys(stage.paper for stage in chain if stage.paper)]


@cache
def _papers() -> MappingProxyType[str, Paper]:
    return MappingProxyType(parse(BIBLIOGRAPHY.read_text(encoding="utf-8")))


def _fields(body: str) -> dict[str, str]:
    made, at = {}, 0
    while found := re.compile(r"(\w+)\s*=\s*\{").search(body, at):
        at = _closing(body, found.end())
        made[found[1].lower()] = " ".join(body[found.end() : at - 1].split())
    return made


def _closing(text: str, at: int) -> int:
    """Just behind the brace that closes the one just before `at`."""
    depth = 1
    while depth:
        if at >= len(text):
            raise ValueError("bibliography: a brace is not closed")
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
    return at
