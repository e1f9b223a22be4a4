"""A gap analysis as files: a document or a workbook of counts, items, partners and the rest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from assistant.gaps.findings import JUDGEMENTS, Finding, Gaps, Quote
from ui.exports.document import Block, Document, Form, heading, labelled, paragraph, table
from ui.words.phrases import clean, day

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

NAMES = dict(zip(JUDGEMENTS, ("Addressed", "Touched on", "Not found"), strict=True))
COLOURS = dict(zip(JUDGEMENTS, ("#B7DEC0", "#FFE9A8", "#F4C2BC"), strict=True))
"""Of each, what it is called, and its colour behind black words in a workbook, so that none tells
alone."""

CHANGES = {"gained": "More than before", "lost": "Less than before", "same": "As before"}

LIMITS = (
    "Signpost reads sentences; it does not know whether they are carried out. It judges by"
    " likelihoods that were fitted on invented plans. Look at each quote, and change a wrong"
    " judgement: on the page, or in the file that --out GAPS.json writes and --rulings reads."
)
"""What stands at the end of every report."""

ITEMS = (
    ("Item", 10), ("Name", 40), ("Group", 24), ("Kind", 12), ("Judgement", 14), ("Score", 8),
    ("Signpost’s judgement", 30), ("Officer’s reason", 40), ("Before", 14), ("Reason", 50),
    ("Best quote", 70), ("Where", 30), ("The framework", 60), ("Guidance", 60),
)  # fmt: skip
"""Columns of the items in a workbook, each with its width in characters."""


Cells = Sequence[str | float]  # A row of a sheet.

JUDGED = [name for name, _ in ITEMS].index("Judgement")  # Its place in such a row.


def gap_document(gaps: Gaps) -> Document:
    """Return a gap analysis as a document."""
    earlier = f" Compared with {clean(gaps.earlier)}." if gaps.earlier else ""
    return Document(
        title=f"{clean(gaps.plan)}, held against the {gaps.framework}",
        subtitle=f"{day(gaps.day)}. {clean(gaps.file)}, {gaps.sentences} sentences.{earlier}",
        blocks=tuple(_blocks(gaps)),
        day=gaps.day,
    )


def counts_of(gaps: Gaps) -> Iterator[tuple[str | int, ...]]:
    """Yield how many items of each group are judged how, as rows with a header and a total."""
    yield ("", *NAMES.values(), "Items")
    for group, label in (*gaps.groups, ("", "All")):
        counts = [gaps.count(one, group) for one in JUDGEMENTS]
        yield (label, *counts, sum(counts))


def judged_as(finding: Finding) -> str:
    """Return how an item is judged, and by whom where that is an officer."""
    own = f"{NAMES[finding.judgement]}, {finding.score:.2f}"
    if finding.officer:
        return f"{NAMES[finding.final]} (an officer’s judgement; Signpost: {own})"
    return own


def named(finding: Finding) -> str:
    """Return what an item is called, with the end of its id."""
    return f"{finding.item_id.partition(':')[2] or finding.item_id} {finding.label}"


def _blocks(gaps: Gaps) -> Iterator[Block]:
    found = {one: gaps.count(one) for one in JUDGEMENTS}
    yield paragraph(
        f"Of {len(gaps.findings)} items, {found['addressed']} are addressed, {found['touched_on']}"
        f" are touched on and {found['not_found']} are not found. The number beside a judgement is"
        " the likelihood that the plan addresses the item, 0 to 1."
    )
    if gaps.ruled:
        yield paragraph(f"Judgements that an officer changed: {gaps.ruled}; each is marked.")
    head, *rows = counts_of(gaps)
    yield table(head, rows)
    if gaps.earlier:
        yield heading("What changed")
        moved = [
            (named(one), f"{NAMES[one.before]} \N{RIGHTWARDS ARROW} {NAMES[one.final]}")
            for one in gaps.findings
            if one.change in ("gained", "lost") and one.before
        ]
        none = paragraph("No judgement differs from the earlier edition.")
        yield table(("Item", "Change"), moved) if moved else none
    missing = [one for one in gaps.findings if one.final == "not_found"]
    if missing:
        yield heading("Not found in the plan")
        yield from (paragraph(named(one), shape="bullet") for one in missing)
    for group, label in gaps.groups:
        yield heading(label, new_page=True)
        for finding in gaps.findings:
            if finding.group == group:
                yield from _finding(finding)
    yield from _beside(gaps)
    yield heading("How this was made")
    yield paragraph(LIMITS)
    made = ", ".join(f"{name} {digest[:12]}" for name, digest in gaps.made_with.items())
    yield paragraph(
        f"Framework edition {gaps.edition[:12]}. Weights: {made}."
        f" SHA-256 of the plan: {gaps.sha256}.",
        shape="small",
    )


def _beside(gaps: Gaps) -> Iterator[Block]:
    """Yield the partners of the framework, and what of the plan answers nothing."""
    if gaps.partners:
        labels = dict(gaps.groups)
        rows = []
        for one in gaps.partners:
            under = "; ".join(labels.get(group, group) for group in one.groups)
            quotes = ["{} ({})".format(*_place(quote)) for quote in one.quotes[:1]]
            rows.append((one.label, under, *(quotes or ["Not named"])))
        yield heading("Partners", new_page=True)
        yield table(("Partner of the framework", "Under", "In the plan"), rows)
    yield heading("Parts of the plan that answer nothing of the framework")
    if not gaps.unmatched:
        yield paragraph("None: every part says something near an item.")
    for part in gaps.unmatched:
        text, where = _place(part.opening)
        yield labelled(f"{where}, {part.sentences} sentences", f"“{text}”", "bullet")


def _finding(finding: Finding) -> Iterator[Block]:
    yield heading(named(finding), 2)
    yield labelled("Judgement", f"{judged_as(finding)}.")
    if finding.officer:
        yield labelled("The officer’s reason", finding.officer.reason)
    if finding.change:
        yield labelled("Earlier edition", CHANGES[finding.change])
    yield paragraph(finding.reason)
    yield from map(_quote, finding.quotes)
    if finding.nearest:
        yield paragraph("What comes nearest:")
        yield from map(_quote, finding.nearest)
    yield labelled("The framework", finding.wants)
    for guide in finding.guides:
        yield labelled("Guidance", f"{guide.title}. {guide.says or guide.summary}", "small")


def _quote(quote: Quote) -> Block:
    return paragraph(f"“{clean(quote.text)}” ", f"({clean(quote.where)})", shape="quote")


def gap_workbook(gaps: Gaps) -> bytes:
    """Return a gap analysis as XLSX: counts in colour, items, quotes, partners, and the rest."""
    from xlsxwriter import Workbook

    out = BytesIO()
    # A cell of a plan that begins with `=` or holds an address stays words.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    look = {"text_wrap": True, "valign": "top", "font_name": "Arial", "font_scheme": "none"}
    with Workbook(out, {**options, "default_format_properties": look}) as book:
        book.set_properties({"title": clean(gaps.plan), "author": "Signpost"})
        head, *rows = counts_of(gaps)
        widths = zip(map(str, head), (44, 14, 14, 14, 14), strict=True)
        counts = _sheet(book, "Counts", list(widths), rows)
        for at, colour in enumerate(COLOURS.values(), start=1):
            # The more of a group, the darker.
            scale = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": colour}
            counts.conditional_format(1, at, len(gaps.groups), at, scale)
        about = f"{clean(gaps.plan)} ({clean(gaps.file)}), {gaps.day}"
        counts.write_column(len(rows) + 2, 0, (about, f"Framework: {gaps.framework}", LIMITS))
        items = _sheet(book, "Items", ITEMS, _items(gaps))
        looks = {one: book.add_format({"bg_color": own}) for one, own in COLOURS.items()}
        for at, one in enumerate(gaps.findings, start=1):
            items.write_string(at, JUDGED, NAMES[one.final], looks[one.final])
        quotes = [(f.item_id, *_place(one), one.score) for f in gaps.findings for one in f.quotes]
        columns = (("Item", 12), ("Quote", 100), ("Where", 40), ("Score", 8))
        _sheet(book, "Quotes", columns, quotes)
        partners = (
            (one.label, *(_place(quote) if quote else ("Not named", "")))
            for one in gaps.partners
            for quote in one.quotes or (None,)
        )
        _sheet(book, "Partners", (("Partner", 30), ("In the plan", 100), ("Where", 40)), partners)
        parts = (("Begins", 100), ("Part", 50), ("Sentences", 12))
        rest = ((*_place(one.opening), one.sentences) for one in gaps.unmatched)
        _sheet(book, "Answers nothing", parts, rest)
    return out.getvalue()


def _place(quote: Quote) -> tuple[str, str]:
    return clean(quote.text), clean(quote.where)


def _items(gaps: Gaps) -> Iterator[Cells]:
    groups, kinds = dict(gaps.groups), dict(gaps.kinds)
    for one in gaps.findings:
        guidance = " ".join(f"{guide.title}: {guide.says or guide.summary}" for guide in one.guides)
        yield (
            one.item_id, one.label, groups[one.group], kinds[one.kind], NAMES[one.final], one.score,
            judged_as(one) if one.officer else "", one.officer.reason if one.officer else "",
            NAMES[one.before] if one.before else "", one.reason,
            *(_place(one.quotes[0]) if one.quotes else ("", "")), one.wants, guidance,
        )  # fmt: skip


def _sheet(
    book: "Workbook", name: str, columns: Sequence[tuple[str, int]], rows: Iterable[Cells]
) -> "Worksheet":
    """Write a sheet of words that stay words, with a header that stays, and a filter."""
    sheet, bold, last = book.add_worksheet(name), book.add_format({"bold": True}), 0
    # Whatever a text of a plan looks like, it is no formula.
    sheet.add_write_handler(str, type(sheet).write_string)
    for at, (column, width) in enumerate(columns):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, column, bold)
    for last, row in enumerate(rows, start=1):
        sheet.write_row(last, 0, row)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    return sheet


GAP_FORMS: Mapping[str, Form] = {
    "docx": Form("docx", gap_document, "Gaps"),
    "xlsx": Form("xlsx", gap_workbook, "Gaps"),
    "markdown": Form("md", gap_document, "Gaps"),
    "json": Form("json", lambda gaps: gaps, "Gaps"),
}

ENDINGS = {f".{form.ending}": form for form in GAP_FORMS.values()}
