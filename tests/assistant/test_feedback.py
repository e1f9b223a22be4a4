"""What users say of answers: kept whole, newest first, bounded, and gone when it should be."""

import pytest

from assistant.errors import FeedbackError
from assistant.safety.audit import AuditLog
from assistant.safety.feedback import FOLDER, MOST_A_DAY, Feedback, FeedbackLog
from assistant.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path)


@pytest.fixture
def log(settings):
    return FeedbackLog(settings)


def said(verdict="helpful", **more):
    bare = {"id": "", "time": "", "user": "", "question": "Who?", "resolved_question": "Who?"}
    known = {"verdict": verdict, "status": "answered", "corpus": "0" * 64}
    return Feedback.model_validate(bare | known | more)


def in_files(settings, word):
    files = [path for path in settings.home.rglob("*") if path.is_file()]
    return any(word.encode() in path.read_bytes() for path in files)


def test_what_is_said_is_kept_newest_first_and_by_verdict(log):
    for verdict in ("helpful", "unsafe", "helpful"):
        log.add(said(verdict, comment=verdict), "ada")
    assert [one.verdict for one in log.newest()] == ["helpful", "unsafe", "helpful"]
    assert [one.comment for one in log.newest("unsafe")] == ["unsafe"]
    assert len({one.id for one in log.newest()}) == 3
    assert len(log.newest(limit=2)) == 2


def test_a_user_stands_under_a_keyed_hash_and_the_audit_log_has_a_key_of_its_own(log, settings):
    kept = log.add(said(), "ada.officer")
    assert log.add(said(), "ada.officer").user == kept.user != log.add(said(), "bob").user
    assert not in_files(settings, "ada.officer")
    assert (settings.home / FOLDER / "key").stat().st_mode & 0o777 == 0o600
    assert AuditLog(settings).purge_user("ada.officer") == 0
    assert not (settings.home / "audit").exists()


def test_a_user_has_so_many_a_day_and_others_have_their_own(log):
    for _ in range(MOST_A_DAY):
        log.add(said(), "ada")
    with pytest.raises(FeedbackError, match="try again tomorrow"):
        log.add(said(), "ada")
    log.add(said(), "bob")
    assert len(log.newest(limit=1000)) == MOST_A_DAY + 1
