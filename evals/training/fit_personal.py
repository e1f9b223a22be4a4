"""Fit the head that notices personal data: `python -m evals.training.fit_personal`.

Half of the corpus is the vocabulary, so that words occur which it does not know. Score with
`python -m evals.cases.personal_cases`, and keep what is no worse on development.
"""

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
from safetensors.numpy import save_file
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from assistant.safety.tagger import LABELS, WEIGHTS, Signs, known_names, tokens
from assistant.safety.vocabulary import Vocabulary, printed
from corpus.passage import Record, sha256_of
from corpus.readers.questions import shipped_questions
from corpus.text import split_sentences
from corpus.whole import Whole
from evals.training.tuning import SEED, labelled_messages, labelled_questions

OUT = Path(__file__).parents[2] / "assistant" / "safety" / WEIGHTS
EACH = 30  # Texts that are made of a pattern.
LEAST = 8  # Tokens that show a sign which is kept.
KEPT = 28_000  # Signs in the file; their weights are fitted again by themselves.
STRENGTH = 0.3  # Inverse of the ridge penalty; chosen on the development cases.
ODD = {"given": 0.25, "family": 0.4, "odd": 1.0}  # Share of names that are made up.
_ACCENTED = "aeiouyáéíóúäöüèăőłńśžčšřđțß"
_SLOT = re.compile(r"\{(\w+)\}")
Marks = tuple[tuple[str, int, int], ...]  # Label, first character, one past the last.
Row = tuple[str, Marks]


class Swap(Record):
    """What may stand in place of phrases of a text."""

    share: float
    """Share of the texts with such a phrase in which it is put."""
    phrases: tuple[str, ...]
    """In small letters."""
    instead: tuple[str, ...]
    """Patterns; `{phrase}` is the phrase itself."""


class Recipe(Record):
    """What rows are made of: `corpus/questions/personal.json`."""

    marks: dict[str, tuple[str, ...]]
    """Slots that hold personal data, by label."""
    formal: frozenset[str]
    """Slots in which `#` stands for a digit and `@` for a capital."""
    patterns: tuple[str, ...]
    """Texts with personal data; `{q}` is a question."""
    plain: tuple[str, ...]
    """Texts without any, though they look like it."""
    swaps: tuple[Swap, ...]
    """What is put into training questions and messages."""
    slots: dict[str, tuple[str, ...]]
    """What each slot may hold, with slots of its own."""


class Maker:
    """Makes rows."""

    def __init__(self, recipe: Recipe, questions: Sequence[str]) -> None:
        self._recipe, self._questions = recipe, questions
        self._label = {slot: label for label, slots in recipe.marks.items() for slot in slots}
        self._chance = random.Random(SEED)
        self._names = {kind: sorted(names) for kind, names in known_names().items()}

    def patterned(self) -> Iterator[Row]:
        """Give the texts of all patterns."""
        for pattern in self._recipe.patterns:
            yield from (self._varied(self._filled(pattern)) for _ in range(EACH))
        for pattern in self._recipe.plain:
            yield from (self._varied((self._filled(pattern)[0], ())) for _ in range(EACH))

    def swapped(self, texts: Iterable[str]) -> Iterator[Row]:
        """Give texts with personal data in place of a phrase."""
        for text in texts:
            spaced = f" {text.lower()} "
            for swap in self._recipe.swaps:
                held = [phrase for phrase in swap.phrases if f" {phrase} " in spaced]
                if held and len(spaced) == len(text) + 2 and self._chance.random() < swap.share:
                    phrase = self._chance.choice(held)
                    at = spaced.index(f" {phrase} ")
                    end = at + len(phrase)
                    pattern = self._chance.choice(swap.instead).replace("{phrase}", text[at:end])
                    made, marks = self._filled(pattern)
                    moved = tuple((label, one + at, other + at) for label, one, other in marks)
                    yield self._varied((text[:at] + made + text[end:], moved))

    def _filled(self, pattern: str) -> Row:
        text, end = "", 0
        marks: list[tuple[str, int, int]] = []
        for found in _SLOT.finditer(pattern):
            text += pattern[end : found.start()]
            value = self._value(found[1])
            if found[1] in self._label:
                marks.append((self._label[found[1]], len(text), len(text) + len(value)))
            text, end = text + value, found.end()
        return text + pattern[end:], tuple(marks)

    def _value(self, slot: str) -> str:
        pick, chance = self._chance.choice, self._chance.random
        if slot == "q":
            return pick(self._questions)
        if slot in ODD:
            if chance() < ODD[slot]:
                return self._odd()
            kind = "double" if slot == "given" and chance() < 0.15 else slot
            return _capital(pick(self._names[kind]))
        held = pick(self._recipe.slots[slot])
        if slot in self._recipe.formal:
            signs = {"#": "0123456789", "@": "ABCDEFGHJKLMNPRSTWXYZ"}
            held = "".join(pick(signs.get(sign, sign)) for sign in held)
        return _SLOT.sub(lambda found: self._value(found[1]), held)

    def _odd(self) -> str:
        pick, between = self._chance.choice, self._chance.randint
        given, family = self._names["given"], self._names["family"]
        one, other = pick(given + family), pick(family + given)
        name = one[: between(2, max(2, len(one) - 2))] + other[between(1, max(1, len(other) - 3)) :]
        if self._chance.random() < 0.3:
            at = self._chance.randrange(len(name))
            name = name[:at] + pick(_ACCENTED) + name[at + 1 :]
        return _capital(name[: between(2, 4)] if self._chance.random() < 0.12 else name)

    def _varied(self, row: Row) -> Row:
        """Write some rows in small letters, most where they begin so, and a few in large."""
        chance, small = self._chance.random(), 0.5 if row[0][0].islower() else 0.2
        text = row[0].lower() if chance < small else row[0].upper() if chance > 0.96 else row[0]
        return (text, row[1]) if len(text) == len(row[0]) else row


