"""Whatever a model does, the user gets an answer that rests on the same, in time."""

from __future__ import annotations

import pytest

from assistant.safety.personal import Finder
from assistant.settings import Settings
from assistant.wording.generative import Generative
from evals.studies.misbehaviour import Outcome, play, table
from evals.studies.misbehaviours import CANARY, MISBEHAVIOURS, FakeEndpoint, Misbehaviour, faithful
from tests.harbour import HARBOUR
from tests.wording import made_answer

CAUSES = {
    "none: it words every quote": "",
    "copies every quote": "",
    "refuses connections": "refused",
    "takes the call and says nothing": "timeout",
    "sends signs of life and no text, for ever": "timeout",
    "stops in the middle and holds the line": "timeout",
    "finds the question too long (400)": "overflow",
    "limits the rate once (429), then answers": "",
    "limits the rate for ever (429)": "rate_limited",
    "asks to come back in an hour (429)": "rate_limited",
    "writes nothing": "empty",
    "never stops": "endless",
    "repeats one good sentence for ever": "endless",
    "writes another language": "language",
    "cites nothing": "malformed",
    "sends what is not JSON": "malformed",
    "leaves out every second quote": "",
    "changes numbers": "unsupported",
    "adds a denial": "unsupported",
}


@pytest.mark.parametrize("misbehaviour", MISBEHAVIOURS, ids=[one.name for one in MISBEHAVIOURS])
def test_the_answer_rests_on_the_same_whatever(misbehaviour: Misbehaviour) -> None:
    base = made_answer()
    seconds = 0.5 if CAUSES.get(misbehaviour.name) == "timeout" else 30.0
    outcome = play(misbehaviour, base, HARBOUR.corpus, Settings(), seconds)
    wording = outcome.answer.provenance.wording
    assert outcome.same
    assert outcome.calls <= 2
    assert wording is not None
    assert CANARY not in outcome.answer.model_dump_json()
    if misbehaviour.name in CAUSES:
        assert wording.cause == CAUSES[misbehaviour.name]
    if wording.cause:
        assert outcome.answer.statements == base.statements
    assert misbehaviour.name in table([outcome])


def test_a_caller_that_goes_away_is_noticed_by_the_endpoint() -> None:
    waiting = next(one for one in MISBEHAVIOURS if one.name.startswith("takes the call"))
    with FakeEndpoint(*waiting.script) as fake:
        settings = Settings(llm_url=fake.url, llm_timeout_s=0.5)
        corpus = HARBOUR.corpus
        Generative.open(settings, corpus.by_id, Finder.of(corpus)).write(made_answer()).finish()
        assert fake.gone.wait(10)


def test_a_table_says_what_differs() -> None:
    outcome = play(Misbehaviour("good", (faithful,)), made_answer(), HARBOUR.corpus, Settings())
    assert "| good | 4 sentences of the model | yes | 1 |" in table([outcome])
    other: Outcome = outcome._replace(same=False)
    assert "| NO |" in table([other])
