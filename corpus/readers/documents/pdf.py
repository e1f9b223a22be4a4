"""The reader of PDF: what a page shows, in reading order, with headings and rows made out."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pypdf import PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

from corpus.errors import DocumentError
from corpus.readers.documents.pdf_page import Layout, Line, show, splits
from corpus.readers.documents.section import Block, Drawn, cleaned, mended

PAGES = 3_000
"""Pages at most."""

FEW_LETTERS = 0.7
"""Share of signs that are letters' below which a file tells no letters."""

LARGER = 1.12
"""Times the size of the body from which a line is a heading."""

_ENDS = (".", "!", "?", ":", ";", "\u2026")


class _Piece(NamedTuple):
    """A paragraph or row with what its letters look like."""

    text: str
    page: int
    last: int
    size: float
    bold: bool
    row: bool


def draw_pdf(data: bytes) -> Drawn:
    """Draw what a PDF shows.

    Raises:
        DocumentError: it is encrypted, broken off, a bomb, or holds no text.
    """
    # What a file without its end would give is the beginning, in silence.
    if b"%%EOF" not in data[-2048:]:
        raise DocumentError("truncated", "breaks off before its end; fetch it again.")
    try:
        return _drawn(PdfReader(io.BytesIO(data), strict=False))
    except LimitReachedError:
        raise DocumentError("bomb", "unpacks to far more than it is.") from None
    except DependencyError:
        raise DocumentError("encrypted", "is encrypted; save it without a password.") from None
    except PyPdfError as error:
        said = str(error).partition("\n")[0].rstrip(".")
        raise DocumentError("damaged", f"is damaged: {said}.") from None


def _drawn(reader: PdfReader) -> Drawn:
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentError("encrypted", "is encrypted; save it without a password.")
    count = len(reader.pages)
    if count > PAGES:
        raise DocumentError("too large", f"has {count:,} pages; at most {PAGES:,} are read.")
    layouts = [show(page, number) for number, page in enumerate(reader.pages, start=1)]
    remarks = _remarks(reader, layouts)
    pages = _without_running([one.lines for one in layouts])
    known = frozenset(
        word.strip(".,;:()").casefold()
        for lines in pages
        for line in lines
        for word in line.text.split()
        if "-" in word[1:-1]
    )
    pieces = [piece for lines in pages for piece in _pieces(lines, known)]
    blocks = tuple(_blocks(_whole(pieces)))
    about = reader.metadata
    title = cleaned(str(about.title))[0] if about and about.title else ""
    language = reader.root_object.get("/Lang", "")
    return Drawn("pdf", blocks, title, str(language), count, remarks)


def _remarks(reader: PdfReader, layouts: Sequence[Layout]) -> tuple[str, ...]:
    """Return what was left out.

    Raises:
        DocumentError: no page holds text, or its letters cannot be told.
    """
    text = "".join(line.text for one in layouts for line in one.lines)
    pictures = [one.number for one in layouts if one.pictured and not one.lines]
    if not text.strip():
        if pictures:
            raise DocumentError("scanned", "holds pictures of pages and no text.")
        raise DocumentError("empty", "holds no text.")
    told = (one.isalnum() or one.isspace() or (one.isascii() and one.isprintable()) for one in text)
    if sum(told) < FEW_LETTERS * len(text):
        raise DocumentError("no letters", "does not tell which letters its signs stand for.")
    remarks = []
    if hidden := sum(one.hidden for one in layouts):
        remarks.append(f"Text that the pages do not show was left out: {hidden} characters.")
    if read := [one.number for one in layouts if one.recognised]:
        remarks.append(f"Read from the text laid under a scanned picture: {_named(read)}.")
    if pictures:
        remarks.append(f"Pictures without text, which were not read: {_named(pictures)}.")
    if reader.is_encrypted:
        remarks.append("The file is protected against changes and opens without a password.")
    return tuple(remarks)