def rows_and_vocabulary() -> tuple[list[Row], Vocabulary]:
    """Return what is learned from, and the words that are known meanwhile."""

    def sentences(texts: Iterable[str]) -> list[str]:
        return [span.of(text) for text in texts for span in split_sentences(text)]

    held = (shipped_questions() / "personal.json").read_text(encoding="utf-8")
    asked = dict.fromkeys(row.question for row in labelled_questions("train"))
    questions = [text for text in asked if len(text) < 130 and _is_unsigned(text)]
    told = [row.message for row in labelled_messages("train")]
    parts = [one for one in sentences(told) if 5 < len(one.split()) < 30 and _is_unsigned(one)]
    texts = list(printed(Whole.read().corpus))
    known = [one for one in sentences(texts[::2]) if sum(sign.isdigit() for sign in one) > 1]
    whole = [*sentences(texts[1::2]), *known]
    held_out = dict.fromkeys(one for one in whole if 4 < len(one.split()) < 40)
    maker = Maker(Recipe.model_validate_json(held), questions)
    rows = [*maker.patterned(), *maker.swapped([*parts, *questions])]
    plain = [(text, ()) for text in (*questions, *parts, *held_out)]
    return rows + plain, Vocabulary(texts[::2])


def fitted(rows: Sequence[Row], vocabulary: Vocabulary) -> tuple[list[str], LogisticRegression]:
    """Fit all signs that occur often enough, and again those that weigh most."""
    signs = Signs(vocabulary)

    def regression(kept: list[str]) -> LogisticRegression:
        table = CountVectorizer(analyzer=list, vocabulary=kept, dtype=np.float32).transform(seen)
        return LogisticRegression(C=STRENGTH, max_iter=120).fit(table, labels)

    seen: list[list[str]] = []
    labels: list[int] = []
    for text, marks in rows:
        line = tokens(text)
        seen += signs.of(line)
        for token in line:
            held = (label for label, one, other in marks if one <= token.start < other)
            labels.append(LABELS.index(next(held, "")))
    counts = Counter(sign for row in seen for sign in row)
    kept = [sign for sign, count in counts.items() if count >= LEAST]
    model = regression(kept)
    weight = np.abs(model.coef_).max(axis=0)
    weight *= np.minimum([counts[sign] for sign in kept], 200) ** 0.25
    kept = [kept[at] for at in np.argsort(-weight)[:KEPT]]
    return kept, regression(kept)


def _is_unsigned(text: str) -> bool:
    """Tell whether a text neither greets nor ends with what may be a name."""
    words = text.split()
    greets = words[0].strip(",") in ("Dear", "Hi", "Hello", "Hey", "Good")
    signed = len(words) > 1 and words[-1][0].isupper() and words[-2][-1] in ".,?!"
    return not (greets or signed)


def _capital(name: str) -> str:
    return "-".join(part[:1].upper() + part[1:] for part in name.split("-"))


def main() -> None:
    """Fit and write the weights."""
    rows, vocabulary = rows_and_vocabulary()
    signs, model = fitted(rows, vocabulary)
    scale = np.abs(model.coef_).max() / 127
    held = {
        "signs": np.array([crc32(sign.encode()) for sign in signs], dtype=np.uint32),
        "weights": np.round(model.coef_.T / scale).astype(np.int8),
        "scale": np.array(scale, dtype=np.float32),
        "bias": model.intercept_.astype(np.float32),
    }
    card = {"rows": str(len(rows)), "seed": str(SEED), "data": sha256_of(json.dumps(rows))}
    save_file(held, OUT, metadata=card)
    sys.stdout.write(f"{OUT}: {OUT.stat().st_size} bytes, {len(rows)} rows\n")


if __name__ == "__main__":
    main()
