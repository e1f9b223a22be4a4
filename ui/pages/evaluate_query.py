"""What is asked of the Evaluate workspace: by its address, and by the form of a case or a row."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Generic, Literal, NamedTuple, Self, TypeVar, get_args
from urllib.parse import urlencode

from pydantic import Field, ValidationError

from assistant.records import Operation, Status
from assistant.remarks import Feedback
from assistant.understanding.linking import wordings_by_id
from assistant.understanding.reader import FACETS
from corpus.passage import Record
from corpus.readers.questions import Asked, LabelledQuestion
from corpus.whole import Whole
from evals.cases.case import Audience, Case, Split
from evals.cases.own_cases import Problems, listed_gold, sorted_gold
from evals.metrics.scores import Score
from ui.words.phrases import say

PATH, LONGEST, PAGE_OF = "/evaluate", 200, 25
"""Address of the workspace, characters of a value that are read, and entries on a page."""

Show = Literal["runs", "families", "cases", "plots", "compare", "own", "form", "reports", "learn"]
"""Views of the workspace; the first shows all runs, or the figures of the one that is asked for."""

Verdict = Literal["", "wrong", "right", "broken", "fixed"]

T = TypeVar("T")


class Query(Record):
    """One view of the workspace; what is not there is empty."""

    show: Show = "runs"
    run: str = ""
    against: str = ""
    """Name of the run, and of that which it is compared with."""

    case: str = ""
    verdict: Verdict = ""
    family: str = ""
    type: str = ""
    words: str = ""
    """Only cases that hold these words in question, id or family."""

    page: int = Field(1, ge=1)
    held: Literal["", "yes"] = ""
    report: str = ""
    """Whether cases that are held out were asked for; and id of what a user reported."""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """Return what an address asks for; what cannot be read counts as not there."""
        read: dict[str, object] = {}
        for name in given.keys() & cls.model_fields.keys():
            with suppress(ValidationError):
                read[name] = getattr(cls.model_validate({name: given[name][:LONGEST]}), name)
        return cls.model_validate(read)

    def address(self, **changes: object) -> str:
        """Return the address of this view with some values changed."""
        values = self.model_copy(update=changes).model_dump(exclude_defaults=True)
        return f"{PATH}?{urlencode(values)}" if values else PATH


class Listed(NamedTuple, Generic[T]):
    """One page of a list."""

    items: Sequence[T]
    first: int
    last: int
    total: int
    """Places of its first and last entry, from 1, and entries of the whole list."""

    before: str
    after: str
    """Addresses of the page before, empty on the first, and of the next, empty on the last."""

    @classmethod
    def of(cls, found: Sequence[T], query: Query) -> "Listed[T]":
        """Return the page that is asked for, or the last one."""
        pages = max(1, -(-len(found) // PAGE_OF))
        page = min(query.page, pages)
        start = (page - 1) * PAGE_OF
        items = found[start : start + PAGE_OF]
        before = query.address(page=page - 1) if page > 1 else ""
        after = query.address(page=page + 1) if page < pages else ""
        return cls(items, start + 1, start + len(items), len(found), before, after)


def is_readable(one: Score, query: Query) -> bool:
    """Return whether a case may be shown: it may be tuned by, or was asked for deliberately."""
    return query.held == "yes" or one.split == "development"


def fits(one: Score, query: Query) -> bool:
    """Return whether a case may be shown, and the filters leave it.

    A verdict on two runs, which lists of one do not offer, leaves every case.
    """
    return (
        is_readable(one, query)
        and query.verdict != ("wrong" if one.right else "right")
        and query.family in ("", one.family)
        and query.type in ("", one.type)
        and has_words(one, query.words)
    )


def has_words(one: Score | Case, words: str) -> bool:
    """Return whether id, family and question of a case hold all words."""
    text = f"{one.id} {one.family} {one.question}".casefold()
    return all(word in text for word in words.casefold().split())


STATUSES = tuple(one for one in get_args(Status) if one != "safeguarding")
"""What becomes of a question, in the order of how much is answered."""

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

AUTHOR, HAND = "evaluator", "zz"
"""Who is said to have written a case, or a labelled row; no name is kept with it."""

OPERATIONS = {"inverse": "which", "negate": "without", "verify": "check"}
"""What labelled rows call types of cases that they have another name for."""

Typed = Mapping[str, str]
"""What stands in the form: a text for each field, a line for each of several."""


def choices() -> dict[str, dict[str, str]]:
    """Return what may be chosen, by field and value."""
    named = {"type": get_args(Operation), "split": get_args(Split), "audience": get_args(Audience)}
    named |= {"status": STATUSES, "facets": FACETS, "answerable": ("yes", "no")}
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
    held = case.gold.model_dump() | case.model_dump() | {"gold": listed_gold(case.gold)}
    held |= {"edited": edited, "answerable": "yes" if case.answerable else "no"}
    held |= {name: "\n".join(held[name]) for name in LINES if name in held}
    return blank(case.id) | {name: held[name] for name in FIELDS if name in held}


def typed_of_report(one: Feedback, case_id: str) -> dict[str, str]:
    """Return the form as what a user reported begins it; the label is for whoever writes it."""
    note = say("evaluate.reported", verdict=say(f"feedback.{one.verdict}"), day=one.time[:10])
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
    return {
        **(before.model_dump() if before else {}),
        **{name: typed[name] for name in ("id", "question", "type", "family", "split", "note")},
        **{name: lines[name] for name in ("turns", "must_contain", "must_not_contain")},
        "audience": typed["audience"] or "any",
        "gold": gold | {"value": typed["value"].casefold()},
        "answerable": typed["answerable"] != "no",
        "author": AUTHOR,
        "added": datetime.now(UTC).date().isoformat(),
    }


def row_of(
    typed: Typed, whole: Whole, rows: Sequence[LabelledQuestion]
) -> tuple[LabelledQuestion | None, Problems]:
    """Return a labelled row, in place of one of the same question, or what is wrong with it."""
    named, gold = lines_of(typed["subjects"]), lines_of(typed["gold"])
    problems: Problems = {}
    # The whole framework is a subject too.
    if lost := [one for one in named if one not in {"all", *wordings_by_id(whole.framework)}]:
        problems["subjects"] = say("evaluate.no_subject", ids=", ".join(lost[:5]))
    if lost := [one for one in gold if one not in whole.corpus.by_id]:
        problems["gold"] = say("evaluate.no_such_passage", ids=", ".join(lost[:5]))
    answerable = typed["answerable"] != "no"
    if answerable and not (named or gold):
        problems["gold"] = say("evaluate.needs_label")
    if gold and not answerable:
        problems["answerable"] = say("evaluate.needs_no_gold")
    by_question = {one.question.casefold(): one.id for one in reversed(rows)}
    taken = {one.id for one in rows}
    free = next(one for one in (f"{HAND}-{n:04d}" for n in range(1, 10_000)) if one not in taken)
    turns = lines_of(typed["turns"])
    try:
        row = LabelledQuestion(
            id=by_question.get(typed["question"].casefold(), free),
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
