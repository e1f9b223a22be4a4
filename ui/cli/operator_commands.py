"""What operators do with `signpost`: accounts, switch, audit log, feedback, training, endpoint."""

import argparse
import getpass
import sys
from contextlib import closing

from assistant.errors import AccessError, FeedbackError, ModelError, SettingsError
from assistant.home import check_free, write_whole
from assistant.remarks import FeedbackLog
from assistant.safety.audit import AuditCounts, AuditLog
from assistant.settings import Settings
from corpus.errors import CorpusError
from corpus.readers.questions import LabelledQuestion, read_rows
from ui.access.accounts import Accounts, check_name
from ui.access.rights import Role
from ui.access.service_state import State, Switch, open_state
from ui.cli.batch import read_day
from ui.words.answer_text import feedback_as_text
from ui.words.phrases import clean


def accounts_add(arguments: argparse.Namespace, settings: Settings) -> None:
    """Make an account; the password is typed, or piped in.

    NAME: in small letters: a.officer
    --role {officer,trainer,evaluator,admin}!: what they are here for
    """
    check_name(arguments.name)
    accounts = Accounts(settings.home)
    made = accounts.add(arguments.name, Role(arguments.role), _password(arguments.name))
    print(f"{made.name} can sign in, with the role {made.role}.")
    if settings.access != "accounts":
        print("The page asks nobody to sign in until SIGNPOST_ACCESS=accounts is set.")


def accounts_list(arguments: argparse.Namespace, settings: Settings) -> None:
    """List all accounts."""
    found = Accounts(settings.home).all()
    for account in found:
        print(f"{account.name:<32} {account.role:<10} {'token' if account.token else ''}".rstrip())
    if not found:
        print("Nobody has an account; add one with: signpost accounts add NAME --role ROLE")


def accounts_role(arguments: argparse.Namespace, settings: Settings) -> None:
    """Give an account another role.

    NAME: whose
    ROLE {officer,trainer,evaluator,admin}: what they are here for
    """
    Accounts(settings.home).set_role(arguments.name, Role(arguments.role))
    print(f"{arguments.name} has the role {arguments.role} from now on.")


def accounts_password(arguments: argparse.Namespace, settings: Settings) -> None:
    """Give an account another password; it is typed, or piped in.

    NAME: whose
    """
    accounts = Accounts(settings.home)
    accounts.check_known(arguments.name)
    accounts.set_password(arguments.name, _password(arguments.name))
    print(f"{arguments.name} has a new password, and is signed out everywhere, programs too.")


def accounts_token(arguments: argparse.Namespace, settings: Settings) -> None:
    """Print a new token for the HTTP API in place of the one before.

    NAME: whose
    """
    made = Accounts(settings.home).new_token(arguments.name)
    sys.stderr.write("Keep it now, it is shown once: send it as 'Authorization: Bearer TOKEN'.\n")
    print(made)


def accounts_remove(arguments: argparse.Namespace, settings: Settings) -> None:
    """Remove an account.

    NAME: whose
    """
    Accounts(settings.home).remove(arguments.name)
    print(
        f"{arguments.name} has no account any more. Records of their questions stay until"
        f" 'signpost audit purge --user {arguments.name}'."
    )


def switch(arguments: argparse.Namespace, settings: Settings) -> None:
    """Switch a running service off, read-only or on.

    [STATE {on,read-only,off}]: if left out, say how it is
    --message TEXT=: what users are told
    """
    if arguments.message and arguments.state in (None, State.ON):
        arguments.parser.error("--message goes with read-only or off")
    with closing(open_state(settings)) as state:
        if arguments.state:
            Switch(state).set(State(arguments.state), arguments.message)
        now = Switch(state).now()
    print(f"Signpost is {now.state}. {now.told()}".strip())


def _password(name: str) -> str:
    if not sys.stdin.isatty():
        try:
            return sys.stdin.readline().rstrip("\r\n").encode().decode()
        except UnicodeError:
            raise AccessError("The password is not UTF-8; send it as UTF-8 text.") from None
    first = getpass.getpass(f"Password for {name}, 15 characters or more: ")
    if getpass.getpass("Once more: ") != first:
        raise AccessError("The two passwords differ; start again.")
    return first


