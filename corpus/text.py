"""Text to units: printed lines joined to a statement, a passage split into sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from corpus.passage import Span

_END = re.compile(r"\n|[.!?…]+[\"'\u201D\u2019)\]]*(?=\s)")
_NEVER_LAST = re.compile(r"\b(?:(?i:e\.g|i\.e|cf|vs)|Dr|Mr|Mrs|Ms|Prof|St|(?:[A-Z]\.)*[A-Z])\.$")
_BEFORE_A_NUMBER = re.compile(r"\b(?i:nos?|arts?|fig|pp?|paras?|sec|vol|ch)\.$")


def whole_words(wordings: Iterable[str], inside: str = r"\w", flags: int = 0) -> re.Pattern[str]:
    """Return what finds wordings where they stand by themselves, the longest first.

    Args:
        wordings: as they are written; with none of them, nothing is found.
        inside: the class of the signs that none may have beside it.
        flags: of `re`.

    >>> whole_words(["sea", "sea lion"]).findall("A sea lion in the seaside's sea")
    ['sea lion', 'sea']
    """
    longest = sorted(wordings, key=lambda wording: (-len(wording), wording))
    form = "|".join(map(re.escape, longest)) or r"(?!)"
    return re.compile(rf"(?<![{inside}])(?:{form})(?![{inside}])", flags)


def join_lines(lines: Iterable[str]) -> str:
    """Join printed lines to one text: a space between two, none after a slash; blanks vanish.

    >>> join_lines(["across upstream/", "downstream ", "", " providers"])
    'across upstream/downstream providers'
    """
    text = ""
    for line in lines:
        words = " ".join(line.split())
        gap = " " if text and words and not text.endswith("/") else ""
        text += gap + words
    return text


def split_sentences(text: str) -> tuple[Span, ...]:
    r"""Return the sentences of a passage as spans, in order, without the blanks around them.

    A line end always parts two sentences. A full stop does unless what follows goes on in lower
    case, or the stop belongs to an abbreviation or an initial.

    >>> text = "Crisis response\nHelp, e.g. Shelter, in time. Then more, etc. as needed."
    >>> [span.of(text) for span in split_sentences(text)]
    ['Crisis response', 'Help, e.g. Shelter, in time.', 'Then more, etc. as needed.']
    """
    ends = [match.end() for match in _END.finditer(text) if _ends_sentence(text, match)]
    bounds = [0, *ends, len(text)]
    spans = (_trimmed(text, *pair) for pair in pairwise(bounds))
    return tuple(span for span in spans if span.start < span.end)


def quoted(text: str) -> tuple[str, ...]:
    """Return what stands between double quotation marks, straight or curly.

    >>> quoted('find “hash” and "safety by design"')
    ('hash', 'safety by design')
    """
    pieces = text.replace("\u201c", '"').replace("\u201d", '"').split('"')
    return tuple(one.strip() for one in pieces[1:-1:2] if one.strip())


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    if match.group() == "\n":
        return True
    # Only the few characters before the stop can matter; a long text is not copied for each.
    before = text[max(0, match.start() - 12) : match.end()]
    after = text[match.end() : match.end() + 8].lstrip()
    if after[:1].islower() or _NEVER_LAST.search(before):
        return False
    return not (after[:1].isdigit() and _BEFORE_A_NUMBER.search(before))


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    return Span(start=start + left, end=start + max(left, len(piece.rstrip())))
