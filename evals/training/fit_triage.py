"""Fit what tells disclosures and harmful requests from policy.

Fitted on the development messages, on patterns filled with words, on the development questions of
every suite as policy questions, and on variants of these: misspelt, without marks, with a policy
question around them. Two readings are fitted apart and averaged (see `recognition`). The
folds part hand-written messages with all their variants, and `--folds` prints what is held out at
several thresholds; those of the settings were chosen on that, between recall and false alarms.
"""

from __future__ import annotations

import json
import random
import sys
import warnings
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.errors import SignpostError
from assistant.rules.triage_cues import count
from assistant.rules.triage_signs import signs_of
from assistant.safety.message import sentences
from assistant.safety.recognition import CASES, LANGUAGES, Layer, Recognition, steadied
from assistant.safety.triage import judged
from assistant.settings import Settings
from evals.cases.case import load_split
from evals.cases.messages import bare, filled, misspelt, read_messages, read_patterns

if TYPE_CHECKING:
    from assistant.retrieval.models import Embedder

OUT = Path(__file__).parents[2] / "assistant" / "safety" / "triage.json"

FALSE_ALARMS = 0.01
"""Greatest share of policy questions that may be triggered, of the suites and hand-written ones."""

FOLDS = 3
NETWORKS = 2
HIDDEN = 48
ROUNDS = 12
STRENGTH = 1.0
"""Inverse of the ridge penalty of the words."""

SCALES = (0.5, 4.0, 5.0)
"""What cues, hashed words and vectors are multiplied by before they are fitted; chosen by folds."""

FILLED = {"J": 12}
FILLED_OTHERS = 9
"""Messages made of each pattern."""

Floats = NDArray[np.float32]


class Example(NamedTuple):
    """A message to fit on."""

    text: str
    """The message."""

    case: str
    """Letter of its case."""

    language: str
    """Its language."""

    kind: str
    """`written` by hand, `suite`, `variant` of one of these, or `pattern`."""

    groups: tuple[str, ...]
    """Ids of the messages that it was made of, which keep it out of their fold."""


WEIGHTS = {"written": 1.0, "suite": 0.3, "variant": 0.5, "pattern": 0.3}


class Data(NamedTuple):
    """Examples with their signs."""

    examples: tuple[Example, ...]
    """The examples."""

    words: Floats
    """Shape (examples, cues + hashed words)."""

    vectors: Floats
    """Shape (examples, dimension)."""

    @classmethod
    def of(cls, examples: Sequence[Example], embedder: Embedder) -> Data:
        """Read the signs of examples."""
        texts = [one.text for one in examples]
        steps = range(0, len(texts), 256)
        vectors = np.vstack([embedder.encode(texts[at : at + 256]) for at in steps])
        words = np.stack([signs_of(text) for text in texts])
        return cls(tuple(examples), words, vectors.astype(np.float32))

    @property
    def cases(self) -> NDArray[np.int64]:
        """Places of their cases in `CASES`."""
        return np.array([CASES.index(one.case) for one in self.examples])

    def at(self, places: Sequence[int]) -> Data:
        """Return some of them."""
        chosen = tuple(self.examples[place] for place in places)
        return Data(chosen, self.words[places], self.vectors[places])


def examples() -> list[Example]:
    """Return everything that is fitted on; the same for a message whatever else there is."""
    written = [
        Example(one.message, one.case, one.language, "written", (one.id,))
        for one in read_messages("development")
        if one.language in LANGUAGES
    ]
    asked = [case for case in load_split("development") if not case.gold.safeguarding]
    texts = dict.fromkeys(case.question for case in asked)
    suite = [Example(text, "J", "en", "suite", (text,)) for text in texts]
    variants = [*_misspelt(written, suite), *_wrapped(written, suite)]
    return [*written, *suite, *variants, *_patterns()]


def chance_of(text: str) -> random.Random:
    """Return what draws for a text, so that a new message changes the variants of no other."""
    return random.Random(zlib.crc32(text.encode()))


