"""The arguments of `signpost`, read from the documentation of the functions that run its commands.

Their sources are read and not imported, so that `--help` answers at once.
"""

import argparse
import ast
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from inspect import cleandoc
from pathlib import Path
from typing import Any

from corpus.errors import SignpostError

WORDS: Mapping[str, tuple[str, str]] = {
    "ask": ("commands", ""),
    "verify": ("corpus_commands", ""),
    "search": ("commands", ""),
    "ground": ("corpus_commands", ""),
    "index": ("commands", "build, inspect or roll back the index"),
    "ingest": ("document_commands", ""),
    "corpus": ("corpus_commands", "check, show, export or compare the corpus"),
    "eval": ("eval_commands", "run an evaluation suite, score it, compare runs"),
    "session": ("document_commands", ""),
    "gap": ("document_commands", ""),
    "audit": ("operator_commands", "remove records of the audit log, or export counts"),
    "feedback": ("operator_commands", "show what users said of answers"),
    "serve": ("commands", ""),
    "mcp": ("commands", ""),
    "learn": ("operator_commands", ""),
    "accounts": ("operator_commands", "say who may sign in, and as what"),
    "switch": ("operator_commands", ""),
    "llm": ("operator_commands", "the language model that words answers, if one is set"),
}
"""The first word of each command in the order of the help: the module that runs it, and what the
commands are for where a second word follows. The function is named as the command; it prints, and
returns the exit code."""

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
    "COUNT": lambda text: _number(text, int, 10_001, "number from 1 to 10000"),
    "N": int,
    "PORT": lambda text: _number(text, int, 65_536, "port; choose one from 1 to 65535"),
    "SHARE": lambda text: _number(text, float, 1, "share between 0 and 1"),
}
"""What reads a value, by the word that stands for it before any full stop; others are text."""


def read_day(text: str | None) -> date:
    """Read a day as typed; today if none is; `SignpostError` if it is no day."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SignpostError(f"{text!r} is no day; write it as 2027-08-01.") from None


def terminal_width() -> int:
    """Return how many characters a line for this terminal may have."""
    return min(shutil.get_terminal_size((88, 24)).columns, 100)


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
    documented = {module: dict(_functions(module)) for module, _ in WORDS.values()}
    for word, (module, group) in WORDS.items():
        below = commands
        if group:
            below = commands.add_parser(word, help=group).add_subparsers(
                metavar="ACTION", required=True
            )
        for function, said in documented[module].items():
            first, _, second = function.partition("_")
            if first == word:
                _add_command(below, second or first, f"{module}.{function}", said)
    return parser


def _functions(module: str) -> Iterator[tuple[str, str]]:
    """Yield the functions of a module of this package, each with its documentation."""
    tree = ast.parse(Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, ast.get_docstring(node) or ""


def _add_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    call: str,
    documentation: str,
) -> None:
    """Add a command: a sentence on what it is for, a line for each argument, and what else is said.

    Lines that are indented go on with the one before.
    """
    first, *lines = documentation.replace("\n    ", " ").splitlines()
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


def _number(text: str, kind: type[int | float], below: int, what: str) -> float:
    try:
        number = kind(text)
    except ValueError:
        number = 0
    if not 0 < number < below:
        raise argparse.ArgumentTypeError(f"{text!r} is no {what}")
    return number


def check_arguments(arguments: argparse.Namespace) -> None:
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
        alone = f"to a single {what}, not to --batch"
        rules = [
            (batch and filtered, 'for --batch, filters stand in the rows: "filters": {...}'),
            ((typed is None) == (batch is None), f"give either a {what} or --batch IN.jsonl"),
            (
                (batch is None) != (out is None),
                "--batch IN.jsonl and --out OUT.jsonl belong together",
            ),
            (
                (typed is None) != (given.get("context", typed) is None),
                "a CLAIM and --context FILE belong together",
            ),
            (batch and what == "QUESTION" and told, f"--json and --turn belong {alone}"),
        ]
        for name in ("json", "certificate", "export", "brief"):
            rules.append((batch and given.get(name), f"--{name} belongs {alone}"))
    for is_wrong, sentence in rules:
        if is_wrong:
            arguments.parser.error(sentence)


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
