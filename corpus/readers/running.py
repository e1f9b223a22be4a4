"""Running text of any make: whole sentences over wrapped lines, and pieces of whole sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.passage import Span
from corpus.text import split_sentences, whole_words

LONG_LINE = 60
"""Characters from which a line that ends in no stop was probably wrapped."""

LONGEST = 1200
"""Characters of a sentence; what runs on without a stop, as tables and code do, is cut there."""

PIECE = 160
"""Words of a piece: what an embedding model of 256 tokens reads of a text without cutting it."""

_BREAK = re.compile(r"[^\S\n]*\n\s*")
_ITEM = re.compile(r"[-*\u2022\u2013>|#\u25cf\u25e6]|\(?\d{1,3}[.)]\s|\(?[a-z][.)]\s")
_NUMBER = re.compile(r"^([^\S\n]*(?:\d{1,3}|[A-Za-z]))\.(?=\s)", re.M)
"""The number of an item, whose stop ends no sentence."""

_GOES_ON = whole_words(
    "a an the of at in on to for from by with and or nor as than that which your our its their his"
    " her".split(),
    flags=re.I,
)
"""Words that end no sentence."""


def sentences_in(text: str) -> tuple[Span, ...]:
    r"""Return the sentences of a text as spans, also where its lines are wrapped.

    >>> text = "You may hire an attorney, \r\n or ask the\n\n Court. Fees\n* none"
    >>> [" ".join(span.of(text).split()) for span in sentences_in(text)]
    ['You may hire an attorney, or ask the Court.', 'Fees', '* none']
    """
    # Blanks of the same length, so that places stay what they are.
    joined = _BREAK.sub(lambda found: _joined(found, text), text)
    joined = _NUMBER.sub(r"\1)", joined)
    return tuple(piece for span in split_sentences(joined) for piece in _cut(text, span))


def pieces_of(text: str, sentences: Sequence[Span]) -> tuple[Span, ...]:
    """Return runs of whole sentences of up to `PIECE` words, which together are the text."""
    runs: list[list[Span]] = []
    words = 0
    for sentence in sentences:
        more = len(sentence.of(text).split())
        if not runs or words + more > PIECE:
            runs.append([])
            words = 0
        runs[-1].append(sentence)
        words += more
    return tuple(Span(start=run[0].start, end=run[-1].end) for run in runs)


def _joined(found: re.Match[str], text: str) -> str:
    """Return blanks for a line break inside a sentence, and the break itself for any other."""
    before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()].strip()
    after = text[found.end() : found.end() + 8]
    return " " * len(found.group()) if _is_inside(before, after, found.group()) else found.group()


def _is_inside(before: str, after: str, gap: str) -> bool:
    """Tell whether a sentence goes on behind a line break."""
    stopped = before.rstrip("\"'\u201d\u2019)]").endswith((".", "!", "?", ":", ";", "\u2026"))
    if not before or not after or stopped or _ITEM.match(after):
        return False
    word = before.split()[-1]
    if before.endswith(",") or any(one.end() == len(word) for one in _GOES_ON.finditer(word)):
        return True
    return gap.count("\n") == 1 and (after[0].islower() or len(before) >= LONG_LINE)


def _cut(text: str, span: Span) -> Iterator[Span]:
    """Yield a sentence, or what is cut from one that has no end."""
    start = span.start
    while span.end - start > LONGEST:
        end = max(text.rfind(sign, start + 1, start + LONGEST) for sign in " \n")
        end = end if end > start else start + LONGEST
        yield Span(start=start, end=end)
        start = end + len(text[end : span.end]) - len(text[end : span.end].lstrip())
    if start < span.end:
        yield Span(start=start, end=span.end)
