"""What `signpost audit` and `signpost feedback` do: parse, call, print."""

from __future__ import annotations

import argparse
import sys

from assistant.errors import FeedbackError
from assistant.safety.audit import AuditLog
from assistant.safety.audit_export import AuditCounts
from assistant.safety.feedback import FeedbackLog
from assistant.settings import Settings
from ui.cli.arguments import read_day
from ui.words.answer_text import feedback_as_text


def purge(arguments: argparse.Namespace, settings: Settings) -> int:
    """Remove records: those past their time, or all, or a user's, or those before a day.

    Feedback goes with them.
    """
    log, said = AuditLog(settings), FeedbackLog(settings)
    if arguments.all:
        spoken = said.purge_all()
        removed, what = log.purge_all(), "The counts of triaged messages and the key are gone too."
    elif arguments.user is not None:
        spoken = said.purge_user(arguments.user)
        removed, what = log.purge_user(arguments.user), ""
    elif arguments.before:
        day = read_day(arguments.before)
        spoken = said.purge_before(day)
        removed, what = log.purge_before(day), ""
    else:
        spoken = said.start()
        removed, what = log.purge(), f"Records are kept for {settings.retention_days} days."
    print(f"Removed {removed} {'record' if removed == 1 else 'records'}. {what}".strip())
    if spoken:
        print(f"Removed {spoken} {'piece' if spoken == 1 else 'pieces'} of feedback.")
    return 0


def export(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write counts by day, status and reason to a file."""
    counts = AuditCounts.of(settings, arguments.home)
    counts.write(arguments.file)
    rows = len(counts.answers) + len(counts.triage)
    print(f"{rows} {'count is' if rows == 1 else 'counts are'} in {arguments.file}.")
    return 0


EVERYTHING = 1_000_000
"""More than a home holds."""


def show(arguments: argparse.Namespace, settings: Settings) -> int:
    """List what users said, newest first."""
    found = FeedbackLog(settings).newest(arguments.verdict, arguments.limit)
    sys.stdout.write(f"{feedback_as_text(found)}\n")
    return 0


def export_feedback(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write what users said to a new file, oldest first, one JSON object a line."""
    found = FeedbackLog(settings).newest(arguments.verdict, EVERYTHING)
    try:
        with arguments.file.open("x", encoding="utf-8") as file:
            file.writelines(f"{one.model_dump_json()}\n" for one in reversed(found))
    except FileExistsError:
        raise FeedbackError(f"{arguments.file} is there already; name a new file.") from None
    pieces = "piece" if len(found) == 1 else "pieces"
    sys.stdout.write(f"{len(found)} {pieces} of feedback in {arguments.file}.\n")
    return 0
