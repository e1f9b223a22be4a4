"""The `signpost` command: reads the arguments, starts the work, turns errors into one line.

Arguments are read from the documentation of the functions that run the commands, whose source is
read and not imported, so that `--help` answers at once.
"""

import argparse
import ast
import errno
import gc
import logging
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from inspect import cleandoc
from pathlib import Path
from typing import Any

from corpus.errors import SignpostError

logger = logging.getLogger(__name__)

OURS = ("assistant", "corpus", "evals", "ui", "__main__")
"""Whose warnings are shown; those of libraries say nothing to somebody who asks a question."""

MODULES = "commands corpus_commands document_commands eval_commands operator_commands".split()
"""Where the functions that run commands stand. Each is named as its command; it prints, and returns
the exit code unless that is 0."""

ORDER = (
    "ask verify search ground index ingest corpus eval session gap audit feedback serve mcp learn"
    " accounts switch llm"
).split()
"""The first word of each command, as the help lists them."""

GROUPS = {
    "index": "build, inspect or roll back the index",
    "corpus": "check, show, export or compare the corpus",
    "eval": "run an evaluation suite, score it, compare runs",
    "audit": "remove records of the audit log, or export counts",
    "feedback": "show what users said of answers",
    "accounts": "say who may sign in, and as what",
    "llm": "the language model that words answers, if one is set",
}
"""What the commands of two words are for, by their first."""

SHARED = """
RUN: the run folder
--audience NAME=: only what is for officer, trainer or evaluator
--batch IN.jsonl: a file of questions, one a line: id, question, turns, filters
--facet NAME ...: only what is of this kind, in the framework: outcomes
--folder DIR: a framework folder other than the one that ships
--held-out: show cases of the test and calibration splits too, only counted otherwise
--library NAME: a library of your own documents, which are searched too and shown apart
--pillar PILLAR ...: only what is of this pillar: 3
--tier {framework,guidance,document} ...: only what is from this tier
--today DATE: the day as of which a source may be past review: 2027-08-01
--verdict {helpful,wrong_answer,wrongly_refused,incomplete,wrong_citation,unsafe}: only this verdict
"""
"""Arguments of several commands, which name them by the first word alone."""

KINDS: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(
        "BASELINE DIR EDITION FILE IN NEW OLD OUT PATH PLAN RUN RUN_A RUN_B".split(), Path
    ),
    "CMD": lambda text: _said(text, "command"),
    "COUNT": lambda text: _number(text, int, 10_001, "number from 1 to 10000"),
    "N": int,
    "PORT": lambda text: _number(text, int, 65_536, "port; choose one from 1 to 65535"),
    "SHARE": lambda text: _number(text, float, 1, "share between 0 and 1"),
}
"""What reads a value, by the word that stands for it before any full stop; others are text."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 0, 1 after an error told in one line on stderr, 130 after Ctrl-C."""
    arguments = build_parser().parse_args(argv)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except SignpostError as error:
        said = str(error)
    except BrokenPipeError:
        # Whoever read the output has enough; Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        logger.debug("The operating system refused.", exc_info=True)
        said = _refusal(error)
    except KeyboardInterrupt:
        return 130
    else:
        return code
    print(f"signpost: {' '.join(said.split())}", file=sys.stderr)
    return 1


def _run(arguments: Namespace) -> int:
    check_arguments(arguments)
    # First of all: some libraries read their offline switches only once, when they are imported.
    from assistant.retrieval.models import go_offline

    go_offline()
    # Hundreds of thousands of small objects are read at the start, and none of them is garbage.
    gc.set_threshold(100_000)
    from assistant.settings import Settings

    settings = Settings.from_environment()
    if settings.home.is_file():
        raise SignpostError(f"SIGNPOST_HOME is a file, {settings.home}; set it to a folder.")
    handler = logging.StreamHandler()
    handler.setLevel(settings.log_level)
    if settings.log_level != "DEBUG":
        # A filter, because some of them set the level of their own logger when they are imported.
        handler.addFilter(
            lambda one: one.levelno >= logging.ERROR or one.name.partition(".")[0] in OURS
        )
    form = "%(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=settings.log_level, format=form, handlers=[handler])
    module, _, function = arguments.call.partition(".")
    code: int | None = getattr(import_module(f"ui.cli.{module}"), function)(arguments, settings)
    return code or 0


