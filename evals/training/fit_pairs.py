"""Train what finds and reads guidance: `python -m evals.training.fit_pairs`; over an hour.

With `--adapter`, in three minutes, a linear adapter on the side of the question (`turned` of
`assistant.answering.sentences`). The loss is the cross-entropy of the section that answers among
all sections, by the mean of the cosine with the section and of the greatest cosine with one of its
sentences.

The pair model: the upper layers of the shipped encoder and two linear heads, on a question and a
text (Nogueira and Cho 2019, section 3): whether a section answers, and whether a sentence does.
Rows of `train`: each near miss stands beside a question that its section answers, which is its pair
or the likest everyday question; each question of a pair also stands beside a section that is found
for it and does not answer, beside its own without the sentences that hold the facts, and with one
of those sentences beside one that holds none; and beside the section that the weights that ship
take most for an answer, wrongly. Questions of other fields stand beside what is found for them.
Where the sentences of a row were graded, those that belong in its answer stand beside those that do
not, and a section with one that answers beside one without.
The loss is binary cross-entropy, and half of log(1 + exp(wrong - right)) on top.

With `--precedents`, in half an hour, its upper layers again and a head of their own, on a question
and a precedent: which share of what answers the precedent answers the question too. Each question
stands beside some of the likest precedents of other hands, of which some are answered by a sentence
that answers it and some by none that belongs in its answer; a near miss stands beside its pair, and
beside some of the likest. The loss is binary cross-entropy. Each epoch draws anew.
"""

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from assistant.answering.precedents import ANSWERS, BELONGS, READ, graded
from assistant.answering.sections import section_text, sentence_text
from assistant.answering.sentences import ADAPTER, MATRIX, shipped_adapter, turned
from assistant.retrieval.encoder import (
    HEADS,
    PAIR_TOKENS,
    PAIRS,
    PRECEDENT_TOKENS,
    PRECEDENTS,
    SECTION,
    SENTENCE,
    Matrix,
    first_words,
)
from assistant.retrieval.models import ready_embedder
from assistant.settings import Settings
from corpus.passage import Passage
from corpus.readers.questions import LabelledQuestion
from evals import refusing
from evals.training import tuning
from evals.training.tuning import Learner, Pace

PACE = Pace(epochs=3, batch=12, rate=8e-5)
TRIED = 5  # Sections, the nearest, of which the one is taken that deceives most.
DECEIVED = -2.0  # Log-odds of an answer from which a section deceives.
MINED = 4000  # Rows of which it is looked for one that does.
STRANGE = 1500  # Questions of other fields.
WRONG = 3  # Sections, the nearest that do not answer, of which one is taken.

PRECEDENT_PACE = Pace(epochs=2, batch=48, rate=1e-4)
DRAWN = 2  # Precedents of a question of each sort that an epoch draws.
ALIKE = 0.985  # Cosine from which two questions are one.
NEIGHBOURS = 20  # The likest precedents of other hands, of which is drawn.

STEPS, AT_ONCE, ADAPTER_RATE = 400, 256, 1e-3
DECAY = 0.01
SHARP = 20.0  # What a cosine is multiplied with before the softmax.
SMALL = 1e-4  # Weight of the adapter's squared norm in the loss.
OUT = Path(__file__).parents[2] / "assistant" / "answering" / ADAPTER

HELD_OUT = ("development", "calibration")  # Splits of which is told how their pairs are read.
Pair = tuple[str, str]  # A question and a text, or the first words of two questions.
Shared = tuple[Pair, float]  # Two questions, and the share of what answers the second.
Place = tuple[str, int]  # A passage and the number of a sentence in it.


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
    return max(section.asked, key=lambda one: len(words & {*one.lower().split()}), default="")


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
    deceiving = (tried[at] for at in np.argsort(scores) if scores[at] > DECEIVED)
    learned = []
    for row, section in {row.id: (row, section) for row, section in deceiving}.values():
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
            sections[max(kept)].append(section_text(section))
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


class Judged(NamedTuple):
    """A question with the sentences that answer it, and those that belong beside them."""

    row: LabelledQuestion
    answers: set[Place]
    belong: set[Place]


def judged_rows(rows: Sequence[LabelledQuestion], by_id: dict[str, Passage]) -> dict[str, Judged]:
    """Return the rows that some sentence answers, by id."""
    found = {}
    for row in rows:
        places = defaultdict[int, set[Place]](set)
        for id_, at, grade in graded(row, by_id):
            places[grade].add((id_, at))
        if places[ANSWERS]:
            found[row.id] = Judged(row, places[ANSWERS], places[BELONGS])
    return found


