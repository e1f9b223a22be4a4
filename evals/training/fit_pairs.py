"""Train the pair model: `python -m evals.training.fit_pairs`; it takes over an hour on two cores.

The upper layers of the shipped encoder and two linear heads, on a question and a text read together
(Nogueira and Cho 2019, section 3): whether a section answers, and whether a sentence does. Rows of
`train`: each near miss stands beside a question that its section answers, which is its pair or the
likest everyday question; each question of a pair also stands beside a section that is found for it
and does not answer, beside its own without the sentences that hold the facts, and with one of those
sentences beside one that holds none. Where the sentences of a row were graded, those that belong in
its answer stand beside those that do not, and a section with one that answers beside one without.
The loss is binary cross-entropy, and half of log(1 + exp(wrong - right)) on top.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn.metrics import roc_auc_score

from assistant.answering.sections import section_text, sentence_text
from assistant.retrieval.encoder import HEADS, PAIR_TOKENS, SECTION, SENTENCE, tuned_path
from assistant.retrieval.models import ready_embedder
from assistant.settings import Settings
from corpus.passage import Passage
from corpus.readers.questions import LabelledQuestion
from evals.training.tuning import SEED, Learner, fit, guidance, labelled_questions, refusing

if TYPE_CHECKING:
    import torch

EPOCHS = 3
BATCH = 12
RATE = 8e-5
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
        text, asked = section_text(section), pair.question if pair else ""
        if not pair:
            # The everyday question that shares most words with it.
            words = set(row.question.lower().split())
            shared = {one: len(words & set(one.lower().split())) for one in section.asked}
            asked = max(shared, key=lambda one: shared[one], default="")
        if not asked or (pair and row.about not in pair.answers):
            continue
        found.append(Example((asked, text), (row.question, text), SECTION))
        others = [one for one in nearest.get(asked, ()) if not pair or one not in pair.answers]
        if pair and others:
            wrong = by_id[random.choice(others[:WRONG])]
            found.append(Example((asked, text), (asked, section_text(wrong)), SECTION))
            found += _of_facts(row, pair, section, wrong)
    return found


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
    asked = row.question
    right = (asked, sentence_text(section, random.choice(held)))
    found = [Example(right, (miss.question, right[1]), SENTENCE)]
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
    import torch

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
    asked = [by_row[row.pair].question for row in near] + [row.question for row in near]
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
    questions = [row.question for row in kept if row.answerable]
    nearest = {
        question: [passages[at].id for at in np.argsort(-(matrix @ vector))[: 2 * WRONG]]
        for question, vector in zip(questions, embed(questions), strict=True)
    }
    learner = Learner(HEADS, PAIR_TOKENS)
    if options.further:
        learner.load(tuned_path())
    learned = examples(kept, passages, nearest)
    sys.stdout.write(f"{Counter(one.head for one in learned)}\n")
    fit(
        learner.weights(),
        learned,
        partial(pair_loss, learner),
        lambda one: sum(map(len, one.right)),
        epochs=options.epochs,
        batch=BATCH,
        rate=options.rate,
        half=True,
    )
    for split in ("development", "calibration"):
        told = report(learner, labelled_questions(split), passages)
        sys.stdout.write(f"{split}: {told}\n")
    learner.save(options.out)


if __name__ == "__main__":
    sys.exit(main())
