"""The sources of the library as HTML: all of them, and one with its passages and works."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

from corpus.passage import Passage, Reference, Source
from ui.look.markup import escape, link
from ui.words.catalogue import say
from ui.words.phrases import clean, day, kind_of, seen_as

if TYPE_CHECKING:
    from corpus.passage import Corpus
    from corpus.structure.faults import Problem

SOON = 30
"""Days before the day of review from which a source is marked as due soon."""

_COLUMNS = ("title", "tier", "as_of", "review", "confidence", "passages", "warnings")


def sources_as_html(
    corpus: Corpus, today: date, warnings: Mapping[str, Sequence[Problem]] | None
) -> str:
    """Return all sources as a table, with what filters and sorts it.

    Args:
        corpus: the edition that answers.
        today: as of which days of review are counted.
        warnings: what the check said of each source; none before the first check.
    """
    counts: dict[str, int] = {}
    for passage in corpus.passages:
        counts[passage.source_id] = counts.get(passage.source_id, 0) + 1
    rows = "".join(
        _row(place, source, counts.get(source.id, 0), today, warnings)
        for place, source in enumerate(corpus.sources)
    )
    heads = "".join(
        f'<th role="columnheader" scope="col">{say(f"library.column_{name}")}</th>'
        for name in (_COLUMNS if warnings is not None else _COLUMNS[:-1])
    )
    total = say("library.sources_count", n=len(corpus.sources), passages=len(corpus.passages))
    return (
        f'<h2 tabindex="-1">{say("library.view_sources")}</h2>'
        f"<p>{total}</p>{_filters(corpus)}"
        f'<p class="sp-library-count" role="status" data-words="{say("library.shown")}"></p>'
        '<table class="sp-library-table" role="table"><thead role="rowgroup">'
        f'<tr role="row">{heads}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>'
        f'<p class="sp-library-none" hidden>{say("library.none_fit")}</p>'
    )


def source_as_html(
    corpus: Corpus, source: Source, today: date, warnings: Sequence[Problem] | None
) -> str:
    """Return one source with its facts, warnings, published works and passages.

    Args:
        corpus: the edition that answers.
        source: one of its sources.
        today: as of which days of review are counted.
        warnings: what the check said of it; none before the first check.
    """
    passages = [one for one in corpus.passages if one.source_id == source.id]
    works = _works(source.references)
    parts = (
        f'<p><a class="sp-library-back" href="/library#view=sources">{say("library.back")}</a></p>',
        f'<h2 tabindex="-1">{escape(source.title)}</h2>',
        _facts(source, len(passages), today),
        _warned(warnings),
        _section(say("library.works", n=len(works)), works, "works"),
        _section(say("library.passages", n=len(passages)), map(_passage, passages), "passages"),
    )
    return "".join(parts)


def problems_as_html(problems: Iterable[Problem]) -> str:
    """Return what a check said as a list, each line with the id that it concerns."""
    items = "".join(f"<li>{_problem(one)}</li>" for one in problems)
    return f'<ul class="sp-library-problems">{items}</ul>'


def review_of(source: Source, today: date) -> tuple[str, str]:
    """Return how a source stands to its review: a key and the words; no day, no review.

    Returns:
        `fixed`, `past`, `soon` or `good`, and a sentence.
    """
    try:
        until = date.fromisoformat(source.review_by)
    except ValueError:
        return "fixed", say("library.review_fixed")
    left = (until - today).days
    if left < 0:
        return "past", say("library.review_past", n=-left, day=day(source.review_by))
    state = "soon" if left <= SOON else "good"
    return state, say("library.review_left", n=left, day=day(source.review_by))


def _row(
    place: int,
    source: Source,
    passages: int,
    today: date,
    warnings: Mapping[str, Sequence[Problem]] | None,
) -> str:
    state, review = review_of(source, today)
    warned = None if warnings is None else len(warnings.get(source.id, ()))
    under = ", ".join(filter(None, map(clean, (source.publisher, source.version))))
    published = say("library.published", day=day(source.published)) if source.published else ""
    more = ". ".join(filter(None, (under, published)))
    cells = {
        "title": f'<a href="/library#source={quote(source.id, safe="")}">'
        f"{escape(source.title)}</a>"
        f'<span class="sp-library-under">{escape(more)}</span>',
        "tier": escape(kind_of(source)),
        "as_of": escape(day(source.as_of)),
        "review": _mark(state) + escape(review),
        "confidence": say(f"library.confidence_{source.confidence}"),
        "passages": str(passages),
    }
    if warned is not None:
        cells["warnings"] = str(warned)
    drawn = "".join(
        f'<td role="cell" data-label="{say(f"library.column_{name}")}">{cell}</td>'
        for name, cell in cells.items()
    )
    words = " ".join((source.id, source.title, source.publisher, source.version, cells["tier"]))
    keys = {
        "order": place,
        "title": clean(source.title).casefold(),
        "tier": source.tier,
        "review-by": source.review_by or "9999",
        "as-of": source.as_of,
        "passages": passages,
        "warnings": warned or 0,
        "review": state,
        "words": clean(words).casefold(),
    }
    data = "".join(f' data-{name}="{escape(str(value))}"' for name, value in keys.items())
    return f'<tr role="row"{data}>{drawn}</tr>'


def _mark(state: str) -> str:
    if state not in ("past", "soon"):
        return ""
    return f'<strong class="sp-library-mark sp-library-{state}">{say(f"library.{state}")}</strong> '


def _filters(corpus: Corpus) -> str:
    tiers = dict.fromkeys(one.tier for one in corpus.sources)
    named = "".join(
        f'<option value="{tier}">{say(f"library.tier_{tier}")}</option>' for tier in tiers
    )
    orders = "".join(
        f'<option value="{name}">{say(f"library.sort_{name}")}</option>'
        for name in ("order", "title", "review", "as_of", "passages", "warnings")
    )
    return f"""<form class="sp-library-filters" role="search">
