"""The `signpost` command: reads the arguments, starts the work, turns errors into one line.

Only the standard library is imported here, so that `--help` answers at once; each command imports
what it needs when it runs.
"""

from __future__ import annotations

import argparse
import errno
import gc
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import SignpostError
from ui.cli.arguments import add_filters, add_readers, check_filters

if TYPE_CHECKING:
    from assistant.settings import Settings

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


logger = logging.getLogger(__name__)

Command = Callable[[argparse.Namespace, "Settings"], int]
"""What a subcommand runs: it prints, and returns the exit code."""

OURS = ("assistant", "corpus", "evals", "ui", "__main__")
"""Whose warnings are shown; those of libraries say nothing to somebody who asks a question."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the arguments; those of the process if it is `None`.

    Returns:
        0, or 1 after an error that was told in one line on stderr, or 130 after Ctrl-C.

    Raises:
        SystemExit: with 2 for wrong usage, with 0 after `--help` and `--version`.
    """
    arguments = build_parser().parse_args(argv)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except SignpostError as error:
        return _tell(str(error))
    except BrokenPipeError:
        # Whoever read the output has enough; Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        logger.debug("The operating system refused.", exc_info=True)
        return _tell(_refusal(error))
    except KeyboardInterrupt:
        return 130
    return code


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command, one subparser for each command."""
    parser = argparse.ArgumentParser(
        prog="signpost",
        description="Cited answers on protecting children from sexual exploitation online.",
        epilog="Settings come from the environment, such as SIGNPOST_HOME;"
        " docs/reference.md lists them.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and leave")
    parser.set_defaults(room="commands")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_ask(commands)
    _add_verify(commands)
    _add_search(commands)
    _add_ground(commands)
    _add_index(commands)
    _add_ingest(commands)
    _add_corpus(commands)
    _add_eval(commands)
    _add_session(commands)
    _add_gap(commands)
    _add_audit(commands)
    _add_feedback(commands)
    _add_serve(commands)
    _add_mcp(commands)
    _add_learn(commands)
    _add_accounts(commands)
    _add_switch(commands)
    _add_llm(commands)
    return parser


class _Version(argparse.Action):
    """Looks the version up only when it is asked for, because reading metadata takes a while."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        from importlib.metadata import version

        print(f"signpost {version('signpost')}")
        parser.exit()


def _add_ask(commands: Commands) -> None:
    ask = commands.add_parser("ask", help="answer a question, or a file of them")
    ask.add_argument("question", nargs="?", metavar="QUESTION", help="the question")
    ask.add_argument("--json", action="store_true", help="print the answer record as JSON")
    ask.add_argument(
        "--turn",
        action="append",
        default=[],
        dest="turns",
        metavar="TEXT",
        help="an earlier question of the same conversation, oldest first; may be repeated",
    )
    add_filters(ask)
    _add_library(ask)
    _add_today(ask)
    ask.add_argument(
        "--certificate",
        type=Path,
        metavar="FILE",
        help="a new file for the answer's grounding certificate; see signpost verify",
    )
    ask.add_argument(
        "--export",
        type=Path,
        metavar="FILE",
        help="a new file for the answer: FILE.md, FILE.docx, FILE.txt, FILE.ris or FILE.bib",
    )
    ask.add_argument(
        "--brief", type=Path, metavar="FILE.docx", help="a new file for a brief of one page"
    )
    _add_batch(ask, "id, question, turns, filters", "id, answer, seconds")
    ask.set_defaults(command="ask", check=_check_batch, parser=ask)


def _add_verify(commands: Commands) -> None:
    verify = commands.add_parser(
        "verify",
        help="check a grounding certificate again",
        epilog="Exit code: 0 valid, 3 stale, 1 broken.",
    )
    verify.add_argument("file", type=Path, metavar="FILE", help="a certificate")
    verify.add_argument(
        "--edition",
        type=Path,
        metavar="EDITION",
        help="an exported edition to check it against, other than the corpus at hand",
    )
    _add_library(verify)
    _add_today(verify)
    verify.add_argument("--json", action="store_true", help="print what was found as JSON")
    verify.set_defaults(room="check_commands", command="verify")


