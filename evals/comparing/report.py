"""What a report on a run holds: scores, cases with their answers, and what of the page is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpus.passage import Passage, Record
from corpus.structure.graph import Framework
from corpus.whole import Whole
from evals.cases.case import Case, load_cases
from evals.cases.coverage import asked_by, cited_by
from evals.cases.hostile import hostile_note
from evals.comparing.compare import Comparison, compare_runs
from evals.folder import CASES, AnswerRow, load_answers
from evals.metrics.score import score_run
from evals.metrics.scores import Score
from evals.metrics.summary import Summary

_COUNTED = ("asked", "right", "citing", "citations")


class Told(Record):
    """A case with its answer and its scores."""

    case: Case
    row: AnswerRow
    score: Score


class Covered(Record):
    """An item of the framework, or a note, with how often it is asked for and cited."""

    id: str
    title: str
    """Its title, or its words where it has none."""

    kind: str
    """Its kind in the plural: `capabilities`, `notes`."""

    group: str
    """Title of the item at the top that it stands under; empty for a note."""

    asked: int = 0
    """Cases whose gold names it."""

    right: int = 0
    """Those of them that are right."""

    citing: int = 0
    """Answers that cite it."""

    citations: int = 0
    """Citations of it in all answers."""


class Report(Record):
    """All that a report shows."""

    name: str
    summary: Summary
    """Scores over all cases, those that are held out included."""

    told: tuple[Told, ...]
    """The cases that may be read, in their order."""

    held_out: int
    """Cases of the test and calibration splits, which are counted and not shown."""

    covered: tuple[Covered, ...]
    """Every item below the top of the framework, in its order, then every note."""

    seconds: tuple[float, ...]
    """Time that each question took, ascending."""

    comparison: Comparison | None
    """This run beside another, where one was given."""

    passages: dict[str, Passage]
    """What quotes are shown in, by id: the edition that ships, and hostile passages if asked over
    them."""

    framework: Framework


def gather(folder: Path, against: Path | None = None, *, held_out: bool = False) -> Report:
    """Score a run and gather what a report on it shows.

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
    passages = dict(whole.corpus.by_id)
    if scores.summary.config.hostile:
        passages |= {one.id: one for one in hostile_note(whole).passages}
    return Report(
        name=folder.resolve().name,
        summary=scores.summary,
        told=shown,
        held_out=len(told) - len(shown),
        covered=cover(told, whole),
        seconds=tuple(sorted(one.row.seconds for one in told)),
        comparison=compare_runs(against, folder, held_out=held_out) if against else None,
        passages=passages,
        framework=whole.framework,
    )


def cover(told: Sequence[Told], whole: Whole) -> tuple[Covered, ...]:
    """Return how often each item below the top of the framework, and each note, is asked and cited.

    A note counts as a whole, whichever of its sections is gold or cited.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in _COUNTED}
    for one in told:
        gold, cited = asked_by(one.case), cited_by(one.row.answer)
        counts["asked"].update(gold)
        counts["right"].update(gold if one.score.right else ())
        counts["citing"].update(set(cited))
        counts["citations"].update(cited)
    return tuple(
        thing.model_copy(update={name: counted[thing.id] for name, counted in counts.items()})
        for thing in _things(whole)
    )


def _things(whole: Whole) -> Iterator[Covered]:
    framework = whole.framework
    facets = {kind.id: kind.facet for kind in framework.kinds}
    tops = {kind.id for kind in framework.top_kinds}
    for item in framework.items:
        if item.kind not in tops:
            title = item.title or framework.passage_by_id[item.id].text
            group = framework.top(item.id).title
            yield Covered(id=item.id, title=title, kind=facets[item.kind], group=group)
    for note in whole.notes:
        yield Covered(id=note.source.id, title=note.source.title, kind="notes", group="")
