"""Text to units: lines joined to a statement, a text to sentences, wrapped or not, and pieces."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from corpus.passage import Span

LONG_LINE = 60  # Characters from which a line that ends in no stop was probably wrapped.
LONGEST = 1200  # Characters of a sentence; what runs on, as tables and code do, is cut there.
PIECE = 160  # Words of a piece, which an embedding model of 256 tokens reads without a cut.
NOTHING: Mapping[int, int] = MappingProxyType({})
LISTED = 600  # Characters up to which a sentence and the items that it opens are one unit.
_OPENS = (":", ";", "\u2014", "\u2013", "; and", "; or", "and/or")
_BREAK = re.compile(r"[^\S\n]*\n\s*")
_ITEM = re.compile(r"[-*\u2022\u2013>|#\u25cf\u25e6]|\(?\d{1,3}[.)]\s|\(?[a-z][.)]\s")
# The number of an item, whose stop ends no sentence.
_NUMBER = re.compile(r"^([^\S\n]*(?:\d{1,3}|[A-Za-z]))\.(?=\s)", re.M)
_END = re.compile(r"\n|[.!?…]+[\"'\u201D\u2019)\]]*(?=\s)")
_NEVER_LAST = re.compile(r"\b(?:(?i:e\.g|i\.e|cf|vs)|Dr|Mr|Mrs|Ms|Prof|St|(?:[A-Z]\.)*[A-Z])\.$")
_BEFORE_A_NUMBER = re.compile(r"\b(?i:nos?|arts?|fig|pp?|paras?|sec|vol|ch)\.$")


def whole_words(wordings: Iterable[str], inside: str = r"\w", flags: int = 0) -> re.Pattern[str]:
    """Return what finds wordings where they stand by themselves, the longest first.

    With no wordings nothing is found; `inside` is the class of signs that none may have beside it.

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
    spans = []
    for start, end in pairwise([0, *ends, len(text)]):
        piece = text[start:end].rstrip()
        if shown := piece.lstrip():
            spans.append(Span(start=start + len(piece) - len(shown), end=start + len(piece)))
    return tuple(spans)


def quoted(text: str) -> tuple[str, ...]:
    """Return what stands between quotation marks, double or single, straight or curly.

    >>> quoted("find “hash” and “safety by design”, and ‘victim ID’ in the victims’ notes")
    ('hash', 'safety by design', 'victim ID')
    """
    double = text.replace("\u201c", '"').replace("\u201d", '"').split('"')
    single = text.replace("\u2018", "'").replace("\u2019", "'").split("'")
    # Within a word, and behind one that owns something, the single mark is an apostrophe.
    inside = (
        one
        for before, one, after in zip(single, single[1:], single[2:], strict=False)
        if not (before[-1:].isalnum() or after[:1].isalnum())
    )
    return tuple(one.strip() for one in (*double[1:-1:2], *inside) if one.strip())


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    if match.group() == "\n":
        return True
    # Only the few characters before the stop can matter; a long text is not copied for each.
    before = text[max(0, match.start() - 12) : match.end()]
    after = text[match.end() : match.end() + 8].lstrip()
    if after[:1].islower() or _NEVER_LAST.search(before):
        return False
    return not (after[:1].isdigit() and _BEFORE_A_NUMBER.search(before))


# Words that end no sentence.
_GOES_ON = whole_words(
    "a an the of at in on to for from by with and or nor as than that which your our its their his"
    " her".split(),
    flags=re.I,
)


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


def with_items(
    text: str, sentences: Iterable[Span], depths: Mapping[int, int] = NOTHING
) -> tuple[Span, ...]:
    r"""Return sentences, each that opens a list together with the items of it, if it is short.

    Neither says much without the other. What is longer is parted between two items. A word that
    is a sentence, such as a plain no, stands with the next.

    Args:
        text: what the sentences are of.
        sentences: in reading order.
        depths: of those that are known to be items of marked lists, by their first character: in
            how many lists they are; -1 for what stands alone. An item goes with what opens its
            list whatever stops there are, and what is in no deeper list opens none.

    >>> text = "A party may:\na) sign;\nb) accede.\nIt pays. No. Not yet."
    >>> [span.of(text) for span in with_items(text, split_sentences(text))]
    ['A party may:\na) sign;\nb) accede.', 'It pays.', 'No. Not yet.']
    """
    units, before, above = list[Span](), "", 0
    listing: int | None = None  # In how many lists what opened the list stands.
    for span in sentences:
        depth = depths.get(span.start, 0)
        deeper = depth > above and bool(before) and not before.endswith((".", "!", "?"))
        opened = before.endswith(_OPENS) or deeper
        if opened and listing is None:
            listing = above
        elif not opened and listing is not None and depth <= listing:
            listing = None
        is_word = before[:-1].isalpha() and before.endswith(".") and units[-1].of(text) == before
        is_word = is_word and "\n" not in text[units[-1].end : span.start]
        joins = (opened or listing is not None or is_word) and depth >= 0
        if units and joins and span.end - units[-1].start <= LISTED:
            units[-1] = Span(start=units[-1].start, end=span.end)
        else:
            units.append(span)
        before, above = span.of(text), max(depth, 0)
    return tuple(units)


def sentence_runs(text: str, sentences: Sequence[Span], most: int = PIECE) -> tuple[Span, ...]:
    """Return runs of whole sentences of up to so many words, which together are the text."""
    runs, words = list[Span](), 0
    for sentence in sentences:
        more = len(sentence.of(text).split())
        words += more
        if runs and words <= most:
            runs[-1] = Span(start=runs[-1].start, end=sentence.end)
        else:
            runs.append(sentence)
            words = more
    return tuple(runs)


def _joined(found: re.Match[str], text: str) -> str:
    """Return blanks for a line break inside a sentence, and the break itself for any other."""
    gap = found.group()
    before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()].strip()
    after = text[found.end() : found.end() + 8]
    stopped = before.rstrip("\"'\u201d\u2019)]").endswith((".", "!", "?", ":", ";", "\u2026"))
    if not before or not after or stopped or _ITEM.match(after):
        return gap
    word = before.split()[-1]
    leads = before.endswith(",") or any(one.end() == len(word) for one in _GOES_ON.finditer(word))
    wrapped = gap.count("\n") == 1 and (after[0].islower() or len(before) >= LONG_LINE)
    return " " * len(gap) if leads or wrapped else gap


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
