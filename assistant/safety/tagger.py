"""Personal data that context tells, by a learned head over the tokens of a text.

A linear model, trained by `evals.training.fit_personal`. What it sees of a token is its form, what
is known of it (a given name, a word of the corpus, a country), and the same of its neighbours. A
sign that it sees is a string; its weights are found by the checksum of that string.
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load

from assistant.safety.vocabulary import GROUPS, Vocabulary
from assistant.understanding.reader import softmax

_HAN = r"\u3040-\u30ff\u3400-\u9fff"
_TOKEN = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+(?:['’\u2011./:-][^\W_{_HAN}]+)*|[^\w\s]|_")
"""A sign of Chinese or Japanese, a word or number with the signs inside of it, any other sign."""

LABELS = ("", "name", "address", "birth", "number", "phone")  # The first: nothing personal.
WEIGHTS = "personal.safetensors"  # File of the weights, beside this module.
_SURE = 0.5  # Probability above which a token is personal.
_BESIDE = 0.1  # The same of a token beside one that is, for the same label.
_REACH = 5  # Tokens before a token whose words are seen.
_JOINTS = str.maketrans(dict.fromkeys("'’\u2011./:-", " "))
_IN_NUMBERS = frozenset("+()-/.")
_DIGITS = {
    "name": (0, 0), "address": (1, 99), "birth": (4, 10), "number": (3, 99), "phone": (7, 18),
}  # fmt: skip
"""Digits that each label has, at least and at most."""


class Token(NamedTuple):
    """A token of a text."""

    text: str
    """As written, without `'s`."""

    start: int
    end: int
    """One past the last."""

    @property
    def digits(self) -> int:
        """How many digits it has."""
        return sum(sign.isdigit() for sign in self.text)


class Signs:
    """What the head sees of tokens; what a vocabulary holds is public."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._names = known_names()

    def of(self, line: Sequence[Token]) -> list[list[str]]:
        """Return what is seen of each token."""
        known = {text: self._known(text) for text in {token.text for token in line}}
        traits = [known[token.text] for token in line]
        forms = [_form(token.text) for token in line]
        # A form with one sign for each run of letters or digits.
        sorts = ((sort for sort, _ in groupby(map(_sort, token.text))) for token in line)
        shapes = ["^", *("".join(one)[:10] for one in sorts), "^"]
        words = [
            token.text.lower() if token.text[0].isalpha() else form
            for token, form in zip(line, forms, strict=True)
        ]
        style = self._style([token.text for token in line if token.text[0].isalpha()])
        capitals = _stretches(line, [token.text[0].isupper() for token in line], 2)
        runs = {at: run for run in capitals if len(run) > 1 for at in run}
        groups = _groups(line)
        edge = ["^"] * 3
        s = [*edge, *(f"{form} {trait}" for form, trait in zip(forms, traits, strict=True)), *edge]
        w = [*edge, *words, *edge]
        rows = []
        for at, token in enumerate(line):
            i, here, trait, digits = at + 3, s[at + 3], traits[at], min(token.digits, 9)
            coarse = "9" if digits else forms[at][:1]
            before = set(words[max(0, at - _REACH) : at])
            row = [
                f"s0={here}", f"s-1={s[i - 1]}", f"s-2={s[i - 2]}", f"s1={s[i + 1]}",
                f"s2={s[i + 2]}", f"s-1,0={s[i - 1]}|{here}", f"s0,1={here}|{s[i + 1]}",
                f"s-1,0,1={s[i - 1]}|{here}|{s[i + 1]}", f"w0={w[i]}", f"w-1={w[i - 1]}",
                f"w-2={w[i - 2]}", f"w-3={w[i - 3]}", f"w1={w[i + 1]}", f"w2={w[i + 2]}",
                f"w3={w[i + 3]}", f"w-1,s0={w[i - 1]}|{here}", f"w1,s0={w[i + 1]}|{here}",
                f"w-2,-1,s0={w[i - 2]}|{w[i - 1]}|{here}", f"w-1,1={w[i - 1]}|{w[i + 1]}",
                f"w-2,s-1,0={w[i - 2]}|{s[i - 1]}|{here}", f"w1,2={w[i + 1]}|{w[i + 2]}",
                f"style={style}|{here}", f"end={w[i][-3:]}|{trait}", f"end={w[i][-2:]}|{trait}",
                *(f"near={coarse}|{word}" for word in before),
                *(f"soon={coarse}|{word}" for word in set(words[at + 1 : at + 4])),
            ]  # fmt: skip
            if digits:
                shape, (parts, many, word_before, head) = shapes[at + 1], groups[at]
                row += [
                    f"c0={shape}", f"c0,n={shape}{digits}", f"w-1,c0={w[i - 1]}|{shape}",
                    f"w-2,c0={w[i - 2]}|{shape}", f"c-1,0={shapes[at]}|{shape}",
                    f"c0,1={shape}|{shapes[at + 2]}", f"w-1,n={w[i - 1]}|{digits}",
                    f"w-2,n={w[i - 2]}|{digits}", f"group={parts},{min(many, 12)}",
                    f"group,w={word_before}|{min(many, 9)}",
                    f"group,head={head}|{parts}",
                    *(f"near,n={digits}|{word}" for word in before),
                ]  # fmt: skip
            if run := runs.get(at):
                first, last = run[0], run[-1]
                held = traits[first : last + 1]
                left, right = min(at - first, 2), min(last - at, 2)
                kinds = ("given", "plain", "public", "group")
                mixed = [any(kind in one for one in held) for kind in kinds]
                row += [
                    f"run={left},{right}", f"run,all={trait}|{','.join(sorted(set(held)))}",
                    f"run,first={held[0]}|{left}", f"run,last={held[-1]}|{right}",
                    f"run,w-1={w[first + 2]}|{trait}", f"run,w1={w[last + 4]}|{trait}",
                    f"run,s-1={s[first + 2]}", f"run,s1={s[last + 4]}", f"run,has={mixed}",
                ]  # fmt: skip
            rows.append(row)
        return rows

    def _style(self, words: Sequence[str]) -> str:
        """Return what is particular about a line: capitals that say nothing, foreign words."""
        plain = [self._is_plain(word) for word in words]
        pairs = [*zip(words, plain, strict=True)]
        capital = [word[0].isupper() for word, one in pairs if one and len(word) > 3]
        small = [one for word, one in pairs if word[0].islower()]
        shouted = sum(word.isupper() for word in words if len(word) > 1)
        style = "spread" if len(capital) > 2 and sum(capital) > 0.6 * len(capital) else ""
        if shouted > 2 and shouted > 0.7 * len(words):
            style = "shouted"
        return style if sum(small) >= 0.6 * len(small) else f"{style} foreign"

    def _known(self, word: str) -> str:
        if not word[0].isalpha():
            return ""
        low = word.lower()
        parts = low.translate(_JOINTS).split() or [low]
        told = [kind for kind in ("given", "family") if not self._names[kind].isdisjoint(parts)]
        if low in self._names["double"]:
            told.append("double")
        if low in GROUPS:
            told.append("group")
        elif self._is_plain(word):
            told.append("plain")
        elif low in self._vocabulary.regions:
            told.append("region")
        elif low in self._vocabulary.names:
            told.append("public")
        elif not told and word[0].islower() and len(word) > 3 and self._vocabulary.is_slip(word):
            told.append("slip")
        return "+".join(told) or "odd"

    def _is_plain(self, word: str) -> bool:
        """Tell whether a word, or each part of it, is an ordinary one."""
        plain, low = self._vocabulary.is_plain, word.lower()
        if plain(word):
            return True
        parts = low.translate(_JOINTS).split()
        known = low in self._names["given"] or low in self._names["family"]
        return all(map(plain, parts)) or (low.endswith("s") and not known and plain(low[:-1]))


