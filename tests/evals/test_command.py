"""A command as what is evaluated: rows in, rows out, and what is wrong with them named."""

import shlex
import sys
from pathlib import Path

import pytest

from assistant.citing.verifier import Verifier
from assistant.errors import BatchError
from assistant.settings import Settings
from corpus.whole import Whole
from evals.folder import load_answers, load_config
from evals.metrics.score import score_run
from evals.running.command import by_command, whole_answer
from evals.running.run import Chosen, one_by_one, run_chosen, verdict_as_answer

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


def command_of(body: str, tmp_path: Path) -> str:
    script = tmp_path / "answers.py"
    script.write_text(f"{READS}QUOTE = {QUOTE!r}\n{body}", encoding="utf-8")
    return shlex.join([sys.executable, str(script)])


@pytest.fixture
def two(make_case, write_cases) -> Path:
    gold = {"outcomes": ["gsr:P3-O4"]}
    return write_cases(
        make_case("a", "First?", gold=gold),
        make_case("b", "Second?", gold=gold, turns=("Before?",)),
    )


def test_another_system_is_run_and_scored_like_signpost(two: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    chosen = Chosen(suite="own", cases=two, command=command_of(TELLS, tmp_path))
    done = run_chosen(chosen, out, Settings(home=tmp_path / "home"))
    assert (done.asked, load_config(out).command) == (2, chosen.command)
    (answer, _) = [row.answer for row in load_answers(out)]
    assert answer is not None
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
def test_a_command_that_cannot_be_started_is_refused(make_case, command: str) -> None:
    with pytest.raises(BatchError, match="cannot be started"):
        list(by_command(command, [make_case("a")], CORPUS))


def test_a_citation_of_a_passage_that_is_not_there_is_let_through_to_be_scored() -> None:
    stranger = {"passage_id": "gsr:C99", "start": 0, "end": 1, "quote": "x"}
    answer = whole_answer({"statements": [{"text": "x", "citations": [stranger]}]}, "Q?", CORPUS)
    assert answer.statements[0].citations[0].passage_id == "gsr:C99"
    assert (answer.status, answer.question, answer.resolved_question) == ("answered", "Q?", "")


CONTEXT = "The study of 2022 covered 13 countries. It counted no victims."


def test_a_claim_is_answered_by_the_checkers_verdict(make_case) -> None:
    checker = Verifier.open()
    for claim, verdict in (
        ("The study of 2022 covered 13 countries.", "supported"),
        ("The study of 2022 covered 25 countries.", "unsupported"),
    ):
        answer = verdict_as_answer(make_case("c", claim, context=CONTEXT), checker)
        (statement,) = answer.statements
        assert (statement.text, statement.verdict) == (claim, verdict)
        assert answer.status == "answered"


def test_what_answers_is_opened_once_and_before_the_first_question(
    make_case, make_answer, play, tmp_path
) -> None:
    opened = []

    def opening(settings: Settings) -> object:
        opened.append(settings)
        return play({"First?": make_answer("gsr:C12"), "Second?": make_answer("gsr:C11")})

    cases = [make_case("a", "First?"), make_case("b", "Second?"), make_case("c", "Third?")]
    rows = one_by_one(cases, Settings(home=tmp_path), opening)
    assert len(opened) == 1
    first, second, third = rows
    assert (first.id, second.id, len(opened)) == ("a", "b", 1)
    assert third.answer is None
    assert "empty" in third.error
