"""What `signpost corpus`, `verify`, `ground` and `ask --certificate` do: parse, call, print."""

import argparse
import json
import logging
import sys
from datetime import date
from pathlib import Path
from textwrap import fill

from rapidfuzz import process

from assistant.certificates.affected import match_answers, read_answers
from assistant.certificates.certificate import write_certificate
from assistant.certificates.recheck import certify, verify_file
from assistant.citing.verifier import Verifier
from assistant.errors import BatchError
from assistant.ingestion import beside, corpus_of, visible_library
from assistant.opening import foreign_corpus
from assistant.records import Answer
from assistant.retrieval.encoder import SHIPPED
from assistant.retrieval.models import load_embedder
from assistant.settings import Settings
from corpus.checks.corpus_check import check_corpus
from corpus.editions.difference import compare
from corpus.editions.edition import Edition, export_edition, load_edition
from corpus.errors import CorpusError
from corpus.passage import Corpus, Passage
from corpus.whole import Whole
from ui.cli.batch import Pair, read_day, read_rows, terminal_width, with_progress, write_rows
from ui.words.corpus_text import (
    difference_as_text,
    matching_as_text,
    passages_as_text,
    row_as_text,
    verification_as_text,
)
from ui.words.phrases import clean

logger = logging.getLogger(__name__)

EXIT_CODES = {"valid": 0, "broken": 1, "stale": 3}  # By result of `verify`; 2 is wrong usage.


