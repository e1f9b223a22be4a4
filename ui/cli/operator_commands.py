"""What operators do with `signpost`: accounts, switch, audit log, feedback, training, endpoint."""

import argparse
import getpass
import sys
from contextlib import closing
from pathlib import Path

from assistant.errors import AccessError, FeedbackError, ModelError, SettingsError
from assistant.safety.audit import AuditCounts, AuditLog
from assistant.safety.feedback import FeedbackLog
from assistant.settings import Settings
from corpus.errors import CorpusError
from corpus.readers.questions import LabelledQuestion, read_rows
from ui.access.accounts import Accounts, check_name
from ui.access.rights import Role
from ui.access.service_state import State, Switch, open_state
from ui.cli.usage import read_day
from ui.words.answer_text import feedback_as_text
from ui.words.phrases import clean


def accounts_add(arguments: argparse.Namespace, settings: Settings) -> int:
    """Make an account, with a password that is typed or piped in."""
    check_name(arguments.name)
    accounts = Accounts(settings.home)
    made = accounts.add(arguments.name, Role(arguments.role), _password(arguments.name))
    print(f"{made.name} can sign in, with the role {made.role}.")
    if settings.access != "accounts":
        print("The page asks nobody to sign in until SIGNPOST_ACCESS=accounts is set.")
    return 0


def accounts_list(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print every account."""
    found = Accounts(settings.home).all()
    for one in found:
        token = "token" if one.token else ""
        print(f"{one.name:<32} {one.role:<10} {token}".rstrip())
    if not found:
        print("Nobody has an account; add one with: signpost accounts add NAME --role ROLE")
    return 0


def accounts_role(arguments: argparse.Namespace, settings: Settings) -> int:
    """Give an account another role."""
    Accounts(settings.home).set_role(arguments.name, Role(arguments.role))
    print(f"{arguments.name} has the role {arguments.role} from now on.")
    return 0


def accounts_password(arguments: argparse.Namespace, settings: Settings) -> int:
    """Give an account another password."""
    Accounts(settings.home).set_password(arguments.name, _password(arguments.name))
    print(f"{arguments.name} has a new password, and is signed out everywhere, programs too.")
    return 0


def accounts_token(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print a new token for programs."""
    made = Accounts(settings.home).new_token(arguments.name)
    sys.stderr.write("Keep it now, it is shown once: send it as 'Authorization: Bearer TOKEN'.\n")
    print(made)
    return 0


def accounts_remove(arguments: argparse.Namespace, settings: Settings) -> int:
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


def audit_purge(arguments: argparse.Namespace, settings: Settings) -> int:
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


def audit_export(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write counts by day, status and reason to a file."""
    counts = AuditCounts.of(settings, arguments.home)
    counts.write(arguments.file)
    rows = len(counts.answers) + len(counts.triage)
    print(f"{rows} {'count is' if rows == 1 else 'counts are'} in {arguments.file}.")
    return 0


def feedback_list(arguments: argparse.Namespace, settings: Settings) -> int:
    """List what users said, newest first."""
    found = FeedbackLog(settings).newest(arguments.verdict, arguments.limit)
    sys.stdout.write(f"{feedback_as_text(found)}\n")
    return 0


def feedback_export(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write what users said to a new file, oldest first, one JSON object a line."""
    found = FeedbackLog(settings).newest(arguments.verdict, 1_000_000)  # more than a home holds
    try:
        with arguments.file.open("x", encoding="utf-8") as file:
            file.writelines(f"{one.model_dump_json()}\n" for one in reversed(found))
    except FileExistsError:
        raise FeedbackError(f"{arguments.file} is there already; name a new file.") from None
    pieces = "piece" if len(found) == 1 else "pieces"
    sys.stdout.write(f"{len(found)} {pieces} of feedback in {arguments.file}.\n")
    return 0


def learn(arguments: argparse.Namespace, settings: Settings) -> int:
    """Train the reader on the shipped rows and the operator's own, or go back."""
    from evals.training.learning import check_installed, own_rows, undo

    if arguments.undo:
        which = "The weights before" if undo(settings.home) else "The shipped weights"
        print(f"{which} are in use again.")
        return 0
    check_installed()
    from assistant.understanding.reader import learned_path
    from evals.training.fit_reader import learn as train

    extra = _rows(arguments.rows) if arguments.rows else ()
    done = train(
        settings,
        learned_path(settings.home),
        (*own_rows(settings.home), *extra),
        afresh=arguments.afresh,
        tell=lambda line: print(line, flush=True),
    )
    print(f"before: {done.before or 'none'}")
    print(f"after:  {done.after}")
    if not done.kept:
        raise ModelError("What was learned is worse than what is in use, and was not kept.")
    print("The next start of Signpost reads with these weights; `signpost learn --undo` goes back.")
    return 0


def _rows(path: Path) -> tuple[LabelledQuestion, ...]:
    """Read an operator's rows; all of them are learned from."""
    if not path.is_file():
        raise CorpusError(f"There is no file {path}; name a file of labelled questions.")
    return tuple(
        row.model_copy(update={"split": "train"}) for row in read_rows(path, LabelledQuestion)
    )


def llm_check(arguments: argparse.Namespace, settings: Settings) -> int:
    """Try the endpoint; exit code 1 if answers could not be worded by it."""
    if not settings.llm_url:
        raise SettingsError(
            "No language model is set; set SIGNPOST_LLM_URL, such as http://127.0.0.1:8000/v1."
        )
    from assistant.wording import endpoint_check
    from assistant.wording.endpoint import Endpoint

    endpoint = Endpoint(settings)
    endpoint.check_installed()
    good, marks = True, {True: "works", False: "fails", None: "note"}
    for tried in endpoint_check.check(endpoint, settings.llm_timeout_s):
        good = good and (tried.works is not False or not tried.needed)
        print(f"{tried.what:<10} {marks[tried.works]:<6} {clean(tried.told)}", flush=True)
    print("Answers can be worded by it." if good else "Answers stay in the sources' own words.")
    return 0 if good else 1
