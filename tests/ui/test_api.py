"""The HTTP API: the records of the page, errors in a sentence, and a schema that holds."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from assistant.records import Answer, Question
from assistant.safety.audit import AuditLog
from assistant.settings import Settings
from tests.ui.fake_answer import (
    CORPUS,
    EXAMPLE,
    GSR,
    FakeAssistant,
    example_answer,
    uncovered_answer,
)
from tests.ui.served import serving
from ui.access.limits import PLACES
from ui.access.service_state import State, Switch
from ui.pages.ask.talk import MOST_TURNS
from ui.words.catalogue import say as words

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("api")


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with serving(FakeAssistant(), Settings(home=home, rate=10_000)) as address:
        yield f"{address}/api"


def test_a_question_is_answered_with_the_record_and_recorded(address: str, home: Path) -> None:
    response = httpx.post(f"{address}/ask", json={"question": EXAMPLE})
    assert response.status_code == 200
    assert Answer.model_validate_json(response.content) == example_answer()
    assert AuditLog(Settings(home=home)).records()[-1].status == "answered"


def test_earlier_turns_come_along(tmp_path: Path) -> None:
    fake = FakeAssistant()
    with serving(fake, Settings(home=tmp_path)) as address:
        httpx.post(f"{address}/api/ask", json={"question": "And now?", "turns": [EXAMPLE]})
    assert fake.asked == [Question(text="And now?", turns=(EXAMPLE,))]


def test_personal_data_does_not_come_back(tmp_path: Path) -> None:
    question = "What rights does jane.doe@example.org have?"
    noticed = uncovered_answer(question).model_copy(update={"personal": ("email",)})
    with serving(FakeAssistant(answers={question: noticed}), Settings(home=tmp_path)) as address:
        answer = httpx.post(f"{address}/api/ask", json={"question": question}).json()
    assert answer["question"] == "What rights does [email] have?"
    assert "jane.doe" not in str(answer)


def test_a_search_gives_hits(address: str) -> None:
    hits = httpx.post(f"{address}/search", json={"question": "identity", "k": 1}).json()["hits"]
    assert [hit["passage_id"] for hit in hits] == ["gsr:C12"]


def test_a_passage_comes_with_its_source_and_an_unknown_one_is_told(address: str) -> None:
    found = httpx.get(f"{address}/passages/gsr:C12").json()
    assert found["passage"]["text"] == CORPUS.passage("gsr:C12").text
    assert found["source"]["title"] == GSR.title
    missing = httpx.get(f"{address}/passages/gsr:C99")
    assert missing.status_code == 404
    assert "'gsr:C99'" in missing.json()["error"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "question is refused"),
        ({"question": " "}, "The question is empty"),
        ({"question": ""}, "question is refused"),
        ({"question": "a", "turns": ["b"] * (MOST_TURNS + 1)}, "turns is refused"),
        ({"question": "a", "user": "admin"}, "The request has a field"),
        ({"question": "a", "turns": ["b" * 1999] * 5}, "turns is refused"),
        ({"question": ["a"]}, "question is refused"),
    ],
)
def test_a_wrong_question_is_one_sentence_that_repeats_nothing(address, body, said):
    response = httpx.post(f"{address}/ask", json=body)
    assert response.status_code == 422
    assert response.json()["error"].startswith(said)
    assert set(response.json()) == {"error", "detail"}


def test_a_fault_tells_nothing_of_the_question(address, caplog):
    response = httpx.post(f"{address}/ask", json={"question": "break"})
    assert response.status_code == 500
    assert response.json()["error"] == words("problem.fault")
    ours = [line for line in caplog.messages if "fault" in line]
    assert ours == ["A fault in /api/ask: RuntimeError."]


def test_whoever_finds_no_room_to_wait_is_told_that_it_is_busy(tmp_path: Path) -> None:
    leave = threading.Event()
    refused: list[httpx.Response] = []

    class Slow(FakeAssistant):
        def ask(self, question: Question) -> Answer:
            leave.wait(20)
            return super().ask(question)

    def one(_: int) -> int:
        response = httpx.post(f"{address}/api/ask", json={"question": EXAMPLE}, timeout=30)
        if response.status_code == 503:
            refused.append(response)
            leave.set()
        return response.status_code

    with (
        serving(Slow(), Settings(home=tmp_path, waiting=1)) as address,
        ThreadPoolExecutor(PLACES + 2) as pool,
    ):
        statuses = sorted(pool.map(one, range(PLACES + 2)))
    assert statuses == [200] * (PLACES + 1) + [503]
    assert refused[0].json()["error"] == words("refusal.busy")
    assert refused[0].headers["retry-after"] == "5"


def test_the_switch_can_be_set_by_an_admin(address: str) -> None:
    set_to = {"state": "read-only", "message": "Until noon."}
    assert httpx.put(f"{address}/switch", json=set_to).json() == set_to
    assert httpx.get(f"{address}/switch").json() == set_to
    on = httpx.put(f"{address}/switch", json={"state": "on"})
    assert on.json() == {"state": "on", "message": ""}
    assert httpx.put(f"{address}/switch", json={"state": "away"}).status_code == 422


def test_usage_is_counts_and_none_that_is_small(address: str) -> None:
    found = httpx.get(f"{address}/usage").json()
    assert found["format"] == "signpost-audit-counts"
    assert all(row["answers"] == "fewer than 5" for row in found["answers"])


def test_the_documentation_loads_nothing_from_outside(address: str) -> None:
    page = httpx.get(f"{address}/docs").text
    assert "https://" not in page
    assert "http://" not in page
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert f'"/api/docs/{name}"' in page
        assert len(httpx.get(f"{address}/docs/{name}").content) > 100_000
    assert httpx.get(f"{address}/docs/redoc.standalone.js").status_code == 404


@pytest.mark.slow
@pytest.mark.sample
def test_the_schema_holds_for_whatever_is_sent(address, home, request):
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    said = schema.raw_schema["components"]["schemas"]["Answer"]["properties"]["status"]
    assert said["description"] == "What became of it."
    operations = [one.ok() for one in schema.get_all_operations()]
    assert len(operations) == 12
    statuses: set[int] = set()
    session = requests.Session()
    request.addfinalizer(session.close)
    for operation in operations:

        @settings(
            max_examples=15,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def fuzz(case: schemathesis.Case) -> None:
            response = case.call(session=session)
            # What it switched off would refuse all that comes after.
            Switch(home).set(State.ON)
            statuses.add(response.status_code)
            case.validate_response(response, checks=CHECKS)

        fuzz()
    assert {200, 404} <= statuses
    assert max(statuses) < 500
