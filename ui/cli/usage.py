"""The commands of `signpost` as a table: what each takes, what it is for and what runs it.

Only the standard library is imported here, so that `--help` answers at once.
"""

import argparse
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from corpus.errors import SignpostError


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


def check_ask(arguments: argparse.Namespace) -> None:
    """Refuse a question beside a file of them, and what belongs to the other."""
    only = (arguments.pillar, arguments.facet, arguments.tier, arguments.audience)
    if arguments.batch and any(only):
        arguments.parser.error('for --batch, filters stand in the rows: "filters": {...}')
    _check_batch(arguments, "QUESTION", arguments.question)
    if arguments.batch and (arguments.json or getattr(arguments, "turn", [])):
        arguments.parser.error("--json and --turn belong to a single QUESTION, not to --batch")
    for name in ("certificate", "export", "brief"):
        if arguments.batch and getattr(arguments, name, None):
            arguments.parser.error(f"--{name} belongs to a single QUESTION, not to --batch")


def check_ground(arguments: argparse.Namespace) -> None:
    """Refuse a claim beside a file of them, or without its text."""
    _check_batch(arguments, "CLAIM", arguments.claim)
    if (arguments.claim is None) != (arguments.context is None):
        arguments.parser.error("a CLAIM and --context FILE belong together")
    if arguments.batch and arguments.json:
        arguments.parser.error("--json belongs to a single CLAIM, not to --batch")


def check_ingest(arguments: argparse.Namespace) -> None:
    """Refuse to do nothing."""
    if not (arguments.path or arguments.remove or arguments.list or arguments.role):
        arguments.parser.error("name files or folders, or use --remove, --list or --role")


def _check_batch(arguments: argparse.Namespace, what: str, typed: str | None) -> None:
    if (typed is None) == (arguments.batch is None):
        arguments.parser.error(f"give either a {what} or --batch IN.jsonl")
    if (arguments.batch is None) != (arguments.out is None):
        arguments.parser.error("--batch IN.jsonl and --out OUT.jsonl belong together")


@dataclass(frozen=True)
class Command:
    """One command."""

    help: str
    """What it is for."""

    takes: Mapping[str, str] = field(default_factory=dict)
    """Its arguments, each written as `_add` reads it, with what it is for."""

    epilog: str = ""
    """What stands below its help."""

    check: Callable[[argparse.Namespace], None] | None = None
    """Refuses arguments that do not go together."""

    alone: bool = False
    """Whether its arguments exclude each other."""


TODAY = {"--today DATE": "the day as of which a source may be past review: 2027-08-01"}
LIBRARY = {
    "--library NAME": "a library of your own documents, which are searched too and shown apart"
}
ONLY = {
    "--pillar PILLAR ...": "only what is of this pillar: 3",
    "--facet NAME ...": "only what is of this kind, in the framework: outcomes",
    "--tier {framework,guidance,document} ...": "only what is from this tier",
    "--audience NAME=": "only what is for officer, trainer or evaluator",
}
QUESTIONS = {"--batch IN.jsonl": "a file of questions, one a line: id, question, turns, filters"}
FOLDER = {"--folder DIR": "a framework folder other than the one that ships"}
RUN = {"RUN": "the run folder"}
HELD_OUT = {
    "--held-out": "show cases of the test and calibration splits too, only counted otherwise"
}
VERDICT = {
    "--verdict {helpful,wrong_answer,wrongly_refused,incomplete,wrong_citation,unsafe}": (
        "only this verdict"
    )
}
ROLES = "officer,trainer,evaluator,admin"

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

MODULES = {
    **dict.fromkeys(("ask", "search", "index", "serve", "mcp"), "commands"),
    **dict.fromkeys(("verify", "ground"), "check_commands"),
    **dict.fromkeys(("ingest", "gap", "session"), "document_commands"),
    **{"corpus": "corpus_commands", "eval": "eval_commands"},
}
"""Modules that run commands, by the first word of these; `operator_commands` runs all others.

The function is named as the command: it prints, and returns the exit code.
"""

