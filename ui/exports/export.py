"""Answers as files: text, Markdown, DOCX, a certificate, a briefing note, or references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from assistant.errors import ExportError
from assistant.records import Answer
from corpus.passage import Corpus
from ui.exports.answer_document import answers_document, day_of, edition_of, status_of
from ui.exports.brief import brief_document
from ui.exports.document_docx import document_as_docx
from ui.exports.document_markdown import document_as_markdown
from ui.exports.files import BIBTEX, DOCX, JSON, MARKDOWN, RIS, TEXT, File, Form
from ui.exports.references import as_bibtex, as_ris, entries_of
from ui.words.answer_text import answer_as_text, wrapped
from ui.words.catalogue import say
from ui.words.phrases import clean, day

ExportForm = Literal["text", "markdown", "docx", "certificate", "brief", "ris", "bibtex"]

RULE = "-" * 72


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
    """Return answers as plain text with numbered citations, each with its sources.

    Raises:
        CorpusError: an answer cites what this edition does not have.
    """
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
