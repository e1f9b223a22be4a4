"""The Evaluate workspace without a browser: its views, its forms, and what they write."""

import json
import os
import re
import shutil
from itertools import product

import httpx
import pytest

import evals.running.job
from assistant.remarks import Feedback, FeedbackLog
from assistant.settings import Settings
from evals.cases.own_cases import OwnCases, OwnRows
from evals.cases.suites import read_suite
from evals.folder import ANSWERS, CONFIG
from evals.running import job
from evals.running.job import Jobs
from evals.running.shelf import FOLDER, Shelf
from tests.evaluated import HOSTILE, Replies, gated_command, made_case, open_gate
from tests.ui.conftest import words
from tests.ui.fake_answer import FakeAssistant
from tests.ui.served import serving
from ui.access.service_state import State, Switch
from ui.pages.evaluate import Evaluate, counted, progress_of
from ui.pages.evaluate_query import Query, blank
from ui.words.phrases import say

FORM = blank("own-001", do="save", question="Who are the partners?", gold="gsr:P3-W1")
ROW = FORM | {"do": "learn", "facets": ["partners"], "subjects": "gsr:P3"}

HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def whole_home(home_with_runs, tmp_path_factory):
    return shutil.copytree(home_with_runs, tmp_path_factory.mktemp("evaluate") / "home")


@pytest.fixture
def home(whole_home):
    OwnCases(whole_home).path.unlink(missing_ok=True)
    OwnRows(whole_home).path.unlink(missing_ok=True)
    Switch(whole_home).set(State.ON)
    return whole_home


@pytest.fixture(scope="module")
def served(whole_home):
    assistant = Replies(FakeAssistant())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evals.running.job.Jobs.__init__, "__defaults__", (gated_command,))
        with (
            serving(assistant, Settings(home=whole_home, rate=10_000)) as address,
            httpx.Client(base_url=address, timeout=60, follow_redirects=True) as client,
        ):
            yield client
            client.post("/api/evaluate/stop")


def drawn(home, **query):
    settings = Settings(home=home)
    jobs = Jobs(settings, gated_command)
    return Evaluate(FakeAssistant(), settings, jobs).draw(Query.read(query))


def sent(client, what, **fields):
    answer = client.post(f"/api/evaluate/{what}", data=fields, headers=HTML)
    assert answer.status_code in (200, 422), answer.text
    return answer.text


def test_the_first_view_sums_the_latest_run_up_and_few_cases_are_warned_of(own_runs, tmp_path):
    told = words(drawn(own_runs))
    assert "All runs: 2" in told
    assert re.search(r"Complete [\d.]+ % [\d.]+ % to [\d.]+ %; n 3\d ", told)
    assert say("evaluate.no_runs") in words(drawn(tmp_path / "none"))
    assert say("evaluate.few") not in drawn(own_runs, run="after")
    summary = Shelf(own_runs).open("after").summary
    few = {"safe": summary.headline["exact"].model_copy(update={"n": 29})}
    path = own_runs / FOLDER / "after" / "summary.json"
    path.write_text(summary.model_copy(update={"headline": few}).model_dump_json())
    assert say("evaluate.few") in drawn(own_runs, run="after")
    # Of a run that was scored before there were such figures they are derived.
    path.write_text(summary.model_copy(update={"headline": {}}).model_dump_json())
    assert "n 3" in words(drawn(own_runs, run="after"))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "33 of 33 cases"),
        ({"page": "99"}, "26 to 33 of 33"),
        ({"verdict": "wrong", "family": "topic", "type": "list"}, "1 of 33 cases"),
        ({"words": "MORE-07 question"}, "1 of 33 cases"),
        ({"words": "nothing at all"}, say("evaluate.none_fits")),
        ({"show": "compare", "against": "before", "verdict": "fixed"}, "Question right?"),
        ({"show": "compare", "against": "before", "verdict": "broken"}, "Question more-00?"),
    ],
)
def test_cases_are_filtered_and_come_a_page_at_a_time(asked, told, home):
    shown = drawn(home, **{"run": "after", "show": "cases", **asked})
    assert told in shown
    assert len(re.findall(r"[?&]amp;case=|[?&]case=|;case=", shown)) == 25 or asked


