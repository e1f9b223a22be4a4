"""Answers from passages of which nothing is known but their text: the same engine, another tier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from assistant.answering.answerability import DOCUMENTS, Gate
from assistant.answering.decide import decide, judged
from assistant.answering.guidance import Guidance, Told
from assistant.answering.sections import READ_OWN, Sections
from assistant.answering.sentences import Sentences, Vectors
from assistant.citing import ground
from assistant.citing.citations import note
from assistant.errors import ModelError, QuestionError
from assistant.records import (
    NO_FILTERS,
    Answer,
    Draft,
    Filters,
    Found,
    Hit,
    Question,
    Scope,
    Status,
)
from assistant.retrieval.predicate import FacetFilter
from assistant.retrieval.search import Retriever
from assistant.retrieval.wordings import MARK, SUFFIX
from assistant.safety.message import one_line
from assistant.safety.personal import Finder
from assistant.safety.triage import Heard, Safeguard
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.reader import Reader
from assistant.understanding.reading import Query
from corpus.checks.orders import without_orders
from corpus.passage import Corpus
from corpus.text import sentence_runs

if TYPE_CHECKING:
    from assistant.retrieval.models import Embedder
    from assistant.retrieval.store import Index
    from assistant.settings import Settings
    from assistant.wording.generative import Writing

COMPOSER = "documents-1"
"""Name and version of the composer, for an answer's provenance."""

TIER = "document"

LEANS = 0.5
"""Probability from which a turn is taken to lean on the one before it."""

LOST = 0.9
"""The same of one that has none before it."""


class _Asked(NamedTuple):
    """A question: as it is understood, and with the turn before it, as it is searched for."""

    text: str
    sought: str
    leaning: float
    """Probability that it leans on the turn before it."""

    turned: bool
    """Whether there is one."""


class Foreign:
    """Answers questions from passages of any subject."""

    def __init__(
        self,
        corpus: Corpus,
        index: Index,
        embedder: Embedder,
        settings: Settings,
        gate: Gate | None = None,
        reader: Reader | None = None,
    ) -> None:
        """Put the house together around an open index."""
        from assistant.wording import load_wording

        self.corpus = corpus
        self.settings = settings
        self._embedder = embedder
        self._index = index
        self._retriever = Retriever(corpus, index, embedder, settings)
        self._reader = reader or Reader(settings)
        lexicon = Lexicon((one.text for one in corpus.passages), (), ())
        sections = Sections(
            _sentences(corpus, index, lexicon),
            lexicon,
            self._retriever.scores,
            self._retriever.pair_model,
            READ_OWN,
        )
        self._guidance = Guidance(corpus, sections)
        self._gate = gate or Gate.shipped(settings.risk, DOCUMENTS)
        self._safeguard = Safeguard.shipped(embedder, settings, self._reader)
        self._finder = Finder.of(corpus)
        self._generative = load_wording(settings, corpus, self._finder)

    def warm(self) -> None:
        """Load now what the first question would load."""
        self._retriever.warm()
        self._embedder.embed("warm")
        self._finder.find("warm")

    def search(self, text: str, k: int, turns: Sequence[str] = ()) -> tuple[Hit, ...]:
        """Return the `k` passages that fit a question best, best first, each once.

        Raises:
            QuestionError: the question or an earlier turn is empty, too long or not text.
        """
        return self.find(text, k, turns).hits

    def find(
        self, text: str, k: int, turns: Sequence[str] = (), filters: Filters = NO_FILTERS
    ) -> Found:
        """Search like `search`, with the reviewed text beside it for a person in need.

        Raises:
            QuestionError: the question or an earlier turn is empty, too long or not text, or there
                are filters.
        """
        _refuse(filters)
        guard = self._safeguard
        line = self._complete(text, guard.without(turns)).sought
        triage = guard.over_own(guard.triage(text))
        due = triage.triggered or triage.beside
        return Found(
            hits=self._retriever.search(line, k, _OWN),
            signposting=guard.signpost(triage) if due else None,
        )

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

    def quoted(self, question: Question, today: date | None = None) -> Answer:
        """Answer like `ask`, in the passages' own words whatever model is set.

        Raises:
            QuestionError: the question or an earlier turn is empty, too long or not text.
        """
        guard = self._safeguard
        triage = guard.over_own(guard.triage(question.text))
        if question.policy:
            triage = triage.as_policy()
        if triage.triggered:
            return guard.reply(triage, self.corpus.digest)
        _refuse(question.filters)
        line = one_line(question.text, self.settings.max_question_chars)
        asked = without_orders(line)
        if not asked:
            return self._answer(question, line, _bare("not_covered", "coverage_gap", _ORDER))
        complete = self._complete(asked, guard.without(question.turns))
        lost = complete.leaning >= LOST and not complete.turned
        draft = _bare("clarify", "ambiguous", _UNCLEAR) if lost else self._draft(complete)
        return guard.beside(self._answer(question, complete.text, draft), triage)

    def told(self, question: Question) -> Told:
        """Return what the passages say in reply to a question, unjudged; for fitting the gate."""
        return self._tell(self._complete(question.text, question.turns))

    def chance(self, question: Question) -> float:
        """Return the chance that the corpus answers a question, 0 to 1; for measuring."""
        return judged(self.told(question), self._gate).chance

    def nearest(self, texts: Sequence[str]) -> list[tuple[float, str]]:
        """Return for each text the best cosine of a passage as a whole, and its id; to measure."""
        ids, rows = self._index.vectors(TIER)
        cosines = (rows @ self._retriever.embed(text) for text in texts)
        return [(float(one.max()), ids[int(one.argmax())]) for one in cosines]

    def _complete(self, text: str, turns: Sequence[str]) -> _Asked:
        """Return a question with what the turn before it adds."""
        limit = self.settings.max_question_chars
        line = one_line(text, limit)
        earlier = [one_line(turn, limit) for turn in turns]
        try:
            told = self._reader.read([(line, ()), (line, earlier)])
            leaning = max(one.leans for one in told)
        except ModelError:
            leaning = 0.0
        # What came before helps to find, whether or not a question leans on it.
        sought = f"{line} ({earlier[-1]})" if earlier else line
        return _Asked(sought if leaning >= LEANS else line, sought, leaning, bool(earlier))

    def _tell(self, asked: _Asked) -> Told:
        vector, today = self._retriever.embed(asked.sought), datetime.now(UTC).date()
        told = self._guidance.tell(asked.sought, vector, today)
        more = {"leans": asked.leaning, "turned": float(asked.turned)}
        return told._replace(figures=told.figures | more)

    def _draft(self, asked: _Asked) -> Draft:
        """Answer a question, show what comes closest, or say that the texts do not."""
        hits = self._retriever.search(asked.sought, self.settings.k, _OWN)
        nothing = _bare("not_covered", "coverage_gap", _SILENT)
        query = Query(text=asked.text, operation="explain")
        return decide(nothing, judged(self._tell(asked), self._gate), query, hits, ())

    def _answer(self, question: Question, text: str, draft: Draft) -> Answer:
        answer = ground.grounded(draft, question, text, self.corpus, self.settings, self._embedder)
        return self._finder.told(answer)


