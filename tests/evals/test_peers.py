import io
import json
import sys

import pytest

from assistant.errors import BatchError
from corpus.whole import Whole
from evals.folder import AnswerRow
from evals.metrics.score import cited_ids
from evals.peers import peers
from evals.peers.peers import PeerCorpus, Verdict, by_passages, is_exact, judge
from evals.peers.runners import ask_peer
from evals.peers.runners.ask_peer import told
from evals.running.run import whole_answer
from tests.evaluated import made_case

WHOLE = Whole.read()
BM25 = peers.CONTESTANTS[-1]


@pytest.fixture
def cases():
    return [
        made_case("first", question="What are the outcomes of pillar 3?"),
        made_case("second", question="And its partners?", turns=["What is pillar 3?"]),
    ]


LAID_OUT = PeerCorpus.of(WHOLE)


def test_answers_are_rows_in_the_order_of_the_cases(tmp_path, cases):
    peers.prepare(tmp_path, LAID_OUT)
    names = {path.stem for path in (tmp_path / ask_peer.PAGES).iterdir()}
    assert names == {page.id for page in LAID_OUT.pages}
    probes = json.loads((tmp_path / ask_peer.PROBES).read_text("utf-8"))
    rows = [json.dumps(case.model_dump(include={"id", "question", "turns"})) for case in cases]
    heard, shown, out = [], told("Words", [("gsr-P3", "Words")]), io.StringIO()

    def begin(turns):
        return lambda question: heard.append((*turns, question)) or shown

    ask_peer.answer_all(begin, probes, rows, out)
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(row["id"], row["answer"]) for row in rows] == [("first", shown), ("second", shown)]
    assert all(row["seconds"] >= 0 for row in rows)
    assert heard[-1] == ("What is pillar 3?", "And its partners?")
    assert len(heard) > len(cases), "some probes go first, to warm up"


def test_a_missing_environment_is_an_error(tmp_path, cases):
    one = peers.Contestant("echo", "echo", "echo")
    with pytest.raises(BatchError, match="make bench-peers"):
        peers.ask(one, cases, tmp_path, tmp_path, WHOLE.corpus)


def test_bm25_answers_with_whole_sections_in_a_process_of_its_own(tmp_path):
    asked = "capability 12 victim identity protection: preserve the anonymity of victims"
    cases = [made_case("first", question=asked), made_case("second", question="Who dredges?")]
    python = tmp_path / "peers/llamaindex/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    shown = peers.bench(cases, tmp_path / "work", tmp_path, ["bm25"])
    lines = (tmp_path / "work" / "bm25.jsonl").read_text("utf-8").splitlines()
    quotes = [AnswerRow.model_validate_json(one).answer.statements[0].citations for one in lines]
    assert quotes[0][0].quote == LAID_OUT.words[quotes[0][0].passage_id]
    assert quotes[1] == ()
    assert "LlamaIndex BM25" in shown.splitlines()[0]
    assert "the best 3 sections, threshold" in shown


def test_contestants_stand_side_by_side_with_n_and_intervals():
    def result(title, note, right, **fields):
        verdicts = [Verdict(seconds=n, complete=n in right, **fields) for n in (1, 2, 3)]
        return peers.Result(title=title, note=note, verdicts=tuple(verdicts))

    one = result("One", "1.0: as shipped", (1, 2, 3), exact=None)
    two = result("Two", "2.0: tuned", (1,), exact=True)
    shown = peers.table([one, two])
    rows = {line.split("  ")[0]: line for line in shown.splitlines()}
    assert "1.00 (0.44 to 1.00)" in rows["complete and on topic (n 3)"]
    assert "0.33 (0.06 to 0.79)" in rows["complete and on topic (n 3)"]
    assert rows["seconds, warm, median"].split()[-2:] == ["2.0000", "2.0000"]
    assert rows["every quote verbatim"].endswith("1.00 (0.44 to 1.00) n 3")
    assert rows["false answers (n 0)"].split()[-2:] == ["-", "-"]
    assert shown.endswith("One 1.0: as shipped.\nTwo 2.0: tuned.")


def test_every_passage_is_on_a_page_word_for_word_and_a_list_is_one_section():
    where = {one: page.id for page in LAID_OUT.pages for one in LAID_OUT.held[page.id]}
    for passage in WHOLE.corpus.passages:
        page = LAID_OUT.words[where[passage.id]]
        for sentence in passage.sentences:
            assert sentence.of(passage.text) in page, passage.id
    page = next(one for one in LAID_OUT.pages if one.id == "gsr-P3")
    assert page.title == "Pillar 3: Victim support services and empowerment"
    by_heading = {section.heading: section for section in page.sections}
    assert by_heading["Outcomes"].text.count("\n- ") == 4
    found = by_heading["Capability 12: Victim identity protection"].text
    assert found == "Preserve the anonymity of victims"
    assert LAID_OUT.held["gsr-C12"] == ("gsr:C12",)
    assert "gsr:P3-O5" in LAID_OUT.held["gsr-P3-outcomes"]


