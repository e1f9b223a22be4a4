"""What answers cite, for a reference manager: as RIS or as BibTeX, one entry a work."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from assistant.records import Answer
from corpus.passage import Corpus, Reference, Source
from ui.words.catalogue import say
from ui.words.outline import Outline
from ui.words.phrases import clean

_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "{}#$%&_"},
    }
)
"""What stands in BibTeX for signs that TeX would read as marks."""


class Entry(NamedTuple):
    """A work that is cited."""

    key: str
    """Unique in its file: small ASCII letters, digits and hyphens."""

    title: str
    publisher: str
    year: str
    """Empty if it is not known."""

    url: str
    checked: str
    """Day on which it was last checked, ISO 8601; empty if that is not known."""

    note: str
    """The places that are cited, or what the work is cited by."""


def entries_of(answers: Sequence[Answer], corpus: Corpus) -> tuple[Entry, ...]:
    """Return what answers cite: each source, and each published work that it rests on, once.

    Raises:
        CorpusError: an answer cites what this edition does not have.
    """
    sources: dict[Source, list[str]] = {}
    works: dict[tuple[object, ...], tuple[Reference, Source, list[str]]] = {}
    for footnote in (one for answer in answers for one in Outline.of(answer, corpus).footnotes):
        sources.setdefault(footnote.source, []).append(footnote.where)
        for work in footnote.citation.references:
            key = (work.publisher, work.title, work.year, work.url)
            places = works.setdefault(key, (work, footnote.source, []))[2]
            places += [work.locator] if work.locator else []
    found = [_entry(one, one.published[:4], one.as_of, _cited(at)) for one, at in sources.items()]
    for work, source, places in works.values():
        by = say("export.cited_by", title=clean(source.title))
        note = f"{_cited(places) if places else ''} {by}"
        found.append(_entry(work, str(work.year or ""), source.as_of, note))
    seen: Counter[str] = Counter()
    for at, one in enumerate(found):
        seen[one.key] += 1
        if seen[one.key] > 1:
            found[at] = one._replace(key=f"{one.key}-{seen[one.key]}")
    return tuple(found)


def _entry(of: Source | Reference, year: str, checked: str, note: str) -> Entry:
    key = re.sub(r"[^a-z0-9]+", "-", of.id.lower()).strip("-") or "work"
    return Entry(key, clean(of.title), clean(of.publisher), year, of.url, checked, note)


def _cited(places: Sequence[str]) -> str:
    return say("export.cited", places="; ".join(dict.fromkeys(map(clean, places))))


def as_ris(entries: Sequence[Entry]) -> str:
    """Return entries as RIS: a line a field, each entry from `TY` to `ER`.

    RIS has no escapes; a line break is all that could be read as a mark, and there is none.
    """
    lines = []
    for one in entries:
        fields = {
            "TY": "ELEC" if one.url else "GEN",
            "ID": one.key,
            "AU": one.publisher,
            "TI": one.title,
            "PB": one.publisher,
            "PY": one.year,
            "UR": one.url,
            "Y2": one.checked.replace("-", "/"),
            "N1": one.note,
        }
        lines += [f"{tag}  - {' '.join(text.split())}" for tag, text in fields.items() if text]
        lines.append("ER  - \n")
    return "\n".join(lines)


def as_bibtex(entries: Sequence[Entry]) -> str:
    """Return entries as BibTeX in UTF-8."""
    told = []
    for one in entries:
        # Braces within braces keep capitals, and the name of a body whole.
        fields = {
            "author": f"{{{escaped(one.publisher)}}}",
            "title": f"{{{escaped(one.title)}}}",
            "year": escaped(one.year),
            "url": re.sub(r"[{}\\\s]", lambda sign: f"%{ord(sign[0]):02X}", one.url),
            "urldate": one.checked,
            "note": escaped(one.note),
        }
        rows = (f"  {name} = {{{text}}},\n" for name, text in fields.items() if text.strip("{}"))
        told.append(f"@misc{{{one.key},\n{''.join(rows)}}}\n")
    return "\n".join(told)


def escaped(text: str) -> str:
    r"""Escape what TeX would read as a mark.

    >>> print(escaped("50% of {A} & B_C"))
    50\% of \{A\} \& B\_C
    """
    return " ".join(text.split()).translate(_ESCAPES)
