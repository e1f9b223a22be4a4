"""Who answers a case: Signpost, Signpost over hostile passages, or its checker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from assistant.errors import QuestionError
from assistant.records import Answer, Question, Statement
from assistant.settings import Settings
from evals.cases.case import Case
from evals.folder import AnswerRow
from evals.running.command import UNTOLD

if TYPE_CHECKING:
    from assistant.citing.verifier import Verifier

CHECKER = "verifier"
"""Composer of the answer that holds a verdict on a claim."""


class Asker(Protocol):
    """What is evaluated: whatever answers a question."""

    def ask(self, question: Question) -> Answer:
        """Answer a question."""


Open = Callable[[Settings], Asker]
"""Opens what is evaluated."""


class Respondents:
    """Answers cases of any kind; each that is needed is opened once, when it is first needed."""

    def __init__(self, settings: Settings, open_asker: Open) -> None:
        """Keep what to open; `open_asker` opens what answers ordinary questions."""
        self._settings = settings
        self._open = open_asker

    @cached_property
    def _ordinary(self) -> Asker:
        return self._open(self._settings)

    @cached_property
    def _over_hostile(self) -> Asker:
        from evals.cases.hostile import open_hostile

        return open_hostile(self._settings)

    @cached_property
    def _checker(self) -> Verifier:
        from assistant.citing.verifier import Verifier
        from assistant.retrieval.models import load_embedder

        return Verifier.open(load_embedder(self._settings).embed_all)

    def prepare(self, cases: Sequence[Case]) -> None:
        """Open now what the cases need, so that no question pays for it.

        Raises:
            SignpostError: something cannot be opened.
        """
        for case in cases:
            self._way(case)

    def answer(self, case: Case) -> AnswerRow:
        """Answer a case, timed; a question that is refused has no answer and says why."""
        way = self._way(case)
        start = perf_counter()
        answer, error = None, ""
        try:
            answer = way(case)
        except QuestionError as refusal:
            error = str(refusal)
        return AnswerRow(id=case.id, answer=answer, error=error, seconds=perf_counter() - start)

    def _way(self, case: Case) -> Callable[[Case], Answer]:
        if case.context:
            checker = self._checker
            return lambda one: verdict_as_answer(one, checker)
        asker = self._over_hostile if case.over else self._ordinary
        return lambda one: asker.ask(Question(text=one.question, turns=one.turns))


def verdict_as_answer(case: Case, checker: Verifier) -> Answer:
    """Return the checker's verdict on a claim as an answer with one statement: the claim."""
    judged = checker.verify(case.context, case.question)
    claim = Statement(
        text=case.question,
        kind="document",
        citations=(),
        verdict=judged.verdict,
        support=judged.support,
    )
    told = {"question": case.question, "resolved_question": case.question, "statements": [claim]}
    made_by = {**UNTOLD["provenance"], "composer": CHECKER, "checker": CHECKER}
    return Answer.model_validate(
        {**UNTOLD, **told, "scope": {"operation": "verify"}, "provenance": made_by}
    )


def one_by_one(cases: Sequence[Case], settings: Settings, open_asker: Open) -> Iterator[AnswerRow]:
    """Open what the cases need, and then answer each when its row is taken.

    Raises:
        SignpostError: something cannot be opened.
    """
    respondents = Respondents(settings, open_asker)
    respondents.prepare(cases)
    return map(respondents.answer, cases)