def audit_purge(arguments: argparse.Namespace, settings: Settings) -> None:
    """Remove the records that are past SIGNPOST_RETENTION_DAYS, or others.

    --all: every record, the counts and the key
    --user NAME: the records of a user
    --before DATE: the records before a day: 2026-11-01
    """
    day = read_day(arguments.before) if arguments.before else None

    def purged(log: AuditLog | FeedbackLog) -> int:
        if arguments.all:
            return log.purge_all()
        if arguments.user is not None:
            return log.purge_user(arguments.user)
        return log.purge_before(day) if day else log.start()

    spoken, removed, what = purged(FeedbackLog(settings)), purged(AuditLog(settings)), ""
    if arguments.all:
        what = "The counts of triaged messages and the key are gone too."
    elif arguments.user is None and not day:
        what = f"Records are kept for {settings.retention_days} days."
    print(f"Removed {removed} {'record' if removed == 1 else 'records'}. {what}".strip())
    if spoken:
        print(f"Removed {spoken} {'piece' if spoken == 1 else 'pieces'} of feedback.")


def audit_export(arguments: argparse.Namespace, settings: Settings) -> None:
    """Write counts by day, status and reason to a file.

    FILE: a new file
    --home DIR ...: home of a server, or a folder of homes, counted together
    """
    counts = AuditCounts.of(settings, arguments.home)
    counts.write(arguments.file)
    rows = len(counts.answers) + len(counts.triage)
    print(f"{rows} {'count is' if rows == 1 else 'counts are'} in {arguments.file}.")


def feedback_list(arguments: argparse.Namespace, settings: Settings) -> None:
    """List it, newest first.

    --limit COUNT=20: how much of it
    --verdict
    """
    print(feedback_as_text(FeedbackLog(settings).newest(arguments.verdict, arguments.limit)))


def feedback_export(arguments: argparse.Namespace, settings: Settings) -> None:
    """Write it to a file, one JSON object a line.

    FILE: a new file
    --verdict
    """
    found = FeedbackLog(settings).newest(arguments.verdict, 1_000_000)  # more than a home holds
    check_free(arguments.file, FeedbackError)
    lines = (f"{one.model_dump_json()}\n".encode() for one in reversed(found))
    write_whole(arguments.file, lines, private=False)
    pieces = "piece" if len(found) == 1 else "pieces"
    print(f"{len(found)} {pieces} of feedback in {arguments.file}.")


def learn(arguments: argparse.Namespace, settings: Settings) -> None:
    """Train what reads questions, on labelled rows.

    --rows FILE: more labelled questions, one JSON object a line
    --afresh: begin anew, and not from the weights in use
    --undo: go back to the weights before
    """
    from evals.training.learning import check_installed, own_rows, undo

    if arguments.undo:
        which = "The weights before" if undo(settings.home) else "The shipped weights"
        print(f"{which} are in use again.")
        return
    check_installed()
    from assistant.understanding.reader import learned_path
    from evals.training.fit_reader import learn as train

    rows = [*own_rows(settings.home)]
    if path := arguments.rows:
        # All of an operator's rows are learned from.
        if not path.is_file() or not (own := tuple(read_rows(path, LabelledQuestion))):
            raise CorpusError(f"No labelled question is in {path}; name a file with one a line.")
        rows += [row.model_copy(update={"split": "train"}) for row in own]
    done = train(settings, learned_path(settings.home), tuple(rows), afresh=arguments.afresh)
    print(f"before: {done.before or 'none'}")
    print(f"after:  {done.after}")
    if not done.kept:
        raise ModelError("What was learned is worse than what is in use, and was not kept.")
    print("The next start of Signpost reads with these weights; `signpost learn --undo` goes back.")


def llm_check(arguments: argparse.Namespace, settings: Settings) -> int:
    """Try the endpoint and say what works: words, streaming, length, JSON."""
    if not settings.llm_url:
        raise SettingsError(
            "No language model is set; set SIGNPOST_LLM_URL, such as http://127.0.0.1:8000/v1."
        )
    from assistant.wording.endpoint import Endpoint, check

    endpoint = Endpoint(settings)
    good, marks = True, {True: "works", False: "fails", None: "note"}
    for tried in check(endpoint, settings.llm_timeout_s):
        good &= tried.works is not False or not tried.needed
        print(f"{tried.what:<10} {marks[tried.works]:<6} {clean(tried.told)}", flush=True)
    print("Answers can be worded by it." if good else "Answers stay in the sources' own words.")
    return 0 if good else 1
