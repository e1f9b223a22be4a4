"""Answers from a corpus of which nothing is known but its text: a foreign one, in its own home."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from assistant.answering.decide import join_parts
from assistant.citing import ground
from assistant.citing.citations import note
from assistant.draft import listed
from assistant.errors import QuestionError
from assistant.records import (
    NO_FILTERS,
    Answer,
    Citation,
    Draft,
    Filters,
    Found,
    Hit,
    Provenance,
    Question,
    Scope,
    Statement,
    Status,
)
from assistant.retrieval.encoder import Vector
from assistant.retrieval.search import Words
from assistant.retrieval.wordings import SUFFIX
from assistant.rules.abstention import Abstention
from assistant.rules.evidence import TEXTS, Blending, Evidence, Memory, Reading
from assistant.rules.leaning import Understood, content_of, understand
from assistant.rules.lexicon import Lexicon, words_of
from assistant.rules.parts import ASKING
from assistant.rules.telling import Telling
from assistant.safety.message import one_line
from assistant.safety.personal import Finder
from assistant.safety.triage import Heard, Safeguard
from corpus.checks.orders import without_orders
from corpus.passage import Corpus
from corpus.structure.terms import Synonyms

if TYPE_CHECKING:
    from assistant.retrieval.models import Embedder
    from assistant.retrieval.store import Index
    from assistant.settings import Settings
    from assistant.wording.generative import Writing

COMPOSER = "foreign-1"
"""Name and version of the composer, for an answer's provenance."""

TIER = "document"

_COUNTRIES = (
    Synonyms(wordings=("United States", "USA", "US", "America", "American")),
    Synonyms(wordings=("United Kingdom", "UK", "Britain", "British")),
    Synonyms(wordings=("European Union", "EU")),
)
"""What is called by letters and by name in texts of any subject."""

_PART = re.compile(r"\?\s+(?=\S)|,?\s+and\s+(?=(?:how|what|when|where|who|why|which)\b)", re.I)


