"""Differences between editions as HTML: by passage, with the words that changed marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from ui.look.markup import escape
from ui.words.catalogue import say
from ui.words.phrases import clean, day

if TYPE_CHECKING:
    from corpus.editions.difference import Difference, Reworded
    from corpus.passage import Corpus
    from ui.pages.library.library_keeper import Compared

MOST = 100
"""Changes of one kind that are shown; the command line shows all."""

SHOWN = 12
"""Characters of a digest that are shown."""


def changes_as_html(
    editions: Sequence[str], corpus: Corpus, *, chosen: str = "", found: Compared | None = None
) -> str:
    """Return the choice of an edition, and what changed since the one that was chosen.

    Args:
        editions: names of the exported editions.
        corpus: the edition that answers.
        chosen: the name of the one chosen; empty if none is.
        found: what came of comparing.
    """
    answers = say("library.answers_now", digest=corpus.digest[:SHOWN], n=len(corpus.passages))
    return "".join(
        (
            f'<h2 tabindex="-1">{say("library.view_changes")}</h2>',
            f"<p>{answers}</p>",
            _choice(editions, chosen),
            _difference(found, corpus) if found else "",
            _keep(corpus, editions),
            f'<p class="sp-library-place">{say("library.saved_answers")}</p>',
        )
    )


def marked(old: str, new: str) -> str:
    """Return two wordings as one text: what was taken out and what was put in, both marked.

    >>> marked("keeps all lists", "keeps no lists").count("<ins>")
    1
    """
    ours, theirs = clean(old).split(), clean(new).split()
    pieces = []
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        before, after = " ".join(ours[a:b]), " ".join(theirs[c:d])
        if kind == "equal":
            pieces.append(escape(before))
            continue
        if before:
            pieces.append(_mark("del", say("library.taken_out"), before))
        if after:
            pieces.append(_mark("ins", say("library.put_in"), after))
    return " ".join(pieces)


def _mark(tag: str, spoken: str, words: str) -> str:
    # Screen readers seldom tell either mark.
    return f'<{tag}><span class="sp-unseen">{spoken} </span>{escape(words)}</{tag}>'


def _choice(editions: Sequence[str], chosen: str) -> str:
    if not editions:
        return f"<p>{say('library.no_editions')}</p>"
    options = "".join(
        f'<option value="{escape(name)}"{" selected" if name == chosen else ""}>{escape(name)}'
        "</option>"
        for name in editions
    )
    return (
        '<form class="sp-library-filters" data-compare>'
        f'<label>{say("library.older")}<select name="with">{options}</select></label>'
        f'<button class="sp-library-button">{say("library.compare")}</button></form>'
    )


def _keep(corpus: Corpus, editions: Sequence[str]) -> str:
    if f"{corpus.digest[:SHOWN]}.json" in editions:
        told = f"<p>{say('library.kept_already')}</p>"
    else:
        told = (
            f"<p>{say('library.keep_about')}</p>"
            '<button type="button" class="sp-library-button" data-send="editions">'
            f"{say('library.keep')}</button>"
        )
    return f"<h3>{say('library.keep_for_later')}</h3>{told}"


def _difference(found: Compared, new: Corpus) -> str:
    difference, old = found.difference, found.old
    head = say("library.compared", digest=found.digest[:SHOWN], n=len(old.passages))
    checked = say("library.compared_day", day=day(difference.as_of)) if difference.as_of else ""
    blocks = (
        _block(say("library.added", n=len(difference.added)), _texts(difference.added, new)),
        _block(say("library.removed", n=len(difference.removed)), _texts(difference.removed, old)),
        _block(
            say("library.reworded", n=len(difference.reworded)),
            (_reworded(one, new) for one in difference.reworded),
        ),
        _block(
            say("library.renumbered", n=len(difference.renumbered)),
            (_line(one.id, one.now, new) for one in difference.renumbered),
        ),
        _block(say("library.resourced", n=len(difference.resourced)), _resourced(difference, new)),
    )
    same = f"<p>{say('library.same')}</p>" if difference.is_empty else ""
    stale = _block(say("library.stale", n=len(difference.stale)), _stale(difference, new))
    return (
        f'<div class="sp-library-difference"><h3>{head}</h3><p>{checked}</p>'
        f"{same}{''.join(blocks)}{stale}</div>"
    )


def _block(heading: str, items: Iterable[str]) -> str:
    found = list(items)
    if not found:
        return ""
    drawn = "".join(f"<li>{item}</li>" for item in found[:MOST])
    more = len(found) - MOST
    rest = f"<p>{say('library.more', n=more)}</p>" if more > 0 else ""
    return f'<h4>{heading}</h4><ul class="sp-library-changes">{drawn}</ul>{rest}'


def _texts(ids: Iterable[str], corpus: Corpus) -> Iterator[str]:
    for id_ in ids:
        text = escape(corpus.by_id[id_].text, breaks=True)
        yield f"{_line(id_, id_, corpus)}<blockquote>{text}</blockquote>"


def _reworded(one: Reworded, new: Corpus) -> str:
    return f"{_line(one.id, one.now, new)}<blockquote>{marked(one.old, one.new)}</blockquote>"


def _line(old: str, now: str, corpus: Corpus) -> str:
    named = f"<code>{escape(old)}</code>"
    if now != old:
        named += f" {say('library.now')} <code>{escape(now)}</code>"
    passage = corpus.by_id[now]
    path = " > ".join(map(clean, passage.heading_path)) or clean(passage.locator)
    return f'<p class="sp-library-place">{named} {escape(path)}</p>'


def _resourced(difference: Difference, new: Corpus) -> Iterator[str]:
    """Yield what changed beside the words, passages of one source together."""
    by_change: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in difference.resourced:
        said = ", ".join(one.fields)
        if one.checked_again:
            said = say("library.only_days", fields=said)
        by_change[new.by_id[one.now].source_id, said].append(one.now)
    for (source, said), ids in by_change.items():
        title = escape(new.source_by_id[source].title)
        yield f"{title} ({say('library.passages_n', n=len(ids))}): {escape(said)}"


def _stale(difference: Difference, new: Corpus) -> Iterator[str]:
    by_source: dict[str, list[str]] = defaultdict(list)
    for one in difference.stale:
        by_source[new.by_id[one.id].source_id].append(one.review_by)
    for source, days in by_source.items():
        title = escape(new.source_by_id[source].title)
        since = say("library.stale_since", day=day(days[0]))
        yield f"{title} ({say('library.passages_n', n=len(days))}): {since}"