def test_a_case_shows_answer_gold_and_why_it_is_scored_so(home):
    told = drawn(home, run="after", show="cases", case="right")
    quote = "protect the identity of victims"
    assert set(re.findall("<mark>(.*?)</mark>", told)) == {quote}
    assert say("evaluate.all_right") in told
    wrong = words(drawn(home, run="after", show="cases", case="wrong"))
    missed = {"n": 1, "total": 1, "facet": "outcomes", "ids": "gsr:P3-O1"}
    assert say("evaluate.because_missed", **missed) in wrong
    assert say("evaluate.because_quotes", n=1, total=1) in wrong
    assert f"{say('evaluate.not_at_its_place')} {quote}" in wrong


def test_what_is_held_out_is_shown_on_no_view_until_it_is_asked_for_and_in_no_form(served, home):
    secret = "A secret that nobody reads?"
    asked = {"run": "after", "against": "before"}
    for show in ("runs", "families", "cases", "plots", "compare"):
        for more in ({}, {"verdict": "wrong"}, {"words": "secret"}, {"case": "unseen"}):
            told = drawn(home, **asked, **{"show": show, **more})
            assert secret not in told, (show, more)
    assert say("evaluate.why_held") in drawn(home, **asked, show="cases")
    every = drawn(home, **asked, show="cases")
    assert every.count("<li>") == drawn(home, **asked, show="cases", verdict="fixed").count("<li>")
    assert secret in drawn(home, **asked, show="cases", held="yes", words="secret")
    for show in ("cases", "compare"):
        assert secret in drawn(home, **asked, show=show, held="yes", case="unseen")
    name = min(one.id for one in read_suite("framework", "test"))
    told = served.get("/evaluate", params={"show": "form", "case": name}).text
    assert "There is no case" in told
    found = served.get("/evaluate", params={"show": "own", "words": name}).text
    assert name not in re.sub(r'value="[^"]*"', "", found)


def test_a_comparison_says_what_broke_plots_have_numbers_and_a_missing_run_is_told(home):
    asked = {"run": "after", "against": "before", "show": "compare"}
    told, both = (words(drawn(home, **asked, case=case)) for case in ("", "more-00"))
    held = ("Broken 2 Fixed 1 Unchanged 31", "McNemar, exact", say("evaluate.changes_held", n=1))
    assert [one for one in held if one not in told] == []
    assert say("evaluate.before_side", run="before") in both
    told = drawn(home, run="after", show="plots")
    assert len(re.findall(r'<svg [^>]*role="img"', told)) == 1
    assert told.count("<table") == 2
    for name in ("../after", HOSTILE, "nothing", "after/../before"):
        assert "no run" in words(drawn(home, run=name))


@pytest.mark.parametrize("show", ["cases", "compare", "own", "form", "runs", "families"])
def test_hostile_words_stay_words(show, home):
    OwnCases(home).save(made_case("own-666", question=HOSTILE, note=HOSTILE))
    for case in ("", "hostile", "own-666", HOSTILE):
        told = drawn(home, run="after", against="before", show=show, case=case, words=HOSTILE)
        assert not re.search("<script|<img", told)


def test_an_address_is_read_with_care_and_written_as_it_was_read():
    query = Query.read({"run": "a", "page": "-1", "show": "evil", "verdict": "x", "held": "1"})
    assert query == Query(run="a")
    assert query.address() == "/evaluate?run=a"
    cases = Query(run="a&b", show="cases", page=2, held="yes")
    assert cases.address() == "/evaluate?show=cases&run=a%26b&page=2&held=yes"
    assert len(Query.read({"words": "x" * 9999}).words) == 200


def test_a_run_without_scores_or_with_cases_left_says_what_can_be_done(own_runs):
    acts = r'name="(score|resume)" value="(\w+)"'
    folder = own_runs / FOLDER / "after"
    (folder / "summary.json").unlink()
    assert re.findall(acts, drawn(own_runs, run="after")) == [("score", "after")]
    config = json.loads((folder / CONFIG).read_text()) | {"suite": "own", "count": 99}
    (folder / CONFIG).write_text(json.dumps(config))
    OwnCases(own_runs).save(made_case("own-001"))
    for asked, can in ((None, False), ((1, 1), True)):
        os.utime(folder / ANSWERS, asked)
        found = re.findall(acts, drawn(own_runs, run="after"))
        assert (("resume", "after") in found) == can


