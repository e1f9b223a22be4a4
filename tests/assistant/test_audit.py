"""The audit log and feedback: what is kept, what never is, and that what is removed is gone."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from assistant.errors import FeedbackError, StoreError
from assistant.records import Filters, Question, Signposting
from assistant.remarks import FOLDER, MOST_A_DAY, Feedback, FeedbackLog, Heard, Remarks
from assistant.safety.audit import AuditCounts, AuditLog
from assistant.safety.journal import Tally
from assistant.safety.personal import Finder, kept
from assistant.settings import Settings
from tests.ui.fake_answer import example_answer, uncovered_answer

FINDER = Finder.shipped()
ASKED = "Which outcomes help Jane Doe, jane.doe@example.org, in the zanzibarite matter?"
PERSONAL = example_answer().model_copy(update={"question": ASKED, "resolved_question": ASKED})


@pytest.fixture
def log(tmp_path):
    return AuditLog(Settings(home=tmp_path, audit_text=True))


def add(log, answer=PERSONAL, user="local"):
    log.add(answer, user=user, seconds=0.0123, masked=FINDER.masked)


def aside(case, **more):
    text = Signposting(case=case, text="Reviewed.", services=())
    fields = {"status": "safeguarding", "signposting": text, "statements": (), **more}
    return PERSONAL.model_copy(update=fields)


def everything(home):
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_an_answer_or_refusal_is_recorded_without_its_words_or_with_them_masked(tmp_path, log):
    plain = AuditLog(Settings(home=tmp_path / "plain"))
    for one in (plain, log):
        add(one)
    (record,) = plain.entries()
    assert (record.status, record.reason, record.ms) == ("answered", "", 12)
    assert "gsr:P3-O4" in record.passages
    assert len(set(record.passages)) == len(record.passages)
    assert record.corpus == example_answer().provenance.corpus
    held = everything(tmp_path / "plain")
    assert not any(word in held for word in (b"Jane", b"outcomes", b"anonymity", b"local"))
    add(plain, uncovered_answer().model_copy(update={"status": "declined", "reason": "opinion"}))
    assert [record.reason for record in plain.entries()] == ["", "opinion"]
    (record,) = log.entries()
    assert record.question == "Which outcomes help [name], [email], in the zanzibarite matter?"
    assert "Preserve the anonymity of victims" in record.answer
    assert b"Jane" not in everything(tmp_path)


def test_users_are_told_apart_by_pseudonyms_that_only_this_home_gives(tmp_path):
    logs = [AuditLog(Settings(home=tmp_path / name)) for name in ("one", "two")]
    for log in logs:
        for user in ("ada", "ada", "bob"):
            add(log, user=user)
    first, other = ([record.user for record in log.entries()] for log in logs)
    assert first[0] == first[1] != first[2]
    assert set(first).isdisjoint(other)
    assert ((tmp_path / "one" / "audit" / "key").stat().st_mode & 0o777) == 0o600


@pytest.mark.parametrize("case", ["A", "G", "G alone"])
def test_a_triaged_message_is_counted_and_nothing_else(tmp_path, log, case):
    declined = {"status": "declined", "reason": "harmful_request"} if case[0] == "G" else {}
    add(log, aside(case[0], **declined | ({"signposting": None} if "alone" in case else {})))
    assert log.entries() == []
    assert list(Tally(tmp_path).read().values()) == [{case[0]: 1}]
    assert b"zanzibarite" not in everything(tmp_path)
    assert not (tmp_path / "audit").exists()


@pytest.mark.parametrize(("kept", "age", "left"), [(90, 90, 1), (90, 91, 0), (0, 0, 1), (0, 1, 0)])
def test_what_is_past_its_time_or_before_a_day_is_removed(tmp_path, kept, age, left):
    log = AuditLog(Settings(home=tmp_path, retention_days=kept))
    add(log)
    day = datetime.now(UTC).date() - timedelta(days=age)
    for path in (tmp_path / "audit").glob("*.jsonl"):
        path.rename(path.with_name(f"{day.isoformat()}-001.jsonl"))
    assert log.start() == 1 - left
    assert len(log.entries()) == left
    assert log.purge_before(day) == 0
    assert log.purge_before(day + timedelta(days=1)) == left


@pytest.mark.parametrize("every", [True, False])
def test_all_that_is_removed_or_one_user_is_in_no_file(tmp_path, log, every):
    add(log, user="ada")
    add(log, example_answer(), "bob")
    add(log, aside("A"))
    mark = log.entries()[0].user.encode()
    key = (tmp_path / "audit" / "key").read_bytes()
    path = next((tmp_path / "audit").glob("*.jsonl"))
    path.write_bytes(path.read_bytes() + b'{"zanzibarite": 1}\n' + b'{"zanzibarite')
    # A line that cannot be read might be anybody's.
    assert (log.purge_all() if every else log.purge_user("ada")) == 3 - (not every)
    held = everything(tmp_path)
    assert not any(secret in held for secret in (mark, b"zanzibarite"))
    assert (key in held, bool(Tally(tmp_path).read())) == (not every, not every)
    assert len(log.entries()) == (not every)
    add(log, user="ada")
    assert (log.entries()[-1].user.encode() == mark) is not every


def test_a_damaged_key_is_told_and_purging_where_nothing_was_kept_makes_nothing(tmp_path, log):
    empty = AuditLog(Settings(home=tmp_path / "home"))
    assert empty.start() == empty.purge_user("a") == empty.purge_before(date(2026, 1, 1)) == 0
    assert empty.entries() == []
    assert not (tmp_path / "home").exists()
    add(log)
    (tmp_path / "audit" / "key").write_bytes(b"short")
    with pytest.raises(StoreError, match="damaged"):
        add(log)


def test_small_counts_are_not_given_away_and_a_file_in_the_way_stays(tmp_path, log):
    for _ in range(5):
        add(log)
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
    with pytest.raises(StoreError, match="is there already"):
        counts.write(tmp_path / "counts.json")


def test_a_user_has_so_many_a_day_under_a_keyed_hash_apart_from_the_audit_log(log, tmp_path):
    said = FeedbackLog(Settings(home=tmp_path))
    bare = dict.fromkeys(("id", "time", "user", "corpus"), "") | {"verdict": "helpful"}
    asked = {"question": "Who?", "resolved_question": "Who?", "status": "answered"}
    one = Feedback.model_validate(bare | asked)
    kept = [said.add(one, "ada.officer") for _ in range(MOST_A_DAY)]
    with pytest.raises(FeedbackError, match="try again tomorrow"):
        said.add(one, "ada.officer")
    assert {kept[0].user, said.add(one, "bob").user} > {one.user for one in kept}
    assert len(said.newest(limit=1000)) == MOST_A_DAY + 1
    assert b"ada.officer" not in everything(tmp_path)
    assert (tmp_path / FOLDER / "key").stat().st_mode & 0o777 == 0o600
    assert log.purge_user("ada.officer") == 0
    assert not (tmp_path / "audit").exists()


EXAMPLE = "What outcomes and partners relate to victim identity protection?"
DISCLOSURE = "My uncle hurts me at night and I am scared. Please help me."


@pytest.fixture
def remarks(tmp_path, assistant):
    return Remarks(Settings(home=tmp_path), assistant.corpus, assistant.hear)


@pytest.fixture(scope="module")
def answer(assistant):
    return assistant.ask(Question(text=EXAMPLE))


def test_a_verdict_is_kept_with_the_question_and_ids_and_personal_data_masked(
    remarks, assistant, answer
):
    assert remarks.take(answer, "incomplete", "One  is\nmissing.\u200b", "ada") is None
    (said,) = remarks.log.newest()
    assert (said.verdict, said.comment, said.question) == ("incomplete", "One is missing.", EXAMPLE)
    assert {"gsr:C12", "gsr:P3-O4", "gsr:P3-W1"} <= set(said.passages)
    assert "Preserve the anonymity" not in said.model_dump_json()
    text = "My name is Anna Miller, anna@example.org. Who are the partners of pillar 3?"
    asked = assistant.ask(Question(text=text))
    for one in (asked, kept(asked, assistant.corpus)):
        assert remarks.take(one, "helpful", "Call Anna Miller on +44 20 7946 0000.", "ada") is None
    for said in remarks.log.newest()[:2]:
        assert not re.search("Anna|Miller|anna@|7946", said.model_dump_json())
        assert "[name]" in said.comment


def test_answers_under_filters_and_refusals_can_be_spoken_of_and_reviewed_replies_not(
    remarks, assistant
):
    only = Filters(pillars=("gsr:P2",))
    for text, filters in ((EXAMPLE, only), ("Who is president of France?", Filters())):
        given = assistant.ask(Question(text=text, filters=filters))
        assert remarks.take(given, "incomplete", "", "ada") is None
    assert [one.status for one in remarks.log.newest()] == ["not_covered", "not_covered"]
    assert remarks.log.newest()[1].filters == only
    with pytest.raises(FeedbackError, match="Nothing is kept"):
        remarks.take(assistant.ask(Question(text=DISCLOSURE)), "helpful", "", "ada")


def test_a_disclosure_is_answered_and_nothing_is_kept(remarks, assistant, answer):
    def counted():
        return sum(sum(day.values()) for day in Tally(assistant.settings.home).read().values())

    before = counted()
    # Even where the answer beside it is none, and where somebody made it up as the question.
    for changed, comment in (
        ({}, DISCLOSURE),
        ({"reason": "x"}, DISCLOSURE),
        ({"question": DISCLOSURE}, ""),
    ):
        assert remarks.take(answer.model_copy(update=changed), "unsafe", comment, "ada").text
    assert remarks.log.newest() == ()
    assert counted() == before + 3


def test_where_a_comment_may_disclose_the_verdict_is_kept_without_it(tmp_path, assistant, answer):
    reply = assistant.hear(DISCLOSURE).reply
    remarks = Remarks(Settings(home=tmp_path), assistant.corpus, lambda text: Heard(True, reply))
    assert remarks.take(answer, "unsafe", "Something like it.", "ada") == reply
    assert [one.comment for one in remarks.log.newest()] == [""]


def test_an_answer_or_citation_that_was_changed_is_refused(remarks, answer):
    first, second, said, *rest = answer.statements
    odd = ({"pillars": ("my words",)}, {"facets": ("My Words",)}, {"audience": "my words"})
    changes = [
        *({"question": one} for one in ("", "x" * 3000)),
        {"reason": "a reason that is no word"},
        {"statements": ()},
        *({"filters": Filters.model_validate(one)} for one in odd),
    ]
    for update in ({"quote": "My own words"}, {"passage_id": "my:words"}, {"end": 3}):
        cited = (said.citations[0].model_copy(update=update), *said.citations[1:])
        own = said.model_copy(update={"citations": cited})
        changes.append({"statements": (first, second, own, *rest)})
    for changed in changes:
        with pytest.raises(FeedbackError, match="answer"):
            remarks.take(answer.model_copy(update=changed), "unsafe", "", "ada")
    assert remarks.log.newest() == ()
