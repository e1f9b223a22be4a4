"""The HTTP API: the records of the page, files, feedback, errors in a sentence, a schema."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from assistant.citing import ground
from assistant.records import Answer, Filters, Question
from assistant.remarks import Feedback, FeedbackLog
from assistant.safety.audit import AuditLog
from assistant.settings import Settings
from tests.ui import fake_answer as fake
from tests.ui.conftest import rows_of
from tests.ui.fake_answer import CORPUS, DISCLOSED, EXAMPLE, FakeAssistant, example_answer
from tests.ui.served import Slow, serving
from ui.access.rights import BODY_BYTES, EXPORT_BYTES, PLACES
from ui.access.service_state import State, Switch
from ui.exports import document as files
from ui.exports.document import MEDIA_TYPES
from ui.pages.talk import MOST_TURNS
from ui.server.api import MOST_ANSWERS
from ui.words.phrases import say

CHECKS = [not_a_server_error, checks.status_code_conformance]
CHECKS += [checks.content_type_conformance, checks.response_schema_conformance]

SERVED = {"rate": 10_000}


@pytest.fixture(scope="module")
def api(address):
    return f"{address}/api"


def test_a_question_is_answered_with_the_record_and_recorded(api, served_home):
    response = httpx.post(f"{api}/ask", json={"question": EXAMPLE})
    assert response.status_code == 200
    assert Answer.model_validate_json(response.content) == example_answer()
    assert AuditLog(Settings(home=served_home)).entries()[-1].status == "answered"
    usage = httpx.get(f"{api}/usage").json()
    assert usage["format"] == "signpost-audit-counts"
    assert all(row["answers"] == "fewer than 5" for row in usage["answers"])
    missing = httpx.get(f"{api}/passages/gsr:C99")
    assert (missing.status_code, "'gsr:C99'" in missing.json()["error"]) == (404, True)


def test_earlier_turns_and_filters_come_along(tmp_path):
    fake, only = FakeAssistant(), Filters(pillars=("gsr:P3",), tiers=("framework",))
    asked = {"question": "And now?", "turns": [EXAMPLE], "filters": only.model_dump(mode="json")}
    with serving(fake, Settings(home=tmp_path)) as address:
        assert httpx.post(f"{address}/api/ask", json=asked).status_code == 200
        search = {"question": "identity", "k": 1, "filters": asked["filters"]}
        hits = httpx.post(f"{address}/api/search", json=search).json()["hits"]
        assert [hit["passage_id"] for hit in hits] == ["gsr:C12"]
        for wrong in ({"tiers": ["page"]}, {"pillar": "3"}, {"pillars": ["x" * 81]}):
            assert refused(httpx.post(f"{address}/api/ask", json=asked | {"filters": wrong}))
    assert fake.asked == [Question(text="And now?", turns=(EXAMPLE,), filters=only)]


def test_a_fault_tells_nothing_of_the_question(api, caplog):
    response = httpx.post(f"{api}/ask", json={"question": "break"})
    assert refused(response, 500) == say("problem.fault")
    ours = [line for line in caplog.messages if "fault" in line]
    assert ours == ["A fault in /api/ask: RuntimeError."]


def test_whoever_finds_no_room_to_wait_is_told_that_it_is_busy(tmp_path):
    slow = Slow()

    def asked(_):
        response = httpx.post(f"{address}/api/ask", json={"question": EXAMPLE}, timeout=30)
        if response.status_code == 503:
            slow.leave.set()
        return response

    with (
        serving(slow, Settings(home=tmp_path, waiting=1)) as address,
        ThreadPoolExecutor(PLACES + 2) as pool,
    ):
        told = list(pool.map(asked, range(PLACES + 2)))
    (away,) = (one for one in told if one.status_code != 200)
    assert (refused(away, 503), away.headers["retry-after"]) == (say("refusal.busy"), "5")


def test_the_switch_can_be_set_by_an_admin(api):
    set_to = {"state": "read-only", "message": "Until noon."}
    assert httpx.put(f"{api}/switch", json=set_to).json() == set_to
    assert httpx.get(f"{api}/switch").json() == set_to
    on = httpx.put(f"{api}/switch", json={"state": "on"})
    assert on.json() == {"state": "on", "message": ""}
    assert httpx.put(f"{api}/switch", json={"state": "away"}).status_code == 422


def test_the_documentation_loads_nothing_from_outside(api):
    page = httpx.get(f"{api}/docs").text
    assert not re.search("https?://", page)
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert f'"/api/docs/{name}"' in page
        assert httpx.get(f"{api}/docs/{name}").status_code == 200


def remark(**more):
    given = example_answer()
    made = given.provenance.model_copy(update={"checker": ground.CHECKER})
    statements, _ = ground.check(given.statements, CORPUS.by_id)
    update = {"statements": statements, "provenance": made, "completeness": ()}
    answer = given.model_copy(update=update).model_dump(mode="json")
    return {"verdict": "incomplete", "answer": answer, **more}


def test_the_command_lists_exports_and_purges(home, tmp_path, printed, refused):
    assert printed("feedback", "list").strip() == say("feedback.nothing")
    log = FeedbackLog(Settings(home=home))
    plain = dict.fromkeys(("id", "time", "user", "corpus"), "") | {"status": "answered"}
    for verdict, user in (("helpful", "ada"), ("unsafe", "ada"), ("unsafe", "bob")):
        asked = {"question": "Who?", "resolved_question": "Who are the partners?"}
        log.add(Feedback(verdict=verdict, comment="one\x1b[31mtwo", **asked, **plain), user)
    told = printed("feedback", "list", "--verdict", "unsafe")
    assert told.count("Unsafe: Who?\n  one[31mtwo\n") == 2
    file = tmp_path / "feedback.jsonl"
    printed("feedback", "export", file)
    assert [row["verdict"] for row in rows_of(file)] == ["helpful", "unsafe", "unsafe"]
    assert str(file) in refused("feedback", "export", file)
    assert "Removed 2 pieces of feedback." in printed("audit", "purge", "--user", "ada")
    assert "Removed 1 piece of feedback." in printed("audit", "purge", "--all")
    assert log.newest() == ()
    printed("feedback", "export", tmp_path / "none.jsonl")
    assert (tmp_path / "none.jsonl").read_bytes() == b""


def test_what_is_posted_is_listed_and_a_disclosure_gets_the_reviewed_text(api, served_home):
    response = httpx.post(f"{api}/feedback", json=remark(comment="More on partners."))
    assert (response.status_code, response.content) == (204, b"")
    (listed,) = httpx.get(f"{api}/feedback", params={"verdict": "incomplete"}).json()
    assert (listed["comment"], listed["user"] != "local") == ("More on partners.", True)
    assert httpx.get(f"{api}/feedback", params={"verdict": "unsafe"}).json() == []
    response = httpx.post(f"{api}/feedback", json=remark(comment=DISCLOSED))
    assert (response.status_code, response.json()["case"]) == (200, "A")
    assert httpx.get(f"{api}/feedback").json() == [listed]


def sent(form, *answers, **more):
    shown = [answer.model_dump(mode="json") for answer in answers]
    return {"form": form, "answers": shown, **more}


def refused(response, status=422):
    assert response.status_code == status
    assert set(response.json()) == {"error", "detail"}
    assert "content-disposition" not in response.headers
    return response.json()["error"]


@pytest.mark.parametrize(
    ("form", "ending"),
    [("text", "txt"), ("markdown", "md"), ("docx", "docx"), ("ris", "ris"), ("bibtex", "bib")],
)
def test_a_form_comes_as_a_file_with_a_plain_name(api, form, ending):
    response = httpx.post(
        f"{api}/export", json=sent(form, example_answer(), fake.uncovered_answer())
    )
    assert response.status_code == 200
    assert response.headers["content-type"] == MEDIA_TYPES[ending]
    told = response.headers["content-disposition"]
    assert re.fullmatch(rf'attachment; filename="[a-z0-9-]+\.{ending}"', told)
    assert response.headers["cache-control"] == "no-store"


def test_an_answer_as_the_api_gave_it_is_exported_under_a_title(api):
    given = httpx.post(f"{api}/ask", json={"question": example_answer().question}).json()
    title = {"title": "For *the* minister\r\nx: y"}
    response = httpx.post(f"{api}/export", json={"form": "markdown", "answers": [given], **title})
    assert "Preserve the anonymity of victims[^1]" in response.text
    assert re.match(r"# For \\\*the\\\* minister  ?x: y", response.text)
    named = 'attachment; filename="for-the-minister-x-y.md"'
    assert response.headers["content-disposition"] == named


FORGED = example_answer().model_copy(
    update={"statements": (example_answer().statements[1].model_copy(update={"text": "Guilty."}),)}
)
REPLY = example_answer().model_copy(update={"status": "declined"})
OTHER = example_answer().model_copy(update={"question": "Forged?"})


@pytest.mark.parametrize(
    ("route", "body", "said"),
    [
        ("ask", {"question": " "}, "The question is empty"),
        ("ask", {"question": "a", "turns": ["b"] * (MOST_TURNS + 1)}, "turns is refused"),
        ("ask", {"question": "a", "user": "admin"}, "The request has a field"),
        ("ask", {"question": "a", "turns": ["b" * 1999] * 5}, "turns is refused"),
        ("feedback", remark(comment="a" * 1001), "comment is refused"),
        ("feedback", remark(answer=json.loads(OTHER.model_dump_json())), ""),
        ("export", {"form": "text", "answers": []}, "answers is refused"),
        ("export", sent("text", *[example_answer()] * (MOST_ANSWERS + 1)), "answers is refused"),
        ("export", sent("text", example_answer(), title="x" * 201), "title is refused"),
        ("export", sent("certificate", *[example_answer()] * 2), say("export.one_only")),
        ("export", sent("docx", FORGED), say("export.not_ours")),
        ("export", sent("docx", example_answer(), REPLY), say("export.reply")),
    ],
)
def test_what_is_refused_is_one_sentence_that_repeats_nothing(api, route, body, said):
    response = httpx.post(f"{api}/{route}", json=body)
    told = refused(response)
    assert told.startswith(said)
    assert told.endswith(".")
    assert not re.search("Guilty|Forged", response.text)


def test_twenty_answers_fit_although_a_question_may_not_be_so_long(api):
    body = sent("text", *[example_answer()] * MOST_ANSWERS)
    content = json.dumps(body) + " " * (BODY_BYTES + 1)
    headers = {"content-type": "application/json"}
    assert httpx.post(f"{api}/export", content=content, headers=headers).status_code == 200
    assert refused(httpx.post(f"{api}/ask", content=content, headers=headers), 413)
    over = httpx.post(f"{api}/export", content=" " * (EXPORT_BYTES + 1), headers=headers)
    assert refused(over, 413) == "That is too long; send 4096 KiB at most."


def test_without_the_library_the_command_that_installs_it_is_named(api, monkeypatch):
    monkeypatch.setattr(files, "find_spec", lambda name: None)
    response = httpx.post(f"{api}/export", json=sent("brief", example_answer()))
    assert "pip install 'signpost[export]'" in refused(response, 503)
    assert httpx.post(f"{api}/export", json=sent("text", example_answer())).status_code == 200


@pytest.mark.slow
@pytest.mark.sample
def test_the_schema_holds_for_whatever_is_sent(api, served_home, request):
    schema = schemathesis.openapi.from_url(f"{api}/openapi.json")
    operations = [one.ok() for one in schema.get_all_operations()]
    assert len(operations) == 12
    statuses = set()
    unchecked = {"suppress_health_check": list(HealthCheck)}
    session = requests.Session()
    request.addfinalizer(session.close)
    for operation in operations:

        @settings(max_examples=15, deadline=None, database=None, derandomize=True, **unchecked)
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
