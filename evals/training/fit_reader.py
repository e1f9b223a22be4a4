"""Train the reader: `signpost learn`, or `python -m evals.training.fit_reader` for what ships.

All layers of the shipped encoder with the heads of `assistant.understanding.reader`, on labelled
messages and labelled questions at once. Subjects are learned under a softmax over all that a
framework names, each by the likest of its wordings. One vector is a poor link to an item and a body
at once, so that there are heads for each, fitted last, which begin as that of all subjects.
"""

import argparse
import json
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from assistant.errors import ModelError
from assistant.retrieval.encoder import WEIGHTS, Matrix
from assistant.retrieval.models import ready_embedder
from assistant.settings import Settings
from assistant.understanding import reader
from assistant.understanding.linking import wordings_by_id
from assistant.understanding.naming import COMPARES, Names
from assistant.understanding.reading import EXTREMES, OPERATIONS, REQUESTS
from corpus.passage import sha256_of
from corpus.readers.questions import (
    Asked,
    LabelledCut,
    LabelledMessage,
    LabelledQuestion,
    LabelledSides,
)
from corpus.whole import Whole
from evals import refusing
from evals.cases.case import load_split
from evals.cases.suites import bare, misspelt, read_messages
from evals.training import tuning

PACE = tuning.Pace(epochs=3, batch=32, rate=1e-4)
HEAD = 0.1  # Inverse of the ridge penalty of heads that are fitted once more.
LINKS = 1e-3  # Rate of the heads that link to items alone, and to bodies alone.
LINKED = 9  # Times that these read every question, so many at once:
LINKED_AT_ONCE = 256
SIDES = 1.0  # The same of the head that tells comparisons.
CUT = 0.01  # The same of the head that tells where messages are cut.
SMOOTHED = 0.03
EVEN = 0.5
WHOLE = "all"  # What stands for the whole page among subjects.

FRESH = 2  # Times that a new question counts where it goes on from weights in use, in one epoch.
RECALLED = 9000  # Questions on the framework that are then read again.
HEARD = 5000  # Messages likewise.
COPIES = 2  # Times that a framework question is read in an epoch, once of them misspelt.
OTHERS = 3500  # Questions of guidance that ask nothing of the framework.
MESSAGES = 9000  # Messages of hands, by chance.
POLICY = 2000  # Questions of each sort that are no disclosure.
TORN = 2000  # Sentences of these and of messages that are none.
QUESTION = 0.7  # What a question counts for beside a message written by hand.
UNCUT = 2500  # Questions of each sort that are not cut.
ELSEWHERE = "h"  # Hand that wrote questions of other fields.

FRAMERS = (
    *"ba bb bc bd be bf bg bi ca cb cc cd ce cf cg ch cj ck cm cn co gm gt hj ij".split(),
    *"ka kb kf kg kj kl la lb lc ld lg lh li lk lm ln na nb nc nd ne nf ng nj nk nl nm".split(),
    *"nn no nq nr ns nt nu nv nw nx sc sd se sf sg sh si va vb vc vd wa wb wc wd".split(),
    *"xg xh xi xj xk xl xm xo xp xq xr xt xu xv xw xx xy xz zp vk vl vm vn lq lr ga gf".split(),
)
"""Hands that wrote questions on the framework, and others that look like these."""

Row = tuple[str, str, str, float] | LabelledQuestion  # Message, case, language, weight.

LABELS: Mapping[str, Callable[[LabelledQuestion], Any]] = {
    "several": lambda row: bool(row.parts),
    "leans": lambda row: bool(row.asked.carries),
    "request": lambda row: REQUESTS.index(row.asked.request),
    "facets": lambda row: [one in row.asked.facets for one in reader.FACETS],
    "whole": lambda row: row.asked.subjects == (WHOLE,),
    "extreme": lambda row: EXTREMES.index(row.asked.term if row.asked.term in EXTREMES else ""),
    "polar": lambda row: row.asked.polar,
    "spares": lambda row: bool(row.asked.excluded),
}
"""What a question says of each head: the place of a choice, or whether, of one or of several."""