_OWN = FacetFilter(allowed={"tier": frozenset({TIER})})
_UNCLEAR = "It is not clear what this is about; name it, and ask again."
_ORDER = "This is an order, not a question that passages could answer."
_SILENT = "The passages do not answer this."


def _bare(status: Status, reason: str, said: str) -> Draft:
    """Return a draft that says one thing."""
    return Draft(
        status=status, reason=reason, scope=Scope(), composer=COMPOSER, statements=(note(said),)
    )


def _sentences(corpus: Corpus, index: Index, lexicon: Lexicon) -> Sentences:
    """Return the sentences of passages; each has the vector of the piece that it stands in.

    So a question costs one embedding, and a build no more than the passages and their pieces.
    """
    _, passages = index.vectors(TIER)
    ids, pieces = index.vectors(TIER + SUFFIX)
    row = {one: at for at, one in enumerate(ids, start=len(passages))}
    rows = []
    for place, passage in enumerate(corpus.passages):
        own = [place] * len(passage.sentences)
        before = len(passage.also)
        if f"{passage.id}{MARK}{before + 1}" in row:
            spans = sentence_runs(passage.text, passage.sentences)
            for at, sentence in enumerate(passage.sentences):
                number = next(at for at, one in enumerate(spans, 1) if sentence.end <= one.end)
                own[at] = row[f"{passage.id}{MARK}{before + number}"]
        rows += own
    both = np.concatenate((passages, pieces)) if len(pieces) else passages
    vectors = Vectors(both, passages, rows=np.array(rows, dtype=np.intp))
    return Sentences(corpus.passages, vectors, lexicon.rarity)


def _refuse(filters: Filters) -> None:
    """Refuse filters: a corpus of which only the text is known has nothing to narrow by."""
    if filters != NO_FILTERS:
        raise QuestionError("A corpus of your own has nothing to filter by; ask without filters.")
