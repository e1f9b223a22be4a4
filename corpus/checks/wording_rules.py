"""Rules of wording for sentences that are cited alone, and for files that share no phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from corpus.text import whole_words

MAX_WORDS = 35  # Words of the longest sentence that a busy reader takes in at once.
RUN = 9  # Words in a row that two files of the corpus may not share.

_OPENS_WITH_PRONOUN = re.compile(
    r"^[\"'\u2018\u201c(]*"
    r"(it|its|this|that|these|those|they|them|their|he|him|his|she|her|such|both|neither|either"
    r"|here|there|the former|the latter|the same|one of them|some of them|all of them)\b",
    re.I,
)
_POINTS_AT_ITSELF = ("this note ", "these notes ")
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*|#")
GAP = " # "  # Stands where words were taken out, so that no run crosses it.


def wording_faults(sentence: str, *, leans: bool = False) -> Iterator[str]:
    """Say what keeps a sentence from being cited alone, or if it `leans` with the one before."""
    if (words := len(sentence.split())) > MAX_WORDS:
        yield f"has {words} words; write at most {MAX_WORDS}."
    if not leans and (word := unresolved_opening(sentence)):
        yield f"opens with {word!r}, which nothing in it explains; name the thing."


def unresolved_opening(sentence: str) -> str:
    """Return the pronoun that a sentence opens with and that nothing in it explains, if any.

    >>> unresolved_opening("They share images."), unresolved_opening("This note says so.")
    ('They', '')
    """
    if sentence.lower().startswith(_POINTS_AT_ITSELF):
        return ""
    found = _OPENS_WITH_PRONOUN.match(sentence)
    return found[1] if found else ""


def without(text: str, phrases: Iterable[str]) -> str:
    """Take phrases out of a text, the longest first; a gap stays, so that no run crosses it."""
    said = text.lower()
    for phrase in sorted(filter(None, phrases), key=len, reverse=True):
        if phrase.lower() in said:
            text = whole_words([phrase], flags=re.I).sub(GAP, text)
    return text


def without_quotations(text: str) -> str:
    """Take out what stands between curly quotation marks."""
    before, opened, rest = text.partition("\u201c")
    _, closed, after = rest.partition("\u201d")
    return f"{before}{GAP}{without_quotations(after)}" if opened and closed else text


def deprecated_in(text: str, deprecated: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each deprecated wording that a text uses, with the one to use instead."""
    for wording, preferred in deprecated.items():
        forms = (wording, f"{wording}s", f"{wording}es")
        if whole_words(forms, inside=r"\w-", flags=re.I).search(text):
            yield wording, preferred


def overlaps(texts: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, str]]:
    """Yield each two files that share a run of words, and the longest, in lower case.

    Args:
        texts: by file, its texts without what may be shared; a run does not cross from one text
            of a file into the next.
    """
    first: dict[tuple[str, ...], str] = {}
    shared: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for name, pieces in texts.items():
        for piece in pieces:
            words = [word.lower().replace("\u2019", "'") for word in _WORD.findall(piece)]
            for run in zip(*(words[at:] for at in range(RUN)), strict=False):
                owner = first.setdefault(run, name)
                if owner != name and "#" not in run:
                    shared.setdefault((owner, name), []).append(run)
    for (owner, name), runs in shared.items():
        # Runs that follow each other by one word are one.
        best = whole = runs[0]
        for before, run in pairwise(runs):
            whole = (*whole, run[-1]) if run[:-1] == before[1:] else run
            best = max(best, whole, key=len)
        yield owner, name, " ".join(best)
