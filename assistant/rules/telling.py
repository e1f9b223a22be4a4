"""Which sentences of a foreign corpus answer: whole, the best one first, then in reading order."""

from __future__ import annotations

import re

import numpy as np

from assistant.answering.sentences import Selection, Sentence, Sentences, Shares
from assistant.citing.citations import cite_from
from assistant.records import Citation, Statement
from assistant.rules.evidence import Evidence
from assistant.rules.giving import gives
from corpus.checks.orders import is_order
from corpus.passage import Corpus

MOST = 5
"""Sentences that the best text gives to an answer."""

MOST_VALUES = 2
"""The same where a value is asked for."""

AS_GOOD = 0.9
"""Share of the best text's relevance from which another text is drawn on too."""

NEAREST = 3
"""Sentences that are shown as the closest where none answers."""

LOOKED_AT = 12
"""Sentences, the most relevant first, of which one must give the value that is asked for."""

BESIDE_VALUE = 0.8
"""What is left of the relevance of a sentence that does not give it."""

CARRIED = 0.95
"""What the sentences under a heading inherit of its relevance, since it says their matter."""

UNDER = 3
"""Sentences that inherit it."""

WORDS = 4
"""Words of a sentence, at least, if it is to be quoted."""

TITLE = 12
"""Words of a heading, at most."""

_STOP = re.compile(r"[.!:;\u2026][\"'\u201d\u2019)\]]*$")
_STEP = re.compile(r"^\d{1,3}[.)]\s")
"""A number before words without a stop, which is more often a heading than an item."""

_ITEM = re.compile(r"^(?:[-*\u2022\u2013>|\u25cf\u25e6]|\(?\w{1,3}[.)])\s")


class Telling:
    """Chooses among the sentences of the best texts."""

    def __init__(self, corpus: Corpus) -> None:
        """Keep the corpus that is quoted."""
        self._corpus = corpus

    def tell(self, found: Evidence) -> tuple[Statement, ...]:
        """Return the sentences that answer; none where a value is wanted and not given."""
        score = _quotable(found.sentences, found.seen.score)
        wants = found.query.wants
        if wants:
            score = self._giving(found, score)
        if not score.any():
            return ()
        chosen = Selection(found.sentences).choose(score, MOST_VALUES if wants else MOST, AS_GOOD)
        best = max(chosen, key=lambda at: score[at])
        order = [best, *(at for at in chosen if at != best)]
        said = [found.sentences.all[at] for at in order]
        return tuple(self._said(one, opens=not place) for place, one in enumerate(said))

    def nearest(self, found: Evidence) -> tuple[Citation, ...]:
        """Cite the closest sentences, for a reader to judge; one of each text."""
        score = _quotable(found.sentences, found.seen.score)
        best: dict[str, Sentence] = {}
        for at in np.argsort(-score, kind="stable"):
            one = found.sentences.all[at]
            if not is_order(one.text):
                best.setdefault(one.source_id, one)
        return tuple(
            cite_from(self._corpus, one.passage.id, one.span) for one in [*best.values()][:NEAREST]
        )

    def _giving(self, found: Evidence, score: Shares) -> Shares:
        """Put the sentences first that give the value; 0 for all where none of the best does."""
        text, wants = found.query.text, found.query.wants
        given = np.array([gives(wants, one.text, text) for one in found.sentences.all])
        best = np.argsort(-score, kind="stable")[:LOOKED_AT]
        if not given[best].any():
            return np.zeros_like(score)
        kept: Shares = score * np.where(given, 1.0, BESIDE_VALUE)
        return kept

    def _said(self, sentence: Sentence, *, opens: bool) -> Statement:
        source = self._corpus.source_by_id[sentence.source_id]
        return Statement(
            text=sentence.text,
            kind="document",
            citations=(cite_from(self._corpus, sentence.passage.id, sentence.span),),
            section="" if opens else source.title,
            relation="related",
        )


def _quotable(sentences: Sentences, score: Shares) -> Shares:
    """Return the relevance of what can be quoted, and 0 for headings, questions, orders and scraps.

    A heading says what stands under it: the sentences there inherit a part of its relevance.
    """
    ordered = np.array([is_order(one.text) for one in sentences.all], dtype=np.bool_)
    score = np.where(ordered, 0.0, score)
    kept = np.zeros_like(score)
    heading, left, text_id = 0.0, 0, ""
    for at, one in enumerate(sentences.all):
        if one.text_id != text_id:
            heading, left, text_id = 0.0, 0, one.text_id
        if _is_heading(one.text):
            heading, left = float(score[at]), UNDER
        elif len(one.text.split()) >= WORDS and not ordered[at]:
            kept[at] = max(score[at], CARRIED * heading if left else 0.0)
            left -= 1
    # A text of nothing but scraps is quoted all the same.
    return kept if kept.any() else score


def _is_heading(text: str) -> bool:
    """Tell whether a sentence heads others, as a title or a question does.

    >>> [_is_heading(one) for one in ("How do I pay?", "3. Paying", "It is free.", "* a form")]
    [True, True, False, False]
    """
    if text.endswith("?"):
        return True
    if _STOP.search(text) or len(text.split()) > TITLE:
        return False
    return bool(_STEP.match(text)) or not _ITEM.match(text)
