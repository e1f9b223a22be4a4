"""Fit the gates of guidance and of documents: `python -m evals.training.fit_gate`.

Logistic regressions. One learns from the figures of `sections` whether guidance answers: 1 for a
question that it answers, 0 for a near miss of one. The second learns the same from its log-odds,
these figures, the pair model and precedents, on rows that are not of `train`, which the models have
seen. The third learns whether a question is of this field at all. Two over its vector tell by its
words whether it is of this field, and whether it is broad. The curve is of rows of `calibration`,
each judged by what the other hands teach. Figures of a row are computed without the everyday
questions of the corpus that are nearly its own words. `--again` keeps what `train` taught. The gate
of documents learns from conversations on other people's texts (`--documents DIR`).

With `--points`, in 5 minutes, what chooses the sentences of an answer: it learns from graded
sentences of `development` and `calibration`, which the pair model has not learned from. With
`--documents DIR` likewise what chooses those of documents: it learns from sentences that hold a
fact that is asked for. How either does is told of each hand, or collection, by weighings that the
others taught.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from random import Random
from typing import NamedTuple, Self

import numpy as np
from sklearn.linear_model import LogisticRegression

from assistant.answering import points
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
from assistant.answering.guidance import MOST, Told
from assistant.answering.points import Candidate, Points
from assistant.answering.precedents import LIKE
from assistant.answering.sections import FIGURES, PAIR
from assistant.foreign import Foreign
from assistant.home import sha256_of_file
from assistant.pipeline import Assistant
from assistant.records import Question
from assistant.retrieval.encoder import PAIRS, PRECEDENTS, WEIGHTS, Matrix
from assistant.settings import Settings
from corpus.passage import Record, digest_of
from corpus.readers.questions import LabelledQuestion
from evals import refusing
from evals.cases.case import load_split
from evals.cases.conversations import (
    LEARNED,
    TEST,
    Conversation,
    open_documents,
    open_pool,
    read_conversations,
    read_document_questions,
)
from evals.folder import write_file
from evals.training.tuning import SEED, elsewhere, labelled_questions, order_of

NEAR = 0.9  # Cosine above which an everyday question is taken for a row's own.
STRENGTH = 0.1  # Inverse ridge penalty on standardised figures, chosen on the development rows.
WEIGHED = 0.05  # The same of the second weighing, chosen on hands left out in turn.
OWN_STRENGTH = 0.01  # The same of the gate of documents, which few conversations teach.
OWN_RISK = 0.1  # Share of the near misses on documents that their gate lets pass.
STRAYS = 120  # Questions of other fields that are asked of each library.

FIELD = ("passage", "sentence", "asked", "held", "about", "score")
"""Figures that tell whether a question is of this field."""

SUBJECT = (
    *("passage", "sentence", "score", "score_ahead", "passage_ahead", "held", "about", "words"),
    *("words_ahead", "lost_section", "lost_section_count", "lost_note_count", "names"),
    *("names_lost_any", "pair", "pair_most"),
)
"""The same for texts of any make, of which no everyday questions are known."""

OUTSIDE = 0.05  # Share of questions of other fields that are shown what is closest.
WORDS = 10.0  # Inverse ridge penalty over a question's vector, chosen on the calibration rows.
WORDED = 0.5  # What its log-odds, and those of an answer, count for beside the figures.
BROAD = 3.0  # Inverse ridge penalty of breadth, chosen on hands of `train` left out.
BROADENED = 0.7  # What its log-odds count for; chosen on whole answers to held-out rows.
INSIDE = 2600  # Questions of this field whose words are learned from.
CHOICE = 0.3  # The same of what chooses sentences, chosen on hands left out in turn.
OUT = Path(__file__).parents[2] / "assistant" / "answering"
FEW = 50  # Pairs up to which a hand is told no rates of.
DRAWN = 2000  # Rows of `train` that are drawn, each with its pair: some fifty weights need no more.

Words = tuple[tuple[float, ...], tuple[float, ...]]
"""Weights over a question's vector, the bias last: of `Gate.topic`, and of `Gate.breadth`."""


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

    asked: tuple[str, str, str] = ("", "", "")
    """What is sought, the words that ask, if they are known, and the turns that it leans on."""


