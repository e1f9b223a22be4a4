"""From a question to an Answer: drafts made, joined and grounded."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, cast

from assistant.answering.answerability import Gate
from assistant.answering.answering import Answering
from assistant.answering.decide import join_parts
from assistant.answering.guidance import Told
from assistant.answering.page_search import PageSearch
from assistant.citing import ground
from assistant.errors import SignpostError
from assistant.records import NO_FILTERS, Answer, Cause, Draft, Filters, Found, Question, Rewriting
from assistant.retrieval.models import load_embedder
from assistant.retrieval.search import Retriever
from assistant.retrieval.store import Index
from assistant.safety.personal import Finder
from assistant.safety.personal import Found as Noticed
from assistant.safety.triage import POLICY, Heard, Safeguard, Triage, one_line
from assistant.settings import Settings
from assistant.understanding.reader import Reader
from corpus.whole import Whole

if TYPE_CHECKING:
    from assistant.wording.endpoint import Calls
    from assistant.wording.generative import Generative, Writing


class Answerer(ABC):
    """What answers from one corpus.

    Whatever reads a question raises `QuestionError` where it or an earlier turn is empty, too long
    or not text, or where a filter names what is not there.
    """

    def __init__(self, retriever: Retriever, reader: Reader | None) -> None:
        self.corpus = corpus = retriever.corpus
        self.embedder = retriever.embedder
        self.settings = settings = retriever.settings
        self.reader = reader or Reader(settings)
        self._retriever = retriever
        self._finder = Finder(corpus)
        self._safeguard = Safeguard(self.embedder, settings, self.reader)
        self._generative: Generative | None = None
        if settings.llm_url:
            from assistant.wording.generative import Generative

            self._generative = Generative.open(settings, corpus.by_id, self._finder)

    def warm(self) -> None:
        """Load now what the first question would load."""
        self._retriever.warm()
        self.embedder.embed("warm")
        self._finder.find("warm")

    @abstractmethod
    def find(
        self, text: str, k: int, turns: Sequence[str] = (), filters: Filters = NO_FILTERS
    ) -> Found:
        """Return the `k` passages that fit a question best, best first, each once.

        With them comes the reviewed text that is due to a person in need.
        """

    def near(self, topic: str) -> tuple[float, dict[str, float]]:
        """Return how near guidance comes to a topic, a cosine, and its sources by their scores."""
        line = one_line(topic, self.settings.max_question_chars)
        return self._retriever.sources(line, "guidance")

    @abstractmethod
    def _compose(self, question: Question, today: date) -> Answer:
        """Answer a question that triage lets through, in the sources' own words."""

    def _triage(self, text: str) -> Triage:
        """Tell what a message is, and counts as over this corpus."""
        return self._safeguard.triage(text)

    def quoted(self, question: Question, today: date | None = None) -> Answer:
        """Answer like `ask`, in the sources' own words whatever model is set."""
        triage = self._triage(question.text)
        if question.policy:
            triage = triage.as_policy()
        if triage.triggered:
            return self._safeguard.reply(triage, self.corpus.digest)
        answer = self._compose(question, today or datetime.now(UTC).date())
        return self._safeguard.beside(answer, triage)

    def ask(self, question: Question, today: date | None = None) -> Answer:
        """Answer a question, or reply to a message that is none with the reviewed text.

        Guidance may be past its review as of the day given, or as of today.
        """
        writing = self.write(question, today)
        return writing.finish() if writing else self.quoted(question, today)

    def write(self, question: Question, today: date | None = None) -> Writing | None:
        """Return the answer while a language model words it; none where no model is set."""
        if self._generative is None:
            return None
        answer = self.quoted(question, today)
        return self._generative.write(answer, self._read_again(question, answer, today))

    def _read_again(
        self, question: Question, answer: Answer, today: date | None
    ) -> Callable[[Calls], Answer] | None:
        """Return what has a model read a question again; here none does."""
        return None

    def hear(self, text: str) -> Heard:
        """Triage words that are no question, such as a comment on an answer."""
        return self._safeguard.hear(text)

    def _answer(
        self, question: Question, text: str, draft: Draft, noticed: Sequence[Noticed] | None = None
    ) -> Answer:
        """Return what a composer wrote as an answer: checked, and with what it was made with."""
        made = ground.made_with(self.corpus.digest, self.settings, self.embedder, draft.composer)
        statements, dropped = ground.check(draft.statements, self.corpus.by_id)
        answer = Answer.of(
            draft,
            question=question.text,
            resolved_question=text,
            filters=question.filters,
            statements=statements,
            dropped=dropped,
            signposting=None,
            provenance=made,
        )
        return self._finder.told(answer, noticed)