def _misspelt(written: Sequence[Example], suite: Sequence[Example]) -> Iterator[Example]:
    for one in written:
        chance = chance_of(one.text)
        for text in (misspelt(one.text, chance), misspelt(bare(one.text), chance)):
            yield one._replace(text=text, kind="variant")
    for one in suite:
        chance = chance_of(one.text)
        if chance.random() < 0.5:
            yield one._replace(text=misspelt(one.text, chance), kind="variant")


def _wrapped(written: Sequence[Example], suite: Sequence[Example]) -> Iterator[Example]:
    """Put a policy question before or after each message, of any case."""
    policy = [one for one in (*written, *suite) if one.case == "J" and len(one.text.split()) > 4]
    for one in written:
        chance = chance_of(one.text)
        # The nearest by hash, so that a new question takes the place of few others.
        near = sorted(
            (other for other in policy if other.language == one.language and other != one),
            key=lambda other: zlib.crc32(f"{one.text} {other.text}".encode()),
        )
        for other in near[: 1 if one.case == "J" else 2]:
            first, second = (other, one) if chance.random() < 0.7 else (one, other)
            yield Example(
                f"{first.text} {second.text}",
                one.case,
                one.language,
                "variant",
                (*one.groups, *other.groups),
            )


def _patterns() -> Iterator[Example]:
    seen: set[str] = set()
    for pattern in read_patterns():
        chance = chance_of(f"{pattern.case} {pattern.pattern}")
        for text in filled(pattern, FILLED.get(pattern.case, FILLED_OTHERS), chance):
            if text not in seen:
                seen.add(text)
                typed = misspelt(text, chance) if chance.random() < 0.25 else text
                yield Example(typed, pattern.case, pattern.language, "pattern", ())


def fit(data: Data, embedder: str, *, networks: int = NETWORKS) -> Recognition:
    """Fit both readings and the language.

    Args:
        data: what to fit on.
        embedder: SHA-256 of the weights that the vectors are from.
        networks: how many to average for the reading by meaning.
    """
    kinds = np.array([WEIGHTS[one.kind] for one in data.examples])
    scale = np.ones(data.words.shape[1], dtype=np.float32)
    scale[: count()], scale[count() :] = SCALES[0], SCALES[1]
    words = _regression(data.words * scale, data.cases, kinds)
    spoken = np.array([LANGUAGES.index(one.language) for one in data.examples])
    hashed = data.words[:, count() :] * SCALES[1]
    language = _regression(hashed, spoken, kinds)
    pairs = [_network(data, kinds, seed) for seed in range(networks)]
    return Recognition(
        words=words._replace(weights=words.weights * scale[:, None]),
        hidden=tuple(hidden for hidden, _ in pairs),
        outer=tuple(outer for _, outer in pairs),
        language=language._replace(weights=language.weights * SCALES[1]),
        weights=embedder,
    )


def _regression(signs: Floats, labels: NDArray[np.int64], weights: NDArray[np.float64]) -> Layer:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it stops before the last digit, which is enough
        regression = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3)
        regression.fit(csr_matrix(signs), labels, sample_weight=weights)
    return Layer(regression.coef_.T.astype(np.float32), regression.intercept_.astype(np.float32))


def _network(data: Data, weights: NDArray[np.float64], seed: int) -> tuple[Layer, Layer]:
    from sklearn.neural_network import MLPClassifier

    # It knows no weights, so what was written by hand comes twice.
    rows = np.repeat(np.arange(len(weights)), np.where(weights == 1.0, 2, 1))
    signs = np.hstack([data.vectors * SCALES[2], data.words[:, : count()]])[rows]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a few rounds are enough
        network = MLPClassifier(
            (HIDDEN,),
            alpha=3e-3,
            batch_size=128,
            learning_rate_init=2e-3,
            max_iter=ROUNDS,
            random_state=seed,
        )
        network.fit(signs.astype(np.float32), data.cases[rows])
    hidden, outer = (one.astype(np.float32) for one in network.coefs_)
    hidden[: data.vectors.shape[1]] *= SCALES[2]
    first, second = (one.astype(np.float32) for one in network.intercepts_)
    return Layer(hidden, first), Layer(outer, second)


