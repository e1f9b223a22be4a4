"""Train the pair model: `python -m evals.training.fit_pairs`; it takes over an hour on two cores.

The upper layers of the shipped encoder and two linear heads, on a question and a text read together
(Nogueira and Cho 2019, section 3): whether a section answers, and whether a sentence does. Rows of
`train`: each near miss stands beside a question that its section answers, which is its pair or the
likest everyday question; each question of a pair also stands beside a section that is found for it
and does not answer, beside its own without the sentences that hold the facts, and with one of those
sentences beside one that holds none; and beside the section that the weights that ship take most
for an answer, wrongly. Questions of other fields stand beside what is found for them. Where the
sentences of a row were graded, those that belong in its answer stand beside those that do not, and
a section with one that answers beside one without.
The loss is binary cross-entropy, and half of log(1 + exp(wrong - right)) on top.
"""

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from assistant.answering.sections import section_text, sentence_text
from assistant.retrieval.encoder import HEADS, PAIR_TOKENS, SECTION, SENTENCE, Matrix, tuned_path
from assistant.retrieval.models import ready_embedder
from assistant.settings import Settings
from corpus.passage import Passage
from corpus.readers.questions import LabelledQuestion
from evals import refusing
from evals.training.tuning import SEED, Learner, elsewhere, fit, guidance, labelled_questions

EPOCHS = 3
BATCH = 12
RATE = 8e-5
TRIED = 5  # Sections, the nearest, of which the one is taken that deceives most.
DECEIVED = -2.0  # Log-odds of an answer from which a section deceives.
MINED = 4000  # Rows of which it is looked for one that does.
STRANGE = 1500  # Questions of other fields.
WRONG = 3  # Sections, the nearest that do not answer, of which one is taken.
Pair = tuple[str, str]  # A question and a text.


class Example(NamedTuple):
    """A question with a text that answers it, and one of the two with another that does not.

    Which head learns from it: `SECTION` or `SENTENCE`.
    """

    right: Pair
    wrong: Pair
    head: int


def examples(
    rows: Sequence[LabelledQuestion], passages: Sequence[Passage], nearest: dict[str, list[str]]
) -> list[Example]:
    """Return what is learned from."""
    by_id = {one.id: one for one in passages}
    by_row = {row.id: row for row in rows}
    found = [example for row in rows for example in _of_grades(row, by_id)]
    for row in rows:
        if row.answerable or row.about not in by_id:
            continue
        section, pair = by_id[row.about], by_row.get(row.pair)
        text = section_text(section)
        asked = pair.sought if pair else _likest(row.sought, section)
        if not asked or (pair and row.about not in pair.answers):
            continue
        found.append(Example((asked, text), (row.sought, text), SECTION))
        others = [one for one in nearest.get(asked, ()) if not pair or one not in pair.answers]
        if pair and others:
            wrong = by_id[random.choice(others[:WRONG])]
            found.append(Example((asked, text), (asked, section_text(wrong)), SECTION))
            found += _of_facts(row, pair, section, wrong)
    return found


def _likest(question: str, section: Passage) -> str:
    """Return the everyday question of a section that shares most words with another."""
    words = set(question.lower().split())
    shared = {one: len(words & set(one.lower().split())) for one in section.asked}
    return max(shared, key=lambda one: shared[one], default="")


def hardest(
    read: Callable[[Sequence[Pair]], Matrix],
    rows: Sequence[LabelledQuestion],
    passages: Sequence[Passage],
    nearest: Mapping[str, Sequence[str]],
) -> list[Example]:
    """Return for each question the section, not its own, that is taken most for an answer to it.

    It stands beside the section that answers, or, for a near miss, beside itself with an everyday
    question that it answers. A section that holds a required fact is left out. `read` gives scores
    of pairs, shape (pairs, heads); `nearest` has the ids of what is found for each question.
    """
    by_id = {one.id: one for one in passages}
    tried = [
        (row, by_id[one])
        for row in rows
        if {row.about, *row.answers[:1]} & by_id.keys()
        for one in nearest[row.sought][:TRIED]
        if one not in (row.about, *row.answers) and by_id[one].asked
        if not any(fact.casefold() in by_id[one].text.casefold() for fact in row.facts)
    ]
    scores = read([(row.sought, section_text(one)) for row, one in tried])[:, SECTION]
    found: dict[str, tuple[float, LabelledQuestion, Passage]] = {}
    for (row, section), score in zip(tried, scores, strict=True):
        if score > found.get(row.id, (DECEIVED,))[0]:
            found[row.id] = (float(score), row, section)
    learned = []
    for _, row, section in found.values():
        text, asked = section_text(section), row.sought
        right = (_likest(asked, section), text)
        if row.answerable:
            right = (asked, section_text(by_id[row.answers[0]]))
        learned.append(Example(right, (asked, text), SECTION))
    return learned


def strange(
    outside: Sequence[str], passages: Sequence[Passage], nearest: Mapping[str, Sequence[str]]
) -> list[Example]:
    """Set questions of other fields beside what a section near them answers."""
    by_id = {one.id: one for one in passages if one.asked}
    found = ((asked, by_id.get(random.choice(nearest[asked][:WRONG]))) for asked in outside)
    return [
        Example((_likest(asked, one), section_text(one)), (asked, section_text(one)), SECTION)
        for asked, one in found
        if one
    ]


