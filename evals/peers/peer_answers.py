"""Answers of a peer of the bench as rows for `signpost eval run --command`.

signpost eval run --suite framework --out RUN --command "python -m evals.peers.peer_answers cairn"
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from assistant.errors import BatchError, SignpostError
from assistant.settings import Settings
from corpus.passage import Passage, Span
from corpus.whole import Whole
from evals.peers.peer_corpus import PeerCorpus
from evals.peers.peer_score import found_ids, is_exact, plain, sentences_in
from evals.peers.peers import CONTESTANTS, Contestant, ask, load_note, load_rows, prepare
from evals.peers.runners.peer_rows import Asked, PeerNote, PeerRow, Quote, Shown


def answer_as(name: str, questions: Iterable[str], out: IO[str]) -> int:
    """Let a contestant of `evals.peers.peers` answer, and return the exit code.

    It is asked in the Python of its own environment, after all questions were read: it is set up
    anew and tuned as in the bench, which takes a while before the first row comes.

    Args:
        name: the contestant.
        questions: rows `{"id", "question", "turns"}`, one JSON object a line.
        out: gets rows `{"id", "answer", "seconds"}`, in the same order.
    """
    (one,) = (each for each in CONTESTANTS if each.name == name)
    try:
        asked = [_asked(line) for line in questions if line.strip()]
        corpus = PeerCorpus.of(Whole.read())
        rows, note = _rows(one, asked, corpus)
        for row in rows:
            told = {"id": row.id, "answer": answer_of(row.shown, corpus), "seconds": row.seconds}
            out.write(json.dumps(told, ensure_ascii=False) + "\n")
        out.flush()
    except SignpostError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stderr.write(f"{one.title} {note.version}: {note.setup}.\n")
    return 0


def answer_of(shown: Shown, corpus: PeerCorpus) -> dict[str, Any]:
    """Return what a peer shows as the answer that `evals.running.command.whole_answer` completes.

    Each quote is a statement that cites what it quotes, see `cited`. A hit shows the passages that
    a quote of it would show; of what the peer does not tell, nothing is said.

    Raises:
        BatchError: a quote names a source that nobody was given.
    """
    return {
        "status": shown.status,
        "reason": shown.reason,
        "statements": [
            {"text": quote.text, "citations": list(cited(quote, corpus))} for quote in shown.quotes
        ],
        "hits": list(found_ids(shown.found, corpus, frozenset())),
        "confidence": shown.confidence,
    }


def cited(quote: Quote, corpus: PeerCorpus) -> Iterator[dict[str, Any]]:
    """Yield where the words that a peer quotes from a page stand in the passages of the corpus.

    These are the sentences of the page that stand whole in the quote; where there is none, the
    first passage that holds the quote. A quote that is not in its page is yielded as one of the
    page, which is no passage, so that it counts as not exact.
    """
    if not is_exact([quote], corpus):
        yield {"passage_id": quote.source, "start": 0, "end": len(quote.text), "quote": quote.text}
        return
    for passage, span in _places(quote, corpus):
        words = span.of(passage.text)
        yield {"passage_id": passage.id, "start": span.start, "end": span.end, "quote": words}


def _places(quote: Quote, corpus: PeerCorpus) -> list[tuple[Passage, Span]]:
    words = plain(quote.text)
    # A page names a passage twice that stands both in a list and under a heading of its own.
    ids = dict.fromkeys(corpus.held.get(quote.source, (quote.source,)))
    held = [corpus.passages[one] for one in ids]
    whole = [(passage, span) for passage in held for span in sentences_in(words, passage)]
    if whole:
        return whole
    starts = ((passage, passage.text.find(quote.text)) for passage in held)
    spans = (
        (passage, Span(start=start, end=start + len(quote.text)))
        for passage, start in starts
        if start >= 0
    )
    return list(spans)[:1]


def _rows(
    one: Contestant, asked: Sequence[Asked], corpus: PeerCorpus
) -> tuple[tuple[PeerRow, ...], PeerNote]:
    home = Settings.from_environment().home.resolve()
    with TemporaryDirectory(prefix="signpost-") as folder:
        work = Path(folder)
        prepare(work, asked, corpus)
        ask(one, work, home)
        return load_rows(work / f"{one.name}.jsonl", asked), load_note(work / f"{one.name}.json")


def _asked(line: str) -> Asked:
    try:
        row = json.loads(line)
        return Asked(row["id"], row["question"], tuple(row["turns"]))
    except (ValueError, KeyError, TypeError):
        raise BatchError(
            f"{line.strip()[:80]!r} is no question; give rows with id, question and turns."
        ) from None


def main(argv: Sequence[str] | None = None) -> int:
    """Let the peer that is named answer every row of the standard input, in order."""
    parser = argparse.ArgumentParser(prog="python -m evals.peers.peer_answers", description=__doc__)
    parser.add_argument("peer", choices=[one.name for one in CONTESTANTS if one.environment])
    return answer_as(parser.parse_args(argv).peer, sys.stdin, sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
