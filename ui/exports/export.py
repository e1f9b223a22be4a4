"""Answers as files: text, Markdown, DOCX, a certificate, a briefing note, or references."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from assistant.errors import ExportError
from assistant.records import Answer
from corpus.passage import Corpus, Reference, Source
from ui.exports.answer_document import answers_document, day_of, edition_of, status_of
from ui.exports.brief import brief_document
from ui.exports.document import document_as_docx, document_as_markdown
from ui.exports.files import BIBTEX, DOCX, JSON, MARKDOWN, RIS, TEXT, File, Form
from ui.words.answer_text import answer_as_text, wrapped
from ui.words.catalogue import say
from ui.words.outline import Outline
from ui.words.phrases import clean, day

ExportForm = Literal["text", "markdown", "docx", "certificate", "brief", "ris", "bibtex"]

RULE = "-" * 72

_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "{}#$%&_"},
    }
)
"""What stands in BibTeX for signs that TeX would read as marks."""


def check_exportable(answer: Answer) -> None:
    """Refuse what no export may hold.

    Raises:
        ExportError: it is a reply to a message of which nothing is kept, or one that declines.
    """
    if answer.signposting or answer.status in ("safeguarding", "declined"):
        raise ExportError(say("export.reply"))


def export_file(
    answers: Sequence[Answer], form: ExportForm, corpus: Corpus, today: date, title: str = ""
) -> File:
    """Return answers as a file.

    Raises:
        ExportError: an answer may not be exported, or they do not fit the form.
        ExtraMissing: what writes the form is not installed.
        CertificateError: the answer would fail its certificate.
        CorpusError: an answer cites what this edition does not have.
    """
    for one in answers:
        check_exportable(one)
    # A certificate says when it was made; whatever else is written may have a title.
    more = today if form == "certificate" else title
    return FORMS[form].file(title or answers[0].question, answers, corpus, more)


def answers_as_text(answers: Sequence[Answer], corpus: Corpus, title: str = "") -> str:
    """Return answers as plain text with numbered citations, or raise as `Outline.of` does."""
    head = f"{clean(title)}\n\n" if clean(title) else ""
    told = []
    for one in answers:
        asked = wrapped(f"Question: {' '.join(clean(one.question).split())}")
        # What could be asked next is of use on the page only.
        given = answer_as_text(one.model_copy(update={"follow_ups": ()}), corpus)
        told.append("\n".join([*asked, f"Status: {status_of(one)}", "", given]))
    end = f"{edition_of(corpus)} Written on {day(day_of(answers))}."
    return head + f"\n\n{RULE}\n\n".join(told) + f"\n\n{RULE}\n{end}\n"


def _certificate(answers: Sequence[Answer], corpus: Corpus, today: date) -> str:
    from assistant.certificates.recheck import certify

    if len(answers) != 1:
        raise ExportError(say("export.one_only"))
    return f"{certify(answers[0], corpus, today).model_dump_json(indent=2)}\n"


class Entry(NamedTuple):
    """A work that is cited; what is not known of it is empty."""

    key: str
    """Unique in its file: small ASCII letters, digits and hyphens."""

    title: str
    publisher: str
    year: str
    url: str
    checked: str
    """Day on which it was last checked, ISO 8601."""

    note: str
    """The places that are cited, or what the work is cited by."""


def entries_of(answers: Sequence[Answer], corpus: Corpus) -> tuple[Entry, ...]:
    """Return what answers cite: each source, and each published work that it rests on, once."""
    sources: dict[Source, list[str]] = {}
    works: dict[tuple[object, ...], tuple[Reference, Source, list[str]]] = {}
    for footnote in (one for answer in answers for one in Outline.of(answer, corpus).footnotes):
        sources.setdefault(footnote.source, []).append(footnote.where)
        for work in footnote.citation.references:
            key = (work.publisher, work.title, work.year, work.url)
            places = works.setdefault(key, (work, footnote.source, []))[2]
            places += [work.locator] if work.locator else []
    cited: list[tuple[Source | Reference, str, str, str]] = [
        (one, one.published[:4], one.as_of, _cited(at)) for one, at in sources.items()
    ]
    for work, source, places in works.values():
        by = say("export.cited_by", title=clean(source.title))
        note = f"{_cited(places) if places else ''} {by}"
        cited.append((work, str(work.year or ""), source.as_of, note))
    seen: Counter[str] = Counter()
    found = []
    for of, year, checked, note in cited:
        key_of = re.sub(r"[^a-z0-9]+", "-", of.id.lower()).strip("-") or "work"
        seen[key_of] += 1
        key_of += f"-{seen[key_of]}" if seen[key_of] > 1 else ""
        found.append(
            Entry(key_of, clean(of.title), clean(of.publisher), year, of.url, checked, note)
        )
    return tuple(found)


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


FORMS: Mapping[ExportForm, Form] = {
    "text": Form("txt", TEXT, answers_as_text),
    "markdown": Form("md", MARKDOWN, lambda *of: document_as_markdown(answers_document(*of))),
    "docx": Form("docx", DOCX, lambda *of: document_as_docx(answers_document(*of)), "", "docx"),
    "certificate": Form("json", JSON, _certificate, "Certificate"),
    "brief": Form("docx", DOCX, lambda *of: document_as_docx(brief_document(*of)), "Brief", "docx"),
    "ris": Form("ris", RIS, lambda a, c, _: as_ris(entries_of(a, c)), "References"),
    "bibtex": Form("bib", BIBTEX, lambda a, c, _: as_bibtex(entries_of(a, c)), "References"),
}
"""Every form; each takes answers, the corpus and a title, the certificate the day instead."""
