"""What a message is told by, beside its meaning: its cues, its words and pieces of words."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from math import log1p

import numpy as np
from numpy.typing import NDArray

from assistant.rules.triage_cues import plain, read, said

BUCKETS = 4096
"""Places that words and pieces of words are hashed to."""

PIECES = (3, 4, 5)
"""Letters of a piece of a word, its ends included."""

Signs = NDArray[np.float32]
"""Shape (signs,)."""


def words_in(text: str) -> list[str]:
    """Return the words of a plain text; numbers of one and two digits stay apart from longer ones.

    >>> words_in("i am 14, born 2010")
    ['i', 'am', '#2', 'born', '#4']
    """
    found = re.findall(r"[a-z]+|\d+", text)
    return [f"#{len(one)}" if one.isdigit() else one for one in found]


def signs_of(text: str) -> Signs:
    """Return the cues of a message and its hashed words, shape (cues + BUCKETS,).

    What a message only quotes counts for neither. The words are counted by logarithm and brought to
    unit length, cues are 0 or 1.
    """
    line = plain(text)
    row = np.zeros(BUCKETS, dtype=np.float32)
    for feature, count in Counter(_features(words_in(said(line)))).items():
        row[zlib.crc32(feature.encode()) % BUCKETS] += log1p(count)
    length = float(np.linalg.norm(row))
    cues = np.asarray(read(line), dtype=np.float32)
    return np.concatenate([cues, row / length if length else row])


def _features(words: list[str]) -> Iterator[str]:
    yield from words
    yield from (f"{one} {other}" for one, other in pairwise(words))
    for word in words:
        ended = f" {word} "
        for size in PIECES:
            yield from (f"~{ended[start : start + size]}" for start in range(len(ended) - size + 1))
