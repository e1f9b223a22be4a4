"""Fit the judge of gap analyses: `python -m evals.training.fit_judge`; `--test` scores it.

Logistic regressions over the figures of `assistant.gaps.evidence`: whether a sentence of a plan
speaks of an item and whether it addresses it, by the sentences that the plans' authors quote; and
whether the plan as a whole touches on the item or addresses it. The last two learn from log-odds
that the first two give for plans which those did not see. The direction in which sentences commit
comes from the labelled sentences of the framework. Thresholds and what is reported for development
come from leaving out one plan at a time; the plans of the test are scored with `--test` alone.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from assistant.answering.answerability import Weighing
from assistant.errors import BatchError, SignpostError
from assistant.gaps.analysis import PLAN, Analyst
from assistant.gaps.evidence import Encode, Evidence, Place, Yardstick, evidence_of, places_of
from assistant.gaps.evidence import Read as ReadPairs
from assistant.gaps.findings import JUDGEMENTS, Judgement
from assistant.gaps.judge import DOES, FILE, OF_ROWS, PLAIN, SAYS, Judge, figures_of, weigh
from assistant.home import sha256_of_file
from assistant.retrieval.encoder import WEIGHTS, Matrix, Vector
from assistant.retrieval.models import embed_kept, ready_embedder
from assistant.retrieval.rerank import PairModel, tuned_path
from assistant.settings import Settings
from corpus.passage import Record, digest_of
from corpus.readers.documents import Document, read_document
from corpus.readers.page import (
    PlanSentence,
    read_plan_sentences,
    shipped_framework,
)
from corpus.readers.questions import read_rows
from corpus.whole import Whole
from evals.statistics import Estimate, balanced_accuracy, best_cut, ratio
from evals.training.fit_gate import weighing

STRENGTH = 0.03
"""Inverse of the ridge penalty, on standardised figures; chosen on the development plans."""

PROBE = 3.0
"""The same for the direction in which sentences commit."""

OUT = Path(__file__).parents[2] / "assistant" / "gaps"

WHOLE = 2
"""Parts of a plan, the first ones, that have all its sentences."""

fitted = partial(weighing, strength=STRENGTH)
"""Fits a logistic regression over standardised figures."""

FOLDER = Path(__file__).parents[1] / "cases" / "plans"
"""Where they are: `NAME.md`, and beside it `NAME.gold.jsonl`."""

OTHER = "other_matters.markdown"
"""Chapters on other matters, in words of the framework: with them a plan says what it said."""

TEST = frozenset("cfhijk")
"""Names of those that nothing is fitted on and that are scored as totals only."""


class Read(NamedTuple):
    """A plan, or a part of it, with its labels and what it says near each item."""

    name: str
    """Which plan."""

    evidence: list[Evidence]
    """By item, in order."""

    judgements: list[Judgement | None]
    """How its author judges each; none where a part has some of the quotes and lacks others."""

    quoted: list[frozenset[int]]
    """Sentences that its author quotes for each."""


Plan = Sequence[Read]
"""A plan, and then parts of it as plans of their own, lest what is learned depend on length."""


class Said(NamedTuple):
    """What the judge says of an item, beside what its author says."""

    plan: str
    """Which plan."""

    addressed: float
    """Likelihood that it is addressed."""

    touched: float
    """Likelihood that it is touched on at least."""

    truth: Judgement
    """How its author judges."""


def committing(rows: Sequence[PlanSentence], encode: Callable[[Sequence[str]], Matrix]) -> Vector:
    """Return the direction from sentences that touch on items to those that address them."""
    kept = [one for one in rows if one.judgement != "not_found"]
    model = LogisticRegression(C=PROBE, max_iter=3000, class_weight="balanced")
    model.fit(encode([one.text for one in kept]), [one.judgement == "addressed" for one in kept])
    direction: Vector = np.round(model.coef_[0], 4).astype(np.float32)
    return direction


def parts_of(places: Sequence[Place], others: Sequence[Place]) -> list[list[Place]]:
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
    read: ReadPairs,
    parts: int | None = None,
) -> Plan:
    """Return what a plan and its parts say near each item, with the author's labels."""
    found = []
    others = places_of(other_matters().passages("other"))
    for places in parts_of(places_of(case.plan.passages(PLAN)), others)[:parts]:
        plain = [" ".join(one.text.split()) for one in places]
        judgements: list[Judgement | None] = []
        quoted = []
        for item in yardstick.items:
            gold = case.gold[item.id.partition(":")[2]]
            wanted = [" ".join(one.split()) for one in gold.quotes]
            held = [
                {at for at, text in enumerate(plain) if one in text or text in one}
                for one in wanted
            ]
            # How a part is judged that holds these of the quotes.
            left: Judgement | None = None if any(held) else "not_found"
            judgements.append(gold.judgement if all(held) else left)
            quoted.append(frozenset[int]().union(*held))
        evidence = evidence_of(places, yardstick, direction, encode, read)
        found.append(Read(case.name, evidence, judgements, quoted))
    return found


