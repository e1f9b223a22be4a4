"""Fit the gates of guidance and of documents: `python -m evals.training.fit_gate`.

Logistic regressions. One learns from the figures of `sections` whether guidance answers: 1 for a
question that it answers, 0 for a near miss of one. The second learns the same from its log-odds,
these figures, the pair model and precedents, on rows that are not of `train`, which the models have
seen. The third learns whether a question is of this field at all. Two over its vector tell by its
words whether it is of this field, and whether it is broad. The curve is of rows of `calibration`,
each judged by what the other hands teach. Figures of a row are computed without the everyday
questions of the corpus that are nearly its own words. `--again` keeps what `train` taught. The gate
of documents learns from conversations on other people's texts (`--documents DIR`).
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from assistant.answering.answerability import (
    ANSWERED,
    BREADTH,
    BROADEST,
    DOCUMENTS,
    FILE,
    SIGNS,
    TOPIC,
    Gate,
    Point,
    Weighing,
    worded,
)
from assistant.answering.precedents import LIKE
from assistant.answering.sections import FIGURES, PAIR
from assistant.home import sha256_of_file
from assistant.pipeline import Assistant
from assistant.retrieval.encoder import WEIGHTS, Matrix, precedents_path, tuned_path
from assistant.settings import Settings
from corpus.passage import digest_of
from corpus.readers.questions import LabelledQuestion
from evals import refusing
from evals.cases.case import load_split
from evals.cases.conversations import TEST, Conversation, open_pool, read_conversations
from evals.statistics import best_cut
from evals.training.tuning import SEED, elsewhere, labelled_questions

NEAR = 0.9  # Cosine above which an everyday question is taken for a row's own.
STRENGTH = 0.1  # Inverse ridge penalty on standardised figures, chosen on the development rows.
WEIGHED = 0.05  # The same of the second weighing, chosen on hands left out in turn.
OWN_STRENGTH = 0.01  # The same of the gate of documents, which few conversations teach.

FIELD = ("passage", "sentence", "asked", "held", "about", "score")
"""Figures that tell whether a question is of this field."""

OUTSIDE = 0.05  # Share of calibration questions of other fields that are shown what is closest.
WORDS = 10.0  # Inverse ridge penalty over a question's vector, chosen on the calibration rows.
WORDED = 0.5  # What its log-odds, and those of an answer, count for beside the figures.
BROAD = 3.0  # Inverse ridge penalty of breadth, chosen on hands of `train` left out.
BROADENED = 0.7  # What its log-odds count for; chosen on whole answers to held-out rows.
INSIDE = 2600  # Questions of this field whose words are learned from.
OUT = Path(__file__).parents[2] / "assistant" / "answering"
FEW = 50  # Pairs up to which a hand is told no rates of.
DRAWN = 2000  # Rows of `train` that are drawn, each with its pair: some fifty weights need no more.


class Row(NamedTuple):
    """A question with its figures: whether it is answered outright, and whether of this field."""

    split: str
    pair: str
    """Of a minimal pair, one name for both; empty for a question alone."""

    answerable: bool
    inside: bool
    figures: dict[str, float]
    hand: str = ""
    """Who wrote it, or its pair: they are left out together."""


def topic_of(
    questions: Sequence[LabelledQuestion], embed: Callable[[Sequence[str]], Matrix]
) -> tuple[float, ...]:
    """Learn by a question's words alone whether it is of this field: weights, the bias last."""
    own = [one for one in questions if one.split == "train" and not one.turns]
    inside = [one.question for one in own if one.change != "field"]
    inside = Random(SEED).sample(inside, min(INSIDE, len(inside)))
    outside = elsewhere("train", questions)
    truth = [*[True] * len(inside), *[False] * len(outside)]
    return _by_words(embed([*inside, *outside]), truth, WORDS)


def breadth_of(
    questions: Sequence[LabelledQuestion], embed: Callable[[Sequence[str]], Matrix]
) -> tuple[float, ...]:
    """Learn by a question's words alone whether it wants more than a fact: weights, the bias last.

    Of the questions whose sentences were graded, those with no required fact and no twin do.
    """
    graded = [one for one in questions if one.split == "train" and one.grades and not one.core]
    vectors = embed([one.question for one in graded])
    return _by_words(vectors, [not one.pair and not one.facts for one in graded], BROAD)


def _by_words(vectors: Matrix, truth: Sequence[bool], strength: float) -> tuple[float, ...]:
    model = LogisticRegression(C=strength, max_iter=3000, class_weight="balanced")
    model.fit(vectors, truth)
    return tuple(round(float(one), 3) for one in (*model.coef_[0], *model.intercept_))


