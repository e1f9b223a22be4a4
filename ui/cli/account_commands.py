"""What `signpost accounts` and `signpost switch` do: parse, call, print."""

from __future__ import annotations

import argparse
import getpass
import sys
from contextlib import closing

from assistant.errors import AccessError
from assistant.settings import Settings
from ui.access.accounts import Accounts, check_name
from ui.access.rights import Role
from ui.access.service_state import open_state
from ui.access.switch import State, Switch


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
