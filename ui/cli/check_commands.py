"""What `signpost verify`, `ground` and `ask --certificate` do: parse, call, print."""

import argparse
import logging
import sys
from datetime import date
from pathlib import Path
from textwrap import fill

from assistant.certificates.certificate import write_certificate
from assistant.certificates.recheck import certify, verify_file
from assistant.citing.verifier import Verifier
from assistant.errors import BatchError
from assistant.ingestion import beside, corpus_of, visible_library
from assistant.records import Answer
from assistant.retrieval.encoder import SHIPPED
from assistant.retrieval.models import load_embedder
from assistant.settings import Settings
from corpus.editions.edition import Edition, load_edition
from corpus.passage import Corpus
from corpus.whole import Whole
from ui.cli.batch import Pair, read_rows, with_progress, write_rows
from ui.cli.usage import read_day, terminal_width
from ui.words.difference_text import verification_as_text
from ui.words.phrases import clean

logger = logging.getLogger(__name__)

EXIT_CODES = {"valid": 0, "broken": 1, "stale": 3}
"""What the command returns for each result; 2 is wrong usage."""


def verify(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check a certificate again, without the model; the exit code says how it stands."""
    edition = _at_hand(arguments.edition, settings, arguments.library)
    today = read_day(arguments.today)
    found = verify_file(arguments.file, edition, settings.digest(), today)
    if arguments.json:
        print(found.model_dump_json(indent=2))
    else:
        print(verification_as_text(found, str(arguments.file)))
    if found.result == "broken":
        print(clean(f"signpost: {arguments.file} is broken: {found.faults[0]}"), file=sys.stderr)
    return EXIT_CODES[found.result]


def _at_hand(file: Path | None, settings: Settings, library: str | None) -> Edition:
    """Return an exported edition, or the corpus that ships, with a library beside it if named."""
    if file:
        return load_edition(file)
    corpus = Whole.read().corpus
    if library is not None:
        corpus = beside(corpus, corpus_of(visible_library(settings, library).held()))
    return Edition.of(corpus)


def keep(answer: Answer, corpus: Corpus, file: Path, today: date) -> str:
    """Write the certificate of an answer; return one sentence about it."""
    certificate = certify(answer, corpus, today)
    write_certificate(certificate, file)
    return f"Certificate {certificate.digest[:12]} is in {file}; check it with: signpost verify"


def ground(arguments: argparse.Namespace, settings: Settings) -> int:
    """Judge one claim by a text, or each of a file of them by its own."""
    if arguments.batch:
        return _batch(arguments.batch, arguments.out, open_verifier(settings, arguments.words))
    try:
        context = arguments.context.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        file = arguments.context
        raise BatchError(f"The file {file} cannot be read: it is not UTF-8.") from None
    judgement = open_verifier(settings, arguments.words).verify(context, arguments.claim)
    if arguments.json:
        print(judgement.model_dump_json(indent=2))
        return 0
    print(f"{judgement.verdict}, support {judgement.support:.2f}")
    for reason in judgement.reasons:
        print(fill(reason, terminal_width(), initial_indent="  - ", subsequent_indent="    "))
    return 0


def open_verifier(settings: Settings, by_words: bool) -> Verifier:
    """Return the verifier, with the shipped embedding model where that is in use and prepared."""
    if by_words:
        return Verifier.open()
    embedder = load_embedder(settings)
    if embedder.name == SHIPPED and embedder.is_fast:
        return Verifier.open(embedder.embed_all)
    logger.warning(
        "The shipped embedding model is not in use, or not prepared (signpost index build); "
        "claims are judged by their words alone."
    )
    return Verifier.open()


def _batch(rows_in: Path, rows_out: Path, verifier: Verifier) -> int:
    def judged(row: Pair) -> dict[str, object]:
        found = verifier.verify(row.context, row.claim)
        support = round(found.support, 6)
        reasons = list(found.reasons)
        return {"id": row.id, "verdict": found.verdict, "support": support, "reasons": reasons}

    rows = with_progress([row for _, row in read_rows(rows_in, Pair)], "Claims")
    write_rows(rows_out, map(judged, rows))
    return 0
