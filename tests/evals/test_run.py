import shlex
import sys

import pytest

from assistant.citing.verifier import Verifier
from assistant.errors import BatchError
from assistant.settings import Settings
from corpus.whole import Whole
from evals.folder import load_answers, load_config
from evals.metrics.score import score_run
from evals.running.run import (
    Chosen,
    by_command,
    one_by_one,
    run_chosen,
    verdict_as_answer,
    whole_answer,
)


@pytest.fixture
def own(tmp_path):
    return Settings(home=tmp_path / "home")


@pytest.fixture
def three(make_case, write_cases):
    path = write_cases(
        make_case("a", "First?"),
        make_case("b", "Second?", turns=("Before?",), split="test"),
        make_case("c", "Third?", family="topic"),
    )
    return Chosen(suite="framework", cases=path)


@pytest.fixture
def run(own, play, make_answer):
    """Run cases into a folder; return the summary and what was asked."""

    def ran(chosen, out, settings=own, answers=("First?", "Second?", "Third?"), stop=None, **more):
        asker = play({text: make_answer("gsr:C12") for text in answers}, stop_after=stop)
        summary = run_chosen(chosen, out, settings, open_asker=lambda _: asker, **more)
        return summary, [question.text for question in asker.heard]

    return ran


def test_a_run_folder_holds_config_cases_and_answers(three, run, own, tmp_path):
    told = []
    summary, _ = run(three, tmp_path / "run", progress=lambda *one: told.append(one))
    assert (summary.cases, summary.kept, summary.asked) == (3, 0, 3)
    assert told == [(1, 3), (2, 3), (3, 3)]
    names = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert names == ["answers.jsonl", "cases.jsonl", "run.json"]
    config = load_config(tmp_path / "run")
    assert (config.suite, config.count, config.settings_digest) == ("own", 3, own.digest())
    assert config.settings["k"] == own.k
    assert config.finished >= config.started
    assert [row.id for row in load_answers(tmp_path / "run")] == ["a", "b", "c"]