COMMANDS = {
    "ask": Command(
        "answer a question, or a file of them",
        {
            "[QUESTION]": "the question",
            "--json": "print the answer record as JSON",
            "--turn TEXT ...": "an earlier question of the same conversation, oldest first",
            **ONLY,
            **LIBRARY,
            **TODAY,
            "--certificate FILE": "a new file for its grounding certificate; see signpost verify",
            "--export FILE": "a new file for the answer: FILE.md, .docx, .txt, .ris or .bib",
            "--brief FILE.docx": "a new file for a brief of one page",
            **QUESTIONS,
            "--out OUT.jsonl": "where the results go, one a line: id, answer, seconds",
        },
        check=check_ask,
    ),
    "verify": Command(
        "check a grounding certificate again",
        {
            "FILE": "a certificate",
            "--edition EDITION": "an exported edition to check it against, not the corpus at hand",
            **LIBRARY,
            **TODAY,
            "--json": "print what was found as JSON",
        },
        epilog="Exit code: 0 valid, 3 stale, 1 broken.",
    ),
    "search": Command(
        "show the passages that fit a question",
        {
            "[QUESTION]": "the question",
            "-k COUNT": "how many passages (SIGNPOST_K, 10)",
            "--json": "print the hits as JSON",
            **ONLY,
            **LIBRARY,
            **QUESTIONS,
            "--out OUT.jsonl": "where the results go, one a line: id, hits, seconds",
        },
        check=check_ask,
    ),
    "ground": Command(
        "say whether a text carries a claim",
        {
            "[CLAIM]": "the claim",
            "--context FILE": "a file with the text to hold it against",
            "--json": "print the judgement as JSON",
            "--words": "by words alone, without the embedding model: faster",
            "--batch IN.jsonl": "a file of claims, one a line: id, context, claim",
            "--out OUT.jsonl": "where the results go, one a line: id, verdict, support, reasons",
        },
        check=check_ground,
    ),
    "index build": Command(
        "build a new index, verify it and swap it in",
        {
            "--passages FILE.jsonl": "a corpus of your own in place of what ships: id, title, text",
            "--erase": "leave no earlier index: what left the corpus is then in no file",
        },
    ),
    "index status": Command("say what the index holds and whether it fits"),
    "index rollback": Command("go back to the index before this one"),
    "ingest": Command(
        "take documents of your own into a library, or out of it",
        {
            "PATH ...": "a PDF, DOCX, HTML, Markdown or text file, or a folder of them",
            "--library NAME=documents": "which library",
            "--remove NAME ...": "take a file out, and leave no byte of it",
            "--list": "list what the library holds",
            f"--role {{{ROLES},everyone}} ...": "who may see the library; everyone by default",
        },
        epilog="Exit code: 1 where a file was refused; the others are taken in.",
        check=check_ingest,
    ),
    "corpus check": Command(
        "check framework, notes, glossary and signposting",
        {
            **FOLDER,
            "--notes DIR": "a folder of notes other than those that ship",
            **TODAY,
            "--since EDITION": "an exported edition whose ids must still be",
        },
    ),
    "corpus show": Command(
        "show a passage with its source and what cites it",
        {"ID": "id of a passage, short or whole, or of a note: gsr:C12, C12", **TODAY},
    ),
    "corpus export": Command(
        "write the corpus to a file, as an edition",
        {"FILE": "a new file, or an edition to be replaced"},
    ),
    "corpus diff": Command(
        "say what changed between two editions",
        {
            "OLD": "an exported edition",
            "[NEW]": "another; if left out, what ships",
            "--answers FILE.jsonl": "saved answers, to match with what changed",
            **TODAY,
            "--json": "print the difference as JSON",
        },
    ),
    "eval run": Command(
        "answer the cases of a suite into a run folder",
        {
            "--suite NAME!": "name of the suite: framework, full for all",
            "--out RUN!": "the run folder",
            "--limit COUNT": "only the first cases",
            "--family NAME": "only the cases of this family",
            "--split {development,calibration,test}": "only this split",
            "--cases FILE": "cases other than those that ship",
            "--command CMD=": "what answers in the place of Signpost: reads rows id, question,"
            " turns on stdin, writes rows id, answer, seconds to stdout",
        },
    ),
    "eval score": Command("score the answers of a run folder", RUN),
    "eval coverage": Command(
        "say what no case asks for, or no answer cites", {"[RUN]": "a run folder"}
    ),
    "eval compare": Command(
        "compare two runs case by case",
        {
            "RUN_A": "the run to compare with",
            "RUN_B": "the run that is compared",
            "--json": "print the comparison as JSON",
            **HELD_OUT,
        },
    ),
    "eval baseline": Command(
        "write what later runs are held against", {**RUN, "--out FILE!": "the baseline"}
    ),
    "eval gate": Command(
        "fail if a run is worse than a baseline",
        {
            **RUN,
            "--against BASELINE!": "a baseline, such as evals/baseline.json, or a run folder",
            "--alpha SHARE=0.05": "chance of failing a run that is no worse",
        },
        epilog="Exit code: 0 if it is no worse, 1 if it is, with the cases that broke.",
    ),
    "eval report": Command(
        "write a run as one page, with each case",
        {
            **RUN,
            "--against RUN_B": "a run to compare it with",
            "--out FILE!": "the page: FILE.html, or FILE.md",
            **HELD_OUT,
        },
    ),
    "session": Command(
        "make a training session from the corpus",
        {
            "--pillar N [N ...]": "pillars it is about",
            "--capability ID [ID ...]": "capabilities it is about: C12",
            "--topic WORDS=": "words that say what it is about",
            "--minutes N=60": "length, 30 to 240",
            "--audience NAME=officers": "officers, police, teachers, industry, civil-society or"
            " media",
            "--level NAME=introductory": "introductory or advanced",
            "--parts PART [PART ...]": "of objectives, messages, discussion, exercise, quiz,"
            " glossary; all by default",
            "--seed N=0": "another gives another",
            **TODAY,
            "--out DIR!": "a folder without a session",
        },
    ),
    "gap": Command(
        "say what of the framework a plan leaves out",
        {
            "PLAN": "PDF, DOCX, HTML, Markdown or text",
            "--before OLD": "an earlier edition of the plan",
            "--rulings FILE.json": "an analysis in which an officer changed judgements",
            **FOLDER,
            "--out FILE": "a new file: FILE.docx, .xlsx, .md or .json",
        },
        epilog="docs/using.md says how judgements are changed.",
    ),
    "audit purge": Command(
        "remove the records that are past SIGNPOST_RETENTION_DAYS, or others",
        {
            "--all": "every record, the counts and the key",
            "--user NAME": "the records of a user",
            "--before DATE": "the records before a day: 2026-11-01",
        },
        alone=True,
    ),
    "audit export": Command(
        "write counts by day, status and reason to a file",
        {
            "FILE": "a new file",
            "--home DIR ...": "home of a server, or a folder of homes, counted together",
        },
    ),
    "feedback list": Command(
        "list it, newest first", {"--limit COUNT=20": "how much of it", **VERDICT}
    ),
    "feedback export": Command(
        "write it to a file, one JSON object a line", {"FILE": "a new file", **VERDICT}
    ),
    "serve": Command(
        "serve the page",
        {
            "--host HOST": "address (SIGNPOST_HOST, 127.0.0.1)",
            "--port PORT": "port (SIGNPOST_PORT, 7860)",
        },
    ),
    "mcp": Command(
        "answer another assistant over MCP, on stdin and stdout",
        epilog="Over HTTP, `signpost serve` does so at /mcp where SIGNPOST_MCP is true.",
    ),
    "learn": Command(
        "train what reads questions, on labelled rows",
        {
            "--rows FILE": "more labelled questions, one JSON object a line",
            "--afresh": "begin anew, and not from the weights in use",
            "--undo": "go back to the weights before",
        },
    ),
    "accounts add": Command(
        "make an account; the password is typed, or piped in",
        {"NAME": "in small letters: a.officer", f"--role {{{ROLES}}}!": "what they are here for"},
    ),
    "accounts list": Command("list all accounts"),
    "accounts role": Command(
        "give an account another role",
        {"NAME": "whose", f"ROLE {{{ROLES}}}": "what they are here for"},
    ),
    "accounts password": Command(
        "give an account another password; it is typed, or piped in", {"NAME": "whose"}
    ),
    "accounts token": Command(
        "print a new token for the HTTP API in place of the one before", {"NAME": "whose"}
    ),
    "accounts remove": Command("remove an account", {"NAME": "whose"}),
    "switch": Command(
        "switch a running service off, read-only or on",
        {
            "[STATE {on,read-only,off}]": "if left out, say how it is",
            "--message TEXT=": "what users are told",
        },
    ),
    "llm check": Command("try the endpoint and say what works: words, streaming, length, JSON"),
}
"""Every command, by its words, in the order in which the help lists them."""


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
    groups: dict[str, Any] = {}
    for words, command in COMMANDS.items():
        group, _, name = words.rpartition(" ")
        if group and group not in groups:
            below = commands.add_parser(group, help=GROUPS[group])
            groups[group] = below.add_subparsers(metavar="ACTION", required=True)
        below = groups.get(group, commands).add_parser(
            name, help=command.help, epilog=command.epilog or None
        )
        module = MODULES.get(group or name, "operator_commands")
        call = f"{module}.{words.replace(' ', '_')}"
        below.set_defaults(call=call, check=command.check, parser=below)
        place = below.add_mutually_exclusive_group() if command.alone else below
        for written, said in command.takes.items():
            _add(place, written, said)
    return parser


KINDS: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(("BASELINE", "DIR", "EDITION", "FILE", "IN", "NEW", "OLD", "OUT"), Path),
    **dict.fromkeys(("PATH", "PLAN", "RUN", "RUN_A", "RUN_B"), Path),
    "COUNT": lambda text: _number(text, int, 10_001, "number from 1 to 10000"),
    "N": int,
    "PORT": lambda text: _number(text, int, 65_536, "port; choose one from 1 to 65535"),
    "SHARE": lambda text: _number(text, float, 1, "share between 0 and 1"),
}
"""What reads a value, by the word that stands for it before any full stop; others are text."""


def _number(text: str, kind: type[int | float], below: int, what: str) -> float:
    try:
        number = kind(text)
    except ValueError:
        number = 0
    if not 0 < number < below:
        raise argparse.ArgumentTypeError(f"{text!r} is no {what}")
    return number


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
