"""Train the reader: `signpost learn`, or `python -m evals.training.fit_reader` for what ships.

All layers of the shipped encoder with the heads of `assistant.understanding.reader`, on labelled
messages and labelled questions at once. Subjects are learned under a softmax over all that a
framework names, each by the likest of its wordings. One vector is a poor link to an item and a body
at once, so that there are heads for each, fitted last, which begin as that of all subjects.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from assistant.retrieval.encoder import WEIGHTS, Matrix
from assistant.retrieval.models import ready_embedder
from assistant.settings import Settings
from assistant.understanding import reader
from assistant.understanding.linking import wordings_by_id
from assistant.understanding.reading import EXTREMES, OPERATIONS, REQUESTS
from corpus.passage import sha256_of
from corpus.readers.questions import Asked, LabelledMessage, LabelledQuestion, read_cuts
from corpus.whole import Whole
from evals import refusing
from evals.training import tuning
from evals.training.reader_rows import Row, asking_sentences, cuts_of, is_framed, is_whole, rows_of

EPOCHS = 3
BATCH = 32
RATE = 1e-4
HEAD = 0.1  # Inverse of the ridge penalty of heads that are fitted once more.
LINKS = 1e-3  # Rate of the heads that link to items alone, and to bodies alone.
LINKED = 9  # Times that these read every question, so many at once:
LINKED_AT_ONCE = 256
CUT = 0.01  # The same of the head that tells where messages are cut.
SMOOTHED = 0.03
EVEN = 0.5
WHOLE = "all"  # What stands for the whole page among subjects.

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
    texts, asking = zip(*asking_sentences(rows), strict=True)
    put("asks", learner.read([reader.with_turns(text, ()) for text in texts], bare=True), asking)


def refit_words(learner: tuning.Learner, questions: Sequence[LabelledQuestion]) -> None:
    """Fit the head of words: a logistic regression tells before which word a message is cut."""
    given, truth = [], []
    for text, cut in cuts_of(questions, read_cuts()):
        starts, pairs = learner.of_words(text)
        given.append(pairs)
        truth += [start == cut for start in starts]
    scaled = (rows := np.concatenate(given)) / (spread := rows.std(axis=0))
    model = LogisticRegression(C=CUT, max_iter=1000).fit(scaled, truth)
    learner.put_words(model.coef_[0] / spread, float(model.intercept_[0]))


def _operation(asked: Asked) -> str:
    return asked.operation if asked.operation in OPERATIONS else "other"


class Scores(NamedTuple):
    """How a reader does on rows that it did not learn from: how many are right, of how many.

    Operations, and sets of facets of questions on the framework, that are as labelled; messages of
    a case that are taken for one at an even chance; and other messages that are not.
    """

    operations: tuple[int, int]
    facets: tuple[int, int]
    disclosures: tuple[int, int]
    alarms: tuple[int, int]

    def is_worse(self, before: Self) -> bool:
        """Tell whether any of the four fell, by more than one row in a hundred."""
        pairs = zip(self, before, strict=True)
        return any(one[0] / one[1] < other[0] / other[1] - 0.01 for one, other in pairs)

    def __str__(self) -> str:
        """Return the four shares with what they are of."""
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
    shares = (operations, facets, right[~policy], right[policy])
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
    steps that are done, and all. `ModelError` where the encoder cannot be used.
    """
    names = wordings_by_id(Whole.read().framework)
    wordings = [(text, at) for at, texts in enumerate(names.values()) for text in texts]
    vectors = ready_embedder(settings).embed_all([text for text, _ in wordings])
    learner = tuning.Learner(sum(reader.HEADS.values()), reader.MAX_TOKENS, frozen=0)
    used = reader.weights_path(settings.home)
    afresh = afresh or not used.exists()
    if not afresh:
        learner.load(used)
    questions, messages = [*tuning.labelled_questions(), *extra], tuning.labelled_messages()
    new = {row.id for row in (*extra, *(one for one in questions if one.author in hands))}
    fresh = None if afresh else frozenset(new)
    rows = rows_of(questions, tuning.labelled_messages("train"), fresh)
    sys.stdout.write(f"{len(rows)} rows\n")
    sys.stdout.flush()
    owners = torch.tensor([at for _, at in wordings])
    places = {name: at for at, name in enumerate(names)}
    trainer = Trainer(learner, places, torch.tensor(vectors), owners)
    tuning.fit(
        (learner.encoder, learner.head),
        rows,
        trainer.loss,
        # Messages stand apart from questions.
        lambda row: 10_000 + len(row[0]) if isinstance(row, tuple) else len(row.question),
        epochs=EPOCHS if afresh else 1,
        batch=BATCH,
        rate=RATE if afresh else RATE / 2,
        progress=progress,
    )
    if not afresh:
        learner.meet(used)
    every = rows if fresh is None else rows_of(questions, ())
    refit(learner, [one for one in every if not isinstance(one, tuple)])
    refit_words(learner, questions)
    trainer.refit_links([one for one in questions if one.split == "train" and is_whole(one)])
    held = [row for row in questions if row.split == "development" and is_framed(row)]
    judged = tuning.labelled_messages("calibration")
    after, before = scored(learner, held, judged), None
    if used.exists():
        in_use = tuning.Learner(sum(reader.HEADS.values()), reader.MAX_TOKENS, frozen=0)
        in_use.load(used)
        before = scored(in_use, held, judged)
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
        "epochs": EPOCHS if afresh else 1,
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
    done = learn(settings, reader.tuned_path(), **given)
    sys.stdout.write(f"before: {done.before}\nafter: {done.after}\n")
    return 0 if done.kept else 1


if __name__ == "__main__":
    sys.exit(main())
