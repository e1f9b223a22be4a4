"""The records of a gap analysis: what was found of each item, of partners, and of the plan."""

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, TypeAdapter, ValidationError

from assistant.errors import GapError
from assistant.home import reason_of
from corpus.passage import Record
from corpus.readers.page import Judgement as Judgement

JUDGEMENTS: tuple[Judgement, ...] = get_args(Judgement)
"""How much of an item a plan says, from most to least."""

Change = Literal["gained", "lost", "same"]
"""How the judgement of an item moved from one edition of a plan to the next."""

LONGEST_REASON = 500  # Characters of an officer's reason.


class Quote(Record):
    """Words of the plan, as they stand in it: from `start` to before `end` of a section."""

    text: str
    passage_id: str
    start: int
    end: int
    where: str
    score: float
    """How near it is to the item; 1 for a name."""


class Ruling(Record):
    """What an officer judges instead, and why, in the officer's words."""

    judgement: Judgement
    reason: Annotated[str, Field(min_length=3, max_length=LONGEST_REASON)]


class Guide(Record):
    """A note that says more of an item, and its nearest sentence, if not all are judgements."""

    source_id: str
    title: str
    summary: str
    says: str = ""


class Finding(Record):
    """What a plan says of an item of the framework."""

    item_id: str
    kind: str
    group: str
    """The item at the top that it stands under: a pillar."""

    label: str
    judgement: Judgement
    score: float
    touched: float
    """How likely it is that the plan addresses it, and at least touches on it, 0 to 1."""

    reason: str
    quotes: tuple[Quote, ...]
    nearest: tuple[Quote, ...] = ()
    """The plan's own words, the best first; those that come nearest, where nothing is found."""

    wants: str
    """What the framework says of it, in its own words."""

    guides: tuple[Guide, ...] = ()
    officer: Ruling | None = None
    before: Judgement | None = None
    """How the earlier edition was judged; none where there is none."""

    @property
    def final(self) -> Judgement:
        """The judgement that counts: the officer's, where there is one."""
        return self.officer.judgement if self.officer else self.judgement

    @property
    def change(self) -> Change | None:
        """How it moved from the earlier edition; none where there is none."""
        if self.before is None:
            return None
        was, now = JUDGEMENTS.index(self.before), JUDGEMENTS.index(self.final)
        return "same" if was == now else "gained" if now < was else "lost"


class Partner(Record):
    """A partner that the framework names under groups, and where the plan names it."""

    id: str
    label: str
    groups: tuple[str, ...]
    quotes: tuple[Quote, ...]


class Part(Record):
    """A part of the plan that answers nothing of the framework, with its first words."""

    sentences: int
    opening: Quote


class Gaps(Record):
    """A plan held against a framework."""

    plan: str
    file: str
    sha256: str
    sentences: int
    framework: str
    edition: str
    """Digest of the framework, hexadecimal."""

    groups: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    """Items at the top that findings stand under, each with its label, and kinds of the items that
    are judged, each with its plural."""

    findings: tuple[Finding, ...]
    partners: tuple[Partner, ...]
    unmatched: tuple[Part, ...]
    remarks: tuple[str, ...]
    """What was left out of the plan when it was read, a sentence each."""

    made_with: Mapping[str, str]
    day: str
    earlier: str = ""
    """Title and file of the earlier edition; empty where there is none."""

    def count(self, judgement: Judgement, group: str = "") -> int:
        """Return how many items are judged so in the end, of a group or of all."""
        return sum(f.final == judgement and group in ("", f.group) for f in self.findings)

    @cached_property
    def ruled(self) -> int:
        """How many judgements are an officer's."""
        return sum(finding.officer is not None for finding in self.findings)

    def ruled_by(self, rulings: Mapping[str, Ruling]) -> Self:
        """Return the analysis with an officer's judgements by item in the place of those before."""
        findings = tuple(
            one.model_copy(update={"officer": rulings.get(one.item_id)}) for one in self.findings
        )
        return self.model_copy(update={"findings": findings})


def read_rulings(path: Path) -> dict[str, Ruling]:
    """Return what an officer judged in an analysis as JSON, by item, or raise `GapError`."""
    try:
        return rulings_from(path.read_bytes(), str(path))
    except OSError as error:
        raise GapError(f"{path} cannot be read: {reason_of(error)}.") from None


def rulings_from(data: bytes, name: str) -> dict[str, Ruling]:
    """Return the same from the bytes of a file of this name."""
    try:
        rows = {str(one["item_id"]): one.get("officer") for one in json.loads(data)["findings"]}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        said = f"{name} is no analysis as JSON; write one with: signpost gap PLAN --out FILE.json"
        raise GapError(said) from None
    try:
        rulings = TypeAdapter(dict[str, Ruling | None]).validate_python(rows)
    except ValidationError as error:
        raise GapError(
            f"The officer's judgement of {error.errors()[0]['loc'][0]} is none; write"
            f' {{"judgement": "{JUDGEMENTS[0]}", "reason": "..."}}, or one of'
            f" {', '.join(JUDGEMENTS[1:])}, with a reason of 3 to {LONGEST_REASON} characters."
        ) from None
    return {item: ruling for item, ruling in rulings.items() if ruling}
