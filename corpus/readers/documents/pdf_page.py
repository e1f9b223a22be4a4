"""What a page of a PDF shows: its lines with their places, and which of them make a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pypdf import PageObject
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, PdfObject

TINY = 1.5
"""Points under which nobody reads a letter."""

EM = 0.65
"""Width of a letter in times its size; wider than most, so that a gap is not seen where none is."""

PITCH = 1.5
"""Times the size that two lines of a paragraph are apart at most."""

_Matrix = Sequence[float]


class Line(NamedTuple):
    """Words on one line, without a gap between them."""

    x: float
    """Points from the left, in the direction in which the words run."""

    y: float
    """Points from the bottom."""

    size: float
    """Of its letters, in points."""

    bold: bool
    text: str
    page: int
    turn: int
    """Quarter turns by which the words are turned."""


class Layout(NamedTuple):
    """A page as it is seen."""

    number: int
    """Counted from 1."""

    lines: tuple[Line, ...]
    """In the order in which they are drawn."""

    hidden: int
    """Characters that are not seen."""

    pictured: bool
    """Whether it holds a picture."""

    recognised: bool
    """Whether its words lie unseen under a picture, as recognition of scans leaves them."""


def show(page: PageObject, number: int) -> Layout:
    """Return what a page shows."""
    view = _View(page, number)
    recognised = view.pictured and not view.pieces and view.unpainted > 0
    if recognised:
        view = _View(page, number, unpainted=True)
    return Layout(number, tuple(_lines(view.pieces)), view.hidden, view.pictured, recognised)


class _State(NamedTuple):
    """What is painted with."""

    mode: int = 0
    white: bool = False
    clear: bool = False
    size: float = 12.0


class _View:
    """One reading of a page, which keeps out what is drawn so that nobody sees it."""

    def __init__(self, page: PageObject, number: int, *, unpainted: bool = False) -> None:
        self.pieces: list[Line] = []
        """Words as they are drawn, which may be parts of a line."""

        self.hidden = 0
        self.unpainted = 0
        """Those among them that are placed and not painted."""

        self.pictured = False
        self._number = number
        self._reads_unpainted = unpainted
        self._box = tuple(float(one) for one in page.cropbox)
        self._state = _State()
        self._states: list[_State] = []
        self._path: list[tuple[float, float]] = []
        self._grounds: list[tuple[float, float, float, float]] = []
        self._resources = _resolved(page.get("/Resources"))
        page.extract_text(visitor_operand_before=self._operate, visitor_text=self._write)

    def _operate(self, operator: bytes, operands: list[Any], cm: _Matrix, tm: _Matrix) -> None:
        if operator in (b"Tj", b"TJ", b"'", b'"'):
            self._draw(operands, cm, tm)
        elif operator == b"q":
            self._states.append(self._state)
        elif operator == b"Q":
            self._state = self._states.pop() if self._states else _State()
        elif operator in _PAINTS:
            self._paint(operator, operands, cm)
        elif operator in (b"gs", b"Do") and operands:
            self._refer(operator, operands[0], cm)
        else:
            self._state = _after(self._state, operator, operands)

    def _refer(self, operator: bytes, name: str, cm: _Matrix) -> None:
        """Follow a name to the page's resources."""
        kind = "/ExtGState" if operator == b"gs" else "/XObject"
        found = _resolved(_resolved(self._resources.get(kind)).get(name))
        if operator == b"gs" and "/ca" in found:
            self._state = self._state._replace(clear=float(str(found["/ca"])) < 0.05)
        elif operator == b"Do" and found.get("/Subtype") == "/Image":
            self.pictured = True
            self._grounds.append(_bounds([_at(cm, x, y) for x in (0, 1) for y in (0, 1)]))

    def _paint(self, operator: bytes, operands: list[Any], cm: _Matrix) -> None:
        """Keep where a ground is painted: white words are seen there."""
        if operator == b"re" and len(operands) >= 4:
            x, y, width, height = (float(one) for one in operands[:4])
            self._path += [_at(cm, x, y), _at(cm, x + width, y + height)]
        elif operator in (b"m", b"l") and len(operands) >= 2:
            self._path.append(_at(cm, float(operands[0]), float(operands[1])))
        elif operator in _FILLS:
            if self._path and not self._state.white:
                self._grounds.append(_bounds(self._path))
            self._path = []
        elif operator in _ENDS_PATH:
            self._path = []

    def _draw(self, operands: list[Any], cm: _Matrix, tm: _Matrix) -> None:
        """Empty the operands of words that are not seen."""
        state, matrix = self._state, _product(tm, cm)
        x, y = matrix[4], matrix[5]
        left, bottom, right, top = self._box
        size = abs(state.size) * max(abs(matrix[3]), abs(matrix[2]))
        unpainted = state.mode in (3, 7)
        away = not (left - 2 <= x <= right + 2 and bottom - 2 <= y <= top + 2)
        white = state.white and state.mode in (0, 4) and not self._has_ground(x, y)
        if unpainted and self._reads_unpainted:
            return
        if unpainted or away or white or state.clear or size < TINY:
            place = len(operands) - 1
            count = _count(operands[place]) if operands else 0
            self.hidden += count
            self.unpainted += count * unpainted
            if operands:
                operands[place] = ArrayObject() if isinstance(operands[place], list) else b""

    def _has_ground(self, x: float, y: float) -> bool:
        return any(
            left <= x + 1 and x - 1 <= right and bottom - 1 <= y + 1 and y - 1 <= top
            for left, bottom, right, top in self._grounds
        )

    def _write(
        self, text: str, cm: _Matrix, tm: _Matrix, font: DictionaryObject | None, size: float
    ) -> None:
        if not text.strip():
            if text and "\n" not in text and self.pieces:
                last = self.pieces[-1]
                self.pieces[-1] = last._replace(text=last.text + " ")
            return
        matrix = _product(tm, cm)
        turn = _turn(matrix)
        x, y = matrix[4], matrix[5]
        place = ((x, y), (y, -x), (-x, -y), (-y, x))[turn]
        height = abs(size) * max(abs(matrix[3]), abs(matrix[2]))
        bold = "bold" in str(font.get("/BaseFont", "") if font else "").casefold()
        self.pieces.append(Line(*place, height, bold, text, self._number, turn))


