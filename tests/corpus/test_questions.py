import re

import pytest

from corpus.errors import CorpusError
from corpus.readers import questions

ROW = {
    "id": "a-0001q",
    "question": "when did the barnahus standards come out",
    "asked": {"operation": "describe", "value": "date"},
    "answers": ["gsr:C12"],
    "answerable": True,
    "pair": "a-0001n",
    "voice": "terse",
    "author": "a",
    "split": "train",
}
MISS = ROW | {
    "id": "a-0001n",
    "question": "when were the barnahus standards withdrawn",
    "answers": [],
    "answerable": False,
    "pair": "a-0001q",
    "about": "gsr:C12",
    "absent": ["withdrawn lighthouse"],
}


def said(whole, *rows):
    read = [questions.LabelledQuestion.model_validate(row) for row in rows]
    return [one.message for one in questions.question_faults(read, whole.corpus)]


def test_a_pair_that_holds_has_no_fault_and_a_row_out_of_form_is_named_by_line(whole, tmp_path):
    assert said(whole, ROW, MISS) == []
    (tmp_path / "rows.jsonl").write_text('{"id": "a-0001q"}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"rows\.jsonl, line 1: author"):
        questions.LabelledQuestion.read(tmp_path)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"id": "a-0001n", "pair": "a-0001n"}, "2 questions have the id"),
        ({"answers": ["gsr:C99"]}, "gsr:C99"),
        ({"facts": ["no such words"]}, "no such words"),
        ({"grades": {"gsr:C12": "3-1-"}}, "has grades for gsr:C12"),
        ({"split": "development"}, "keep one split"),
        ({"question": "When were the Barnahus  standards withdrawn"}, "has the words of"),
        ({"answers": [], "answerable": False, "about": "gsr:C12"}, "has the answer of its pair"),
    ],
)
def test_a_planted_fault_is_named(whole, changed, named):
    assert any(named in one for one in said(whole, ROW | changed, MISS))


def test_a_topic_names_items_that_there_are(whole):
    told = {"id": "a-0001", "author": "a", "split": "train", "question": "money"}
    named = {"deals": ["gsr:C99", "gsr:C1"], "touches": ["gsr:C1"]}
    row = questions.LabelledTopic.model_validate(told | named)
    faults = [one.message for one in questions.other_faults([], [], [], [row], whole.corpus)]
    assert "gsr:C99, which is no item" in faults[0]
    assert "gsr:C1 twice" in faults[1]


def test_a_pair_of_sentences_stands_where_it_says(whole):
    (row, *_) = questions.LabelledRepeat.read()
    moved = row.model_copy(update={"passages": (row.passages[0], "gsr:C1")})
    faults = [one.message for one in questions.other_faults([], [], [moved], [], whole.corpus)]
    assert faults == [
        f"The repeat {row.id} has a sentence that gsr:C1 does not hold; judge it again."
    ]


@pytest.mark.sample
@pytest.mark.slow
def test_no_source_answers_a_near_miss_that_ships(whole):
    text = "\n.\n".join(one.text for one in whole.corpus.passages)
    for row in questions.LabelledQuestion.read():
        assert not [one for one in row.absent if re.search(one, text, re.I)], row.id


def test_the_questions_that_ship_are_minimal_pairs_of_several_authors():
    rows = questions.LabelledQuestion.read()
    paired = [row for row in rows if row.pair and not row.truth]
    assert len(paired) == len({row.pair for row in paired}) > 7000
    assert {row.split for row in rows} == {"train", "development", "calibration"}


def test_every_section_is_asked_for_and_every_note_suggests_what_it_is_asked(whole):
    for note in whole.notes:
        asked = {(one.id, question) for one in note.passages for question in one.asked}
        assert set() < set(note.suggested) <= asked, note.front.id
        assert all(passage.asked for passage in note.passages), note.front.id
