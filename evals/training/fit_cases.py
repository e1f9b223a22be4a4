"""Train the second reading of messages: `python -m evals.training.fit_cases`; some 45 minutes.

The upper layers of the multilingual encoder and a linear head learn the case from the messages of
`train` and `development`, with questions and turns of conversations of `train` among those that are
no disclosures. A regression on the messages of `calibration`, new to both readings, weighs both.
"""

import argparse
import hashlib
import random
import re
import sys
from collections.abc import Sequence
from itertools import product
from operator import attrgetter
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertModel

from assistant.safety import multilingual
from assistant.safety.multilingual import LEAST, Multilingual, Packed, Weights, need_odds
from assistant.safety.triage import POLICY, passages, read_first, readable
from assistant.settings import Settings
from assistant.understanding.reader import CASES, REPLIED, Reader, softmax
from corpus.passage import digest_of
from corpus.readers.questions import LabelledMessage
from evals import refusing
from evals.cases.suites import read_messages
from evals.training.tuning import SEED, Model, Pace, labelled_messages, labelled_questions, torn

LAYERS = 6
PACE = Pace(epochs=3, batch=32, rate=2e-4)
SMOOTHED = 0.05
WIDE = 40.0  # What a vector is multiplied by before the head, so that one rate suits both.
QUESTIONS, TURNS = 9000, 4000  # Policy questions beside the messages, and turns of conversations.
TORN = 6000  # Sentences of these and of messages that are none.
JOINED = 6000  # Messages before or after a policy question, which changes nothing of their case.
NEW, OLD = 5, 12000  # How often new messages count, and how many texts stand beside them.
SHARES = np.arange(0.0, 1.55, 0.1)  # What the logs of either reading's cases may count for.
FOLDER = Path(__file__).parents[2] / "assistant" / "safety"
QUERY = "query: "  # What stands before a text that the package encodes as a query.
MOST_TOKENS = 252
BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])
STEPS = 8

# What the packed file and `transformers` call the parts of a layer.
PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
EMBEDDINGS = {
    "emb.word": "word_embeddings.weight",
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}

Row = tuple[list[int], int]  # The tokens of a message, and the place of its case.


def learned_from(messages: Sequence[LabelledMessage]) -> list[tuple[str, str]]:
    """Return texts with their cases: messages, those of the suite's development, questions."""
    asked = labelled_questions("train")
    alone = [row.question for row in asked if not row.turns]
    drawn = random.Random(SEED).sample(alone, QUESTIONS)
    turns = {text for row in asked if row.turns for text in (*row.turns, row.question)}
    plain = (one.message for one in messages if (one.case, one.language) == (POLICY, REPLIED[0]))
    drawn += torn([*drawn, *plain], TORN)
    said = [(one.message, one.case) for one in messages]
    draw = random.Random(SEED)
    for message, case in draw.sample(said, JOINED):
        both = [message, draw.choice(drawn[:QUESTIONS])]
        said.append((" ".join(draw.sample(both, 2)), case))
    said += [(one.message, one.case) for one in read_messages("development")]
    drawn += draw.sample(sorted(turns), TURNS)
    return said + [(text, POLICY) for text in drawn]


def weighed(second: Multilingual, rows: Sequence[LabelledMessage], settings: Settings) -> Weights:
    """Return the weights with what weighs both readings, fitted on rows that neither learned."""
    reader = Reader(settings)
    figures, needs, logs, truth = [], [], [], []
    for row in rows:
        text = passages(readable(row.message))[0]
        first, own = read_first(reader, [text])[0].cases, second.cases(text)
        figures.append([need_odds(one) for one in (first, own)])
        needs.append(row.case != POLICY)
        if row.case != POLICY and row.language == REPLIED[0]:
            logs.append([np.log(np.clip(one[:-1], LEAST, 1.0)) for one in (first, own)])
            truth.append(CASES.index(row.case))
    both = LogisticRegression(max_iter=3000).fit(figures, needs)

    def fits(shares: tuple[float, ...]) -> float:
        told = softmax(np.tensordot(np.array(logs), np.array(shares), axes=([1], [0])))
        return float(np.log(told[np.arange(len(truth)), truth]).sum())

    shares = max(product(SHARES, SHARES), key=fits)
    update = {
        "odds": tuple(both.coef_[0].round(4).tolist()),
        "need": round(float(both.intercept_[0]), 4),
        "shares": tuple(round(float(one), 1) for one in shares),
    }
    return second.weights.model_copy(update=update)


