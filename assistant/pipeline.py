"""From a question to an Answer: understand, retrieve, compose, ground."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np

from assistant import ground, structured
from assistant.answer import Answer, Citation, Draft, Hit, Provenance, Question, Scope, Statement
from assistant.citations import cite_from
from assistant.definitions import Definitions
from assistant.encoder import Vector
from assistant.errors import QuestionError
from assistant.extractive import Extractive
from assistant.guidance import Guidance, Told
from assistant.joining import REFUSED, beside, join_parts, only_touches
from assistant.lexicon import Lexicon
from assistant.parts import Parts
from assistant.quantity import VALUES
from assistant.query import Query
from assistant.relevance import Meaning, Relevance
from assistant.retrieve import FacetFilter
from assistant.sentences import Sentences, Vectors
from assistant.settings import Settings
from assistant.spelling import Spelling
from assistant.structured import Structured
from assistant.subjects import Names
from assistant.topics import Topics
from assistant.understand import Understanding
from assistant.wordings import meant_by, sentence_ids, summary_ids, with_wordings
from corpus.glossary import Synonyms
from corpus.structure import Framework
from corpus.whole import Whole

if TYPE_CHECKING:
    from assistant.manifest import Manifest
    from assistant.retrieve import Retriever


FOLLOW_UPS = 3
"""How many further questions an answer suggests."""


def build_index(settings: Settings, progress: Callable[[int, int], None] | None = None) -> Manifest:
    """Build the index over the shipped corpus, and the fast path of the embedder beside it.

    Args:
        settings: where to, and with which model.
        progress: called with passages done and passages in all.

    Raises:
        SignpostError: the model, the store or the home folder cannot be used.
    """
    from assistant.models import load_embedder, prepare_fast_path
    from assistant.store import Index

    prepare_fast_path(settings)
    corpus = with_wordings(Whole.read().corpus)
    return Index.build(corpus, load_embedder(settings), settings, progress)


class Assistant:
    """Answers questions from one corpus."""

    def __init__(self, whole: Whole, retriever: Retriever, settings: Settings) -> None:
        """Put the house together around an open retriever."""
        framework = whole.framework
        self.framework = framework
        self.corpus = whole.corpus
        self.settings = settings
        self._retriever = retriever
        self._last: tuple[str, Vector] = ("", np.zeros(0, dtype=np.float32))
        names = Names(framework, whole.glossary)
        texts = [passage.text for passage in self.corpus.passages]
        terms = (*whole.glossary.concepts, *entity_terms(framework))
        lexicon = Lexicon(texts, tuple(names.all()), terms)
        parts = self._parts = Parts(framework, names, lexicon)
        relevance = Relevance(framework.passages, self._meaning(), lexicon.rarity)
        topics = Topics(framework, lexicon, relevance)
        self._understanding = Understanding(framework, parts, topics)
        self._structured = Structured(framework)
        self._extractive = Extractive(framework, self.corpus)
        # Where the framework is what is asked of, its own abbreviations name it; guidance is about
        # it, and says it in full.
        spelt = Lexicon(texts, tuple(names.all()), (*terms, *whole.glossary.abbreviations))
        titles = {item.id: item.title for item in framework.items}
        sentences = self._sentences(spelt)
        self._guidance = Guidance(self.corpus, sentences, parts, spelt, titles)
        self._definitions = Definitions(whole.glossary, self.corpus, sentences.all, parts)
        self._spelling = Spelling(whole.glossary)
        self._settings_digest = settings.digest()

    def _meaning(self) -> Meaning:
        """Return what the framework's passages mean, as vectors."""
        ids, matrix = self._retriever.wordings("framework")
        return Meaning(
            vectors=self._retriever.vectors([one.id for one in self.framework.passages]),
            wordings=(tuple(meant_by(one) for one in ids), matrix),
            embed=self._embed,
        )

    def _sentences(self, lexicon: Lexicon) -> Sentences:
        """Return the sentences of guidance, each with its vector."""
        passages = [one for one in self.corpus.passages if one.facets["tier"] == "guidance"]
        ids, matrix = self._retriever.wordings("guidance")
        row = {one: at for at, one in enumerate(ids)}
        summaries = {
            one.source_id: matrix[row[summary]] for one in passages for summary in summary_ids(one)
        }
        order = [row[one] for passage in passages for one in sentence_ids(passage)]
        vectors = Vectors(
            sentences=matrix[order],
            passages=self._retriever.vectors([one.id for one in passages]),
            summaries=summaries,
        )
        return Sentences(passages, vectors, lexicon.rarity)

    @classmethod
    def open(cls, settings: Settings) -> Assistant:
        """Open the index that was built for the shipped corpus.

        Raises:
            SignpostError: the index is missing or was built from something else, or the model
                cannot be used.
        """
        from assistant.models import load_embedder
        from assistant.retrieve import Retriever
        from assistant.store import Index

        whole = Whole.read()
        embedder = load_embedder(settings)
        index = Index.open(with_wordings(whole.corpus), embedder, settings)
        retriever = Retriever.open(whole.corpus, index, embedder, settings)
        return cls(whole, retriever, settings)

    def _embed(self, text: str) -> Vector:
        """Embed a text; the last one is kept, since a topic is ranked and then searched for."""
        last = self._last
        if last[0] != text:
            # One tuple, set at once: two askers at a time must not get each other's vector.
            last = text, self._retriever.embed(text)
            self._last = last
        return last[1]

    def warm(self) -> None:
        """Load now what the first question would load."""
        self._retriever.warm()
        self._retriever.embed("warm")

    def search(self, text: str, k: int) -> tuple[Hit, ...]:
        """Return the `k` passages that fit a question best, best first.

        Raises:
            QuestionError: the question is empty, too long or not text.
        """
        return self._retriever.search(self._checked(text), k)

    def ask(self, question: Question, today: date | None = None) -> Answer:
        """Answer a question.

        Args:
            question: what is asked.
            today: the day as of which guidance may be past its review; the day it is, if not given.

        Raises:
            QuestionError: the question or an earlier turn is empty, too long or not text.
        """
        text = self._checked(question.text)
        for turn in question.turns:
            self._checked(turn)
        day = today or datetime.now(UTC).date()
        defined = self._definitions.define(text, day)
        drafts = [defined] if defined else self._drafts(text, day)
        return self._answer(question, text, drafts)

    def _drafts(self, text: str, today: date) -> list[Draft]:
        """Answer each thing that a question asks."""
        queries = self._understanding.read(text)
        if len(queries) > 1:
            return [self._draft(query, today, text) for query in queries]
        draft = self._draft(queries[0], today)
        pieces = self._parts.pieces(text)
        if len(pieces) < 2 or (draft.status not in REFUSED and not queries[0].wants):
            return [self._definitions.open(draft, text, today)]
        asked = [query for piece in pieces for query in self._understanding.read(piece)]
        found = [self._draft(query, today, text) for query in asked]
        return found if any(one.status not in REFUSED for one in found) else [draft]

    def _checked(self, text: str) -> str:
        """Return the question in one line, or refuse it."""
        limit = self.settings.max_question_chars
        if len(text) > limit:
            raise QuestionError(f"The question has {len(text)} characters; ask in at most {limit}.")
        line = " ".join(text.split())
        if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in line):
            raise QuestionError("The question holds control characters; type it as plain text.")
        shown = "".join(sign for sign in line if unicodedata.category(sign) != "Cf")
        if not any(sign.isalnum() for sign in shown):
            raise QuestionError("The question is empty; type what you want to know.")
        return shown

    def _draft(self, query: Query, today: date, whole: str = "") -> Draft:
        """Answer one thing asked: what the framework says, and guidance beside it.

        Args:
            query: the thing asked.
            today: the day on which it is asked.
            whole: the question that asks several things, of which this is one.
        """
        if whole and query.subjects == () and _IT.search(query.text):
            # Whether `it` does something is asked of what the other parts name.
            query = query.model_copy(update={"polar": False})
        draft = self._of_framework(query)
        if self._is_settled(query, draft):
            return self._leading_on(draft)
        sought = self._spelling.in_full(self._guidance.sought(query.text))
        vector = self._embed(sought)
        if whole:
            # One part often names what the others are about: `X, and when was it founded?`.
            also = self._spelling.in_full(self._guidance.sought(whole))
            vector = _between(vector, self._embed(also))
        only = FacetFilter(allowed={"tier": frozenset({"guidance"})})
        hits = self._retriever.search(sought, self.settings.k, only, vector=vector)
        refused = draft.status in REFUSED and draft.composer != structured.COMPOSER
        terms = refused or only_touches(draft, query)
        told = self._guidance.tell(
            query,
            vector,
            today,
            about=_cited(draft),
            whole=whole,
            terms=terms,
            first=hits[0].passage_id if hits else "",
        )
        return beside(draft, told, hits, query, self._ground(draft, told, query))

    def _leading_on(self, draft: Draft) -> Draft:
        """Suggest the question that brings in guidance, where a list of the framework has none."""
        subjects = draft.scope.subjects
        title = self.framework.item(subjects[0]).title if len(subjects) == 1 else ""
        if not title or draft.status != "answered" or not self._guidance.serves(subjects[0]):
            return draft
        more = (f"Tell me about {title}.", *draft.follow_ups)
        return draft.model_copy(update={"follow_ups": more[:FOLLOW_UPS]})

    def _ground(self, draft: Draft, told: Told, query: Query) -> tuple[Statement, ...]:
        """Quote what guidance rests on in the framework, and what both find there.

        A value is asked for by itself, and gets nothing beside it.
        """
        both = told.bears & _cited(draft)
        ids = (told.rests | both) & self.framework.item_by_id.keys()
        return () if query.wants else self._extractive.ground(ids)

    def _is_settled(self, query: Query, draft: Draft) -> bool:
        """Tell whether the framework alone answers: its structure, or what is untrue of it.

        Who asks for a kind of item is given all of them, and nothing else. A name that the
        framework lacks is a matter for guidance, unless the framework was asked.
        """
        framed = query.of_page or query.sure
        if query.unnamed and not framed:
            return False
        if query.operation == "verify" and draft.status in REFUSED:
            return framed or query.named
        if query.premise:
            return bool(query.subjects or query.named) or query.reason != "coverage_gap"
        if query.operation in ("inverse", "negate", "verify", "count"):
            return True
        if query.operation == "locate":
            return framed and draft.composer == structured.COMPOSER
        return query.named and bool(query.kinds) and draft.composer == structured.COMPOSER

    def _of_framework(self, query: Query) -> Draft:
        scope = self._understanding.scope(query)
        unstructured = query.wants in VALUES or query.premise
        composed = None if unstructured else self._structured.compose(query)
        if composed is not None:
            draft = composed.draft(scope, structured.COMPOSER)
            return draft.model_copy(
                update={
                    "follow_ups": self._follow_ups(scope),
                    "nearest": self._nearest(draft),
                }
            )
        sought = query.sought or query.text
        only = FacetFilter(allowed={"tier": frozenset({"framework"})})
        hits = self._retriever.search(sought, self.settings.k, only, vector=self._embed(sought))
        return self._extractive.compose(query, scope, hits)

    def _follow_ups(self, scope: Scope) -> tuple[str, ...]:
        """Return questions on the same subject that the framework can answer next."""
        if len(scope.subjects) != 1:
            return ()
        item = self.framework.item(scope.subjects[0])
        if not item.title:
            return ()
        questions = []
        for kind in self.framework.kinds:
            found = self.framework.facet(item.id, kind.id)
            if found and found[1] and kind.facet not in scope.facets and kind.id != item.kind:
                questions.append(f"Which {kind.plural} relate to {item.title}?")
        return tuple(questions[:FOLLOW_UPS])

    def _nearest(self, draft: Draft) -> tuple[Citation, ...]:
        """Cite what a refusal is about, for a reader to judge."""
        if draft.status != "not_covered":
            return ()
        shown = {one.passage_id for statement in draft.statements for one in statement.citations}
        subjects = [one for one in draft.scope.subjects if one not in shown]
        return tuple(cite_from(self.corpus, one) for one in subjects)

    def _answer(self, question: Question, text: str, drafts: Sequence[Draft]) -> Answer:
        draft = join_parts(drafts)
        statements, dropped = ground.check(draft.statements, self.corpus.by_id)
        return Answer(
            question=question.text,
            resolved_question=text,
            status=draft.status,
            reason=draft.reason,
            scope=draft.scope,
            parts=draft.parts,
            statements=statements,
            completeness=draft.completeness,
            dropped=dropped,
            hits=draft.hits,
            nearest=draft.nearest,
            follow_ups=draft.follow_ups,
            signposting=None,
            provenance=self._provenance(draft.composer),
        )

    def _provenance(self, composer: str) -> Provenance:
        return Provenance(
            corpus=self.corpus.digest,
            settings=self._settings_digest,
            embedder=self._retriever.embedder_name,
            weights=self._retriever.weights_sha256,
            composer=composer,
            checker=ground.CHECKER,
            time=datetime.now(UTC).isoformat(timespec="seconds"),
        )


_IT = re.compile(r"\b(?:it|they|he|she|this|that|these|those)\b", re.I)


def _between(one: Vector, other: Vector) -> Vector:
    """Return the unit vector half-way between two."""
    middle = one + other
    halfway: Vector = middle / np.linalg.norm(middle)
    return halfway


def _cited(draft: Draft) -> frozenset[str]:
    """Return the passages that an answer rests on."""
    return frozenset(
        one.passage_id for statement in draft.statements for one in statement.citations
    )


def entity_terms(framework: Framework) -> tuple[Synonyms, ...]:
    """Return the entities of a framework as terms: all words for one stand for each other."""
    return tuple(Synonyms(wordings=(one.label, *one.words)) for one in framework.entities)
