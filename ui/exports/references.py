"""What answers cite, for a reference manager: as RIS or as BibTeX, one entry a work."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assistant.records import Answer
from corpus.passage import Corpus, Reference, Source
from ui.words.catalogue import say
from ui.words.outline import Outline
from ui.words.phrases import clean

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{one: f"\\{one}" for one in "{}#$%&_"},
}
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
    found = [_of_source(source, places) for source, places in sources.items()]
    found += [_of_work(*one) for one in works.values()]
    return tuple(_unique(found))


def _of_source(source: Source, places: Sequence[str]) -> Entry:
    year, note = source.published[:4], say("export.cited", places=_listed(places))
    title, publisher = clean(source.title), clean(source.publisher)
    return Entry(_key(source.id), title, publisher, year, source.url, source.as_of, note)


def _of_work(work: Reference, source: Source, places: Sequence[str]) -> Entry:
    cited = say("export.cited", places=_listed(places)) if places else ""
    note = f"{cited} {say('export.cited_by', title=clean(source.title))}"
    year = str(work.year or "")
    title, publisher = clean(work.title), clean(work.publisher)
    return Entry(_key(work.id), title, publisher, year, work.url, source.as_of, note)


def _listed(places: Sequence[str]) -> str:
    return "; ".join(dict.fromkeys(map(clean, places)))


def _key(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "work"


def _unique(entries: Sequence[Entry]) -> Iterator[Entry]:
    seen: dict[str, int] = {}
    for one in entries:
        seen[one.key] = seen.get(one.key, 0) + 1
        number = f"-{seen[one.key]}" if seen[one.key] > 1 else ""
        yield one._replace(key=f"{one.key}{number}")


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
    return "\n".join(map(_bibtex, entries))


def _bibtex(entry: Entry) -> str:
    # Braces within braces keep capitals, and the name of a body whole.
    fields = {
        "author": f"{{{escaped(entry.publisher)}}}",
        "title": f"{{{escaped(entry.title)}}}",
        "year": escaped(entry.year),
        "url": re.sub(r"[{}\\\s]", lambda sign: f"%{ord(sign[0]):02X}", entry.url),
        "urldate": entry.checked,
        "note": escaped(entry.note),
    }
    rows = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items() if text.strip("{}"))
    return f"@misc{{{entry.key},\n{rows}}}\n"


def escaped(text: str) -> str:
    r"""Escape what TeX would read as a mark.

    >>> print(escaped("50% of {A} & B_C"))
    50\% of \{A\} \& B\_C
    """
    return "".join(_ESCAPES.get(sign, sign) for sign in " ".join(text.split()))
