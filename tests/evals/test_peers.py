import sys
from pathlib import Path

import pytest

from assistant.errors import BatchError
from corpus.whole import Whole
from evals.cases.case import load_split
from evals.peers import peers
from evals.peers.peer_corpus import PeerCorpus
from evals.peers.peer_score import Verdict
from evals.peers.peers import (
    CONTESTANTS,
    Contestant,
    Result,
    Rules,
    ask,
    load_note,
    load_rows,
    prepare,
    table,
)
from evals.peers.runners.peer_rows import (
    Asked,
    Job,
    Page,
    PeerNote,
    Quote,
    Section,
    Shown,
    answer_all,
    read_pages,
    read_probes,
    read_questions,
    write_markdown,
)

BM25 = CONTESTANTS[-1]


@pytest.fixture
def cases(make_case):
    return [
        make_case("first", "What are the outcomes of pillar 3?"),
        make_case("second", "And its partners?", turns=["What is pillar 3?"]),
    ]


@pytest.fixture(scope="module")
def laid_out() -> PeerCorpus:
    return PeerCorpus.of(Whole.read(), framework_only=True)


def environment(home: Path, name: str, script: str) -> None:
    """Put a Python that is a shell script where the environment of a peer would be."""
    python = home / "peers" / name / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    python.chmod(0o755)


def test_a_work_folder_reads_back_as_it_was_prepared(tmp_path, cases, laid_out):
    prepare(tmp_path / "work", cases, laid_out)
    assert read_pages(tmp_path / "work") == laid_out.pages
    assert read_questions(tmp_path / "work") == (
        Asked("first", "What are the outcomes of pillar 3?"),
        Asked("second", "And its partners?", ("What is pillar 3?",)),
    )


def test_peers_are_tuned_on_development_cases_only(tmp_path, cases, laid_out):
    prepare(tmp_path, cases, laid_out)
    development = {case.question for case in load_split("development")}
    asked = {probe.question for probe in read_probes(tmp_path)}
    assert asked <= development
    assert {probe.answerable for probe in read_probes(tmp_path)} == {True, False}


def test_the_framework_alone_is_tuned_without_what_guidance_answers(tmp_path, cases, laid_out):
    prepare(tmp_path, cases, laid_out, framework_only=True)
    guided = {case.question for case in load_split("development") if case.gold.facts}
    others = {case.question for case in load_split("development") if not case.gold.facts}
    assert not (guided - others) & {probe.question for probe in read_probes(tmp_path)}


def test_answers_are_rows_in_the_order_of_the_cases(tmp_path, cases, laid_out):
    prepare(tmp_path, cases, laid_out)
    heard: list[tuple[str, ...]] = []

    def begin(turns):
        return lambda question: (
            heard.append((*turns, question)) or Shown("Words", (Quote("gsr-P3", "Words"),))
        )

    answer_all(Job(tmp_path, "echo"), begin, PeerNote("1.0", "as is"))
    rows = load_rows(tmp_path / "echo.jsonl", cases)
    assert [row.id for row in rows] == ["first", "second"]
    assert rows[0].shown == Shown("Words", (Quote("gsr-P3", "Words"),))
    assert all(row.seconds >= 0 for row in rows)
    assert heard[-1] == ("What is pillar 3?", "And its partners?")
    assert len(heard) > len(cases), "some probes go first, to warm up"
    assert load_note(tmp_path / "echo.json") == PeerNote("1.0", "as is")


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        '{"id": "first"}',
        '{"id": "first", "shown": {"text": "a"}, "seconds": 1, "more": 2}',
        '{"id": "first", "shown": {"text": "a", "quotes": [{"text": "b"}]}, "seconds": 1}',
    ],
)
def test_a_line_that_is_no_row_is_refused(line, tmp_path, cases):
    (tmp_path / "rows.jsonl").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(BatchError, match="does not hold rows"):
        load_rows(tmp_path / "rows.jsonl", cases)


def test_rows_of_other_cases_are_refused(tmp_path, cases):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "first", "shown": {"text": "a"}, "seconds": 1}\n', encoding="utf-8")
    with pytest.raises(BatchError, match="other cases"):
        load_rows(path, cases)
    with pytest.raises(BatchError, match="does not say"):
        load_note(path)