def likest(
    rows: Sequence[LabelledQuestion], vectors: Matrix, judged: Sequence[Judged], held: Matrix
) -> Iterator[tuple[LabelledQuestion, list[Judged]]]:
    """Give for each row the likest precedents of other hands, and its own pair if it is among them.

    `vectors` are of the rows and `held` of the precedents, shape (questions, dimension).
    """
    for row, vector in zip(rows, vectors, strict=True):
        cosines = held @ vector
        cosines[cosines > ALIKE] = -1.0
        order = (judged[at] for at in np.argsort(-cosines)[: 2 * NEIGHBOURS])
        others = [one for one in order if one.row.author != row.author or one.row.id == row.pair]
        yield row, others[:NEIGHBOURS]


def pair_of(row: LabelledQuestion, precedent: Judged) -> Pair:
    """Return as much of a question and a precedent as is read."""
    return first_words(row.sought), first_words(precedent.row.sought)


def drawn_of(row: LabelledQuestion, own: Judged | None, near: Sequence[Judged]) -> list[Shared]:
    """Return what is learned from a question that something answers, as its `own`, or from a miss.

    The pair of a miss comes first, if it has one.
    """
    if own is None:
        some = random.sample(near[:READ], min(DRAWN, len(near[:READ])))
        pair = [one for one in near if one.row.id == row.pair and one not in some]
        return [(pair_of(row, one), 0.0) for one in [*pair, *some][:DRAWN]]
    shares = [(one, len(own.answers & one.answers) / len(one.answers)) for one in near]
    right = [(one, share) for one, share in shares if share]
    apart = [
        (one, share)
        for one, share in shares
        if not (share or own.answers & one.belong or own.belong & one.answers)
    ][:READ]
    drawn = [pair for some in (right, apart) for pair in random.sample(some, min(DRAWN, len(some)))]
    return [(pair_of(row, one), share) for one, share in drawn]


def _share_loss(learner: Learner, batch: Sequence[Shared]) -> torch.Tensor:
    pairs, shares = zip(*batch, strict=True)
    scores = learner.scores(pairs, training=True)[:, 0].float()
    return torch.nn.functional.binary_cross_entropy_with_logits(scores, torch.tensor(shares))


def asked_of(passages: Sequence[Passage], split: str) -> tuple[list[str], NDArray[np.bool_]]:
    """Return the questions of a split, and which sections answer each; `train` has everyday ones.

    Shapes (questions,) and (questions, sections).
    """
    told = [(asked, [one.id]) for one in passages for asked in one.asked if split == "train"]
    for row in tuning.labelled_questions(split):
        if row.answerable and (row.grades or not row.turns):
            best = [id_ for id_, grades in row.grades.items() if "3" in grades]
            told.append((row.sought, best or [*row.answers]))
    known = {one.id for one in passages}
    told = [(asked, ids) for asked, ids in told if known.intersection(ids)]
    answered = np.array([[one.id in ids for one in passages] for _, ids in told])
    return [asked for asked, _ in told], answered


def adapted(
    questions: Matrix, answered: NDArray[np.bool_], sections: Matrix, sentences: list[Matrix]
) -> Matrix:
    """Return the adapter's matrix, from vectors of questions, sections and their sentences."""
    torch.manual_seed(tuning.SEED)
    asked, whole = torch.tensor(questions), torch.tensor(sections)
    each = torch.tensor(np.concatenate(sentences))
    owner = torch.tensor(np.repeat(np.arange(len(sentences)), [*map(len, sentences)]))
    truth = torch.tensor(answered / answered.sum(1, keepdims=True), dtype=torch.float32)
    adapter = torch.zeros(2 * [asked.shape[1]], requires_grad=True)
    steps = torch.optim.AdamW([adapter], lr=ADAPTER_RATE, weight_decay=DECAY)
    for _ in range(STEPS):
        drawn = torch.randint(len(asked), (AT_ONCE,))
        moved = torch.nn.functional.normalize(asked[drawn] + asked[drawn] @ adapter, dim=1)
        lowest, owners = torch.full((AT_ONCE, len(whole)), -1.0), owner.expand(AT_ONCE, -1)
        greatest = lowest.scatter_reduce(1, owners, moved @ each.T, "amax")
        chances = torch.log_softmax(SHARP * (moved @ whole.T + greatest) / 2.0, 1)
        loss = -(truth[drawn] * chances).sum(1).mean() + SMALL * (adapter**2).sum()
        steps.zero_grad()
        torch.autograd.backward(loss)
        steps.step()
    matrix: Matrix = adapter.detach().numpy().astype(np.float16)
    return matrix


def train_adapter(settings: Settings, out: Path) -> None:
    """Train the query adapter, report how often the right section is found, and write."""
    passages, embed = tuning.guidance(), ready_embedder(settings).embed_all
    sections = embed([section_text(one) for one in passages])
    sentences = [embed([span.of(one.text) for span in one.sentences]) for one in passages]
    texts, answered = asked_of(passages, "train")
    adapter = adapted(embed(texts), answered, sections, sentences)
    texts, answered = asked_of(passages, "development")
    vectors = embed(texts)
    for name, held in (("without", vectors), ("with", turned(vectors, adapter.astype(np.float32)))):
        best = np.stack([(held @ one.T).max(1) for one in sentences], axis=1)
        order = np.argsort(-(held @ sections.T + best), axis=1)
        right = np.take_along_axis(answered, order, 1)
        shares = [f"{right[:, :most].any(1).mean():.3f}" for most in (1, 3, 6)]
        sys.stdout.write(f"{name}: right first, in three, in six {', '.join(shares)}\n")
    save_file({MATRIX: adapter}, out)


