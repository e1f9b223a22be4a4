"""The desk: an answer is recorded when it is handed out, grows once for its reader, and is stopped
by nobody else."""

from threading import Event

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.errors import QuestionError
from assistant.records import Question
from assistant.safety.audit import AuditLog
from assistant.settings import Settings
from tests.ui.fake_answer import CORPUS, EXAMPLE, FakeAssistant, example_answer
from tests.wording import made_answer, writing
from ui.access.rights import Role, User
from ui.access.service_state import Switch
from ui.server.api import build_api
from ui.server.tools import Tools, Work, caller
from ui.service.desk import Desk, Recorded, Underway


def recorded(settings):
    return Recorded(FakeAssistant(), Desk(settings, CORPUS), "page")


def test_an_answer_is_recorded_and_given_as_it_was_and_nothing_of_what_was_withheld(tmp_path):
    settings = Settings(home=tmp_path)
    one = recorded(settings)
    assert one.corpus is CORPUS
    assert one.ask(Question(text=EXAMPLE)) == example_answer()
    (record,) = AuditLog(settings).records()
    assert (record.status, record.question) == ("answered", "")
    assert one.ask(Question(text=EXAMPLE, policy=True)) == example_answer()
    assert one.write(Question(text=EXAMPLE, policy=True)) is None
    with pytest.raises(QuestionError):
        one.ask(Question(text=" "))
    assert AuditLog(settings).records() == (record,)


def test_words_are_recorded_masked_where_the_settings_say_so(tmp_path):
    settings = Settings(home=tmp_path, audit_text=True)
    recorded(settings).ask(Question(text="What rights does jane.doe@example.org have?"))
    assert AuditLog(settings).records()[0].question == "What rights does [email] have?"


def test_a_log_that_cannot_be_written_loses_no_answer_and_is_told_once(tmp_path, capsys):
    (tmp_path / "audit").write_text("in the way")
    one = recorded(Settings(home=tmp_path))
    for _ in range(3):
        assert one.ask(Question(text=EXAMPLE)) == example_answer()
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert err.startswith("signpost: ")
    assert "audit" in err


# Answers on their way: each becomes whole once, whoever reads, stops it or leaves.


def held():
    """A wording that stops before its first sentence, and whether its call was ended."""
    words, _, cut = writing([Event()])
    return words, cut


def test_what_is_over_is_forgotten_cannot_be_stopped_and_closing_stops_all():
    underway, told = Underway(), []
    words, _ = held()
    growing = underway.begin(words, "mary", lambda answer: None)
    assert len(underway) == 1
    growing.stop()
    assert growing.answer
    assert len(underway) == 0
    assert not underway.stop(growing.token, "mary")
    made = [held() for _ in range(3)]
    for words, _ in made:
        underway.begin(words, "mary", told.append)
    underway.close()
    assert (len(told), len(underway)) == (3, 0)
    assert all(cut.is_set() for _, cut in made)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_ends_it_and_is_no_whole_answer():
    class Broken:
        base = made_answer()
        asked, model = True, "broken"

        def __iter__(self):
            yield self.base.statements[0]
            raise ZeroDivisionError

    underway = Underway()
    growing = underway.begin(Broken(), "mary", lambda answer: None)
    assert len(list(growing)) <= 1
    with pytest.raises(RuntimeError, match="did not become whole"):
        _ = growing.answer
    assert len(underway) == 0


def test_whoever_asked_stops_it_and_nobody_else_can_or_learns_of_it(tmp_path):
    settings, app = Settings(home=tmp_path), FastAPI()
    desk = Desk(settings, CORPUS)
    app.include_router(
        build_api(Tools(FakeAssistant(), settings, desk, Work(desk.turns)), Switch(tmp_path))
    )

    def stopped(name, body):
        app.dependency_overrides[caller] = lambda: User(name, Role.OFFICER)
        told = TestClient(app).post("/api/ask/stop", json=body)
        return told.status_code, told.content

    words, cut = held()
    growing = desk.underway.begin(words, "mary", lambda answer: None)
    for name, token in (("martha", growing.token), ("mary", "no token of anybody")):
        assert stopped(name, {"token": token}) == (204, b"")
        assert not cut.is_set()
    for body in ({}, {"token": ""}, {"token": "x" * 65}, {"token": 1}, {"t": "x"}):
        assert stopped("mary", body)[0] == 422
    assert stopped("mary", {"token": growing.token}) == (204, b"")
    assert growing.answer.provenance.wording.cause == "cancelled"
    assert cut.is_set()
