"""What `signpost verify` and `ask --certificate` do: parse, call, print."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ui.cli.arguments import read_day

if TYPE_CHECKING:
    from assistant.records import Answer
    from assistant.settings import Settings
    from corpus.editions.edition import Edition
    from corpus.passage import Corpus

EXIT_CODES = {"valid": 0, "broken": 1, "stale": 3}
"""What the command returns for each result; 2 is wrong usage."""


def verify(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check a certificate again, without the model; the exit code says how it stands."""
    from assistant.certificates.recheck import verify_file

    edition = _at_hand(arguments.edition, settings, arguments.library)
    today = read_day(arguments.today)
    found = verify_file(arguments.file, edition, settings.digest(), today)
    if arguments.json:
        print(found.model_dump_json(indent=2))
    else:
        from ui.words.verification_text import verification_as_text

        print(verification_as_text(found, str(arguments.file)))
    if found.result == "broken":
        from ui.words.phrases import clean

        print(clean(f"signpost: {arguments.file} is broken: {found.faults[0]}"), file=sys.stderr)
    return EXIT_CODES[found.result]


def _at_hand(file: Path | None, settings: Settings, library: str | None) -> Edition:
    """Return an exported edition, or the corpus that ships, with a library beside it if named."""
    from corpus.editions.edition import Edition, load_edition

    if file:
        return load_edition(file)
    from corpus.whole import Whole

    corpus = Whole.read().corpus
    if library is not None:
        from assistant.ingestion import beside, visible_library

        corpus = beside(corpus, visible_library(settings, library).held())
    return Edition.of(corpus)


def keep(answer: Answer, corpus: Corpus, file: Path, today: date) -> str:
    """Write the certificate of an answer; return one sentence about it."""
    from assistant.certificates.certificate_file import write_certificate
    from assistant.certificates.recheck import certify

    certificate = certify(answer, corpus, today)
    write_certificate(certificate, file)
    return f"Certificate {certificate.digest[:12]} is in {file}; check it with: signpost verify"
