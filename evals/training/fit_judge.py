"""Fit the judge of gap analyses: `python -m evals.training.fit_judge`; `--test` scores it.

What is learned of a whole plan learns from log-odds that the weighings of sentences give for plans
which those did not see. Thresholds and what is reported for development come from leaving out one
plan at a time; the plans of the test are scored with `--test` alone.
"""

import argparse
import sys
import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score

from assistant.answering.answerability import Weighing
from assistant.answering.sentences import Sentence
from assistant.citing.verifier import Encode
from assistant.errors import BatchError
from assistant.gaps.analysis import PLAN, Analyst
from assistant.gaps.evidence import Near, Read, Yardstick, evidence_of, places_of
from assistant.gaps.findings import JUDGEMENTS, Judgement
from assistant.gaps.judge import DOES, FILE, OF_ROWS, PLAIN, SAYS, Judge, Verdict, figures_of, weigh
from assistant.home import sha256_of_file
from assistant.retrieval.encoder import PAIRS, WEIGHTS, Matrix, PairModel, Vector
from assistant.retrieval.models import embed_kept, ready_embedder
from assistant.settings import Settings
from corpus.passage import Record, digest_of
from corpus.readers.documents import Document, read_document
from corpus.readers.page import PlanSentence, read_plan_sentences, shipped_framework
from corpus.readers.questions import read_rows
from corpus.whole import Whole
from evals import refusing
from evals.folder import write_file
from evals.statistics import best_cut, ratio
from evals.training.fit_gate import weighing

STRENGTH = 0.03  # Inverse ridge penalty on standardised figures, chosen on development plans.
PROBE = 3.0  # The same for the direction in which sentences commit.
OUT = Path(__file__).parents[2] / "assistant" / "gaps"
WHOLE = 2  # Parts of a plan, the first ones, that have all its sentences.
fitted = partial(weighing, strength=STRENGTH)  # A logistic regression.
FOLDER = Path(__file__).parents[1] / "cases" / "plans"  # `NAME.md`, and `NAME.gold.jsonl`.
OTHER = "other_matters.markdown"  # Chapters on other matters: they change no judgement.
TEST = frozenset("cfhijk")  # Plans that nothing is fitted on, scored as totals only.


class ItemGold(Record):
    """What a plan says of an item, as its author holds."""

    item: str
    judgement: Judgement
    quotes: tuple[str, ...] = ()
    """Sentences of the plan that say it, verbatim; one is enough."""


class PlanCase(NamedTuple):
    """A plan with its labels, by item."""

    name: str
    plan: Document
    gold: dict[str, ItemGold]


class Labelled(NamedTuple):
    """What a plan, or a part of it, says near an item, and how its author judges that."""

    plan: str
    near: tuple[Near, ...]
    judgement: Judgement | None
    """None where a part has some of the quotes and lacks others."""

    quoted: frozenset[int]
    """Sentences that the author quotes."""


# A plan by its items, then parts of it as plans, lest what is learned depend on length.
Plan = Sequence[Sequence[Labelled]]
Said = tuple[Labelled, Verdict]  # An item as its author judges it, and what the judge says of it.


def load_plans(*, test: bool) -> list[PlanCase]:
    """Read the plans of development or test, by name; `BatchError` if a label misquotes one."""
    found = []
    for path in sorted(one for one in FOLDER.glob("*.md") if (one.stem in TEST) == test):
        plan, gold = read_document(path), path.with_suffix(".gold.jsonl")
        rows = {row.item: row for row in read_rows(gold, ItemGold)}
        said = " ".join(" ".join(one.text for one in plan.sections).split())
        for quote in (quote for row in rows.values() for quote in row.quotes):
            if " ".join(quote.split()) not in said:
                raise BatchError(f"{gold}: {path.name} does not say {quote!r}; quote it.")
        found.append(PlanCase(path.stem, plan, rows))
    return found


def committing(rows: Sequence[PlanSentence], encode: Callable[[Sequence[str]], Matrix]) -> Vector:
    """Return the direction from sentences that touch on items to those that address them."""
    kept = [one for one in rows if one.judgement != "not_found"]
    model = LogisticRegression(C=PROBE, max_iter=3000, class_weight="balanced")
    model.fit(encode([one.text for one in kept]), [one.judgement == "addressed" for one in kept])
    direction: Vector = np.round(model.coef_[0], 4).astype(np.float32)
    return direction