def words_of(
    questions: Sequence[LabelledQuestion], embed: Callable[[Sequence[str]], Matrix]
) -> Words:
    """Learn by a question's words alone whether it is of this field, and whether it is broad.

    Of the questions whose sentences were graded, those with no required fact and no twin are.
    """
    own = [one for one in questions if one.split == "train"]
    inside = [one.question for one in own if not one.turns and one.change != "field"]
    inside = Random(SEED).sample(inside, min(INSIDE, len(inside)))
    outside = elsewhere("train", questions)
    graded = [one for one in own if one.grades and not one.core]
    broad = [not one.pair and not one.facts for one in graded]
    of_field = [True] * len(inside) + [False] * len(outside)

    def learned(texts: Sequence[str], truth: Sequence[bool], strength: float) -> tuple[float, ...]:
        model = LogisticRegression(C=strength, max_iter=3000, class_weight="balanced")
        model.fit(embed(texts), truth)
        return tuple(round(float(one), 3) for one in (*model.coef_[0], *model.intercept_))

    topic = learned([*inside, *outside], of_field, WORDS)
    return topic, learned([one.question for one in graded], broad, BROAD)


def collect(assistant: Assistant, words: Words, *, again: bool = False) -> list[Row]:
    """Return labelled questions and development cases on guidance, with what search tells.

    Those of `train` are left out where it is fitted `again`.
    """
    today, questions = datetime.now(UTC).date(), labelled_questions()
    tell, embed = assistant.tell, assistant.embedder.embed_all
    told = {name for one in questions if one.facts or one.grades for name in (one.id, one.pair)}
    fit = [one for one in questions if not one.truth and (one.id in told or one.change == "field")]
    train = [] if again else [one for one in fit if one.split == "train"]
    drawn = Random(SEED).sample(train, min(DRAWN, len(train)))
    drawn += [one for one in train if one.change == "field"]
    kept = {name for one in drawn for name in (one.id, one.pair)}
    hands = {one.id: one.author for one in questions}
    rows = []
    for one in fit:
        if one.split != "train" or one.id in kept:
            pair = "/".join(sorted((one.id, one.pair))) if one.pair else ""
            hand = min(one.author, hands.get(one.pair, one.author))
            asked = one.sought, one.core, one.before
            rows.append(
                Row(one.split, pair, one.answerable, one.change != "field", {}, hand, asked)
            )
    for case in load_split("development"):
        if case.turns or case.suite.startswith("framework") or case.context:
            continue
        missed = case.family.startswith(("near-miss", "guidance-absent"))
        if (case.gold.facts and case.must_contain) if case.answerable else missed:
            asked = case.question, "", ""
            rows.append(Row("development", "", case.answerable, True, {}, "cases", asked))
    other = Random(SEED).sample(elsewhere("development", questions), DRAWN // 8)
    rows += [Row("calibration", "", False, False, {}, asked=(text, "", "")) for text in other]
    found = []
    for row, one in zip(rows, embed([row.asked[0] for row in rows]), strict=True):
        topic, broad = (worded(weights, one) for weights in words)
        odds = {TOPIC: topic, BREADTH: min(max(broad, 0.0), BROADEST)}
        figures = tell(row.asked[0], today, NEAR, *row.asked[1:]).figures
        found.append(row._replace(figures={**figures, **odds}))
    return found


def weighing(
    rows: Sequence[Mapping[str, float]],
    truth: Sequence[bool],
    names: Sequence[str],
    strength: float = STRENGTH,
    class_weight: str | None = "balanced",
) -> Weighing:
    """Fit a logistic regression over standardised figures, those of `names` in each row."""
    figures = np.array([[row.get(name, 0.0) for name in names] for row in rows])
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
    rows: Sequence[Row], made_from: dict[str, str], words: Words, kept: Gate | None = None
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
    given, missed = (
        chances[[row.split == "calibration" and row.answerable is truth for row in held]]
        for truth in (True, False)
    )
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
        curve=tuple(
            Point(
                threshold=round(float(cut), 4),
                answered=round(float((given >= cut).mean()), 4),
                false=round(float((missed >= cut).mean()), 4),
            )
            for cut in np.arange(0.2, 0.97, 0.01)
        ),
        topic=words[0],
        breadth=words[1],
        made_from=made_from,
    )


def shown(rows: Sequence[Row], chances: Matrix) -> str:
    """Return how chances do on minimal pairs of each hand, and on all, by the share of misses."""
    pairs = defaultdict[tuple[str, str], dict[bool, float]](dict)
    for row, chance in zip(rows, chances, strict=True):
        if row.pair:
            pairs[row.hand, row.pair][row.answerable] = float(chance)
    lines, whole = [], [(hand, one) for (hand, _), one in pairs.items() if len(one) == 2]
    for hand in (*dict.fromkeys(hand for hand, _ in whole), "all") if whole else ():
        both = [one for other, one in whole if hand in (other, "all")]
        given, missed = (np.array([one[truth] for one in both]) for truth in (True, False))
        lines.append(f"{hand}: {order_of(np.concatenate([given, missed]))}")
        for risk in (0.05, 0.08, 0.12) if len(both) > FEW else ():
            cut = np.quantile(missed, 1.0 - risk)
            right = ((given >= cut) & (missed < cut)).mean()
            answered = (given >= cut).mean()
            lines.append(f"  false {risk:.2f}: answered {answered:.3f}, both {right:.3f}")
    return "\n".join(lines)


