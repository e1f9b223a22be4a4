"""How Signpost does on a corpus that it was not made for.

DIR holds labelled conversations, as `conversations` describes them. Beside Signpost stands
plain dense retrieval with the same embedder, which answers where the best cosine reaches a cut, as
LlamaIndex's retriever with a similarity cut-off does; it is given the cut that is best on the very
questions that it is judged by, and of several ways to put the question the one that does best.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assistant.foreign import Foreign
from assistant.records import Answer
from assistant.settings import Settings
from corpus.passage import Record
from evals.cases.conversations import TEST, Conversation, open_pool, read_conversations
from evals.estimate import Estimate, mean, rate
from evals.metrics import ranking as retrieval
from evals.metrics.abstaining import (
    Metric,
    aurc,
    auroc,
    balanced_accuracy,
    best_cut,
    estimate,
    refusal_f1,
    risk_coverage,
)

K = 10
"""Depth at which retrieval is measured."""

COVERAGES = (0.25, 0.5, 0.75, 1.0)
"""Points of the risk-coverage curve that are shown."""


class Judged(Record):
    """What became of one question."""

    task: Conversation
    answer: Answer
    chance: float
    """Chance that the corpus answers, 0 to 1."""

    found: tuple[str, ...]
    """The first `K` passages of a search, best first."""

    @property
    def answered(self) -> bool:
        """Whether it was answered outright, in whole or in part."""
        given = self.answer.status in ("answered", "partial")
        return given and not self.answer.is_closest


def judge(foreign: Foreign, tasks: Sequence[Conversation]) -> list[Judged]:
    """Ask and search for each task."""
    return [
        Judged(
            task=task,
            answer=foreign.ask(task.asked),
            chance=foreign.chance(task.asked),
            found=tuple(one.passage_id for one in foreign.search(task.question, K, task.turns)),
        )
        for task in tasks
    ]


def ndcg(found: Sequence[str], gold: Sequence[str]) -> float | None:
    """Return nDCG of the first `K` of a ranking; `None` without gold. See `retrieval.measures`.

    >>> round(ndcg(["b", "a"], ["a"]), 3)
    0.631
    """
    return retrieval.measures(found, gold).get(f"nDCG@{K}", 0.0) if gold else None


def dense(foreign: Foreign, tasks: Sequence[Conversation]) -> dict[str, list[float]]:
    """Return the best cosine of any passage with each question, for each way to put it."""
    ways = {
        "the question alone": [one.question for one in tasks],
        "with the turn before": [" ".join((*one.turns[-1:], one.question)) for one in tasks],
        "with all turns": [" ".join((*one.turns, one.question)) for one in tasks],
    }
    return {way: foreign.cosines(texts) for way, texts in ways.items()}


def report(judged: Sequence[Judged], cosines: Mapping[str, Sequence[float]]) -> str:
    """Return all that was measured as text."""
    scored = [at for at, one in enumerate(judged) if one.task.answerable is not None]
    truth = [bool(judged[at].task.answerable) for at in scored]
    mine = [judged[at].chance for at in scored]
    did = [float(judged[at].answered) for at in scored]
    lines = [f"{len(judged)} questions", *_by_label(judged), "", "Signpost"]
    lines += _abstention(truth, did, mine)
    for way, every in cosines.items():
        given = [every[at] for at in scored]
        lines += ["", f"Dense retrieval, {way}, cut chosen on these very questions"]
        for metric in (balanced_accuracy, refusal_f1):
            cut = best_cut(metric, truth, given)
            answered = [float(one >= cut) for one in given]
            lines.append(_line(f"  best {_name(metric)}", estimate(metric, truth, answered)))
        lines += _curve(truth, given)
    return "\n".join([*lines, "", *_retrieval(judged)])


def _by_label(judged: Sequence[Judged]) -> list[str]:
    labels = dict.fromkeys(one.task.label for one in judged)
    return [
        _line(
            f"  answered of {label}",
            rate([one.answered for one in judged if one.task.label == label]),
        )
        for label in sorted(labels)
    ]


def _abstention(truth: Sequence[bool], did: Sequence[float], chance: Sequence[float]) -> list[str]:
    return [
        _line(f"  {_name(metric)}", estimate(metric, truth, did))
        for metric in (balanced_accuracy, refusal_f1)
    ] + _curve(truth, chance)


def _curve(truth: Sequence[bool], chance: Sequence[float]) -> list[str]:
    curve = risk_coverage(np.array(truth, dtype=np.float64), np.array(chance, dtype=np.float64))
    at = [curve[max(0, round(one * len(curve)) - 1)] for one in COVERAGES]
    points = ", ".join(f"{coverage:.2f}: {risk:.2f}" for coverage, risk in at)
    return [
        _line("  AUROC", estimate(auroc, truth, chance)),
        _line("  AURC, lower is better", estimate(aurc, truth, chance)),
        f"  risk at coverage {points}",
    ]


def _retrieval(judged: Sequence[Judged]) -> list[str]:
    recalls = [
        len(set(one.found) & set(one.task.gold)) / len(set(one.task.gold))
        if one.task.gold
        else None
        for one in judged
    ]
    gains = [ndcg(one.found, one.task.gold) for one in judged]
    return [_line(f"recall@{K}", mean(recalls)), _line(f"nDCG@{K}", mean(gains))]


def _name(metric: Metric) -> str:
    return "F1 of refusing" if metric is refusal_f1 else "balanced accuracy"


def _line(what: str, found: Estimate) -> str:
    if found.value is None:
        return f"{what}: nothing to score"
    return f"{what}: {found.value:.3f} ({found.low:.3f} to {found.high:.3f}, n {found.n})"


def main(argv: Sequence[str] | None = None) -> int:
    """Index the pool, ask the questions of a collection, and print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m evals.benches.foreign_rates")
    parser.add_argument("--data", type=Path, required=True, help="a folder of conversations")
    parser.add_argument("--home", type=Path, help="where the index is built; a temporary folder")
    parser.add_argument(
        "--collection", action="append", help=f"which questions; {TEST} unless given"
    )
    given = parser.parse_args(argv)
    wanted = given.collection or [TEST]
    tasks = [one for one in read_conversations(given.data) if one.collection in wanted]
    with TemporaryDirectory() as folder:
        foreign = open_pool(given.data, Settings(home=given.home or Path(folder)))
        judged = judge(foreign, tasks)
        sys.stdout.write(f"{report(judged, dense(foreign, tasks))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