def _train_pairs(settings: Settings, out: Path, *, further: bool) -> None:
    passages, embed = tuning.guidance(), ready_embedder(settings).embed_all
    kept = tuning.labelled_questions("train")
    matrix = embed([section_text(one) for one in passages])
    outside = random.sample(tuning.elsewhere("train", kept), STRANGE)
    questions = [*(row.sought for row in kept if row.answerable or row.about), *outside]
    nearest = {
        question: [passages[at].id for at in np.argsort(-(matrix @ vector))[: 2 * WRONG]]
        for question, vector in zip(questions, embed(questions), strict=True)
    }
    ships, learner = Learner(HEADS, PAIR_TOKENS), Learner(HEADS, PAIR_TOKENS)
    for one in (ships, learner) if further else (ships,):
        one.load(PAIRS)
    # Of a row with turns, a question without them would be told by its form.
    paired = [row for row in kept if row.pair and (row.facts or not row.turns)]
    learned = examples(kept, passages, nearest) + strange(outside, passages, nearest)
    learned += hardest(ships.read, random.sample(paired, MINED), passages, nearest)
    sys.stdout.write(f"{Counter(one.head for one in learned)}\n")
    loss, pace = partial(pair_loss, learner), PACE.further() if further else PACE
    learner.fit(learned, loss, lambda one: len("".join(one.right)), pace)
    texts = {one.id: section_text(one) for one in passages}
    for split in HELD_OUT:
        answered, missed = tuning.minimal_pairs(tuning.labelled_questions(split), texts)
        asked = zip((*answered, *missed), missed * 2, strict=True)
        scores = learner.read([(row.sought, texts[miss.about]) for row, miss in asked])
        sys.stdout.write(f"{split}: {tuning.order_of(scores[:, SECTION])}\n")
    learner.save(out)


def _train_precedents(settings: Settings, out: Path, *, further: bool) -> None:
    embed, adapter = ready_embedder(settings).embed_all, shipped_adapter()

    def vectors_of(rows: Sequence[LabelledQuestion]) -> Matrix:
        return turned(embed([row.sought for row in rows]), adapter)

    kept, by_id = tuning.labelled_questions("train"), {one.id: one for one in tuning.guidance()}
    own = judged_rows(kept, by_id)
    judged = [*own.values()]
    asked = [row for row in kept if row.id in own or (not row.answerable and row.about in by_id)]
    vectors, held = vectors_of(asked), vectors_of([one.row for one in judged])
    near = [*likest(asked, vectors, judged, held)]
    learner = Learner(1 if further else HEADS, PRECEDENT_TOKENS)
    learner.load(PRECEDENTS if further else PAIRS)
    if not further:
        learner.head = torch.nn.Linear(learner.head.in_features, 1)
    pace = PRECEDENT_PACE.further() if further else PRECEDENT_PACE
    for _ in range(pace.epochs):
        learned = [pair for row, some in near for pair in drawn_of(row, own.get(row.id), some)]
        loss, once = partial(_share_loss, learner), pace._replace(epochs=1)
        learner.fit(learned, loss, lambda one: len("".join(one[0])), once)
    for split in HELD_OUT:
        answered, missed = tuning.minimal_pairs(tuning.labelled_questions(split), by_id)
        rows = [*answered, *missed]
        found = likest(rows, vectors_of(rows), judged, held)
        pairs = [pair_of(row, one) for row, some in found for one in some[:READ]]
        odds = learner.read(pairs)[:, 0].reshape(len(rows), -1).max(axis=1)
        sys.stdout.write(f"{split}: {tuning.order_of(odds)}\n")
    learner.save(out)


@refusing
def main() -> None:
    """Train what finds or reads guidance."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_mutually_exclusive_group().add_argument
    add("--adapter", action="store_true", help="train the adapter of questions")
    add("--precedents", action="store_true", help="train what reads two questions")
    add = parser.add_argument
    further = "go on from the weights that ship, for one epoch at half the rate"
    add("--further", action="store_true", help=further)
    add("--out", type=Path, help="another file than that which ships, for trials")
    options, settings = parser.parse_args(), Settings.from_environment()
    if options.adapter and options.further:
        parser.error("argument --further: not allowed with argument --adapter")
    random.seed(tuning.SEED)
    if options.adapter:
        train_adapter(settings, options.out or OUT)
    elif options.precedents:
        _train_precedents(settings, options.out or PRECEDENTS, further=options.further)
    else:
        _train_pairs(settings, options.out or PAIRS, further=options.further)


if __name__ == "__main__":
    sys.exit(main())
