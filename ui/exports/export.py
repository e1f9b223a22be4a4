"""Answers as files: text, Markdown, DOCX, a certificate, or a brief of one page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from assistant.errors import ExportError
from ui.exports.files import DOCX, JSON, MARKDOWN, TEXT, File, file_name
from ui.words.catalogue import say

if TYPE_CHECKING:
    from assistant.records import Answer
    from corpus.passage import Corpus
from collections.abc import Iterator

from assistant.records import Answer
from corpus.passage import Corpus
from ui.exports.answer_document import day_of, edition_of, status_of
from ui.words.answer_text import answer_as_text, wrapped
from ui.words.phrases import clean, day

ExportForm = Literal["text", "markdown", "docx", "certificate", "brief"]
"""What answers can be written as."""


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

    Args:
        answers: at least one, in order; personal data in their questions is masked already.
        form: which.
        corpus: the edition that they cite.
        today: the day as of which a certificate's sources may be past review.
        title: of the document; empty for one made from the question.

    Raises:
        ExportError: an answer may not be exported, or they do not fit the form.
        ExtraMissing: what writes the form is not installed.
        CertificateError: the answer would fail its certificate.
        CorpusError: an answer cites what this edition does not have.
    """
    for one in answers:
        check_exportable(one)
    words = title or answers[0].question
    if form == "certificate":
        return _certificate(answers, corpus, today)
    if form == "text":
        text = answers_as_text(answers, corpus, title)
        return File(file_name(words, "txt"), TEXT, text.encode())
    if form == "brief":
        return _brief(answers, corpus, title)
    from ui.exports.answer_document import answers_document

    document = answers_document(answers, corpus, title)
    if form == "markdown":
        from ui.exports.document_markdown import document_as_markdown

        return File(file_name(words, "md"), MARKDOWN, document_as_markdown(document).encode())
    from ui.exports.document_docx import document_as_docx

    return File(file_name(words, "docx"), DOCX, document_as_docx(document))


def _certificate(answers: Sequence[Answer], corpus: Corpus, today: date) -> File:
    from assistant.certificates.recheck import certify

    if len(answers) != 1:
        raise ExportError(say("export.one_only"))
    text = certify(answers[0], corpus, today).model_dump_json(indent=2)
    name = file_name(f"Certificate {answers[0].question}", "json")
    return File(name, JSON, f"{text}\n".encode())


def _brief(answers: Sequence[Answer], corpus: Corpus, title: str) -> File:
    from ui.exports.brief import SIZE, TIGHT, brief_document
    from ui.exports.document_docx import document_as_docx

    document = brief_document(answers, corpus, title)
    content = document_as_docx(document, body=SIZE, tight=TIGHT)
    return File(file_name(f"Brief {title or answers[0].question}", "docx"), DOCX, content)


RULE = "-" * 72
"""Stands between two answers."""


def answers_as_text(answers: Sequence[Answer], corpus: Corpus, title: str = "") -> str:
    """Return answers as plain text with numbered citations, each with its sources.

    Raises:
        CorpusError: an answer cites what this edition does not have.
    """
    head = f"{clean(title)}\n\n" if clean(title) else ""
    told = f"\n\n{RULE}\n\n".join("\n".join(_answer(one, corpus)) for one in answers)
    end = f"{edition_of(corpus)} Written on {day(day_of(answers))}."
    return f"{head}{told}\n\n{RULE}\n{end}\n"


def _answer(answer: Answer, corpus: Corpus) -> Iterator[str]:
    yield from wrapped(f"Question: {' '.join(clean(answer.question).split())}")
    yield f"Status: {status_of(answer)}"
    yield ""
    # What could be asked next is of use on the page only.
    yield answer_as_text(answer.model_copy(update={"follow_ups": ()}), corpus)