def _add_search(commands: Commands) -> None:
    search = commands.add_parser("search", help="show the passages that fit a question")
    search.add_argument("question", nargs="?", metavar="QUESTION", help="the question")
    search.add_argument("-k", type=_count, metavar="N", help="how many passages (SIGNPOST_K, 10)")
    search.add_argument("--json", action="store_true", help="print the hits as JSON")
    add_filters(search)
    _add_library(search)
    _add_batch(search, "id, question, turns, filters", "id, hits, seconds")
    search.set_defaults(command="search", check=_check_batch, parser=search)


def _add_ground(commands: Commands) -> None:
    ground = commands.add_parser("ground", help="say whether a text carries a claim")
    ground.add_argument("claim", nargs="?", metavar="CLAIM", help="the claim")
    ground.add_argument(
        "--context", type=Path, metavar="FILE", help="a file with the text to hold it against"
    )
    ground.add_argument("--json", action="store_true", help="print the judgement as JSON")
    ground.add_argument(
        "--words", action="store_true", help="by words alone, without the embedding model: faster"
    )
    _add_batch(ground, "id, context, claim", "id, verdict, support, reasons", "claims")
    ground.set_defaults(room="check_commands", command="ground", check=_check_ground, parser=ground)


def _add_batch(
    parser: argparse.ArgumentParser, row: str, result: str, what: str = "questions"
) -> None:
    parser.add_argument(
        "--batch", type=Path, metavar="IN.jsonl", help=f"a file of {what}, one a line: {row}"
    )
    parser.add_argument(
        "--out", type=Path, metavar="OUT.jsonl", help=f"where the results go, one a line: {result}"
    )


def _add_index(commands: Commands) -> None:
    index = commands.add_parser("index", help="build, inspect or roll back the index")
    actions = index.add_subparsers(metavar="ACTION", required=True)
    build = actions.add_parser("build", help="build a new index, verify it and swap it in")
    build.add_argument(
        "--passages",
        type=Path,
        metavar="FILE.jsonl",
        help="a corpus of your own in place of the one that ships, one a line: id, title, text",
    )
    build.add_argument(
        "--erase",
        action="store_true",
        help="leave nothing of any earlier index: what was taken out of the corpus is in no file",
    )
    build.set_defaults(command="index_build")
    status = actions.add_parser("status", help="say what the index holds and whether it fits")
    status.set_defaults(command="index_status")
    rollback = actions.add_parser("rollback", help="go back to the index before this one")
    rollback.set_defaults(command="index_rollback")


def _add_ingest(commands: Commands) -> None:
    ingest = commands.add_parser(
        "ingest",
        help="take documents of your own into a library, or out of it",
        epilog="Exit code: 1 where a file was refused; the others are taken in.",
    )
    ingest.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="a PDF, DOCX, HTML, Markdown or text file, or a folder of them",
    )
    ingest.add_argument(
        "--library", default="documents", metavar="NAME", help="which library (documents)"
    )
    ingest.add_argument(
        "--remove",
        action="append",
        default=[],
        metavar="NAME",
        help="take a file out, and leave no byte of it; may be repeated",
    )
    ingest.add_argument("--list", action="store_true", help="list what the library holds")
    ingest.add_argument(
        "--role",
        action="append",
        default=[],
        dest="roles",
        choices=("officer", "trainer", "evaluator", "admin", "everyone"),
        metavar="ROLE",
        help="who may see the library: officer, trainer, evaluator, admin or everyone, which is"
        " the default; may be repeated",
    )
    ingest.set_defaults(
        room="document_commands", command="ingest", check=_check_ingest, parser=ingest
    )


def _add_library(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--library",
        metavar="NAME",
        help="a library of your own documents, which are searched too and shown apart",
    )


def _check_ingest(arguments: argparse.Namespace) -> None:
    if not (arguments.paths or arguments.remove or arguments.list or arguments.roles):
        arguments.parser.error("name files or folders, or use --remove, --list or --role")


def _add_corpus(commands: Commands) -> None:
    corpus = commands.add_parser("corpus", help="check, show, export or compare the corpus")
    corpus.set_defaults(room="corpus_commands")
    actions = corpus.add_subparsers(metavar="ACTION", required=True)
    _add_check(actions)
    show = actions.add_parser("show", help="show a passage with its source and what cites it")
    show.add_argument(
        "id", metavar="ID", help="id of a passage, short or whole, or of a note: gsr:C12, C12"
    )
    _add_today(show)
    show.set_defaults(command="show")
    export = actions.add_parser("export", help="write the corpus to a file, as an edition")
    export.add_argument(
        "file", type=Path, metavar="FILE", help="a new file, or an edition to be replaced"
    )
    export.set_defaults(command="export")
    diff = actions.add_parser("diff", help="say what changed between two editions")
    diff.add_argument("old", type=Path, metavar="OLD", help="an exported edition")
    diff.add_argument(
        "new", type=Path, nargs="?", metavar="NEW", help="another; if left out, what ships"
    )
    diff.add_argument(
        "--answers",
        type=Path,
        metavar="FILE.jsonl",
        help="saved answers, to match with what changed",
    )
    _add_today(diff)
    diff.add_argument("--json", action="store_true", help="print the difference as JSON")
    diff.set_defaults(command="diff")


