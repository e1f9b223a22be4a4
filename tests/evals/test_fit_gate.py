import gzip
import json

import numpy as np

from assistant.answering.answerability import BREADTH, SIGNS, TOPIC, Weighing
from assistant.answering.precedents import LIKE
from assistant.answering.sections import FIGURES, PAIR
from corpus.readers.questions import LabelledQuestion
from evals.training.fit_gate import Row, by_others, curve, fit, shown, topic_of
from evals.training.fit_verifier import area, read_set, report
from evals.training.fit_verifier import fit as fit_verifier
from tests.fakes import HashingEmbedding


def made(score, split, hand="a", *, answerable=False, inside=True):
    figures = dict.fromkeys((*FIGURES, *PAIR, *LIKE, TOPIC, BREADTH), 0.0)
    figures |= {"score": score, "pair": score}
    return Row(split, f"{score % 0.6:.1f}", answerable, inside, figures, hand)


MADE = [
    made(at / 10 + 0.6 * answerable, split, "ab"[at % 2], answerable=answerable)
    for split in ("train", "development", "calibration")
    for answerable in (True, False)
    for at in range(6)
]
MADE += [made(-1.0 - at, one, inside=False) for one in ("train", "calibration") for at in range(6)]


def test_the_curve_counts_near_misses_and_a_gate_is_fitted_on_the_splits_that_it_says():
    model = Weighing(weights={"score": (0.0, 1.0, 10.0)}, bias=0.0)
    held = [one for one in MADE if one.split == "calibration" and one.inside]
    points = curve(held, np.array([model.chance(one.figures) for one in held]))
    assert points[0].answered == 1.0
    assert points[0].false > points[-1].false
    gate = fit(MADE, {"rows": "r"}, (1.0, 0.0))
    assert tuple(gate.answers.weights) == (SIGNS, *FIGURES, *PAIR, *LIKE, BREADTH)
    assert gate.made_from == {"rows": "r"}
    again = fit(MADE, {}, (1.0, 0.0), kept=gate.model_copy(update={"signs": model}))
    assert (again.signs, again.field, again.topic) == (model, gate.field, gate.topic)
    others = by_others([one._replace(figures=one.figures | {SIGNS: 0.0}) for one in held])
    assert others[5] > others[6]
    assert "all: AUROC" in shown(held, others)
    high, low = (made(score, "train").figures for score in (1.2, -0.3))
    assert gate.chance(high) > gate.chance(low)
    assert gate.nearness(made(-3.0, "train").figures) < gate.field_threshold


def test_what_a_question_is_about_is_learned_from_its_words():
    plain = {"answerable": True, "answers": ("n:1",), "author": "a", "split": "train"}
    plain |= {"asked": {"operation": "other"}, "voice": "formal"}
    asked = [
        LabelledQuestion(id=f"a-{at}", question=f"How many reports of abuse in {at}?", **plain)
        for at in range(2000, 2040)
    ]
    weights = np.array(topic_of(asked, encode))
    near, far = encode(["reports of abuse", "driving licence fee"])
    assert near @ weights[:-1] > far @ weights[:-1]


MODEL = HashingEmbedding(model_name="hashing")
THINGS = "ships pilots cooks lists coats bread lamps ropes sails masts".split()


def encode(texts):
    return np.array(MODEL.get_text_embedding_batch(list(texts)), dtype=np.float32)


def written(path, seed):
    """Write sixty claims: a true one repeats a sentence, a false one has words of its own."""
    random, rows = np.random.default_rng(seed), []
    for number in range(60):
        one, other, third = random.permutation(THINGS)[:3]
        row = {"context": f"The {one} of the {other} sail well. Rain fell in {2000 + number}."}
        row |= {"claim": f"The {third} of Neptune rest in 1999", "label": "unsupported"}
        if random.integers(2):
            row |= {"claim": f"The {one} sail well", "label": "supported"}
        rows.append(json.dumps(row | {"group": str(number // 2)}))
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    return path


def test_the_fit_tells_true_from_false_and_the_report_has_intervals_for_each_set(tmp_path):
    sets = [
        read_set(written(tmp_path / f"{seed}.gz", seed), name, encode, pooled=seed == 2)
        for seed, name in enumerate(("One", "Other"), start=1)
    ]
    labels, best, groups = sets[1].units(np.arange(60.0))
    assert len(labels) == len(groups) == 30
    assert best.tolist() == [*range(1, 60, 2)]  # a claim counts by its best context
    assert area(sets[0], sets[0].labels.astype(float)).value == 1.0
    support = fit_verifier(sets)
    assert [one.name for one in support.fitted_from] == ["One", "Other"]
    assert support.words.measures["letters"].weight > 0.0
    assert support.words.measures["missing_names"].weight < 0.0
    assert support.words.unsupported <= support.words.supported
    lines = report(sets, support, encode, 20)
    assert len([line for line in lines if "fitted on the other" in line]) == 2
    assert len([line for line in lines if "the whole verifier" in line]) == 4
    assert all(", n " in line for line in lines if ": " in line)
