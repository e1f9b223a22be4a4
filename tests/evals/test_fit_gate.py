"""What fits the gate, the pair model and the verifier, on made-up rows."""

import gzip
import json

import numpy as np
import pytest

from assistant.answering.answerability import BREADTH, SIGNS, TOPIC, Weighing
from assistant.answering.precedents import LIKE
from assistant.answering.sections import FIGURES, PAIR, section_text, sentence_text
from assistant.home import sha256_of_file
from assistant.retrieval.encoder import SECTION, SENTENCE
from corpus.readers.questions import LabelledQuestion
from corpus.text import split_sentences
from evals.training.fit_gate import Row, by_others, curve, fit, shown, topic_of
from evals.training.fit_pairs import examples, hardest, strange
from evals.training.fit_verifier import area, read_set, report, share_found
from evals.training.fit_verifier import fit as fit_verifier
from tests.fakes import HashingEmbedding, passage


def row(score, *, split="train", answerable, inside=True, hand="a"):
    figures = dict.fromkeys((*FIGURES, *PAIR, *LIKE, TOPIC, BREADTH), 0.0) | {
        "score": score,
        "pair": score,
    }
    return Row(split, f"{score % 0.6:.1f}", answerable, inside, figures, hand)


ROWS = [
    row(
        at / 10 + (0.6 if answerable else 0.0),
        split=split,
        answerable=answerable,
        hand="ab"[at % 2],
    )
    for split in ("train", "development", "calibration")
    for answerable in (True, False)
    for at in range(6)
] + [
    row(-1.0 - at, split=split, answerable=False, inside=False)
    for split in ("train", "calibration")
    for at in range(6)
]


def test_the_curve_counts_near_misses_and_a_gate_is_fitted_on_the_splits_that_it_says():
    model = Weighing(weights={"score": (0.0, 1.0, 10.0)}, bias=0.0)
    held = [one for one in ROWS if one.split == "calibration" and one.inside]
    points = curve(held, np.array([model.chance(one.figures) for one in held]))
    assert points[0].answered == 1.0
    assert points[0].false > points[-1].false
    assert all(0.0 <= one.false <= one.answered <= 1.0 for one in points)
    gate = fit(ROWS, {"rows": "r"}, (1.0, 0.0))
    assert tuple(gate.answers.weights) == (SIGNS, *FIGURES, *PAIR, *LIKE, BREADTH)
    assert gate.made_from == {"rows": "r"}
    again = fit(ROWS, {}, (1.0, 0.0), kept=gate.model_copy(update={"signs": model}))
    assert (again.signs, again.field, again.topic) == (model, gate.field, gate.topic)
    others = by_others([one._replace(figures=one.figures | {SIGNS: 0.0}) for one in held])
    assert others[5] > others[6]
    assert "all: AUROC" in shown(held, others)
    high, low = (row(score, answerable=True).figures for score in (1.2, -0.3))
    assert gate.chance(high) > gate.chance(low)
    outside = [one for one in ROWS if not one.inside]
    assert all(gate.nearness(one.figures) < gate.field_threshold for one in outside[1:6])


def question(id_, text, *, pair="", **fields):
    near = id_.endswith("n")
    gold = {"about": "n:1"} if near else {"answers": ("n:1",)}
    return LabelledQuestion.model_validate(
        {"id": id_, "question": text, "answerable": not near, "pair": pair, "author": "a"}
        | {"asked": {"operation": "other"}, "voice": "formal", "split": "train"}
        | gold
        | fields
    )


def test_what_a_question_is_about_is_learned_from_its_words():
    asked = [question(f"a-{at}", f"How many reports of abuse in {at}?") for at in range(2000, 2040)]
    weights = np.array(topic_of(asked, encode))
    near, far = encode(["reports of abuse", "driving licence fee"])
    assert near @ weights[:-1] > far @ weights[:-1]


def note(id_, text, asked=()):
    made = passage(id_, text, facets={"tier": "guidance", "kind": "note"})
    return made.model_copy(update={"sentences": split_sentences(text), "asked": asked})


HARBOUR = note("n:1", "Ships wait at sea. Cranes lift at noon.", ("Who waits?", "When do ships?"))
OTHER = note("n:2", "Gulls cry. Fog is thick.")
WAIT, LIFT, CRY, _ = (
    sentence_text(held, span.of(held.text)) for held in (HARBOUR, OTHER) for span in held.sentences
)


