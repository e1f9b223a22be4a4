"""Sentences changed by rule: in what they say, or in nothing but their wording."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from assistant.citing.amounts import amounts_in

Change = Callable[[str, Sequence[str], random.Random], str | None]
"""A sentence, names that stand elsewhere, and chance, to the sentence changed; none where the rule
has nothing to change."""

_MODALS = ("may", "can", "could", "should", "must", "shall", "might")
_NAME = re.compile(
    r"(?<=[a-z,;] )(?:[A-Z][\w'\u2019-]+)(?: (?:of |on |for |the )?[A-Z][\w'\u2019-]+)*"
)
_CONDITION = re.compile(
    r",? (?:if|unless|only|where|when|whenever|until|except|provided|before|after|without|"
    r"although|but not|as long as|subject to)\b[^,;.]*"
)
_BE = re.compile(r"\b(is|are|was|were|has|have|can|may|must|should|does|do)\b")
_COUNTED = re.compile(r"\b(some|most|many|several|all|every|each|both|few|any)\b")
_PREPOSITION = re.compile(r"\b(by|from|for|against|to|with|between|on|under)\b")


def number(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Change a number that is no day."""
    found = [one for one in amounts_in(text) if not one.day and any(c.isdigit() for c in one.text)]
    return _figure(text, [(one.start, one.end) for one in found], chance)


def day(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Change a day, a month's year, or a year."""
    found = [(one.start, one.end) for one in amounts_in(text) if one.day]
    return _figure(text, found, chance)


def name(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Put a name in the place of another."""
    found = [*_NAME.finditer(text)]
    others = [one for one in names if one not in text]
    if not found or not others:
        return None
    one = chance.choice(found)
    return text[: one.start()] + chance.choice(others) + text[one.end() :]


def exchange(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Let two names change places: what one says or does is the other's."""
    found = [*_NAME.finditer(text)]
    pairs = [(a, b) for a in found for b in found if a.end() < b.start() and a[0] != b[0]]
    if not pairs:
        return None
    one, other = chance.choice(pairs)
    between = text[one.end() : other.start()]
    return text[: one.start()] + other[0] + between + one[0] + text[other.end() :]


def modal(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Make a possibility a duty, or a duty another."""
    found = [*re.finditer(rf"\b({'|'.join(_MODALS)})\b", text)]
    if not found:
        return None
    one = chance.choice(found)
    other = chance.choice([word for word in _MODALS if word != one[0]])
    return text[: one.start()] + other + text[one.end() :]


def duty(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Make a fact a duty or a possibility."""
    found = [one for one in _BE.finditer(text) if one[0] in ("is", "are")]
    if not found:
        return None
    one = chance.choice(found)
    return text[: one.start()] + chance.choice(("must be", "may be")) + text[one.end() :]


def negation(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Take a denial away, or bring one in."""
    held = re.search(r"\b(not|never) |\bno (?=\w)|\bwithout\b", text)
    if held:
        instead = "with" if held[0] == "without" else ""
        return text[: held.start()] + instead + text[held.end() :]
    found = [*_BE.finditer(text)]
    if not found:
        return None
    one = chance.choice(found)
    return f"{text[: one.end()]} not{text[one.end() :]}"


def condition(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Drop a condition, a limit or a time."""
    found = [one for one in _CONDITION.finditer(text) if one.start() > 0]
    if not found:
        return None
    one = chance.choice(found)
    return text[: one.start()] + text[one.end() :]


def quantity(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Change of how many it is said."""
    found = [*_COUNTED.finditer(text)]
    if not found:
        return None
    one = chance.choice(found)
    other = chance.choice([word for word in ("all", "some", "most", "few") if word != one[0]])
    return text[: one.start()] + other + text[one.end() :]


def joint(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Make `and` of `or`, or `or` of `and`."""
    found = [*re.finditer(r"\b(and|or)\b", text)]
    if not found:
        return None
    one = chance.choice(found)
    return text[: one.start()] + {"and": "or", "or": "and"}[one[0]] + text[one.end() :]


def preposition(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Change what something is done by, for, to or against."""
    found = [*_PREPOSITION.finditer(text)]
    if not found:
        return None
    one = chance.choice(found)
    other = chance.choice([word for word in ("by", "for", "against", "to") if word != one[0]])
    return text[: one.start()] + other + text[one.end() :]


def past(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Say of now what was, or of the past what is."""
    turned = {"is": "was", "are": "were", "was": "is", "were": "are", "has": "had", "have": "had"}
    found = [one for one in _BE.finditer(text) if one[0] in turned]
    if not found:
        return None
    one = chance.choice(found)
    return text[: one.start()] + turned[one[0]] + text[one.end() :]


def dropped_word(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Leave out one word of five letters or more, such as `suspected`."""
    found = [*re.finditer(r"\b[a-z]{5,} (?=[a-z])", text)]
    if not found:
        return None
    one = chance.choice(found)
    return text[: one.start()] + text[one.end() :]


HARMFUL: dict[str, Change] = {
    "numbers": number,
    "dates": day,
    "names": name,
    "attributions exchanged": exchange,
    "modals": modal,
    "facts made duties": duty,
    "negations": negation,
    "conditions dropped": condition,
    "quantities": quantity,
    "and for or": joint,
    "prepositions": preposition,
    "past for present": past,
    "a word dropped": dropped_word,
}
"""Changes of what is said."""


def also(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Say that it is so beside something else."""
    found = re.search(r"\b(is|are|has|have|may|must|can)\b", text)
    return f"{text[: found.end()]} also{text[found.end() :]}" if found else None


def articles(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Change the first article that is not at the start."""
    turned = {" a ": " the ", " an ": " the ", " the ": " "}
    found = re.search(r" (?:a|an|the) ", text)
    return text[: found.start()] + turned[found[0]] + text[found.end() :] if found else None


def addition(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Open with `In addition,`."""
    return f"In addition, {text}"


def running(text: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Put a verb in its other number: `protects` to `protect`."""
    found = [*re.finditer(r"\b([a-z]{4,}[a-rt-z])s\b", text)]
    if not found:
        return None
    one = chance.choice(found)
    return text[: one.start()] + one[1] + text[one.end() :]


HARMLESS: dict[str, Change] = {
    "“also” put in": also,
    "articles changed": articles,
    "“In addition” before it": addition,
    "number of a word changed": running,
}
"""Changes of nothing but the wording."""


def names_in(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the names that stand inside of sentences, each once."""
    return tuple(dict.fromkeys(one for text in texts for one in _NAME.findall(text)))


def _figure(text: str, places: Sequence[tuple[int, int]], chance: random.Random) -> str | None:
    """Change the last digit in one of some places."""
    found = [place for start, end in places for place in range(start, end) if text[place].isdigit()]
    if not found:
        return None
    at = chance.choice(found)
    digit = chance.choice([one for one in "123456789" if one != text[at]])
    return text[:at] + digit + text[at + 1 :]
