"""What a report on a run holds: scores, cases with their answers, and what of the page is asked."""

from collections import Counter
from pathlib import Path

from assistant.records import Answer
from corpus.passage import Passage, Record
from corpus.whole import Whole
from evals.cases.case import Case
from evals.cases.suites import FULL, read_suite
from evals.comparing.compare import Baseline, Comparison, compare
from evals.folder import load_answers, load_config
from evals.metrics import metrics
from evals.metrics.score import Scores, passages_of, score_run
from evals.metrics.scores import Score


class Covered(Record):
    """An item of the framework, or a note, with how often it is asked for and cited."""

    id: str
    title: str
    """Its title, or its words where it has none."""

    kind: str
    group: str
    """Its kind in the plural: `capabilities`, `notes`, and the title of the item at the top that it
    stands under; empty for a note."""

    asked: int
    right: int
    """Cases whose gold names it, and those of them that are right."""

    citing: int
    citations: int
    """Answers that cite it, and citations of it in all answers."""


class Report(Record):
    """All that a report shows."""

    name: str
    run: Scores
    """With all cases, those that are held out included."""

    shown: tuple[Score, ...]
    held_out: int
    """Scores of the cases that may be read, in their order, and how many cases are of the test and
    calibration splits, which are counted and not shown."""

    covered: tuple[Covered, ...]
    """Every item below the top of the framework, in its order, then every note."""

    comparison: Comparison | None
    """This run beside another, if one was given."""

    passages: dict[str, Passage]
    """What quotes are shown in, by id: the edition that ships, and hostile passages if asked over
    them."""


def gather(folder: Path, against: Path | None = None, *, held_out: bool = False) -> Report:
    """Score a run and gather what a report on it shows.

    BatchError if one is no run folder, or they have no case in common.
    """
    run = score_run(folder)
    shown = tuple(one for one in run.cases if held_out or one.split == "development")
    before = Baseline.of(score_run(against)) if against else None
    whole = Whole.read()
    return Report(
        name=folder.resolve().name,
        run=run,
        shown=shown,
        held_out=len(run.cases) - len(shown),
        covered=cover(run, whole),
        comparison=compare(before, Baseline.of(run), held_out=held_out) if before else None,
        passages=passages_of(whole, hostile=bool(run.summary.config.hostile)),
    )


def cover(run: Scores, whole: Whole) -> tuple[Covered, ...]:
    """Return how often each item below the top of the framework, and each note, is asked and cited.

    A note counts as a whole, whichever of its sections is gold or cited.
    """
    counts = {name: Counter[str]() for name in ("asked", "right", "citing", "citations")}
    for one in run.cases:
        gold, cited = _asked_by(run.asked[one.id]), _cited_by(run.rows[one.id].answer)
        counts["asked"].update(gold)
        counts["right"].update(gold if one.right else ())
        counts["citing"].update(set(cited))
        counts["citations"].update(cited)

    def covered(id_: str, title: str, kind: str, group: str = "") -> Covered:
        found = {name: count[id_] for name, count in counts.items()}
        return Covered(id=id_, title=title, kind=kind, group=group, **found)

    framework = whole.framework
    facets = {kind.id: kind.facet for kind in framework.kinds if kind not in framework.top_kinds}
    below = [one for one in framework.items if one.kind in facets]
    return (
        *(covered(o.id, o.label, facets[o.kind], framework.top(o.id).title) for o in below),
        *(covered(note.source.id, note.source.title, "notes") for note in whole.notes),
    )


def audit(folder: Path | None = None) -> str:
    """Say what no case of the full suite asks for, and what no answer of a run cites.

    A line for each kind of item, in the order of the framework, and for notes; then the ids. A case
    asks for what is its gold; what is merely allowed is not asked for. BatchError if the folder is
    no run folder, or a case file is not in its form.
    """
    cases, whole = read_suite(FULL), Whole.read()
    rows = load_answers(folder) if folder and load_config(folder) else None
    asked = {id_ for case in cases for id_ in _asked_by(case)}
    cited = {id_ for row in rows or () for id_ in _cited_by(row.answer)}
    framework = whole.framework
    things = {one.id: [item.id for item in framework.of_kind(one.id)] for one in framework.kinds}
    things["note"] = [note.source.id for note in whole.notes]
    run = "" if rows is None else f"; a run of {len(rows)} answers"
    head = f"{'kind':<14}{'in all':>8}{'not asked for':>16}{'not cited':>12}"
    lines, named = [f"The full suite: {len(cases)} cases{run}", "", head], []
    for kind, ids in things.items():
        unasked = [one for one in ids if one not in asked]
        uncited = [one for one in ids if one not in cited and rows is not None]
        told = "" if rows is None else len(uncited)
        lines.append(f"{kind:<14}{len(ids):>8}{len(unasked):>16}{told:>12}")
        for what, left in (("No case asks for", unasked), ("No answer cites", uncited)):
            named += [f"{what} this {kind}: {' '.join(left)}"] if left else []
    return "\n".join([*lines, *named])


def _asked_by(case: Case) -> set[str]:
    """Return what a case asks for: items, and notes as a whole."""
    return {*case.gold.items(), *metrics.units(case.gold.facts)}


def _cited_by(answer: Answer | None) -> list[str]:
    """Return what an answer cites, as often as it does: items, and notes as a whole."""
    statements = answer.statements if answer else ()
    return [one.passage_id.partition("#")[0] for said in statements for one in said.citations]