class PackedEncoder(Model):
    """The encoder, its upper layers to be trained, and a linear head."""

    def __init__(self, data: bytes, layers: int, outputs: int) -> None:
        """Read the data of a packed file; so many upper layers are trained, and a new head."""
        packed = multilingual.unpacked(data)
        self._first, self._last, self._padding, unknown = packed.marks
        hidden, count, heads, middle, pieces, tokens, types = packed.sizes
        config = BertConfig(
            vocab_size=pieces,
            hidden_size=hidden,
            num_hidden_layers=count,
            num_attention_heads=heads,
            intermediate_size=middle,
            max_position_embeddings=tokens,
            type_vocab_size=types,
            layer_norm_eps=packed.epsilon,
            pad_token_id=self._padding,
        )
        self.encoder = BertModel(config, add_pooling_layer=False)
        self.encoder.load_state_dict(_weights(self.encoder, packed, data))
        self.encoder.requires_grad_(False)
        upper = [f"l{at}." for at in range(count - layers, count)]
        self._trained = [name for name in packed.tensors if name.startswith(tuple(upper))]
        for part in self.encoder.encoder.layer[-layers:].requires_grad_(True).modules():
            if isinstance(part, torch.nn.Linear):
                torch.nn.utils.parametrize.register_parametrization(
                    part, "weight", Rounded(), unsafe=True
                )
        self.head = torch.nn.Linear(hidden, outputs)
        self._tokenizer = _tokenizer(packed, data, unknown)
        self._normals = _normals(data[packed.normals])

    def tokens(self, text: str) -> list[int]:
        """Return the tokens of a text as the package has them, cut where it is long."""
        plain = re.sub(" +", " ", text.translate(self._normals))
        found = self._tokenizer.encode(QUERY + plain).ids[: MOST_TOKENS - 2]
        return [self._first, *found, self._last]

    def vectors(self, rows: Sequence[Sequence[int]], *, training: bool = False) -> torch.Tensor:
        """Return what some texts mean, each as its tokens, shape (texts, hidden), unit norm."""
        ids, mask = (
            torch.nn.utils.rnn.pad_sequence(
                [torch.tensor(row) for row in held], batch_first=True, padding_value=padding
            )
            for held, padding in ((rows, self._padding), ([[1] * len(row) for row in rows], 0))
        )
        self.encoder.train(training)
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return torch.nn.functional.normalize(mean, dim=-1)

    def packed_layers(self) -> dict[str, NDArray[np.uint8]]:
        """Return the tensors of the trained layers as a packed file holds them."""
        found = {}
        for name in self._trained:
            values = attrgetter(_path(name))(self.encoder).detach()
            packed = values.numpy().astype("<f4")
            if values.ndim == 2:
                steps, scale = (some.numpy() for some in _in_steps(values))
                codes = (steps + STEPS).astype(np.uint8)
                packed = np.zeros(len(codes), BLOCK)
                packed["scale"] = scale[:, 0]
                packed["pairs"] = codes[:, :16] | (codes[:, 16:] << 4)
            found[name] = np.frombuffer(packed.tobytes(), np.uint8)
        return found


def _path(name: str) -> str:
    """Return what `transformers` calls a tensor of a packed file."""
    if name in EMBEDDINGS:
        return f"embeddings.{EMBEDDINGS[name]}"
    layer, short, end = name.split(".")
    return f"encoder.layer.{layer[1:]}.{PARTS[short]}.{'weight' if end == 'w' else 'bias'}"


def _weights(encoder: BertModel, packed: Packed, data: bytes) -> dict[str, torch.Tensor]:
    """Return the tensors of a packed file by the names and in the shapes of an encoder."""
    found = {}
    for name, place in packed.tensors.items():
        shape = encoder.get_parameter(_path(name)).shape
        if place.stop - place.start == 4 * shape.numel():
            values = np.frombuffer(data[place], "<f4").copy()
        else:
            blocks = np.frombuffer(data[place], BLOCK)
            steps = np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=1)
            scale = blocks["scale"].astype(np.float32)[:, None]
            values = (steps.astype(np.int8) - STEPS) * scale
        found[_path(name)] = torch.tensor(values).reshape(shape)
    return found


