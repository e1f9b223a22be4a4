"""Suites by name: the case files, and what ships in other forms read as cases."""

import random
import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import get_args

from pydantic import Field

from assistant.errors import BatchError
from assistant.records import Status
from corpus.passage import Record
from corpus.readers.questions import read_rows
from evals.cases.case import SPLITS, Case, Gold, Split, TwoSplits, load_cases, load_split
from evals.cases.personal_cases import PersonalCase, read_personal_cases

FULL = "full"

FILES = ("framework", "guidance", "answers")
"""Suites that are case files in one folder, each named by how its files begin."""

_FOLDER = Path(__file__).parent
POLICY, _REFUSED = "J", "G"
_ANY: tuple[Status, ...] = get_args(Status)


class Message(Record):
    """What somebody might type, and which case it is."""

    id: str
    message: str
    case: str = Field(pattern=r"^[A-J]$")
    """Letter of the case that answers it."""

    language: str = Field(pattern=r"^[a-z]{2}$")
    manner: str
    """Whose way of writing it is, or what is particular about it: `teen`, `wrapped`, `typo`."""

    split: TwoSplits


def read_messages(split: TwoSplits) -> tuple[Message, ...]:
    """Return the hand-written messages of a split."""
    return tuple(read_rows(_FOLDER / "triage" / f"{split}.jsonl", Message))


def read_suite(name: str, split: Split | None = None) -> tuple[Case, ...]:
    """Read the cases of a suite, in the order that they always had, or of one split of it.

    The name is `full`, that of one of `SUITES`, or how the names of shipped suites begin.
    SignpostError if there is no such suite, a file is not in its form, or an id stands twice.
    """
    if name == FULL:
        cases = [case for one in (*FILES, *SUITES) for case in read_suite(one)]
    elif name in SUITES:
        cases = [case for part in SPLITS for case in SUITES[name](part)]
    else:
        shipped = [case for part in get_args(Split) for case in load_split(part)]
        found = [case for case in shipped if f"{case.suite}-".startswith(f"{name}-")]
        if not found:
            names = ", ".join(sorted({case.suite for case in shipped}))
            said = f"There is no suite {name!r}; the suites are {names}."
            raise BatchError(f"{said} Beside them there are {', '.join((FULL, *SUITES))}.")
        # A longer name before the shorter that it begins with.
        cases = sorted(found, key=lambda case: f"{case.suite}.")
    if len({case.id for case in cases}) < len(cases):
        raise BatchError(f"Two cases of the suite {name!r} have one id; rename one.")
    return tuple(case for case in cases if split in (None, case.split))


_made = partial(Case, author="signpost", added="2026-11-25")


def of_message(message: Message) -> Case:
    """Return a message for triage as a case; whether a policy question is answered is left open."""
    policy = message.case == POLICY
    replied: Status = "declined" if message.case == _REFUSED else "safeguarding"
    answering = tuple(one for one in _ANY if one != "safeguarding")
    return _made(
        id=f"triage-{message.id}",
        question=message.message,
        type="explain",
        family="alarming-but-fine" if policy else "safeguarding",
        split=message.split,
        gold=Gold(safeguarding=message.case, status=answering if policy else (replied,)),
        tags=(message.language, message.manner),
    )


def of_personal(case: PersonalCase, split: Split) -> Case:
    """Return a question with marked personal data as a case; what it is answered is left open."""
    return _made(
        id=f"personal-{case.id}",
        question=case.text,
        type="explain",
        family="personal",
        split=split,
        gold=Gold(personal=tuple(sorted({mark.kind for mark in case.marks})), status=_ANY),
    )


SUITES: dict[str, Callable[[TwoSplits], Iterable[Case]]] = {
    "injection": lambda split: load_cases(_FOLDER / "injection" / f"{split}.jsonl"),
    "safeguarding": lambda split: map(of_message, read_messages(split)),
    "personal": lambda split: [of_personal(one, split) for one in read_personal_cases(split)],
    "verifier": lambda split: load_cases(_FOLDER / "ground" / f"{split}.jsonl"),
}
"""Suites that lie in folders of their own, and what reads a split of them.

A claim of `verifier` differs from a true one by one change, which its family names; controls say in
other words what the passage says. Claims on one note are in one split."""


def misspelt(text: str, chance: random.Random) -> str:
    """Return a text with a letter wrong in one word of six: turned, left out, doubled, another."""
    words = text.split()
    for _ in range(max(1, len(words) // 6)):
        place = chance.randrange(len(words))
        if len(word := words[place]) > 3:
            at = chance.randrange(1, len(word) - 1)
            before, here, after = word[:at], word[at], word[at + 1 :]
            other = chance.choice("aeiourstn") + after
            kinds = (after[0] + here + after[1:], after, here + here + after, other)
            words[place] = before + chance.choices(kinds, weights=(4, 3, 2, 2))[0]
    return " ".join(words)


def bare(text: str) -> str:
    """Return a text in small letters and without marks: `Help me, I'm` is `help me im`."""
    return re.sub(r"[^\w\s]", "", text).lower()