class Tried(NamedTuple):
    """A question on texts of any make, and what they say in reply."""

    task: Conversation
    told: Told
    holds: list[list[bool]]
    """For each sentence that was read, which of the facts it holds."""

    @classmethod
    def of(cls, own: Foreign, task: Conversation) -> Self:
        """Ask, unjudged."""
        told, passages = own.told(task.asked), own.corpus.by_id
        read = ((passages[one.passage], one.number) for one in told.read)
        texts = (passage.sentences[at].of(passage.text) for passage, at in read)
        said = [" ".join(text.split()) for text in texts]
        return cls(task, told, [[fact in one for fact in task.facts] for one in said])


def document_points(rows: Sequence[Tried]) -> Points:
    """Fit what chooses sentences of texts of any make: those that hold a fact that is asked for."""
    read = [
        (candidate.figures, any(held))
        for row in rows
        if any(map(any, row.holds))
        for candidate, held in zip(row.told.read, row.holds, strict=True)
    ]
    figures, truth = zip(*read, strict=True)
    chosen = weighing(figures, truth, points.OWN, CHOICE, class_weight=None)
    repeats = Points.shipped().repeats
    return Points(leads=chosen, belongs=chosen, repeats=repeats, least=points.LEAST_OWN)


def facts_told(rows: Sequence[Tried], chosen: Points) -> str:
    """Return how often the lead holds a fact, and all that is told holds every one."""
    leads, whole, lengths = [], [], []
    for row in rows:
        if row.task.answerable and row.told.read:
            held = dict(zip(map(id, row.told.read), row.holds, strict=True))
            told = [held[id(one)] for one in chosen.order(row.told.read)[:MOST]]
            leads.append(any(told[0]))
            whole.append(all(map(any, zip(*told, strict=True))))
            lengths.append(len(told))
    return (
        f"{len(leads)} questions: {np.mean(lengths):.2f} points; {np.mean(leads):.3f} leads hold a"
        f" fact; {np.mean(whole):.3f} hold every one"
    )


def documents_gate(
    rows: Sequence[Tried], strayed: Sequence[dict[str, float]], made_from: dict[str, str]
) -> Gate:
    """Fit the gate of documents on conversations, those of the test collection left out.

    One weighing over all figures, and whether a turn leans; the cut lets few near misses on
    documents pass. Another tells questions on documents from those of other fields, whose figures
    are `strayed`.
    """
    kept = [one for one in rows if one.task.collection != TEST and one.task.answerable is not None]
    rows_of, truth = [one.told.figures for one in kept], [bool(one.task.answerable) for one in kept]
    read = [name for name in PAIR if name != "lead"]  # What leads is chosen anew.
    weights = weighing(rows_of, truth, (*FIGURES, *read, "leans", "turned"), OWN_STRENGTH)
    chances = [weights.chance(row) for row in rows_of]
    asked_of = {one.task.collection for one in kept if one.task.facts}
    own = [at for at, one in enumerate(kept) if one.task.collection in asked_of]
    cut = float(np.quantile([chances[at] for at in own if not truth[at]], 1.0 - OWN_RISK))
    inside = [rows_of[at] for at in own]
    near = [True] * len(inside) + [False] * len(strayed)
    field = weighing([*inside, *strayed], near, SUBJECT)
    given, answerable = np.array(chances) >= cut, np.array(truth)
    point = Point(
        threshold=round(cut, 4),
        answered=float(given[answerable].mean()),
        false=float(given[~answerable].mean()),
    )
    return Gate(
        signs=weights,
        answers=Weighing(weights={SIGNS: (0.0, 1.0, 1.0)}, bias=0.0),
        field=field,
        field_threshold=round(float(np.quantile([*map(field.chance, strayed)], 1.0 - OUTSIDE)), 4),
        curve=(point,),
        made_from=made_from,
    )


class Graded(NamedTuple):
    """A question's candidates, each with its grade: 0 to 3, or - where it was not judged."""

    author: str
    read: tuple[Candidate, ...]
    grades: str


