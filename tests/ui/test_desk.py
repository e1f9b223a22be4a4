"""The desk: an answer is recorded when it is handed out, and is never lost for that."""

from pathlib import Path

import pytest

from assistant.errors import QuestionError
from assistant.records import Question
from assistant.safety.audit import AuditLog
from assistant.settings import Settings
from tests.ui.fake_answer import CORPUS, EXAMPLE, FakeAssistant, example_answer
from ui.service.desk import Desk, Recorded


def recorded(settings: Settings) -> Recorded:
    return Recorded(FakeAssistant(), Desk(settings, CORPUS), "page")


def test_an_answer_is_recorded_and_given_as_it_was(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    one = recorded(settings)
    assert one.corpus is CORPUS
    assert one.ask(Question(text=EXAMPLE)) == example_answer()
    (record,) = AuditLog(settings).records()
    assert (record.status, record.question) == ("answered", "")


def test_nothing_is_recorded_of_a_message_that_was_withheld(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    one = recorded(settings)
    assert one.ask(Question(text=EXAMPLE, policy=True)) == example_answer()
    assert one.write(Question(text=EXAMPLE, policy=True)) is None
    assert AuditLog(settings).records() == ()


def test_words_are_recorded_masked_where_the_settings_say_so(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, audit_text=True)
    recorded(settings).ask(Question(text="What rights does jane.doe@example.org have?"))
    assert AuditLog(settings).records()[0].question == "What rights does [email] have?"


def test_a_question_that_is_refused_is_no_answer(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with pytest.raises(QuestionError):
        recorded(settings).ask(Question(text=" "))
    assert AuditLog(settings).records() == ()


def test_a_log_that_cannot_be_written_loses_no_answer_and_is_told_once(tmp_path, capsys):
    (tmp_path / "audit").write_text("in the way")
    one = recorded(Settings(home=tmp_path))
    for _ in range(3):
        assert one.ask(Question(text=EXAMPLE)) == example_answer()
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert err.startswith("signpost: ")
    assert "audit" in err
