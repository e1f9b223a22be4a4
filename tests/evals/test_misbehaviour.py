"""Whatever a model does, the user gets an answer that rests on the same, in time."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from assistant.safety.personal import Finder
from assistant.settings import Settings
from assistant.wording.generative import Generative
from evals.studies.injected import same_content
from tests.endpoint import CANARY, MISBEHAVIOURS, FakeEndpoint, Misbehaviour
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


@contextmanager
def served(misbehaviour: Misbehaviour) -> Iterator[tuple[str, FakeEndpoint | None]]:
    if misbehaviour.script:
        with FakeEndpoint(*misbehaviour.script) as endpoint:
            yield endpoint.url, endpoint
        return
    with socket.socket() as free:  # bound and not listened on: nobody else takes the port
        free.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{free.getsockname()[1]}/v1", None


@pytest.mark.parametrize("misbehaviour", MISBEHAVIOURS, ids=[one.name for one in MISBEHAVIOURS])
def test_the_answer_rests_on_the_same_whatever(misbehaviour: Misbehaviour) -> None:
    base, corpus = made_answer(), HARBOUR.corpus
    seconds = 0.5 if CAUSES.get(misbehaviour.name) == "timeout" else 30.0
    with served(misbehaviour) as (url, endpoint):
        settings = Settings(llm_url=url, llm_model="made-up", llm_timeout_s=seconds)
        generative = Generative.open(settings, corpus.by_id, Finder.of(corpus))
        answer = generative.write(base).finish()
    wording = answer.provenance.wording
    assert same_content(base, answer)
    assert endpoint is None or endpoint.calls <= 2
    assert wording is not None
    assert CANARY not in answer.model_dump_json()
    if misbehaviour.name in CAUSES:
        assert wording.cause == CAUSES[misbehaviour.name]
    if wording.cause:
        assert answer.statements == base.statements


def test_a_caller_that_goes_away_is_noticed_by_the_endpoint() -> None:
    waiting = next(one for one in MISBEHAVIOURS if one.name.startswith("takes the call"))
    with FakeEndpoint(*waiting.script) as fake:
        settings = Settings(llm_url=fake.url, llm_timeout_s=0.5)
        corpus = HARBOUR.corpus
        Generative.open(settings, corpus.by_id, Finder.of(corpus)).write(made_answer()).finish()
        assert fake.gone.wait(10)
