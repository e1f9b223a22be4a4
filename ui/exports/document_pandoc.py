"""A document as pandoc reads it: a tree, in which words are words and nothing can be a mark."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from ui.exports.document import Block, Document, Note, Words, grouped
from ui.words.phrases import clean

API = [1, 23, 1]
"""Version of pandoc's tree that this writes."""

Tree = dict[str, object]
"""A piece of the tree: `t` says what it is, `c` what it holds."""

NEW_PAGE = "new-page-"
"""Opens the bookmarks of headings that start a page."""

SMALL = "Signpost Small"
"""Style of asides."""

BENEATH = "Signpost Beneath"
"""Style of what goes on with an item of a list."""

_NO_ATTRIBUTES: list[object] = ["", [], []]

_SPACE: Tree = {"t": "Space"}


def document_as_tree(document: Document) -> bytes:
    """Return a document as pandoc's JSON."""
    drawing = _Drawing(document)
    meta = {"title": document.title, "subtitle": document.subtitle, "lang": "en-GB"}
    tree = {
        "pandoc-api-version": API,
        "meta": {
            name: {"t": "MetaInlines", "c": _strings(text)} for name, text in meta.items() if text
        },
        "blocks": list(drawing.blocks()),
    }
    return json.dumps(tree).encode()


class _Drawing:
    """Draws a document, and knows which footnotes were told in whole."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._told: set[int] = set()
        self._pages = 0

    def blocks(self) -> Iterator[Tree]:
        for shape, found in grouped(self._document.blocks):
            if shape == "bullet":
                yield _tree("BulletList", self._items(found))
            elif shape == "step":
                numbering = [1, {"t": "Decimal"}, {"t": "Period"}]
                yield _tree("OrderedList", [numbering, self._items(found)])
            else:
                yield self._block(found[0])

    def _block(self, block: Block) -> Tree:
        if block.shape == "heading":
            return _tree("Header", [block.level, self._attributes(block), self._words(block.words)])
        if block.shape == "table":
            return _table(block.rows)
        drawn = _tree("Para", self._words(block.words))
        if block.shape == "quote":
            return _tree("BlockQuote", [drawn])
        style = {"small": SMALL, "option": BENEATH}.get(block.shape)
        return _styled(style, drawn) if style else drawn

    def _attributes(self, block: Block) -> list[object]:
        if not block.new_page:
            return _NO_ATTRIBUTES
        self._pages += 1
        return [f"{NEW_PAGE}{self._pages}", [], []]

    def _items(self, blocks: Iterable[Block]) -> list[list[Tree]]:
        items: list[list[Tree]] = []
        for block in blocks:
            if block.shape == "beneath" and items:
                items[-1].append(_styled(BENEATH, _tree("Para", self._words(block.words))))
            else:
                items.append([_tree("Plain", self._words(block.words))])
        return items

    def _words(self, words: Sequence[Words]) -> list[Tree]:
        return [piece for one in words for piece in self._drawn(one)]

    def _drawn(self, one: Words) -> Iterator[Tree]:
        if one.text[:1].isspace():
            yield _SPACE
        inner = _strings(one.text)
        if one.link:
            yield _tree("Link", [_NO_ATTRIBUTES, inner, [one.link, ""]])
        elif one.strong:
            yield _tree("Strong", inner)
        else:
            yield from inner
        if one.notes:
            yield _tree("Note", [_tree("Para", self._note(one.notes))])
        if one.text[-1:].isspace() and one.text.strip():
            yield _SPACE

    def _note(self, numbers: Iterable[int]) -> list[Tree]:
        """Return footnotes as one: two marks side by side would read as one number."""
        found: list[Tree] = []
        for number in numbers:
            note: Note = self._document.notes[number]
            words = note.short if number in self._told else note.whole
            self._told.add(number)
            found += [_SPACE] * bool(found) + self._words(words)
        return found


_SHARES = {1: (1.0,), 2: (0.2, 0.8), 3: (0.17, 0.33, 0.5), 5: (0.4, 0.15, 0.15, 0.15, 0.15)}
"""How wide the columns of a table are, as shares of the page."""


def _tree(kind: str, content: object) -> Tree:
    return {"t": kind, "c": content}


def _styled(style: str, block: Tree) -> Tree:
    return _tree("Div", [["", [], [["custom-style", style]]], [block]])


def _strings(text: str) -> list[Tree]:
    found: list[Tree] = []
    for word in clean(text).split():
        found += [_SPACE] * bool(found) + [_tree("Str", word)]
    return found


def _table(rows: Sequence[Sequence[str]]) -> Tree:
    plain: Tree = {"t": "AlignDefault"}
    columns = [[plain, _tree("ColWidth", share)] for share in _SHARES[len(rows[0])]]
    drawn = [
        [
            _NO_ATTRIBUTES,
            [[_NO_ATTRIBUTES, plain, 1, 1, [_tree("Plain", _strings(cell))]] for cell in row],
        ]
        for row in rows
    ]
    body = [_NO_ATTRIBUTES, 0, [], drawn[1:]]
    caption: list[object] = [None, []]
    content = [_NO_ATTRIBUTES, caption, columns, [_NO_ATTRIBUTES, drawn[:1]], [body]]
    return _tree("Table", [*content, [_NO_ATTRIBUTES, []]])
