"""A document as Markdown with footnotes; its words are shown and never read as marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from ui.exports.document import Block, Document, Words, apart
from ui.words.phrases import clean

PAGE = '<div style="break-before: page"></div>'
"""Starts a new page where Markdown is printed."""

_SPECIAL = re.compile(r"([\\`*_\[\]{}<>|~^$@#]|&(?=\S))")

_FIRST = re.compile(r"^(\d*)([-+=:%.)])")
"""What opens a list, a rule, a title or a definition at the beginning of a line."""


def document_as_markdown(document: Document) -> str:
    """Return a document as Markdown: one line a paragraph, footnotes at the end as `[^1]: `."""
    parts = [_line((Words(document.kicker),))] if document.kicker else []
    parts.append(f"# {_words((Words(document.title),))}")
    if document.subtitle:
        parts.append(_line((Words(document.subtitle),)))
    for listed, found in groupby(document.blocks, lambda one: one.shape in ("bullet", "beneath")):
        blocks = list(found)
        parts += ["\n".join(_items(blocks))] if listed else map(_block, blocks)
    notes = document.notes.items()
    parts += (f"[^{number}]: {_line((Words(note.whole),))}" for number, note in notes)
    return "\n\n".join(filter(None, parts)) + "\n"


def _block(block: Block) -> str:
    if block.shape == "table":
        return "\n".join(_table(block.rows))
    if block.shape == "notes":
        return ""
    if block.shape == "heading":
        page = f"{PAGE}\n\n" if block.new_page else ""
        return f"{page}{'#' * (block.level + 1)} {_words(block.words)}"
    return f"{'> ' if block.shape in ('quote', 'box') else ''}{_line(block.words)}"


def _items(blocks: Iterable[Block]) -> Iterator[str]:
    loose = False
    for block in blocks:
        below = block.shape == "beneath"
        if below:
            yield f"\n  {_line(block.words)}"
        else:
            yield from [""] * loose
            yield f"- {_line(block.words)}"
        loose = below


def _table(rows: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield f"| {' | '.join(_escaped(cell) for cell in row)} |"
        if number == 0:
            yield f"|{'---|' * len(row)}"


def _line(words: tuple[Words, ...]) -> str:
    return _FIRST.sub(r"\1\\\2", _words(words)) if not words[0].strong else _words(words)


def _words(words: tuple[Words, ...]) -> str:
    drawn = ""
    for one in words:
        lead, said, end = apart(one.text)
        text = _escaped(said)
        if one.link and text:
            text = f"<{one.link}>" if text == one.link else f"[{text}](<{one.link}>)"
        elif one.strong and text:
            text = f"**{text}**"
        drawn += f"{lead}{text}{''.join(f'[^{number}]' for number in one.notes)}{end}"
    return drawn.strip()


def _escaped(text: str) -> str:
    r"""Escape what Markdown, of CommonMark or of pandoc, would read as a mark.

    >>> print(_escaped("a*b_c [^1] <i> $x$"))
    a\*b\_c \[\^1\] \<i\> \$x\$
    """
    return _SPECIAL.sub(r"\\\1", " ".join(clean(text).split()))
