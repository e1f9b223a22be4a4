"""What `signpost ask --export` and `--brief` do: look at the file, and write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.errors import ExportError

if TYPE_CHECKING:
    import argparse
    from datetime import date
    from pathlib import Path

    from assistant.records import Answer
    from corpus.passage import Corpus
    from ui.exports.export import ExportForm


def wanted(arguments: argparse.Namespace) -> list[tuple[ExportForm, Path]]:
    """Return which files are asked for, before anything is asked.

    Raises:
        ExportError: a file has another ending.
        CertificateError: it is there already, or there is no such folder.
        ExtraMissing: what writes DOCX is not installed.
    """
    found: list[tuple[ExportForm, Path]] = []
    if arguments.export:
        found.append((_form_of(arguments.export), arguments.export))
    if arguments.brief:
        if arguments.brief.suffix.lower() != ".docx":
            raise ExportError(
                f"{arguments.brief} is no DOCX; a brief is a file such as brief.docx."
            )
        found.append(("brief", arguments.brief))
    for form, path in found:
        from assistant.certificates.certificate_file import check_free
        from ui.exports.export import check_installed

        check_free(path)
        check_installed(form)
    return found


def _form_of(path: Path) -> ExportForm:
    from ui.exports.export import FORMS

    # A brief and a certificate have options of their own.
    endings = {
        f".{one.ending}": form
        for form, one in FORMS.items()
        if form not in ("brief", "certificate")
    }
    if path.suffix.lower() in endings:
        return endings[path.suffix.lower()]
    *others, last = endings
    raise ExportError(
        f"{path} has no known ending; name a file that ends in {', '.join(others)} or {last}."
    )


def write(answer: Answer, corpus: Corpus, form: ExportForm, path: Path, today: date) -> str:
    """Write an answer, whose personal data is masked, to a new file; return a sentence about it.

    Raises:
        SignpostError: it may not be exported, or the file cannot be written.
    """
    from assistant.home import write_whole
    from ui.exports.export import export_file

    write_whole(path, export_file([answer], form, corpus, today).content)
    return f"{'The brief' if form == 'brief' else 'The answer'} is in {path}."