<label>{say("library.filter_words")}<input type="search" name="words" autocomplete="off"></label>
<label>{say("library.filter_tier")}<select name="tier"><option value="">{
        say("library.tier_all")
    }</option>{named}</select></label>
<label>{say("library.sort")}<select name="sort">{orders}</select></label>
<label class="sp-library-check"><input type="checkbox" name="past">{
        say("library.filter_past")
    }</label>
</form>"""


def _facts(source: Source, passages: int, today: date) -> str:
    state, review = review_of(source, today)
    edition = ", ".join(filter(None, map(clean, (source.version, source.published))))
    rows = {
        "tier": escape(kind_of(source)),
        "publisher": escape(source.publisher),
        "edition": escape(edition) or say("library.not_named"),
        "as_of": escape(day(source.as_of)),
        "review": _mark(state) + escape(review),
        "confidence": say(f"library.confidence_{source.confidence}"),
        "licence": escape(source.licence),
        "seen": escape(seen_as(source.seen) or say("library.seen_primary")),
        "where": escape(source.locator),
        "url": link(source.url, source.url),
        "passages": str(passages),
        "id": f"<code>{escape(source.id)}</code>",
        "sha256": f"<code>{escape(source.sha256)}</code>",
    }
    drawn = "".join(
        f"<dt>{say(f'library.column_{name}')}</dt><dd>{value}</dd>"
        for name, value in rows.items()
        if value
    )
    return f'<dl class="sp-library-facts">{drawn}</dl>'


def _warned(warnings: Sequence[Problem] | None) -> str:
    if warnings is None:
        told = f"<p>{say('library.warnings_unchecked')}</p>"
    elif not warnings:
        told = f"<p>{say('library.warnings_none')}</p>"
    else:
        told = problems_as_html(warnings)
    return f"<h3>{say('library.column_warnings')}</h3>{told}"


def _section(heading: str, items: Iterable[str], name: str) -> str:
    drawn = "".join(f"<li>{item}</li>" for item in items)
    if not drawn:
        return ""
    return f'<h3>{heading}</h3><ul class="sp-library-{name}">{drawn}</ul>'


def _works(works: Iterable[Reference]) -> list[str]:
    """Return each work once, with all its places."""
    places: dict[tuple[str, ...], list[str]] = {}
    first: dict[tuple[str, ...], Reference] = {}
    for work in works:
        key = (work.publisher, work.title, str(work.year), work.url, work.seen)
        first.setdefault(key, work)
        places.setdefault(key, []).append(clean(work.locator))
    return [_work(first[key], found) for key, found in places.items()]


def _work(work: Reference, places: Iterable[str]) -> str:
    rest = ", ".join(filter(None, (str(work.year or ""), seen_as(work.seen))))
    publisher = f"{escape(work.publisher)}, " if work.publisher else ""
    tail = f", {escape(rest)}" if rest else ""
    named = "; ".join(dict.fromkeys(filter(None, places)))
    return f"{publisher}{link(work.url, work.title)}{tail}" + (
        f": {escape(named)}" if named else ""
    )


def _passage(passage: Passage) -> str:
    path = " > ".join(map(clean, passage.heading_path))
    place = "; ".join(filter(None, (path, clean(passage.locator))))
    return (
        f'<p class="sp-library-place"><code>{escape(passage.id)}</code> {escape(place)}</p>'
        f"<blockquote>{escape(passage.text, breaks=True)}</blockquote>"
    )


def _problem(problem: Problem) -> str:
    named = problem.message.startswith(problem.id)
    before = "" if named else f"<code>{escape(problem.id)}</code>: "
    return before + escape(problem.message)
