"""What is read of an operator's file: Document, its sections, and the blocks that make them."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby, zip_longest
from pathlib import PurePath
from typing import Literal, NamedTuple

from corpus.passage import Passage, Record, Source, Span, sha256_of
from corpus.text import PIECE, sentence_runs, sentences_in, with_items

Kind = Literal["pdf", "docx", "html", "markdown", "text"]  # What a file is, whatever it is called.
LONGEST_BLOCK = 4_000  # Characters from which a paragraph is parted, between two of its sentences.
PARTED = " | "  # Stands between the cells of a table's row.
PASSAGE = "passage"  # Value of the facet `kind` of a section.

_LIGATURES = range(0xFB00, 0xFB07)
_TURNS = range(0x202A, 0x202F)
_INVISIBLE = {*_TURNS, *range(0x2060, 0x2070), *range(0xE0000, 0xE0080)}
_INVISIBLE |= {0x200B, 0x200E, 0x200F, 0xFEFF}
"""Signs that are not seen: tags, zero widths, turns of direction."""

_TELLING = {*_TURNS, *range(0xE0001, 0xE0080)}
"""Those among them that can carry or turn words, and stand in no ordinary file."""


class Block(NamedTuple):
    """A paragraph, a heading or a row of a table, in reading order."""

    text: str
    level: int = 0
    """Of a heading from 1, outermost; 0 for what is none."""

    page: int = 0
    """Page on which it begins, counted from 1; 0 where the format has no pages."""

    last: int = 0
    row: int = 0
    """Number of the table in which it is a row, a unit whatever stops it holds; 0 for none."""

    size: float = 0.0
    bold: bool = False
    """Of its letters, in points, where the format tells headings by them."""

    names: bool = False
    """Whether it is a row of names of columns."""

    depth: int = 0
    """In how many lists it stands; -1 for a term with its definition, which is in none."""


class Drawn(NamedTuple):
    """What a reader of one format draws from a file."""

    blocks: Sequence[Block]
    title: str = ""
    """As the file itself states it; empty if it does not."""

    language: str = ""
    pages: int = 0
    remarks: tuple[str, ...] = ()


class DocumentSection(Record):
    """A piece of a document under one heading, and on one page where there are pages."""

    page: int
    last_page: int
    heading_path: tuple[str, ...]
    text: str
    """Paragraphs and rows, one a line; cells have the names of their columns, or a bar between."""

    sentences: tuple[Span, ...]
    """The units of citation, in reading order; a row is one."""

    @property
    def locator(self) -> str:
        """Where it is, for a reader."""
        if self.page:
            more = self.last_page > self.page
            return f"pages {self.page}-{self.last_page}" if more else f"page {self.page}"
        # The title is the source's; "Article 48" and what it is on may be two headings.
        headings = ", ".join(self.heading_path[1:][-2:] or self.heading_path)
        return f"under \u201c{headings}\u201d" if headings else "the text"


def pages_of(locator: str) -> range:
    """Return the pages that a locator names; none where the format has no pages.

    >>> [*pages_of("pages 3-4")], [*pages_of("the text")]
    ([3, 4], [])
    """
    name, _, pages = locator.partition(" ")
    first, _, last = pages.partition("-")
    return range(int(first), int(last or first) + 1) if name in ("page", "pages") else range(0)


class Document(Record):
    """A file as it was read."""

    name: str
    kind: Kind
    title: str
    """Its title, or the name of its file."""

    language: str
    """Tag of its language as it states it, such as `en`; empty if it does not."""

    pages: int
    sections: tuple[DocumentSection, ...]
    remarks: tuple[str, ...]
    sha256: str
    megabytes: int = 0
    """Most memory that reading it took."""

    def source(self, source_id: str, file: str) -> Source:
        """Return it as a source, whose title tells what its file is called."""
        bare = self.title.casefold() in (file.casefold(), PurePath(file).stem.casefold())
        title = file if bare else f"{self.title} ({file})"
        return Source(id=source_id, title=title, locator=file, sha256=self.sha256, tier="document")

    def passages(self, source_id: str) -> tuple[Passage, ...]:
        """Return its sections as passages, whose ids are the source's with a number."""
        return tuple(
            Passage(
                id=f"{source_id}#{number}",
                source_id=source_id,
                locator=section.locator,
                heading_path=section.heading_path,
                text=section.text,
                sentences=section.sentences,
                facets={"tier": "document", "source": source_id, "kind": PASSAGE},
                text_sha256=sha256_of(section.text),
            )
            for number, section in enumerate(self.sections, start=1)
        )