def parts_of(places: Sequence[Sentence], others: Sequence[Sentence]) -> list[list[Sentence]]:
    """Return a plan whole, with chapters on other matters, and parts of it with and without.

    The parts are its first half, its second half, and a quarter of its sections.
    """
    sections = list(dict.fromkeys(one.passage.id for one in places))
    half = len(sections) // 2
    kept = (sections, sections[:half], sections[half:], sections[::4])
    parts = [[one for one in places if one.passage.id in some] for some in map(set, kept)]
    return [parts[0], [*others, *parts[0]], *parts[1:], [*parts[3], *others]]


def read_case(
    case: PlanCase,
    yardstick: Yardstick,
    direction: Vector,
    encode: Encode,
    read: Read,
    parts: int | None = None,
) -> Plan:
    """Return what a plan and its parts say near each item, with the author's labels."""
    parts_read = []
    others = places_of(read_document(FOLDER / OTHER).passages("other"))
    for places in parts_of(places_of(case.plan.passages(PLAN)), others)[:parts]:
        plain = [" ".join(place.text.split()) for place in places]
        part: list[Labelled] = []
        found = evidence_of(places, yardstick, direction, encode, read)
        for item, near in zip(yardstick.items, found, strict=True):
            gold = case.gold[item.id.partition(":")[2]]
            held = [
                {at for at, text in enumerate(plain) if quote in text or text in quote}
                for quote in (" ".join(quote.split()) for quote in gold.quotes)
            ]
            # How a part is judged that holds these of the quotes.
            left: Judgement | None = None if any(held) else "not_found"
            judgement = gold.judgement if all(held) else left
            part.append(Labelled(case.name, near, judgement, frozenset[int]().union(*held)))
        parts_read.append(part)
    return parts_read


def of_sentences(plans: Sequence[Plan], left: Collection[str]) -> tuple[Weighing, Weighing]:
    """Fit what tells of a sentence: that it speaks of an item, and that it addresses it.

    Figures that are `left` out weigh nothing.
    """
    items = [item for plan in plans for part in plan[:WHOLE] for item in part]
    pairs = [(item, near) for item in items for near in item.near]
    rows = [near.figures for _, near in pairs]
    truth = [(near.place in item.quoted, item.judgement == "addressed") for item, near in pairs]
    says, does = ([name for name in names if name not in left] for names in (SAYS, DOES))
    speaks = fitted(rows, [quoted for quoted, _ in truth], says)
    return speaks, fitted(rows, [all(both) for both in truth], does)


def of_items(plans: Sequence[Plan], left: Collection[str]) -> tuple[Weighing, Weighing]:
    """Fit what tells of an item: that a plan touches on it, and that it addresses it."""
    rows, truth = [], []
    for plan in plans:
        says, does = of_sentences([other for other in plans if other is not plan], left)
        for item in (item for part in plan for item in part if item.judgement):
            rows.append(figures_of(weigh(says, does, item.near)))
            truth.append(item.judgement)
    names = [name for name in rows[0] if name.removeprefix("best_") not in left]
    touched = fitted(rows, [judgement != "not_found" for judgement in truth], names)
    return touched, fitted(rows, [judgement == "addressed" for judgement in truth], names)


def fit(
    plans: Sequence[Plan], direction: Vector, made_from: dict[str, str], left: Collection[str]
) -> Judge:
    """Fit a judge whose thresholds are still open."""
    says, does = of_sentences(plans, left)
    touched, addressed = of_items(plans, left)
    return Judge(
        committing=tuple(round(float(one), 4) for one in direction),
        says=says,
        does=does,
        touched=touched,
        addressed=addressed,
        says_from=0.5,
        touched_from=0.5,
        addressed_from=0.5,
        made_from=made_from,
    )


def told(plan: Plan, judge: Judge) -> list[Said]:
    """Return what a judge says of a whole plan, and of it with chapters on other matters."""
    return [
        (item, judge.judge(item.near)) for whole in plan[:WHOLE] for item in whole if item.judgement
    ]


