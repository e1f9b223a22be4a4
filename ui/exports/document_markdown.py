"""A document as Markdown with footnotes; its words are shown and never read as marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ui.exports.document import Block, Document, Words, apart, grouped
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
    parts += _parts(document.blocks)
    parts += (f"[^{number}]: {_line(note.whole)}" for number, note in document.notes.items())
    return "\n\n".join(parts) + "\n"


def _parts(blocks: Iterable[Block]) -> Iterator[str]:
    for shape, found in grouped(blocks):
        if shape in ("bullet", "step"):
            yield "\n".join(_items(found))
        elif shape == "table":
            yield "\n".join(_table(found[0].rows))
        elif shape == "notes":
            continue
        elif shape == "heading":
            if found[0].new_page:
                yield PAGE
            yield f"{'#' * (found[0].level + 1)} {_words(found[0].words)}"
        else:
            opens = "> " if shape in ("quote", "box") else ""
            yield f"{opens}{_line(found[0].words)}"


def _items(blocks: Iterable[Block]) -> Iterator[str]:
    number, loose = 0, False
    for block in blocks:
        if block.shape == "beneath":
            yield f"\n  {_line(block.words)}"
            loose = True
            continue
        if loose:
            yield ""
            loose = False
        number += 1
        yield f"{'-' if block.shape == 'bullet' else f'{number}.'} {_line(block.words)}"


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
