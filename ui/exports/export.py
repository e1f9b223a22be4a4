"""Answers as files: text, Markdown, DOCX, a certificate, a briefing note, or references."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from assistant.errors import ExportError
from assistant.records import Answer
from corpus.passage import Corpus, Reference, Source
from ui.exports.answer_document import answers_document, brief_document, edition_of, status_of
from ui.exports.document import File, Form
from ui.words.answer_text import answer_as_text, wrapped
from ui.words.outline import Outline
from ui.words.phrases import clean, say

ExportForm = Literal["text", "markdown", "docx", "certificate", "brief", "ris", "bibtex"]

RULE = "-" * 72

_NAMED = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_ESCAPES = str.maketrans(_NAMED | {sign: f"\\{sign}" for sign in "{}#$%&_"})
"""What stands in BibTeX for signs that TeX would read as marks."""


def check_exportable(answer: Answer) -> None:
    """Refuse a reply to a message of which nothing is kept, or one that declines: `ExportError`."""
    if answer.signposting or answer.status in ("safeguarding", "declined"):
        raise ExportError(say("export.reply"))


def export_file(
    answers: Sequence[Answer], form: ExportForm, corpus: Corpus, today: date, title: str = ""
) -> File:
    """Return answers as a file; `ExtraMissing` if what writes the form is not installed.

    `ExportError` if an answer may not be exported, or they do not fit the form, `CertificateError`
    if one would fail its certificate, `CorpusError` if it cites what this edition does not have.
    """
    for answer in answers:
        check_exportable(answer)
    # A certificate says when it was made; whatever else is written may have a title.
    more = today if form == "certificate" else title
    return FORMS[form].file(title or answers[0].question, answers, corpus, more)


def answers_as_text(answers: Sequence[Answer], corpus: Corpus, title: str = "") -> str:
    """Return answers as plain text with numbered citations, or raise as `Outline.of` does."""
    head = f"{clean(title)}\n\n" if clean(title) else ""
    told = []
    for one in answers:
        asked = wrapped(f"Question: {' '.join(clean(one.question).split())}")
        asked += [] if one.status == "answered" else [f"Status: {status_of(one)}"]
        # What could be asked next is of use on the page only.
        given = answer_as_text(one.model_copy(update={"follow_ups": ()}), corpus)
        told.append("\n".join([*asked, "", given]))
    return head + f"\n\n{RULE}\n\n".join(told) + f"\n\n{RULE}\n{edition_of(corpus, answers)}\n"


def _certificate(answers: Sequence[Answer], corpus: Corpus, today: date) -> str:
    from assistant.certificates.recheck import certify

    if len(answers) != 1:
        raise ExportError(say("export.one_only"))
    return f"{certify(answers[0], corpus, today).model_dump_json(indent=2)}\n"


class Entry(NamedTuple):
    """A work that is cited, by a key unique in its file; what is not known of it is empty."""

    key: str
    title: str
    publisher: str
    year: str
    url: str
    checked: str
    note: str
    """Day on which it was last checked, ISO 8601; and the places, or what the work is cited by."""


def entries_of(answers: Sequence[Answer], corpus: Corpus) -> tuple[Entry, ...]:
    """Return what answers cite: each source, and each published work that it rests on, once."""
    cited = defaultdict[tuple[object, ...], list[tuple[Source | Reference, Source, str]]](list)
    footnotes = [note for answer in answers for note in Outline.of(answer, corpus).footnotes]
    for note in footnotes:
        cited[(note.source,)].append((note.source, note.source, note.where))
    for note in footnotes:
        for work in note.citation.references:
            key = (work.publisher, work.title, work.year, work.url)
            cited[key].append((work, note.source, work.locator))
    found: list[Entry] = []
    counts: Counter[str] = Counter()
    for own in cited.values():
        of, source, _ = own[0]
        name = re.sub(r"[^a-z0-9]+", "-", of.id.lower()).strip("-") or "work"
        counts[name] += 1
        name += f"-{counts[name]}" if counts[name] > 1 else ""
        places = "; ".join(dict.fromkeys(clean(place) for _, _, place in own if place))
        told = [say("export.cited", places=places)] if places else []
        told += [] if of is source else [say("export.cited_by", title=clean(source.title))]
        year = of.published[:4] if isinstance(of, Source) else str(of.year or "")
        about = (clean(of.title), clean(of.publisher), year, of.url, source.checked)
        found.append(Entry(name, *about, " ".join(told)))
    return tuple(found)


def as_ris(entries: Sequence[Entry]) -> str:
    """Return entries as RIS: a line a field, no line break within; there is nothing to escape."""
    lines = []
    for entry in entries:
        fields = {
            "TY": "ELEC" if entry.url else "GEN",
            "ID": entry.key,
            "AU": entry.publisher,
            "TI": entry.title,
            "PB": entry.publisher,
            "PY": entry.year,
            "UR": entry.url,
            "Y2": entry.checked.replace("-", "/"),
            "N1": entry.note,
        }
        lines += [f"{tag}  - {' '.join(text.split())}" for tag, text in fields.items() if text]
        lines.append("ER  - \n")
    return "\n".join(lines)


def as_bibtex(entries: Sequence[Entry]) -> str:
    """Return entries as BibTeX in UTF-8."""
    told = []
    for entry in entries:
        # Braces within braces keep capitals, and the name of a body whole.
        fields = {
            "author": f"{{{escaped(entry.publisher)}}}",
            "title": f"{{{escaped(entry.title)}}}",
            "year": escaped(entry.year),
            "url": re.sub(r"[{}\\\s]", lambda sign: f"%{ord(sign[0]):02X}", entry.url),
            "urldate": entry.checked,
            "note": escaped(entry.note),
        }
        rows = (f"  {name} = {{{text}}},\n" for name, text in fields.items() if text.strip("{}"))
        told.append(f"@misc{{{entry.key},\n{''.join(rows)}}}\n")
    return "\n".join(told)


def escaped(text: str) -> str:
    r"""Escape what TeX would read as a mark.

    >>> print(escaped("50% of {A} & B_C"))
    50\% of \{A\} \& B\_C
    """
    return " ".join(text.split()).translate(_ESCAPES)


FORMS: Mapping[ExportForm, Form] = {
    "text": Form("txt", answers_as_text, offered=""),
    "docx": Form("docx", answers_document, offered="conversation"),
    "markdown": Form("md", answers_document, offered="conversation"),
    "certificate": Form("json", _certificate, "Certificate"),
    "brief": Form("docx", brief_document, "Brief"),
    "ris": Form("ris", lambda a, c, _: as_ris(entries_of(a, c)), "References"),
    "bibtex": Form("bib", lambda a, c, _: as_bibtex(entries_of(a, c)), "References"),
}
"""Every form, in the order of the page; each takes answers, the corpus and a title, the certificate
the day instead."""