class Foreign:
    """Answers questions from passages of any subject."""

    def __init__(
        self,
        corpus: Corpus,
        index: Index,
        embedder: Embedder,
        settings: Settings,
        abstention: Abstention | None = None,
    ) -> None:
        """Put the house together around an open index.

        Args:
            corpus: what answers quote.
            index: built over it.
            embedder: the model that the index was built with.
            settings: of the home.
            abstention: tells whether to answer; the model that ships if none is given.
        """
        from assistant.wording import load_wording

        self.corpus = corpus
        self.settings = settings
        self._index = index
        self._embedder = embedder
        passages = corpus.passages
        self._words = Words(passages)
        lexicon = Lexicon((one.text for one in passages), (), _COUNTRIES)
        vectors = [index.vectors(TIER), index.vectors(TIER + SUFFIX)]
        self._blending = Blending(passages, vectors, self._words, self._embed)
        self._questions = Memory(embedder.embed_all)
        self._reading = Reading(passages, self._blending, self._words, lexicon, embedder.embed_all)
        self._telling = Telling(corpus)
        self._safeguard = Safeguard.shipped(embedder, settings)
        self._abstention = abstention or Abstention.shipped()
        self._finder = Finder.of(corpus)
        self._generative = load_wording(settings, corpus, self._finder)

    def warm(self) -> None:
        """Load now what the first question would load."""
        self._index.warm()
        self._words.warm()
        self._embedder.embed("warm")
        self._finder.find("warm")

    def search(self, text: str, k: int, turns: Sequence[str] = ()) -> tuple[Hit, ...]:
        """Return the `k` passages that fit a question best, best first, each once.

        There are none for a message that is no policy question; `find` says so.

        Raises:
            QuestionError: the question or an earlier turn is empty, too long or not text.
        """
        return self.find(text, k, turns).hits

    def find(
        self, text: str, k: int, turns: Sequence[str] = (), filters: Filters = NO_FILTERS
    ) -> Found:
        """Search like `search`, and return the reviewed text where no policy question is asked.

        Raises:
            QuestionError: the question or an earlier turn is empty, too long or not text, or there
                are filters.
        """

        def hits() -> tuple[Hit, ...]:
            _refuse(filters)
            self._index.refresh()
            line, earlier = self._checked(text, self._safeguard.without(turns))
            blend = self._blending.blend(line, understand(line, earlier))
            return blend.hits(self.corpus.passages, k)

        return self._safeguard.found(text, hits)

    def hear(self, text: str) -> Heard:
        """Triage words that are no question, such as a comment on an answer."""
        return self._safeguard.hear(text)

    def ask(self, question: Question, today: date | None = None) -> Answer:
        """Answer a question; the day makes no difference to texts that bear none.

        Raises:
            QuestionError: the question or an earlier turn is empty, too long or not text, or there
                are filters.
        """
        answer = self.quoted(question)
        return self._generative.write(answer).finish() if self._generative else answer

    def write(self, question: Question, today: date | None = None) -> Writing | None:
        """Return the answer while a language model words it; none where no model is set.

        Raises:
            QuestionError: the question or an earlier turn is empty, too long or not text.
        """
        return self._generative.write(self.quoted(question)) if self._generative else None

    def quoted(self, question: Question) -> Answer:
        """Answer like `ask`, in the passages' own words whatever model is set.

        Raises:
            QuestionError: the question or an earlier turn is empty, too long or not text.
        """
        guard = self._safeguard
        triage = guard.triage(question.text)
        if triage.triggered:
            return guard.reply(triage, self.corpus.digest)
        _refuse(question.filters)
        self._index.refresh()
        line, turns = self._checked(question.text, guard.without(question.turns))
        text = without_orders(line)
        if not text:
            answer = self._answer(question, understand(line, turns), _no_question())
            return guard.beside(answer, triage)
        understood = understand(text, turns)
        drafts: list[Draft] = []
        asked: list[str] = []
        for part in parts_of(text):
            meant = understood if part == text else understand(part, [*turns, *asked])
            drafts.append(self._draft(self._reading.read(part, meant), meant))
            asked.append(part)
        return guard.beside(self._answer(question, understood, join_parts(drafts)), triage)

    def evidence(self, question: Question) -> Evidence:
        """Return what is held on a question, whether or not it is answered; for measuring."""
        text, turns = self._checked(question.text, question.turns)
        return self._reading.read(text, understand(text, turns))

    def chance(self, evidence: Evidence) -> float:
        """Return the chance that the corpus answers, 0 to 1."""
        return self._abstention.chance(evidence.signs)

    def cosines(self, texts: Sequence[str]) -> list[float]:
        """Return for each text the best cosine of a passage as a whole; for measuring."""
        _, rows = self._index.vectors(TIER)
        return [float((rows @ self._embed(text)).max()) for text in texts]

    def _checked(self, text: str, turns: Sequence[str]) -> tuple[str, list[str]]:
        limit = self.settings.max_question_chars
        return one_line(text, limit), [one_line(turn, limit) for turn in turns]

    def _embed(self, text: str) -> Vector:
        vector: Vector = self._questions.embed([text])[0]
        return vector

    def _draft(self, found: Evidence, understood: Understood) -> Draft:
        """Answer one thing asked, or say that the texts do not."""
        hits = found.blend.hits(self.corpus.passages, max(self.settings.k, TEXTS))
        sure = self.chance(found) >= self._abstention.threshold
        named = self._reading.named(found)
        said = self._telling.tell(found) if sure and (any(named) or not named) else ()
        if not said:
            return self._refusal(found, understood, hits)
        cited = {one.passage_id for statement in said for one in statement.citations}
        lost = [one.label for one in found.names if not self._reading.is_held(one, cited)]
        return Draft(
            status="partial" if lost else "answered",
            reason="coverage_gap" if lost else "",
            scope=Scope(),
            composer=COMPOSER,
            statements=(*said, *_losses(lost, said[0].citations)),
            hits=hits,
            confidence=self.chance(found),
        )

    def _refusal(self, found: Evidence, understood: Understood, hits: tuple[Hit, ...]) -> Draft:
        status: Status = "not_covered"
        said, reason = "The passages do not answer this.", "coverage_gap"
        if found.names and not any(self._reading.named(found)):
            names = _named([one.label for one in found.names])
            said = f"The passages that are closest do not speak of {names}."
        if understood.dangling or not found.concepts:
            status, reason = "clarify", "ambiguous"
            said = "It is not clear what this is about; name it, and ask again."
        return Draft(
            status=status,
            reason=reason,
            scope=Scope(),
            composer=COMPOSER,
            statements=(note(said),),
            hits=hits,
            confidence=self.chance(found),
            nearest=self._telling.nearest(found),
        )

    def _answer(self, question: Question, understood: Understood, draft: Draft) -> Answer:
        statements, dropped = ground.check(draft.statements, self.corpus.by_id)
        answer = Answer(
            question=question.text,
            resolved_question=understood.text,
            status=draft.status,
            reason=draft.reason,
            scope=draft.scope,
            parts=draft.parts,
            statements=statements,
            completeness=(),
            dropped=dropped,
            hits=draft.hits,
            nearest=draft.nearest,
            follow_ups=(),
            signposting=None,
            confidence=draft.confidence,
            provenance=self._provenance(draft.composer),
        )
        return self._finder.told(answer)

    def _provenance(self, composer: str) -> Provenance:
        return Provenance(
            corpus=self.corpus.digest,
            settings=self.settings.digest(),
            embedder=self._embedder.name,
            weights=self._embedder.weights_sha256,
            composer=composer,
            checker=ground.CHECKER,
            time=datetime.now(UTC).isoformat(timespec="seconds"),
        )


def _no_question() -> Draft:
    """Return what an order to a machine gets: no passage can answer what asks nothing of them."""
    return Draft(
        status="not_covered",
        reason="coverage_gap",
        scope=Scope(),
        composer=COMPOSER,
        statements=(note("This is an order, not a question that passages could answer."),),
    )


def parts_of(text: str) -> list[str]:
    """Return the things that a question asks, each in its own words.

    >>> parts_of("When was it built, and who paid for it?")
    ['When was it built', 'who paid for it?']
    >>> parts_of("I have a cat. Is it ill?")
    ['I have a cat. Is it ill?']
    """
    parts: list[str] = []
    start = 0
    for end in [*(match.end() for match in _PART.finditer(text)), len(text)]:
        piece = re.sub(r",?\s+and\s*$", "", text[start:end], flags=re.I).strip()
        words = {word for word, _, _ in words_of(piece)}
        if parts and not (content_of(piece) and words & ASKING):
            parts[-1] = f"{parts[-1]} {piece}"
        elif piece:
            parts.append(piece)
        start = end
    return parts


def _refuse(filters: Filters) -> None:
    """Refuse filters: a corpus of which only the text is known has nothing to narrow by."""
    if filters != NO_FILTERS:
        raise QuestionError("A corpus of your own has nothing to filter by; ask without filters.")


def _losses(lost: Sequence[str], cited: Sequence[Citation]) -> tuple[Statement, ...]:
    """Say which names the sentences that are quoted do not stand beside."""
    if not lost:
        return ()
    return (note(f"The passages quoted do not speak of {_named(lost)}.", cited),)


def _named(labels: Sequence[str]) -> str:
    return listed([f"\u201c{one}\u201d" for one in dict.fromkeys(labels)])
