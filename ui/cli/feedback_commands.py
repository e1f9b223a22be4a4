"""What `signpost feedback` does: parse, call, print."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings

EVERYTHING = 1_000_000
"""More than a home holds."""


def show(arguments: argparse.Namespace, settings: Settings) -> int:
    """List what users said, newest first."""
    from assistant.safety.feedback import FeedbackLog
    from ui.pages.evaluate.feedback_table import feedback_as_text

    found = FeedbackLog(settings).newest(arguments.verdict, arguments.limit)
    sys.stdout.write(f"{feedback_as_text(found)}\n")
    return 0


def export(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write what users said to a new file, oldest first, one JSON object a line."""
    from assistant.errors import FeedbackError
    from assistant.safety.feedback import FeedbackLog

    found = FeedbackLog(settings).newest(arguments.verdict, EVERYTHING)
    try:
        with arguments.file.open("x", encoding="utf-8") as file:
            file.writelines(f"{one.model_dump_json()}\n" for one in reversed(found))
    except FileExistsError:
        raise FeedbackError(f"{arguments.file} is there already; name a new file.") from None
    pieces = "piece" if len(found) == 1 else "pieces"
    sys.stdout.write(f"{len(found)} {pieces} of feedback in {arguments.file}.\n")
    return 0