def test_progress_is_told_in_cases_rate_time_left_and_what_was_answered_last(own_runs):
    order = job.Order(name="after", suite="own", split="development")
    going = job.Job(order=order, phase="asking", done=1200, total=3000, rate=7.25)
    assert counted(going) == "1,200 of 3,000 cases. 7.2 cases a second. About 5 minutes left."
    latest = progress_of(going, Shelf(own_runs))["latest"]
    assert [status for status, _ in latest] == ["answered"] * 3
    unread = going.model_copy(update={"order": order.model_copy(update={"split": "test"})})
    assert progress_of(unread, Shelf(own_runs))["latest"] == []


def test_a_run_is_started_watched_and_stopped_and_what_cannot_be_stays_in_the_form(served, home):
    OwnCases(home).save(made_case("own-001"))
    OwnCases(home).save(made_case("own-002"))
    start = {"suite": "own", "split": "development", "name": "fresh"}
    for field, value, sentence in (
        ("split", "test", "not_sure"),
        ("split", "evil", "choose_split"),
        ("limit", "0", "bad_limit"),
    ):
        told = sent(served, "runs", **start | {field: value})
        assert say(f"evaluate.{sentence}") in words(told), value
        assert 'value="fresh"' in told
    assert 'data-live="' in sent(served, "runs", **start)
    assert job.ONE_AT_A_TIME in words(sent(served, "runs", **start | {"name": "other"}))
    # Learning takes the same place.
    learn = served.post("/api/evaluate/learn", data={"do": "learn"}, headers=HTML)
    assert (learn.status_code, job.ONE_AT_A_TIME in words(learn.text)) == (409, True)
    open_gate(home, 1)
    assert "was stopped" in sent(served, "stop")
    while 'data-live="' in served.get("/evaluate").text:
        pass


def test_what_was_learned_is_shown_before_and_after_and_can_be_undone(served, home):
    order = job.Order(name="learning", learn=True)
    shares = {"operations": (8, 10)}, {"operations": (9, 10)}
    kept = job.Job(order=order, phase="done", before=shares[0], after=shares[1], kept=True)
    path = home / FOLDER / job.LEARNED
    path.write_text(kept.model_dump_json())
    told = served.get("/evaluate", params={"show": "learn"}).text
    assert "80 % 8 of 10 90 % 9 of 10" in words(told)
    assert say("evaluate.undo") in told
    path.unlink()


def test_a_case_is_written_edited_run_and_removed(served, home):
    more = {"allowed": "gsr:P3", "value": "YES", "status": ["answered", "partial"]}
    more |= {"turns": "Before?\r\nAnd then?", "must_contain": "one\ntwo"}
    assert say("evaluate.saved", id="own-001") in words(sent(served, "cases", **FORM | more))
    (case,) = OwnCases(home).read()
    assert case.gold.partners == ("gsr:P3-W1",)
    assert case.gold.status == ("answered", "partial")
    assert (case.gold.value, case.gold.allowed) == ("yes", ("gsr:P3",))
    assert (case.turns, case.must_contain) == (("Before?", "And then?"), ("one", "two"))
    assert case.author == "evaluator"
    assert served.get("/api/evaluate/own.jsonl").text == OwnCases(home).path.read_text()
    assert say("evaluate.id_taken", id="own-001") in words(sent(served, "cases", **FORM))
    sent(served, "cases", **FORM | {"do": "remove"})
    assert OwnCases(home).read() == ()


