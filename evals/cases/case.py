"""The records of a test case, Gold and Case, and the reading of case files."""

from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, ValidationError

from assistant.errors import BatchError
from assistant.home import read_text
from assistant.records import Operation, Status
from corpus.passage import Record, refusal_of

Split = Literal["development", "calibration", "test"]
"""What may be looked at while tuning, what an operating point is chosen on, and what is run once
at the end; the last two are read as totals only."""

TwoSplits = Literal["development", "test"]
SPLITS: tuple[TwoSplits, ...] = get_args(TwoSplits)
"""The splits of what lies in a folder of its own; nothing in these is calibrated on."""

Audience = Literal["officer", "trainer", "evaluator", "any"]

FACETS: tuple[str, ...] = ("pillars", "capabilities", "outcomes", "partners", "statements")
"""Fields of Gold that hold ids; each is the name of a facet in `framework.toml`."""


class Gold(Record):
    """What a right answer rests on. Ids are full (`gsr:C12`); a facet without ids is not scored.

    `allowed` keeps a listed id from counting against precision; it never counts for recall. An
    author may put an id there for one of these reasons only, and never to excuse a known failure:

    * the question asks by topic, and a careful reader could hold that the item bears on it;
    * the question asks by topic for a facet of a group, and the id is of the same facet of the same
      group: showing the whole list with the gold first does no harm;
    * the id is the subject of the question, stands above it, or is the printed evidence for a yes,
      a no or a number.
    """

    pillars: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    """What the answer names or cites, all of it; direct outcomes first where the order matters."""

    allowed: tuple[str, ...] = ()
    """Ids of any facet that may be listed without harm."""

    facts: tuple[str, ...] = ()
    """Passages of guidance that it cites, all of them."""

    value: str = Field(default="", pattern=r"^(\d+|yes|no)?$")
    safeguarding: str = Field(default="", pattern=r"^[A-J]?$")
    """The number asked for, in digits, or the reply to a yes-or-no question; and the letter of the
    safeguarding case, empty for an ordinary question."""

    status: tuple[Status, ...] = ()
    """Every status that is right, where what follows from `answerable` would be too wide."""

    resolved: tuple[str, ...] = ()
    """Strings that the question as understood holds, case ignored, where earlier turns count."""

    verdict: Literal["", "supported", "partial", "unsupported"] = ""
    personal: tuple[str, ...] | None = None
    """What the checker says of a claim, empty for a question; and kinds of personal data that the
    question holds, empty if it holds none, null where it is not looked at."""

    def ids(self) -> dict[str, tuple[str, ...]]:
        """Return the ids of each facet that is scored."""
        return {facet: ids for facet in FACETS if (ids := getattr(self, facet))}

    def items(self) -> tuple[str, ...]:
        """Return the ids of all facets, in the order of the fields."""
        return tuple(one for ids in self.ids().values() for one in ids)


class Case(Record):
    """A question with what a right answer to it holds."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    """Unique in a suite, and stable: scores of two runs are paired by it."""

    question: str = Field(min_length=1)
    turns: tuple[str, ...] = ()
    """Earlier questions of the same conversation, oldest first."""

    type: Operation
    family: str = Field(pattern=r"^[a-z][a-z-]*$")
    split: Split
    suite: str = ""
    """Group of cases that a score is shown for, and suite of shipped cases that it belongs to, such
    as `framework-dev`."""

    audience: Audience = "any"
    gold: Gold = Gold()
    must_contain: tuple[str, ...] = ()
    must_not_contain: tuple[str, ...] = ()
    """Strings that the answer shows, and does not show, case ignored."""

    answerable: bool = True
    """Whether the corpus answers it, wholly or in the part that `gold` holds."""

    context: str = ""
    """Words that `question`, then a claim, is held against by the checker; empty for a question."""

    over: Literal["", "hostile"] = ""
    tags: tuple[str, ...] = ()
    """What it is asked over: the corpus that ships, or that with hostile passages in it; and what
    else to group by: `typo`, `partly-guidance`."""

    author: str
    added: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    note: str = ""
    """Day it was added, ISO 8601, and why the gold is what it is, where that is not plain."""


def load_split(split: Split) -> tuple[Case, ...]:
    """Read every shipped case of a split, whatever its suite."""
    return load_cases(Path(__file__).with_name(f"{split}.jsonl"))


def load_cases(path: Path) -> tuple[Case, ...]:
    """Read one case file from anywhere.

    BatchError if it cannot be read, a line is not a case, two cases have one id, or it is empty.
    """
    text = read_text(path, BatchError, "The case file", "name a file with one case a line")
    cases: dict[str, Case] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            case = Case.model_validate_json(line)
        except ValidationError as error:
            said = f"{path}:{number}: {refusal_of(error, 'the line').rstrip('.')}"
            raise BatchError(f"{said}; docs/evaluating.md shows a case.") from None
        if case.id in cases:
            raise BatchError(f"Two cases have the id {case.id!r}; rename one.")
        cases[case.id] = case
    if not cases:
        raise BatchError(f"{path} holds no case; give a file with one case a line.")
    return tuple(cases.values())