def _in_steps(weights: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return weights in blocks of 32: steps from -8 to 7, and how long a step of each block is.

    Shapes (blocks, 32) and (blocks, 1); weights that came from such blocks come out the same.
    """
    rows = weights.detach().reshape(-1, 32)
    scale = (rows.gather(1, rows.abs().argmax(1, keepdim=True)) / -STEPS).half().float()
    steps = torch.where(scale != 0, rows / scale, torch.zeros_like(rows)).round()
    return steps.clamp(-STEPS, STEPS - 1), scale


class Rounded(torch.nn.Module):
    """Rounds a matrix to four bits and lets its gradient pass."""

    def forward(self, weights: torch.Tensor) -> torch.Tensor:
        """Return it as it would be packed."""
        steps, scale = _in_steps(weights)
        return weights + ((steps * scale).reshape(weights.shape) - weights).detach()


def _tokenizer(packed: Packed, data: bytes, unknown: int) -> Tokenizer:
    ends = np.frombuffer(data[packed.ends], "<u4")
    scores = np.frombuffer(data[packed.scores], "<f4")
    letters = data[packed.letters]
    pieces = [
        (letters[start:end].decode("utf-8", "replace"), float(score))
        for start, end, score in zip(ends, ends[1:], scores, strict=False)
    ]
    found = Tokenizer(models.Unigram(pieces, unk_id=unknown))
    found.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    return found


def _normals(raw: bytes) -> dict[int, str]:
    found, at = {}, 0
    while at < len(raw):
        letter, count = int.from_bytes(raw[at : at + 4], "little"), raw[at + 4]
        told = np.frombuffer(raw[at + 5 : at + 5 + 4 * count], "<u4")
        found[letter] = "".join(map(chr, told))
        at += 5 + 4 * count
    return found


def trained(data: bytes, said: Sequence[tuple[str, str]], before: Weights | None) -> PackedEncoder:
    """Return the encoder of a packed file, its upper layers and a head trained on texts with cases.

    It goes on from weights of `before`, if there are any, for one epoch at half the rate.
    """
    torch.manual_seed(SEED)
    random.seed(SEED)
    encoder = PackedEncoder(data, LAYERS, len(CASES))
    if before:
        head = {"weight": torch.tensor(before.cases) / WIDE, "bias": torch.tensor(before.bias)}
        encoder.head.load_state_dict(head)
    rows = [(encoder.tokens(readable(text)), CASES.index(case)) for text, case in said]

    def loss(batch: Sequence[Row]) -> torch.Tensor:
        vectors = encoder.vectors([tokens for tokens, _ in batch], training=True)
        truth = torch.tensor([case for _, case in batch])
        sums = encoder.head(torch.nn.functional.dropout(WIDE * vectors, 0.1)).float()
        return torch.nn.functional.cross_entropy(sums, truth, label_smoothing=SMOOTHED)

    encoder.fit(rows, loss, lambda row: len(row[0]), PACE.further() if before else PACE)
    return encoder


@refusing
def main() -> None:
    """Train, weigh and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weigh", action="store_true", help="keep the layers; only weigh anew")
    parser.add_argument("--further", action="store_true", help="go on from the layers that ship")
    parser.add_argument("--hands", default="", help="whose messages count most, beside few")
    options, settings = parser.parse_args(), Settings.from_environment()
    held = labelled_messages("calibration")
    learned = [row for row in labelled_messages() if row.split != "calibration"]
    if not options.weigh:
        before = Multilingual(settings).weights if options.further else None
        base = multilingual.base_model(settings.home)
        data = multilingual.assembled(base) if before else base.read_bytes()
        said, hands = learned_from(learned), options.hands.split(",")
        if new := [(one.message, one.case) for one in learned if one.author in hands]:
            said = new * NEW + random.Random(SEED).sample(said, OLD)
        encoder = trained(data, said, before)
        save_file(encoder.packed_layers(), FOLDER / multilingual.TUNED)
        head, bias = (one.detach().numpy().astype(float) for one in encoder.head.parameters())
        weights = Weights(
            cases=(WIDE * head).round(3).tolist(),
            bias=bias.round(4).tolist(),
            odds=(0.0, 1.0),
            need=0.0,
            shares=(0.0, 1.0),
            model=hashlib.sha256(multilingual.assembled(base)).hexdigest(),
            rows=digest_of(learned),
        )
        (FOLDER / multilingual.FILE).write_text(f"{weights.model_dump_json()}\n", "utf-8")
    kept = weighed(Multilingual(settings), held, settings)
    (FOLDER / multilingual.FILE).write_text(f"{kept.model_dump_json()}\n", "utf-8")
    sys.stdout.write(f"weighed on {len(held)}: {kept.odds}, {kept.need}, {kept.shares}\n")


if __name__ == "__main__":
    sys.exit(main())
