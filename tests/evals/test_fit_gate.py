"""How the gate and the pair model are fitted: which rows count for what."""

from __future__ import annotations

from assistant.answering.answerability import SIGNS, Weighing
from assistant.answering.sections import FIGURES, PAIR, section_text, sentence_text
from assistant.retrieval.rerank import SECTION, SENTENCE
from corpus.passage import Span
from corpus.readers.questions import LabelledQuestion
from evals.training.fit_gate import Row, curve, fit, weighing, with_signs
from evals.training.fit_pairs import examples
from tests.fakes import passage


def row(score: float, *, split: str = "train", answerable: bool, inside: bool = True) -> Row:
    figures = dict.fromkeys((*FIGURES, *PAIR), 0.0) | {"score": score, "pair": score}
    return Row(split, "a", "", answerable, inside, figures)


ROWS = [
    row(at / 10 + (0.5 if answerable else 0.0), split=split, answerable=answerable)
    for split in ("train", "development", "calibration")
    for answerable in (True, False)
    for at in range(6)
] + [
    row(-1.0 - at, split=split, answerable=False, inside=False)
    for split in ("train", "calibration")
    for at in range(6)
]


def test_a_weighing_learns_which_side_is_which() -> None:
    rows = [one for one in ROWS if one.inside and one.split == "train"]
    model = weighing(rows, [one.answerable for one in rows], ("score",))
    assert model.chance({"score": 1.0}) > 0.5 > model.chance({"score": 0.0})


def test_the_curve_counts_near_misses_and_no_other_fields() -> None:
    model = Weighing(weights={"score": (0.0, 1.0, 10.0)}, bias=0.0)
    points = curve([one for one in ROWS if one.split == "calibration"], model)
    assert points[0].answered == 1.0
    assert points[0].false > points[-1].false
    assert all(0.0 <= one.false <= one.answered <= 1.0 for one in points)


def test_a_gate_is_fitted_on_the_splits_that_it_says() -> None:
    gate = fit(ROWS, {"rows": "r"})
    assert tuple(gate.answers.weights) == (SIGNS, *PAIR)
    assert gate.made_from == {"rows": "r"}
    high, low = (row(score, answerable=True).figures for score in (1.2, -0.3))
    assert gate.chance(high) > gate.chance(low)
    outside = [one for one in ROWS if not one.inside]
    assert all(gate.field.chance(one.figures) < gate.field_threshold for one in outside[1:6])


def test_the_first_log_odds_are_figures_of_the_second() -> None:
    signs = Weighing(weights={"score": (0.0, 1.0, 2.0)}, bias=1.0)
    assert with_signs([row(3.0, answerable=True)], signs)[0].figures[SIGNS] == 7.0


def question(id_: str, text: str, *, pair: str = "") -> LabelledQuestion:
    near = id_.endswith("n")
    gold = {"about": "n:1"} if near else {"answers": ("n:1",)}
    return LabelledQuestion.model_validate(
        {"id": id_, "question": text, "answerable": not near, "pair": pair, "author": "a"}
        | {"asked": {"operation": "other"}, "voice": "formal", "split": "train"}
        | gold
    )


def test_a_near_miss_is_learned_beside_its_pair_or_the_likest_question() -> None:
    first = passage("n:1", "Ships wait.", facets={"tier": "guidance", "kind": "note"}).model_copy(
        update={"asked": ("Who waits at sea?", "When do ships wait?")}
    )
    other = passage("n:2", "Cranes lift.", facets={"tier": "guidance", "kind": "note"})
    rows = [
        question("a-0001q", "Who is waiting?", pair="a-0001n"),
        question("a-0001n", "Who is lifting?", pair="a-0001q"),
        question("a-0002n", "When do boats wait?"),
    ]
    found = examples(rows, [first, other], {"Who is waiting?": ["n:1", "n:2"]})
    sides = [(one.right[0], one.wrong[0]) for one in found]
    assert sides == [
        ("Who is waiting?", "Who is lifting?"),
        ("Who is waiting?", "Who is waiting?"),
        ("When do ships wait?", "When do boats wait?"),
    ]
    assert found[1].wrong[1].endswith("Cranes lift.")


def test_the_sentence_with_the_fact_is_learned_beside_those_without() -> None:
    text = "Ships wait at sea. Cranes lift at noon."
    spans = (Span(start=0, end=18), Span(start=19, end=39))
    harbour = passage("n:1", text, facets={"tier": "guidance", "kind": "note"}).model_copy(
        update={"sentences": spans}
    )
    other = passage("n:2", "Gulls cry.", facets={"tier": "guidance", "kind": "note"})
    asked = question("a-0001q", "Who lifts?", pair="a-0001n")
    rows = [
        asked.model_copy(update={"facts": ("lift at noon",)}),
        question("a-0001n", "Who lifts at night?", pair="a-0001q"),
    ]
    found = examples(rows, [harbour, other], {"Who lifts?": ["n:2"]})
    said = [one for one in found if one.head == SENTENCE]
    assert {one.right[1] for one in said} == {sentence_text(harbour, "Cranes lift at noon.")}
    assert [one.wrong[0] for one in said] == ["Who lifts at night?", "Who lifts?", "Who lifts?"]
    cut = [one for one in found if one.head == SECTION and one.wrong[1].endswith("at sea.")]
    assert [one.right[1] for one in cut] == [section_text(harbour)]
