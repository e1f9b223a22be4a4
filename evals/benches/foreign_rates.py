"""How Signpost does on texts that it was not made for.

DIR holds labelled conversations, as `conversations` describes them; without it the questions on
ingested documents that ship are asked. Beside Signpost stands plain dense retrieval with the same
embedder, which answers where the best cosine reaches a cut, as LlamaIndex's retriever with a
similarity cut-off does; it is given the cut that is best on the very questions that it is judged
by, and of several ways to put a conversation the one that does best.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress, groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from assistant.errors import BatchError
from assistant.foreign import Foreign
from assistant.settings import Settings
from evals import statistics
from evals.cases.conversations import (
    DOCUMENTS,
    TEST,
    Conversation,
    open_documents,
    open_pool,
    read_conversations,
    read_document_questions,
)
from evals.metrics import metrics
from evals.statistics import best_cut, estimate, mean, rate

K = 10  # Depth at which retrieval is measured.
MEASURES = (f"recall@{K}", f"nDCG@{K}")


class Judged(NamedTuple):
    """What became of one question.

    Whether it was answered outright, in whole or in part; whether what is shown holds every fact;
    the chance that the corpus answers, 0 to 1; the first `K` passages of a search, best first.
    """

    task: Conversation
    answered: bool
    held: bool
    chance: float
    found: list[str]


def holds(task: Conversation, texts: Iterable[str]) -> bool:
    """Tell whether texts hold every fact of a task, whatever the spaces."""
    said = " ".join(" ".join(texts).split())
    return all(fact in said for fact in task.facts)


def judge(foreign: Foreign, tasks: Sequence[Conversation]) -> list[Judged]:
    """Ask and search for each task."""
    judged = []
    for task in tasks:
        answer = foreign.ask(task.asked)
        answered = answer.status in metrics.ANSWERS and not answer.is_closest
        quoted = (cited.quote for one in answer.statements for cited in one.citations)
        held = holds(task, (*(one.text for one in answer.statements), *quoted))
        found = [one.passage_id for one in foreign.find(task.question, K, task.turns).hits]
        judged.append(Judged(task, answered, held, foreign.chance(task.asked), found))
    return judged


def dense(foreign: Foreign, tasks: Sequence[Conversation]) -> dict[str, list[float]]:
    """Return the best cosine of any passage with each question, for each way to put it."""
    ways = {
        "the question alone": [one.question for one in tasks],
        "with the turn before": [" ".join((*one.turns[-1:], one.question)) for one in tasks],
        "with all turns": [" ".join((*one.turns, one.question)) for one in tasks],
    }
    return {way: [one for one, _ in foreign.nearest(texts)] for way, texts in ways.items()}


def report(judged: Sequence[Judged], cosines: Mapping[str, Sequence[float]]) -> str:
    """Return all that was measured as text."""
    known = [one.task.answerable is not None for one in judged]
    scored = [*compress(judged, known)]
    truth = [bool(one.task.answerable) for one in scored]
    lines = [f"{len(judged)} questions"]
    for label in sorted({one.task.label for one in judged}):
        answered = rate([one.answered for one in judged if one.task.label == label])
        lines.append(f"  answered of {label}: {answered}")
    lines += ["", "Signpost"]
    did = [(yes, float(one.answered)) for yes, one in zip(truth, scored, strict=True)]
    lines.append(f"  balanced accuracy: {estimate(balanced_accuracy_score, did)}")
    lines += _curve(truth, [one.chance for one in scored])
    for way, every in cosines.items():
        given = [*compress(every, known)]
        lines += ["", f"Dense retrieval, {way}, cut chosen on these very questions"]
        cut = best_cut(balanced_accuracy_score, truth, given)
        beyond = [(yes, float(one >= cut)) for yes, one in zip(truth, given, strict=True)]
        lines.append(f"  best balanced accuracy: {estimate(balanced_accuracy_score, beyond)}")
        lines += _curve(truth, given)
    ranked = [metrics.ranking(one.found, one.task.gold) for one in judged]
    lines += ["", *(f"{name}: {mean([one.get(name) for one in ranked])}" for name in MEASURES)]
    return "\n".join(lines)


def _curve(truth: Sequence[bool], chance: Sequence[float]) -> list[str]:
    pairs = list(zip(truth, chance, strict=True))
    return [
        f"  AUROC: {estimate(roc_auc_score, pairs)}",
        f"  AURC, lower is better: {estimate(statistics.aurc, pairs)}",
    ]


def on_documents(home: Path) -> Iterator[str]:
    """Ingest the documents that ship, ask the questions on them, and give what was measured.

    SignpostError if a fact is not in the documents, or the home cannot be used.
    """
    mine: list[tuple[bool, bool]] = []
    best: list[tuple[float, bool]] = []
    tasks = sorted(read_document_questions(), key=lambda task: task.collection)
    for name, group in groupby(tasks, key=lambda task: task.collection):
        foreign, asked = open_documents(DOCUMENTS, name, Settings(home=home)), list(group)
        corpus = foreign.corpus
        for task in asked:
            if not holds(task, (one.text for one in corpus.passages)):
                raise BatchError(f"No document states the facts of {task.id}; correct them.")
        nearest = foreign.nearest([task.question for task in asked])
        for one, (cosine, passage) in zip(judge(foreign, asked), nearest, strict=True):
            mine.append((one.answered, one.held))
            best.append((cosine, holds(one.task, [corpus.by_id[passage].text])))
    truth = [task.label == "answerable" for task in tasks]
    cut = best_cut(balanced_accuracy_score, truth, [cosine for cosine, _ in best])
    plain = [(cosine >= cut, held) for cosine, held in best]
    for name, told in (("Signpost", mine), (f"The best cosine, from {cut:.2f}", plain)):
        given = [*compress(told, truth)]
        false = [one for (one, _), answerable in zip(told, truth, strict=True) if not answerable]
        yield f"{name}\n  complete: {rate([all(one) for one in given])}"
        yield f"  shown: {rate([held for _, held in given])}\n  false answers: {rate(false)}"


def main() -> None:
    """Index the texts, ask the questions on them, and print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m evals.benches.foreign_rates")
    parser.add_argument("--data", type=Path, help="a folder of conversations")
    data = parser.parse_args().data
    with TemporaryDirectory() as folder:
        home = Path(folder)
        if data is None:
            sys.stdout.writelines(f"{line}\n" for line in on_documents(home))
            return
        tasks = [one for one in read_conversations(data) if one.collection == TEST]
        foreign = open_pool(data, Settings(home=home))
        sys.stdout.write(f"{report(judge(foreign, tasks), dense(foreign, tasks))}\n")


if __name__ == "__main__":
    main()
