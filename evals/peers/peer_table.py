"""The results of contestants side by side, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from corpus.passage import Record
from evals.estimate import Estimate, rate
from evals.peers.peer_score import GROUPS, Verdict
from evals.peers.runners.peer_rows import PeerNote


class Result(Record):
    """One contestant, asked and judged."""

    title: str
    """As the table shows it."""

    note: PeerNote
    """How it was set up."""

    verdicts: tuple[Verdict, ...]
    """In the order of the cases."""


def table(results: Sequence[Result]) -> str:
    """Return the results side by side, with intervals of 95 % and how each was set up."""
    rows = [("", *(one.title for one in results)), *_measures(results)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.insert(1, "-" * max(len(line) for line in lines))
    notes = [f"{one.title} {one.note.version}: {one.note.setup}." for one in results]
    return "\n".join([*lines, "", *notes])


def _measures(results: Sequence[Result]) -> Iterator[tuple[str, ...]]:
    for title, field in (
        ("complete and on topic", "complete"),
        ("refused though answerable", "missed"),
        ("correct refusals", "turned_away"),
        ("false answers", "false"),
    ):
        yield _rates(title, [[getattr(one, field) for one in each.verdicts] for each in results])
    exact = [rate([one.exact for one in each.verdicts]) for each in results]
    yield ("every quote verbatim", *(f"{_cell(one)} n {one.n}" for one in exact))
    times = (median(one.seconds for one in each.verdicts) for each in results)
    yield ("seconds, warm, median", *(f"{one:.4f}" for one in times))
    for group in GROUPS:
        yield _rates(
            f"complete: {group}",
            [[one.complete for one in each.verdicts if group in one.groups] for each in results],
        )
    yield _rates(
        "false premises corrected", [[one.corrected for one in each.verdicts] for each in results]
    )


def _rates(title: str, columns: Iterable[Sequence[bool | None]]) -> tuple[str, ...]:
    estimates = [rate(column) for column in columns]
    n = max(one.n for one in estimates)
    return (f"{title} (n {n})", *(_cell(one) for one in estimates))


def _cell(one: Estimate) -> str:
    if one.value is None:
        return "-"
    return f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})"
