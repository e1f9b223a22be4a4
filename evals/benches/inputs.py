"""Questions of the greatest permitted length that cost most: repeated clauses, names, noise."""

from __future__ import annotations

import random
import string

SEED = 1
"""Of the letters of words that are no words."""

_REPEATED = {
    "clauses that ask": "and when is it, ",
    "clauses that carry over": "and the partners of P3 ",
    "whole questions": "Which outcomes belong to C12? ",
    "short sentences": "I saw it. ",
    "years": "in 2024 ",
    "names": "Interpol Europol NCMEC ",
    "punctuation": "?!,;. ",
}
"""What is said again and again."""


def worst_inputs(length: int) -> dict[str, str]:
    """Return questions of so many characters, by what they are made of."""
    chance = random.Random(SEED)
    words = ["".join(chance.choices(string.ascii_lowercase, k=chance.randint(3, 10)))]
    while sum(map(len, words)) + len(words) < length:
        words.append("".join(chance.choices(string.ascii_lowercase, k=chance.randint(3, 10))))
    numbers = [str(chance.randint(1, 9999)) for _ in range(length)]
    made = {
        "words that are none": " ".join(words),
        "the same with capitals": " ".join(words).title(),
        "numbers": " ".join(numbers),
    }
    repeated = {name: one * (length // len(one) + 1) for name, one in _REPEATED.items()}
    return {name: text[:length].strip() for name, text in (repeated | made).items()}
