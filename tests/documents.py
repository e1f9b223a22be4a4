"""The documents as a checker reads them, and the parts of them that are generated from the code."""

import argparse
import ast
import json
import re
import shlex
from pathlib import Path

from assistant.retrieval.encoder import DIMENSION
from assistant.settings import PREFIX, Settings
from corpus.checks.signposting import read_signposting, shipped_signposting
from corpus.readers.questions import (
    read_messages,
    read_questions,
    shipped_messages,
    shipped_questions,
)
from corpus.whole import Whole
from ui.cli.main import build_parser

ROOT = Path(__file__).parents[1]
FLOORS = ("corpus", "assistant", "evals", "ui")

_HEADING = re.compile(r"^(#+) +(.+?) *$")
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
    return sorted(
        {
            f"signpost {found}"
            for found in _commands(text)
            if not _known(shlex.split(found.strip()), parser)
        }
    )


def _commands(text):
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]
    for code in (*fenced, *spans):
        for line in code.splitlines():
            yield from _COMMAND.findall(line.partition(" #")[0])


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
    links = [link for link in _LINK.findall(text) if "://" not in link]
    dead = [link for link in links if not _leads(link, text, folder)]
    return dead + [path for path in _PATH.findall(text) if not (ROOT / path).exists()]


def _leads(link, text, folder):
    path, _, place = link.partition("#")
    target = folder / path if path else None
    if target is not None and not target.exists():
        return False
    if not place:
        return True
    there = target.read_text(encoding="utf-8") if target else text
    headings = (_HEADING.match(line) for line in there.splitlines())
    slugs = {
        re.sub(r"[^\w\- ]", "", one[2].casefold()).replace(" ", "-") for one in headings if one
    }
    return place in slugs


def renewed(text):
    """Return a document with its generated parts made anew; each stands between two marks."""
    return _BLOCK.sub(lambda found: f"{found[1]}{BLOCKS[found[2]]()}{found[4]}", text)


def _row(*cells):
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |\n"


def _table(head, rows):
    return _row(*head) + _row(*("---" for _ in head)) + "".join(_row(*row) for row in rows)


def _settings():
    """Return every setting with its default and the first sentence of what it is for."""
    said = _attributes(ROOT / "assistant" / "settings.py", "Settings")
    return _table(
        ("setting", "default", "what it is for"),
        (
            (f"`{PREFIX}{name.upper()}`", _default(name), said[name])
            for name in Settings.model_fields
        ),
    )


def _default(name):
    if name == "home":
        return "see below"
    default = Settings.model_fields[name].default
    return f"`{default}`" if default not in ("", None) else "empty"


def _attributes(path, name):
    """Return what the documentation says under each field of a class, in one line."""
    (found,) = (
        node
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name == name
    )
    said = {}
    for field, below in zip(found.body, found.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
            assert isinstance(field.target, ast.Name)
            said[field.target.id] = " ".join(str(ast.literal_eval(below.value)).split())
    return said


def _modules():
    """Return every package with what it is for, and its modules with their first sentence."""
    lines = []
    for floor in reversed(FLOORS):
        for init in sorted((ROOT / floor).rglob("__init__.py")):
            package = init.parent
            name = package.relative_to(ROOT).as_posix()
            modules = sorted(path for path in package.glob("*.py") if path != init)
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
        "Labelled questions": len(read_questions(shipped_questions())),
        "Labelled messages": len(read_messages(shipped_messages())),
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