def _of_facts(
    miss: LabelledQuestion, row: LabelledQuestion, section: Passage, wrong: Passage
) -> list[Example]:
    """Return what the sentences of a section teach that hold the facts of a row."""
    facts = [one.casefold() for one in row.facts]
    sentences = [span.of(section.text) for span in section.sentences]
    held = [one for one in sentences if any(fact in one.casefold() for fact in facts)]
    rest = [one for one in sentences if one not in held]
    if not held:
        return []
    asked = row.sought
    right = (asked, sentence_text(section, random.choice(held)))
    found = [Example(right, (miss.sought, right[1]), SENTENCE)]
    if rest:
        found.append(Example(right, (asked, sentence_text(section, random.choice(rest))), SENTENCE))
        cut = section.model_copy(update={"text": " ".join(rest)})
        found.append(Example((asked, section_text(section)), (asked, section_text(cut)), SECTION))
    other = random.choice([span.of(wrong.text) for span in wrong.sentences] or [wrong.text])
    found.append(Example(right, (asked, sentence_text(wrong, other)), SENTENCE))
    return found


def _of_grades(row: LabelledQuestion, by_id: Mapping[str, Passage]) -> list[Example]:
    """Return what the graded sentences of a row teach, and the sections that they stand in."""
    asked, graded = row.sought, defaultdict[str, list[Pair]](list)
    sections = defaultdict[str, list[str]](list)
    for place, grades in row.grades.items():
        section = by_id[place]
        for span, grade in zip(section.sentences, grades, strict=True):
            graded[grade].append((asked, sentence_text(section, span.of(section.text))))
        kept = [grade for grade in grades if grade != "-"]
        if len(kept) > 1 or "3" in kept:
            sections["3" if "3" in kept else max(kept)].append(section_text(section))
    found = []
    for right in (*graded["3"], *graded["2"]):
        for grade, most in (("1", 1), ("0", 2)):
            drawn = random.sample(graded[grade], min(most, len(graded[grade])))
            found += [Example(right, wrong, SENTENCE) for wrong in drawn]
    wrongs = [*sections["0"], *sections["1"]]
    for text in sections["3"][:WRONG] if row.answerable and wrongs else ():
        found.append(Example((asked, text), (asked, random.choice(wrongs)), SECTION))
    return found


def pair_loss(learner: Learner, batch: Sequence[Example]) -> torch.Tensor:
    """Return the loss of a batch: each score by itself, and those of a pair in their order."""
    heads = torch.tensor([one.head for one in batch]).repeat_interleave(2)
    both = learner.scores([text for one in batch for text in (one.right, one.wrong)], training=True)
    scores = both.float().gather(1, heads[:, None])[:, 0]
    truth = torch.tensor([1.0, 0.0] * len(batch))
    loss = torch.nn.functional.binary_cross_entropy_with_logits(scores, truth)
    return loss + 0.5 * torch.nn.functional.softplus(scores[1::2] - scores[0::2]).mean()


def report(learner: Learner, rows: Sequence[LabelledQuestion], passages: Sequence[Passage]) -> str:
    """Return how it does on minimal pairs, each held against the section that it is about."""
    by_id = {one.id: one for one in passages}
    by_row = {row.id: row for row in rows}
    near = [row for row in rows if not row.answerable and row.about in by_id and row.pair in by_row]
    asked = [by_row[row.pair].sought for row in near] + [row.sought for row in near]
    texts = [section_text(by_id[row.about]) for row in near]
    scores = learner.read([*zip(asked, texts * 2, strict=True)])[:, SECTION]
    given, missed = np.split(scores, 2)
    area = roc_auc_score([1] * len(given) + [0] * len(missed), scores)
    return f"AUROC {area:.3f}, right order in {(given > missed).mean():.3f} of {len(near)} pairs"


@refusing
def main() -> None:
    """Train, report and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=tuned_path())
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--further", action="store_true", help="go on from the weights that ship")
    options = parser.parse_args()
    random.seed(SEED)
    passages = guidance()
    embed = ready_embedder(Settings.from_environment()).embed_all
    kept = labelled_questions("train")
    matrix = embed([section_text(one) for one in passages])
    outside = random.sample(elsewhere("train", kept), STRANGE)
    questions = [*(row.sought for row in kept if row.answerable or row.about), *outside]
    nearest = {
        question: [passages[at].id for at in np.argsort(-(matrix @ vector))[: 2 * WRONG]]
        for question, vector in zip(questions, embed(questions), strict=True)
    }
    ships, learner = Learner(HEADS, PAIR_TOKENS), Learner(HEADS, PAIR_TOKENS)
    ships.load(tuned_path())
    if options.further:
        learner.load(tuned_path())
    # Of a row with turns, a question without them would be told by its form.
    paired = [row for row in kept if row.pair and (row.facts or not row.turns)]
    learned = examples(kept, passages, nearest) + strange(outside, passages, nearest)
    learned += hardest(ships.read, random.sample(paired, MINED), passages, nearest)
    sys.stdout.write(f"{Counter(one.head for one in learned)}\n")
    fit(
        (learner.encoder, learner.head),
        learned,
        partial(pair_loss, learner),
        lambda one: sum(map(len, one.right)),
        epochs=options.epochs,
        batch=BATCH,
        rate=options.rate,
    )
    for split in ("development", "calibration"):
        told = report(learner, labelled_questions(split), passages)
        sys.stdout.write(f"{split}: {told}\n")
    learner.save(options.out)


if __name__ == "__main__":
    sys.exit(main())