def with_thresholds(judge: Judge, said: Sequence[Said]) -> Judge:
    """Set the thresholds at the best balanced accuracy on plans that were left out."""
    cuts = {
        "touched_from": [(one.judgement != "not_found", found.touched) for one, found in said],
        "addressed_from": [(one.judgement == "addressed", found.addressed) for one, found in said],
    }
    update = {
        name: round(best_cut(balanced_accuracy_score, *zip(*pairs, strict=True)), 4)
        for name, pairs in cuts.items()
    }
    return judge.model_copy(update=update)


def shown(title: str, said: Sequence[Said], judge: Judge) -> str:
    """Return precision and recall of each judgement and the share that is right, by plan."""
    judged = [
        (one.plan, judge.judged(found.addressed, found.touched), one.judgement)
        for one, found in said
    ]
    wanted: dict[str, tuple[Judgement | None, Judgement | None]] = {"right": (None, None)}
    for name in JUDGEMENTS:
        wanted |= {f"precision of {name}": (name, None), f"recall of {name}": (None, name)}
    lines = [f"{title}: {len(said)} items"]
    for what, (given, truth) in wanted.items():
        by_plan = {plan: [0, 0] for plan, _, _ in judged}
        for plan, does, is_so in judged:
            if given in (None, does) and truth in (None, is_so):
                by_plan[plan] = [by_plan[plan][0] + (does == is_so), by_plan[plan][1] + 1]
        found = ratio([(right, of) for right, of in by_plan.values()])
        low, high = found.low or 0.0, found.high or 0.0
        lines.append(f"  {what}: {found.value:.3f} ({low:.2f} to {high:.2f}), {found.n} plans")
    return "\n".join(lines)


def quoted_exactly(analyst: Analyst, case: PlanCase) -> str:
    """Return how many quotes of an analysis stand in the plan as they are given, of how many."""
    began = time.monotonic()
    made = analyst.analyse(case.plan)
    seconds = time.monotonic() - began
    texts = {one.id: one.text for one in case.plan.passages(PLAN)}
    quotes = [quote for one in made.findings for quote in (*one.quotes, *one.nearest)]
    quotes += [quote for one in made.partners for quote in one.quotes]
    exact = sum(texts[one.passage_id][one.start : one.end] == one.text for one in quotes)
    return f"{case.name}: {exact} of {len(quotes)} quotes exact, {seconds:.1f} s\n"


@refusing
def main() -> None:
    """Fit, report and write; or score the plans of the test."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--test", action="store_true", help="score what ships, and fit nothing")
    parser.add_argument("--plain", action="store_true", help="as without labelled sentences")
    options = parser.parse_args()
    settings, whole = Settings.from_environment(), Whole.read()
    framework = whole.framework
    embedder, pairs = ready_embedder(settings), PairModel(settings)
    rows = read_plan_sentences(shipped_framework(), framework.item_by_id)
    cases = load_plans(test=options.test)
    encode = partial(embed_kept, embedder, settings.home)
    file, left = (PLAIN, OF_ROWS) if options.plain else (FILE, frozenset[str]())
    yardstick = Yardstick.of(framework, () if options.plain else rows, encode)
    reading = embedder.embed_all, pairs.run
    if options.test:
        judge = Judge.shipped(plain=options.plain)
        plans = [read_case(one, yardstick, judge.direction, *reading, 1) for one in cases]
        said = [one for plan in plans for one in told(plan, judge)]
        sys.stdout.write(f"{shown(f'{file}, test', said, judge)}\n")
        analyst = Analyst.open(settings, whole, rows)
        sys.stdout.writelines(quoted_exactly(analyst, case) for case in cases)
        return
    direction = committing(rows, encode)
    plans = [read_case(one, yardstick, direction, *reading) for one in cases]
    gold = [one for case in cases for one in case.gold.values()]
    made_from = {
        "rows": digest_of(rows),
        "plans": digest_of([*(case.plan for case in cases), *gold]),
        "framework": digest_of([framework.source, *framework.passages]),
        "pairs": sha256_of_file(PAIRS),
        "encoder": WEIGHTS,
    }
    said = []
    for plan in plans:
        others = [other for other in plans if other is not plan]
        said += told(plan, fit(others, direction, {}, left))
    judge = with_thresholds(fit(plans, direction, made_from, left), said)
    write_file(OUT / file, judge.model_dump_json(indent=1) + "\n")
    sys.stdout.write(f"{shown(f'{file}, each plan left out', said, judge)}\n")


if __name__ == "__main__":
    sys.exit(main())
