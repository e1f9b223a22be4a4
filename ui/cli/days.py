"""Days as they are typed on the command line."""

from __future__ import annotations

from datetime import UTC, date, datetime

from corpus.errors import SignpostError


def read_day(text: str | None) -> date:
    """Read a day as typed; today if none is.

    Raises:
        SignpostError: it is no day.
    """
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SignpostError(f"{text!r} is no day; write it as 2027-08-01.") from None
