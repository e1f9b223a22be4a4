"""The reader of PDF: what a page shows, in reading order, with headings and rows made out."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pypdf import PageObject, PdfReader, Transformation
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, PdfObject

from corpus.errors import DocumentError
from corpus.readers.documents.section import PARTED, Block, Drawn, cleaned, mended

PAGES = 3_000  # Pages at most.
FEW_LETTERS = 0.7  # Share of signs that are letters' below which a file tells no letters.
LARGER = 1.12  # Times the size of the body from which a line is a heading.
TINY = 1.5  # Points under which nobody reads a letter.
EM = 0.65  # Width of a letter in times its size; wider than most, so that no gap is made up.
NARROW = 0.42  # The same, narrower than most, before the place where other rows have a cell.
PASSES = 3  # Times that lines are joined anew, as more columns come to light.
PITCH = 1.5  # Times the size that two lines of a paragraph are apart at most.

_ENDS = (".", "!", "?", ":", ";", "\u2026")
_FILLS = {b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"}
_ENDS_PATH = {b"n", b"S", b"s"}
_PAINTS = {b"re", b"m", b"l", *_FILLS, *_ENDS_PATH}
_COLOURS = {b"g", b"rg", b"k", b"sc", b"scn", b"cs"}

_Matrix = tuple[float, float, float, float, float, float]


class _Line(NamedTuple):
    x: float
    y: float
    """Points from the left, in the direction in which the words run, and from the bottom."""

    size: float
    bold: bool
    text: str
    page: int
    turn: int
    """Quarter turns by which the words are turned."""


class _State(NamedTuple):
    mode: int = 0
    white: bool = False
    clear: bool = False
    size: float = 12.0


def draw_pdf(data: bytes) -> Drawn:
    """Draw what a PDF shows; DocumentError if it is locked, broken, a bomb, or holds no text."""
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
    views = [_View(page, number) for number, page in enumerate(reader.pages, start=1)]
    for place, view in enumerate(views):
        if view.pictured and not view.lines and view.unpainted:
            # What recognition of a scan has laid under its picture.
            views[place] = _View(reader.pages[place], view.number, recognised=True)
    remarks = _remarks(reader, views)
    blocks = tuple(_blocks(_pieces(_without_running([view.lines for view in views]))))
    about = reader.metadata
    title = cleaned(str(about.title))[0] if about and about.title else ""
    language = reader.root_object.get("/Lang", "")
    return Drawn(blocks, title, str(language), count, remarks)


def _remarks(reader: PdfReader, views: Sequence[_View]) -> tuple[str, ...]:
    """Return what was left out; DocumentError if no page holds text that can be told."""
    text = "".join(line.text for view in views for line in view.lines)
    pictures = [view.number for view in views if view.pictured and not view.lines]
    if not text.strip():
        if pictures:
            raise DocumentError("scanned", "holds pictures of pages and no text.")
        raise DocumentError("empty", "holds no text.")
    told = (one.isalnum() or one.isspace() or (one.isascii() and one.isprintable()) for one in text)
    if sum(told) < FEW_LETTERS * len(text):
        raise DocumentError("no letters", "does not tell which letters its signs stand for.")
    remarks = []
    if hidden := sum(view.hidden for view in views):
        remarks.append(f"Text that the pages do not show was left out: {hidden} characters.")
    if read := [view.number for view in views if view.recognised]:
        remarks.append(f"Read from the text laid under a scanned picture: {_named(read)}.")
    if pictures:
        remarks.append(f"Pictures without text, which were not read: {_named(pictures)}.")
    if reader.is_encrypted:
        remarks.append("The file is protected against changes and opens without a password.")
    return tuple(remarks)


def _named(pages: Sequence[int]) -> str:
    return f"page{'s' if len(pages) > 1 else ''} {', '.join(map(str, pages))}"


def _without_running(pages: Sequence[Sequence[_Line]]) -> list[list[_Line]]:
    """Return lines without those that stand at the same edge of several pages."""
    edges = []
    for lines in pages:
        heights = sorted({round(line.y) for line in lines})
        edge = {*heights[:2], *heights[-2:]}
        edges.append({line: _key(line) for line in lines if round(line.y) in edge})
    often = Counter(key for keys in edges for key in {*keys.values()})
    least = max(2, 2 * len(pages) // 5)
    found = []
    for lines, keys in zip(pages, edges, strict=True):
        beside = Counter(round(line.y) for line in lines)
        alone = {
            line for line in keys if line.text.strip().isdigit() and beside[round(line.y)] == 1
        }
        running = alone | {line for line, key in keys.items() if often[key] >= least}
        found.append([line for line in lines if line not in running])
    return found


def _key(line: _Line) -> tuple[str, int]:
    """What is the same of a running line on every page: its words without numbers, its place."""
    words = "".join("#" if sign.isdigit() else sign for sign in line.text.casefold())
    return " ".join(words.replace("##", "#").split()), round(line.y / 6)


def _pieces(pages: Sequence[Sequence[_Line]]) -> list[Block]:
    """Return paragraphs and rows; a paragraph is whole that a page or a column parts."""
    words = {word for lines in pages for line in lines for word in line.text.split()}
    known = frozenset(word.strip(".,;:()").casefold() for word in words if "-" in word[1:-1])
    found = list[Block]()
    for row in (row for lines in pages for row in _splits(lines)):
        cells = [cleaned(mended((line.text for line in cell), known))[0] for cell in row]
        text, is_row = PARTED.join(filter(None, cells)), len(row) > 1
        # The number of an item stands apart from it like the cell of a row.
        if len(cells) == 2 and len(cells[0]) <= 5 and not cells[0][-2:].isalpha():
            text, is_row = " ".join(cells), False
        text = text.lstrip("\u2022\u25cf\u25aa\u25e6\uf0b7 ")
        # Dots up to a number are an entry of a table of contents.
        if not text or (text[-1:].isdigit() and "....." in text.replace(" ", "")):
            continue
        first, bold = row[0][0], all(line.bold for cell in row for line in cell)
        piece = Block(text, 0, first.page, first.page, is_row, first.size, bold)
        before = found[-1] if found else piece
        is_open = bool(found) and not before.row and not before.text.endswith(_ENDS)
        goes_on = is_open and not piece.row and piece.text[:1].islower()
        if goes_on and abs(before.size - piece.size) < 1:
            text = mended([before.text, piece.text])
            found[-1] = before._replace(text=text, last=piece.page)
        else:
            found.append(piece)
    return found


def _blocks(pieces: Sequence[Block]) -> Iterator[Block]:
    """Give pieces with the levels of those that are headings, told by their letters."""
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
        yield piece._replace(level=min(level, 6))


def _is_larger(piece: Block, body: float) -> bool:
    return not piece.row and piece.size >= LARGER * body and len(piece.text.split()) <= 30


class _View:
    """One reading of a page, which keeps out what is drawn so that nobody sees it."""

    def __init__(self, page: PageObject, number: int, *, recognised: bool = False) -> None:
        self.number = number
        self.recognised = recognised
        """Whether words are read that are placed under a picture and not painted."""

        self.lines: list[_Line] = []
        self.hidden = self.unpainted = 0
        """Characters that are not seen, and those among them that are placed and not painted."""

        self.pictured = False
        self._box = tuple(float(side) for side in page.cropbox)
        self._state = _State()
        self._states: list[_State] = []
        self._path: list[tuple[float, float]] = []
        self._grounds: list[tuple[float, float, float, float]] = []
        self._resources = _resolved(page.get("/Resources"))
        page.extract_text(visitor_operand_before=self._operate, visitor_text=self._write)
        self.lines = _lines(self.lines)
        # A file may have thousands of pages.
        del self._states, self._path, self._grounds, self._resources

    def _operate(self, operator: bytes, operands: list[Any], cm: _Matrix, tm: _Matrix) -> None:
        state = self._state
        if operator in (b"Tj", b"TJ", b"'", b'"'):
            self._draw(operands, cm, tm)
        elif operator == b"q":
            self._states.append(state)
        elif operator == b"Q":
            self._state = self._states.pop() if self._states else _State()
        elif operator in _PAINTS:
            self._paint(operator, operands, cm)
        elif operator in _COLOURS:
            self._state = state._replace(white=_is_white(operator, operands))
        elif operands:
            self._set(operator, operands, cm)

    def _set(self, operator: bytes, operands: list[Any], cm: _Matrix) -> None:
        """Change what is painted with, or follow a name to the page's resources."""
        if operator == b"Tr":
            self._state = self._state._replace(mode=int(operands[0]))
        elif operator == b"Tf" and len(operands) > 1:
            self._state = self._state._replace(size=float(operands[1]))
        elif operator in (b"gs", b"Do"):
            kind = "/ExtGState" if operator == b"gs" else "/XObject"
            found = _resolved(_resolved(self._resources.get(kind)).get(operands[0]))
            if operator == b"gs" and "/ca" in found:
                self._state = self._state._replace(clear=float(str(found["/ca"])) < 0.05)
            elif operator == b"Do" and found.get("/Subtype") == "/Image":
                self.pictured = True
                at = Transformation(cm).apply_on
                self._grounds.append(_bounds([at((x, y)) for x in (0, 1) for y in (0, 1)]))

    def _paint(self, operator: bytes, operands: list[Any], cm: _Matrix) -> None:
        """Keep where a ground is painted: white words are seen there."""
        at = Transformation(cm).apply_on
        if operator == b"re" and len(operands) >= 4:
            x, y, width, height = (float(one) for one in operands[:4])
            self._path += map(at, ((x, y), (x + width, y + height)))
        elif operator in (b"m", b"l") and len(operands) >= 2:
            self._path.append(at((float(operands[0]), float(operands[1]))))
        elif operator in _FILLS:
            if self._path and not self._state.white:
                self._grounds.append(_bounds(self._path))
            self._path = []
        elif operator in _ENDS_PATH:
            self._path = []

    def _draw(self, operands: list[Any], cm: _Matrix, tm: _Matrix) -> None:
        """Empty the operands of words that are not seen."""
        state, (_, _, c, d, x, y) = self._state, _product(tm, cm)
        left, bottom, right, top = self._box
        size = abs(state.size) * max(abs(d), abs(c))
        unpainted = state.mode in (3, 7)
        away = not (left - 2 <= x <= right + 2 and bottom - 2 <= y <= top + 2)
        white = state.white and state.mode in (0, 4)
        white = white and not any(
            west <= x + 1 and x - 1 <= east and south - 1 <= y + 1 and y - 1 <= north
            for west, south, east, north in self._grounds
        )
        if unpainted and self.recognised:
            return
        if operands and (unpainted or away or white or state.clear or size < TINY):
            count = _count(operands[-1])
            self.hidden += count
            self.unpainted += count * unpainted
            operands[-1] = ArrayObject() if isinstance(operands[-1], list) else b""

    def _write(
        self, text: str, cm: _Matrix, tm: _Matrix, font: DictionaryObject | None, size: float
    ) -> None:
        if not text.strip():
            if text and "\n" not in text and self.lines:
                last = self.lines[-1]
                self.lines[-1] = last._replace(text=last.text + " ")
            return
        a, b, c, d, x, y = _product(tm, cm)
        turn = 2 if a < 0 else 0
        if abs(b) > abs(a):
            turn = 1 if b > 0 else 3
        place = ((x, y), (y, -x), (-x, -y), (-y, x))[turn]
        height = abs(size) * max(abs(d), abs(c))
        bold = "bold" in str(font.get("/BaseFont", "") if font else "").casefold()
        self.lines.append(_Line(*place, height, bold, text, self.number, turn))