def _add_check(actions: Commands) -> None:
    check = actions.add_parser("check", help="check framework, notes, glossary and signposting")
    check.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="a framework folder other than the one that ships",
    )
    check.add_argument(
        "--notes", type=Path, metavar="DIR", help="a folder of notes other than those that ship"
    )
    _add_today(check)
    check.add_argument(
        "--since", type=Path, metavar="EDITION", help="an exported edition whose ids must still be"
    )
    check.set_defaults(command="check")


def _add_today(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--today",
        metavar="DATE",
        help="the day as of which a source may be past review: 2027-08-01",
    )


def _add_eval(commands: Commands) -> None:
    evaluation = commands.add_parser("eval", help="run an evaluation suite, score it, compare runs")
    actions = evaluation.add_subparsers(metavar="ACTION", required=True)
    run = actions.add_parser("run", help="answer the cases of a suite into a run folder")
    run.add_argument(
        "--suite", required=True, metavar="NAME", help="name of the suite: framework, full for all"
    )
    run.add_argument("--out", required=True, type=Path, metavar="RUN", help="the run folder")
    run.add_argument("--limit", type=_count, metavar="N", help="only the first N cases")
    run.add_argument("--family", metavar="NAME", help="only the cases of this family")
    run.add_argument(
        "--split", choices=("development", "calibration", "test"), help="only this split"
    )
    run.add_argument("--cases", type=Path, metavar="FILE", help="cases other than those that ship")
    run.add_argument(
        "--command",
        dest="answering",
        default="",
        metavar="CMD",
        help="what answers in the place of Signpost: reads rows id, question, turns on stdin, "
        "writes rows id, answer, seconds to stdout",
    )
    run.set_defaults(command="eval_run")
    score = actions.add_parser("score", help="score the answers of a run folder")
    score.add_argument("run", type=Path, metavar="RUN", help="the run folder")
    score.set_defaults(command="eval_score")
    coverage = actions.add_parser("coverage", help="say what no case asks for, or no answer cites")
    coverage.add_argument("run", nargs="?", type=Path, metavar="RUN", help="a run folder")
    coverage.set_defaults(command="eval_coverage")
    add_readers(actions)


def _add_session(commands: Commands) -> None:
    session = commands.add_parser("session", help="make a training session from the corpus")
    about = session.add_argument_group("what it is about")
    about.add_argument(
        "--pillar", type=int, nargs="+", action="extend", default=[], metavar="N", help="pillars"
    )
    about.add_argument(
        "--capability",
        nargs="+",
        action="extend",
        default=[],
        metavar="ID",
        help="capabilities: C12",
    )
    about.add_argument("--topic", default="", metavar="WORDS", help="words that say it")
    session.add_argument(
        "--minutes", type=int, default=60, metavar="N", help="length, 30 to 240 (60)"
    )
    session.add_argument(
        "--audience",
        default="officers",
        metavar="NAME",
        help="officers (default), police, teachers, industry, civil-society or media",
    )
    session.add_argument(
        "--level", default="introductory", metavar="NAME", help="introductory (default) or advanced"
    )
    session.add_argument(
        "--parts",
        nargs="+",
        metavar="PART",
        help="of objectives, messages, discussion, exercise, quiz, glossary; all by default",
    )
    session.add_argument("--seed", type=int, default=0, metavar="N", help="another gives another")
    _add_today(session)
    session.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="a folder without a session"
    )
    session.set_defaults(room="session_commands", command="session")