def test_near_misses_facts_and_graded_sentences_are_learned_beside_what_is_right():
    first = question("a-0001q", "Who is waiting?", pair="a-0001n", facts=("lift at noon",))
    second = question("a-0001n", "Who is lifting?", pair="a-0001q")
    lone = question("a-0002n", "When do boats?")
    found = examples([first, second, lone], [HARBOUR, OTHER], {"Who is waiting?": ["n:1", "n:2"]})
    whole = [one for one in found if one.head == SECTION]
    # Beside its pair, another section, its own without the fact; and the likest question.
    assert [(one.right[0], one.wrong[0]) for one in whole] == [
        ("Who is waiting?", "Who is lifting?"),
        ("Who is waiting?", "Who is waiting?"),
        ("Who is waiting?", "Who is waiting?"),
        ("When do ships?", "When do boats?"),
    ]
    assert {one.right[1] for one in whole} == {section_text(HARBOUR)}
    assert whole[1].wrong[1] == section_text(OTHER)
    assert whole[2].wrong[1].endswith("at sea.")
    said = [one for one in found if one.head == SENTENCE]
    assert {one.right for one in said} == {("Who is waiting?", LIFT)}
    assert [one.wrong[0] for one in said] == ["Who is lifting?", *2 * ["Who is waiting?"]]
    graded = question("a-0003", "When are loads lifted?", grades={"n:1": "13", "n:2": "0-"})
    found = examples([graded], [HARBOUR, OTHER], {})
    assert [(one.right[1], one.wrong[1]) for one in found] == [(LIFT, WAIT), (LIFT, CRY)]


def test_what_deceives_and_other_fields_are_learned_beside_what_is_right():
    first = question("a-0001q", "Who is waiting?", pair="a-0001n", facts=("lift at noon",))
    second = question("a-0001n", "Who is lifting?", pair="a-0001q")
    passages = [HARBOUR, OTHER.model_copy(update={"asked": ("Do gulls cry?",)})]
    near = {"Who is waiting?": ["n:1", "n:2"], "Who is lifting?": ["n:2"], "Any tax?": ["n:2"]}
    text = section_text(OTHER)
    found = hardest(lambda pairs: np.ones((len(pairs), 2)), [first, second], passages, near)
    assert [(one.right, one.wrong) for one in found] == [
        (("Who is waiting?", section_text(HARBOUR)), ("Who is waiting?", text)),
        (("Do gulls cry?", text), ("Who is lifting?", text)),
    ]
    assert hardest(lambda pairs: -3 * np.ones((len(pairs), 2)), [first], passages, near) == []
    (found,) = strange(["Any tax?"], passages, near)
    assert (found.right, found.wrong) == (("Do gulls cry?", text), ("Any tax?", text))


MODEL = HashingEmbedding(model_name="hashing")
THINGS = "ships pilots cooks lists coats bread lamps ropes sails masts".split()
DEEDS = "carry paint mend sell wash count".split()


def encode(texts):
    return np.array(MODEL.get_text_embedding_batch(list(texts)), dtype=np.float32)


def written(path, seed):
    """Write sixty claims: a true one repeats a sentence, a false one has words of its own."""
    random = np.random.default_rng(seed)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for number in range(60):
            one, other, third, deed = (*random.permutation(THINGS)[:3], DEEDS[number % len(DEEDS)])
            context = f"The {one} of the {other} {deed} well. Rain fell in {2000 + number}."
            is_true = bool(random.integers(2))
            claim = f"The {one} {deed} well" if is_true else f"The {third} of Neptune rest in 1999"
            row = {"group": str(number // 2), "context": context, "claim": claim}
            label = "supported" if is_true else "unsupported"
            file.write(json.dumps(row | {"label": label}) + "\n")
    return path


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    return (
        read_set(written(folder / "one.gz", 1), "One", encode, pooled=False),
        read_set(written(folder / "other.gz", 2), "Other", encode, pooled=True),
    )


def test_a_claim_counts_by_its_best_context_and_the_area_of_a_perfect_score_is_one(sets):
    one, other = sets
    labels, best, groups = other.units(np.arange(60.0))
    assert len(labels) == len(groups) == 30
    assert best.tolist() == [*range(1, 60, 2)]
    assert area(one, one.labels.astype(float)).value == 1.0
    assert area(one, share_found(one)).value > 0.9


def test_the_fit_tells_true_from_false_and_the_report_has_intervals_for_each_set(sets):
    support = fit_verifier(sets)
    assert [one.name for one in support.fitted_from] == ["One", "Other"]
    assert support.fitted_from[0].sha256 == sha256_of_file(sets[0].file)
    assert support.words.measures["letters"].weight > 0.0
    assert support.words.measures["missing_names"].weight < 0.0
    assert support.words.unsupported <= support.words.supported
    lines = report(sets, support, encode, 20)
    assert len([line for line in lines if "fitted on the other" in line]) == 2
    assert len([line for line in lines if "the whole verifier" in line]) == 4
    assert all(", n " in line for line in lines if ": " in line)
