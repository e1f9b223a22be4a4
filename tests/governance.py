"""The documents in `docs/` as a checker reads them: fields, names of things, numbers, links."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from assistant.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]

PLACEHOLDER = re.compile(
    r"\b(?:TODO|FIXME|XXX+|(?i:tbc|tbd|to be (?:completed|confirmed|written)|lorem ipsum))\b"
    r"|\.\.\.|…|_{3,}|\?{2,}|\[(?:insert|name|date|your)\b"
)
"""What stands where somebody meant to write something."""

HOLLOW = {"n/a", "na", "none", "nil", "unknown", "tba", "pending"}
"""Words that fill a field with nothing, where nothing stands beside them."""

_HEADING = re.compile(r"^(#+) +(.+?) *$")
_NAME = re.compile(rf"\b{PREFIX}[A-Z][A-Z_]*\b")
_COMMAND = re.compile(
    r"(?:(?<![\w/@.:-])|(?<=bin/))signpost (?!signpost\b)([a-z][a-z-]*(?: [^\s`|;&)]+)*)"
)
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_PATH = re.compile(r"`((?:assistant|corpus|docs|evals|tests|ui)/[\w./-]+)`")
_NUMBER = re.compile(r"\b\d[\d,]* of \d[\d,]*\b|(?<![\d.])0\.\d+\b(?!\.\d)")


def fields_of(text: str) -> dict[str, str]:
    """Return what stands under each heading and in each row of a table, by name.

    A heading's name has its marks, as `## Limits`, and what stands under it goes as far as the next
    one of its rank; a row is named by its first cell.
    """
    lines = text.splitlines()
    found: dict[str, str] = {}
    for place, line in enumerate(lines):
        if heading := _HEADING.match(line):
            found[_plain(line)] = _section(lines[place + 1 :], len(heading[1]))
        elif line.startswith("|"):
            name, *cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
            found.setdefault(_plain(name), " ".join(cells))
    return found


def _section(lines: list[str], rank: int) -> str:
    kept = []
    for line in lines:
        heading = _HEADING.match(line)
        if heading and len(heading[1]) <= rank:
            break
        if not heading:
            kept.append(line)
    return "\n".join(kept)


def _plain(name: str) -> str:
    return name.strip(" `*").casefold()


def field_faults(text: str, required: tuple[str, ...]) -> list[str]:
    """Return what is missing, empty or hollow among the fields that a document must have."""
    fields = fields_of(text)
    faults = []
    for name in required:
        said = fields.get(_plain(name))
        if said is None:
            faults.append(f"{name} is missing.")
        elif not re.search(r"\w", said) or said.strip(" .|`*\n").casefold() in HOLLOW:
            faults.append(f"{name} is empty.")
    return faults + [f"{found[0]!r} holds a place." for found in PLACEHOLDER.finditer(text)]


def unknown_settings(text: str) -> list[str]:
    """Return the names of settings in a text that are none."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return sorted(set(_NAME.findall(text)) - known)


def unknown_commands(text: str, parser: argparse.ArgumentParser) -> list[str]:
    """Return the commands of `signpost` in code of a text that the parser does not know."""
    return sorted(
        {
            f"signpost {found}"
            for found in _commands(text)
            if not _known(shlex.split(found.strip()), parser)
        }
    )


def _commands(text: str) -> Iterator[str]:
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]
    for code in (*fenced, *spans):
        for line in code.splitlines():
            yield from _COMMAND.findall(line.partition(" #")[0])


def _known(words: list[str], parser: argparse.ArgumentParser) -> bool:
    """Whether a parser has the subcommand, the options and room for the values in `words`.

    A value in capitals stands for any; a command may be named without its values.
    """
    below = _subcommands(parser)
    if below:
        return not words or (words[0] in below and _known(words[1:], below[words[0]]))
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


def _subcommands(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def unknown_targets(text: str) -> list[str]:
    """Return the targets of make and the modules of `python -m` in a text that are none."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    modules = set(re.findall(r"python -m ((?:evals|assistant|ui)(?:\.\w+)+)", text))
    lost = {one for one in modules if not (ROOT / f"{one.replace('.', '/')}.py").is_file()}
    return sorted((set(re.findall(r"`make ([a-z-]+)", text)) - targets) | lost)


def dead_links(text: str, folder: Path) -> list[str]:
    """Return the files that a text names or links to and that are not there.

    Args:
        text: of a document.
        folder: where the document lies.
    """
    links = [link for link in _LINK.findall(text) if "://" not in link]
    dead = [link for link in links if not _leads(link, text, folder)]
    return dead + [path for path in _PATH.findall(text) if not (ROOT / path).exists()]


def _leads(link: str, text: str, folder: Path) -> bool:
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


def unmeasured(text: str, readme: str) -> list[str]:
    """Return the shares, and counts such as `8 of 90`, of a text that the README does not have."""
    there = set(_NUMBER.findall(readme))
    return sorted(set(_NUMBER.findall(text)) - there)


def count_faults(card: str, counts: Mapping[str, int]) -> list[str]:
    """Return what the table of counts says otherwise than the project, lacks, or makes up."""
    said = _table(card, "Counts")
    return [
        f"{name}: the card says {said.get(name, 'nothing')}, the project has {counts.get(name)}."
        for name in sorted({*said, *counts})
        if said.get(name) != str(counts.get(name))
    ]


def with_counts(card: str, counts: Mapping[str, int]) -> str:
    """Return a card with the numbers of its table of counts made true."""
    for name, count in counts.items():
        card = re.sub(
            rf"^\| {re.escape(name)} \| \d+ \|$", f"| {name} | {count} |", card, flags=re.M
        )
    return card


def _table(text: str, heading: str) -> dict[str, str]:
    """Return the rows of the table under a heading: first cell to last."""
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \|$", section, flags=re.MULTILINE)
    return {row.split(" | ")[0]: row.split(" | ")[-1] for row in rows[1:]}


def measured_rows(card: str) -> list[str]:
    """Return the numbers of the card's table of what was measured, as written."""
    section = card.partition("\n## Measured\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \|$", section, flags=re.MULTILINE)
    return [row.split(" | ")[-1] for row in rows[1:]]