class Assistant(Answerer):
    """Answers questions from the framework and guidance."""

    def __init__(
        self,
        whole: Whole,
        retriever: Retriever,
        gate: Gate | None = None,
        reader: Reader | None = None,
    ) -> None:
        super().__init__(retriever, reader)
        self.framework = whole.framework
        gate = gate or Gate.shipped(self.settings.risk)
        self._answering = Answering(whole, retriever, self.settings.k, gate, self.reader)

    @classmethod
    def open(cls, settings: Settings, gate: Gate | None = None) -> Assistant:
        """Open the index that was built for the shipped corpus.

        `SignpostError` where it is missing or was built from something else, or a model cannot be
        used.
        """
        reader = Reader(settings)
        # The models load on another core while the corpus is read.
        with ThreadPoolExecutor(2) as pool:
            loaded, warmed = pool.submit(load_embedder, settings), pool.submit(reader.warm)
            whole = Whole.read()
            embedder = loaded.result()
        if (error := warmed.exception()) and not isinstance(error, SignpostError):
            raise error
        index = Index.open(whole.corpus, embedder, settings)
        return cls(whole, Retriever(index, settings), gate, reader)

    def warm(self) -> None:
        """Load now what the first question would load."""
        super().warm()
        self._answering.warm()

    def find(
        self, text: str, k: int, turns: Sequence[str] = (), filters: Filters = NO_FILTERS
    ) -> Found:
        """Search as every answerer does; turns change nothing.

        Where no policy question is asked, nothing is found but the reviewed text.
        """
        heard = self._safeguard.hear(text)
        if not heard.kept:
            return Found(hits=(), signposting=heard.reply)
        only = self._answering.narrowing(filters)
        line = one_line(text, self.settings.max_question_chars)
        hits = self._retriever.search(line, k, only.everywhere)
        return Found(hits=hits, signposting=heard.reply)

    def _compose(self, question: Question, today: date) -> Answer:
        text, turns, noticed = self._plain(question)
        understood, draft = self._answering.answer(text, turns, today, question.filters)
        read = understood.text if understood.carried else text
        return self._answer(question, read, draft, noticed)

    def _plain(self, question: Question) -> tuple[str, list[str], Sequence[Noticed]]:
        """Return a question and the turns before it without personal data, and what was noticed.

        A private person's data is in no source, and would only stand in the way of an answer.
        """
        limit = self.settings.max_question_chars
        line = one_line(question.text, limit)
        noticed = self._finder.find(line)
        turns = self._safeguard.without(question.turns)
        plain = [self._finder.without(one_line(turn, limit)) for turn in turns]
        return self._finder.without(line, noticed), plain, noticed

    def _read_again(
        self, question: Question, answer: Answer, today: date | None
    ) -> Callable[[Calls], Answer] | None:
        """Return what has a model read a question to which nothing was found; else none.

        What triage drops of a conversation, or doubts, is no part of what a model sees.
        """
        model = self._generative
        silent = answer.status == "not_covered" and answer.reason == "coverage_gap"
        leaning = question.turns and (silent or answer.is_closest)
        unfound = answer.status == "clarify" or leaning
        texts = (*question.turns, question.text)
        policy = all(self._safeguard.triage(one).case == POLICY for one in texts)
        if model is None or answer.signposting or not (unfound and policy):
            return None
        text, turns, noticed = self._plain(question)

        def reads(calls: Calls) -> Answer:
            again, cause = answer, cast("Cause | None", "personal")
            if model.may_send(*texts):
                from assistant.wording.model_reader import read_by_model

                mask = self._finder.mask
                read, cause = read_by_model(calls, text, turns, self.framework, mask)
                if read is not None:
                    day = today or datetime.now(UTC).date()
                    drafts = self._answering.drafts(read, day, question.filters)
                    again = self._answer(question, read.text, join_parts(drafts), noticed)
            if not again.is_given:
                again, cause = answer, cause or "unsupported"
            told = {"rewriting": Rewriting(model=model.endpoint.model, cause=cause or "")}
            provenance = again.provenance.model_copy(update=told)
            return again.model_copy(update={"provenance": provenance})

        return reads

    @property
    def page(self) -> PageSearch:
        """What searches the framework's page; for fitting it."""
        return self._answering.page

    def tell(self, text: str, today: date, near: float, core: str = "", before: str = "") -> Told:
        """Return what guidance says in reply to a text, unjudged; see `Answering.tell`."""
        line = one_line(text, self.settings.max_question_chars)
        return self._answering.tell(line, today, near, core, before)
