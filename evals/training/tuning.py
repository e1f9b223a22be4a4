"""Training the upper layers of the shipped encoder, with linear heads on them, in torch."""

import math
import random
import sys
import time
from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar, cast

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from assistant.retrieval.encoder import WORDS_LAYER, Matrix, read_weights, write_weights
from assistant.retrieval.models import shipped_folder
from corpus.passage import Passage
from corpus.readers.questions import LabelledMessage, LabelledQuestion
from corpus.text import split_sentences
from corpus.whole import Whole

DROPPED = 0.1
WARM = 0.06  # Share of the steps in which the rate grows.
POOL = 20  # Batches that are drawn together and sorted by length.
AT_ONCE = 64  # Texts of a batch that is only read.
SEED = 7
BARE = 0.7  # Share of the sentences that lose their question mark.

T = TypeVar("T")
Text = str | tuple[str, str]  # A text, or two that are read together.


class Pace(NamedTuple):
    """How fast is learned: how often all is read, rows of a batch, and the greatest rate."""

    epochs: int
    batch: int
    rate: float

    def further(self) -> Self:
        """Return the pace of what goes on from trained weights: one epoch, at half the rate."""
        return self._replace(epochs=1, rate=self.rate / 2)


class Model:
    """An encoder with linear heads, of which is trained what is not frozen."""

    encoder: Any
    head: torch.nn.Linear

    def fit(
        self,
        rows: Sequence[T],
        loss_of: Callable[[Sequence[T]], torch.Tensor],
        length_of: Callable[[T], int],
        pace: Pace,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        """Fit by AdamW with a rate that grows and then falls in a straight line; print the loss.

        Batches hold texts of like length, in any order; products are in bfloat16, which some
        processors do twice as fast; `progress` is given the steps that are done, and all.
        """
        epochs, batch, rate = pace
        weights = [*self.encoder.parameters(), *self.head.parameters()]
        steps = epochs * math.ceil(len(rows) / batch)

        def rated(step: int) -> float:
            return min((step + 1) / (WARM * steps + 1), max(0.0, (steps - step) / steps))

        optimiser = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rated)
        began = time.monotonic()
        for epoch in range(epochs):
            total = 0.0
            mixed = random.sample(rows, len(rows))
            batches: list[list[T]] = []
            for start in range(0, len(mixed), POOL * batch):
                part = sorted(mixed[start : start + POOL * batch], key=length_of)
                batches += [part[at : at + batch] for at in range(0, len(part), batch)]
            random.shuffle(batches)
            for drawn in batches:
                progress(schedule.last_epoch, steps)
                with torch.autocast("cpu", torch.bfloat16):
                    loss = loss_of(drawn)
                optimiser.zero_grad()
                torch.autograd.backward(loss)
                torch.nn.utils.clip_grad_norm_(weights, 1.0)
                optimiser.step()
                schedule.step()
                total += float(loss.item())
            seconds = time.monotonic() - began
            told = f"loss {total / len(batches):.4f}, {seconds:.0f} s"
            sys.stdout.write(f"epoch {epoch + 1}: {told}\n")
            sys.stdout.flush()


