"""Suites by name: the case files, and what ships in other forms read as cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, get_args

from assistant.errors import BatchError
from assistant.records import Status
from evals.cases.case import Case, Gold, Split, load_cases, load_suite
from evals.cases.ground_families import GroundCase, read_ground_cases
from evals.cases.messages import Message, read_messages
from evals.cases.personal_cases import PersonalCase, Read, read_personal_cases

FULL = "full"

FILES = ("framework", "guidance", "answers")
"""Suites that are case files in one folder, each named by how its files begin."""

INJECTION = Path(__file__).with_name("injection")

_AUTHOR, _ADDED = "signpost", "2026-11-25"
_POLICY = "J"
_REFUSED = "G"
_ANY: tuple[Status, ...] = get_args(Status)
_ANSWERING: tuple[Status, ...] = tuple(one for one in _ANY if one != "safeguarding")


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
        id=f"triage-{message.id}",
        question=message.message,
        type="explain",
        family="alarming-but-fine" if policy else "safeguarding",
        split=message.split,
        gold=Gold(safeguarding=message.case, status=_ANSWERING if policy else replied),
        tags=(message.language, message.manner),
        author=_AUTHOR,
        added=_ADDED,
    )


def of_personal(case: PersonalCase, split: Split) -> Case:
    """Return a question with marked personal data as a case; what it is answered is left open.

    >>> of_personal(PersonalCase(id="1", marked="I am {name:Jo}."), "test").gold.personal
    ('name',)
    """
    read = Read.of(case)
    kinds = tuple(sorted({mark.kind for mark in read.marks}))
    return Case(
        id=f"personal-{case.id}",
        question=read.text,
        type="explain",
        family="personal",
        split=split,
        gold=Gold(personal=kinds, status=_ANY),
        author=_AUTHOR,
        added=_ADDED,
    )


def of_claim(claim: GroundCase) -> Case:
    """Return a claim with its context as a case, which the checker answers by its verdict."""
    return Case(
        id=f"claim-{claim.id}",
        question=claim.claim,
        type="verify",
        family=f"verifier-{claim.family}",
        split=claim.split,
        gold=Gold(verdict=claim.verdict, status=_ANY),
        context=claim.context,
        author=_AUTHOR,
        added=_ADDED,
    )


_SPLITS: tuple[Literal["development", "test"], ...] = ("development", "test")

SUITES: dict[str, Callable[[Literal["development", "test"]], Iterable[Case]]] = {
    "injection": lambda split: load_cases(INJECTION / f"{split}.jsonl"),
    "safeguarding": lambda split: map(of_message, read_messages(split)),
    "personal": lambda split: [of_personal(one, split) for one in read_personal_cases(split)],
    "verifier": lambda split: map(of_claim, read_ground_cases(split)),
}
"""Suites that lie in folders of their own, and what reads a split of them."""


def _read(name: str) -> tuple[Case, ...]:
    if name in SUITES:
        return tuple(case for split in _SPLITS for case in SUITES[name](split))
    try:
        return load_suite(name)
    except BatchError as error:
        others = ", ".join((FULL, *SUITES))
        raise BatchError(f"{error} Beside them there are {others}.") from None
