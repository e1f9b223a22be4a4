"""Whether a sentence says what its quotes say: their words, in their order, but for a free few."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from assistant.citing.amounts import amounts_in
from assistant.citing.verifier import Judgement, Verifier, refused
from assistant.records import Statement
from corpus.passage import Passage

FREE = frozenset(
    "a an the and that this these those it its they their there also moreover furthermore "
    "is are be been being has have having does do".split()
)
"""Words that may come and go: articles, joints, pronouns, and forms of the present. Prepositions,
`or`, the past, and whatever asks, denies, counts or limits are not among them."""

FRAME = frozenset(
    "include includes including cover covers list lists name names such as well further addition "
    "in of for under to together along with namely involve involves set sets out consist "
    "consists".split()
)
"""Words that may lead to a quote, before its first word and nowhere else."""

OPENERS = frozenset({"however"})
"""Words that tie a sentence to the one before; they may be left out, not brought in."""

SIGNS = frozenset(" ,.;:()'\u2019-\u2013")  # Signs that may come; any other must stand in a quote.
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_QUOTING = '"\u201c\u201d'
_PIECES = str.maketrans(dict.fromkeys(":()\u2013\u2014", "\n"))


class Token(NamedTuple):
    """A word or an amount, as it is compared."""

    text: str
    start: int
    end: int
    """Lower case without a possessive; large letters stay where all are; an amount is its value."""

    is_amount: bool = False


JOINED = "It joins whole sentences; give each one of its own."
"""Notes are made of whole sentences, and only what the page lists may share one: `A says so,
according to B, it rains` would tell of A what B says."""


def tokens_of(text: str) -> tuple[Token, ...]:
    """Take a text apart.

    >>> [token.text for token in tokens_of("WHO's list of \u00a35 million, in C12 and May 2022")]
    ['WHO', 'list', 'of', '5000000GBP', 'in', 'C12', 'and', '2022-05-']
    """
    amounts = amounts_in(text)
    tokens = []
    for amount in amounts:
        # What a key leaves out: that it counts, `93` of `2011/93`.
        said = amount.text
        years = len(said) == len("2011/93") and said[4] in "-\u2013/" and said[:4].isdecimal()
        tail = said[5:] if years and said[5:].isdecimal() else ""
        ordinal = said[-3:-2].isdecimal() and said[-2:].lower() in ("st", "nd", "rd", "th")
        value = f"{amount.key}{amount.unit}{tail}{'th' if ordinal else ''}"
        tokens.append(Token(value, amount.start, amount.end, is_amount=True))
    for found in _WORD.finditer(text):
        if not any(one.start < found.end() and found.start() < one.end for one in amounts):
            word = unicodedata.normalize("NFC", found.group())
            word = word.replace("\u2019", "'").removesuffix("'s")
            word = word if len(word) > 1 and word.isupper() else word.lower()
            tokens.append(Token(word, found.start(), found.end()))
    return tuple(sorted(tokens, key=lambda token: token.start))


def match(
    quotes: Sequence[str], text: str, headings: Sequence[str] = ()
) -> tuple[str, tuple[str, ...]]:
    """Return the first fault of a sentence beside its quotes; or what of it each carries, if none.

    It must have their words in their order, but for those that are free, and for endings of
    number, person and `-ing`. Before the first word of a quote it may name what the quotes stand
    under: their headings.

    >>> match(["Preserve the anonymity of victims"], "It is preserving anonymity of victims.")
    ('', ('preserving anonymity of victims',))
    >>> match(["States may act."], "States must act.")
    ('It says “must” where the source says “may”.', ())
    """
    if fault := _signs(quotes, text):
        return fault, ()
    said = _telling(text)
    parts = (_telling(part) for one in headings for part in one.translate(_PIECES).split("\n"))
    names = [[one.text for one in part] for part in parts if part]
    pieces: list[str] = []
    end = 0
    for quote in quotes:
        wanted, start = _telling(quote), end
        fault, end = _follow(said, start, wanted)
        for at in range(start + 1, len(said)) if fault else ():
            lead = [token.text for token in said[start:at]]
            if _alike(said[at], wanted[0]) and _may_lead(lead, names):
                fault, end = _follow(said, at, wanted)
                if not fault:
                    start = at
                    break
        if fault:
            return fault, ()
        carried = said[start:end]
        pieces.append(text[carried[0].start : carried[-1].end] if carried else "")
    if end < len(said):
        return f"It says “{said[end].text}” after all that the source says.", ()
    return "", tuple(pieces)


def _signs(quotes: Sequence[str], text: str) -> str:
    held = SIGNS.union(*quotes)
    odd = [sign for sign in text if not sign.isalnum() and sign not in held]
    if odd:
        name = unicodedata.name(odd[0], "a control character").lower()
        return f"It holds a sign that the source has not: {name}."
    own, its = (sum(map(words.count, _QUOTING)) for words in (text, "".join(quotes)))
    return "Its quotation marks are not those of the source." if own != its else ""


def _telling(text: str) -> list[Token]:
    return [one for one in tokens_of(text) if one.text not in FREE]


def _follow(said: Sequence[Token], place: int, wanted: Sequence[Token]) -> tuple[str, int]:
    """Return what is wrong, and up to which word of a sentence a quote was found from a place."""
    kept = {token.text for token in said} & OPENERS
    for token in wanted:
        if token.text in OPENERS - kept:
            continue
        if place == len(said):
            return f"It leaves out “{token.text}”.", place
        own = said[place]
        if not _alike(own, token):
            if not token.is_amount and any(_alike(own, other) for other in wanted):
                fault = f"It says “{own.text}” before “{token.text}”, or leaves that out."
            else:
                fault = f"It says “{own.text}” where the source says “{token.text}”."
            return fault, place
        place += 1
    return "", place


def _may_lead(lead: Sequence[str], names: Sequence[Sequence[str]]) -> bool:
    """Tell whether words may stand before a quote: names of what it stands under, and a frame."""
    place = 0
    while place < len(lead):
        held = [len(one) for one in names if [*lead[place : place + len(one)]] == [*one]]
        if not held and lead[place] not in FRAME:
            return False
        place += max(held, default=1)
    return True


def _alike(own: Token, its: Token) -> bool:
    """Tell whether two words are one, but for an ending of number, person or `-ing`."""
    if own.text == its.text:
        return True
    if own.is_amount or its.is_amount or not (own.text.islower() and its.text.islower()):
        return False
    return bool(set(_bases(own.text)) & set(_bases(its.text)))


def _bases(word: str) -> Iterator[str]:
    """Give what a word may be without its ending, and itself.

    >>> list(_bases("preserving")), list(_bases("policies"))
    (['preserving', 'preserv', 'preserve'], ['policies', 'policie', 'polici', 'policy'])
    """
    yield word
    if len(word) > 5 and word.endswith("ing"):
        yield word[:-3]
        yield f"{word[:-3]}e"
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        yield word[:-1]
        if word.endswith("es"):
            yield word[:-2]
        if word.endswith("ies"):
            yield f"{word[:-3]}y"


def faithful(statement: Statement, passages: Mapping[str, Passage]) -> Judgement:
    """Judge by two means that must both agree: the words in their order, and the verifier.

    Each part of a statement is judged by its quote, without a model; it is supported, or not.
    """
    quotes = [citation.quote for citation in statement.citations]
    headings: tuple[str, ...] = ()
    if statement.kind == "framework":
        # What all quotes stand under, in the answer and on the page; a note's headings are
        # Signpost's own words, which nothing is attributed to.
        paths = [passages[one.passage_id].heading_path for one in statement.citations]
        shared = (one for one in paths[0] if all(one in other for other in paths))
        headings = (statement.section, *shared)
    elif len(quotes) > 1:
        return refused(JOINED)
    fault, pieces = match(quotes, statement.text, headings)
    if fault:
        return refused(fault)
    worst = min(map(Verifier().verify, quotes, pieces), key=lambda one: one.support)
    if worst.verdict != "supported":
        return refused(worst.reasons[0], worst.support)
    return worst
