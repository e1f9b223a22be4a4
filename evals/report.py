"""What a report on a run holds: scores, cases with their answers, and what of the page is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from corpus.passage import Corpus, Record
from corpus.structure import Framework
from corpus.whole import Whole
from evals.case import Case, load_cases
from evals.compare import Comparison, compare_runs
from evals.folder import CASES, AnswerRow, load_answers
from evals.score import cited_ids, score_run
from evals.summary import Score, Summary


class Told(Record):
    """A case with its answer and its scores."""

    case: Case
    """What was asked, and the gold."""

    row: AnswerRow
    """What was answered."""

    score: Score
    """What that is worth."""


class Covered(Record):
    """An item of the framework, with how often it is asked for and cited."""

    id: str
    """The item."""

    title: str
    """Its title, or its words where it has none."""

    kind: str
    """Its kind in the plural: `capabilities`."""

    group: str
    """Title of the item at the top that it stands under."""

    asked: int
    """Cases whose gold names it."""

    right: int
    """Those of them that are right."""

    citing: int
    """Answers that cite it."""

    citations: int
    """Citations of it in all answers."""


class Report(Record):
    """All that a report shows."""

    name: str
    """Name of the run folder."""

    summary: Summary
    """Scores over all cases, those that are held out included."""

    told: tuple[Told, ...]
    """The cases that may be read, in their order."""

    held_out: int
    """Cases of the test and calibration splits, which are counted and not shown."""

    covered: tuple[Covered, ...]
    """Every item below the top of the framework, in its order."""

    seconds: tuple[float, ...]
    """Time that each question took, ascending."""

    comparison: Comparison | None
    """This run beside another, where one was given."""

    corpus: Corpus
    """The edition that quotes are shown in: the one that ships."""

    framework: Framework
    """Its framework."""


def gather(folder: Path, against: Path | None = None, *, held_out: bool = False) -> Report:
    """Score a run and gather what a report on it shows.

    Args:
        folder: the run folder.
        against: another run, which this one is compared with.
        held_out: whether cases of the test and calibration splits are shown too.

    Raises:
        BatchError: one is no run folder, or they have no case in common.
    """
    scores = score_run(folder)
    cases = {case.id: case for case in load_cases(folder / CASES)}
    rows = {row.id: row for row in load_answers(folder)}
    told = tuple(
        Told(case=cases[score.id], row=rows[score.id], score=score) for score in scores.cases
    )
    shown = tuple(one for one in told if held_out or one.case.split == "development")
    whole = Whole.read()
    return Report(
        name=folder.resolve().name,
        summary=scores.summary,
        told=shown,
        held_out=len(told) - len(shown),
        covered=cover(told, whole.framework),
        seconds=tuple(sorted(one.row.seconds for one in told)),
        comparison=compare_runs(against, folder, held_out=held_out) if against else None,
        corpus=whole.corpus,
        framework=whole.framework,
    )


def cover(told: Sequence[Told], framework: Framework) -> tuple[Covered, ...]:
    """Return how often each item below the top of the framework is asked for and cited."""
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    citing: Counter[str] = Counter()
    citations: Counter[str] = Counter()
    for one in told:
        gold = {item for ids in one.case.gold.ids().values() for item in ids}
        asked.update(gold)
        right.update(gold if one.score.right else ())
        if one.row.answer:
            citing.update(cited_ids(one.row.answer, gold))
            citations.update(
                cited.passage_id for said in one.row.answer.statements for cited in said.citations
            )
    facets = {kind.id: kind.facet for kind in framework.kinds}
    tops = {kind.id for kind in framework.top_kinds}
    return tuple(
        Covered(
            id=item.id,
            title=item.title or framework.passage_by_id[item.id].text,
            kind=facets[item.kind],
            group=framework.top(item.id).title,
            asked=asked[item.id],
            right=right[item.id],
            citing=citing[item.id],
            citations=citations[item.id],
        )
        for item in framework.items
        if item.kind not in tops
    )