def of_sentences(plans: Sequence[Plan], *, plain: bool) -> tuple[Weighing, Weighing]:
    """Fit what tells of a sentence: that it speaks of an item, and that it addresses it."""
    rows, speaks, addresses = [], [], []
    for plan in (part for parts in plans for part in parts[:WHOLE]):
        for one, judgement, quoted in zip(plan.evidence, plan.judgements, plan.quoted, strict=True):
            for near in one.near:
                rows.append(near.figures)
                speaks.append(near.place in quoted)
                addresses.append(near.place in quoted and judgement == "addressed")
    says = [one for one in SAYS if not (plain and one in OF_ROWS)]
    does = [one for one in DOES if not (plain and one in OF_ROWS)]
    return fitted(rows, speaks, says), fitted(rows, addresses, does)


def of_items(plans: Sequence[Plan], *, plain: bool) -> tuple[Weighing, Weighing]:
    """Fit what tells of an item: that a plan touches on it, and that it addresses it."""
    rows, truth = [], []
    for plan in plans:
        says, does = of_sentences([one for one in plans if one is not plan], plain=plain)
        for part in plan:
            for one, judgement in zip(part.evidence, part.judgements, strict=True):
                if judgement:
                    rows.append(figures_of(weigh(says, does, one.near)))
                    truth.append(judgement)
    left = {f"best_{name}" for name in OF_ROWS} if plain else set()
    names = [one for one in rows[0] if one not in left]
    touched = fitted(rows, [one != "not_found" for one in truth], names)
    return touched, fitted(rows, [one == "addressed" for one in truth], names)


def fit(
    plans: Sequence[Plan], direction: Vector, made_from: dict[str, str], *, plain: bool
) -> Judge:
    """Fit a judge whose thresholds are still open."""
    says, does = of_sentences(plans, plain=plain)
    touched, addressed = of_items(plans, plain=plain)
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
        Said(whole.name, verdict.addressed, verdict.touched, truth)
        for whole in plan[:WHOLE]
        for verdict, truth in zip(map(judge.judge, whole.evidence), whole.judgements, strict=True)
        if truth
    ]


def left_out(plans: Sequence[Plan], direction: Vector, *, plain: bool) -> list[Said]:
    """Return what is said of each plan by a judge that was fitted on the others."""
    found = []
    for plan in plans:
        others = [other for other in plans if other is not plan]
        found += told(plan, fit(others, direction, {}, plain=plain))
    return found


def with_thresholds(judge: Judge, said: Sequence[Said]) -> Judge:
    """Set the thresholds at the best balanced accuracy on plans that were left out."""

    def best(truth: list[bool], given: list[float]) -> float:
        return round(float(best_cut(balanced_accuracy, truth, given)), 4)

    touched = best([one.truth != "not_found" for one in said], [one.touched for one in said])
    addressed = best([one.truth == "addressed" for one in said], [one.addressed for one in said])
    return judge.model_copy(update={"touched_from": touched, "addressed_from": addressed})


def judged(one: Said, judge: Judge) -> Judgement:
    """Return a judgement by its likelihoods."""
    if one.touched < judge.touched_from:
        return "not_found"
    return "addressed" if one.addressed >= judge.addressed_from else "touched_on"


def shown(title: str, said: Sequence[Said], judge: Judge) -> str:
    """Return precision and recall of each judgement and the share that is right, by plan."""
    pairs = [(one.plan, judged(one, judge), one.truth) for one in said]
    names = list(dict.fromkeys(one.plan for one in said))

    def share(given: Judgement | None, truth: Judgement | None) -> Estimate:
        """Return the share that is right of what is judged so and is so; none stands for any."""
        by_plan = []
        for name in names:
            counted = [
                one == other
                for plan, one, other in pairs
                if plan == name and given in (None, one) and truth in (None, other)
            ]
            by_plan.append((float(sum(counted)), float(len(counted))))
        return ratio(by_plan)

    found = {"right": share(None, None)}
    for name in JUDGEMENTS:
        found[f"precision of {name}"] = share(name, None)
        found[f"recall of {name}"] = share(None, name)
    lines = [f"{title}: {len(said)} items"]
    for told_of, one in found.items():
        low, high = one.low or 0.0, one.high or 0.0
        lines.append(f"  {told_of}: {one.value:.3f} ({low:.2f} to {high:.2f}), {one.n} plans")
    return "\n".join(lines)


