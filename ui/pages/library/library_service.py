"""How the service is used and who may do what, as tables of plain words."""

from __future__ import annotations

from typing import NamedTuple

from assistant.safety.audit_export import LEAST, AuditCounts
from ui.access.rights import RIGHTS, Right, Role
from ui.exports.reports.report_figures import case_name
from ui.words.catalogue import say

DAYS = 14
"""Days of use that are shown, the newest first; the API gives all."""

RIGHTS_SHOWN = (Right.ASK, Right.MEASURE, Right.RUN)

STATUSES = ("answered", "partial", "not_covered", "clarify", "out_of_scope", "declined")
"""What becomes of a question, a column each, in the order of how much is answered."""


class Day(NamedTuple):
    """What was asked on a day."""

    day: str
    """ISO 8601."""

    answers: tuple[str, ...]
    """Count by status, as it may be told; empty for none."""

    messages: str
    """Messages that met a reviewed reply, each kind in plain words with its count."""


def days_of(counts: AuditCounts) -> tuple[Day, ...]:
    """Return the newest days of use, with what was asked in columns."""
    days = {one.day for one in counts.answers} | {one.day for one in counts.triage}
    return tuple(_day(one, counts) for one in sorted(days, reverse=True)[:DAYS])


def roles() -> dict[str, tuple[str, ...]]:
    """Return for each role whether it has each of the rights that are shown."""
    return {
        say(f"library.role_{role}"): tuple(
            say("library.yes") if one in RIGHTS[role] else say("library.no") for one in RIGHTS_SHOWN
        )
        for role in Role
    }


def _day(day: str, counts: AuditCounts) -> Day:
    by_status: dict[str, list[str]] = {}
    for one in counts.answers:
        if one.day == day:
            by_status.setdefault(one.status, []).append(str(one.answers))
    messages = "; ".join(
        say("library.triage", case=case_name(one.case), count=_sum([str(one.messages)]))
        for one in counts.triage
        if one.day == day
    )
    return Day(day, tuple(_sum(by_status.get(one, [])) for one in STATUSES), messages)


def _sum(told: list[str]) -> str:
    """Return counts of one status together; a small one is only known to be from 1 to 4.

    >>> _sum(["12", "7"]), _sum(["12", "fewer than 5"]), _sum([])
    ('19', '13 to 16', '')
    """
    exact = sum(int(one) for one in told if one.isdecimal())
    small = sum(not one.isdecimal() for one in told)
    if small:
        return say("library.use_range", low=exact + small, high=exact + small * (LEAST - 1))
    return str(exact) if told else ""
