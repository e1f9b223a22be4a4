"""The source panel: a passage with the quoted words marked, and whose words they are."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.answer import Citation
from corpus.passage import Corpus, Doubt, Lines, Passage
from ui.catalogue import say
from ui.footnotes import Footnote, Work, works_of
from ui.markup import escape, highlight, link
from ui.phrases import PAST_REVIEW, change_of, clean, day, kind_of, sentence_of


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
    return panel(Footnote.of(citation, corpus, number=number), last, corpus.digest)


def panel(footnote: Footnote, last: int, edition: str = "") -> str:
    """Return the panel of a footnote.

    Args:
        footnote: what is cited.
        last: the highest number in its answer.
        edition: digest of the corpus that it was cited from; shown where the source has no edition
            of its own.
    """
    number, passage, citation = footnote.number, footnote.passage, footnote.citation
    marked = highlight(passage.text, [(citation.start, citation.end)])
    body = (
        f'<p class="sp-tier-name">{kind_of(footnote.source)}</p>',
        f'<blockquote class="sp-passage">{marked}</blockquote>',
        _facts(footnote, edition),
        _as_printed(passage),
        _corrections(passage),
        _doubts(passage),
        _neighbours(number, last),
    )
    return (
        f'<section class="sp-panel sp-tier-{footnote.source.tier}" id="cite-{number}"'
        f' tabindex="-1" aria-labelledby="cite-{number}-title">'
        f'<div class="sp-panel-head"><h3 id="cite-{number}-title">Source {number}</h3>'
        f'<button type="button" class="sp-close">Close</button></div>{"".join(body)}</section>'
    )


def work_as_html(work: Work, places: str) -> str:
    """Return a published work as a reader would cite it, linked if its publisher shows it.

    Args:
        work: The work.
        places: Its places, with or without the numbers of what rests on them.
    """
    publisher = f"{escape(work.publisher)}, " if work.publisher else ""
    rest = work.after + places
    # What is escaped is stripped, so the space in front is put back.
    space = rest[: len(rest) - len(rest.lstrip())]
    return f"{publisher}{link(work.url, work.title)}{space}{escape(rest)}"


def _facts(footnote: Footnote, edition: str) -> str:
    source = footnote.source
    own = ", ".join(part for part in (source.version, source.published) if part)
    whole = say("ask.edition", digest=edition[:12]) if edition else ""
    rows = {
        "Source": link(source.url, source.title),
        "Publisher": escape(source.publisher),
        "Edition": escape(own or whole),
        "Where": escape(footnote.where),
        "Under": escape(footnote.path),
        "Works": _list(work_as_html(work, work.locators) for work in works_of([footnote])),
        "Grounds": _list(escape(other) for other in footnote.others),
        "As of": escape(day(source.as_of)),
        "Review by": _review(footnote),
        "Confidence": "" if source.confidence == "high" else source.confidence,
        "Licence": escape(source.licence),
        "Passage": escape(footnote.passage.id),
    }
    filled = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows.items() if value)
    return f"<dl>{filled}</dl>"


def _review(footnote: Footnote) -> str:
    past = f' <strong class="sp-past">{PAST_REVIEW}</strong>' if footnote.past_review else ""
    return escape(day(footnote.source.review_by)) + past


def _list(items: Iterable[str]) -> str:
    """Return items as a list, or one item alone."""
    several = list(items)
    if len(several) < 2:
        return "".join(several)
    return f"<ul>{''.join(f'<li>{item}</li>' for item in several)}</ul>"


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