CHOICES = frozenset({"request", "extreme"})  # Heads of which one output is right.


def rows_of(
    questions: Sequence[LabelledQuestion],
    messages: Sequence[LabelledMessage],
    fresh: frozenset[str] | None = None,
) -> list[Row]:
    """Return what is learned from: questions on the framework, others, and messages.

    Going on from weights, the `fresh` questions, by id, are learned, and some of the others, so
    that these are not forgotten.
    """
    learned = [row for row in questions if row.split == "train"]
    framed = [row for row in learned if is_framed(row)]
    heard = MESSAGES
    if fresh is not None:
        new = [row for row in framed if row.id in fresh]
        old = [row for row in framed if row.id not in fresh]
        framed, heard = [*new * FRESH, *random.sample(old, min(RECALLED, len(old)))], HEARD
    guided = [row for row in learned if not is_framed(row)]
    sorts = (random.sample(some, min(POLICY, len(some))) for some in (guided, framed))
    policy = [row.question for some in sorts for row in some]
    plain = (row for row in messages if row.case == reader.CASES[-1] and row.language == "en")
    policy += tuning.torn([*policy, *(row.message for row in plain)], TORN)
    policy += [case.question for case in load_split("development") if not case.gold.safeguarding]
    foreign = [row for row in guided if row.author == ELSEWHERE]
    asked = question_rows(framed, [*random.sample(guided, OTHERS), *foreign])
    chance = random.Random(tuning.SEED)
    drawn = chance.sample(messages, min(heard, len(messages)))
    rows = [(row.message, row.case, row.language, 1.0) for row in drawn]
    rows += [
        (random.choice([bare(text), misspelt(text, chance)]), case, language, 0.5)
        for text, case, language, _ in random.sample(rows, len(rows) // 6)
        if language == "en"
    ]
    rows += [(row.message, row.case, row.language, 1.0) for row in read_messages("development")]
    return [*asked, *rows, *((text, reader.CASES[-1], "en", QUESTION) for text in policy)]


def question_rows(
    framed: Sequence[LabelledQuestion], others: Sequence[LabelledQuestion]
) -> list[Row]:
    """Return questions to learn from, those on the framework several times."""
    chance = random.Random(tuning.SEED)
    rows: list[Row] = [*others]
    for row in framed:
        wrong = misspelt(row.question, chance)
        rows += [*[row] * (COPIES - 1), row.model_copy(update={"question": wrong})]
        if row.asked.carries:
            rows.append(row.model_copy(update={"turns": ()}))
    return rows


def is_framed(row: LabelledQuestion) -> bool:
    """Tell whether a row is labelled for the framework's structure."""
    parts = any(one.operation != "other" for one in row.parts)
    return bool(row.asked.subjects or row.asked.facets or parts) or row.author in FRAMERS


def is_whole(row: LabelledQuestion) -> bool:
    """Tell whether a row has the turn that it leans on, if it leans on one."""
    return bool(row.turns or not row.asked.carries)


def cuts_of(
    questions: Sequence[LabelledQuestion], cuts: Sequence[LabelledCut]
) -> list[tuple[str, int]]:
    """Return messages to learn from with the characters before which they are cut; -1 for none.

    Questions whose parts are rows of their own, one after the other, are cut between these.
    """
    learned = [one for one in questions if one.split == "train"]
    found = [
        (f"{one.first} {one.second}".strip(), len(one.first) + 1 if one.second else -1)
        for one in cuts
        if one.split == "train"
    ]
    asked = {one.question for one in learned if one.parts}
    for one in learned:
        first = " ".join(one.turns)
        if (whole := f"{first} {one.question}") in asked:
            found.append((whole, len(first) + 1))
    alone = [one for one in learned if not (one.parts or one.turns)]
    chance = random.Random(tuning.SEED)
    for some in ([one for one in alone if one.grades], list(filter(is_framed, alone))):
        found += [(one.question, -1) for one in chance.sample(some, min(UNCUT, len(some)))]
    return found


class Trainer(NamedTuple):
    """The losses of both sets of rows."""

    learner: tuning.Learner
    places: dict[str, int]
    """Of all that a framework names, by id."""

    wordings: torch.Tensor
    """Vectors of the wordings, shape (wordings, dimension)."""

    owners: torch.Tensor
    """Place of what each wording names, shape (wordings,)."""

    def loss(self, batch: Sequence[Row]) -> torch.Tensor:
        """Return the mean loss of a batch of either set, or of both."""
        messages = [one for one in batch if isinstance(one, tuple)]
        questions = [one for one in batch if not isinstance(one, tuple)]
        parts = []
        if messages:
            parts.append(self._of_messages(messages) * (len(messages) / len(batch)))
        if questions:
            parts.append(self._of_questions(questions) * (len(questions) / len(batch)))
        return sum(parts[1:], parts[0])

    def _of_messages(self, rows: Sequence[tuple[str, str, str, float]]) -> torch.Tensor:
        texts, cases, languages, weights = zip(*rows, strict=True)
        found = self.learner.scores(texts, training=True).float()
        known = {code: at for at, code in enumerate(reader.LANGUAGES)}
        tongues = torch.tensor([known.get(code, len(reader.LANGUAGES) - 1) for code in languages])
        loss = _entropy(
            found[:, reader.PLACES["case"]], [reader.CASES.index(case) for case in cases]
        )
        language = torch.nn.functional.cross_entropy(found[:, reader.PLACES["language"]], tongues)
        return (loss * torch.tensor(weights)).mean() + 0.2 * language

    def _of_questions(self, rows: Sequence[LabelledQuestion]) -> torch.Tensor:
        functional = torch.nn.functional
        found = self.learner.scores(_texts(rows), training=True).float()

        def of(name: str, places: Sequence[int]) -> torch.Tensor:
            """Return the mean loss of a head over rows at some places."""
            given = found[[*places], reader.PLACES[name]]
            truth = torch.tensor([LABELS[name](rows[at]) for at in places])
            if name in CHOICES:
                return functional.cross_entropy(given, truth)
            truth = truth.float().reshape(given.shape)
            return functional.binary_cross_entropy_with_logits(given, truth)

        asked = [one.asked for one in rows]
        operations = [OPERATIONS.index(_operation(one)) for one in asked]
        loss = _entropy(found[:, reader.PLACES["operation"]], operations)
        # A turn that leans and has lost the one before it tells nothing but that it leans.
        lost = [bool(one.asked.carries) and not one.turns for one in rows]
        loss = (loss * (1 - torch.tensor(lost).float())).mean()
        for name in ("several", "leans", "request"):
            loss = loss + 0.5 * of(name, range(len(rows)))
        framed = [at for at, one in enumerate(asked) if not lost[at] and _operation(one) != "other"]
        if not framed:
            return loss
        for name, weight in (("facets", 2), ("whole", 0.5), ("extreme", 0.3)):
            loss = loss + weight * of(name, framed)
        if checks := [at for at in framed if asked[at].operation == "check"]:
            loss = loss + 0.3 * of("polar", checks)
        every = torch.ones(len(self.places), dtype=torch.bool)
        for name, weight in (("subjects", 0.5), ("excluded", 0.2)):
            named = [getattr(asked[at], name) for at in framed]
            loss = loss + weight * self._linked(found[framed][:, reader.PLACES[name]], named, every)
        return loss

    def refit_links(self, rows: Sequence[LabelledQuestion]) -> None:
        """Fit the heads that link to items alone and to bodies alone, on what the encoder gives."""
        rows = [one for one in rows if {*one.asked.subjects, *one.asked.excluded} - {WHOLE}]
        head, places, dimension = self.learner.head, reader.PLACES, reader.DIMENSION
        given = torch.tensor(self.learner.read(_texts(rows), bare=True))
        items = torch.tensor([one in Whole.read().framework.item_by_id for one in self.places])
        about = [one.asked.subjects for one in rows]
        every = [(*one.asked.subjects, *one.asked.excluded) for one in rows]
        for name, named, able in (("items", about, items), ("bodies", every, ~items)):
            link = torch.nn.Linear(given.shape[1], dimension)
            link.weight.data.copy_(head.weight[places["subjects"]])
            link.bias.data.copy_(head.bias[places["subjects"]])
            steps = torch.optim.AdamW(link.parameters(), lr=LINKS, weight_decay=0.01)
            for _ in range(LINKED):
                for batch in torch.split(torch.randperm(len(rows)), LINKED_AT_ONCE):
                    vectors = link(self.learner.dropout.train()(given[batch]))
                    loss = self._linked(vectors, [named[at] for at in batch], able)
                    steps.zero_grad()
                    torch.autograd.backward(loss)
                    steps.step()
            weights = (one.detach().numpy() for one in (link.weight, link.bias))
            self.learner.put(places[name], *weights)

    def _linked(
        self, vectors: torch.Tensor, named: Sequence[Sequence[str]], able: torch.Tensor
    ) -> torch.Tensor:
        """Return the loss of linking to those of what is named that are `able`, shape (ids,)."""
        gold = [[self.places[one] for one in ids if one != WHOLE] for ids in named]
        gold = [[at for at in ids if able[at]] for ids in gold]
        rows = [at for at, one in enumerate(gold) if one]
        if not rows:
            return torch.zeros(())
        unit = torch.nn.functional.normalize(vectors[rows], dim=-1)
        each = reader.SHARP * (unit @ self.wordings.T).float()
        best = torch.full((len(rows), len(self.places)), -1e4)
        best = best.scatter_reduce(1, self.owners.expand(len(rows), -1), each, "amax")
        chances = best.masked_fill(~able, -1e4).log_softmax(dim=-1)
        means = torch.stack([chances[at, gold[row]].mean() for at, row in enumerate(rows)])
        return -means.sum() / len(vectors)


def _entropy(given: torch.Tensor, truth: Sequence[int]) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(
        given, torch.tensor(truth), reduction="none", label_smoothing=SMOOTHED
    )


def _texts(rows: Sequence[LabelledQuestion]) -> list[tuning.Text]:
    return [reader.with_turns(one.question, one.turns) for one in rows]


def refit(learner: tuning.Learner, rows: Sequence[LabelledQuestion]) -> None:
    """Fit the heads of few rows once more, by logistic regression on what the encoder gives.

    A rate that suits the encoder is too low for a head that few rows teach.
    """

    def put(head: str, given: Matrix, truth: Sequence[int]) -> None:
        model = LogisticRegression(C=HEAD, max_iter=3000).fit(given, truth)
        learner.put(reader.PLACES[head], model.coef_, model.intercept_)

    given = learner.read(_texts(rows), bare=True)
    whole = [at for at, one in enumerate(rows) if is_whole(one)]
    checks = [at for at in whole if rows[at].asked.operation == "check"]
    kept = {"leans": [*range(len(rows))], "polar": checks, "spares": checks}
    for name in ("several", "leans", "request", "extreme", "polar", "spares"):
        places = kept.get(name, whole)
        put(name, given[places], [int(LABELS[name](rows[at])) for at in places])
    texts, asking = zip(*tuning.asking_sentences(rows), strict=True)
    put("asks", learner.read([reader.with_turns(text, ()) for text in texts], bare=True), asking)


def refit_sides(learner: tuning.Learner, rows: Sequence[LabelledQuestion]) -> None:
    """Fit the head that tells whether what each of several things is would answer.

    Rows on the framework that name two terms of the glossary are examples of what is no such
    question: its structure answers them.
    """
    whole = Whole.read()
    names = Names(whole.framework, whole.glossary, whole.notes)
    sides = [(one.question, one.compares) for one in LabelledSides.read() if one.split == "train"]
    framed = (one.question for one in rows if is_framed(one) and is_whole(one) and not one.turns)
    sides += [(text, False) for text in framed if len(names.sides(text)) > 1]
    texts, truth = zip(*sides, strict=True)
    given = learner.read([reader.with_turns(text, ()) for text in texts], bare=True)
    model = LogisticRegression(C=SIDES, max_iter=3000).fit(given, truth)
    learner.put(reader.PLACES["compares"], model.coef_, model.intercept_)


def refit_words(learner: tuning.Learner, questions: Sequence[LabelledQuestion]) -> None:
    """Fit the head of words: a logistic regression tells before which word a message is cut."""
    given, truth = [], []
    for text, cut in cuts_of(questions, LabelledCut.read()):
        starts, pairs = learner.of_words(text)
        given.append(pairs)
        truth += [start == cut for start in starts]
    scaled = (rows := np.concatenate(given)) / (spread := rows.std(axis=0))
    model = LogisticRegression(C=CUT, max_iter=1000).fit(scaled, truth)
    learner.put_words(model.coef_[0] / spread, float(model.intercept_[0]))


def _length(row: Row) -> int:
    """Return the length of a text; messages stand apart from questions."""
    return 10_000 + len(row[0]) if isinstance(row, tuple) else len(row.question)


def _operation(asked: Asked) -> str:
    return asked.operation if asked.operation in OPERATIONS else "other"


class Scores(NamedTuple):
    """How a reader does on rows that it did not learn from: how many are right, of how many.

    Operations, and sets of facets of questions on the framework, that are as labelled; messages of
    a case that are taken for one at an even chance; other messages that are not; and questions that
    name several things, of which it is told whether what these are would answer.
    """

    operations: tuple[int, int]
    facets: tuple[int, int]
    disclosures: tuple[int, int]
    alarms: tuple[int, int]
    comparisons: tuple[int, int]

    def is_worse(self, before: Self) -> bool:
        """Tell whether any of them fell, by more than one row in a hundred."""
        pairs = zip(self, before, strict=True)
        return any(one[0] / one[1] < other[0] / other[1] - 0.01 for one, other in pairs)

    def __str__(self) -> str:
        """Return the shares with what they are of."""
        parts = zip(self._fields, self, strict=True)
        return ", ".join(f"{name} {right / of:.3f} of {of}" for name, (right, of) in parts)


def scored(
    learner: tuning.Learner,
    questions: Sequence[LabelledQuestion],
    messages: Sequence[LabelledMessage],
) -> Scores:
    """Return how a reader does on labelled rows."""
    operations, facets = [], []
    for outputs, row in zip(learner.read(_texts(questions)), questions, strict=True):
        read = reader.told(outputs.astype(float))
        operations.append(OPERATIONS[int(read.operations.argmax())] == _operation(row.asked))
        if row.asked.facets:
            named = {
                name for name, share in zip(reader.FACETS, read.facets, strict=True) if share > EVEN
            }
            facets.append(named == set(row.asked.facets))
    outputs = learner.read([one.message for one in messages])
    cases = outputs[:, reader.PLACES["case"]].argmax(axis=1)
    policy = np.array([row.case == reader.CASES[-1] for row in messages])
    right = (cases == len(reader.CASES) - 1) == policy
    sides = [one for one in LabelledSides.read() if one.split == "development"]
    outputs = learner.read([reader.with_turns(one.question, ()) for one in sides])
    compared = [reader.told(one.astype(float)).compares >= COMPARES for one in outputs]
    told = [found == one.compares for found, one in zip(compared, sides, strict=True)]
    shares = (operations, facets, right[~policy], right[policy], told)
    return Scores(*((int(np.sum(one)), len(one)) for one in shares))


class Learned(NamedTuple):
    """What came of learning, beside the weights in use, if any; and whether it was written."""

    before: Scores | None
    after: Scores
    kept: bool


def learn(
    settings: Settings,
    out: Path,
    extra: Sequence[LabelledQuestion] = (),
    *,
    hands: Sequence[str] = (),
    afresh: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Learned:
    """Train on the shipped rows and `extra` ones; write the weights to `out` unless they are worse.

    Those that stand there become `.before`. It goes on from the weights in use, over `extra` and
    what some `hands` wrote, or begins `afresh` with the shipped encoder. `progress` is given the
    steps that are done, and all. `ModelError` where the encoder cannot be
    used, or there are no weights to go on from.
    """
    names = wordings_by_id(Whole.read().framework)
    wordings = [(text, at) for at, texts in enumerate(names.values()) for text in texts]
    vectors = ready_embedder(settings).embed_all([text for text, _ in wordings])
    questions, messages = [*tuning.labelled_questions(), *extra], tuning.labelled_messages()
    held = [row for row in questions if row.split == "development" and is_framed(row)]
    judged = [row for row in messages if row.split == "calibration"]
    begun = partial(tuning.Learner, sum(reader.HEADS.values()), reader.MAX_TOKENS, frozen=0)
    learner, used = begun(), reader.weights_path(settings.home)
    before, fresh = None, None
    if used.exists():
        learner.load(used)
        before = scored(learner, held, judged)
    elif not afresh:
        raise ModelError(f"There is no {used} to go on from; install Signpost again.")
    if afresh:
        learner = begun()
    else:
        new = (*extra, *(one for one in questions if one.author in hands))
        fresh = frozenset(row.id for row in new)
    rows = rows_of(questions, [row for row in messages if row.split == "train"], fresh)
    sys.stdout.write(f"{len(rows)} rows\n")
    sys.stdout.flush()
    owners = torch.tensor([at for _, at in wordings])
    places = {name: at for at, name in enumerate(names)}
    trainer = Trainer(learner, places, torch.tensor(vectors), owners)
    pace = PACE if afresh else PACE.further()
    learner.fit(rows, trainer.loss, _length, pace, progress)
    if not afresh:
        learner.meet(used)
    every = rows if fresh is None else rows_of(questions, ())
    refit(learner, [one for one in every if not isinstance(one, tuple)])
    refit_sides(learner, [one for one in questions if one.split == "train"])
    refit_words(learner, questions)
    trainer.refit_links([one for one in questions if one.split == "train" and is_whole(one)])
    after = scored(learner, held, judged)
    if before and after.is_worse(before):
        return Learned(before, after, kept=False)
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.exists():
        out.replace(out.with_suffix(".before"))
    learner.save(out)
    card = {
        "rows": sha256_of("".join(row.model_dump_json() for row in (*questions, *messages))),
        "encoder": WEIGHTS,
        "seed": tuning.SEED,
        "epochs": pace.epochs,
        "scores": {name: f"{one[0]} of {one[1]}" for name, one in after._asdict().items()},
    }
    out.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    return Learned(before, after, kept=True)


@refusing
def main() -> int:
    """Train the weights that ship."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--afresh", action="store_true", help="begin with the shipped encoder")
    parser.add_argument("--hands", nargs="*", default=(), help="whose questions are new")
    settings, given = Settings.from_environment(), vars(parser.parse_args())
    done = learn(settings, reader.TUNED, **given)
    sys.stdout.write(f"before: {done.before or 'none'}\nafter: {done.after}\n")
    return 0 if done.kept else 1


if __name__ == "__main__":
    sys.exit(main())
