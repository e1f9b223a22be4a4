"""Questions for what a word means, answered by its entry in the glossary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from assistant.answering.guidance import said
from assistant.answering.sentences import Sentence
from assistant.records import Draft, Hit, Scope, Statement
from assistant.rules.parts import Parts
from corpus.checks.wording_rules import deprecated_in
from corpus.passage import Corpus
from corpus.readers.glossary import Glossary, Term

COMPOSER = "definitions-1"
"""Name and version of the composer, for an answer's provenance."""

_MEANING = re.compile(
    r"\b(?:stands? for|abbreviat\w+|acronyms?|initials|in full|full (?:name|form)"
    r"|spel(?:l|led|t) out|short for|the letters|mean(?:s|ing|t)?|defin(?:e|es|ed|ition))\b",
    re.I,
)
_WHAT = re.compile(
    r"^\W*(?:(?:what|who)(?: is|'s|\u2019s| are)|explain|describe|tell me (?:about|what))\b", re.I
)
_WORDING = re.compile(
    r"\b(?:terms?|terminology|word(?:s|ing)?|phrases?|expression|language|say(?:s|ing)?|said"
    r"|call(?:s|ed|ing)?|writ(?:e|es|ing|ten)|us(?:e|es|ed|ing|age)|instead|replac\w+|chang\w+|avoid\w*"
    r"|correct\w*|proper|preferred|accept\w+|okay|ok|alternativ\w+|outdated|headlines?|slides?"
    r"|label\w*|stigma\w*|offensive|rename\w*|reword\w*|substitut\w+)\b",
    re.I,
)
"""Words that ask how to put something."""

_OTHER = re.compile(r"\b(?:why|who|when|where|how (?:many|much|often|long))\b|\d", re.I)
"""Words that ask for something else of it."""

BESIDE = 5
"""Content words that may stand beside the wording asked about."""

_JOINED = re.compile(r"\s*(?:,|/|&|\band\b|\bor\b)\s*(?:the\s+)?", re.I)
_FRAME = frozenset(
    """
    abbreviation abbreviated acronym acronyms initials letters short spelled spelt spell name form
    definition
    """.split()
)
"""Words that ask for a meaning, beside those that ask for anything."""


class Definitions:
    """Answers from the glossary's own entries."""

    def __init__(
        self, glossary: Glossary, corpus: Corpus, sentences: Sequence[Sentence], parts: Parts
    ) -> None:
        """Keep the entries.

        Args:
            glossary: whose terms are looked up.
            corpus: their passages and source.
            sentences: of guidance, those of the entries among them.
            parts: takes questions apart.
        """
        self._glossary = glossary
        self._corpus = corpus
        self._parts = parts
        ids = {term.id for term in glossary.terms}
        self._sentences: dict[str, list[Sentence]] = {one: [] for one in ids}
        for sentence in sentences:
            if sentence.passage.id in ids:
                self._sentences[sentence.passage.id].append(sentence)

    def define(self, text: str, today: date) -> Draft | None:
        """Answer a question for nothing but what some words mean; `None` for any other.

        A word that names an item of the framework is left to the framework, which describes it.
        """
        if avoided := self._worded(text):
            return self._defined(avoided, today)
        if not _MEANING.search(text):
            return None
        terms = [one for one in self._terms(text) if self._sentences[one.id]]
        if not terms or (self._is_of_framework(text) and not all(one.expansion for one in terms)):
            return None
        return self._defined(terms, today)

    def _defined(self, terms: Sequence[Term], today: date) -> Draft:
        statements = tuple(self._said(terms, today))
        cited = dict.fromkeys(one.citations[0].passage_id for one in statements)
        return Draft(
            status="answered",
            scope=Scope(operation="define"),
            composer=COMPOSER,
            statements=statements,
            hits=tuple(
                Hit(passage_id=one, rank=rank, score=1 / rank, ranks={"glossary": rank})
                for rank, one in enumerate(cited, start=1)
            ),
        )

    def open(self, draft: Draft, text: str, today: date) -> Draft:
        """Say what an abbreviation stands for before guidance speaks of the thing itself.

        A deprecated wording is answered with the one to use instead, whatever is asked.
        """
        short = _WHAT.search(text) or len(text.split()) <= 2
        asked = [one for one in self._terms(text) if one.expansion] if short else []
        unsaid = [
            one
            for one in asked
            if not any(one.expansion.lower() in told.text.lower() for told in draft.statements)
        ]
        opening = tuple(
            said(self._sentences[one.id][0], self._corpus, today)
            for one in dict.fromkeys((*unsaid, *self._avoided(text)))
            if self._sentences[one.id]
        )
        if not opening or draft.status not in ("answered", "partial"):
            return draft
        told = {one.text for one in draft.statements}
        opening = tuple(
            one.model_copy(update={"section": ""}) for one in opening if one.text not in told
        )
        found = {hit.passage_id for hit in draft.hits}
        cited = dict.fromkeys(one.citations[0].passage_id for one in opening)
        more = [one for one in cited if one not in found]
        hits = [
            Hit(passage_id=one, rank=rank, score=0.0, ranks={"glossary": rank})
            for rank, one in enumerate(more, start=len(draft.hits) + 1)
        ]
        return draft.model_copy(
            update={
                "statements": (*opening, *draft.statements),
                "hits": (*draft.hits, *hits),
                "composer": f"{draft.composer}+{COMPOSER}",
            }
        )

    def _worded(self, text: str) -> list[Term]:
        """Return the deprecated wordings that a question asks whether, or for what, to say."""
        if not _WORDING.search(text) or _OTHER.search(text):
            return []
        if self._parts.words(text).of_page:
            return []
        avoided = [one for one in self._avoided(text) if self._sentences[one.id]]
        rest = [one for one in self._parts.words(text).topic() if not _WORDING.search(one.word)]
        used = sum(len(one.term.split()) for one in avoided)
        return avoided if len(rest) <= used + BESIDE else []

    def _avoided(self, text: str) -> list[Term]:
        """Return the entries of the deprecated wordings that a question uses."""
        used = {wording for wording, _ in deprecated_in(text, self._glossary.deprecated)}
        terms = (self._glossary.term(wording) for wording in used)
        return [one for one in dict.fromkeys(terms) if one]

    def _terms(self, text: str) -> list[Term]:
        """Return the entries for all that a question is about, or none if one has no entry."""
        tokens = [one for one in self._parts.words(text).topic() if one.word not in _FRAME]
        if not tokens:
            return []
        asked = text[tokens[0].start : tokens[-1].end]
        words = [text[one.start : one.end] for one in tokens]
        for pieces in ([asked], _JOINED.split(asked), words):
            found = [self._glossary.term(one) for one in pieces]
            if all(found):
                return [one for one in dict.fromkeys(found) if one]
        return []

    def _is_of_framework(self, text: str) -> bool:
        return any(one.type == "item" for one in self._parts.words(text).mentions)

    def _said(self, terms: Sequence[Term], today: date) -> Iterator[Statement]:
        for term in terms:
            yield from (said(one, self._corpus, today) for one in self._sentences[term.id])
