"""The HTTP API: the records of the page, errors in a sentence, and a schema that holds."""

from concurrent.futures import ThreadPoolExecutor

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

from assistant.records import Answer, Filters, Question
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
from tests.ui.served import Slow, serving
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


SERVED = {"rate": 10_000}


@pytest.fixture(scope="module")
def api(address):
    return f"{address}/api"


def test_a_question_is_answered_with_the_record_and_recorded(api, served_home):
    response = httpx.post(f"{api}/ask", json={"question": EXAMPLE})
    assert response.status_code == 200
    assert Answer.model_validate_json(response.content) == example_answer()
    assert AuditLog(Settings(home=served_home)).records()[-1].status == "answered"


def test_earlier_turns_and_filters_come_along(tmp_path):
    fake, only = FakeAssistant(), Filters(pillars=("gsr:P3",), tiers=("framework",))
    sent = {"question": "And now?", "turns": [EXAMPLE], "filters": only.model_dump(mode="json")}
    with serving(fake, Settings(home=tmp_path)) as address:
        assert httpx.post(f"{address}/api/ask", json=sent).status_code == 200
        search = {"question": "identity", "k": 1, "filters": sent["filters"]}
        hits = httpx.post(f"{address}/api/search", json=search).json()["hits"]
        assert [hit["passage_id"] for hit in hits] == ["gsr:C12"]
        for wrong in ({"tiers": ["page"]}, {"pillar": "3"}, {"pillars": ["x" * 81]}):
            refused = httpx.post(f"{address}/api/ask", json=sent | {"filters": wrong})
            assert refused.status_code == 422
    assert fake.asked == [Question(text="And now?", turns=(EXAMPLE,), filters=only)]


def test_personal_data_does_not_come_back(tmp_path):
    question = "What rights does jane.doe@example.org have?"
    noticed = uncovered_answer(question).model_copy(update={"personal": ("email",)})
    with serving(FakeAssistant(answers={question: noticed}), Settings(home=tmp_path)) as address:
        answer = httpx.post(f"{address}/api/ask", json={"question": question}).json()
    assert answer["question"] == "What rights does [email] have?"
    assert "jane.doe" not in str(answer)


def test_a_passage_comes_with_its_source_and_an_unknown_one_is_told(api):
    found = httpx.get(f"{api}/passages/gsr:C12").json()
    assert found["passage"]["text"] == CORPUS.passage("gsr:C12").text
    assert found["source"]["title"] == GSR.title
    missing = httpx.get(f"{api}/passages/gsr:C99")
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
def test_a_wrong_question_is_one_sentence_that_repeats_nothing(api, body, said):
    response = httpx.post(f"{api}/ask", json=body)
    assert response.status_code == 422
    assert response.json()["error"].startswith(said)
    assert set(response.json()) == {"error", "detail"}


def test_a_fault_tells_nothing_of_the_question(api, caplog):
    response = httpx.post(f"{api}/ask", json={"question": "break"})
    assert response.status_code == 500
    assert response.json()["error"] == words("problem.fault")
    ours = [line for line in caplog.messages if "fault" in line]
    assert ours == ["A fault in /api/ask: RuntimeError."]


def test_whoever_finds_no_room_to_wait_is_told_that_it_is_busy(tmp_path):
    slow = Slow()
    refused = []

    def one(_):
        response = httpx.post(f"{address}/api/ask", json={"question": EXAMPLE}, timeout=30)
        if response.status_code == 503:
            refused.append(response)
            slow.leave.set()
        return response.status_code

    with (
        serving(slow, Settings(home=tmp_path, waiting=1)) as address,
        ThreadPoolExecutor(PLACES + 2) as pool,
    ):
        statuses = sorted(pool.map(one, range(PLACES + 2)))
    assert statuses == [200] * (PLACES + 1) + [503]
    assert refused[0].json()["error"] == words("refusal.busy")
    assert refused[0].headers["retry-after"] == "5"


def test_the_switch_can_be_set_by_an_admin(api):
    set_to = {"state": "read-only", "message": "Until noon."}
    assert httpx.put(f"{api}/switch", json=set_to).json() == set_to
    assert httpx.get(f"{api}/switch").json() == set_to
    on = httpx.put(f"{api}/switch", json={"state": "on"})
    assert on.json() == {"state": "on", "message": ""}
    assert httpx.put(f"{api}/switch", json={"state": "away"}).status_code == 422


def test_usage_is_counts_and_none_that_is_small(api):
    found = httpx.get(f"{api}/usage").json()
    assert found["format"] == "signpost-audit-counts"
    assert all(row["answers"] == "fewer than 5" for row in found["answers"])


def test_the_documentation_loads_nothing_from_outside(api):
    page = httpx.get(f"{api}/docs").text
    assert "https://" not in page
    assert "http://" not in page
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert f'"/api/docs/{name}"' in page
        assert len(httpx.get(f"{api}/docs/{name}").content) > 100_000
    assert httpx.get(f"{api}/docs/redoc.standalone.js").status_code == 404


@pytest.mark.slow
@pytest.mark.sample
def test_the_schema_holds_for_whatever_is_sent(api, served_home, request):
    schema = schemathesis.openapi.from_url(f"{api}/openapi.json")
    said = schema.raw_schema["components"]["schemas"]["Answer"]["properties"]["status"]
    assert said["description"] == "What became of it."
    operations = [one.ok() for one in schema.get_all_operations()]
    assert len(operations) == 12
    statuses = set()
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
        def fuzz(case):
            response = case.call(session=session)
            # What it switched off would refuse all that comes after.
            Switch(served_home).set(State.ON)
            statuses.add(response.status_code)
            case.validate_response(response, checks=CHECKS)

        fuzz()
    assert {200, 404} <= statuses
    assert max(statuses) < 500
