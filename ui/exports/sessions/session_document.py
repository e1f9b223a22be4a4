"""The documents of a session with their places as footnotes, and the agenda as a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ui.exports.document import Block as Piece
from ui.exports.document import Document, Note, Shape, Words, heading, paragraph
from ui.exports.sessions.session_outline import TIERS, Block

_NUMBERED = re.compile(r"\[(\d+)\]")

_ADDRESS = re.compile(r"(https?://\S+)\.$")
"""What the name of a published work ends with."""

_LETTER = re.compile(r"[A-H]\.")

_SHAPES: dict[str, Shape] = {"text": "text", "bullet": "bullet", "step": "step"}

PLACES = "The places that are cited stand in the footnotes."
"""Stands under the sources, in the place of their numbers."""


def session_document(blocks: Iterable[Block], day: str) -> Document:
    """Return the blocks of a session as a document; its places become footnotes.

    Args:
        blocks: a title, what it is, and the rest, as `session_outline` gives them.
        day: day as of which the session is, ISO 8601.
    """
    title, about, *rest = blocks
    notes = {int(number): _note(text) for number, text in _places(rest)}
    return Document(
        title=title.text,
        subtitle=about.text,
        blocks=tuple(_pieces(rest)),
        notes=notes,
        day=day,
    )


def _places(blocks: Iterable[Block]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        if found := _NUMBERED.fullmatch(block.lead):
            yield found[1], block.text


def _note(text: str) -> Note:
    """Return a place as a footnote; cited again, it is named without tier and works."""
    ends = [text.find(f". {name}") for name in TIERS.values()]
    end = min((one for one in ends if one >= 0), default=len(text) - 1)
    return Note(whole=(Words(text),), short=(Words(text[: end + 1]),))


def _pieces(blocks: Sequence[Block]) -> Iterator[Piece]:
    new_page = False
    at = 0
    while at < len(blocks):
        block = blocks[at]
        if block.shape == "agenda":
            table, at = _agenda(blocks, at)
            yield table
            continue
        at += 1
        if block.shape == "page":
            new_page = True
        elif block.shape in ("heading", "subheading"):
            yield _heading(block, new_page=new_page)
            new_page = False
            if block == Block("heading", "Sources"):
                yield paragraph(PLACES)
        elif not _NUMBERED.fullmatch(block.lead):
            yield _said(block)


def _heading(block: Block, *, new_page: bool) -> Piece:
    level = 1 if block.shape == "heading" else 2
    if not block.marks:
        return heading(block.text, level, new_page=new_page)
    return Piece("heading", (Words(block.text, notes=block.marks),), level, new_page=new_page)


def _said(block: Block) -> Piece:
    lead = (Words(f"{block.lead} ", strong=True),) if block.lead else ()
    shape = "option" if _LETTER.fullmatch(block.lead) else _SHAPES[block.shape]
    text, address = block.text, _ADDRESS.search(block.text)
    if address:
        link = Words(address[1], url=address[1])
        return paragraph(*lead, text[: address.start(1)], link, ".", shape=shape)
    return paragraph(*lead, Words(text, notes=block.marks), shape=shape)


def _agenda(blocks: Sequence[Block], start: int) -> tuple[Piece, int]:
    """Return the agenda as a table, with what the trainer does where that is said."""
    rows: list[list[str]] = []
    end = start
    while end < len(blocks) and blocks[end].shape in ("agenda", "text"):
        block = blocks[end]
        if block.shape == "agenda":
            rows.append([block.lead, block.text])
        else:
            rows[-1].append(block.text)
        end += 1
    header = ("Time", "Part", "What you do")[: max(map(len, rows))]
    filled = (tuple(row + [""] * (len(header) - len(row))) for row in rows)
    return Piece("table", rows=(header, *filled)), end