class Reading(NamedTuple):
    """What a message was taken for by a model that had not seen it."""

    example: Example
    """The message."""

    readings: tuple[Floats, ...]
    """Of the whole message and of its sentences."""

    @property
    def chance(self) -> float:
        """How likely it is no policy question."""
        return judged(self.readings, 0.0)[0]


def held_out(data: Data, embedder: Embedder) -> list[Reading]:
    """Read every message that is no pattern by a model that has not seen its fold."""
    chance = random.Random(1)
    ids = sorted({group for one in data.examples for group in one.groups})
    fold = {one: chance.randrange(FOLDS) for one in ids}
    found = []
    for number in range(FOLDS):
        within = [{fold[group] for group in one.groups} for one in data.examples]
        train = [place for place, folds in enumerate(within) if number not in folds]
        model = fit(data.at(train), embedder.weights_sha256)
        held = [
            one
            for one, folds in zip(data.examples, within, strict=True)
            if number in folds and one.kind in ("written", "suite")
        ]
        found += [Reading(one, read(model, one.text, embedder)) for one in held]
    return found


def read(model: Recognition, text: str, embedder: Embedder) -> tuple[Floats, ...]:
    """Return the readings of a message and of its sentences."""
    lines = [text, *sentences(text)]
    rows = embedder.encode(lines)
    return tuple(steadied([model.cases(one, rows[place]) for place, one in enumerate(lines)]))


def threshold(readings: Sequence[Reading], share: float) -> float:
    """Return the lowest threshold that triggers at most a share of policy questions."""
    policy = np.array([one.chance for one in readings if one.example.case == "J"])
    levels = np.arange(0.3, 1.0, 0.01)
    return float(next((level for level in levels if (policy >= level).mean() <= share), 0.99))


def main() -> int:
    """Fit, print what the folds say, and write the model."""
    from assistant.retrieval.models import go_offline, load_embedder

    go_offline()
    try:
        embedder = load_embedder(Settings.from_environment())
    except SignpostError as error:
        sys.stderr.write(f"signpost: {error}\n")
        return 1
    data = Data.of(examples(), embedder)
    model = fit(data, embedder.weights_sha256)
    report = {
        "embedder": model.weights,
        "fitted": {kind: sum(one.kind == kind for one in data.examples) for kind in WEIGHTS},
        "words": model.words.pack(),
        "language": model.language.pack(),
        "meaning": [
            {"hidden": hidden.pack(), "outer": outer.pack()}
            for hidden, outer in zip(model.hidden, model.outer, strict=True)
        ],
    }
    OUT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if "--folds" in sys.argv[1:]:
        sys.stdout.write(told(held_out(data, embedder)))
    return 0


def told(readings: Sequence[Reading]) -> str:
    """Return what the folds say, as text: shares that are triggered at several thresholds."""
    chances = np.array([one.chance for one in readings])
    cases = np.array([one.example.case for one in readings])
    kinds = np.array([one.example.kind for one in readings])
    lines = [f"threshold for {FALSE_ALARMS:.0%}: {threshold(readings, FALSE_ALARMS):.2f}"]
    for level in (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95):
        hit = chances >= level
        per = " ".join(f"{letter} {hit[cases == letter].mean():.3f}" for letter in CASES[:-1])
        pooled = hit[cases != "J"].mean()
        alarms = [hit[(cases == "J") & (kinds == kind)].mean() for kind in ("written", "suite")]
        said = f"{alarms[0]:.3f} written, {alarms[1]:.3f} suites"
        lines.append(f"{level:.2f}: recall {pooled:.3f} ({per}); false alarms {said}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
