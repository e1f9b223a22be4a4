import json

import numpy as np
import pytest

from assistant.answering.answerability import Weighing
from assistant.errors import CorpusError, GapError
from assistant.gaps.analysis import Analyst
from assistant.gaps.evidence import Yardstick, judged_items
from assistant.gaps.findings import JUDGEMENTS, Ruling, read_rulings
from assistant.gaps.judge import Judge
from corpus.readers.documents import read_document
from corpus.readers.page import PLAN_FILE as FILE
from corpus.readers.page import read_plan_sentences, shipped_framework
from corpus.whole import Whole
from tests.fakes import hashing_embedder
from tests.harbour import HARBOUR

PLAN = """# Plan of the quay

## Walkways

Marked and lit paths lead from the gate to every berth, and the harbour office keeps safe walkways.
Terminal operators pay for the lamps.

## Ships

Mooring lines and bollards are looked at now and then.

## Canteen

Soup is served at noon. Tea is served at four. Bread comes from the baker.
"""

NEWER = (
    PLAN + "\n## Spills\n\nBooms and skimmers for spill response stand ready at each oil berth.\n"
)


class NoPairs:
    """Reads nothing together."""

    def read(self, pairs):
        return np.zeros((len(pairs), 2))


def judge_of_words():
    """Judges by shared words alone."""
    words = Weighing(weights={"words": (0.3, 0.1, 1.0)}, bias=0.0)
    most = Weighing(weights={"says_1": (0.0, 1.0, 1.0)}, bias=0.0)
    return Judge(
        committing=(0.0,) * 64,
        says=words,
        does=words,
        touched=most,
        addressed=most.model_copy(update={"bias": -2.0}),
        says_from=0.5,
        touched_from=0.3,
        addressed_from=0.5,
        made_from={},
    )


@pytest.fixture
def analyst():
    embedder = hashing_embedder()
    yardstick = Yardstick.of(HARBOUR.framework, (), embedder.embed_all)
    return Analyst(HARBOUR, yardstick, judge_of_words(), embedder, NoPairs())


def written(folder, text, name="plan.md"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def gaps_of(analyst, folder, text, earlier=""):
    before = read_document(written(folder, earlier, "old.md")) if earlier else None
    return analyst.analyse(read_document(written(folder, text)), before)


def test_each_item_is_judged_with_quotes_of_the_plan_and_partners_are_told(analyst, tmp_path):
    made = gaps_of(analyst, tmp_path, PLAN)
    judged = {one.item_id: one.judgement for one in made.findings}
    assert (judged["harbour:A1"], judged["harbour:A6"]) == ("addressed", "not_found")
    texts = {one.id: one.text for one in read_document(tmp_path / "plan.md").passages("plan")}
    for finding in made.findings:
        assert bool(finding.quotes) == (finding.judgement != "not_found")
        for quote in (*finding.quotes, *finding.nearest):
            assert texts[quote.passage_id][quote.start : quote.end] == quote.text
    assert made.findings[0].guides[0].title == "Walkways"
    assert sum(made.count(one) for one in JUDGEMENTS) == len(made.findings)
    named = {one.id: len(one.quotes) for one in made.partners}
    assert named["harbour-office"] == named["terminal-operators"] == 1
    assert named["pilot-service"] == 0
    assert any("Canteen" in one.where and one.sentences == 3 for one in made.unmatched)
    # An edition says what it gained.
    made = gaps_of(analyst, tmp_path, NEWER, PLAN)
    changes = {one.item_id: one.change for one in made.findings}
    assert (changes["harbour:A6"], changes["harbour:A1"]) == ("gained", "same")


def test_an_officers_judgement_counts_and_is_marked(analyst, tmp_path):
    ruling = Ruling(judgement="touched_on", reason="The lamps are not paid for.")
    made = gaps_of(analyst, tmp_path, PLAN).ruled_by({"harbour:A1": ruling, "other": ruling})
    first = made.findings[0]
    assert (first.judgement, first.final, made.ruled) == ("addressed", "touched_on", 1)
    record = json.loads(made.model_dump_json())
    path = written(tmp_path, json.dumps(record), "gaps.json")
    assert read_rulings(path) == {"harbour:A1": ruling}
    record["findings"][0]["officer"] = {"judgement": "fine", "reason": "x"}
    written(tmp_path, json.dumps(record), "gaps.json")
    with pytest.raises(GapError, match="harbour:A1"):
        read_rulings(path)
    with pytest.raises(GapError, match="no analysis"):
        read_rulings(written(tmp_path, "[]", "gaps.json"))


def test_items_stand_under_the_first_kind_and_labelled_sentences_are_of_them(tmp_path):
    found = [one.id for one in judged_items(HARBOUR.framework)]
    assert found == [f"harbour:A{number}" for number in range(1, 8)]
    framework = Whole.read().framework
    items = framework.item_by_id
    kinds = [one.kind for one in judged_items(framework)]
    assert {one: kinds.count(one) for one in kinds} == {"capability": 26, "outcome": 41}
    rows = read_plan_sentences(shipped_framework(), items)
    assert {one.item for one in rows} == {one.id for one in judged_items(framework)}
    assert read_plan_sentences(tmp_path, items) == ()
    row = '{"item": "C99", "judgement": "addressed", "text": "Something is done."}'
    written(tmp_path, row, FILE)
    with pytest.raises(CorpusError, match="line 1"):
        read_plan_sentences(tmp_path, items)