def collect_graded(assistant: Assistant) -> list[Graded]:
    """Return the graded rows with the candidates that a search finds for them."""
    today, found = datetime.now(UTC).date(), []
    for row in labelled_questions():
        if row.split == "train" or not row.grades or not row.answerable:
            continue
        read = assistant.tell(row.sought, today, NEAR, row.core, row.before).read
        grades = [row.grades.get(one.passage, "")[one.number : one.number + 1] for one in read]
        found.append(Graded(row.author, read, "".join(grade or "-" for grade in grades)))
    return found


def fit_points(rows: Sequence[Graded]) -> Points:
    """Fit both weighings on the sentences that were judged."""
    judged = [
        (one.figures, grade)
        for row in rows
        for one, grade in zip(row.read, row.grades, strict=True)
        if grade != "-"
    ]
    figures = [figures for figures, _ in judged]

    def fitted(grades: str, names: Sequence[str]) -> object:
        truth = [grade in grades for _, grade in judged]
        return weighing(figures, truth, names, CHOICE, class_weight=None)

    leads, belongs = fitted("3", points.LEADS), fitted("23", (*points.FIGURES, *points.KIN))
    return Points.shipped().model_copy(update={"leads": leads, "belongs": belongs})


def told_of(rows: Sequence[Graded], chosen: Points) -> str:
    """Return how the points chosen were graded, and how many of the best were found."""
    leads, kept, best, held = [], [], 0, 0
    for row in rows:
        grades = {one.place: grade for one, grade in zip(row.read, row.grades, strict=True)}
        told = [grades[one.place] for one in chosen.order(row.read)[:MOST]]
        leads.append(told[0] == "3")
        kept.append([grade in "23" for grade in told])
        best, held = best + row.grades.count("3"), held + told.count("3")
    share = np.mean([one for told in kept for one in told])
    return (
        f"{len(rows)} questions: {np.mean(list(map(len, kept))):.2f} points, of which"
        f" {share:.3f} belong; {np.mean(leads):.3f} leads answer; {held / best:.3f} of what"
        " answers is told"
    )


def _fit_documents(folder: Path, settings: Settings) -> None:
    """Fit what chooses sentences of documents, and their gate, and write both."""
    told, strayed = list[Tried](), list[dict[str, float]]()
    drawn = Random(SEED).sample(elsewhere("development", labelled_questions()), STRAYS)
    questions = sorted(read_document_questions(LEARNED), key=lambda one: one.collection)
    for name, group in groupby(questions, key=lambda one: one.collection):
        own = open_documents(LEARNED, name, Settings(home=settings.home / "pool"))
        told += (Tried.of(own, one) for one in group)
        strayed += (own.told(Question(text=one)).figures for one in drawn)
    for name in dict.fromkeys(one.task.collection for one in told):
        others = document_points([one for one in told if one.task.collection != name])
        held = [one for one in told if one.task.collection == name]
        sys.stdout.write(f"{name}: {facts_told(held, others)}\n")
    _write(points.DOCUMENTS, document_points(told))
    pool = open_pool(folder, Settings(home=settings.home / "pool"))
    told += (Tried.of(pool, one) for one in read_conversations(folder))
    made_from = {"encoder": WEIGHTS, "pairs": sha256_of_file(PAIRS)}
    _write(DOCUMENTS, documents_gate(told, strayed, made_from))


def _write(name: str, record: Record) -> None:
    write_file(OUT / name, record.model_dump_json(indent=1) + "\n")


@refusing
def main() -> None:
    """Fit, report and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_mutually_exclusive_group().add_argument
    add("--again", action="store_true", help="keep what rows of train taught")
    add("--documents", type=Path, help="a folder of conversations; only theirs")
    add("--points", action="store_true", help="fit what chooses sentences")
    options, settings = parser.parse_args(), Settings.from_environment()
    if options.documents:
        _fit_documents(options.documents, settings)
        return
    assistant = Assistant.open(settings, Gate.open())
    if options.points:
        graded = collect_graded(assistant)
        for author in sorted({row.author for row in graded}):
            others = fit_points([row for row in graded if row.author != author])
            own = [row for row in graded if row.author == author]
            sys.stdout.write(f"{author}: {told_of(own, others)}\n")
        _write(points.FILE, fit_points(graded))
        return
    asked = labelled_questions()
    made_from = {
        "rows": digest_of(asked),
        "corpus": assistant.corpus.digest,
        "pairs": sha256_of_file(PAIRS),
        "precedents": sha256_of_file(PRECEDENTS),
        "encoder": WEIGHTS,
    }
    kept = Gate.shipped(1.0) if options.again else None
    embed = assistant.embedder.embed_all
    words = (kept.topic, kept.breadth) if kept else words_of(asked, embed)
    rows = collect(assistant, words, again=options.again)
    _write(FILE, fit(rows, made_from, words, kept))


if __name__ == "__main__":
    sys.exit(main())
