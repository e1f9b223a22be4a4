"""The source panel: a passage with the quoted words marked, and whose words they are."""

from __future__ import annotations

from assistant.answer import Citation
from corpus.passage import Corpus, Doubt, Lines, Passage
from ui.markup import escape, link
from ui.outline import Reference, change_of, clean, reference_to, sentence_of, tier_name, where


def source_panel_as_html(
    citation: Citation, corpus: Corpus, *, number: int = 1, last: int = 1
) -> str:
    """Return the panel of one citation: the passage with the quote marked, and whose words it is.

    Args:
        citation: The citation.
        corpus: The edition that it cites.
        number: Its number in the answer; its id is `cite-` and this.
        last: The highest number in the answer, for the links to the panels before and after.
    """
    return panel(reference_to(citation, corpus, number=number), last)


def panel(reference: Reference, last: int) -> str:
    """Return the panel of a numbered reference; `last` is the highest number in its answer."""
    number, passage = reference.number, reference.passage
    body = (
        f'<p class="sp-tier-name">{tier_name(reference.source.tier)}</p>',
        f'<blockquote class="sp-passage">{_marked(reference)}</blockquote>',
        _facts(reference),
        _as_printed(passage),
        _corrections(passage),
        _doubts(passage),
        _neighbours(number, last),
    )
    return (
        f'<section class="sp-panel sp-tier-{reference.source.tier}" id="cite-{number}"'
        f' tabindex="-1" aria-labelledby="cite-{number}-title">'
        f'<div class="sp-panel-head"><h3 id="cite-{number}-title">Source {number}</h3>'
        f'<button type="button" class="sp-close">Close</button></div>{"".join(body)}</section>'
    )


def _marked(reference: Reference) -> str:
    text, citation = reference.passage.text, reference.citation
    before, after = text[: citation.start], text[citation.end :]
    # Each piece is stripped when it is cleaned, so the spaces around the mark are put back.
    left = escape(before, breaks=True) + before[len(before.rstrip()) :]
    right = after[: len(after) - len(after.lstrip())] + escape(after, breaks=True)
    return f"{left}<mark>{escape(citation.quote, breaks=True)}</mark>{right}"


def _facts(reference: Reference) -> str:
    source = reference.source
    rows = {
        "Source": link(source.url, source.title),
        "Publisher": escape(source.publisher),
        "Edition": escape(", ".join(part for part in (source.version, source.published) if part)),
        "Where": escape(where(reference)),
        "Under": escape(" > ".join(reference.passage.heading_path)),
        "As of": escape(source.as_of),
        "Licence": escape(source.licence),
        "Passage": escape(reference.passage.id),
    }
    filled = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows.items() if value)
    return f"<dl>{filled}</dl>"


def _as_printed(passage: Passage) -> str:
    if not passage.printed or clean(passage.printed) == clean(passage.text):
        return ""
    printed = escape(passage.printed)
    return f'<h4>As printed</h4><blockquote class="sp-printed">{printed}</blockquote>'


def _corrections(passage: Passage) -> str:
    items = ""
    for fix in passage.corrections:
        why = _sure(fix.basis, fix.confidence)
        items += f"<li>{_at(fix.lines)}: {escape(f'{change_of(fix)}. {why}')}</li>"
    return f"<h4>Corrections</h4><ul>{items}</ul>" if items else ""


def _doubts(passage: Passage) -> str:
    items = "".join(f"<li>{_at(doubt.lines)}: {_doubt(doubt)}</li>" for doubt in passage.doubts)
    return f"<h4>Doubts</h4><ul>{items}</ul>" if items else ""


def _doubt(doubt: Doubt) -> str:
    meant = f"; “{escape(doubt.suspected)}” was probably meant" if doubt.suspected else ""
    sure = escape(_sure(doubt.basis, doubt.confidence))
    return f"“{escape(doubt.printed)}” is printed{meant}. {sure}"


def _at(lines: Lines) -> str:
    return f"Line {lines}" if lines.first == lines.last else f"Lines {lines}"


def _sure(basis: str, confidence: str) -> str:
    return " ".join(part for part in (sentence_of(basis), f"Confidence: {confidence}.") if part)


def _neighbours(number: int, last: int) -> str:
    links = ""
    if number > 1:
        links += f'<a href="#cite-{number - 1}">Previous source</a>'
    if number < last:
        links += f'<a href="#cite-{number + 1}">Next source</a>'
    return f'<p class="sp-neighbours">{links}</p>' if links else ""
