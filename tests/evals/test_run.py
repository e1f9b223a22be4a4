import shlex
import sys

import pytest

from assistant.citing.verifier import Verifier
from assistant.errors import BatchError, QuestionError
from assistant.settings import Settings
from corpus.whole import Whole
from evals.folder import lines_of, load_answers, load_config, write_file
from evals.metrics.score import score_run
from evals.running import run as running
from evals.running.run import Chosen, run_chosen
from tests.evaluated import Player, made_case


@pytest.fixture
def own(tmp_path):
    return Settings(home=tmp_path / "home")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "run"


@pytest.fixture
def choose(tmp_path):
    def chosen(*cases, **more):
        write_file(tmp_path / "own.jsonl", lines_of(cases))
        return Chosen(suite="framework", cases=tmp_path / "own.jsonl", **more)

    return chosen


@pytest.fixture
def three(choose):
    second = made_case("b", turns=("Before?",), split="test")
    return choose(made_case("a"), second, made_case("c", family="topic"))


@pytest.fixture
def run(own, out):
    """Run cases; return the summary and the ids of what was asked."""

    def ran(chosen, asker=None, settings=own, folder=out, **more):
        asker = asker or Player()
        done = run_chosen(chosen, folder, settings, open_asker=lambda _: asker, **more)
        return done, [text[len("Question ") : -1] for text in asker.heard]

    return ran


def test_a_run_folder_holds_config_cases_and_answers_and_what_was_refused(three, run, own, out):
    told, refusing = [], Player(2, QuestionError("The question is empty."))
    run(three, refusing, progress=lambda *one: told.append(one))
    assert told == [(1, 3), (2, 3), (3, 3)]
    config = load_config(out)
    assert (config.suite, config.count, config.settings_digest) == ("own", 3, own.digest())
    rows = {row.id: row.error for row in load_answers(out)}
    assert rows == {"a": "", "b": "The question is empty.", "c": ""}
    (out / "plain").touch()  # Whoever may read any other file may read these.
    assert len({path.stat().st_mode for path in out.iterdir()}) == 1


def test_an_interrupted_run_goes_on_where_it_stopped_and_a_whole_one_stays(three, run, out):
    with pytest.raises(KeyboardInterrupt):
        run(three, Player(2, KeyboardInterrupt()))
    assert load_config(out).finished == ""
    with (out / "answers.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "b", "answer": {"ques')  # what a kill in the middle of a write leaves
    summary, heard = run(three)
    assert (summary.kept, summary.asked, heard) == (1, 2, ["b", "c"])
    assert [row.id for row in load_answers(out)] == ["a", "b", "c"]
    assert load_config(out).finished
    before = [(out / name).read_bytes() for name in ("run.json", "answers.jsonl")]
    assert run(three)[1] == []
    assert [(out / name).read_bytes() for name in ("run.json", "answers.jsonl")] == before


def test_a_folder_with_something_else_in_it_is_refused(three, run, own, tmp_path):
    run(three)
    with pytest.raises(BatchError, match="another run"):
        run(three, settings=Settings(home=own.home, k=own.k + 1))
    with pytest.raises(BatchError, match="another run"):
        run(three.model_copy(update={"limit": 2}))
    with pytest.raises(BatchError, match="give a new folder"):
        run(three, folder=tmp_path)


def test_limit_family_and_split_choose_cases(three, tmp_path):
    chosen = [
        [one.id for one in three.model_copy(update=changed).read(tmp_path)]
        for changed in ({"limit": 2}, {"family": "topic"}, {"split": "test"})
    ]
    assert chosen == [["a", "b"], ["c"], ["b"]]
    with pytest.raises(BatchError, match="that split are facets, topic"):
        three.model_copy(update={"family": "recipes"}).read(tmp_path)


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


def test_another_system_is_run_and_scored_like_signpost(choose, run, out, tmp_path):
    chosen = choose(made_case("a"), made_case("b"), command=command_of(TELLS, tmp_path))
    assert (run(chosen)[0].asked, load_config(out).command) == (2, chosen.command)
    first = score_run(out).cases[0]
    assert (first.right, first.citations, first.cited_recall) == (True, (1, 1), (1, 1))
    assert (first.ranking["MRR"], first.confidence, first.seconds) == (0.5, 0.75, 0.25)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("print('no row')", "no row"),
        ("print(json.dumps({'id': 'z', 'answer': {}, 'seconds': 1}))", "not yet answered"),
        (TELLS.replace('"seconds": 0.25', '"second": 0.25'), "seconds"),
        (TELLS.replace("rows:", "rows[1:]:"), "left out 1"),
        ("sys.exit(3)", "ended with 3"),
    ],
)
def test_what_is_wrong_with_a_command_is_one_sentence(choose, run, tmp_path, body, said):
    chosen = choose(made_case("a"), made_case("b"), command=command_of(body, tmp_path))
    with pytest.raises(BatchError, match=said):
        run(chosen)


def test_a_command_has_to_start_and_may_cite_a_passage_that_is_not_there_to_be_scored():
    for command in ("no-such-command-anywhere", "'unbalanced"):
        with pytest.raises(BatchError, match="cannot be started"):
            list(running.by_command(command, [made_case("a")], CORPUS))
    stranger = {"passage_id": "gsr:C99", "start": 0, "end": 1, "quote": "x"}
    told = {"statements": [{"text": "x", "citations": [stranger]}]}
    answer = running.whole_answer(told, "Q?", CORPUS)
    assert answer.statements[0].citations[0].passage_id == "gsr:C99"


def test_a_claim_is_answered_by_the_checkers_verdict():
    for number, verdict in ((13, "supported"), (25, "unsupported")):
        claim = f"The study of 2022 covered {number} countries."
        case = made_case("c", question=claim, context="The study of 2022 covered 13 countries.")
        answer = running.verdict_as_answer(case, Verifier())
        (said,) = answer.statements
        assert (said.text, said.verdict, answer.status) == (claim, verdict, "answered")
