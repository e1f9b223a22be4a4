"""The documents as a checker reads them, and the parts of them that are generated from the code."""

import argparse
import ast
import json
import re
import shlex
from itertools import pairwise
from pathlib import Path

from assistant.retrieval.encoder import DIMENSION
from assistant.settings import PREFIX, Settings
from corpus.checks.signposting import read_signposting, shipped_signposting
from corpus.readers import questions
from corpus.whole import Whole
from ui.cli.main import build_parser

ROOT = Path(__file__).parents[1]
FLOORS = ("corpus", "assistant", "evals", "ui")

_HEADING = re.compile(r"^(#+) +(.+?) *$", flags=re.MULTILINE)
_NAME = re.compile(rf"\b{PREFIX}[A-Z][A-Z_]*\b")
_COMMAND = re.compile(
    r"(?:(?<![\w/@.:-])|(?<=bin/))signpost (?!signpost\b)([a-z][a-z-]*(?: [^\s`|;&)]+)*)"
)
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_PATH = re.compile(r"`((?:assistant|corpus|docs|evals|tests|ui)/[\w./-]+)`")
_BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n)(.*?)(<!-- end -->)", flags=re.DOTALL)


def unknown_settings(text):
    """Return the names of settings in a text that are none."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return sorted(set(_NAME.findall(text)) - known)


def unknown_commands(text, parser):
    """Return the commands of `signpost` in code of a text that the parser does not know."""
    text = _BLOCK.sub("", text)
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]
    lines = [line.partition(" #")[0] for code in (*fenced, *spans) for line in code.splitlines()]
    found = {command for line in lines for command in _COMMAND.findall(line)}
    return sorted(command for command in found if not _known(shlex.split(command), parser))


def _known(words, parser):
    """Whether a parser has the subcommand, the options and room for the values in `words`.

    A value in capitals stands for any; a command may be named without its values.
    """
    below = _subcommands(parser)
    if below:
        return not words or (words[0] in below and _known(words[1:], below[words[0]][0]))
    options = parser._option_string_actions
    values, after = [], 0
    for word in words:
        if after:
            after = 0
        elif word.startswith("-"):
            if word not in options:
                return False
            after = int(options[word].nargs != 0)
        else:
            values.append(word)
    places = [action for action in parser._actions if not action.option_strings]
    return len(values) <= len(places) and all(
        place.choices is None or value.isupper() or value in place.choices
        for place, value in zip(places, values, strict=False)
    )


def _subcommands(parser):
    """Return each subcommand's parser, with what the help says of it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {one.dest: one.help or "" for one in action._choices_actions}
            return {word: (below, helps.get(word)) for word, below in action.choices.items()}
    return {}


def unknown_targets(text):
    """Return the targets of make and the modules of `python -m` in a text that are none."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    modules = set(re.findall(r"python -m ((?:evals|assistant|ui)(?:\.\w+)+)", text))
    lost = {one for one in modules if not (ROOT / f"{one.replace('.', '/')}.py").is_file()}
    return sorted((set(re.findall(r"`make ([a-z-]+)", text)) - targets) | lost)


def dead_links(text, folder):
    """Return the files that a text, which lies in a folder, names or links to in vain."""
    dead = [path for path in _PATH.findall(text) if not (ROOT / path).exists()]
    for link in (link for link in _LINK.findall(text) if "://" not in link):
        path, _, place = link.partition("#")
        if path and not (folder / path).exists():
            dead.append(link)
        elif place:
            there = (folder / path).read_text(encoding="utf-8") if path else text
            titles = (title.casefold() for _, title in _HEADING.findall(there))
            slugs = {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}
            dead += [link] if place not in slugs else []
    return dead


def renewed(text):
    """Return a document with its generated parts made anew; each stands between two marks."""
    return _BLOCK.sub(lambda found: f"{found[1]}{BLOCKS[found[2]]()}{found[4]}", text)


def _row(*cells):
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |\n"


def _table(head, rows):
    return _row(*head) + _row(*("---" for _ in head)) + "".join(_row(*row) for row in rows)


def _settings():
    """Return every setting with its default and what the documentation under it says."""
    text = (ROOT / "assistant" / "settings.py").read_text(encoding="utf-8")
    (found,) = (node for node in ast.parse(text).body if getattr(node, "name", "") == "Settings")
    said = {
        field.target.id: " ".join(ast.literal_eval(below.value).split())
        for field, below in pairwise(found.body)
        if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr)
    }
    rows = []
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if field.default not in ("", None) else "empty"
        shown = "see below" if name == "home" else default
        rows.append((f"`{PREFIX}{name.upper()}`", shown, said[name]))
    return _table(("setting", "default", "what it is for"), rows)


def _modules():
    """Return every package with what it is for, and its modules with their first sentence."""
    lines = []
    for floor in reversed(FLOORS):
        for init in sorted((ROOT / floor).rglob("__init__.py")):
            name = init.parent.relative_to(ROOT).as_posix()
            modules = sorted(path for path in init.parent.glob("*.py") if path != init)
            lines.append(f"\n**`{name}/`** {_first(init)}\n\n")
            lines += [f"- `{path.stem}`: {_first(path)}\n" for path in modules]
    return "".join(lines) + "\n"


def _first(path):
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return said.partition("\n\n")[0].replace("\n", " ")


def _commands_table():
    def rows(name, parser):
        for word, (below, said) in _subcommands(parser).items():
            if _subcommands(below):
                yield from rows(f"{name} {word}", below)
            else:
                usage = " ".join(below.format_usage().removeprefix("usage: ").split())
                yield (f"`{usage.replace(' [-h]', '')}`", said)

    return _table(("command", "what it does"), rows("signpost", build_parser()))


def _counts():
    """Return what the project has how many of, by the names that the data card gives it."""
    whole = Whole.read()
    texts = read_signposting(shipped_signposting())
    kinds = [item.kind for item in whole.framework.items]
    fitted = json.loads((ROOT / "assistant/citing/support.json").read_text(encoding="utf-8"))
    counts = {
        "Pillars": kinds.count("pillar"),
        "Capabilities": kinds.count("capability"),
        "Outcomes": kinds.count("outcome"),
        "Partner entries": kinds.count("partner"),
        "Guidance notes": len(whole.notes),
        "Sections of notes": sum(len(note.passages) for note in whole.notes),
        "Terms of the glossary": len(whole.glossary.terms),
        "Passages that can be cited": len(whole.corpus.passages),
        "Safeguarding cases": len(texts.cases),
        "Reply texts": len(texts.cases) * len(texts.languages),
        "Services": len(texts.services),
        "Development questions": _lines("development.jsonl"),
        "Calibration questions": _lines("calibration.jsonl"),
        "Test questions": _lines("test.jsonl"),
        "Messages for triage, development": _lines("triage/development.jsonl"),
        "Messages for triage, test": _lines("triage/test.jsonl"),
        "Labelled questions": len(questions.LabelledQuestion.read()),
        "Labelled messages": len(questions.LabelledMessage.read()),
        "Claims that support was fitted on": sum(part["rows"] for part in fitted["fitted_from"]),
        "Days for which an audit record is kept by default": Settings.model_fields[
            "retention_days"
        ].default,
        "Numbers in a vector": DIMENSION,
    }
    return _table(("what", "number"), counts.items())


def _lines(name):
    """Count the lines of a file of cases, without reading what they say."""
    return (ROOT / "evals" / "cases" / name).read_bytes().count(b"\n")


BLOCKS = {
    "settings": _settings,
    "modules": _modules,
    "commands": _commands_table,
    "counts": _counts,
}
"""What is generated, by the name that its mark has."""