OUTCOMES, PARTNERS = "gsr-P3-outcomes", "gsr-P3-partners"
ALL_FIVE = {"gold": {"outcomes": [f"gsr:P3-O{number}" for number in range(1, 6)]}}
C12 = {"gold": {"capabilities": ["gsr:C12"]}}
W1 = {"gold": {"partners": ["gsr:P3-W1"], "allowed": ["gsr:P3"]}}
FACT = {"gold": {"facts": ["note:barnahus#1"]}, "must_contain": ["European counterpart"]}
FIVE = {"gold": {"value": "5"}, "type": "count"}
LACKING = {"answerable": False}
PREMISE = {"answerable": False, "family": "false-premise"}
WORDED = {**PREMISE, "must_contain": ["six pillars"]}
REFUSED = told("No.", status="not_covered")
SAYS_SO = told("It is not on the page.", status="partial") | {"reason": "false_premise"}
NOTE = {"text": "It lists 5 outcomes.", "kind": "note"}
NOTHING = dict.fromkeys(["turned_away", "false", "corrected"])


def quoting(text):
    return told(text, [("gsr-P3", text)])


def answered(shown):
    return whole_answer(shown, "Who?", WHOLE.corpus)


def judged(fields, shown):
    if isinstance(shown, list):
        quotes = [(name, LAID_OUT.words[name]) for name in shown]
        shown = told("\n\n".join(text for _, text in quotes), quotes)
    case = made_case("one", **{"gold": {}, **fields})
    row = AnswerRow(id="one", answer=answered(shown), seconds=0.5)
    return judge(case, row, LAID_OUT)


def test_an_answer_is_judged_by_what_it_shows_and_whether_it_should():
    for fields, shown, expected in (
        (ALL_FIVE, [OUTCOMES], {"complete": True, "missed": False, "exact": True, **NOTHING}),
        (C12, quoting("Preserve the anonymity of victims"), {"complete": True}),
        (W1, [PARTNERS], {"complete": True}),
        (W1, [PARTNERS, OUTCOMES], {"complete": False}),
        (FACT, ["note-barnahus-1-words"], {"complete": True}),
        (FACT, ["note-barnahus-2-words"], {"complete": False}),
        (FIVE, told("There are five.\n\nMore."), {"complete": True}),
        (FIVE, told("Many.\n\nThere are five."), {"complete": False}),
        (FIVE, {"statements": [NOTE, {"text": "Many.", "section": "All"}]}, {"complete": True}),
        (LACKING, REFUSED, {"turned_away": True, "false": False, "complete": None}),
        (LACKING, [OUTCOMES], {"turned_away": False, "false": True}),
        (LACKING, told("Which?", status="clarify"), {"turned_away": False, "false": False}),
        (PREMISE, SAYS_SO, {"corrected": True}),
        (PREMISE, REFUSED, {"corrected": False}),
        (WORDED, SAYS_SO, {"corrected": False}),
        (WORDED, told("There are six pillars."), {"corrected": True}),
    ):
        verdict = judged(fields, shown)
        assert {name: getattr(verdict, name) for name in expected} == expected


def test_a_note_fits_whole_and_others_are_off_topic():
    case = made_case("one", gold={"outcomes": ["gsr:P3-O1"], "facts": ["note:barnahus#1"]})
    found = ["gsr:P3-O1", "note:barnahus#2", "note:lantern#1", "note:lantern#2"]
    assert peers.on_topic(found, case, WHOLE.framework) == pytest.approx(2 / 3)


def test_a_quote_has_to_stand_in_its_source_and_an_aside_counts_for_the_gold_alone():
    whole = "- Expand victims’ voice\n  groups"
    for source, words, exact in (
        ("gsr-P3-outcomes", whole, True),
        ("gsr-P3-outcomes", "Expand voice groups", False),
        ("gsr-P4-outcomes", whole, False),
    ):
        assert is_exact(answered(told("", [(source, words)])), LAID_OUT) is exact
    assert is_exact(answered(told("None.")), LAID_OUT) is None
    aside, said = (
        told("", [pair])["statements"][0]
        for pair in (("gsr:P3", "Victim support"), ("gsr:C12", "Preserve"))
    )
    answer = answered({"statements": [aside | {"kind": "note"}, said]})
    answer = by_passages(answer, LAID_OUT)
    assert cited_ids(answer) == ("gsr:C12",)
    assert cited_ids(answer, {"gsr:P3"}) == ("gsr:P3", "gsr:C12")