def _add_gap(commands: Commands) -> None:
    gap = commands.add_parser("gap", help="say what of the framework a plan leaves out")
    gap.add_argument("plan", type=Path, metavar="PLAN", help="PDF, DOCX, HTML, Markdown or text")
    gap.add_argument("--before", type=Path, metavar="OLD", help="an earlier edition of the plan")
    gap.add_argument(
        "--rulings",
        type=Path,
        metavar="FILE.json",
        help="an analysis in which an officer changed judgements; see docs/using.md",
    )
    gap.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="a framework folder other than the one that ships",
    )
    gap.add_argument(
        "--out", type=Path, metavar="FILE", help="a new file: FILE.docx, .xlsx, .md or .json"
    )
    gap.set_defaults(room="document_commands", command="gap")


def _add_audit(commands: Commands) -> None:
    audit = commands.add_parser("audit", help="remove records of the audit log, or export counts")
    audit.set_defaults(room="audit_commands")
    actions = audit.add_subparsers(metavar="ACTION", required=True)
    purge = actions.add_parser(
        "purge", help="remove the records that are past SIGNPOST_RETENTION_DAYS, or others"
    )
    which = purge.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="every record, the counts and the key")
    which.add_argument("--user", metavar="NAME", help="the records of a user")
    which.add_argument("--before", metavar="DATE", help="the records before a day: 2026-11-01")
    purge.set_defaults(command="purge")
    export = actions.add_parser("export", help="write counts by day, status and reason to a file")
    export.add_argument("file", type=Path, metavar="FILE", help="a new file")
    export.add_argument(
        "--home",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="home of a server, or a folder of homes, counted together; may be repeated",
    )
    export.set_defaults(command="export")


def _add_feedback(commands: Commands) -> None:
    feedback = commands.add_parser("feedback", help="show what users said of answers")
    feedback.set_defaults(room="audit_commands")
    actions = feedback.add_subparsers(metavar="ACTION", required=True)
    shown = actions.add_parser("list", help="list it, newest first")
    shown.add_argument("--limit", type=_count, default=20, metavar="N", help="how much of it (20)")
    export = actions.add_parser("export", help="write it to a file, one JSON object a line")
    export.add_argument("file", type=Path, metavar="FILE", help="a new file")
    for action, command in ((shown, "show"), (export, "export_feedback")):
        action.add_argument(
            "--verdict",
            choices=(
                "helpful",
                "wrong_answer",
                "wrongly_refused",
                "incomplete",
                "wrong_citation",
                "unsafe",
            ),
            help="only this verdict",
        )
        action.set_defaults(command=command)


def _add_serve(commands: Commands) -> None:
    serve = commands.add_parser("serve", help="serve the page")
    serve.add_argument("--host", metavar="HOST", help="address (SIGNPOST_HOST, 127.0.0.1)")
    serve.add_argument("--port", type=_port, metavar="PORT", help="port (SIGNPOST_PORT, 7860)")
    serve.set_defaults(command="serve")


def _add_mcp(commands: Commands) -> None:
    mcp = commands.add_parser(
        "mcp",
        help="answer another assistant over MCP, on stdin and stdout",
        epilog="Over HTTP, `signpost serve` does so at /mcp where SIGNPOST_MCP is true.",
    )
    mcp.set_defaults(command="mcp")


def _add_learn(commands: Commands) -> None:
    learn = commands.add_parser("learn", help="train what reads questions, on labelled rows")
    learn.add_argument(
        "--rows", metavar="FILE", help="more labelled questions, one JSON object a line"
    )
    learn.add_argument(
        "--afresh", action="store_true", help="begin anew, and not from the weights in use"
    )
    learn.add_argument("--undo", action="store_true", help="go back to the weights before")
    learn.set_defaults(room="model_commands", command="learn")


def _add_accounts(commands: Commands) -> None:
    accounts = commands.add_parser("accounts", help="say who may sign in, and as what")
    accounts.set_defaults(room="account_commands")
    actions = accounts.add_subparsers(metavar="ACTION", required=True)
    roles = ("officer", "trainer", "evaluator", "admin")
    add = actions.add_parser("add", help="make an account; the password is typed, or piped in")
    add.add_argument("name", metavar="NAME", help="in small letters: a.officer")
    add.add_argument("--role", required=True, choices=roles, help="what they are here for")
    add.set_defaults(command="add")
    actions.add_parser("list", help="list all accounts").set_defaults(command="list_all")
    role = actions.add_parser("role", help="give an account another role")
    role.add_argument("name", metavar="NAME", help="whose")
    role.add_argument("role", metavar="ROLE", choices=roles, help=", ".join(roles))
    role.set_defaults(command="role")
    for command, words in (
        ("password", "give an account another password; it is typed, or piped in"),
        ("token", "print a new token for the HTTP API in place of the one before"),
        ("remove", "remove an account"),
    ):
        action = actions.add_parser(command, help=words)
        action.add_argument("name", metavar="NAME", help="whose")
        action.set_defaults(command=command)


