"""The audit log and feedback: what is kept, what never is, and that what is removed is gone."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from assistant.errors import AuditError, FeedbackError, StoreError
from assistant.records import Signposting
from assistant.safety.audit import AuditCounts, AuditLog
from assistant.safety.feedback import FOLDER, MOST_A_DAY, Feedback, FeedbackLog
from assistant.safety.journal import Tally
from assistant.safety.personal import Finder
from assistant.settings import Settings
from tests.ui.fake_answer import example_answer, uncovered_answer

FINDER = Finder.shipped()
ASKED = "Which outcomes help Jane Doe, jane.doe@example.org?"


def add(log, answer, user="local"):
    log.add(answer, user=user, seconds=0.0123, masked=FINDER.masked)


def aside(case, **more):
    text = Signposting(case=case, text="Reviewed.", services=())
    fields = {"status": "safeguarding", "signposting": text, "statements": (), **more}
    return example_answer().model_copy(update=fields)


def everything(home):
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def move(home, days):
    """Make today's records those of an earlier day."""
    day = datetime.now(UTC).date() - timedelta(days=days)
    for path in (home / "audit").glob("*.jsonl"):
        path.rename(path.with_name(f"{day.isoformat()}-001.jsonl"))
    return day


def test_an_answer_or_refusal_is_recorded_without_its_words(tmp_path):
    log = AuditLog(Settings(home=tmp_path))
    add(log, example_answer().model_copy(update={"question": ASKED}))
    (record,) = log.records()
    assert (record.status, record.reason, record.ms) == ("answered", "", 12)
    assert record.passages[:2] == tuple(dict.fromkeys(record.passages))[:2]
    assert "gsr:P3-O4" in record.passages
    assert record.corpus == example_answer().provenance.corpus
    held = everything(tmp_path)
    for word in (b"Jane", b"outcomes", b"anonymity", b"local"):
        assert word not in held
    add(log, uncovered_answer().model_copy(update={"status": "declined", "reason": "opinion"}))
    assert [one.reason for one in log.records()] == ["", "opinion"]


def test_words_are_kept_only_if_that_is_asked_for_and_then_masked(tmp_path):
    log = AuditLog(Settings(home=tmp_path, audit_text=True))
    add(log, example_answer().model_copy(update={"question": ASKED, "resolved_question": ASKED}))
    (record,) = log.records()
    assert record.question == "Which outcomes help [name], [email]?"
    assert "Preserve the anonymity of victims" in record.answer
    assert b"Jane" not in everything(tmp_path)


def test_users_are_told_apart_by_pseudonyms_that_only_this_home_gives(tmp_path):
    logs = [AuditLog(Settings(home=tmp_path / name)) for name in ("one", "two")]
    for log in logs:
        for user in ("ada", "ada", "bob"):
            add(log, example_answer(), user)
    one, two = ([record.user for record in log.records()] for log in logs)
    assert one[0] == one[1] != one[2]
    assert set(one).isdisjoint(two)
    assert ((tmp_path / "one" / "audit" / "key").stat().st_mode & 0o777) == 0o600


@pytest.mark.parametrize(
    ("answer", "case"),
    [
        (aside("A"), "A"),
        (aside("G", status="declined", reason="harmful_request"), "G"),
        (aside("G", status="declined", reason="harmful_request", signposting=None), "G"),
    ],
)
def test_a_triaged_message_is_counted_and_nothing_else(tmp_path, answer, case):
    log = AuditLog(Settings(home=tmp_path, audit_text=True))
    add(log, answer.model_copy(update={"question": "a disclosure"}))
    assert log.records() == ()
    assert list(Tally(tmp_path).read().values()) == [{case: 1}]
    assert b"disclosure" not in everything(tmp_path)
    assert not (tmp_path / "audit").exists()


@pytest.mark.parametrize(("kept", "age", "left"), [(90, 90, 1), (90, 91, 0), (0, 0, 1), (0, 1, 0)])
def test_what_is_past_its_time_is_removed_at_the_start(tmp_path, kept, age, left):
    settings = Settings(home=tmp_path, retention_days=kept)
    add(AuditLog(settings), example_answer())
    move(tmp_path, age)
    assert AuditLog(settings).start() == 1 - left
    assert len(AuditLog(settings).records()) == left


def test_the_records_before_a_day_are_removed(tmp_path):
    log = AuditLog(Settings(home=tmp_path))
    add(log, example_answer())
    day = move(tmp_path, 3)
    add(log, example_answer())
    assert log.purge_before(day) == 0
    assert log.purge_before(day + timedelta(days=1)) == 1
    assert len(log.records()) == 1


