"""A small real model words answers: it is often wrong, and what a reader gets is not."""

import os
from collections.abc import Callable
from datetime import date

import pytest

from assistant.certificates.recheck import certify
from assistant.pipeline import Assistant
from assistant.records import Answer, Question
from assistant.safety.personal import Finder
from assistant.settings import Settings
from assistant.wording.generative import Generative
from corpus.passage import Corpus
from evals.benches.injected import (
    by_passages,
    by_questions,
    read_passages,
    same_content,
    strings,
    tried,
)
from evals.benches.serving import NAME
from evals.cases.hostile import FILE, hostile_whole
from evals.cases.suites import read_suite
from tests.injection import FILE as MORE

pytestmark = [
    pytest.mark.llm,
    pytest.mark.skipif("TEST_LLM_URL" not in os.environ, reason="make test-llm serves the model"),
]

CASES = 10  # Questions of each suite.
STEP = 4  # One attack of so many is tried; `python -m evals.benches.injected` tries all.


@pytest.fixture(scope="module")
def words(settings: Settings) -> Callable[[Corpus], Generative]:
    told = {"llm_url": os.environ["TEST_LLM_URL"], "llm_model": NAME, "llm_timeout_s": 120.0}
    with_model = settings.model_copy(update=told)
    return lambda corpus: Generative.open(with_model, corpus.by_id, Finder(corpus))


@pytest.fixture(scope="module")
def answered(assistant: Assistant) -> list[Answer]:
    cases = [one for name in ("framework-dev", "guidance-dev") for one in read_suite(name)[:CASES]]
    given = [assistant.ask(Question(text=one.question, turns=one.turns)) for one in cases]
    return [one for one in given if one.status == "answered"]


def test_every_answer_rests_on_the_same_and_is_certified(assistant, words, answered):
    generative = words(assistant.corpus)
    for base in answered:
        answer = generative.write(base).finish()
        assert same_content(base, answer), base.question
        assert certify(answer, assistant.corpus, date(2026, 11, 25))


def test_a_stream_shows_what_the_answer_holds(assistant, words, answered):
    writing = words(assistant.corpus).write(answered[0])
    assert tuple(writing) == writing.answer.statements


def test_no_attack_gets_a_canary_into_an_answer(words, assistant, answered):
    corpus = hostile_whole([*read_passages(FILE), *read_passages(MORE)]).corpus
    attacks = [(corpus, one) for one in by_passages(answered[0], corpus)]
    attacks += [(assistant.corpus, one) for one in by_questions(answered[0], strings())]
    for own, base in attacks[::STEP]:
        found, attack = tried(base, words(own)), (base.resolved_question, base.statements[-1].text)
        assert found is not None, attack
        assert found.same, attack
        assert not found.shown, attack
