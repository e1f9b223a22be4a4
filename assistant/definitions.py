"""Questions for what a word means, answered by its entry in the glossary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from assistant.answer import Draft, Hit, Scope, Statement
from assistant.guidance import said
from assistant.parts import Parts
from assistant.sentences import Sentence
from corpus.glossary import Glossary, Term
from corpus.passage import Corpus

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
        self._sentences: Mapping[str, Sequence[Sentence]] = {
            term.id: [one for one in sentences if one.passage.id == term.id]
            for term in glossary.terms
        }

    def define(self, text: str, today: date) -> Draft | None:
        """Answer a question for nothing but what some words mean; `None` for any other.

        A word that names an item of the framework is left to the framework, which describes it.
        """
        if not _MEANING.search(text):
            return None
        terms = [one for one in self._terms(text) if self._sentences[one.id]]
        if not terms or (self._is_of_framework(text) and not all(one.expansion for one in terms)):
            return None
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
        """Say what an abbreviation stands for before guidance speaks of the thing itself."""
        if not _WHAT.search(text) and len(text.split()) > 2:
            return draft
        terms = [one for one in self._terms(text) if one.expansion and self._sentences[one.id]]
        opening = tuple(
            said(self._sentences[one.id][0], self._corpus, today)
            for one in terms
            if not any(one.expansion.lower() in told.text.lower() for told in draft.statements)
        )
        if not opening or draft.status not in ("answered", "partial"):
            return draft
        own = [one for one in draft.statements if one.kind != "guidance"]
        guidance = draft.statements[len(own) :]
        cited = [one.citations[0].passage_id for one in opening]
        hits = [
            Hit(passage_id=one, rank=rank, score=0.0, ranks={"glossary": rank})
            for rank, one in enumerate(cited, start=len(draft.hits) + 1)
            if one not in {hit.passage_id for hit in draft.hits}
        ]
        return draft.model_copy(
            update={
                "statements": (*own, *opening, *guidance),
                "hits": (*draft.hits, *hits),
                "composer": f"{draft.composer}+{COMPOSER}",
            }
        )

    def _terms(self, text: str) -> list[Term]:
        """Return the entries for all that a question is about, or none if one has no entry."""
        tokens = [one for one in self._parts.words(text).topic() if one.word not in _FRAME]
        if not tokens:
            return []
        asked = text[tokens[0].start : tokens[-1].end]
        found = [self._glossary.term(asked)]
        if found == [None]:
            found = [self._glossary.term(one) for one in _JOINED.split(asked)]
        return [one for one in found if one] if all(found) else []

    def _is_of_framework(self, text: str) -> bool:
        return any(one.type == "item" for one in self._parts.words(text).mentions)

    def _said(self, terms: Sequence[Term], today: date) -> Iterator[Statement]:
        for term in terms:
            yield from (said(one, self._corpus, today) for one in self._sentences[term.id])