class Learner(Model):
    """The shipped encoder with heads, in torch."""

    def __init__(self, outputs: int, tokens: int, frozen: int = 2) -> None:
        """Load the shipped encoder, and put untrained heads on it that give so many numbers.

        Of a text so many tokens are read; the longer of two is cut. The lowest layers, as many as
        are `frozen`, stay as they are, and the embeddings with them.
        """
        from transformers import AutoModel, AutoTokenizer

        torch.manual_seed(SEED)
        random.seed(SEED)
        self._tokens = tokens
        self._frozen = frozen
        folder = str(shipped_folder())
        self.encoder = AutoModel.from_pretrained(folder)
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.head = torch.nn.Linear(2 * int(self.encoder.config.hidden_size), outputs)
        self.words: dict[str, torch.Tensor] = {}
        self.dropout = torch.nn.Dropout(DROPPED)
        for part in (self.encoder.embeddings, *self.encoder.encoder.layer[:frozen]):
            part.requires_grad_(False)

    def scores(self, texts: Sequence[Text], *, training: bool = False) -> torch.Tensor:
        """Return what the heads make of each text, shape (texts, outputs)."""
        return cast("torch.Tensor", self.head(self.features(texts, training=training)))

    def features(self, texts: Sequence[Text], *, training: bool = False) -> torch.Tensor:
        """Return what the heads are given of each text, shape (texts, 2 x hidden size)."""
        self.encoder.train(training)
        self.dropout.train(training)
        batch = self.tokenizer(
            [*texts],
            padding=True,
            truncation="longest_first",
            max_length=self._tokens,
            return_tensors="pt",
        )
        hidden = self.encoder(**batch).last_hidden_state
        mask = batch["attention_mask"][..., None]
        mean = (hidden * mask).sum(1) / mask.sum(1)
        return cast("torch.Tensor", self.dropout(torch.cat([mean, hidden[:, 0]], dim=-1)))

    def of_words(self, text: str) -> tuple[list[int], Matrix]:
        """Return where each word of a text but the first begins, and what a head of words is given.

        That is what `WORDS_LAYER` makes of the token before it and of its own first one, shape
        (words, 2 x hidden size).
        """
        self.encoder.train(False)
        batch = self.tokenizer(
            text,
            truncation=True,
            max_length=self._tokens,
            return_tensors="pt",
            return_offsets_mapping=True,
        )
        starts = batch.pop("offset_mapping")[0, :, 0].tolist()
        with torch.no_grad():
            states = self.encoder(**batch, output_hidden_states=True).hidden_states
        hidden = states[WORDS_LAYER][0].numpy()
        at = [one for one, start in enumerate(starts) if start and text[start - 1].isspace()]
        pairs = np.concatenate([hidden[[one - 1 for one in at]], hidden[at]], axis=1)
        return [starts[one] for one in at], pairs

    def put_words(self, weights: Matrix, bias: float) -> None:
        """Set the head of words: weights of shape (2 x hidden size,)."""
        halves = torch.tensor(weights, dtype=torch.float32).reshape(2, -1)
        self.words = {"words.weight": halves, "words.bias": torch.tensor([0.0, bias])}

    def read(self, texts: Sequence[Text], *, bare: bool = False) -> Matrix:
        """Return `scores`, or `features` if `bare`, in numpy, untrained and in the order given."""
        read = self.features if bare else self.scores
        order = sorted(range(len(texts)), key=lambda at: len(str(texts[at])))
        parts = [order[start : start + AT_ONCE] for start in range(0, len(order), AT_ONCE)]
        with torch.no_grad():
            outputs = [read([texts[at] for at in part]).numpy() for part in parts]
        return cast("Matrix", np.concatenate(outputs)[np.argsort(order)])

    def put(self, rows: slice, weights: Matrix, bias: Matrix) -> None:
        """Set rows of the head: weights of shape (rows, 2 x hidden size), bias (rows,)."""
        with torch.no_grad():
            self.head.weight[rows] = torch.tensor(weights, dtype=torch.float32)
            self.head.bias[rows] = torch.tensor(bias, dtype=torch.float32)

    def load(self, path: Path) -> None:
        """Go on from layers and heads that were saved; heads added since stay untrained."""
        kept = {name: torch.from_numpy(values) for name, values in read_weights(path).items()}
        self.words = {name: kept.pop(name) for name in [*kept] if name.startswith("words.")}
        weight, bias = kept.pop("head.weight"), kept.pop("head.bias")
        self.encoder.load_state_dict(kept, strict=False)
        self.put(slice(len(bias)), weight.numpy(), bias.numpy())

    def meet(self, path: Path) -> None:
        """Take the mean of all weights and those that were saved, which they went on from.

        So less is forgotten, and strangers are read better than by either (Wortsman et al. 2022,
        "Robust fine-tuning of zero-shot models", section 3).
        """
        weights = [*self.encoder.parameters(), *self.head.parameters()]
        gone_on = [one.detach().clone() for one in weights]
        self.load(path)
        with torch.no_grad():
            for one, other in zip(weights, gone_on, strict=True):
                one.lerp_(other, 0.5)

    def save(self, path: Path) -> None:
        """Write what was trained."""
        kept = {
            name: values
            for name, values in self.encoder.state_dict().items()
            if name.startswith("encoder.layer.") and int(name.split(".")[2]) >= self._frozen
        }
        kept |= {f"head.{name}": one for name, one in self.head.state_dict().items()} | self.words
        write_weights(path, {name: one.detach().float().numpy() for name, one in kept.items()})


