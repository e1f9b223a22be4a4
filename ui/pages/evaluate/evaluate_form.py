"""The form by which a case or a labelled row is written: its fields, and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import get_args

from pydantic import ValidationError

from assistant.records import Operation
from assistant.safety.feedback import Feedback
from assistant.understanding.linking import wordings_by_id
from assistant.understanding.reader import FACETS
from corpus.readers.questions import Asked, LabelledQuestion
from corpus.whole import Whole
from evals.cases.case import Audience, Case, Split
from evals.cases.own_cases import Problems, listed_gold, sorted_gold
from ui.words.answer_text import verdict_name
from ui.words.catalogue import say

STATUSES = ("answered", "partial", "not_covered", "clarify", "out_of_scope", "declined")
"""Statuses that may be named as right; messages for safeguarding are no cases of one's own."""

LINES = (
    "turns", "gold", "allowed", "must_contain", "must_not_contain", "status", "facets", "subjects",
)  # fmt: skip
"""Fields with one value a line."""

FREE = ("question", "turns", "must_contain", "must_not_contain", "note")
"""Fields that hold somebody's own words."""

FIELDS = (
    *FREE, "id", "type", "family", "split", "audience", "gold", "allowed", "value", "status",
    "answerable", "facets", "subjects", "edited", "find",
)  # fmt: skip

AUTHOR = "evaluator"
"""Who is said to have written a case; no name is kept with it."""

HAND = "zz"
"""The same, for a labelled row."""

WHOLE = "all"
"""What stands for the whole framework among subjects."""

OPERATIONS = {"inverse": "which", "negate": "without", "verify": "check"}
"""What labelled rows call types of cases that they have another name for."""

Typed = Mapping[str, str]
"""What stands in the form: a text for each field, a line for each of several."""


def choices() -> dict[str, dict[str, str]]:
    """Return what may be chosen, by field and value."""
    named = {
        "type": get_args(Operation),
        "split": get_args(Split),
        "audience": get_args(Audience),
        "status": STATUSES,
        "facets": FACETS,
        "answerable": ("yes", "no"),
    }
    return {field: named_of(field, values) for field, values in named.items()}


def named_of(field: str, values: Sequence[str]) -> dict[str, str]:
    """Return what may be chosen in a field, with its names."""
    return {one: say(f"evaluate.{field}_{one}") for one in values}


def blank(case_id: str, **typed: str) -> dict[str, str]:
    """Return an empty form, but for what is given."""
    first = {"family": "own", "type": "list", "split": "development", "audience": "any"}
    return {**dict.fromkeys(FIELDS, ""), **first, "id": case_id, "answerable": "yes", **typed}


def typed_of(case: Case, edited: str) -> dict[str, str]:
    """Return a case as it stands in the form; what the form does not show stays with the case."""
    answerable = "yes" if case.answerable else "no"
    held = case.gold.model_dump() | case.model_dump() | {"gold": listed_gold(case.gold)}
    held |= {"edited": edited, "answerable": answerable}
    lines = {name: "\n".join(held[name]) for name in LINES if name in held}
    return blank(case.id) | {name: held[name] for name in FIELDS if name in held} | lines


def typed_of_report(one: Feedback, case_id: str) -> dict[str, str]:
    """Return the form as what a user reported begins it; the label is for whoever writes it."""
    note = say("evaluate.reported", verdict=verdict_name(one.verdict), day=one.time[:10])
    return blank(
        case_id,
        question=one.resolved_question or one.question,
        family="reported",
        note=f"{note} {one.comment}".strip(),
    )


def values_of_case(typed: Typed, whole: Whole, before: Case | None) -> dict[str, object]:
    """Return the fields of a case; what the form does not show stays as it was before."""
    hidden = {"resolved", "safeguarding", "verdict", "personal"}
    lines = {name: lines_of(typed[name]) for name in LINES}
    gold: dict[str, object] = before.gold.model_dump(include=hidden) if before else {}
    gold |= sorted_gold(lines["gold"], whole.framework)
    gold |= {name: lines[name] for name in ("allowed", "status")}
    gold["value"] = typed["value"].casefold()
    return {
        **(before.model_dump() if before else {}),
        **{name: typed[name] for name in ("id", "question", "type", "family", "split")},
        **{name: lines[name] for name in ("turns", "must_contain", "must_not_contain")},
        "audience": typed["audience"] or "any",
        "gold": gold,
        "answerable": typed["answerable"] != "no",
        "note": typed["note"],
        "author": AUTHOR,
        "added": datetime.now(UTC).date().isoformat(),
    }


def row_of(
    typed: Typed, whole: Whole, rows: Sequence[LabelledQuestion]
) -> tuple[LabelledQuestion | None, Problems]:
    """Return a labelled row of what stands in the form, or what is wrong with it.

    Args:
        typed: what stands in the form.
        whole: what ids are held against.
        rows: those that there are; one with the same question is replaced.
    """
    named, gold = lines_of(typed["subjects"]), lines_of(typed["gold"])
    problems: Problems = {}
    if lost := [one for one in named if one not in {WHOLE, *wordings_by_id(whole.framework)}]:
        problems["subjects"] = say("evaluate.no_subject", ids=", ".join(lost[:5]))
    if lost := [one for one in gold if one not in whole.corpus.by_id]:
        problems["gold"] = say("evaluate.no_such_passage", ids=", ".join(lost[:5]))
    answerable = typed["answerable"] != "no"
    if answerable and not named and not gold:
        problems["gold"] = say("evaluate.needs_label")
    if not answerable and gold:
        problems["answerable"] = say("evaluate.needs_no_gold")
    taken = {one.id: one for one in rows}
    same = [one.id for one in rows if one.question.casefold() == typed["question"].casefold()]
    free = (one for one in (f"{HAND}-{n:04d}" for n in range(1, 10_000)) if one not in taken)
    turns = lines_of(typed["turns"])
    try:
        row = LabelledQuestion(
            id=same[0] if same else next(free),
            question=typed["question"],
            turns=turns,
            asked=Asked(
                operation=OPERATIONS.get(typed["type"], typed["type"]),  # type: ignore[arg-type]
                facets=lines_of(typed["facets"]),
                subjects=named,
                carries=("subjects",) if turns else (),
            ),
            answers=gold,
            answerable=answerable,
            voice="formal",
            author=HAND,
            split="train",
        )
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        problems.setdefault("type" if field == "asked" else field, say("evaluate.type_it"))
        return None, problems
    return (None if problems else row), problems


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of a field that hold something, each once."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
