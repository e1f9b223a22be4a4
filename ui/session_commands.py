"""What `signpost session` does: parse, call, write."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import SessionError
from ui.days import read_day

if TYPE_CHECKING:
    from assistant.session import Session, SessionRequest
    from assistant.settings import Settings

NO_OFFICE = (
    "There are no DOCX and PPTX files, since python-docx and python-pptx are missing; install"
    " signpost[export] and make the session again."
)
"""Stands under the files where some could not be written."""

RECORD = "session.json"
"""Name of the record among the files."""


def session(arguments: argparse.Namespace, settings: Settings) -> int:
    """Make a training session and write its files; needs neither model nor index."""
    from assistant.session_build import build_session
    from corpus.whole import Whole

    folder: Path = arguments.out
    if (folder / RECORD).exists():
        raise SessionError(f"{folder} holds a session already; choose another --out.")
    today = read_day(arguments.today)
    made = build_session(request_of(arguments), Whole.read(), today)
    names = write_files(made, folder)
    sys.stdout.write(f"{made.title}: {', '.join(names)} in {folder}\n")
    if not has_office():
        sys.stdout.write(f"{NO_OFFICE}\n")
    if made.dropped:
        sys.stdout.write(f"Left out, and listed in the facilitator guide: {len(made.dropped)}\n")
    return 0


def request_of(arguments: argparse.Namespace) -> SessionRequest:
    """Return what is asked for.

    Raises:
        SessionError: the audience, the level or a part is none.
    """
    from assistant.session import AUDIENCES, LEVELS, PARTS, SessionRequest

    _known("audience", [arguments.audience], AUDIENCES)
    _known("level", [arguments.level], LEVELS)
    _known("part", arguments.parts or (), PARTS)
    asked = {
        "pillars": tuple(arguments.pillar),
        "capabilities": tuple(arguments.capability),
        "topic": arguments.topic,
        "minutes": arguments.minutes,
        "audience": arguments.audience,
        "level": arguments.level,
        "parts": tuple(arguments.parts or PARTS),
        "seed": arguments.seed,
    }
    return SessionRequest.model_validate(asked)


def _known(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    for one in given:
        if one not in known:
            raise SessionError(f"There is no {what} {one!r}; choose of {', '.join(known)}.")


def write_files(made: Session, folder: Path) -> list[str]:
    """Write a session into a folder, made if need be; return the names of its files."""
    from ui.gift import as_gift
    from ui.phrases import printable
    from ui.session_markdown import as_markdown
    from ui.session_outline import guide, handout

    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "handout.md": as_markdown(handout(made)),
        "facilitator.md": as_markdown(guide(made)),
    }
    if made.quiz:
        texts["quiz.gift"] = as_gift(made.quiz, made.title)
    # The record is last, so that a folder with a record has all of its files.
    texts[RECORD] = printable(made.model_dump_json(indent=2)) + "\n"
    office = write_office(made, folder)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [*texts, *office]


def write_office(made: Session, folder: Path) -> list[str]:
    """Write DOCX and PPTX if what writes them is installed; return the names of the files."""
    if not has_office():
        return []
    from ui.session_docx import write_docx
    from ui.session_outline import guide, handout
    from ui.session_pptx import write_pptx

    write_docx(handout(made), made.title, folder / "handout.docx")
    write_docx(guide(made), f"Facilitator guide: {made.title}", folder / "facilitator.docx")
    write_pptx(made, folder / "slides.pptx")
    return ["handout.docx", "facilitator.docx", "slides.pptx"]


def has_office() -> bool:
    """Tell whether python-docx and python-pptx are installed."""
    return all(find_spec(one) for one in ("docx", "pptx"))