def corpus_check(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check framework, notes, glossary and signposting.

    --folder
    --notes DIR: a folder of notes other than those that ship
    --today
    --since EDITION: an exported edition whose ids must still be
    """
    report = check_corpus(
        framework=arguments.folder,
        notes=arguments.notes,
        today=read_day(arguments.today),
        since=load_edition(arguments.since).corpus if arguments.since else None,
    )
    for name, part in report.parts.items():
        print(name.capitalize())
        for label, count in part.counts.items():
            total = part.totals.get(label)
            share = f" of {total} ({count / total:.0%})" if total else ""
            print(f"  {label}: {count}{share}")
    for mark, problems in (("Warning: ", report.warnings), ("", report.problems)):
        for problem in problems:
            named = "" if problem.message.startswith(problem.id) else f"{problem.id}: "
            print(f"{mark}{named}{problem.message}")
    if report.problems:
        several = _several(len(report.problems), "problem")
        print(f"signpost: the corpus does not hold: it has {several}.", file=sys.stderr)
        return 1
    print(f"The corpus holds, with {_several(len(report.warnings), 'warning')}.")
    return 0


def _several(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def corpus_show(arguments: argparse.Namespace, settings: Settings) -> None:
    """Show a passage with its source and what cites it.

    ID: id of a passage, short or whole, or of a note: gsr:C12, C12
    --today
    """
    own = foreign_corpus(settings)
    if own is not None and (row := own.by_id.get(arguments.id)):
        # A row may be anybody's, and a terminal obeys some characters that it does not show.
        print(clean(row_as_text(row), breaks=True))
        return
    whole = Whole.read()
    passages = _meant(arguments.id, whole.corpus, whole.framework.source.id)
    print(passages_as_text(whole, passages, read_day(arguments.today)))


def _meant(typed: str, corpus: Corpus, framework: str) -> tuple[Passage, ...]:
    """Return the passage with an id, or those of a source with it, or raise `CorpusError`."""
    ids = {id_.casefold(): id_ for id_ in (*corpus.by_id, *corpus.source_by_id)}
    wanted = typed.strip().casefold()
    for name in (wanted, *(f"{prefix}:{wanted}" for prefix in (framework, "note", "glossary"))):
        if id_ := ids.get(name):
            passage = corpus.by_id.get(id_)
            own = (passage for passage in corpus.passages if passage.source_id == id_)
            return (passage,) if passage else tuple(own)
    near = [ids[found[0]] for found in process.extract(wanted, list(ids), limit=3)]
    raise CorpusError(f"No passage has the id {typed!r}; the nearest are {', '.join(near)}.")


def corpus_export(arguments: argparse.Namespace, settings: Settings) -> None:
    """Write the corpus to a file, as an edition.

    FILE: a new file, or an edition to be replaced
    """
    corpus = Whole.read().corpus
    export_edition(corpus, arguments.file)
    print(f"Wrote {_edition(corpus.digest, corpus)} to {arguments.file}.")


def corpus_diff(arguments: argparse.Namespace, settings: Settings) -> None:
    """Say what changed between two editions.

    OLD: an exported edition
    [NEW]: another; if left out, what ships
    --answers FILE.jsonl: saved answers, to match with what changed
    --today
    --json: print the difference as JSON
    """
    today = read_day(arguments.today)
    answers = read_answers(arguments.answers) if arguments.answers else None
    old = load_edition(arguments.old)
    new = load_edition(arguments.new) if arguments.new else Edition.of(Whole.read().corpus)
    found = compare(old.corpus, new.corpus, today)
    matching = None
    if answers is not None:
        matching = match_answers(answers, found, old.corpus, new.corpus, old.digest)
    if arguments.json:
        table: dict[str, object] = {"old": old.digest, "new": new.digest}
        table |= {"difference": found.model_dump(mode="json"), "changed": found.reasons}
        table["answers"] = matching.model_dump(mode="json") if matching else None
        print(json.dumps(table, ensure_ascii=False, indent=2))
        return
    print(f"Old: {_edition(old.digest, old.corpus)}, checked up to {found.as_of}")
    print(f"New: {_edition(new.digest, new.corpus)}\n")
    print(clean(difference_as_text(found, old.corpus, new.corpus), breaks=True))
    if matching:
        print(f"\n{clean(matching_as_text(matching), breaks=True)}")


def _edition(digest: str, corpus: Corpus) -> str:
    return f"edition {digest[:12]}, {_several(len(corpus.passages), 'passage')}"


def verify(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check a grounding certificate again.

    FILE: a certificate
    --edition EDITION: an exported edition to check it against, not the corpus at hand
    --library
    --today
    --json: print what was found as JSON

    Exit code: 0 valid, 3 stale, 1 broken.
    """
    if arguments.edition:
        edition = load_edition(arguments.edition)
    else:
        corpus = Whole.read().corpus
        if arguments.library is not None:
            library = visible_library(settings, arguments.library)
            corpus = beside(corpus, corpus_of(library.held()))
        edition = Edition.of(corpus)
    today = read_day(arguments.today)
    found = verify_file(arguments.file, edition, settings.digest(), today)
    if arguments.json:
        print(found.model_dump_json(indent=2))
    else:
        print(verification_as_text(found, str(arguments.file)))
    if found.result == "broken":
        print(clean(f"signpost: {arguments.file} is broken: {found.faults[0]}"), file=sys.stderr)
    return EXIT_CODES[found.result]


def keep(answer: Answer, corpus: Corpus, file: Path, today: date) -> str:
    """Write the certificate of an answer; return one sentence about it."""
    certificate = certify(answer, corpus, today)
    write_certificate(certificate, file)
    return f"Certificate {certificate.digest[:12]} is in {file}; check it with: signpost verify"


def ground(arguments: argparse.Namespace, settings: Settings) -> None:
    """Say whether a text carries a claim.

    [CLAIM]: the claim
    --context FILE: a file with the text to hold it against
    --json: print the judgement as JSON
    --words: by words alone, without the embedding model: faster
    --batch IN.jsonl: a file of claims, one a line: id, context, claim
    --out OUT.jsonl: where the results go, one a line: id, verdict, support, reasons
    """
    verifier = _verifier(settings, arguments.words)
    if arguments.batch:

        def judged(row: Pair) -> dict[str, object]:
            found = verifier.verify(row.context, row.claim)
            judgement = {"verdict": found.verdict, "support": round(found.support, 6)}
            return {"id": row.id, **judgement, "reasons": list(found.reasons)}

        rows = [row for _, row in read_rows(arguments.batch, Pair)]
        write_rows(arguments.out, map(judged, with_progress(rows, "Claims")))
        return
    try:
        context = arguments.context.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        said = f"The file {arguments.context} cannot be read: it is not UTF-8."
        raise BatchError(said) from None
    judgement = verifier.verify(context, arguments.claim)
    if arguments.json:
        print(judgement.model_dump_json(indent=2))
        return
    print(f"{judgement.verdict}, support {judgement.support:.2f}")
    for reason in judgement.reasons:
        print(fill(reason, terminal_width(), initial_indent="  - ", subsequent_indent="    "))


def _verifier(settings: Settings, by_words: bool) -> Verifier:
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
