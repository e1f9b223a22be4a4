"""A gap analysis as a document: counts, each item with the plan's own words, partners, the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from assistant.gaps.findings import JUDGEMENTS, Finding, Gaps, Judgement, Quote
from ui.exports.document import Block, Document, Words, heading, labelled, paragraph
from ui.exports.files import DOCX, JSON, MARKDOWN, XLSX, File, file_name
from ui.words.phrases import clean, day, printable

GapForm = Literal["markdown", "docx", "xlsx", "json"]

ENDINGS: Mapping[str, GapForm] = {
    ".docx": "docx", ".xlsx": "xlsx", ".md": "markdown", ".json": "json",
}  # fmt: skip
"""What an ending of a file asks for."""

NAMES: Mapping[Judgement, str] = {
    "addressed": "Addressed",
    "touched_on": "Touched on",
    "not_found": "Not found",
}

COLOURS: Mapping[Judgement, str] = {
    "addressed": "B7DEC0",
    "touched_on": "FFE9A8",
    "not_found": "F4C2BC",
}
"""Its colour behind black words, hexadecimal; the words stand beside, so that none tells alone."""

CHANGES = {"gained": "More than before", "lost": "Less than before", "same": "As before"}
"""How a judgement moved from the edition before."""

PALEST = 0.15
"""How far the smallest share goes from white to the colour of a judgement."""

LIMITS = (
    "Signpost reads sentences; it does not know whether they are carried out. It judges by"
    " likelihoods that were fitted on invented plans. Look at each quote, and change a wrong"
    " judgement: on the page, or in the file that --out GAPS.json writes and --rulings reads."
)
"""What stands at the end of every report."""


def gap_file(gaps: Gaps, form: GapForm) -> File:
    """Return a gap analysis as a file.

    Raises:
        ExtraMissing: what writes the form is not installed.
    """
    name = f"Gaps {gaps.plan}"
    if form == "json":
        record = printable(gaps.model_dump_json(indent=2))
        return File(file_name(name, "json"), JSON, f"{record}\n".encode())
    if form == "xlsx":
        from ui.exports.gap_workbook import gap_workbook

        return File(file_name(name, "xlsx"), XLSX, gap_workbook(gaps))
    document = gap_document(gaps)
    if form == "markdown":
        from ui.exports.document_markdown import document_as_markdown

        return File(file_name(name, "md"), MARKDOWN, document_as_markdown(document).encode())
    from ui.exports.document_docx import document_as_docx

    return File(file_name(name, "docx"), DOCX, document_as_docx(document))


def gap_document(gaps: Gaps) -> Document:
    """Return a gap analysis as a document."""
    earlier = f" Compared with {clean(gaps.earlier)}." if gaps.earlier else ""
    return Document(
        title=f"{clean(gaps.plan)}, held against the {gaps.framework}",
        subtitle=f"{day(gaps.day)}. {clean(gaps.file)}, {gaps.sentences} sentences.{earlier}",
        blocks=tuple(_blocks(gaps)),
        notes={},
        day=gaps.day,
    )


def counts_of(gaps: Gaps) -> list[tuple[str, ...]]:
    """Return how many items of each group are judged how, as rows with a header and a total."""
    rows: list[tuple[str, ...]] = [("", *NAMES.values(), "Items")]
    for group, label in (*gaps.groups, ("", "All")):
        counts = [gaps.count(one, group) for one in JUDGEMENTS]
        rows.append((label, *map(str, counts), str(sum(counts))))
    return rows


def shades_of(gaps: Gaps) -> list[tuple[str, ...]]:
    """Return the colours of the same rows: the more of a group, the darker; empty for none."""
    shades: list[tuple[str, ...]] = [("",) * (len(NAMES) + 2)]
    for group, _ in (*gaps.groups, ("", "")):
        counts = [gaps.count(one, group) for one in JUDGEMENTS]
        total = sum(counts)
        cells = (
            _towards(COLOURS[one], PALEST + (1 - PALEST) * count / total) if count else ""
            for one, count in zip(JUDGEMENTS, counts, strict=True)
        )
        shades.append(("", *cells, ""))
    return shades


def judged_as(finding: Finding) -> str:
    """Return how an item is judged, and by whom where that is an officer."""
    own = f"{NAMES[finding.judgement]}, {finding.score:.2f}"
    if finding.officer:
        return f"{NAMES[finding.final]} (an officer’s judgement; Signpost: {own})"
    return own


def named(finding: Finding) -> str:
    """Return what an item is called, with the end of its id."""
    return f"{finding.item_id.partition(':')[2] or finding.item_id} {finding.label}"


def _towards(colour: str, share: float) -> str:
    """Return the colour at a share of the way from white."""
    channels = bytes.fromhex(colour)
    return "".join(f"{round(255 + (one - 255) * share):02X}" for one in channels)


def _blocks(gaps: Gaps) -> Iterator[Block]:
    found = {one: gaps.count(one) for one in JUDGEMENTS}
    total = len(gaps.findings)
    yield paragraph(
        f"Of {total} items, {found['addressed']} are addressed, {found['touched_on']} are touched"
        f" on and {found['not_found']} are not found. The number beside a judgement is the"
        " likelihood that the plan addresses the item, 0 to 1."
    )
    if gaps.ruled:
        yield paragraph(f"Judgements that an officer changed: {gaps.ruled}; each is marked.")
    yield Block("table", rows=tuple(counts_of(gaps)), shades=tuple(shades_of(gaps)))
    if gaps.earlier:
        yield from _changes(gaps)
    missing = [one for one in gaps.findings if one.final == "not_found"]
    if missing:
        yield heading("Not found in the plan")
        yield from (paragraph(named(one), shape="bullet") for one in missing)
    for group, label in gaps.groups:
        yield heading(label, new_page=True)
        for finding in gaps.findings:
            if finding.group == group:
                yield from _finding(finding)
    yield from _partners(gaps)
    yield from _unmatched(gaps)
    yield heading("How this was made")
    yield paragraph(LIMITS)
    made = ", ".join(f"{name} {digest[:12]}" for name, digest in gaps.made_with.items())
    yield paragraph(
        f"Framework edition {gaps.edition[:12]}. Weights: {made}."
        f" SHA-256 of the plan: {gaps.sha256}.",
        shape="small",
    )


def _changes(gaps: Gaps) -> Iterator[Block]:
    moved = [one for one in gaps.findings if one.change in ("gained", "lost")]
    yield heading("What changed")
    if not moved:
        yield paragraph("No judgement differs from the earlier edition.")
        return
    rows = [
        (named(one), f"{NAMES[one.before]} \N{RIGHTWARDS ARROW} {NAMES[one.final]}")
        for one in moved
        if one.before
    ]
    yield Block("table", rows=(("Item", "Change"), *rows))


def _finding(finding: Finding) -> Iterator[Block]:
    yield heading(named(finding), 2)
    yield labelled("Judgement", f"{judged_as(finding)}.")
    if finding.officer:
        yield labelled("The officer’s reason", finding.officer.reason)
    if finding.change:
        yield labelled("Earlier edition", CHANGES[finding.change])
    yield paragraph(finding.reason)
    for quote in finding.quotes:
        yield _quote(quote)
    if finding.nearest:
        yield paragraph("What comes nearest:")
        yield from map(_quote, finding.nearest)
    yield labelled("The framework", finding.wants)
    for guide in finding.guides:
        yield labelled("Guidance", f"{guide.title}. {guide.says or guide.summary}", "small")


def _quote(quote: Quote) -> Block:
    return paragraph(f"“{clean(quote.text)}” ", Words(f"({clean(quote.where)})"), shape="quote")


def _partners(gaps: Gaps) -> Iterator[Block]:
    if not gaps.partners:
        return
    labels = dict(gaps.groups)
    rows = [
        (
            one.label,
            "; ".join(labels.get(group, group) for group in one.groups),
            f"{clean(one.quotes[0].text)} ({clean(one.quotes[0].where)})"
            if one.quotes
            else "Not named",
        )
        for one in gaps.partners
    ]
    yield heading("Partners", new_page=True)
    yield Block("table", rows=(("Partner of the framework", "Under", "In the plan"), *rows))


def _unmatched(gaps: Gaps) -> Iterator[Block]:
    yield heading("Parts of the plan that answer nothing of the framework")
    if not gaps.unmatched:
        yield paragraph("None: every part says something near an item.")
    for part in gaps.unmatched:
        label, opening = f"{clean(part.where)}, {part.sentences} sentences", part.opening.text
        yield labelled(label, f"“{clean(opening)}”", "bullet")
