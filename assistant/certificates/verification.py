"""What came of checking a certificate again: changes, faults, and which statements stand.

**Broken**: it contradicts itself, or what it claims does not hold in the very edition, or by the
very checker, that it names. **Stale**: it may have been true of another edition, checker or
settings, and something that it rests on differs now. **Valid**: all that it rests on is as it was,
also where the edition has changed elsewhere.
"""

from __future__ import annotations

from typing import Literal

from corpus.passage import Record

Result = Literal["valid", "stale", "broken"]
"""What became of a certificate."""

State = Literal["stands", "moved", "falls", "broken"]
"""Whether a statement stands as cited, stands under another passage now, no longer stands, or is
not what the certificate claims."""

What = Literal["passage", "source", "count", "checker", "settings"]
"""What a certificate rests on."""


class Change(Record):
    """Something that a certificate rests on and that differs now."""

    what: What
    id: str
    """The passage or source, or the one whose things are counted; else empty."""

    field: str
    """What of it: `text`, `title`, or for a count the kind of thing; `id` where it is gone."""

    old: str
    """As certified; for a text its SHA-256."""

    new: str
    """As it is now; empty where it is gone."""


class Judged(Record):
    """A statement of a certificate, and whether it still stands."""

    number: int
    """Its place in the certificate, from 1."""

    text: str
    state: State
    reason: str = ""
    """Why it does not, as one sentence; empty where it stands."""

    quote: str = ""
    """The quote whose words are gone, if one is."""

    now: str = ""
    """The sentence of its passage that is most like it now; empty if there is no passage."""


class Verification(Record):
    """What came of checking a certificate again."""

    result: Result
    question: str = ""
    """The question that was answered; empty where the file could not be read."""

    certified: str = ""
    """When the answer was made, ISO 8601."""

    named: str = ""
    """Digest of the edition that the certificate names."""

    edition: str = ""
    """Digest of the edition that it was checked against."""

    faults: tuple[str, ...] = ()
    """What is not as the certificate claims, each as one sentence that names the statement."""

    changes: tuple[Change, ...] = ()
    """What it rests on and what differs now."""

    statements: tuple[Judged, ...] = ()
    """Every statement, in order."""

    remarks: tuple[str, ...] = ()
    """What is worth knowing and changes nothing."""
