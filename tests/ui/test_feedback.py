"""What users said of answers, as evaluators see it: inert, newest first; and by the HTTP API."""

import json

import httpx
import pytest

from assistant.citing import ground
from assistant.safety.feedback import Feedback, FeedbackLog
from assistant.settings import Settings
from tests.ui.conftest import rows_of
from tests.ui.fake_answer import CORPUS, DISCLOSED, FakeAssistant, example_answer
from tests.ui.served import serving
from ui.access.service_state import Switch
from ui.words.answer_text import VERDICTS, feedback_as_text, verdict_name
from ui.words.catalogue import say


def said(**more):
    known = {
        "id": "0a1b",
        "time": "2026-11-25T10:00:00+00:00",
        "user": "ada",
        "verdict": "unsafe",
        "question": "Who?",
        "resolved_question": "Who are the partners?",
        "status": "answered",
        "corpus": CORPUS.digest,
    }
    return Feedback.model_validate(known | more)


def checked(answer):
    """Return an answer as the checker gives it, from the corpus that is served."""
    statements, _ = ground.check(answer.statements, CORPUS.by_id)
    provenance = answer.provenance.model_copy(
        update={"corpus": CORPUS.digest, "checker": ground.CHECKER}
    )
    return answer.model_copy(
        update={"statements": statements, "provenance": provenance, "completeness": ()}
    )


def test_the_terminal_says_it_where_there_is_nothing():
    assert feedback_as_text([]) == say("feedback.nothing")
    assert [verdict_name(one) for one in VERDICTS][-1:] == ["Unsafe"]


def test_the_terminal_shows_no_controls():
    told = feedback_as_text([said(comment="one\u001b[31mtwo", passages=("gsr:C12",))])
    assert "\u001b" not in told
    assert told.splitlines() == ["2026-11-25  Unsafe: Who?", "  one[31mtwo", "  gsr:C12"]


def test_the_command_lists_and_exports(home, tmp_path, printed, refused):
    log = FeedbackLog(Settings(home=home))
    for verdict in ("helpful", "unsafe"):
        log.add(said(verdict=verdict), "ada")
    assert printed("feedback", "list", "--verdict", "unsafe").count("Who?") == 1
    file = tmp_path / "feedback.jsonl"
    printed("feedback", "export", file)
    assert [row["verdict"] for row in rows_of(file)] == ["helpful", "unsafe"]
    assert str(file) in refused("feedback", "export", file)


def test_purging_the_log_removes_feedback(home, printed):
    log = FeedbackLog(Settings(home=home))
    for user in ("ada", "ada", "bob"):
        log.add(said(), user)
    assert "Removed 2 pieces of feedback." in printed("audit", "purge", "--user", "ada")
    assert "Removed 1 piece of feedback." in printed("audit", "purge", "--all")
    assert log.newest() == ()


# Over HTTP.


SERVED = {"rate": 10_000}


@pytest.fixture(scope="module")
def place(address):
    return f"{address}/api/feedback"


def body(answer=None, **more):
    known = {"verdict": "incomplete", "answer": (answer or checked(example_answer())).model_dump()}
    return json.loads(json.dumps(known | more))


def test_what_is_posted_is_listed(place, served_home):
    response = httpx.post(place, json=body(comment="More on partners."))
    assert (response.status_code, response.content) == (204, b"")
    (listed, *_) = httpx.get(place, params={"verdict": "incomplete"}).json()
    assert (listed["comment"], listed["user"]) != ("More on partners.", "local")
    assert listed["comment"] == "More on partners."
    assert httpx.get(place, params={"verdict": "unsafe"}).json() == []
    assert (served_home / "feedback").is_dir()


def test_a_disclosure_gets_the_reviewed_text(place):
    before = len(httpx.get(place).json())
    response = httpx.post(place, json=body(comment=DISCLOSED))
    assert (response.status_code, response.json()["case"]) == (200, "A")
    assert len(httpx.get(place).json()) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "great"},
        {"comment": "a" * 1001},
        {"more": 1},
        {"answer": {"question": "Who?"}},
        {"answer": json.loads(example_answer().model_dump_json()) | {"question": "Forged?"}},
    ],
)
def test_what_is_no_feedback_is_refused_in_a_sentence(place, wrong):
    response = httpx.post(place, json=body() | wrong)
    assert response.status_code == 422
    assert response.json()["error"].endswith(".")
    assert "Forged" not in response.text


def test_a_read_only_service_keeps_nothing(tmp_path):
    settings = Settings(home=tmp_path)
    with serving(FakeAssistant(), settings) as address:
        Switch(settings.home).set("read-only", "")
        response = httpx.post(f"{address}/api/feedback", json=body())
    assert response.status_code in (403, 503)
    assert FeedbackLog(settings).newest() == ()
