r"""Answers the questions of `signpost eval run --command` with plain LlamaIndex retrieval.

    signpost eval run --suite framework --out RUN \
        --command "python -m evals.peers.answer_llamaindex"

It is an example of an adapter. It reads rows `{"id", "question", "turns"}` on its standard input
and writes rows `{"id", "answer", "seconds"}` to its standard output. Of the answer it gives what
`command.whole_answer` cannot fill in: what became of the question, statements with their
citations, hits, and a confidence. The sections, the embedder and the way to choose a threshold are
those of `python -m evals.peers.peers`; earlier turns are unused.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from time import perf_counter

from corpus.passage import Passage
from corpus.whole import Whole
from evals.peers.peer_corpus import PeerCorpus
from evals.peers.peers import probes
from evals.peers.runners.ask_llamaindex import TOP_K, dense, nodes_of, searcher
from evals.peers.runners.peer_rows import DEPTH, even_threshold

Found = list[tuple[str, float]]
"""Sections with their cosines, best first."""


def main() -> int:
    """Answer every row of the standard input, in order.

    `DEPTH` sections are retrieved, so that a ranking can be scored; the best `TOP_K` are shown.
    """
    corpus = PeerCorpus.of(Whole.read())
    found = searcher(dense(nodes_of(corpus.pages), DEPTH))
    threshold = tuned(found)
    for line in sys.stdin:
        asked = json.loads(line)
        start = perf_counter()
        answer = answered(found(asked["question"]), threshold, corpus)
        row = {"id": asked["id"], "answer": answer, "seconds": perf_counter() - start}
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return 0


def tuned(found: Callable[[str], Found]) -> float:
    """Return the cosine from which a question is answered: the equal error rate on development."""
    known = probes()
    tops = [next((score for _, score in found(one.question)), 0.0) for one in known]
    return even_threshold(tops, [one.answerable for one in known])


def answered(found: Found, threshold: float, corpus: PeerCorpus) -> dict[str, object]:
    """Return the best sections as an answer: every passage of them is quoted whole.

    Args:
        found: sections with their cosines, best first.
        threshold: cosine from which a section is shown.
        corpus: what the sections hold.
    """
    ids = dict.fromkeys(one for section, _ in found for one in corpus.held[section])
    kept = [section for section, score in found[:TOP_K] if score >= threshold]
    shown = dict.fromkeys(one for section in kept for one in corpus.held[section])
    return {
        "status": "answered" if kept else "not_covered",
        "reason": "" if kept else "below_threshold",
        "statements": [quoted(corpus.passages[one]) for one in shown],
        "hits": list(ids),
        "confidence": max(0.0, found[0][1]) if found else None,
    }


def quoted(passage: Passage) -> dict[str, object]:
    """Return a passage as a statement that quotes all of it."""
    span = {"passage_id": passage.id, "start": 0, "end": len(passage.text)}
    return {"text": passage.text, "citations": [{**span, "quote": passage.text}]}


if __name__ == "__main__":
    sys.exit(main())
