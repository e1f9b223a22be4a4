"""What is made of arguments: days, and which of them do not go together."""

import argparse
import shutil
from datetime import UTC, date, datetime

from corpus.errors import SignpostError


def read_day(text: str | None) -> date:
    """Read a day as typed; today if none is; `SignpostError` if it is no day."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SignpostError(f"{text!r} is no day; write it as 2027-08-01.") from None


def terminal_width() -> int:
    """Return how many characters a line for this terminal may have."""
    return min(shutil.get_terminal_size((88, 24)).columns, 100)


def check_ask(arguments: argparse.Namespace) -> None:
    """Refuse a question beside a file of them, and what belongs to the other."""
    only = (arguments.pillar, arguments.facet, arguments.tier, arguments.audience)
    if arguments.batch and any(only):
        arguments.parser.error('for --batch, filters stand in the rows: "filters": {...}')
    _check_batch(arguments, "QUESTION", arguments.question)
    if arguments.batch and (arguments.json or getattr(arguments, "turn", [])):
        arguments.parser.error("--json and --turn belong to a single QUESTION, not to --batch")
    for name in ("certificate", "export", "brief"):
        if arguments.batch and getattr(arguments, name, None):
            arguments.parser.error(f"--{name} belongs to a single QUESTION, not to --batch")


def check_ground(arguments: argparse.Namespace) -> None:
    """Refuse a claim beside a file of them, or without its text."""
    _check_batch(arguments, "CLAIM", arguments.claim)
    if (arguments.claim is None) != (arguments.context is None):
        arguments.parser.error("a CLAIM and --context FILE belong together")
    if arguments.batch and arguments.json:
        arguments.parser.error("--json belongs to a single CLAIM, not to --batch")


def check_ingest(arguments: argparse.Namespace) -> None:
    """Refuse to do nothing."""
    if not (arguments.path or arguments.remove or arguments.list or arguments.role):
        arguments.parser.error("name files or folders, or use --remove, --list or --role")


def _check_batch(arguments: argparse.Namespace, what: str, typed: str | None) -> None:
    if (typed is None) == (arguments.batch is None):
        arguments.parser.error(f"give either a {what} or --batch IN.jsonl")
    if (arguments.batch is None) != (arguments.out is None):
        arguments.parser.error("--batch IN.jsonl and --out OUT.jsonl belong together")
