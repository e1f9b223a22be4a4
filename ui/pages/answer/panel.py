"""The source panel: a passage with the quoted words marked, and whose words they are."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.records import Citation
from corpus.passage import Corpus, Doubt, Lines, Passage
from ui.look.markup import escape, fill, highlight, link
from ui.words.catalogue import say
from ui.words.footnotes import Footnote, works_of
from ui.words.phrases import change_of, clean, day, kind_of, sentence_of


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
    title = say("panel.title", number=number)
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
        f'<div class="sp-panel-head"><h3 id="cite-{number}-title">{title}</h3>'
        f'<button type="button" class="sp-close">{say("panel.close")}</button>'
        f"</div>{''.join(body)}</section>"
    )


def _facts(footnote: Footnote, edition: str) -> str:
    source = footnote.source
    own = ", ".join(part for part in (source.version, source.published) if part)
    whole = say("ask.edition", digest=edition[:12]) if edition else ""
    rows = {
        "source": link(source.url, source.title),
        "publisher": escape(source.publisher),
        "edition": escape(own or whole),
        "where": escape(footnote.where),
        "under": escape(footnote.path),
        "works": _list(
            fill("sources", "work", work=one, places=one.locators) for one in works_of([footnote])
        ),
        "grounds": _list(escape(other) for other in footnote.others),
        "as_of": escape(day(source.as_of)),
        "review_by": _review(footnote),
        "confidence": _confidence(source.confidence),
        "licence": escape(source.licence),
        "passage": escape(footnote.passage.id),
    }
    filled = "".join(
        f"<dt>{say(f'panel.{name}')}</dt><dd>{value}</dd>" for name, value in rows.items() if value
    )
    return f"<dl>{filled}</dl>"


def _review(footnote: Footnote) -> str:
    past = f' <strong class="sp-past">{say("phrase.past_review")}</strong>'
    past = past if footnote.past_review else ""
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
    return (
        f'<h4>{say("panel.as_printed")}</h4><blockquote class="sp-printed">{printed}</blockquote>'
    )


def _corrections(passage: Passage) -> str:
    items = ""
    for fix in passage.corrections:
        why = _sure(fix.basis, fix.confidence)
        items += f"<li>{_at(fix.lines)}: {escape(f'{change_of(fix)}. {why}')}</li>"
    return f"<h4>{say('panel.corrections')}</h4><ul>{items}</ul>" if items else ""


def _doubts(passage: Passage) -> str:
    items = "".join(f"<li>{_at(doubt.lines)}: {_doubt(doubt)}</li>" for doubt in passage.doubts)
    return f"<h4>{say('panel.doubts')}</h4><ul>{items}</ul>" if items else ""


def _doubt(doubt: Doubt) -> str:
    sure = escape(_sure(doubt.basis, doubt.confidence))
    printed = escape(doubt.printed)
    if doubt.suspected:
        told = say("panel.doubt_meant", printed=printed, suspected=escape(doubt.suspected))
    else:
        told = say("panel.doubt", printed=printed)
    return f"{told} {sure}"


def _at(lines: Lines) -> str:
    if lines.first == lines.last:
        return say("panel.line", line=lines)
    return say("panel.lines", lines=lines)


def _sure(basis: str, confidence: str) -> str:
    told = say(f"panel.sure_{confidence}")
    return " ".join(part for part in (sentence_of(basis), told) if part)


def _confidence(confidence: str) -> str:
    return "" if confidence == "high" else say(f"panel.confidence_{confidence}")


def _neighbours(number: int, last: int) -> str:
    links = ""
    if number > 1:
        links += f'<a href="#cite-{number - 1}">{say("panel.before")}</a>'
    if number < last:
        links += f'<a href="#cite-{number + 1}">{say("panel.after")}</a>'
    return f'<p class="sp-neighbours">{links}</p>' if links else ""
