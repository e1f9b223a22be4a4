"""What an answer of any contestant is worth, by the definitions of `evals.metrics.metrics`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast, get_args

from assistant.errors import BatchError
from assistant.records import Status
from corpus.passage import Passage, Record
from corpus.structure.graph import Framework
from evals.cases.case import Case
from evals.metrics import metrics
from evals.metrics.score import ids_of_facet
from evals.peers.peer_corpus import PeerCorpus
from evals.peers.runners.peer_rows import PeerRow, Quote, Shown

GROUPS = ("counts", "negations", "several facets", "follow-ups")
"""Rows of the breakdown of complete answers."""

ON_TOPIC = 0.5
"""Least share of what is shown that must fit the question."""

_MARKS = re.compile(r"(?:^|(?<=\s))(?:#+|-)(?=\s)")


class Verdict(Record):
    """What one answer is worth; `None` where there is nothing to judge."""

    id: str
    groups: tuple[str, ...]
    """Rows of the breakdown that it counts in."""

    complete: bool | None
    """Of a question to be answered: all of the gold is shown, and it stays on topic."""

    missed: bool | None
    """Of a question to be answered: it was not."""

    turned_away: bool | None
    """Of a question that the corpus does not answer: it was turned away as it should be."""

    false: bool | None
    """Of such a question: it was answered all the same."""

    corrected: bool | None
    """Of a question with a false premise: the answer says what is wrong with it."""

    exact: bool | None
    """Every quote is verbatim in the source that it names; none without quotes."""

    seconds: float


def judge(case: Case, row: PeerRow, corpus: PeerCorpus, framework: Framework) -> Verdict:
    """Judge one answer.

    Raises:
        BatchError: a quote names a source that nobody was given, or the status is unknown.
    """
    shown = row.shown
    if shown.status not in get_args(Status):
        names = ", ".join(get_args(Status))
        raise BatchError(f"{shown.status!r} is no status; there are {names}.")
    status = cast("Status", shown.status)
    to_answer = is_to_be_answered(case)
    answers = status in metrics.ANSWERS
    right = metrics.is_status_right(
        status, shown.reason, answerable=case.answerable, accepted=case.gold.status
    )
    complete = answers and to_answer and _is_complete(case, shown, corpus, framework)
    corrected = None
    if "premise" in case.family:
        says = metrics.has_strings(shown.text, case.must_contain, case.must_not_contain)
        corrected = shown.reason == "false_premise" if says is None else says
    return Verdict(
        id=case.id,
        groups=groups_of(case),
        complete=complete if to_answer else None,
        missed=not answers if to_answer else None,
        turned_away=right if to_answer is False else None,
        false=answers and not right if to_answer is False else None,
        corrected=corrected if to_answer is False else None,
        exact=is_exact(shown.quotes, corpus),
        seconds=row.seconds,
    )


def is_to_be_answered(case: Case) -> bool | None:
    """Return whether a case asks for an answer; `None` if it asks for a question back."""
    turned = case.answerable and case.gold.status and not metrics.ANSWERS & set(case.gold.status)
    return None if turned else case.answerable


def groups_of(case: Case) -> tuple[str, ...]:
    """Return the rows of the breakdown that a case counts in."""
    facets = len(case.gold.ids()) + bool(case.gold.facts)
    fits = (case.type == "count", case.type == "negate", facets > 1, bool(case.turns))
    return tuple(name for name, holds in zip(GROUPS, fits, strict=True) if holds)


def found_ids(quotes: Sequence[Quote], corpus: PeerCorpus, gold: frozenset[str]) -> tuple[str, ...]:
    """Return the passages that quotes show, in reading order without repeats.

    A quote shows the passage that it names. If it names a page or a section, it shows each passage
    there of which a whole sentence, a title included, stands in its words. A quote that only backs
    a sentence of the answer's own counts where it is gold, never against the answer.

    Raises:
        BatchError: a quote names a source that nobody was given.
    """
    ids = []
    for quote in quotes:
        shown = [quote.source]
        if quote.source not in corpus.passages:
            words = plain(quote.text)
            _words_of(quote, corpus)  # refuses a source that is not known
            held = (corpus.passages[one] for one in corpus.held[quote.source])
            shown = [passage.id for passage in held if _shows(words, passage)]
        ids += [one for one in shown if not quote.aside or one in gold]
    return tuple(dict.fromkeys(ids))


def on_topic(found: Sequence[str], case: Case, framework: Framework) -> float | None:
    """Return the share of what is shown that fits the question; `None` if nothing is judged.

    `metrics.precision` over framework and guidance together: gold, allowed, and what framework gold
    stands under fit. Guidance beside an answer is judged only where the case has gold in guidance,
    framework text only where it has gold or allowed ids in the framework. A note fits whole.
    """
    items = [one for one in (*case.gold.items(), *case.gold.allowed) if one in framework.item_by_id]
    fitting = {above.id for one in items for above in framework.lineage(one)}
    judged = [one for one in found if one in framework.item_by_id] if items else []
    if case.gold.facts:
        allowed = [one for one in case.gold.allowed if one not in framework.item_by_id]
        fitting |= set(metrics.units((*case.gold.facts, *allowed)))
        judged += metrics.units(one for one in found if one not in framework.item_by_id)
    return metrics.precision(judged, fitting)


def is_exact(quotes: Sequence[Quote], corpus: PeerCorpus) -> bool | None:
    """Return whether each quote is verbatim in the source that it names; `None` without quotes.

    Line breaks and the marks of Markdown lists and headings do not count.

    Raises:
        BatchError: a quote names a source that nobody was given.
    """
    if not quotes:
        return None
    return all(plain(one.text) in plain(_words_of(one, corpus)) for one in quotes)


def plain(text: str) -> str:
    r"""Return a text on one line, without the marks of Markdown lists and headings.

    >>> plain("## Partners\n\n- harbour masters\n- well-known pilots")
    'Partners harbour masters well-known pilots'
    """
    return " ".join(_MARKS.sub(" ", text).split())


def _shows(words: str, passage: Passage) -> bool:
    """Return whether a sentence of a passage, a title included, stands whole in `plain` words."""
    sentences = (plain(span.of(passage.text)) for span in passage.sentences)
    return any(one and re.search(rf"(?<!\w){re.escape(one)}(?!\w)", words) for one in sentences)


def _is_complete(case: Case, shown: Shown, corpus: PeerCorpus, framework: Framework) -> bool:
    ids = case.gold.ids()
    found = found_ids(shown.quotes, corpus, frozenset(case.gold.items()))
    recalled = [
        metrics.recall(ids_of_facet(found, facet, framework), gold) == 1.0
        for facet, gold in ids.items()
    ]
    guided = [one for one in found if one not in framework.item_by_id]
    share = on_topic(found, case, framework)
    openings = shown.openings or shown.text.split("\n\n")[0].split("\n")
    verdicts = (
        *recalled,
        metrics.cites_note(guided, case.gold.facts, case.gold.allowed),
        metrics.has_strings(shown.text, case.must_contain, case.must_not_contain),
        metrics.has_value(openings, case.gold.value),
        share is None or share >= ON_TOPIC,
    )
    return all(verdict is not False for verdict in verdicts)


def _words_of(quote: Quote, corpus: PeerCorpus) -> str:
    try:
        return corpus.words[quote.source]
    except KeyError:
        raise BatchError(f"An answer quotes {quote.source!r}, which is no page of it.") from None
