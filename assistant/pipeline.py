"""From a question to an Answer: understand, retrieve, compose, ground."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from assistant import ground, structured
from assistant.answer import Answer, Citation, Draft, Hit, Part, Provenance, Question, Scope
from assistant.citations import cite
from assistant.encoder import Vector
from assistant.errors import QuestionError
from assistant.extractive import Extractive
from assistant.lexicon import Lexicon
from assistant.quantity import VALUES
from assistant.query import Query
from assistant.relevance import Meaning, Relevance
from assistant.settings import Settings
from assistant.structured import Structured
from assistant.subjects import Names
from assistant.understand import Understanding
from assistant.wordings import with_wordings
from corpus.glossary import Glossary, Term, read_glossary, shipped_glossary
from corpus.page import read_framework, shipped_framework
from corpus.passage import Corpus
from corpus.structure import Framework

if TYPE_CHECKING:
    from assistant.manifest import Manifest
    from assistant.retrieve import Retriever


FOLLOW_UPS = 3
"""How many further questions an answer suggests."""


def load_corpus(framework: Framework) -> Corpus:
    """Return the corpus that is indexed: the framework's passages."""
    return Corpus(sources=(framework.source,), passages=framework.passages)


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
    corpus = load_corpus(read_framework(shipped_framework()))
    return Index.build(with_wordings(corpus), load_embedder(settings), settings, progress)


class Assistant:
    """Answers questions from one corpus."""

    def __init__(
        self, framework: Framework, glossary: Glossary, retriever: Retriever, settings: Settings
    ) -> None:
        """Put the house together around an open retriever."""
        self.framework = framework
        self.corpus = load_corpus(framework)
        self.settings = settings
        self._retriever = retriever
        self._last: tuple[str, Vector] = ("", np.zeros(0, dtype=np.float32))
        names = Names(framework, glossary)
        texts = [passage.text for passage in framework.passages]
        lexicon = Lexicon(texts, tuple(names.all()), (*glossary.terms, *entity_terms(framework)))
        meaning = Meaning(
            vectors=retriever.vectors([passage.id for passage in framework.passages]),
            wordings=retriever.wordings(),
            embed=self._embed,
        )
        relevance = Relevance(framework.passages, meaning, lexicon.rarity)
        self._understanding = Understanding(framework, names, lexicon, relevance)
        self._structured = Structured(framework)
        self._extractive = Extractive(framework, self.corpus)
        self._settings_digest = settings.digest()

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

        framework = read_framework(shipped_framework())
        corpus = load_corpus(framework)
        embedder = load_embedder(settings)
        index = Index.open(with_wordings(corpus), embedder, settings)
        retriever = Retriever.open(corpus, index, embedder, settings)
        return cls(framework, read_glossary(shipped_glossary()), retriever, settings)

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

    def ask(self, question: Question) -> Answer:
        """Answer a question.

        Raises:
            QuestionError: the question or an earlier turn is empty, too long or not text.
        """
        text = self._checked(question.text)
        for turn in question.turns:
            self._checked(turn)
        queries = self._understanding.read(text)
        drafts = [self._draft(query) for query in queries]
        return self._answer(question, text, drafts)

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

    def _draft(self, query: Query) -> Draft:
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
        hits = self._retriever.search(sought, self.settings.k, vector=self._embed(sought))
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
        return tuple(cite(self.corpus.passage(one)) for one in subjects)

    def _answer(self, question: Question, text: str, drafts: Sequence[Draft]) -> Answer:
        draft = joined(drafts)
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


def entity_terms(framework: Framework) -> tuple[Term, ...]:
    """Return the entities of a framework as terms: all words for one stand for each other."""
    return tuple(Term(term=one.label, words=one.words) for one in framework.entities)


def joined(drafts: Sequence[Draft]) -> Draft:
    """Join the drafts for the things that a question asks; one draft stays as it is."""
    if len(drafts) == 1:
        return drafts[0]
    good = [draft for draft in drafts if draft.status == "answered"]
    failed = next((draft for draft in drafts if draft.status != "answered"), None)
    status = "answered" if not failed else "partial" if good else failed.status
    return Draft(
        status=status,
        reason=failed.reason if failed else "",
        scope=_union([draft.scope for draft in drafts]),
        composer="+".join(dict.fromkeys(draft.composer for draft in drafts)),
        statements=tuple(dict.fromkeys(one for draft in drafts for one in draft.statements)),
        completeness=tuple(dict.fromkeys(one for draft in drafts for one in draft.completeness)),
        parts=tuple(Part(scope=draft.scope, status=draft.status) for draft in drafts),
        hits=_ranked([hit for draft in drafts for hit in draft.hits]),
        nearest=tuple(dict.fromkeys(one for draft in drafts for one in draft.nearest)),
        follow_ups=tuple(dict.fromkeys(one for draft in drafts for one in draft.follow_ups)),
    )


def _union(scopes: Sequence[Scope]) -> Scope:
    return Scope(
        subjects=tuple(dict.fromkeys(one for scope in scopes for one in scope.subjects)),
        groups=tuple(dict.fromkeys(one for scope in scopes for one in scope.groups)),
        facets=tuple(dict.fromkeys(one for scope in scopes for one in scope.facets)),
        operation=scopes[0].operation,
    )


def _ranked(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    first = {hit.passage_id: hit for hit in reversed(hits)}
    order = dict.fromkeys(hit.passage_id for hit in hits)
    return tuple(
        first[one].model_copy(update={"rank": rank}) for rank, one in enumerate(order, start=1)
    )
