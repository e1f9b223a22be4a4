"""The Evaluate workspace without a browser: its views, its routes, and what it writes."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import evals.running.jobs
from assistant.safety.feedback import Feedback, FeedbackLog
from assistant.settings import Settings
from corpus.whole import Whole
from evals.cases.case import Gold, load_cases
from evals.cases.own_cases import OwnCases
from evals.cases.suites import read_suite
from evals.folder import ANSWERS, CASES, CONFIG
from evals.running import job
from evals.running.jobs import Jobs
from evals.running.run import Chosen
from evals.running.shelf import FOLDER, Shelf
from tests.evaluated import HOSTILE, Replies, gated_command, made_case, open_gate
from tests.ui.fake_answer import FakeAssistant
from tests.ui.served import add_accounts, serving
from ui.access.switch import State, Switch
from ui.look.plots import columns, curves
from ui.pages.evaluate.evaluate_query import Query
from ui.pages.evaluate.evaluate_results import about
from ui.pages.evaluate.evaluate_runs import counted, figures_as_html, time_left
from ui.pages.evaluate.evaluate_views import Views
from ui.words.catalogue import say

FORM = {
    "do": "save",
    "id": "own-001",
    "question": "Who are the partners for victim support?",
    "type": "list",
    "family": "own",
    "split": "development",
    "audience": "any",
    "answerable": "yes",
    "gold": "gsr:P3-W1",
}


@pytest.fixture(scope="module")
def whole_home(home_with_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("evaluate")
    shutil.copytree(home_with_runs, home, dirs_exist_ok=True)
    return home


@pytest.fixture
def home(whole_home: Path) -> Path:
    """The home of the server, without own cases and with the runs as they were made."""
    OwnCases(whole_home).path.unlink(missing_ok=True)
    Switch(whole_home).set(State.ON)
    return whole_home


@pytest.fixture
def own_runs(home_with_runs: Path, tmp_path: Path) -> Path:
    """A home whose runs a test may change."""
    shutil.copytree(home_with_runs, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(scope="module")
def client(whole_home: Path) -> Iterator[httpx.Client]:
    assistant = Replies(FakeAssistant())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evals.running.jobs.Jobs.__init__, "__defaults__", (gated_command,))
        with (
            serving(assistant, Settings(home=whole_home, rate=10_000)) as address,
            httpx.Client(base_url=f"{address}/api/evaluate", timeout=60) as client,
        ):
            yield client
            client.post("/stop")


@pytest.fixture
def served(client: httpx.Client, home: Path) -> httpx.Client:
    return client


def drawn(home: Path, **query: str) -> str:
    settings = Settings(home=home)
    views = Views(FakeAssistant(), settings, Jobs(settings, gated_command))
    return views.draw(Query.read(query))


def sent(client: httpx.Client, path: str, **fields: object) -> dict[str, str]:
    answer = client.post(path, json={"fields": fields})
    assert answer.status_code == 200, answer.text
    told: dict[str, str] = answer.json()
    return told


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_runs_are_listed_with_their_figures(home: Path) -> None:
    told = words(drawn(home))
    assert "All runs: 2" in told
    assert "after made, every split: 34" in told
    assert "Start a run" in told


def test_where_there_are_no_runs_it_is_said_what_to_do(tmp_path: Path) -> None:
    assert say("evaluate.no_runs") in words(drawn(tmp_path))


def test_figures_carry_n_interval_and_what_they_mean(home: Path) -> None:
    told = words(drawn(home, run="after"))
    assert about("complete") in told
    assert "95 % interval" in told
    assert "n 34" in told


def test_every_measure_of_a_run_is_explained(home: Path) -> None:
    summary = Shelf(home).open("after").entry.summary
    assert summary
    assert [name for name in summary.metrics if not about(name)] == []
    assert about("recall outcomes (micro)") != about("recall (micro)")
    assert "outcomes" in about("recall outcomes (micro)")
    assert about("something else") == ""


def test_cases_are_filtered_and_come_a_page_at_a_time(home: Path) -> None:
    first = drawn(home, run="after", show="cases")
    assert len(re.findall(r"[?&]amp;case=|[?&]case=", first)) == 25
    assert "33 of 33 cases" in first
    assert "1 to 25 of 33" in first
    last = drawn(home, run="after", show="cases", page="99")
    assert "26 to 33 of 33" in last
    assert "2 of 33 cases" in drawn(home, run="after", show="cases", verdict="wrong")
    assert "1 of 33 cases" in drawn(home, run="after", show="cases", family="topic")
    assert "30 of 33 cases" in drawn(home, run="after", show="cases", type="count")
    assert "1 of 33 cases" in drawn(home, run="after", show="cases", words="MORE-07 question")
    nothing = drawn(home, run="after", show="cases", words="nothing at all")
    assert say("evaluate.none_fits") in nothing


def test_cases_that_changed_are_found_by_the_other_run(home: Path) -> None:
    fixed = drawn(home, run="after", against="before", show="cases", verdict="fixed")
    assert "1 of 33 cases" in fixed
    assert "Question right?" in fixed
    broken = drawn(home, run="after", against="before", show="cases", verdict="broken")
    assert "Question more-00?" in broken


def test_a_case_shows_answer_gold_and_why_it_is_scored_so(home: Path) -> None:
    told = drawn(home, run="after", show="cases", case="right")
    assert "sp-answer" in told
    quote = "protect the identity of victims"
    assert set(re.findall("<mark>(.*?)</mark>", told)) == {quote}
    assert say("evaluate.all_right") in told
    assert ">cited<" in told
    wrong = words(drawn(home, run="after", show="cases", case="wrong"))
    missed = {"n": 1, "total": 1, "facet": "outcomes", "ids": "gsr:P3-O1"}
    assert say("evaluate.because_missed", **missed) in wrong
    assert say("evaluate.because_quotes", n=1, total=1) in wrong
    assert f"{say('evaluate.not_at_its_place')} {quote}" in wrong
    assert "not cited" in wrong


def test_what_is_held_out_is_shown_on_no_view_until_it_is_asked_for(home: Path) -> None:
    secret = "A secret that nobody reads?"
    asked = {"run": "after", "against": "before"}
    for show in ("figures", "families", "cases", "plots", "compare"):
        for more in ({}, {"verdict": "wrong"}, {"words": "secret"}, {"case": "unseen"}):
            told = drawn(home, **asked, **{"show": show, **more})
            assert secret not in told, (show, more)
    assert say("evaluate.why_held") in drawn(home, **asked, show="cases")
    assert secret in drawn(home, **asked, show="cases", held="yes", words="secret")
    assert secret in drawn(home, **asked, show="cases", held="yes", case="unseen")
    assert secret in drawn(home, **asked, show="compare", held="yes", case="unseen")


def test_a_comparison_says_what_broke_and_whether_it_is_more_than_chance(home: Path) -> None:
    told = words(drawn(home, run="after", against="before", show="compare"))
    assert say("evaluate.both_have", n=34, before="before", after="after") in told
    assert "Broken 2 Fixed 1 Unchanged 31" in told
    assert "chance" in told
    assert "McNemar, exact" in told
    assert say("evaluate.changes_held", n=1) in told
    both = words(drawn(home, run="after", against="before", show="compare", case="more-00"))
    assert "Before: before" in both
    assert "After: after" in both
    assert "1 of 1 quotes" in both or "One of 1 quotes" in both


def test_plots_come_with_their_numbers(home: Path) -> None:
    told = drawn(home, run="after", show="plots")
    assert len(re.findall(r'<svg [^>]*role="img"', told)) == 2
    assert told.count("<table") == 3
    assert "up to 100 ms" in told
    assert "Cases" in columns([1], ["a"], label="", across="x", up="Cases")
    assert "Danger" in curves({}, label="", across="x", up="Danger")


@pytest.mark.parametrize("show", ["cases", "compare", "own", "form", "figures", "families"])
def test_hostile_words_stay_words(show: str, home: Path) -> None:
    OwnCases(home).save(made_case("own-666", question=HOSTILE, note=HOSTILE))
    for case in ("", "hostile", "own-666", HOSTILE):
        told = drawn(home, run="after", against="before", show=show, case=case, words=HOSTILE)
        assert "<script" not in told
        assert "<img" not in told


@pytest.mark.parametrize("name", ["../after", HOSTILE, "nothing", "after/../before"])
def test_a_run_that_is_not_there_is_told_in_a_sentence(name: str, home: Path) -> None:
    told = words(drawn(home, run=name))
    assert "no run" in told
    assert say("evaluate.back") in told


def test_an_address_is_read_with_care_and_written_as_it_was_read() -> None:
    query = Query.read({"run": "a", "page": "-1", "show": "evil", "verdict": "x", "held": "1"})
    assert query == Query(run="a", show="figures")
    assert query.address() == "/evaluate?run=a"
    cases = Query(run="a&b", show="cases", page=2, held=True)
    assert cases.address() == "/evaluate?show=cases&run=a%26b&page=2&held=yes"
    assert Query().address() == "/evaluate"
    assert len(Query.read({"words": "x" * 9999}).words) == 200


def test_a_run_that_was_not_scored_says_what_can_be_done(own_runs: Path) -> None:
    (own_runs / FOLDER / "after" / "summary.json").unlink()
    told = drawn(own_runs, run="after")
    assert re.findall(r'name="(score|resume)" value="(\w+)"', told) == [("score", "after")]


def test_a_run_that_can_go_on_is_offered_to(own_runs: Path) -> None:
    OwnCases(own_runs).save(made_case("own-001"))
    folder = own_runs / FOLDER / "after"
    config = json.loads((folder / CONFIG).read_text())
    config |= {"suite": "own", "count": 99}
    (folder / CONFIG).write_text(json.dumps(config))
    os.utime(folder / ANSWERS)
    assert "resume" not in drawn(own_runs, run="after")
    os.utime(folder / ANSWERS, (1, 1))
    told = drawn(own_runs, run="after")
    assert ("resume", "after") in re.findall(r'name="(score|resume)" value="(\w+)"', told)
    assert "34 of 99" in told
    config |= {"command": "other"}
    (folder / CONFIG).write_text(json.dumps(config))
    assert "resume" not in drawn(own_runs, run="after")


def test_progress_is_told_in_cases_rate_and_time_left() -> None:
    order = job.Order(name="a-run")
    told = job.Job(order=order, phase="asking", done=1200, total=3000, rate=7.25)
    assert counted(told) == "1,200 of 3,000 cases. 7.2 cases a second. About 5 minutes left."
    assert 'value="1200" max="3000"' in figures_as_html(told)
    assert counted(told.model_copy(update={"rate": 0.0})) == "1,200 of 3,000 cases."
    assert (time_left(3), time_left(59), time_left(61)) == (
        "About 10 seconds left.",
        "About 60 seconds left.",
        "About 2 minutes left.",
    )
    failed = told.model_copy(update={"phase": "failed", "sentence": "Why <b>."})
    assert "Why &lt;b&gt;." in figures_as_html(failed)


def test_a_run_is_started_watched_and_stopped_over_the_routes(
    served: httpx.Client, home: Path
) -> None:
    OwnCases(home).save(made_case("own-001"))
    OwnCases(home).save(made_case("own-002"))
    start = {"suite": "own", "split": "development", "name": "fresh"}
    assert sent(served, "/runs", **start)["go"] == "/evaluate"
    assert served.get("/progress").json()["going"] is True
    assert "data-poll" in served.get("/view").text
    again = sent(served, "/runs", **start | {"name": "other"})
    assert job.ONE_AT_A_TIME in words(again["html"])
    open_gate(home, 1)
    assert sent(served, "/stop")["said"] == say("evaluate.was_stopped")
    while served.get("/progress").json()["going"]:
        pass
    assert "was stopped" in served.get("/view").text
    assert sent(served, "/stop")["said"] == say("evaluate.nothing_to_stop")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"split": "test"}, "evaluate.not_sure"),
        ({"split": "calibration"}, "evaluate.not_sure"),
        ({"split": "evil"}, "evaluate.choose_split"),
        ({"limit": "0"}, "evaluate.bad_limit"),
        ({"limit": "many"}, "evaluate.bad_limit"),
    ],
)
def test_what_cannot_be_started_stays_in_the_form(
    fields: dict[str, str], sentence: str, served: httpx.Client
) -> None:
    typed = {"suite": "framework", "split": "development", "family": "facets", **fields}
    told = sent(served, "/runs", **typed)
    assert say(sentence) in told["html"]
    assert 'value="facets"' in told["html"]


def test_names_of_runs_are_held_against_what_is_there(served: httpx.Client) -> None:
    start = {"suite": "framework", "split": "development"}
    taken = say("evaluate.name_taken", run="after")
    assert taken in sent(served, "/runs", **start, name="after")["html"]
    assert "Name the run with" in sent(served, "/runs", **start, name="../evil")["html"]
    assert "no run" in sent(served, "/runs", resume="../after")["html"]
    assert "no run" in sent(served, "/runs", score=HOSTILE)["html"]


def test_a_case_is_written_as_a_file_that_the_suite_takes(served: httpx.Client, home: Path) -> None:
    more = {"turns": "Before?\nAnd then?", "status": ["answered", "partial"], "value": "Yes"}
    told = sent(served, "/cases", **FORM, **more, must_contain="one\n\ntwo", allowed="gsr:P3")
    assert "own-001 was saved" in told["html"]
    (case,) = load_cases(OwnCases(home).path)
    assert case.gold.partners == ("gsr:P3-W1",)
    assert case.gold.status == ("answered", "partial")
    assert (case.gold.value, case.gold.allowed) == ("yes", ("gsr:P3",))
    assert (case.turns, case.must_contain) == (("Before?", "And then?"), ("one", "two"))
    assert case.author == "evaluator"
    assert Chosen(suite="any", cases=OwnCases(home).path).read() == (case,)
    out = served.get("/own.jsonl")
    assert out.text == OwnCases(home).path.read_text()
    assert "attachment" in out.headers["content-disposition"]
    assert "own-002" in served.get("/view", params={"show": "form"}).text
    told = sent(served, "/cases", **FORM | {"do": "remove"})
    assert "removed" in told["said"]
    assert OwnCases(home).read() == ()


def test_a_shipped_case_becomes_an_own_one_and_keeps_what_the_form_does_not_show(
    served: httpx.Client, home: Path
) -> None:
    shipped = next(one for one in read_suite("answers", "development") if one.gold.resolved)
    form = served.get("/view", params={"show": "form", "case": shipped.id}).text
    assert say("evaluate.edit_shipped") in form
    told = sent(
        served, "/cases", **FORM | {"id": shipped.id, "edited": "shipped", "question": "Else?"}
    )
    assert "was saved" in told["html"]
    (case,) = OwnCases(home).read()
    assert (case.id, case.question) == (shipped.id, "Else?")
    assert (case.gold.resolved, case.tags) == (shipped.gold.resolved, shipped.tags)
    assert shipped in read_suite("answers", "development")


def test_a_held_out_case_cannot_be_opened_in_the_form(served: httpx.Client) -> None:
    ids = {one.id for one in read_suite("framework", "test")}
    told = served.get("/view", params={"show": "form", "case": min(ids)}).text
    assert "There is no case" in told
    found = served.get("/view", params={"show": "own", "words": min(ids)}).text
    assert min(ids) not in re.sub(r'value="[^"]*"', "", found)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"gold": "gsr:P9-O9"}, "gold", "gsr:P9-O9"),
        ({"id": "Not So"}, "id", "Use small letters"),
        ({"question": ""}, "question", "Type the question."),
        ({"family": ""}, "family", "Use small letters and hyphens"),
        ({"question": "I am Ana Petrova, ana@example.org."}, "question", "personal data"),
        ({"note": "Call me at +44 20 7946 0958."}, "note", "personal data"),
        ({"status": "everything"}, "gold.status", "."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    changes: dict[str, str], field: str, sentence: str, served: httpx.Client, home: Path
) -> None:
    told = sent(served, "/cases", **FORM | changes)
    assert sentence in words(told["html"])
    assert f'href="#sp-ev-{field.removeprefix("gold.")}"' in told["html"]
    assert OwnCases(home).read() == ()


@pytest.mark.parametrize("what", ["save", "try"])
@pytest.mark.parametrize("field", ["question", "turns", "note", "must_contain"])
def test_a_disclosure_meets_the_reviewed_text_and_nothing_of_it_stays(
    field: str, what: str, served: httpx.Client, home: Path
) -> None:
    told = sent(served, "/cases", **FORM | {field: "these are my own words", "do": what})
    assert "A reviewed text." in told["html"]
    assert "my own words" not in json.dumps(told)
    assert OwnCases(home).read() == ()
    kept = [
        path for path in home.rglob("*") if path.is_file() and b"my own words" in path.read_bytes()
    ]
    assert kept == []


def test_a_case_is_tried_without_being_kept(served: httpx.Client, home: Path) -> None:
    told = sent(served, "/cases", **FORM | {"do": "try"})
    assert say("evaluate.tried") in told["html"]
    assert told["said"] in (say("evaluate.right"), say("evaluate.not_right"))
    assert OwnCases(home).read() == ()


def test_passages_are_found_by_id_and_by_words(served: httpx.Client) -> None:
    found = served.post("/passages", json={"words": "GSR:P3-o4"}).text
    assert re.findall(r'data-take="([^"]+)"', found) == ["gsr:P3-O4"]
    assert "data-take" in served.post("/passages", json={"words": "identity of victims"}).text
    assert served.post("/passages", json={"words": " "}).status_code == 200
    reply = served.post("/passages", json={"words": "these are my own words"}).text
    assert "A reviewed text." in reply
    assert "my own words" not in reply


def test_nothing_is_written_while_the_service_is_read_only(
    served: httpx.Client, home: Path
) -> None:
    Switch(home).set(State.READ_ONLY)
    for path in ("/runs", "/cases"):
        refused = served.post(path, json={"fields": dict(FORM)})
        assert refused.status_code == 503
        assert "read-only" in refused.json()["error"]
    assert served.get("/view").status_code == 200
    assert served.post("/stop", json={"fields": {}}).status_code == 200
    assert OwnCases(home).read() == ()


def test_the_workspace_is_for_evaluators_and_administrators(home: Path) -> None:
    tokens = add_accounts(home)
    settings = Settings(home=home, access="accounts", rate=10_000)
    with serving(FakeAssistant(), settings) as address:
        for role, status in (("officer", 403), ("trainer", 403), ("evaluator", 200)):
            headers = {"authorization": f"Bearer {tokens[role]}"}
            got = httpx.get(f"{address}/api/evaluate/view", headers=headers)
            assert got.status_code == status
            tried = httpx.post(f"{address}/api/evaluate/stop", json={"fields": {}}, headers=headers)
            assert tried.status_code == status


def test_what_users_reported_begins_a_case(own_runs: Path) -> None:
    assert say("feedback.nothing") in words(drawn(own_runs, show="reports"))
    said = Feedback(
        id="",
        time="",
        user="",
        verdict="incomplete",
        comment=f"It lacks two. {HOSTILE}",
        question="and its partners?",
        resolved_question="Who are the partners of C12?",
        status="answered",
        passages=("gsr:P3-W1",),
        corpus="c" * 64,
    )
    kept = FeedbackLog(Settings(home=own_runs)).add(said, "somebody")
    told = drawn(own_runs, show="reports")
    assert "Incomplete" in told
    assert "It lacks two." in told
    assert "<script" not in told
    assert "somebody" not in told
    assert kept.user not in told
    form = drawn(own_runs, show="form", report=kept.id)
    assert said.resolved_question in form
    assert re.search(r"“Incomplete”", form)
    assert say("evaluate.no_report") in drawn(own_runs, show="form", report="nothing")


def test_made_cases_are_what_the_tests_take_them_for(home: Path) -> None:
    cases = load_cases(home / FOLDER / "after" / CASES)
    assert [one.id for one in cases if one.split == "test"] == ["unseen"]
    assert cases[0].gold == Gold(outcomes=("gsr:P3-O4",))
    assert "gsr:P3-O4" in Whole.read().corpus.by_id
