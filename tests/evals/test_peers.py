import io
import json
import sys

import pytest

from assistant.errors import BatchError
from corpus.whole import Whole
from evals.folder import AnswerRow
from evals.peers import peers
from evals.peers.peer_score import PeerCorpus, found_ids, is_exact, judge
from evals.peers.runners.ask_peer import PeerRow, Quote, Shown
from tests.evaluated import made_case

WHOLE = Whole.read()
BM25 = peers.CONTESTANTS[-1]


@pytest.fixture
def cases():
    return [
        made_case("first", question="What are the outcomes of pillar 3?"),
        made_case("second", question="And its partners?", turns=["What is pillar 3?"]),
    ]


LAID_OUT, FRAMEWORK_ALONE = (PeerCorpus.of(WHOLE, framework_only=one) for one in (False, True))


def test_rows_of_other_cases_and_a_missing_environment_are_errors(tmp_path, cases):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "first", "shown": {"text": "a"}, "seconds": 1}\n', encoding="utf-8")
    with pytest.raises(BatchError, match="other cases"):
        peers.load_rows(path, cases)
    with pytest.raises(BatchError, match="make bench-peers"):
        peers.ask(BM25, tmp_path, tmp_path)


def test_bm25_answers_with_whole_sections_in_a_process_of_its_own_without_a_network(
    tmp_path, cases, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    told = tmp_path / "told"
    script = f'echo "$HF_HUB_OFFLINE [$PYTHONPATH]" > {told}; exec {sys.executable} "$@"'
    python = tmp_path / "peers" / "llamaindex" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    python.chmod(0o755)
    rules = {"framework_only": True, "never_refuse": True}
    table = peers.bench(cases, tmp_path / "work", tmp_path, ["bm25"], **rules)
    assert told.read_text(encoding="utf-8") == "1 []\n"
    rows = peers.load_rows(tmp_path / "work" / "bm25.jsonl", cases)
    assert all(len(row.shown.quotes) == 3 for row in rows)
    assert rows[0].shown.quotes[0].text == FRAMEWORK_ALONE.words[rows[0].shown.quotes[0].source]
    assert "LlamaIndex BM25" in table.splitlines()[0]
    assert "every quote verbatim" in table


OUTCOMES, PARTNERS = "gsr-P3-outcomes", "gsr-P3-partners"
ALL_FIVE = {"gold": {"outcomes": [f"gsr:P3-O{number}" for number in range(1, 6)]}}
W1 = {"gold": {"partners": ["gsr:P3-W1"], "allowed": ["gsr:P3"]}}
FACT = {"gold": {"facts": ["note:barnahus#1"]}, "must_contain": ["European counterpart"]}
FIVE = {"gold": {"value": "5"}, "type": "count"}
LACKING = {"answerable": False}
PREMISE = {"answerable": False, "family": "false-premise"}
REFUSED = Shown("No.", status="not_covered")
SAYS_SO = Shown("It is not on the page.", status="partial", reason="false_premise")


def judged(fields, shown):
    if isinstance(shown, list):
        quotes = [(name, LAID_OUT.words[name]) for name in shown]
        shown = told("\n\n".join(text for _, text in quotes), quotes)
    case = made_case("one", **{"gold": {}, **fields})
    row = AnswerRow(id="one", answer=answered(shown), seconds=0.5)
    return judge(case, row, LAID_OUT, WHOLE.framework)


def test_an_answer_is_judged_by_what_it_shows_and_whether_it_should():
    for fields, shown, expected in (
        (ALL_FIVE, [OUTCOMES], {"complete": True, "missed": False, "exact": True, "false": None}),
        (W1, [PARTNERS], {"complete": True}),
        (W1, [PARTNERS, OUTCOMES], {"complete": False}),
        (FACT, ["note-barnahus-1-words"], {"complete": True}),
        (FIVE, Shown("Many.\n\nThere are five."), {"complete": False}),
        (FIVE, Shown("Many.", openings=("It lists 5 outcomes.",)), {"complete": True}),
        (LACKING, REFUSED, {"turned_away": True, "false": False, "complete": None}),
        (LACKING, [OUTCOMES], {"turned_away": False, "false": True}),
        (LACKING, told("Which?", status="clarify"), {"turned_away": False, "false": False}),
        (PREMISE, SAYS_SO, {"corrected": True}),
    ):
        verdict = judged(fields, shown)
        assert {name: getattr(verdict, name) for name in expected} == expected


def test_a_quote_has_to_stand_in_its_source_and_an_aside_counts_for_the_gold_alone():
    whole = "- Expand victims’ voice\n  groups"
    assert is_exact([Quote("gsr-P3-outcomes", whole)], LAID_OUT)
    assert not is_exact([Quote("gsr-P3-outcomes", "Expand voice groups")], LAID_OUT)
    assert not is_exact([Quote("gsr-P4-outcomes", whole)], LAID_OUT)
    assert is_exact([], LAID_OUT) is None
    quotes = [Quote("gsr:P3", "Victim support", aside=True), Quote("gsr:C12", "Preserve")]
    assert found_ids(quotes, LAID_OUT, frozenset()) == ("gsr:C12",)
    assert found_ids(quotes, LAID_OUT, frozenset({"gsr:P3"})) == ("gsr:P3", "gsr:C12")