def collect(
    assistant: Assistant,
    topic: tuple[float, ...],
    breadth: tuple[float, ...],
    *,
    again: bool = False,
) -> list[Row]:
    """Return labelled questions and development cases on guidance, with what search tells.

    Those of `train` are left out where it is fitted `again`.
    """
    today = datetime.now(UTC).date()
    questions = labelled_questions()
    told = {name for one in questions if one.facts or one.grades for name in (one.id, one.pair)}
    fit = [one for one in questions if not one.truth and (one.id in told or one.change == "field")]
    train = [] if again else [one for one in fit if one.split == "train"]
    drawn = Random(SEED).sample(train, min(DRAWN, len(train)))
    drawn += [one for one in train if one.change == "field"]
    kept = {name for one in drawn for name in (one.id, one.pair)}
    hands = {one.id: one.author for one in questions}
    asked: list[tuple[str, str, str, Row]] = []
    for one in fit:
        if one.split != "train" or one.id in kept:
            pair = "/".join(sorted((one.id, one.pair))) if one.pair else ""
            hand = min(one.author, hands.get(one.pair, one.author))
            row = Row(one.split, pair, one.answerable, one.change != "field", {}, hand)
            asked.append((one.sought, one.core, one.before, row))
    for case in load_split("development"):
        if case.turns or case.suite.startswith("framework") or case.context:
            continue
        missed = case.family.startswith(("near-miss", "guidance-absent"))
        if (case.gold.facts and case.must_contain) if case.answerable else missed:
            row = Row("development", "", case.answerable, True, {}, "cases")
            asked.append((case.question, "", "", row))
    other = Random(SEED).sample(elsewhere("development", questions), DRAWN // 8)
    asked += [(text, "", "", Row("calibration", "", False, False, {})) for text in other]
    vectors = assistant.embedder.embed_all([text for text, _, _, _ in asked])
    by_words = [
        {TOPIC: worded(topic, one), BREADTH: min(max(worded(breadth, one), 0.0), BROADEST)}
        for one in vectors
    ]
    return [
        row._replace(figures=assistant.tell(text, today, NEAR, core, before).figures | odds)
        for (text, core, before, row), odds in zip(asked, by_words, strict=True)
    ]


def weighing(
    rows: Sequence[Mapping[str, float]],
    truth: Sequence[bool],
    names: Sequence[str],
    strength: float = STRENGTH,
    class_weight: str | None = "balanced",
) -> Weighing:
    """Fit a logistic regression over standardised figures, those of `names` in each row."""
    figures = np.array([[row[name] for name in names] for row in rows], dtype=np.float64)
    mean, deviation = figures.mean(axis=0), figures.std(axis=0)
    deviation[deviation == 0.0] = 1.0
    model = LogisticRegression(C=strength, max_iter=5000, class_weight=class_weight)
    model.fit((figures - mean) / deviation, np.array(truth))
    columns = np.column_stack([mean, deviation, model.coef_[0]]).astype(float).tolist()
    weights = {
        name: (round(middle, 5), round(width, 5), round(weight, 5))
        for name, (middle, width, weight) in zip(names, columns, strict=True)
    }
    return Weighing(weights=weights, bias=round(float(model.intercept_[0]), 5))


def curve(rows: Sequence[Row], chances: Matrix) -> tuple[Point, ...]:
    """Return risk and coverage over near misses and answerable questions, the loosest first."""
    truth = np.array([row.answerable for row in rows])
    return tuple(
        Point(
            threshold=round(float(cut), 4),
            answered=round(float((chances[truth] >= cut).mean()), 4),
            false=round(float((chances[~truth] >= cut).mean()), 4),
        )
        for cut in np.arange(0.2, 0.97, 0.01)
    )


def second(rows: Sequence[Row]) -> Weighing:
    """Fit the weighing of all that is told of rows; see `Gate.answers`."""
    names = (SIGNS, *FIGURES, *PAIR, *LIKE)
    truth = [row.answerable for row in rows]
    found = weighing([row.figures for row in rows], truth, names, WEIGHED)
    return found.model_copy(update={"weights": {**found.weights, BREADTH: (0.0, 1.0, BROADENED)}})


def by_others(rows: Sequence[Row]) -> Matrix:
    """Return the chance of each row by the weighing that rows of other hands teach."""
    chances = np.zeros(len(rows), dtype=np.float32)
    for hand in sorted({row.hand for row in rows}):
        taught = second([row for row in rows if row.hand != hand])
        for at, row in enumerate(rows):
            if row.hand == hand:
                chances[at] = taught.chance(row.figures)
    return chances


def fit(
    rows: Sequence[Row],
    made_from: dict[str, str],
    topic: tuple[float, ...] = (),
    breadth: tuple[float, ...] = (),
    kept: Gate | None = None,
) -> Gate:
    """Fit the weighings, and set the points on the calibration rows.

    Of a gate that is `kept` stays what rows of `train` taught.
    """

    def fitted(names: Sequence[str], field: str) -> Weighing:
        some = [row for row in rows if row.split == "train" and (row.inside or field == "inside")]
        return weighing([row.figures for row in some], [getattr(row, field) for row in some], names)

    beside = {TOPIC: (0.0, 1.0, WORDED), ANSWERED: (0.0, 1.0, WORDED)}
    signs = kept.signs if kept else fitted(FIGURES, "answerable")
    field = kept.field if kept else fitted(FIELD, "inside")
    field = field.model_copy(update={"weights": {**field.weights, **beside}})
    rows = [row._replace(figures=row.figures | {SIGNS: signs.odds(row.figures)}) for row in rows]
    held = [row for row in rows if row.split != "train" and row.inside]
    answers, chances = second(held), by_others(held)
    judged = [at for at, row in enumerate(held) if row.split == "calibration"]
    outside = [
        field.chance(row.figures | {ANSWERED: answers.odds(row.figures)})
        for row in rows
        if row.split == "calibration" and not row.inside
    ]
    sys.stdout.write(f"{shown(held, chances)}\n")
    return Gate(
        signs=signs,
        answers=answers,
        field=field,
        field_threshold=round(float(np.quantile(outside, 1.0 - OUTSIDE)), 4),
        curve=curve([held[at] for at in judged], chances[judged]),
        topic=topic,
        breadth=breadth,
        made_from=made_from,
    )


def shown(rows: Sequence[Row], chances: Matrix) -> str:
    """Return how chances do on minimal pairs of each hand, and on all, by the share of misses."""
    lines, by_hand = [], defaultdict[str, list[tuple[float, float]]](list)
    pairs = defaultdict[tuple[str, str], dict[bool, float]](dict)
    for row, chance in zip(rows, chances, strict=True):
        if row.pair:
            pairs[row.hand, row.pair][row.answerable] = float(chance)
    for (hand, _), one in pairs.items():
        if len(one) == 2:
            by_hand[hand].append((one[True], one[False]))
            by_hand["all"].append((one[True], one[False]))
    for hand, both in by_hand.items():
        given, missed = np.array(both).T
        area = roc_auc_score([1] * len(given) + [0] * len(missed), [*given, *missed])
        lines.append(f"{hand}: AUROC {area:.3f} on {len(both)} pairs")
        for risk in (0.05, 0.08, 0.12) if len(both) > FEW else ():
            cut = np.quantile(missed, 1.0 - risk)
            right = ((given >= cut) & (missed < cut)).mean()
            lines.append(
                f"  false {risk:.2f}: answered {(given >= cut).mean():.3f}, both {right:.3f}"
            )
    return "\n".join(lines)


def documents_gate(
    told: Sequence[tuple[dict[str, float], Conversation]], made_from: dict[str, str]
) -> Gate:
    """Fit the gate of documents on conversations, those of the test collection left out.

    One weighing over all figures, and whether a turn leans, at the cut of the best balanced
    accuracy; half of it is near enough to be shown.
    """
    kept = [pair for pair in told if pair[1].collection != TEST and pair[1].answerable is not None]
    rows, truth = [figures for figures, _ in kept], [bool(one.answerable) for _, one in kept]
    weights = weighing(rows, truth, (*FIGURES, *PAIR, "leans", "turned"), OWN_STRENGTH)
    chances = [weights.chance(row) for row in rows]
    cut = best_cut(balanced_accuracy_score, truth, chances)
    given, answerable = np.array(chances) >= cut, np.array(truth)
    point = Point(
        threshold=round(cut, 4),
        answered=float(given[answerable].mean()),
        false=float(given[~answerable].mean()),
    )
    return Gate(
        signs=weights,
        answers=Weighing(weights={SIGNS: (0.0, 1.0, 1.0)}, bias=0.0),
        field=weights,
        field_threshold=round(cut / 2, 4),
        curve=(point,),
        made_from=made_from,
    )


@refusing
def main() -> None:
    """Fit, report and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help="a folder")
    parser.add_argument("--again", action="store_true", help="keep what rows of train taught")
    parser.add_argument("--documents", type=Path, help="a folder of conversations")
    options = parser.parse_args()
    assistant = Assistant.open(Settings.from_environment(), Gate.open())

    def write(name: str, gate: Gate) -> None:
        text = f"{json.dumps(gate.model_dump(mode='json'), indent=1)}\n"
        (options.out / name).write_text(text, "utf-8")

    made_from = {
        "rows": digest_of(labelled_questions()),
        "corpus": assistant.corpus.digest,
        "pairs": sha256_of_file(tuned_path()),
        "precedents": sha256_of_file(precedents_path()),
        "encoder": WEIGHTS,
    }
    asked = labelled_questions()
    kept = Gate.shipped(1.0) if options.again else None
    topic, breadth = (
        (kept.topic, kept.breadth)
        if kept
        else (learn(asked, assistant.embedder.embed_all) for learn in (topic_of, breadth_of))
    )
    rows = collect(assistant, topic, breadth, again=options.again)
    write(FILE, fit(rows, made_from, topic=topic, breadth=breadth, kept=kept))
    if options.documents:
        pool = open_pool(options.documents, Settings(home=options.out / "pool"))
        tasks = read_conversations(options.documents)
        told = [(pool.told(one.asked).figures, one) for one in tasks]
        write(DOCUMENTS, documents_gate(told, made_from))


if __name__ == "__main__":
    sys.exit(main())
