"""A small real model words answers: it is often wrong, and what a reader gets is not."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date

import pytest

from assistant.answer import Answer, Question
from assistant.generative import Generative
from assistant.personal import Finder
from assistant.pipeline import Assistant
from assistant.recheck import certify
from assistant.settings import Settings
from corpus.passage import Corpus
from corpus.whole import Whole
from evals.misbehaviour import same_content
from evals.real_model import NAME
from evals.suites import read_suite
from evals.worded import hostile_answers, obeyed, try_out
from tests.injection import hostile_note, hostile_passages

pytestmark = [
    pytest.mark.llm,
    pytest.mark.skipif("TEST_LLM_URL" not in os.environ, reason="make test-llm serves the model"),
]

CASES = 10
"""Questions of each suite."""


@pytest.fixture(scope="module")
def words(settings: Settings) -> Callable[[Corpus], Generative]:
    told = {"llm_url": os.environ["TEST_LLM_URL"], "llm_model": NAME, "llm_timeout_s": 120.0}
    with_model = settings.model_copy(update=told)
    return lambda corpus: Generative.open(with_model, corpus.by_id, Finder.of(corpus))


@pytest.fixture(scope="module")
def answered(assistant: Assistant) -> list[Answer]:
    cases = [one for name in ("framework-dev", "guidance-dev") for one in read_suite(name)[:CASES]]
    given = [assistant.ask(Question(text=one.question, turns=one.turns)) for one in cases]
    return [one for one in given if one.status == "answered"]


def test_every_answer_rests_on_the_same_and_is_certified(
    assistant: Assistant, words: Callable[[Corpus], Generative], answered: list[Answer]
) -> None:
    generative = words(assistant.corpus)
    for base in answered:
        answer = generative.write(base).finish()
        assert same_content(base, answer), base.question
        assert certify(answer, assistant.corpus, date(2026, 11, 25))


def test_a_stream_shows_what_the_answer_holds(
    assistant: Assistant, words: Callable[[Corpus], Generative], answered: list[Answer]
) -> None:
    writing = words(assistant.corpus).write(answered[0])
    assert tuple(writing) == writing.answer.statements


def test_no_hostile_passage_gets_a_word_of_its_own_into_an_answer(
    words: Callable[[Corpus], Generative], answered: list[Answer]
) -> None:
    whole = Whole.read()
    corpus = Whole(
        framework=whole.framework, notes=(*whole.notes, hostile_note()), glossary=whole.glossary
    ).corpus
    generative = words(corpus)
    tried = [
        try_out(id_, base, generative, corpus) for id_, base in hostile_answers(answered[0], corpus)
    ]
    found = [one for one in tried if one is not None]
    assert len(found) >= len(hostile_passages()) - 5
    for one in found:
        assert one.same, one.id
        assert not obeyed(one), one.id