def _named(pages: Sequence[int]) -> str:
    """Return the names of pages.

    >>> _named([3]), _named([3, 4])
    ('page 3', 'pages 3, 4')
    """
    return f"page{'s' if len(pages) > 1 else ''} {', '.join(map(str, pages))}"


def _without_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Return lines without those that stand at the same edge of several pages."""
    keys = [{_key(line) for line in _edges(lines)} for lines in pages]
    often = Counter(key for page in keys for key in page)
    least = max(2, 2 * len(pages) // 5)
    found = []
    for lines in pages:
        beside = Counter(round(line.y) for line in lines)
        running = {
            line
            for line in _edges(lines)
            if often[_key(line)] >= least
            or (line.text.strip().isdigit() and beside[round(line.y)] == 1)
        }
        found.append([line for line in lines if line not in running])
    return found


def _edges(lines: Sequence[Line]) -> list[Line]:
    heights = sorted({round(line.y) for line in lines})
    edge = {*heights[:2], *heights[-2:]} if len(heights) > 2 else set(heights)
    return [line for line in lines if round(line.y) in edge]


def _key(line: Line) -> tuple[str, int]:
    """What is the same of a running line on every page: its words without numbers, its place."""
    words = "".join("#" if sign.isdigit() else sign for sign in line.text.casefold())
    return " ".join(words.replace("##", "#").split()), round(line.y / 6)


def _pieces(lines: Sequence[Line], known: frozenset[str]) -> Iterator[_Piece]:
    """Give the paragraphs and rows of a page."""
    for row in splits(lines):
        cells = [cleaned(mended((line.text for line in cell), known))[0] for cell in row]
        text = " | ".join(one for one in cells if one)
        # The number of an item stands apart from it like the cell of a row.
        if len(cells) == 2 and len(cells[0]) <= 5 and not cells[0][-2:].isalpha():
            text = " ".join(cells)
            row = [[*row[0], *row[1]]]
        text = text.lstrip("\u2022\u25cf\u25aa\u25e6\uf0b7 ")
        # Dots up to a number are an entry of a table of contents.
        leads_elsewhere = text[-1:].isdigit() and "....." in text.replace(" ", "")
        if text and not leads_elsewhere:
            first = row[0][0]
            bold = all(line.bold for cell in row for line in cell)
            yield _Piece(text, first.page, first.page, first.size, bold, len(row) > 1)


def _whole(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Return pieces with paragraphs made whole that a page or a column parts."""
    found: list[_Piece] = []
    for piece in pieces:
        before = found[-1] if found else piece
        is_open = not before.row and not before.text.endswith(_ENDS)
        goes_on = found and is_open and not piece.row and piece.text[:1].islower()
        if goes_on and abs(before.size - piece.size) < 1:
            text = mended([before.text, piece.text])
            found[-1] = before._replace(text=text, last=piece.page)
        else:
            found.append(piece)
    return found


def _blocks(pieces: Sequence[_Piece]) -> Iterator[Block]:
    weights: Counter[tuple[float, bool]] = Counter()
    for piece in pieces:
        weights[round(piece.size, 1), piece.bold] += len(piece.text)
    body, body_bold = weights.most_common(1)[0][0] if weights else (0.0, False)
    sizes = sorted({round(one.size) for one in pieces if _is_larger(one, body)}, reverse=True)
    for piece in pieces:
        level = 0
        if _is_larger(piece, body):
            level = 1 + sizes.index(round(piece.size))
        elif piece.bold and not body_bold and not piece.row and piece.size > 0.9 * body:
            short = len(piece.text.split()) <= 14 and not piece.text.endswith((".", ",", ";"))
            level = len(sizes) + 1 if short else 0
        yield Block(piece.text, min(level, 6), piece.page, piece.last, piece.row)


def _is_larger(piece: _Piece, body: float) -> bool:
    return not piece.row and piece.size >= LARGER * body and len(piece.text.split()) <= 30
