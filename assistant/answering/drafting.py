"""From a question to drafts: what each thing asked is answered by, and with what."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from assistant.answering import structured
from assistant.answering.answerability import Gate
from assistant.answering.decide import (
    NEAREST,
    decide,
    judged,
    only_touches,
    unreasoned,
)
from assistant.answering.definitions import Definitions
from assistant.answering.extractive import COMPOSER, Extractive
from assistant.answering.guidance import Guidance, Told
from assistant.answering.relevance import Meaning, Relevance
from assistant.answering.sections import Sections
from assistant.answering.sentences import Sentences, Vectors
from assistant.answering.structured import Structured
from assistant.citing.citations import cite_from, note
from assistant.draft import REFUSED
from assistant.records import Citation, Draft, Filters, Scope, Statement
from assistant.retrieval.encoder import SHIPPED, Vector
from assistant.retrieval.wordings import meant_by, question_ids, sentence_ids, summary_ids
from assistant.rules.conversation import Conversation
from assistant.rules.lexicon import Lexicon
from assistant.rules.narrowing import FILTERED, Narrowing
from assistant.rules.parts import Parts
from assistant.rules.quantity import VALUES, asks_why
from assistant.rules.requests import COMPOSER as REQUESTS
from assistant.rules.requests import Request
from assistant.rules.seeking import Seeking
from assistant.rules.subjects import Names
from assistant.rules.topics import Topics
from assistant.rules.understand import Understanding
from assistant.understanding.framework_reader import FrameworkReader, Linker
from assistant.understanding.query import Query
from assistant.understanding.reader import Reader
from assistant.understanding.spelling import Spelling
from corpus.checks.orders import is_order
from corpus.passage import Passage
from corpus.readers.glossary import Synonyms
from corpus.structure.graph import Framework
from corpus.whole import Whole

if TYPE_CHECKING:
    from assistant.retrieval.search import Retriever


FOLLOW_UPS = 3
"""How many further questions an answer suggests."""

KEPT = 4
"""Vectors that are kept, of the texts that were embedded last."""


class Drafting:
    """Answers each thing that a question asks, from the framework and from guidance."""

    def __init__(
        self, whole: Whole, retriever: Retriever, k: int, gate: Gate, reader: Reader
    ) -> None:
        """Put readers and composers together around an open retriever.

        Args:
            whole: framework, notes and glossary.
            retriever: finds their passages.
            k: hits that a search returns.
            gate: tells whether guidance answers.
            reader: tells what is asked of the framework.
        """
        framework = whole.framework
        self._framework = framework
        self._corpus = whole.corpus
        self._k = k
        self._retriever = retriever
        self._vectors: dict[str, Vector] = {}
        names = Names(framework, whole.glossary)
        texts = [passage.text for passage in self._corpus.passages]
        terms = (*whole.glossary.concepts, *entity_terms(framework))
        lexicon = Lexicon(texts, tuple(names.all()), terms)
        parts = self.parts = Parts(framework, names, lexicon)
        relevance = Relevance(framework.passages, self._meaning(), lexicon.rarity)
        titles = {item.id: item.title for item in framework.items}
        self._seeking = Seeking(parts, titles, Spelling(whole.glossary))
        topics = Topics(framework, lexicon, relevance, self._seeking.in_full)
        self.understanding = Understanding(framework, parts, topics)
        embedder = retriever.embedder
        self.reader = FrameworkReader(
            framework,
            reader,
            Linker(framework, embedder.embed_all),
            parts.named,
            links=embedder.name == SHIPPED,
        )
        self.conversation = Conversation(framework, whole.glossary, parts, self.understanding)
        self._structured = Structured(framework)
        self._extractive = Extractive(framework, self._corpus)
        # Where the framework is what is asked of, its own abbreviations name it; guidance is about
        # it, and says it in full.
        spelt = Lexicon(texts, tuple(names.all()), (*terms, *whole.glossary.abbreviations))
        sentences = self._sentences(spelt)
        guided = [at for at, one in enumerate(self._corpus.passages) if _is_guidance(one)]
        sections = Sections(
            sentences, spelt, lambda text: retriever.scores(text)[guided], retriever.pair_model
        )
        self._guidance = Guidance(self._corpus, sections)
        self._gate = gate
        self.definitions = Definitions(whole.glossary, self._corpus, sentences.all, parts)

    def declined(self, request: Request, text: str) -> Draft:
        """Say why a message is no question to the sources; what they say nearest is shown."""
        query = self.understanding.read(text)[0]
        hits = self._retriever.search(text, self._k, vector=self._embed(text))
        named = query.subjects or tuple(hit.passage_id for hit in hits[:NEAREST])
        scope = self.understanding.scope(query)
        return Draft(
            status="out_of_scope",
            reason=request.reason,
            scope=scope,
            composer=REQUESTS,
            statements=(note(request.reply),),
            hits=hits,
            nearest=tuple(cite_from(self._corpus, one) for one in named),
            follow_ups=self._tell_about(scope),
        )

    def _tell_about(self, scope: Scope) -> tuple[str, ...]:
        titles = (self._framework.item(one).title for one in scope.subjects)
        return tuple(f"Tell me about {title}." for title in titles if title)[:FOLLOW_UPS]

    def draft(self, query: Query, today: date, only: Narrowing, whole: str = "") -> Draft:
        """Answer one thing asked: what the framework says, and guidance beside it.

        Args:
            query: the thing asked.
            today: the day on which it is asked.
            only: filters; nothing that they leave out is looked at.
            whole: the question that asks several things, of which this is one.
        """
        if whole and query.subjects == () and _IT.search(query.text):
            # Whether `it` does something is asked of what the other parts name.
            query = query.model_copy(update={"polar": False})
        draft = self._of_framework(query, only)
        if only.framed and (not only.guided or self._is_settled(query, draft)):
            return self._leading_on(draft) if only.guided else draft
        refused = draft.status in REFUSED and draft.composer != structured.COMPOSER
        sought, vector = self._sought(query.text, whole)
        hits = self._retriever.search(sought, self._k, only.within("guidance"), vector=vector)
        told = self._guidance.tell(
            sought,
            vector,
            today,
            asked=whole or query.text,
            about=_cited(draft),
            valued=bool(query.wants),
            terms=refused or only_touches(draft, query),
            only=only,
        )
        guidance = judged(Told() if is_order(query.text) else told, self._gate)
        ground = self._ground(draft, told, query, only)
        return decide(draft, guidance, query, hits, ground)

    def tell(self, text: str, today: date, near: float) -> Told:
        """Return what guidance says in reply to a text, unjudged; for fitting the gate.

        Args:
            text: the question.
            today: the day on which it is asked.
            near: cosine above which an everyday question of the corpus counts for nothing.
        """
        sought, vector = self._sought(text)
        return self._guidance.tell(sought, vector, today, asked=text, near=near)

    def _sought(self, text: str, whole: str = "") -> tuple[str, Vector]:
        """Return the words that guidance is searched for, and their vector.

        One part of a question often names what the others are about: `X, and when was it
        founded?`; its vector is half-way to that of the whole.
        """
        sought = self._seeking.in_full(text)
        vector = self._embed(sought)
        if not whole:
            return sought, vector
        also = self._seeking.in_full(whole)
        return f"{sought} {also}", _between(vector, self._embed(also))

    def _leading_on(self, draft: Draft) -> Draft:
        """Suggest the question that brings in guidance, where a list of the framework has none."""
        subjects = draft.scope.subjects
        title = self._framework.item(subjects[0]).title if len(subjects) == 1 else ""
        if not title or draft.status != "answered" or not self._guidance.serves(subjects[0]):
            return draft
        more = (f"Tell me about {title}.", *draft.follow_ups)
        return draft.model_copy(update={"follow_ups": more[:FOLLOW_UPS]})

    def _ground(
        self, draft: Draft, told: Told, query: Query, only: Narrowing
    ) -> tuple[Statement, ...]:
        """Quote what guidance rests on in the framework, and what both find there.

        A value is asked for by itself, and gets nothing beside it.
        """
        both = told.bears & _cited(draft)
        known = (told.rests | both) & self._framework.item_by_id.keys()
        ids = {one for one in known if only.shows(one)}
        return () if query.wants else self._extractive.ground(ids)

    def _is_settled(self, query: Query, draft: Draft) -> bool:
        """Tell whether the framework alone answers: its structure, or what is untrue of it.

        Who asks for a kind of item is given all of them, and nothing else. A name that the
        framework lacks is a matter for guidance, unless the framework was asked.
        """
        if query.why:
            return False
        framed = query.of_page or query.sure
        if query.unnamed and not framed:
            return False
        if query.operation == "verify" and draft.status in REFUSED:
            return framed or query.named
        if query.premise:
            told = query.subjects or query.named or query.reason != "coverage_gap"
            return bool(told) and not query.unnamed
        if query.operation in ("inverse", "negate", "verify", "count"):
            return True
        if query.operation == "locate":
            return framed and draft.composer == structured.COMPOSER
        return query.named and bool(query.kinds) and draft.composer == structured.COMPOSER

    def _of_framework(self, query: Query, only: Narrowing) -> Draft:
        scope = self.understanding.scope(query)
        if not only.framed:
            return _unasked(scope)
        unstructured = query.wants in VALUES or query.premise
        composed = None if unstructured else self._structured.compose(query)
        if composed is not None:
            if query.kinds and query.operation in ("describe", "list") and asks_why(query.text):
                return unreasoned(composed.draft(scope, structured.COMPOSER))
            draft = only.cut(composed.draft(scope, structured.COMPOSER))
            return draft.model_copy(
                update={
                    "follow_ups": self._follow_ups(scope, only.filters),
                    "nearest": self._nearest(draft),
                }
            )
        sought = query.sought or query.text
        vector = self._embed(self._seeking.in_full(query.text) if query.whole else sought)
        hits = self._retriever.search(sought, self._k, only.within("framework"), vector=vector)
        draft = self._extractive.compose(query, scope, hits)
        if query.why and query.subjects:
            return draft.model_copy(update={"nearest": self._nearest(draft)})
        return draft

    def _follow_ups(self, scope: Scope, filters: Filters) -> tuple[str, ...]:
        """Return questions on the same subject that the framework can answer next."""
        if len(scope.subjects) != 1:
            return ()
        item = self._framework.item(scope.subjects[0])
        if not item.title:
            return ()
        questions = []
        for kind in self._framework.kinds:
            if filters.facets and kind.facet not in filters.facets:
                continue
            found = self._framework.facet(item.id, kind.id)
            if found and found[1] and kind.facet not in scope.facets and kind.id != item.kind:
                questions.append(f"Which {kind.plural} relate to {item.title}?")
        return tuple(questions[:FOLLOW_UPS])

    def _nearest(self, draft: Draft) -> tuple[Citation, ...]:
        """Cite what a refusal is about, for a reader to judge."""
        if draft.status != "not_covered":
            return ()
        shown = {one.passage_id for statement in draft.statements for one in statement.citations}
        subjects = [one for one in draft.scope.subjects if one not in shown]
        return tuple(cite_from(self._corpus, one) for one in subjects)

    def _meaning(self) -> Meaning:
        """Return what the framework's passages mean, as vectors."""
        ids, matrix = self._retriever.wordings("framework")
        return Meaning(
            vectors=self._retriever.vectors([one.id for one in self._framework.passages]),
            wordings=(tuple(meant_by(one) for one in ids), matrix),
            embed=self._embed,
        )

    def _sentences(self, lexicon: Lexicon) -> Sentences:
        """Return the sentences of guidance, each with its vector."""
        passages = [one for one in self._corpus.passages if _is_guidance(one)]
        ids, matrix = self._retriever.wordings("guidance")
        row = {one: at for at, one in enumerate(ids)}
        summaries = {
            one.source_id: matrix[row[summary]] for one in passages for summary in summary_ids(one)
        }
        order = [row[one] for passage in passages for one in sentence_ids(passage)]
        asked = [[row[one] for one in question_ids(passage)] for passage in passages]
        vectors = Vectors(
            sentences=matrix[order],
            passages=self._retriever.vectors([one.id for one in passages]),
            summaries=summaries,
            asked=tuple(matrix[rows] for rows in asked),
        )
        return Sentences(passages, vectors, lexicon.rarity)

    def _embed(self, text: str) -> Vector:
        """Embed a text; a topic is ranked and then searched for, so the last ones are kept."""
        kept = self._vectors
        if text not in kept:
            # One mapping, set at once: two askers at a time must not get each other's vector.
            kept = dict([*kept.items()][1 - KEPT :]) | {text: self._retriever.embed(text)}
            self._vectors = kept
        return kept[text]


def _unasked(scope: Scope) -> Draft:
    """Return what stands for the framework's answer where filters leave the framework out."""
    return Draft(status="not_covered", reason=FILTERED, scope=scope, composer=COMPOSER)


_IT = re.compile(r"\b(?:it|they|he|she|this|that|these|those)\b", re.I)


def _between(one: Vector, other: Vector) -> Vector:
    """Return the unit vector half-way between two."""
    middle = one + other
    halfway: Vector = middle / np.linalg.norm(middle)
    return halfway


def _is_guidance(passage: Passage) -> bool:
    return passage.facets["tier"] == "guidance"


def _cited(draft: Draft) -> frozenset[str]:
    """Return the passages that an answer rests on."""
    return frozenset(
        one.passage_id for statement in draft.statements for one in statement.citations
    )


def entity_terms(framework: Framework) -> tuple[Synonyms, ...]:
    """Return the entities of a framework as terms: all words for one stand for each other."""
    return tuple(Synonyms(wordings=(one.label, *one.words)) for one in framework.entities)
