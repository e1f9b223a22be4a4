"""Suites by name: the case files, and what ships in other forms read as cases."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import get_args

from pydantic import Field

from assistant.citing.verifier import Verdict
from assistant.errors import BatchError
from assistant.records import Status
from corpus.passage import Record
from corpus.readers.questions import read_rows
from evals.cases.case import SPLITS, Case, Gold, Split, TwoSplits, load_cases, load_suite
from evals.cases.personal_cases import PersonalCase, Read, read_personal_cases

FULL = "full"

FILES = ("framework", "guidance", "answers")
"""Suites that are case files in one folder, each named by how its files begin."""

INJECTION = Path(__file__).with_name("injection")
GROUND = Path(__file__).with_name("ground")

_AUTHOR, _ADDED = "signpost", "2026-11-25"
_POLICY = "J"
_REFUSED = "G"
_ANY: tuple[Status, ...] = get_args(Status)
_ANSWERING: tuple[Status, ...] = tuple(one for one in _ANY if one != "safeguarding")

FOLDER = Path(__file__).with_name("triage")

_SPACED = 6
"""Words of which one is misspelt."""


class GroundCase(Record):
    """A claim, the text that it is held against, and what is true of the two.

    A claim of a family differs from a true one by one change of that family; the controls say in
    other words what the passage says.
    """

    id: str
    family: str
    """What was changed: `negation`, `numbers`, `dates`, `names`, `modality`, `cause`, `quantifier`,
    `passages` (words of two passages in one claim), or `control` for nothing but the wording."""

    split: TwoSplits
    """Whether it may be looked at while tuning; cases on one note are in one split."""

    passages: tuple[str, ...]
    """Ids of the passages that the context is made of."""

    context: str
    """Their text as it was, one passage after the other."""

    claim: str
    verdict: Verdict
    """Whether the context carries it."""


def read_ground_cases(split: TwoSplits) -> tuple[GroundCase, ...]:
    """Return the cases of a split."""
    return tuple(read_rows(GROUND / f"{split}.jsonl", GroundCase))


def read_suite(name: str, split: Split | None = None) -> tuple[Case, ...]:
    """Read the cases of a suite, in the order of the files.

    Args:
        name: `full`, the name of one of `SUITES`, or how the names of shipped case files begin.
        split: only the cases of this split; all if none is given.

    Raises:
        SignpostError: there is no such suite, a file is not in its form, or an id stands twice.
    """
    if name == FULL:
        cases = tuple(case for one in (*FILES, *SUITES) for case in _read(one))
    else:
        cases = _read(name)
    if len({case.id for case in cases}) < len(cases):
        raise BatchError(f"Two cases of the suite {name!r} have one id; rename one.")
    return tuple(case for case in cases if split in (None, case.split))


def of_message(message: Message) -> Case:
    """Return a message for triage as a case; whether the corpus answers a policy question is open.

    >>> fields = {"id": "1", "message": "Am I safe?", "language": "en", "manner": "plain"}
    >>> of_message(Message(**fields, case="H", split="development")).gold.safeguarding
    'H'
    """
    policy = message.case == _POLICY
    replied: tuple[Status, ...] = ("declined",) if message.case == _REFUSED else ("safeguarding",)
    return Case(
        author=_AUTHOR,
        added=_ADDED,
        id=f"triage-{message.id}",
        question=message.message,
        type="explain",
        family="alarming-but-fine" if policy else "safeguarding",
        split=message.split,
        gold=Gold(safeguarding=message.case, status=_ANSWERING if policy else replied),
        tags=(message.language, message.manner),
    )


def of_personal(case: PersonalCase, split: Split) -> Case:
    """Return a question with marked personal data as a case; what it is answered is left open.

    >>> of_personal(PersonalCase(id="1", marked="I am {name:Jo}."), "test").gold.personal
    ('name',)
    """
    read = Read.of(case)
    kinds = tuple(sorted({mark.kind for mark in read.marks}))
    return Case(
        author=_AUTHOR,
        added=_ADDED,
        id=f"personal-{case.id}",
        question=read.text,
        type="explain",
        family="personal",
        split=split,
        gold=Gold(personal=kinds, status=_ANY),
    )


def of_claim(claim: GroundCase) -> Case:
    """Return a claim with its context as a case, which the checker answers by its verdict."""
    return Case(
        author=_AUTHOR,
        added=_ADDED,
        id=f"claim-{claim.id}",
        question=claim.claim,
        type="verify",
        family=f"verifier-{claim.family}",
        split=claim.split,
        gold=Gold(verdict=claim.verdict, status=_ANY),
        context=claim.context,
    )


SUITES: dict[str, Callable[[TwoSplits], Iterable[Case]]] = {
    "injection": lambda split: load_cases(INJECTION / f"{split}.jsonl"),
    "safeguarding": lambda split: map(of_message, read_messages(split)),
    "personal": lambda split: [of_personal(one, split) for one in read_personal_cases(split)],
    "verifier": lambda split: map(of_claim, read_ground_cases(split)),
}
"""Suites that lie in folders of their own, and what reads a split of them."""


def _read(name: str) -> tuple[Case, ...]:
    if name in SUITES:
        return tuple(case for split in SPLITS for case in SUITES[name](split))
    try:
        return load_suite(name)
    except BatchError as error:
        others = ", ".join((FULL, *SUITES))
        raise BatchError(f"{error} Beside them there are {others}.") from None


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
    return tuple(read_rows(FOLDER / f"{split}.jsonl", Message))


def misspelt(text: str, chance: random.Random) -> str:
    """Return a text with a letter wrong in one word of six: turned, left out, doubled, another."""
    words = text.split()
    for _ in range(max(1, len(words) // _SPACED)):
        place = chance.randrange(len(words))
        if len(word := words[place]) > 3:
            at = chance.randrange(1, len(word) - 1)
            before, here, after = word[:at], word[at], word[at + 1 :]
            kinds = (
                before + after[0] + here + after[1:],
                before + after,
                before + here + here + after,
                before + chance.choice("aeiourstn") + after,
            )
            words[place] = chance.choices(kinds, weights=(4, 3, 2, 2))[0]
    return " ".join(words)


def bare(text: str) -> str:
    """Return a text in small letters and without marks.

    >>> bare("Help me, I'm scared!")
    'help me im scared'
    """
    return re.sub(r"[^\w\s]", "", text).lower()
