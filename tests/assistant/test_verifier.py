"""The verifier: what it says of any claim and any context."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant.citing.claims import read_context
from assistant.citing.verifier import Verifier
from assistant.retrieval.encoder import Matrix
from corpus.whole import Whole

CONTEXT = (
    "Harbour masters should keep lists of ships. Pilots are rested before each arrival. "
    "In 2019 the port counted 29,491 ships."
)


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier.open()


PASSAGES = Whole.read().corpus.passages
SENTENCES = [
    (passage.text, span.of(passage.text)) for passage in PASSAGES for span in passage.sentences
]
WORDS = sorted({word for text, _ in SENTENCES[:400] for word in text.split()})
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))


@hypothesis_settings(deadline=None)
@given(pair=st.sampled_from(SENTENCES))
def test_a_sentence_of_the_context_is_always_supported(pair: tuple[str, str]) -> None:
    judgement = Verifier.open().verify(*pair)
    if read_context(pair[1]):
        assert (judgement.verdict, judgement.support) == ("supported", 1.0)


@hypothesis_settings(deadline=None)
@given(context=TEXTS, claim=TEXTS)
def test_any_two_texts_get_a_verdict_and_a_score(context: str, claim: str) -> None:
    judgement = Verifier.open().verify(context, claim)
    assert judgement.verdict in ("supported", "partial", "unsupported")
    assert 0.0 <= judgement.support <= 1.0
    assert judgement.reasons


@pytest.mark.parametrize(("context", "claim"), [("", "Ships sink."), (CONTEXT, ""), (" \n", "...")])
def test_nothing_supports_nothing(verifier: Verifier, context: str, claim: str) -> None:
    judgement = verifier.verify(context, claim)
    assert (judgement.verdict, judgement.support) == ("unsupported", 0.0)


def test_a_claim_about_something_else_is_unsupported(verifier: Verifier) -> None:
    judgement = verifier.verify(CONTEXT, "Volcanoes in Iceland erupt every decade.")
    assert judgement.verdict == "unsupported"
    assert judgement.reasons[0].startswith("The context lacks: ")


def test_other_words_for_the_same_are_supported(verifier: Verifier) -> None:
    assert verifier.verify(CONTEXT, "The port counted 29491 ships in 2019.").verdict == "supported"


def test_a_duty_out_of_advice_is_supported_in_part(verifier: Verifier) -> None:
    judgement = verifier.verify(CONTEXT, "Harbour masters must keep lists of ships.")
    assert judgement.verdict == "partial"
    assert judgement.reasons[0] == "The claim says “must”, the context only “should”."


def test_another_number_is_unsupported(verifier: Verifier) -> None:
    judgement = verifier.verify(CONTEXT, "In 2019 the port counted 29,941 ships.")
    assert judgement.verdict == "unsupported"
    assert re.search("“29,941”.*“29,491”", judgement.reasons[0])


def test_a_claim_of_two_sentences_is_as_good_as_its_worse(verifier: Verifier) -> None:
    both = "Pilots are rested before each arrival. Volcanoes in Iceland erupt every decade."
    judgement = verifier.verify(CONTEXT, both)
    assert judgement.verdict == "partial"
    alone = verifier.verify(CONTEXT, "Volcanoes in Iceland erupt every decade.")
    assert judgement.support == alone.support


def test_the_closest_sentence_is_named(verifier: Verifier) -> None:
    judgement = verifier.verify(CONTEXT, "Rested pilots arrive.")
    assert "“Pilots are rested before each arrival.”" in judgement.reasons[-1]


def test_likeness_of_meaning_raises_the_score() -> None:
    def alike(texts: Sequence[str]) -> Matrix:
        return np.ones((len(texts), 1), dtype=np.float32)

    def unlike(texts: Sequence[str]) -> Matrix:
        return np.eye(len(texts), dtype=np.float32)

    claim = "Those who guide vessels have slept."
    high, low = (Verifier.open(encode).verify(CONTEXT, claim).support for encode in (alike, unlike))
    assert high > low
