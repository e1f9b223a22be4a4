"""What of the corpus no case asks for, and what no answer of a run cites."""

from __future__ import annotations

from pathlib import Path

from assistant.records import Answer
from corpus.passage import Record
from corpus.whole import Whole
from evals.cases.case import Case
from evals.cases.suites import FULL, read_suite
from evals.folder import load_answers, load_config

NOTE = "note"
"""Kind of a guidance note, beside the kinds of item that the framework has."""


class Covered(Record):
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

    kinds: tuple[Covered, ...]
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

    A case asks for what is its gold; what is merely allowed is not asked for. A note counts as a
    whole, whichever of its sections is gold or cited. Of the cases ids alone are read.

    Raises:
        BatchError: the folder is no run folder, or a case file is not in its form.
    """
    cases = read_suite(FULL)
    rows = load_answers(folder) if folder and load_config(folder) else None
    asked = {id_ for case in cases for id_ in asked_by(case)}
    cited = None if rows is None else {id_ for row in rows for id_ in cited_by(row.answer)}
    whole = Whole.read()
    kinds = whole.framework.kinds
    things = {kind.id: [item.id for item in whole.framework.of_kind(kind.id)] for kind in kinds}
    things[NOTE] = [note.source.id for note in whole.notes]
    found = tuple(
        Covered(
            kind=kind,
            total=len(ids),
            unasked=tuple(one for one in ids if one not in asked),
            uncited=None if cited is None else tuple(one for one in ids if one not in cited),
        )
        for kind, ids in things.items()
    )
    return Coverage(cases=len(cases), answers=None if rows is None else len(rows), kinds=found)


def asked_by(case: Case) -> set[str]:
    """Return what a case asks for: items, and notes as a whole."""
    return {*case.gold.items(), *(one.partition("#")[0] for one in case.gold.facts)}


def cited_by(answer: Answer | None) -> list[str]:
    """Return what an answer cites, as often as it does: items, and notes as a whole."""
    statements = answer.statements if answer else ()
    return [one.passage_id.partition("#")[0] for said in statements for one in said.citations]