def quoted_exactly(analyst: Analyst, plan: Document) -> tuple[int, int, float]:
    """Return how many quotes of an analysis stand in the plan as they are given, of how many.

    The third number is the seconds that the analysis took.
    """
    began = time.monotonic()
    made = analyst.analyse(plan)
    seconds = time.monotonic() - began
    texts = {one.id: one.text for one in plan.passages(PLAN)}
    quotes = [quote for one in made.findings for quote in (*one.quotes, *one.nearest)]
    quotes += [quote for one in made.partners for quote in one.quotes]
    exact = sum(texts[one.passage_id][one.start : one.end] == one.text for one in quotes)
    return exact, len(quotes), seconds


class ItemGold(Record):
    """What a plan says of an item, as its author holds."""

    item: str
    judgement: Judgement
    """How much of it the plan says."""

    quotes: tuple[str, ...] = ()
    """Sentences of the plan that say it, verbatim; one is enough."""


class PlanCase(NamedTuple):
    """A plan with its labels."""

    name: str
    """Name of its file, without the ending."""

    plan: Document
    gold: dict[str, ItemGold]
    """By item."""


def load_plans(*, test: bool) -> list[PlanCase]:
    """Read the plans for development, or those for the test, by name.

    Raises:
        BatchError: a label quotes what the plan does not say.
    """
    found = []
    for path in sorted(FOLDER.glob("*.md")):
        if (path.stem in TEST) == test:
            plan, gold = read_document(path), path.with_suffix(".gold.jsonl")
            rows = list(read_rows(gold, ItemGold))
            said = " ".join(" ".join(one.text for one in plan.sections).split())
            for row in rows:
                for quote in row.quotes:
                    if " ".join(quote.split()) not in said:
                        raise BatchError(f"{gold}: {path.name} does not say {quote!r}; quote it.")
            found.append(PlanCase(path.stem, plan, {one.item: one for one in rows}))
    return found


def other_matters() -> Document:
    """Return the chapters on other matters, which answer no item."""
    return read_document(FOLDER / OTHER)


def main() -> int:
    """Fit, report and write; or score the plans of the test."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help="a folder")
    parser.add_argument("--test", action="store_true", help="score what ships, and fit nothing")
    parser.add_argument(
        "--plain", action="store_true", help="as for a framework without labelled sentences"
    )
    options = parser.parse_args()
    settings, framework = Settings.from_environment(), Whole.read().framework
    try:
        embedder, pairs = ready_embedder(settings), PairModel(settings)
        rows = read_plan_sentences(shipped_framework(), framework.item_by_id)
        cases = load_plans(test=options.test)
    except SignpostError as error:
        sys.stderr.write(f"signpost: {error}\n")
        return 1

    def encode(texts: Sequence[str]) -> Matrix:
        return embed_kept(embedder, settings.home, texts)

    direction = committing(rows, encode)
    file = PLAIN if options.plain else FILE
    yardstick = Yardstick.of(framework, () if options.plain else rows, encode)
    judge = Judge.shipped(plain=options.plain) if options.test else None
    lies = judge.direction if judge else direction
    reading = embedder.embed_all, pairs.read
    parts = 1 if options.test else None
    plans = [read_case(one, yardstick, lies, *reading, parts) for one in cases]
    if judge:
        said = [one for plan in plans for one in told(plan, judge)]
    else:
        gold = [one for case in cases for one in case.gold.values()]
        made_from = {
            "rows": digest_of(rows),
            "plans": digest_of([*(case.plan for case in cases), *gold]),
            "framework": digest_of([framework.source, *framework.passages]),
            "pairs": sha256_of_file(tuned_path()),
            "encoder": WEIGHTS,
        }
        said = left_out(plans, direction, plain=options.plain)
        fitted_on_all = fit(plans, direction, made_from, plain=options.plain)
        judge = with_thresholds(fitted_on_all, said)
        data = json.dumps(judge.model_dump(mode="json"), indent=1)
        (options.out / file).write_text(f"{data}\n", "utf-8")
    title = "test" if options.test else "each plan left out"
    sys.stdout.write(f"{shown(f'{file}, {title}', said, judge)}\n")
    if options.test:
        analyst = Analyst.open(settings, Whole.read(), rows)
        for case in cases:
            exact, total, seconds = quoted_exactly(analyst, case.plan)
            sys.stdout.write(f"{case.name}: {exact} of {total} quotes exact, {seconds:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