def cleaned(text: str) -> tuple[str, int]:
    r"""Return a text on one line without signs that are not seen, and how many of them tell.

    >>> cleaned("of\ufb01ce\u200b  \u202ehours\n here")
    ('office hours here', 1)
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split()), 0
    telling = sum(ord(sign) in _TELLING for sign in text)
    return " ".join("".join(map(_shown, text)).split()).replace("\u00ad", ""), telling


@cache
def _shown(sign: str) -> str:
    if ord(sign) in _INVISIBLE:
        return ""
    if ord(sign) in _LIGATURES:
        return unicodedata.normalize("NFKC", sign)
    return " " if unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") else sign


def mended(lines: Iterable[str], known: frozenset[str] = frozenset()) -> str:
    """Join the lines of a paragraph; a word that a hyphen parts at a line's end is made whole.

    Words of the whole document that are `known` tell whether a hyphen belongs to the word.

    >>> mended(["The imple-", "mentation of self-", "generated"], frozenset({"self-generated"}))
    'The implementation of self-generated'
    """
    text = ""
    for line in (" ".join(one.split()) for one in lines):
        if text.endswith("\u00ad") and line:
            text = text[:-1] + line
        elif len(text) > 1 and text[-1] in "-\u2010" and text[-2].isalpha() and line[:1].islower():
            first, last = text[:-1].rpartition(" ")[2], line.partition(" ")[0].rstrip(".,;:)")
            keeps = f"{first}-{last}".casefold() in known
            text = (f"{text[:-1]}-" if keeps else text[:-1]) + line
        else:
            text += f" {line}" if text and line else line
    return text


def paragraphs(text: str) -> Iterator[str]:
    """Give the paragraphs and items of a text whose lines may be wrapped, each on one line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    ends = 0
    whole: list[str] = []
    for span in sentences_in(lines):
        if whole and "\n" in lines[ends : span.start]:
            yield mended(whole)
            whole = []
        whole += span.of(lines).split("\n")
        ends = span.end
    if whole:
        yield mended(whole)


def sections_of(blocks: Sequence[Block]) -> tuple[DocumentSection, ...]:
    """Return blocks as sections: each under one heading, on one page, of `PIECE` words or more.

    A heading that nothing stands under is a text of its own.
    """
    parts: list[Block] = []
    for block in _with_names(blocks):
        # A block that is far too long to be a passage is parted.
        runs: tuple[Span, ...] = (Span(start=0, end=len(block.text)),)
        if len(block.text) > LONGEST_BLOCK:
            runs = sentence_runs(block.text, sentences_in(block.text))
        parts += (block._replace(text=run.of(block.text)) for run in runs)
    path: list[tuple[int, str]] = []
    groups: list[tuple[tuple[str, ...], list[Block]]] = []
    words = PIECE
    for block, after in zip_longest(parts, parts[1:]):
        if block.level and after and (not after.level or after.level > block.level):
            path = [heading for heading in path if heading[0] < block.level]
            path.append((block.level, block.text.lstrip("# ")))
            words = PIECE
            continue
        # A list is parted from what opens it only where it must be.
        is_open = block.depth > 0 and bool(groups) and not groups[-1][1][-1].text.endswith(".")
        if words >= PIECE * (1 + is_open) or groups[-1][1][0].page != block.page:
            groups.append((tuple(text for _, text in path), []))
            words = 0
        groups[-1][1].append(block)
        words += len(block.text.split())
    return tuple(_section(inside, headings) for headings, inside in groups)


def _with_names(blocks: Iterable[Block]) -> Iterator[Block]:
    """Give blocks, the cells of a row with the names of their columns, where a row has these.

    Where none says so, the first of three rows does, of three cells without figures but years.
    """
    for table, run in groupby(blocks, key=lambda one: one.row):
        if not table:
            yield from run
            continue
        rows = [(one, one.text.split(PARTED)) for one in run]
        first, width = rows[0][1], len(rows[0][1])
        like = width > 2 and len(rows) > 2 and all(len(cells) == width for _, cells in rows[:3])
        plain = all(one.isdecimal() or not any(map(str.isdecimal, one)) for one in first)
        names = first if like and plain else []
        for row, cells in rows:
            # What is told of a file itself often stands in two columns without names.
            names = cells if row.names and cells[1:] and (width > 2 or plain) else names
            if cells is names or row.names or len(names) != len(cells):
                yield row._replace(text=PARTED.join(filter(None, cells)))
                continue
            named = zip((one.rstrip(": ") for one in names), cells, strict=True)
            told = (f"{name}: {cell}" if name else cell for name, cell in named if cell)
            yield row._replace(text="; ".join(told))


def _section(blocks: Sequence[Block], path: tuple[str, ...]) -> DocumentSection:
    start, sentences, depths = 0, list[Span](), dict[int, int]()
    for block in blocks:
        inner = (Span(start=0, end=len(block.text)),) if block.row else sentences_in(block.text)
        found = [Span(start=start + one.start, end=start + one.end) for one in inner]
        sentences += found
        depths |= {one.start: -1 if block.row else block.depth for one in found}
        start += len(block.text) + 1
    text = "\n".join(block.text for block in blocks)
    return DocumentSection(
        page=blocks[0].page,
        last_page=max(block.last or block.page for block in blocks),
        heading_path=path,
        text=text,
        sentences=with_items(text, sentences, depths),
    )
