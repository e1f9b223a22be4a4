"""A gap analysis as a workbook: counts in colour, items, quotes, partners, and the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING

from assistant.errors import ExtraMissing
from assistant.gaps.findings import Gaps
from ui.exports.gap_document import COLOURS, LIMITS, NAMES, counts_of, judged_as, shades_of
from ui.words.catalogue import say
from ui.words.phrases import clean

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

Row = Sequence[str | float]
"""Cells of a row."""

ITEMS = (
    ("Item", 10), ("Name", 40), ("Group", 24), ("Kind", 12), ("Judgement", 14), ("Score", 8),
    ("Signpost’s judgement", 30), ("Officer’s reason", 40), ("Before", 14), ("Reason", 50),
    ("Best quote", 70), ("Where", 30), ("The framework", 60), ("Guidance", 60),
)  # fmt: skip
"""Columns of the items, each with its width in characters."""

JUDGED = 4
"""Column of the judgement among them."""


def gap_workbook(gaps: Gaps) -> bytes:
    """Return a gap analysis as XLSX.

    Raises:
        ExtraMissing: what writes it is not installed.
    """
    if not find_spec("xlsxwriter"):
        raise ExtraMissing(say("export.needs_extra"))
    from xlsxwriter import Workbook

    out = BytesIO()
    # A cell of a plan that begins with `=` or holds an address stays words.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(out, options) as book:
        book.set_properties({"title": clean(gaps.plan), "author": "Signpost"})
        _counts(book, gaps)
        columns = [name for name, _ in ITEMS]
        colours = {NAMES[one]: book.add_format(_look(COLOURS[one])) for one in COLOURS}
        _sheet(book, "Items", columns, _items(gaps), [width for _, width in ITEMS], colours)
        quotes = (
            (one.item_id, clean(quote.text), clean(quote.where), quote.score)
            for one in gaps.findings
            for quote in one.quotes
        )
        _sheet(book, "Quotes", ("Item", "Quote", "Where", "Score"), quotes, (12, 100, 40, 8))
        partners = (
            (one.label, *((clean(some.text), clean(some.where)) if some else ("Not named", "")))
            for one in gaps.partners
            for some in one.quotes or (None,)
        )
        _sheet(book, "Partners", ("Partner", "In the plan", "Where"), partners, (30, 100, 40))
        parts = (
            (clean(one.where), one.sentences, clean(one.opening.text)) for one in gaps.unmatched
        )
        _sheet(book, "Answers nothing", ("Part", "Sentences", "Begins"), parts, (50, 12, 100))
    return out.getvalue()


def _look(colour: str = "") -> dict[str, object]:
    look: dict[str, object] = {"text_wrap": True, "valign": "top", "font_name": "Arial"}
    return look | ({"bg_color": f"#{colour}"} if colour else {})


def _counts(book: Workbook, gaps: Gaps) -> None:
    sheet = book.add_worksheet("Counts")
    sheet.set_column(0, 0, 44, book.add_format(_look()))
    sheet.set_column(1, 4, 14)
    bold = book.add_format(_look() | {"bold": True})
    for at, (row, shades) in enumerate(zip(counts_of(gaps), shades_of(gaps), strict=True)):
        for column, (cell, shade) in enumerate(zip(row, shades, strict=True)):
            look = book.add_format(_look(shade)) if at and column else bold
            if at and column:
                sheet.write_number(at, column, int(cell), look)
            else:
                sheet.write_string(at, column, cell, look)
    below = len(gaps.groups) + 3
    about = (f"{clean(gaps.plan)} ({clean(gaps.file)}), {gaps.day}", f"Framework: {gaps.framework}")
    for at, line in enumerate((*about, LIMITS)):
        sheet.write_string(below + at, 0, line, book.add_format(_look()))


def _items(gaps: Gaps) -> Iterator[Row]:
    groups, kinds = dict(gaps.groups), dict(gaps.kinds)
    for one in gaps.findings:
        best = one.quotes[0] if one.quotes else None
        guidance = " ".join(f"{guide.title}: {guide.says or guide.summary}" for guide in one.guides)
        yield (
            one.item_id, one.label, groups[one.group], kinds[one.kind], NAMES[one.final], one.score,
            judged_as(one) if one.officer else "", one.officer.reason if one.officer else "",
            NAMES[one.before] if one.before else "", one.reason,
            clean(best.text) if best else "", clean(best.where) if best else "",
            one.wants, guidance,
        )  # fmt: skip


def _sheet(
    book: Workbook,
    name: str,
    columns: Sequence[str],
    rows: Iterable[Row],
    widths: Sequence[int],
    colours: dict[str, Format] | None = None,
) -> None:
    """Write a sheet with a header that stays, and a filter; words of `colours` stand on them."""
    sheet = book.add_worksheet(name)
    plain, bold = book.add_format(_look()), book.add_format(_look() | {"bold": True})
    for at, (column, width) in enumerate(zip(columns, widths, strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, column, bold)
    last = 0
    for last, row in enumerate(rows, start=1):
        for at, cell in enumerate(row):
            look = (colours or {}).get(str(cell), plain) if at == JUDGED else plain
            if isinstance(cell, str):
                sheet.write_string(last, at, cell, look)
            else:
                sheet.write_number(last, at, cell, look)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(columns) - 1)
