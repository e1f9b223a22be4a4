"""Adapters of peers: a fake peer answers in the place of one, and its rows are read and scored."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from assistant.errors import BatchError
from corpus.whole import Whole
from evals.folder import AnswerRow
from evals.metrics.score import score_case
from evals.peers.peer_answers import answer_of, main
from evals.peers.peer_corpus import PeerCorpus
from evals.peers.runners.peer_rows import Quote, Shown
from evals.running.command import whole_answer

WHOLE = Whole.read()
PEERS = {"cairn": "cairn", "groundrag": "groundrag", "dense": "llamaindex", "bm25": "llamaindex"}
OUTCOMES = ("gsr:P3-O1", "gsr:P3-O2", "gsr:P3-O3", "gsr:P3-O4", "gsr:P3-O5")
FAKE = """
import json, pathlib, sys
work, name = pathlib.Path(sys.argv[-3]), sys.argv[-2]
pages = [json.loads(line) for line in (work / "pages.jsonl").open(encoding="utf-8")]
(page,) = [one for one in pages if one["id"] == "gsr-P3"]
text = next(one["text"] for one in page["sections"] if one["id"] == "gsr-P3-outcomes")
quote = {"source": "gsr-P3", "text": "## Outcomes\\n" + text}
with (work / (name + ".jsonl")).open("w", encoding="utf-8") as file:
    for line in (work / "questions.jsonl").open(encoding="utf-8"):
        asked = json.loads(line)
        shown = {"text": "No.", "status": "not_covered", "found": [quote], "confidence": 0.25}
        if asked["turns"]:
            shown = {"text": text, "quotes": [quote], "found": [quote], "confidence": 0.75}
        print(json.dumps({"id": asked["id"], "shown": shown, "seconds": 0.5}), file=file)
(work / (name + ".json")).write_text('{"version": "1.0", "setup": "as a fake"}')
"""


@pytest.fixture(scope="module")
def laid_out() -> PeerCorpus:
    return PeerCorpus.of(WHOLE)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch):
    """Ask an adapter whose peer is a script, and return its exit code."""

    def ask(name: str, rows: str, script: str = FAKE) -> int:
        fake = tmp_path / "fake.py"
        fake.write_text(script, encoding="utf-8")
        python = tmp_path / "peers" / PEERS[name] / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec {sys.executable} {fake} "$@"\n', encoding="utf-8")
        python.chmod(0o755)
        monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path))
        monkeypatch.setattr(sys, "stdin", io.StringIO(rows))
        return main([name])

    return ask


@pytest.mark.parametrize("name", PEERS)
def test_what_a_peer_says_is_read_and_scored_as_an_answer(name, asked, make_case, capsys) -> None:
    questions = [
        {"id": "a", "question": "Its outcomes?", "turns": ["What is pillar 3?"]},
        {"id": "b", "question": "How deep is the sea?", "turns": []},
    ]
    assert asked(name, "".join(json.dumps(one) + "\n" for one in questions)) == 0
    told = capsys.readouterr()
    assert "1.0: as a fake." in told.err
    first, second = (json.loads(line) for line in told.out.splitlines())
    assert (first["id"], second["id"], first["seconds"]) == ("a", "b", 0.5)
    answer = whole_answer(first["answer"], "Its outcomes?", WHOLE.corpus)
    assert tuple(hit.passage_id for hit in answer.hits) == OUTCOMES
    case = make_case("a", gold={"outcomes": OUTCOMES})
    row = AnswerRow(id="a", answer=answer, seconds=first["seconds"])
    score = score_case(case, row, WHOLE.framework, WHOLE.corpus.by_id)
    assert (score.right, score.complete, score.citations) == (True, True, (5, 5))
    assert (score.ranking["recall@10"], score.confidence) == (1.0, 0.75)
    refused = whole_answer(second["answer"], "How deep is the sea?", WHOLE.corpus)
    assert (refused.status, refused.statements, refused.confidence) == ("not_covered", (), 0.25)


def test_what_is_wrong_is_one_sentence_and_no_row(asked, capsys) -> None:
    assert asked("cairn", '{"id": "a"}\n') == 1
    told = capsys.readouterr()
    assert (told.out, len(told.err.splitlines())) == ("", 1)
    assert "is no question" in told.err


def test_a_peer_that_is_not_installed_is_named_with_what_to_run(
    tmp_path: Path, monkeypatch, capsys
) -> None:
    monkeypatch.setenv("SIGNPOST_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"id": "a", "question": "Q?", "turns": []}\n'))
    assert main(["cairn"]) == 1
    assert "make bench-peers" in capsys.readouterr().err


def test_a_part_of_a_sentence_is_cited_at_its_place(laid_out: PeerCorpus) -> None:
    quote = Quote("gsr-P3", "anonymity of victims")
    answer = whole_answer(answer_of(Shown("", (quote,)), laid_out), "Q?", WHOLE.corpus)
    (cited,) = answer.statements[0].citations
    assert (cited.passage_id, cited.quote) == ("gsr:C12", "anonymity of victims")
    assert WHOLE.corpus.passage("gsr:C12").text[cited.start : cited.end] == cited.quote


def test_words_that_are_not_in_their_page_are_a_citation_that_is_not_exact(
    laid_out: PeerCorpus, make_case
) -> None:
    shown = Shown("", (Quote("gsr-P3", "Harbour masters report monthly."),))
    answer = whole_answer(answer_of(shown, laid_out), "Q?", WHOLE.corpus)
    row = AnswerRow(id="a", answer=answer, seconds=0.5)
    score = score_case(make_case("a"), row, WHOLE.framework, WHOLE.corpus.by_id)
    assert (score.citations, score.right) == ((0, 1), False)


def test_what_a_peer_does_not_tell_is_unscored(laid_out: PeerCorpus, make_case) -> None:
    told = answer_of(Shown("No.", status="not_covered"), laid_out)
    row = AnswerRow(id="a", answer=whole_answer(told, "Q?", WHOLE.corpus), seconds=0.5)
    case = make_case("a", gold={"outcomes": OUTCOMES})
    score = score_case(case, row, WHOLE.framework, WHOLE.corpus.by_id)
    assert (score.ranking, score.confidence, score.citations) == ({}, None, None)


def test_a_source_that_nobody_was_given_is_refused(laid_out: PeerCorpus) -> None:
    with pytest.raises(BatchError, match="no page"):
        answer_of(Shown("", (Quote("nowhere", "Words"),)), laid_out)