def _after(state: _State, operator: bytes, operands: list[Any]) -> _State:
    """Return what is painted with after an operator that sets it."""
    if operator in _COLOURS:
        return state._replace(white=_is_white(operator, operands))
    if operator == b"Tr" and operands:
        return state._replace(mode=int(operands[0]))
    if operator == b"Tf" and len(operands) > 1:
        return state._replace(size=float(operands[1]))
    return state


_FILLS = {b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"}
_ENDS_PATH = {b"n", b"S", b"s"}
_PAINTS = {b"re", b"m", b"l", *_FILLS, *_ENDS_PATH}
_COLOURS = {b"g", b"rg", b"k", b"sc", b"scn", b"cs"}


def _is_white(operator: bytes, operands: list[Any]) -> bool:
    numbers = [float(one) for one in operands if isinstance(one, (int, float))]
    if operator == b"cs" or len(numbers) < len(operands) or not numbers:
        return False
    if len(numbers) == 4:
        return max(numbers) <= 0.03
    return min(numbers) >= 0.97


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


def _product(first: _Matrix, second: _Matrix) -> list[float]:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    turned = [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j]
    return [*turned, e * g + f * i + k, e * h + f * j + m]


def _at(matrix: _Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _bounds(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _turn(matrix: _Matrix) -> int:
    if abs(matrix[1]) > abs(matrix[0]):
        return 1 if matrix[1] > 0 else 3
    return 2 if matrix[0] < 0 else 0


def _lines(pieces: Sequence[Line]) -> Iterator[Line]:
    """Join what stands on one line without a gap."""
    held: Line | None = None
    for one in pieces:
        if held is not None:
            near = abs(one.y - held.y) <= 0.5 * max(one.size, held.size)
            marks = not any(sign.isalnum() for sign in held.text)
            gap = one.x - held.x - EM * held.size * len(held.text.rstrip())
            far = gap > 1.2 * held.size and not marks
            if near and one.turn == held.turn and not far and one.x >= held.x - 1:
                held = held._replace(
                    text=held.text + one.text,
                    bold=held.bold and one.bold,
                    size=max(held.size, one.size),
                )
                continue
            yield held
        held = one
    if held is not None:
        yield held


def splits(lines: Sequence[Line]) -> Iterator[list[list[Line]]]:
    """Give paragraphs and rows in reading order, each as cells of lines; a paragraph has one cell.

    A cell begins right of the one before it and no higher than its row. What begins higher is
    another column of the page.
    """
    row: list[list[Line]] = []
    for line in lines:
        if row and _stands_beside(row, line):
            row.append([line])
        elif row and _goes_on(row, line):
            row[-1].append(line)
        else:
            if row:
                yield row
            row = [[line]]
    if row:
        yield row


def _stands_beside(row: list[list[Line]], line: Line) -> bool:
    last = row[-1][-1]
    slack = 0.6 * line.size
    top = row[0][0].y + slack
    return (
        line.turn == last.turn
        and line.x > row[-1][0].x + 1.5 * line.size
        and last.y - slack <= line.y <= top
        and len(row[-1]) <= 12
    )


def _goes_on(row: list[list[Line]], line: Line) -> bool:
    first, last = row[-1][0], row[-1][-1]
    drop = last.y - line.y
    aside = line.x - last.x
    room = 0.8 * line.size if len(row) > 1 else 3 * line.size
    starts_anew = len(row) == 1 and aside > 0.8 * line.size and last.text.rstrip().endswith(".")
    return (
        line.turn == last.turn
        and 0.3 * line.size < drop <= PITCH * max(line.size, last.size)
        and (abs(aside) <= room or abs(line.x - first.x) <= room)
        and not starts_anew
        and abs(line.size - last.size) <= 0.1 * last.size
        and line.bold == last.bold
        and not _is_item(line.text)
    )


def _is_item(text: str) -> bool:
    """Tell whether a line opens with a bullet or with the number of an item."""
    first = text.split(" ", 1)[0].strip()
    bullet = len(first) == 1 and not first.isalnum() and first not in "\"'(\u201c\u2018[&"
    return bullet or (first[:-1].isalnum() and len(first) <= 3 and first[-1:] in ".)")