def _is_white(operator: bytes, operands: list[Any]) -> bool:
    numbers = [float(one) for one in operands if isinstance(one, (int, float))]
    if operator == b"cs" or len(numbers) < len(operands) or not numbers:
        return False
    return max(numbers) <= 0.03 if len(numbers) == 4 else min(numbers) >= 0.97


def _count(shown: object) -> int:
    if isinstance(shown, list):
        return sum(_count(one) for one in shown)
    if isinstance(shown, (str, bytes)) and not isinstance(shown, NameObject):
        return len(shown)
    return 0


def _resolved(found: PdfObject | None) -> DictionaryObject:
    """Return the dictionary that is referred to; an empty one where there is none."""
    there = found.get_object() if found is not None else None
    return there if isinstance(there, DictionaryObject) else DictionaryObject()


def _product(first: _Matrix, second: _Matrix) -> _Matrix:
    return Transformation(first).transform(Transformation(second)).ctm


def _bounds(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _lines(
    pieces: Sequence[_Line], columns: frozenset[int] = frozenset(), left: int = PASSES
) -> list[_Line]:
    """Join what is written on one line; what begins where a column does is another cell's."""
    lines: list[_Line] = []
    begins = Counter[int]()
    for piece in pieces:
        held = lines[-1] if lines else piece
        near = abs(piece.y - held.y) <= 0.5 * max(piece.size, held.size)
        marks = not any(sign.isalnum() for sign in held.text)
        is_column = round(piece.x) in columns and not piece.text[:1].islower()
        width = (NARROW if is_column else EM) * held.size * len(held.text.rstrip())
        gap = piece.x - held.x - width
        far = gap > (0.0 if is_column else 1.2) * held.size and not marks
        begins[round(piece.x)] += near and far
        if lines and near and piece.turn == held.turn and not far and piece.x >= held.x - 1:
            lines[-1] = held._replace(
                text=held.text + piece.text,
                bold=held.bold and piece.bold,
                size=max(held.size, piece.size),
            )
        else:
            lines.append(piece)
    about = {x: sum(begins[x + by] for by in (-1, 0, 1)) for x in begins}
    often = {x + by for x, count in about.items() if count > 1 for by in (-1, 0, 1)}
    return _lines(pieces, columns | often, left - 1) if left and often - columns else lines


def _splits(lines: Sequence[_Line]) -> list[list[list[_Line]]]:
    """Give paragraphs and rows in reading order, each as cells of lines; a paragraph has one cell.

    A cell begins right of the one before it and no higher than its row. What begins higher is
    another column of the page.
    """
    rows: list[list[list[_Line]]] = []
    for line in lines:
        if rows and _stands_beside(rows[-1], line):
            rows[-1].append([line])
        elif rows and _goes_on(rows[-1], line):
            rows[-1][-1].append(line)
        else:
            rows.append([[line]])
    return rows


def _stands_beside(row: list[list[_Line]], line: _Line) -> bool:
    last, slack = row[-1][-1], 0.6 * line.size
    return (
        line.turn == last.turn
        and line.x > row[-1][0].x + 1.5 * line.size
        and last.y - slack <= line.y <= row[0][0].y + slack
        and len(row[-1]) <= 12
    )


def _goes_on(row: list[list[_Line]], line: _Line) -> bool:
    first, last = row[-1][0], row[-1][-1]
    drop = last.y - line.y
    aside = line.x - last.x
    room = 0.8 * line.size if len(row) > 1 else 3 * line.size
    starts_anew = len(row) == 1 and aside > 0.8 * line.size and last.text.rstrip().endswith(".")
    # A line that opens with a bullet or with the number of an item begins anew.
    word = line.text.split(" ", 1)[0].strip()
    bullet = len(word) == 1 and not word.isalnum() and word not in "\"'(\u201c\u2018[&"
    numbered = word[:-1].isalnum() and len(word) <= 3 and word[-1:] in ".)"
    return (
        line.turn == last.turn
        and 0.3 * line.size < drop <= PITCH * max(line.size, last.size)
        and (abs(aside) <= room or abs(line.x - first.x) <= room)
        and not (starts_anew or bullet or numbered)
        and abs(line.size - last.size) <= 0.1 * last.size
        and line.bold == last.bold
    )