def test_a_shipped_case_becomes_an_own_one_and_keeps_what_the_form_does_not_show(served, home):
    shipped = next(one for one in read_suite("answers", "development") if one.gold.resolved)
    form = served.get("/evaluate", params={"show": "form", "case": shipped.id}).text
    assert say("evaluate.edit_shipped") in form
    changes = {"id": shipped.id, "edited": "shipped", "question": "Else?"}
    assert "was saved" in sent(served, "cases", **FORM | changes)
    (case,) = OwnCases(home).read()
    assert (case.id, case.question) == (shipped.id, "Else?")
    assert (case.gold.resolved, case.tags) == (shipped.gold.resolved, shipped.tags)
    assert shipped in read_suite("answers", "development")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"gold": "gsr:P9-O9"}, "gold", "gsr:P9-O9"),
        ({"gold": ""}, "gold", "Name a passage"),
        ({"id": "Not So"}, "id", "Use small letters"),
        ({"question": ""}, "question", "Type the question."),
        ({"question": "I am Ana Petrova, ana@example.org."}, "question", "personal data"),
        ({"note": "Call me at +44 20 7946 0958."}, "note", "personal data"),
        ({"do": "learn", "subjects": "gsr:P9"}, "subjects", "gsr:P9"),
        ({"do": "learn", "gold": ""}, "gold", say("evaluate.needs_label")),
        ({"do": "learn", "answerable": "no"}, "answerable", say("evaluate.needs_no_gold")),
    ],
)
def test_what_is_wrong_stands_beside_its_field(changes, field, sentence, served, home):
    told = sent(served, "cases", **FORM | changes)
    assert sentence in words(told)
    assert f'href="#f-{field}"' in told
    assert OwnCases(home).read() == ()
    assert OwnRows(home).read() == ()


@pytest.mark.parametrize(
    ("what", "field"), [*product(("save", "try", "learn"), ("question", "turns")), ("find", "find")]
)
def test_a_disclosure_meets_the_reviewed_text_and_nothing_of_it_stays(field, what, served, home):
    told = sent(served, "cases", **FORM | {field: "these are my own words", "do": what})
    assert "A reviewed text." in told
    assert "my own words" not in told
    files = (path for path in home.rglob("*") if path.is_file())
    assert [path for path in files if b"my own words" in path.read_bytes()] == []


def test_passages_are_found_by_id_and_by_words_and_a_case_is_tried_without_being_kept(served, home):
    def found(wanted):
        told = sent(served, "cases", **FORM | {"do": "find", "find": wanted})
        return re.findall(r'type="checkbox" name="gold" value="([^"]+)"', told)

    assert found("GSR:P3-o4") == ["gsr:P3-O4"]
    assert found("identity of victims")
    assert not found(" ")
    assert say("evaluate.tried") in sent(served, "cases", **FORM | {"do": "try"})
    assert OwnCases(home).read() == ()


def test_what_a_user_reported_becomes_a_labelled_row(served, home):
    said = Feedback(
        **dict.fromkeys(("id", "time", "user", "corpus"), ""),
        verdict="wrong_answer",
        comment=f"It lacks two. {HOSTILE}",
        question="and its partners?",
        resolved_question="Who are the partners of C12?",
        status="answered",
    )
    kept = FeedbackLog(Settings(home=home)).add(said, "somebody")
    told = drawn(home, show="reports")
    assert "It lacks two." in told
    for secret in ("<script", "somebody", kept.user):
        assert secret not in told
    assert said.resolved_question in drawn(home, show="form", report=kept.id)
    assert say("evaluate.row_saved", id="zz-0001") in sent(served, "cases", **ROW)
    (row,) = OwnRows(home).read()
    asked = row.asked
    assert (asked.operation, asked.facets, asked.subjects) == ("list", ("partners",), ("gsr:P3",))
    assert (row.answers, row.answerable, row.split) == (("gsr:P3-W1",), True, "train")
    # The same question again replaces it.
    sent(served, "cases", **ROW | {"type": "negate", "turns": "What is pillar 3?"})
    (row,) = OwnRows(home).read()
    assert (row.asked.operation, row.asked.carries) == ("without", ("subjects",))
    sent(served, "cases", do="remove", id="zz-0001")
    assert OwnRows(home).read() == ()


def test_nothing_is_written_while_the_service_is_read_only(served, home):
    Switch(home).set(State.READ_ONLY)
    for what in ("runs", "cases", "learn"):
        refused = served.post(f"/api/evaluate/{what}", data=FORM, headers=HTML)
        assert refused.status_code == 503
        assert "read-only" in refused.text
    assert served.get("/evaluate").status_code == 200
    assert served.post("/api/evaluate/stop").status_code == 200
    assert OwnCases(home).read() == ()