def labelled_questions(*splits: str) -> list[LabelledQuestion]:
    """Return the questions that ship with labels, of some splits or of all."""
    rows = LabelledQuestion.read()
    return [row for row in rows if not splits or row.split in splits]


def labelled_messages(*splits: str) -> list[LabelledMessage]:
    """Return the messages that ship with labels, of some splits or of all."""
    rows = LabelledMessage.read()
    return [row for row in rows if not splits or row.split in splits]


def elsewhere(split: str, questions: Sequence[LabelledQuestion]) -> list[str]:
    """Return questions of other fields: those labelled so, and those to other services."""
    asked = [row.question for row in questions if row.split == split and row.change == "field"]
    heard = (row for row in labelled_messages(split) if row.manner == "service")
    return asked + [row.message for row in heard if row.language == "en"]


def minimal_pairs(
    rows: Sequence[LabelledQuestion], places: Container[str]
) -> tuple[list[LabelledQuestion], list[LabelledQuestion]]:
    """Return the answered questions of minimal pairs, and their near misses in the same order.

    A near miss comes close to one of the `places`, which are ids of passages.
    """
    by_id = {row.id: row for row in rows}
    missed = [
        row for row in rows if not row.answerable and row.about in places and row.pair in by_id
    ]
    return [by_id[row.pair] for row in missed], missed


def order_of(odds: Matrix) -> str:
    """Return how log-odds tell minimal pairs: those of the answered questions, then the others."""
    given, missed = np.split(odds, 2)
    area = roc_auc_score([1] * len(given) + [0] * len(missed), odds)
    return f"AUROC {area:.3f}, right order in {(given > missed).mean():.3f} of {len(given)} pairs"


def guidance() -> list[Passage]:
    """Return the sections of guidance that ship."""
    return [one for one in Whole.read().corpus.passages if one.facets["tier"] == "guidance"]


def torn(texts: Sequence[str], most: int) -> list[str]:
    """Return sentences of texts that have several, by chance: triage reads each by itself too."""
    spans = ((text, split_sentences(text)) for text in texts)
    found = [one.of(text) for text, some in spans if len(some) > 1 for one in some]
    return random.Random(SEED).sample(found, min(most, len(found)))


def asking_sentences(rows: Sequence[LabelledQuestion]) -> list[tuple[str, bool]]:
    """Return the sentences of rows, each with whether it asks.

    Where the words that ask are not labelled, those are that end in a question mark; of a message
    that asks several things the others may ask as well, and are left out. The mark is mostly
    taken off, so that what learns from them reads words and not marks.
    """
    chance, found = random.Random(SEED), []
    for row in rows:
        spans = split_sentences(row.question)
        core = row.question.find(row.core), row.question.find(row.core) + len(row.core)
        asking = [
            min(span.end, core[1]) - max(span.start, core[0]) > (span.end - span.start) / 2
            if row.core
            else len(spans) == 1 or span.of(row.question).endswith("?")
            for span in spans
        ]
        if any(asking) and not row.turns:
            found += [
                (span.of(row.question), asks)
                for span, asks in zip(spans, asking, strict=True)
                if asks or row.core or not row.parts
            ]
    return [(text.rstrip("? ") if chance.random() < BARE else text, asks) for text, asks in found]