def _refusal(error: OSError) -> str:
    place = f": {error.filename}" if error.filename else ""
    room = "make room, or choose another disk with SIGNPOST_HOME or --out"
    advice = {
        **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), room),
        errno.EROFS: "choose a folder that can be written with SIGNPOST_HOME or --out",
        errno.EACCES: "choose a folder that you may write with SIGNPOST_HOME or --out",
        errno.EADDRINUSE: "choose another port with --port or SIGNPOST_PORT",
    }.get(error.errno or 0)
    return f"{error.strerror or error}{place}{f'; {advice}' if advice else ''}."


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command, one subparser for each command."""
    parser = argparse.ArgumentParser(
        prog="signpost",
        description="Cited answers on protecting children from sexual exploitation online.",
        epilog="Settings come from the environment, such as SIGNPOST_HOME;"
        " docs/reference.md lists them.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and leave")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    documented = [
        (f"{module}.{node.name}", node.name.partition("_"), ast.get_docstring(node) or "")
        for module in MODULES
        for node in ast.parse(Path(__file__).with_name(f"{module}.py").read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
    ]
    for word in ORDER:
        below = commands
        if word in GROUPS:
            group = commands.add_parser(word, help=GROUPS[word])
            below = group.add_subparsers(metavar="ACTION", required=True)
        for call, (first, _, second), said in documented:
            if first == word:
                _add_command(below, second or first, call, said)
    return parser


def _add_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, call: str, told: str
) -> None:
    first, *lines = told.replace("\n    ", " ").splitlines()
    shared = {line.split()[0].rstrip(":"): line for line in cleandoc(SHARED).splitlines()}
    arguments = [line for line in lines if line and (line[0] in "-[" or line.split()[0].isupper())]
    rest = " ".join(line for line in lines if line and line not in arguments)
    said = f"{first[0].lower()}{first[1:].rstrip('.')}"
    parser = commands.add_parser(name, help=said, epilog=rest or None)
    parser.set_defaults(call=call, parser=parser)
    place = parser.add_mutually_exclusive_group() if call.endswith(".audit_purge") else parser
    for line in arguments:
        written, _, what = shared.get(line, line).partition(": ")
        _add(place, written, what)


def _add(parser: argparse._ActionsContainer, written: str, said: str) -> None:
    """Add an argument, written much as a usage line has it.

    `FILE`, `[FILE]` which may be left out, `PATH ...` of which there may be any number; `--json`,
    `--out FILE`, `--out FILE!` which must be given, `--limit COUNT=20` with its default,
    `--turn TEXT ...` which may be repeated, `--pillar N [N ...]` which takes several at once.
    Braces hold a choice; the word in capitals says how a value is read, see `KINDS`.
    """
    name, *rest = written.strip("[]").split()
    value, equals, default = (rest[0] if rest and rest[0] != "..." else "").partition("=")
    if name.isupper():
        nargs = "?" if written.startswith("[") else "*" if rest == ["..."] else None
        parser.add_argument(name.casefold(), help=said, nargs=nargs, **_read(value or name))
        return
    more = _read(value.removesuffix("!")) | ({"required": True} if value.endswith("!") else {})
    if equals:
        more |= {"default": default, "help": f"{said} ({default})" if default else said}
    if rest[2:]:
        more |= {"default": [], "action": "extend", "nargs": "+"}
    elif rest[1:]:
        more |= {"default": [], "action": "append", "help": f"{said}; may be repeated"}
    parser.add_argument(name, **({"help": said} | more))


def _read(value: str) -> dict[str, Any]:
    """Return how a value is read; without one, the option is a flag."""
    if not value:
        return {"action": "store_true"}
    if value.startswith("{"):
        return {"choices": value.strip("{}").split(",")}
    return {"metavar": value, "type": KINDS.get(value.partition(".")[0], str)}


def _said(text: str, what: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is no {what}")
    return text


def _number(text: str, kind: type[int | float], below: int, what: str) -> float:
    try:
        number = kind(text)
    except ValueError:
        number = 0
    if not 0 < number < below:
        raise argparse.ArgumentTypeError(f"{text!r} is no {what}")
    return number


def check_arguments(arguments: Namespace) -> None:
    """Refuse arguments that do not go together, as wrong usage."""
    given = vars(arguments)
    rules: list[tuple[object, str]] = []
    if "remove" in given:
        nothing = not any(map(given.get, ("path", "remove", "list", "role")))
        rules = [(nothing, "name files or folders, or use --remove, --list or --role")]
    if "batch" in given:
        what = "CLAIM" if "claim" in given else "QUESTION"
        typed, batch, out = (given[name] for name in (what.casefold(), "batch", "out"))
        filtered = any(map(given.get, ("pillar", "facet", "tier", "audience")))
        told = given["json"] or given.get("turn")
        alone, pair = f"to a single {what}, not to --batch", "belong together"
        context = given.get("context", typed)
        rules = [
            (batch and filtered, 'for --batch, filters stand in the rows: "filters": {...}'),
            ((typed is None) == (batch is None), f"give either a {what} or --batch IN.jsonl"),
            ((batch is None) != (out is None), f"--batch IN.jsonl and --out OUT.jsonl {pair}"),
            ((typed is None) != (context is None), f"a CLAIM and --context FILE {pair}"),
            (batch and what == "QUESTION" and told, f"--json and --turn belong {alone}"),
        ]
        for name in ("json", "certificate", "export", "brief"):
            rules.append((batch and given.get(name), f"--{name} belongs {alone}"))
    for is_wrong, sentence in rules:
        if is_wrong:
            arguments.parser.error(sentence)


class _Version(argparse.Action):
    """Looks the version up only when it is asked for, because reading metadata takes a while."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        from importlib.metadata import version

        print(f"signpost {version('signpost')}")
        parser.exit()


if __name__ == "__main__":
    sys.exit(main())
