"""What `signpost accounts`, `switch`, `audit` and `feedback` do: parse, call, print."""

from __future__ import annotations

import argparse
import getpass
import sys
from contextlib import closing

from assistant.errors import AccessError, FeedbackError
from assistant.safety.audit import AuditCounts, AuditLog
from assistant.safety.feedback import FeedbackLog
from assistant.settings import Settings
from ui.access.accounts import Accounts, check_name
from ui.access.rights import Role
from ui.access.service_state import open_state
from ui.access.switch import State, Switch
from ui.cli.arguments import read_day
from ui.words.answer_text import feedback_as_text


def add(arguments: argparse.Namespace, settings: Settings) -> int:
    """Make an account, with a password that is typed or piped in."""
    check_name(arguments.name)
    accounts = Accounts(settings.home)
    made = accounts.add(arguments.name, Role(arguments.role), _password(arguments.name))
    print(f"{made.name} can sign in, with the role {made.role}.")
    if settings.access != "accounts":
        print("The page asks nobody to sign in until SIGNPOST_ACCESS=accounts is set.")
    return 0


def list_all(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print every account."""
    found = Accounts(settings.home).all()
    for one in found:
        token = "token" if one.token else ""
        print(f"{one.name:<32} {one.role:<10} {token}".rstrip())
    if not found:
        print("Nobody has an account; add one with: signpost accounts add NAME --role ROLE")
    return 0


def role(arguments: argparse.Namespace, settings: Settings) -> int:
    """Give an account another role."""
    Accounts(settings.home).set_role(arguments.name, Role(arguments.role))
    print(f"{arguments.name} has the role {arguments.role} from now on.")
    return 0


def password(arguments: argparse.Namespace, settings: Settings) -> int:
    """Give an account another password."""
    Accounts(settings.home).set_password(arguments.name, _password(arguments.name))
    print(f"{arguments.name} has a new password, and is signed out everywhere, programs too.")
    return 0


def token(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print a new token for programs."""
    made = Accounts(settings.home).new_token(arguments.name)
    sys.stderr.write("Keep it now, it is shown once: send it as 'Authorization: Bearer TOKEN'.\n")
    print(made)
    return 0


def remove(arguments: argparse.Namespace, settings: Settings) -> int:
    """Remove an account."""
    Accounts(settings.home).remove(arguments.name)
    print(
        f"{arguments.name} has no account any more. Records of their questions stay until"
        f" 'signpost audit purge --user {arguments.name}'."
    )
    return 0


def switch(arguments: argparse.Namespace, settings: Settings) -> int:
    """Switch the service, or say how it is switched."""
    with closing(open_state(settings)) as state:
        one = Switch(state)
        if arguments.state:
            one.set(State(arguments.state), arguments.message)
        now = one.now()
    print(f"Signpost is {now.state}. {now.told()}".strip())
    return 0


def _password(name: str) -> str:
    """Read a password twice from a terminal, or once from a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(f"Password for {name}, 15 characters or more: ")
    if getpass.getpass("Once more: ") != first:
        raise AccessError("The two passwords differ; start again.")
    return first


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
        removed, what = log.start(), f"Records are kept for {settings.retention_days} days."
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
