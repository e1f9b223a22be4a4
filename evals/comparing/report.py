"""What a report on a run holds: scores, cases with their answers, and what of the page is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from assistant.records import Answer
from corpus.passage import Passage, Record
from corpus.structure.graph import Framework
from corpus.whole import Whole
from evals.cases.case import Case, load_cases
from evals.cases.hostile import hostile_note
from evals.cases.suites import FULL, read_suite
from evals.comparing.compare import Comparison, compare_runs
from evals.folder import CASES, AnswerRow, load_answers, load_config
from evals.metrics import metrics
from evals.metrics.score import score_run
from evals.metrics.scores import Score, Summary

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
    told = tuple(Told(case=cases[one.id], row=rows[one.id], score=one) for one in scores.cases)
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
        gold, cited = _asked_by(one.case), _cited_by(one.row.answer)
        counts["asked"].update(gold)
        counts["right"].update(gold if one.score.right else ())
        counts["citing"].update(set(cited))
        counts["citations"].update(cited)
    framework, found = whole.framework, []

    def add(id_: str, title: str, kind: str, group: str = "") -> None:
        counted = {name: count[id_] for name, count in counts.items()}
        found.append(Covered(id=id_, title=title, kind=kind, group=group, **counted))

    tops = {kind.id for kind in framework.top_kinds}
    facets = {kind.id: kind.facet for kind in framework.kinds if kind.id not in tops}
    for item in framework.items:
        if item.kind in facets:
            title = item.title or framework.passage_by_id[item.id].text
            add(item.id, title, facets[item.kind], framework.top(item.id).title)
    for note in whole.notes:
        add(note.source.id, note.source.title, "notes")
    return tuple(found)


class LeftOut(Record):
    """Things of one kind, and which of them were left out."""

    kind: str
    """What they are: `capability`, `note`."""

    total: int
    unasked: tuple[str, ...]
    """Ids of those that are gold of no case."""

    uncited: tuple[str, ...] | None
    """Ids of those that no answer of the run cites; none without a run."""


class Coverage(Record):
    """The audit of suite and run, kind by kind."""

    cases: int
    """Cases of the full suite, of every split."""

    answers: int | None
    """Answers of the run; none without a run."""

    kinds: tuple[LeftOut, ...]
    """Kinds of item in the order of the framework, then notes."""

    def table(self) -> str:
        """Return it as text for a terminal: a line for each kind, then the ids left out."""
        run = "" if self.answers is None else f"; a run of {self.answers} answers"
        lines = [f"The full suite: {self.cases} cases{run}", ""]
        lines.append(f"{'kind':<14}{'in all':>8}{'not asked for':>16}{'not cited':>12}")
        for one in self.kinds:
            uncited = "" if one.uncited is None else str(len(one.uncited))
            lines.append(f"{one.kind:<14}{one.total:>8}{len(one.unasked):>16}{uncited:>12}")
        for one in self.kinds:
            if one.unasked:
                lines.append(f"No case asks for this {one.kind}: {' '.join(one.unasked)}")
            if one.uncited:
                lines.append(f"No answer cites this {one.kind}: {' '.join(one.uncited)}")
        return "\n".join(lines)


def audit(folder: Path | None = None) -> Coverage:
    """Say what no case of the full suite asks for, and what no answer of a run cites.

    A case asks for what is its gold; what is merely allowed is not asked for. Of the cases ids
    alone are read.

    Raises:
        BatchError: the folder is no run folder, or a case file is not in its form.
    """
    cases = read_suite(FULL)
    rows = load_answers(folder) if folder and load_config(folder) else None
    asked = {id_ for case in cases for id_ in _asked_by(case)}
    cited = {id_ for row in rows or () for id_ in _cited_by(row.answer)}
    whole = Whole.read()
    kinds = whole.framework.kinds
    things = {kind.id: [item.id for item in whole.framework.of_kind(kind.id)] for kind in kinds}
    things["note"] = [note.source.id for note in whole.notes]
    found = tuple(
        LeftOut(
            kind=kind,
            total=len(ids),
            unasked=tuple(one for one in ids if one not in asked),
            uncited=None if rows is None else tuple(one for one in ids if one not in cited),
        )
        for kind, ids in things.items()
    )
    return Coverage(cases=len(cases), answers=None if rows is None else len(rows), kinds=found)


def _asked_by(case: Case) -> set[str]:
    """Return what a case asks for: items, and notes as a whole."""
    return {*case.gold.items(), *metrics.units(case.gold.facts)}


def _cited_by(answer: Answer | None) -> list[str]:
    """Return what an answer cites, as often as it does: items, and notes as a whole."""
    statements = answer.statements if answer else ()
    return [one.passage_id.partition("#")[0] for said in statements for one in said.citations]