def _add_switch(commands: Commands) -> None:
    switch = commands.add_parser("switch", help="switch a running service off, read-only or on")
    switch.add_argument(
        "state", nargs="?", choices=("on", "read-only", "off"), help="if left out, say how it is"
    )
    switch.add_argument("--message", default="", metavar="TEXT", help="what users are told")
    switch.set_defaults(room="account_commands", command="switch")


def _add_llm(commands: Commands) -> None:
    llm = commands.add_parser("llm", help="the language model that words answers, if one is set")
    actions = llm.add_subparsers(metavar="ACTION", required=True)
    check = actions.add_parser(
        "check", help="try the endpoint and say what works: words, streaming, length, JSON"
    )
    check.set_defaults(room="model_commands", command="check")


def _count(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 10000")
    return number


def _port(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; choose one from 1 to 65535")
    return number


def _check_batch(arguments: argparse.Namespace) -> None:
    one, batch = arguments.question is not None, arguments.batch is not None
    check_filters(arguments)
    if one == batch:
        arguments.parser.error("give either a QUESTION or --batch IN.jsonl")
    if batch != (arguments.out is not None):
        arguments.parser.error("--batch IN.jsonl and --out OUT.jsonl belong together")
    if batch and (arguments.json or getattr(arguments, "turns", [])):
        arguments.parser.error("--json and --turn belong to a single QUESTION, not to --batch")
    for name in ("certificate", "export", "brief"):
        if batch and getattr(arguments, name, None):
            arguments.parser.error(f"--{name} belongs to a single QUESTION, not to --batch")


def _check_ground(arguments: argparse.Namespace) -> None:
    one, batch = arguments.claim is not None, arguments.batch is not None
    if one == batch:
        arguments.parser.error("give either a CLAIM or --batch IN.jsonl")
    if one != (arguments.context is not None):
        arguments.parser.error("a CLAIM and --context FILE belong together")
    if batch != (arguments.out is not None):
        arguments.parser.error("--batch IN.jsonl and --out OUT.jsonl belong together")
    if batch and arguments.json:
        arguments.parser.error("--json belongs to a single CLAIM, not to --batch")


def _run(arguments: argparse.Namespace) -> int:
    if check := getattr(arguments, "check", None):
        check(arguments)
    # First of all: some libraries read their offline switches only once, when they are imported.
    from assistant.retrieval.models import go_offline

    go_offline()
    # Hundreds of thousands of small objects are read at the start, and none of them is garbage.
    gc.set_threshold(100_000)
    from assistant.settings import Settings

    settings = Settings.from_environment()
    _log_to_stderr(settings.log_level)
    room = import_module(f"ui.cli.{arguments.room}")
    command: Command = getattr(room, arguments.command)
    return command(arguments, settings)


def _log_to_stderr(level: str) -> None:
    handler = logging.StreamHandler()
    handler.setLevel(level)
    if level != "DEBUG":
        # A filter, because some of them set the level of their own logger when they are imported.
        handler.addFilter(_is_worth_telling)
    form = "%(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=level, format=form, handlers=[handler])


def _is_worth_telling(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR or record.name.partition(".")[0] in OURS


def _tell(sentence: str) -> int:
    print(f"signpost: {' '.join(sentence.split())}", file=sys.stderr)
    return 1


def _refusal(error: OSError) -> str:
    what = f"{error.strerror or error}"
    if error.filename:
        what += f": {error.filename}"
    advice = {
        errno.ENOSPC: "; make room, or choose another disk with SIGNPOST_HOME or --out",
        errno.EDQUOT: "; make room, or choose another disk with SIGNPOST_HOME or --out",
        errno.EROFS: "; choose a folder that can be written with SIGNPOST_HOME or --out",
        errno.EACCES: "; choose a folder that you may write with SIGNPOST_HOME or --out",
        errno.EADDRINUSE: "; choose another port with --port or SIGNPOST_PORT",
    }.get(error.errno or 0, "")
    return f"{what}{advice}."


if __name__ == "__main__":
    sys.exit(main())