def test_an_interrupted_run_goes_on_where_it_stopped_and_a_whole_one_stays(three, run, tmp_path):
    out = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        run(three, out, stop=1)
    assert load_config(out).finished == ""
    with (out / "answers.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "b", "answer": {"ques')  # what a kill in the middle of a write leaves
    summary, heard = run(three, out)
    assert (summary.kept, summary.asked, heard) == (1, 2, ["Second?", "Third?"])
    assert [row.id for row in load_answers(out)] == ["a", "b", "c"]
    config = load_config(out)
    assert config.finished
    assert config.seconds > 0
    before = (out / "run.json").read_bytes(), (out / "answers.jsonl").read_bytes()
    again, _ = run(three, out, stop=0)  # nothing is asked
    assert ((out / "run.json").read_bytes(), (out / "answers.jsonl").read_bytes()) == before
    assert (again.kept, again.asked) == (3, 0)


def test_a_folder_with_something_else_in_it_is_refused(three, run, own, tmp_path):
    def refused(said, *given):
        with pytest.raises(BatchError, match=said):
            run(*given)

    out, mine = tmp_path / "run", tmp_path / "mine"
    run(three, out)
    refused("another run", three, out, Settings(home=own.home, k=own.k + 1))
    refused("another run", three.model_copy(update={"limit": 2}), out)
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work", encoding="utf-8")
    refused("give a new folder", three, mine)
    refused("give a new folder", three, three.cases)


@pytest.mark.parametrize(
    ("changed", "heard"),
    [
        ({"limit": 2}, ["First?", "Second?"]),
        ({"family": "topic"}, ["Third?"]),
        ({"split": "test"}, ["Second?"]),
    ],
)
def test_limit_family_and_split_choose_cases(changed, heard, three, run, tmp_path):
    assert run(three.model_copy(update=changed), tmp_path / "run")[1] == heard
    assert load_config(tmp_path / "run").count == len(heard)
    for left, named in ({"family": "recipes"}, "facets, topic"), ({"split": "calibration"}, "none"):
        with pytest.raises(BatchError, match=f"that split are {named}"):
            three.model_copy(update=left).read()


def test_a_refused_question_is_recorded_and_the_run_goes_on(three, run, tmp_path):
    run(three, tmp_path / "run", answers=("First?", "Third?"))
    rows = load_answers(tmp_path / "run")
    assert [row.answer is None for row in rows] == [False, True, False]
    assert "empty" in rows[1].error


CORPUS = Whole.read().corpus
QUOTE = CORPUS.passage("gsr:P3-O4").text

READS = "import sys, json\nrows = [json.loads(line) for line in sys.stdin]\n"
TELLS = """
for row in rows:
    cited = {"passage_id": "gsr:P3-O4", "start": 0, "end": len(QUOTE), "quote": QUOTE}
    said = {"text": QUOTE, "citations": [cited]}
    answer = {"statements": [said], "hits": ["gsr:P3-O1", "gsr:P3-O4"], "confidence": 0.75}
    print(json.dumps({"id": row["id"], "answer": answer, "seconds": 0.25}))
"""


def command_of(body, tmp_path):
    script = tmp_path / "answers.py"
    script.write_text(f"{READS}QUOTE = {QUOTE!r}\n{body}", encoding="utf-8")
    return shlex.join([sys.executable, str(script)])


@pytest.fixture
def two(make_case, write_cases):
    gold = {"outcomes": ["gsr:P3-O4"]}
    return write_cases(*(make_case(name, f"{name}?", gold=gold) for name in "ab"))


def test_another_system_is_run_and_scored_like_signpost(two, tmp_path):
    out = tmp_path / "run"
    chosen = Chosen(suite="own", cases=two, command=command_of(TELLS, tmp_path))
    done = run_chosen(chosen, out, Settings(home=tmp_path / "home"))
    assert (done.asked, load_config(out).command) == (2, chosen.command)
    (answer, _) = [row.answer for row in load_answers(out)]
    citation = answer.statements[0].citations[0]
    assert (citation.tier, citation.locator) == ("framework", "lines 160-161")
    scores = score_run(out)
    first = scores.cases[0]
    assert (first.right, first.citations, first.cited_recall) == (True, (1, 1), (1, 1))
    assert (first.ranking["MRR"], first.confidence, first.seconds) == (0.5, 0.75, 0.25)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("print('no row')", "no row"),
        ("print(json.dumps({'id': 'z', 'answer': {}, 'seconds': 1}))", "not yet answered"),
        (TELLS.replace("rows:", "rows * 2:"), "not yet answered"),
        (TELLS.replace('"seconds": 0.25', '"second": 0.25'), "seconds"),
        ("print(json.dumps({'id': 'a', 'answer': {'status': 'fine'}, 'seconds': 1}))", "no row"),
        (TELLS.replace("rows:", "rows[1:]:"), "left out 1"),
        ("sys.exit(3)", "ended with 3"),
    ],
)
def test_what_is_wrong_with_a_command_is_one_sentence(two, tmp_path, body, said):
    chosen = Chosen(suite="own", cases=two, command=command_of(body, tmp_path))
    with pytest.raises(BatchError, match=said):
        run_chosen(chosen, tmp_path / "run", Settings(home=tmp_path / "home"))


@pytest.mark.parametrize("command", ["", "no-such-command-anywhere", "'unbalanced"])
def test_a_command_that_cannot_be_started_is_refused(make_case, command):
    with pytest.raises(BatchError, match="cannot be started"):
        list(by_command(command, [make_case("a")], CORPUS))


def test_a_citation_of_a_passage_that_is_not_there_is_let_through_to_be_scored():
    stranger = {"passage_id": "gsr:C99", "start": 0, "end": 1, "quote": "x"}
    answer = whole_answer({"statements": [{"text": "x", "citations": [stranger]}]}, "Q?", CORPUS)
    assert answer.statements[0].citations[0].passage_id == "gsr:C99"
    assert (answer.status, answer.question, answer.resolved_question) == ("answered", "Q?", "")


CONTEXT = "The study of 2022 covered 13 countries. It counted no victims."


@pytest.mark.parametrize(("number", "verdict"), [(13, "supported"), (25, "unsupported")])
def test_a_claim_is_answered_by_the_checkers_verdict(make_case, number, verdict):
    claim = f"The study of 2022 covered {number} countries."
    answer = verdict_as_answer(make_case("c", claim, context=CONTEXT), Verifier.open())
    (statement,) = answer.statements
    assert (statement.text, statement.verdict, answer.status) == (claim, verdict, "answered")


def test_what_answers_is_opened_once_before_any_question(three, make_answer, play, tmp_path):
    opened = []

    def opening(settings):
        opened.append(settings)
        return play({"First?": make_answer("gsr:C12"), "Second?": make_answer("gsr:C11")})

    rows = one_by_one(three.read(), Settings(home=tmp_path), opening)
    assert len(opened) == 1
    assert [(row.id, row.answer is None) for row in rows] == [
        ("a", False),
        ("b", False),
        ("c", True),
    ]
    assert len(opened) == 1
