"""What `signpost audit` does: parse, call, print."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings


def purge(arguments: argparse.Namespace, settings: Settings) -> int:
    """Remove records: those past their time, or all, or a user's, or those before a day."""
    from assistant.audit import AuditLog
    from ui.days import read_day

    log = AuditLog(settings)
    if arguments.all:
        removed, what = log.purge_all(), "The counts of triaged messages and the key are gone too."
    elif arguments.user is not None:
        removed, what = log.purge_user(arguments.user), ""
    elif arguments.before:
        removed, what = log.purge_before(read_day(arguments.before)), ""
    else:
        removed, what = log.purge(), f"Records are kept for {settings.retention_days} days."
    print(f"Removed {removed} {'record' if removed == 1 else 'records'}. {what}".strip())
    return 0


def export(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write counts by day, status and reason to a file."""
    from assistant.audit_export import AuditCounts

    counts = AuditCounts.of(settings)
    counts.write(arguments.file)
    rows = len(counts.answers) + len(counts.triage)
    print(f"{rows} {'count is' if rows == 1 else 'counts are'} in {arguments.file}.")
    return 0
