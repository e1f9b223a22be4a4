"""What `signpost session` does: parse, call, write."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from assistant.errors import SessionError
from assistant.sessions.session import AUDIENCES, LEVELS, PARTS, Session, SessionRequest
from assistant.sessions.session_build import build_session
from assistant.settings import Settings
from corpus.whole import Whole
from ui.cli.arguments import read_day
from ui.exports.sessions.session_files import OFFICE, SessionForm, session_file

NO_OFFICE = (
    "There are no DOCX and PPTX files, since python-docx or python-pptx is missing;"
    " install signpost[export] and make the session again."
)
"""Stands under the files where some could not be written."""

RECORD = "session.json"


def session(arguments: argparse.Namespace, settings: Settings) -> int:
    """Make a training session and write its files; needs neither model nor index."""
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


FILES: Mapping[SessionForm, str] = {
    "markdown": "handout.md",
    "guide-markdown": "facilitator.md",
    "gift": "quiz.gift",
    "handout": "handout.docx",
    "guide": "facilitator.docx",
    "slides": "slides.pptx",
    "record": RECORD,
}
"""What each form is called in the folder; the record is last, so that a folder with a record has
all of its files."""


def write_files(made: Session, folder: Path) -> list[str]:
    """Write a session into a folder, made if need be; return the names of its files."""
    folder.mkdir(parents=True, exist_ok=True)
    left_out = {*(() if made.quiz else ("gift",)), *(() if has_office() else OFFICE)}
    names = {form: name for form, name in FILES.items() if form not in left_out}
    for form, name in names.items():
        (folder / name).write_bytes(session_file(made, form).content)
    return list(names.values())


def has_office() -> bool:
    """Tell whether what writes DOCX and PPTX is installed."""
    return all(map(find_spec, OFFICE.values()))