def test_a_user_who_is_removed_is_in_no_file(tmp_path):
    log = AuditLog(Settings(home=tmp_path, audit_text=True))
    secret = example_answer().model_copy(update={"question": "What of the zanzibarite matter?"})
    add(log, secret, "ada")
    add(log, example_answer(), "bob")
    mark = log.records()[0].user.encode()
    path = next((tmp_path / "audit").glob("*.jsonl"))
    path.write_bytes(path.read_bytes() + b'{"zanzibarite": 1}\n' + b'{"zanzibarite')
    assert log.purge_user("ada") == 2
    held = everything(tmp_path)
    assert mark not in held
    assert b"zanzibarite" not in held
    assert len(log.records()) == 1


def test_all_that_is_removed_is_in_no_file(tmp_path):
    log = AuditLog(Settings(home=tmp_path, audit_text=True))
    add(log, example_answer().model_copy(update={"question": "zanzibarite"}), "ada")
    add(log, aside("A"))
    mark = log.records()[0].user.encode()
    key = (tmp_path / "audit" / "key").read_bytes()
    assert log.purge_all() == 1
    held = everything(tmp_path)
    for secret in (mark, key, b"zanzibarite"):
        assert secret not in held
    assert Tally(tmp_path).read() == {}
    add(log, example_answer(), "ada")
    assert log.records()[0].user.encode() != mark


def test_a_damaged_key_is_told_and_purging_where_nothing_was_kept_makes_nothing(tmp_path):
    log = AuditLog(Settings(home=tmp_path / "home"))
    assert log.start() == log.purge_user("a") == log.purge_before(date(2026, 1, 1)) == 0
    assert log.records() == ()
    assert not (tmp_path / "home").exists()
    log = AuditLog(Settings(home=tmp_path))
    add(log, example_answer())
    (tmp_path / "audit" / "key").write_bytes(b"short")
    with pytest.raises(StoreError, match="damaged"):
        add(log, example_answer())


def test_small_counts_are_not_given_away(tmp_path):
    log = AuditLog(Settings(home=tmp_path))
    for _ in range(5):
        add(log, example_answer())
    for _ in range(4):
        add(log, uncovered_answer())
        add(log, aside("A"))
    counts = AuditCounts.of(Settings(home=tmp_path))
    day = datetime.now(UTC).date().isoformat()
    found = [(one.day, one.status, one.reason, one.answers) for one in counts.answers]
    assert found == [(day, "answered", "", 5), (day, "not_covered", "coverage_gap", "fewer than 5")]
    assert [(one.case, one.messages) for one in counts.triage] == [("A", "fewer than 5")]
    counts.write(tmp_path / "counts.json")
    assert json.loads((tmp_path / "counts.json").read_text())["answers"][0]["answers"] == 5


def test_what_is_in_the_way_of_counts_stays_and_settings_of_the_log_change_no_answer(tmp_path):
    counts = AuditCounts.of(Settings(home=tmp_path))
    (tmp_path / "there").write_text("mine")
    with pytest.raises(AuditError, match="is there already"):
        counts.write(tmp_path / "there")
    with pytest.raises(AuditError, match="is no folder"):
        counts.write(tmp_path / "no" / "file")
    plain = Settings(home=tmp_path).digest()
    assert Settings(home=tmp_path, audit_text=True, retention_days=1).digest() == plain


# What users say of answers is kept like the log.


@pytest.fixture
def log(tmp_path):
    return FeedbackLog(Settings(home=tmp_path))


def said(verdict="helpful", **more):
    bare = {"id": "", "time": "", "user": "", "question": "Who?", "resolved_question": "Who?"}
    known = {"verdict": verdict, "status": "answered", "corpus": "0" * 64}
    return Feedback.model_validate(bare | known | more)


def test_what_is_said_is_kept_newest_first_and_by_verdict(log):
    for verdict in ("helpful", "unsafe", "helpful"):
        log.add(said(verdict, comment=verdict), "ada")
    assert [one.verdict for one in log.newest()] == ["helpful", "unsafe", "helpful"]
    assert [one.comment for one in log.newest("unsafe")] == ["unsafe"]
    assert len({one.id for one in log.newest()}) == 3
    assert len(log.newest(limit=2)) == 2


def test_a_user_stands_under_a_keyed_hash_and_the_audit_log_has_a_key_of_its_own(log, tmp_path):
    kept = log.add(said(), "ada.officer")
    assert log.add(said(), "ada.officer").user == kept.user != log.add(said(), "bob").user
    assert b"ada.officer" not in everything(tmp_path)
    assert (tmp_path / FOLDER / "key").stat().st_mode & 0o777 == 0o600
    assert AuditLog(Settings(home=tmp_path)).purge_user("ada.officer") == 0
    assert not (tmp_path / "audit").exists()


def test_a_user_has_so_many_a_day_and_others_have_their_own(log):
    for _ in range(MOST_A_DAY):
        log.add(said(), "ada")
    with pytest.raises(FeedbackError, match="try again tomorrow"):
        log.add(said(), "ada")
    log.add(said(), "bob")
    assert len(log.newest(limit=1000)) == MOST_A_DAY + 1