def test_a_missing_environment_says_what_to_run(tmp_path):
    with pytest.raises(BatchError, match="make bench-peers"):
        ask(BM25, tmp_path, tmp_path)


def test_a_peer_that_fails_is_one_error_with_its_last_line(tmp_path):
    environment(tmp_path, "echo", "echo first >&2; echo no such thing >&2; exit 3")
    failing = Contestant("echo", "Echo", "ask_echo", "echo")
    with pytest.raises(BatchError, match="Echo ended with 3: no such thing"):
        ask(failing, tmp_path, tmp_path)


def test_a_peer_sees_neither_the_network_nor_modules_of_this_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    environment(tmp_path, "echo", 'echo "$HF_HUB_OFFLINE [$PYTHONPATH] $6 $7" > told')
    ask(Contestant("echo", "Echo", "ask_echo", "echo"), tmp_path, tmp_path, refuses=False)
    assert (tmp_path / "told").read_text(encoding="utf-8") == "1 [] echo open\n"


def test_bm25_answers_with_whole_sections_in_a_process_of_its_own(tmp_path, cases, laid_out):
    environment(tmp_path, "llamaindex", f'exec {sys.executable} "$@"')
    rules = Rules(framework_only=True, never_refuse=True)
    told = peers.bench(cases, tmp_path / "work", tmp_path, ["bm25"], rules)
    rows = load_rows(tmp_path / "work" / "bm25.jsonl", cases)
    assert all(len(row.shown.quotes) == 3 for row in rows)
    assert rows[0].shown.quotes[0].text == laid_out.words[rows[0].shown.quotes[0].source]
    assert "LlamaIndex BM25" in told.splitlines()[0]
    assert "the best 3 sections, no threshold" in told


def test_no_case_and_an_unknown_suite_are_one_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path))
    assert peers.main(["--limit", "0"]) == 1
    assert peers.main(["--suite", "nowhere"]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert "no case to ask" in told[0]


def test_markdown_files_replace_those_of_an_earlier_run(tmp_path):
    page = Page("pier", "The pier", (Section("pier-1", "", "It is long."),))
    (tmp_path / "old.md").write_text("Old", encoding="utf-8")
    write_markdown([page], tmp_path, front_matter=True)
    assert [path.name for path in tmp_path.iterdir()] == ["pier.md"]
    text = (tmp_path / "pier.md").read_text(encoding="utf-8")
    assert text == "---\nid: pier\ntitle: The pier\nlang: en\n---\n\nIt is long.\n"


def verdict(number: int, **fields: object) -> Verdict:
    names = ("complete", "missed", "turned_away", "false", "corrected", "exact")
    plain = {"id": str(number), "groups": (), "seconds": float(number)} | dict.fromkeys(names)
    return Verdict.model_validate(plain | fields)


def test_contestants_stand_side_by_side_with_n_and_intervals():
    right = [verdict(n, complete=True, missed=False, groups=("counts",)) for n in (1, 2, 3)]
    wrong = [verdict(n, complete=n == 1, missed=n == 3, exact=True) for n in (1, 2, 3)]
    told = table(
        [
            Result(title="One", note=PeerNote("1.0", "as shipped"), verdicts=tuple(right)),
            Result(title="Two", note=PeerNote("2.0", "tuned"), verdicts=tuple(wrong)),
        ]
    )
    rows = {line.split("  ")[0]: line for line in told.splitlines()}
    assert "1.00 (0.44 to 1.00)" in rows["complete and on topic (n 3)"]
    assert "0.33 (0.06 to 0.79)" in rows["complete and on topic (n 3)"]
    assert rows["seconds, warm, median"].split()[-2:] == ["2.0000", "2.0000"]
    assert rows["every quote verbatim"].endswith("1.00 (0.44 to 1.00) n 3")
    assert rows["false answers (n 0)"].split()[-2:] == ["-", "-"]
    assert rows["complete: counts (n 3)"].split("  ")[-1] == "-"
    assert told.endswith("One 1.0: as shipped.\nTwo 2.0: tuned.")