class Tagger(Signs):
    """Tags the tokens of a text."""

    def tag(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Give label, first character and one past the last of what is personal, in order."""
        line = tokens(text)
        labels = _grown(line, self._labels(line)) if line else []
        for places in _stretches(line, labels, 2):
            label, start, end = labels[places[0]], line[places[0]].start, line[places[-1]].end
            if _fits(LABELS[label], text[start:end]):
                yield LABELS[label], start, end

    def _labels(self, line: Sequence[Token]) -> list[int]:
        """Return the label of each token, as a place in `LABELS`."""
        weights, bias = _head()
        none = np.zeros_like(bias)
        rows = [
            sum((weights.get(crc32(sign.encode()), none) for sign in row), bias)
            for row in self.of(line)
        ]
        chance = softmax(np.array(rows))
        labels = np.where(1 - chance[:, 0] > _SURE, 1 + chance[:, 1:].argmax(axis=1), 0).tolist()
        for at, beside in _neighbours(len(line)):
            near = _near(line, max(at, beside), 2)
            if not labels[at] and labels[beside] and near and chance[at, labels[beside]] > _BESIDE:
                labels[at] = labels[beside]
        return list(labels)


def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text.

    >>> [token.text for token in tokens("Is Jo-Ann's file 12/7?")]
    ['Is', 'Jo-Ann', 'file', '12/7', '?']
    """
    found = []
    for match in _TOKEN.finditer(text):
        word = match[0]
        if len(word) > 2 and word[-2] in "'’" and word[-1] in "sS":
            word = word[:-2]
        found.append(Token(word, match.start(), match.start() + len(word)))
    return tuple(found)


@cache
def known_names() -> dict[str, frozenset[str]]:
    """Return names that are known: `given`, `family`, and `double` ones, which are words too."""
    held = json.loads(files(__package__).joinpath("names.json").read_text("utf-8"))
    return {kind: frozenset(" ".join(lines).split()) for kind, lines in held.items()}


@lru_cache(maxsize=1)
def _head() -> tuple[dict[int, NDArray[np.float32]], NDArray[np.float32]]:
    """Read the weights of each sign, by its checksum, and the bias, each by label."""
    held = load(files(__package__).joinpath(WEIGHTS).read_bytes())
    weights = held["weights"].astype(np.float32) * held["scale"]
    return dict(zip(held["signs"].tolist(), weights, strict=True)), held["bias"]


def _fits(label: str, said: str) -> bool:
    digits, letters = (sum(map(test, said)) for test in (str.isdigit, str.isalpha))
    least, most = _DIGITS[label]
    if label == "number" and digits == least and "/" in said:  # "24/7" is none
        return False
    if label == "birth" and digits == least:  # a year alone is none
        return sum(sign in "./-" for sign in said) > 1
    return least <= digits <= most and (letters > 1 or label not in ("name", "address"))


def _grown(line: Sequence[Token], labels: list[int]) -> list[int]:
    """Let a number have all the digits that it stands among."""
    for at, beside in _neighbours(len(line)):
        if labels[at] or LABELS[labels[beside]] not in ("number", "phone"):
            continue
        after = 2 * at - beside
        joint = line[at].text in _IN_NUMBERS and 0 <= after < len(line) and line[after].digits
        joint = joint and _near(line, max(at, after), 1)
        if _near(line, max(at, beside), 1) and (line[at].digits or joint):
            labels[at] = labels[beside]
    return labels


def _neighbours(count: int) -> Iterator[tuple[int, int]]:
    """Give each place with the place before it, and then, backwards, with the place after it."""
    yield from ((at, at - 1) for at in range(1, count))
    yield from ((at, at + 1) for at in range(count - 2, -1, -1))


def _near(line: Sequence[Token], at: int, most: int) -> bool:
    """Tell whether a token stands at most so many characters behind the one before it."""
    return line[at].start - line[at - 1].end <= most


def _form(word: str) -> str:
    """Return the form of a token: `Xx`, `x.`, `99/99`, a sign as it is."""
    if any(sign.isdigit() for sign in word):
        return "".join(map(_sort, word))[:14]
    if not word[0].isalpha():
        return word
    case = "X" if word[0].isupper() else "x" if word[0].islower() else "\u5b57"
    if len(word) == 1:
        return case if case == "\u5b57" else f"{case}."
    return "XX" if word.isupper() else f"{case}{case.lower()}"


def _sort(sign: str) -> str:
    if sign.isdigit():
        return "9"
    return "X" if sign.isupper() else "x" if sign.isalpha() else sign


def _groups(line: Sequence[Token]) -> dict[int, tuple[int, int, str, str]]:
    """Return of the digits that a token stands among: parts, digits, word before, beginning."""
    found: dict[int, tuple[int, int, str, str]] = {}
    for inside in _stretches(line, [bool(t.digits) or t.text in _IN_NUMBERS for t in line], 1):
        digits, head = [line[at].digits for at in inside], line[inside[0]].text
        head = head[:2] if head[0] == "0" else "9" if head[0].isdigit() else head[0]
        before = line[inside[0] - 1].text.lower() if inside[0] else "^"
        found |= dict.fromkeys(inside, (sum(map(bool, digits)), sum(digits), before, head))
    return found


def _stretches(line: Sequence[Token], keys: Sequence[int], gap: int) -> list[list[int]]:
    """Return places of tokens in a row with the same key, which is not 0, at most a gap apart."""
    found: list[list[int]] = []
    for at, key in enumerate(keys):
        if key and at and keys[at - 1] == key and _near(line, at, gap):
            found[-1].append(at)
        elif key:
            found.append([at])
    return found
