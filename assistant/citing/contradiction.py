"""What a claim says otherwise than its context: turned words, exchanged things, other names."""

from collections.abc import Callable, Collection, Iterator, Sequence
from difflib import SequenceMatcher
from functools import partial
from itertools import product
from typing import NamedTuple

from assistant.citing import claims
from assistant.citing.amounts import Amount
from assistant.citing.claims import Alignment, Mark, MarkKind, Said, causes_in, clauses, marks_in

CLOSE = 0.6
"""Share of a claim in one sentence from which the two speak of the same thing."""

ALIKE = 0.75
"""The same, from which they say it in the same words."""

WHOLE = 0.9
"""Share of a claim in the whole context from which all of its words are there."""

APART = 0.7
"""Share of a claim at most in one line of its context, of which the words are not in one place."""

FULL = 5
"""Telling words from which the order of a sentence tells who does what."""

_IS = frozenset("is are was were be been being get gets got".split())
_DONE = frozenset(
    "given made held kept run led set put found told sent done seen shown taken known written "
    "built brought meant left said read understood sold bought paid won lost drawn chosen".split()
)
"""Participles that do not end like others."""

_OPPOSITES = (
    "increase decrease|rise fall|rose fell|more less|more fewer|before after|first last|"
    "minimum maximum|above below|over under|accept reject|accepted rejected|allow prohibit|"
    "allows prohibits|include exclude|includes excludes|highest lowest|largest smallest|most least|"
    "internal external|public private|voluntary compulsory|voluntary mandatory|strengthen weaken|"
    "strengthens weakens|improve worsen|improved worsened|open closed|start end|began ended|"
    "younger older|early late|better worse|higher lower|prevent allow|prevents allows|"
    "prevent enable|protect expose|add remove|adds removes|support oppose|supports opposes|"
    "supported opposed|annual monthly|yearly monthly|daily weekly|win lose|won lost|north south|"
    "east west|northern southern|eastern western|male female|mother father|son daughter|"
    "husband wife|true false|known unknown|gain loss|success failure|agree disagree|"
    "agreed disagreed"
)
_AGAINST = [frozenset(pair.split()) for pair in _OPPOSITES.split("|")]
_LEAVING_OUT = frozenset(
    "outside except excepted exclude excludes excluded excluding exempt exempts exempted beyond "
    "unless prohibit prohibits prohibited ban bans banned forbid forbids forbidden prevent "
    "prevents prevented refuse refuses refused reject rejects rejected oppose opposes opposed "
    "avoid avoids avoided deny denies denied stop stops stopped".split()
)
"""Words that deny without a mark of negation: one text may have them where the other has `not`."""

_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "mis")


class Finding(NamedTuple):
    """One thing that a claim says otherwise."""

    kind: str
    """`negation`, `opposite`, `amount`, `day`, `modality`, `quantity`, `cause`, `order`, `name`, or
    `assembled`."""

    reason: str
    """What the claim says, and what the context does, as one sentence."""


def findings(alignment: Alignment) -> tuple[Finding, ...]:
    """Return what a claim says otherwise than its source, one finding of each check at most."""
    if not alignment.context or not alignment.claim.content:
        return ()
    checks = [check for least, check in _CHECKS if alignment.closeness >= least]
    return tuple(one for check in checks for one in list(check(alignment))[:1])


# Negation: what one denies and the other says.


def _negation(alignment: Alignment) -> Iterator[Finding]:
    claim, source = alignment.claim, alignment.source
    denied, its = _of_kind(claim, "negation"), _of_kind(source, "negation")
    around = [one for said in alignment.around for one in _of_kind(said, "negation")]
    for mark in denied:
        nearby = any(mark.scope[0] in one.scope for one in around)
        if not nearby and _is_said(mark, claim, source, its):
            words = f"{mark.words} … {alignment.spelt(mark.scope[0])}"
            yield Finding("negation", f"The claim denies what the context says ({words}).")
    for mark in its:
        if _is_said(mark, source, claim, denied):
            words = f"{mark.words} … {alignment.spelt(mark.scope[0])}"
            yield Finding("negation", f"The claim says what the context denies ({words}).")


def _is_said(mark: Mark, own: Said, other: Said, others: Collection[Mark]) -> bool:
    """Tell whether a sentence has what a mark of another denies, and does not deny it."""
    shared = {one for one in mark.scope if one in other.stems}
    clause = len(mark.clause & other.stems) / len(mark.clause) if mark.clause else 1.0
    if len(shared) < min(2, len(mark.scope)) or clause < CLOSE:
        return False
    if any(word.text in _LEAVING_OUT and word.stem not in own.stems for word in other.words):
        return False
    return not any(shared & set(one.scope) for one in others)


def _opposite(alignment: Alignment) -> Iterator[Finding]:
    claim = {word.text for word in alignment.claim.words}
    source = {word.text for word in alignment.source.words}
    held = {word.text for said in alignment.around for word in said.words}
    for own, its in product(claim - held, source - claim):
        short, long = sorted((own, its), key=len)
        prefixed = len(short) >= 5 and long.removesuffix(short) in _PREFIXES
        if prefixed or {own, its} in _AGAINST:
            yield Finding("opposite", f"The claim says “{own}”, the context “{its}”.")


# Amounts and days.


def _amount(alignment: Alignment) -> Iterator[Finding]:
    source = alignment.source
    held = [one for said in alignment.context for one in said.amounts]
    for own in alignment.claim.amounts:
        kind = "day" if own.day else "amount"
        instead = _instead(own, alignment)
        if not _is_held(own, held):
            yield Finding(kind, f"The context does not say “{own.text}”{instead}.")
        elif (instead and not _is_held(own, source.amounts)) or _is_of_another(own, alignment):
            yield Finding(kind, f"The context says “{own.text}” of something else{instead}.")


def _is_held(own: Amount, held: Sequence[Amount]) -> bool:
    """Tell whether an amount is among others; of a day, they may leave the year unsaid."""
    if any(own.is_in(other) for other in held):
        return True
    if not own.day or not own.day[1]:
        return False
    # A day whose year and day of the month are not said may be this one.
    return any(other.is_in(own) for other in held if other.day and other.day[1])


def _instead(own: Amount, alignment: Alignment) -> str:
    """Return what the source has in an amount's stead, as the end of a sentence."""
    claimed = alignment.claim.amounts
    for its in alignment.source.amounts:
        alike = bool(its.day) == bool(own.day) and (its.unit == "%") == (own.unit == "%")
        if alike and not any(one.is_in(its) for one in claimed):
            return f", but “{its.text}”"
    return ""


def _is_of_another(own: Amount, alignment: Alignment) -> bool:
    """Tell whether the source counts something else with a number, and this with another one."""
    if own.day:
        return False
    thing = _counted(alignment.claim, own.key)
    its = [(one.key, _counted(alignment.source, one.key)) for one in alignment.source.amounts]
    same = {counted for key, counted in its if key == own.key}
    return bool(thing and same) and thing not in same and thing in {counted for _, counted in its}


def _counted(said: Said, key: str) -> str:
    """Return the stem after a number."""
    stems = [word.stem for word in said.content]
    place = stems.index(key) if key in stems else len(stems)
    return stems[place + 1] if place + 1 < len(stems) else ""


# How much is asked, and of how many.


def _overstated(kind: MarkKind, least: int, most: int, alignment: Alignment) -> Iterator[Finding]:
    """Find a mark of at least some strength that is weaker in the source, or is not there."""
    source = alignment.source
    its = _of_kind(source, kind)
    for own in _of_kind(alignment.claim, kind):
        known = [one for one in its if set(one.scope) & set(own.scope)]
        strongest = max((one.strength for one in known), default=0)
        is_bare = not known and own.strength == most and own.scope[0] in source.stems
        # `All nine of them` are not all of them.
        counted = kind == "quantity" and any(
            one.scope[0].isdigit() and one.scope[0] not in own.scope for one in known
        )
        if own.strength >= least and (0 < strongest < own.strength or is_bare or counted):
            reason = f"The context does not say it of “{own.words}”."
            if kind == "modality":
                said = f"only “{known[0].words}”" if known else "no such duty"
                reason = f"The claim says “{own.words}”, the context {said}."
            yield Finding(kind, reason)


def _cause(alignment: Alignment) -> Iterator[Finding]:
    """Find two things that the context says, and of which the claim makes one the other's cause."""
    told = [one for said in alignment.context for one in causes_in(said)]
    for own in causes_in(alignment.claim, claimed=True):
        is_said = all(
            side and max(len(side & said.stems) for said in alignment.context) >= ALIKE * len(side)
            for side in (own.before, own.after)
        )
        if is_said and not any(own.joins_as(its) for its in told):
            yield Finding("cause", f"The context gives no cause where the claim says “{own.word}”.")


def _of_kind(said: Said, kind: MarkKind) -> list[Mark]:
    return [mark for mark in marks_in(said) if mark.kind == kind and mark.scope]


def order(alignment: Alignment) -> Iterator[Finding]:
    """Find two things that have changed places, unless the voice has changed with them."""
    if _is_passive(alignment.claim) != _is_passive(alignment.source):
        return
    source = [word.stem for word in alignment.source.content]
    claim = [word.stem for word in alignment.claim.content]
    pair = _exchanged(source, claim) if len(claim) >= FULL else None
    if pair:
        one, other = (" ".join(alignment.spelt(stem) for stem in stems) for stems in pair)
        yield Finding("order", f"“{one}” and “{other}” have changed places.")


def _exchanged(source: list[str], claim: list[str]) -> tuple[list[str], list[str]] | None:
    """Return the two runs that have changed places around what stayed, if that is all.

    >>> _exchanged("a b m c d".split(), "a c m b d".split())
    (['b'], ['c'])
    """
    while source and claim and source[0] == claim[0]:
        source, claim = source[1:], claim[1:]
    while source and claim and source[-1] == claim[-1]:
        source, claim = source[:-1], claim[:-1]
    if sorted(source) != sorted(claim):
        return None
    for first in range(1, len(source) - 1):
        for last in range(len(source) - 1, first, -1):
            if source[last:] + source[first:last] + source[:first] == claim:
                return source[:first], source[last:]
    return None


def name(alignment: Alignment) -> Iterator[Finding]:
    """Find a name in the stead of another."""
    claim, source = alignment.claim, alignment.source
    for gone, come in _changes(alignment):
        its = [one for one in gone if one in source.names and one not in claim.all_stems]
        own = [one for one in come if one in claim.names and one not in source.all_stems]
        if its and own and not _is_short_for([*own, *its], alignment):
            yield _of_another(its[0], own[0], alignment)
    yield from _said_of_another(alignment)


def _said_of_another(alignment: Alignment) -> Iterator[Finding]:
    """Find a clause of the claim that the source says of another name."""
    claim, source = alignment.claim, alignment.source
    parts = clauses(source)
    for part in clauses(claim):
        own, rest = part & claim.names, part - claim.names
        told = max(parts, key=lambda one: len(one & rest), default=frozenset())
        its = told & source.names
        alike = len(rest) > 1 and len(told & rest) >= ALIKE * len(rest)
        elsewhere = any(own & other for other in parts)
        if alike and its and elsewhere and not its & part:
            yield _of_another(min(its), min(own), alignment)


def _of_another(its: str, own: str, alignment: Alignment) -> Finding:
    its, own = alignment.spelt(its), alignment.spelt(own)
    return Finding("name", f"The context says it of “{its}”, not of “{own}”.")


def moved(alignment: Alignment) -> Iterator[Finding]:
    """Find words of another line in the stead of the source's own, or between them."""
    source = alignment.source
    near = alignment.lines[source.line]
    for _, come in _changes(alignment):
        elsewhere = [one for one in come if one not in near]
        if elsewhere and all(one in alignment.known for one in elsewhere):
            words = " ".join(alignment.spelt(one) for one in elsewhere)
            yield Finding("assembled", f"The context speaks of “{words}” in another place.")


def apart(alignment: Alignment) -> Iterator[Finding]:
    """Find a claim whose words are all there, but not together in any line."""
    best = max(alignment.share(stems) for stems in alignment.lines.values())
    if alignment.share(alignment.known) >= WHOLE and best <= APART:
        yield Finding("assembled", "Its words are taken from places that are far apart.")


def _changes(alignment: Alignment) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return what stands in the source and what in its stead in the claim, as runs of stems."""
    source = [word.stem for word in alignment.source.content]
    claim = [word.stem for word in alignment.claim.content]
    matcher = SequenceMatcher(a=source, b=claim, autojunk=False)
    return [
        (tuple(source[a:b]), tuple(claim[c:d]))
        for what, a, b, c, d in matcher.get_opcodes()
        if what in ("replace", "insert")
    ]


def _is_passive(said: Said) -> bool:
    """Tell whether something is done to somebody: `by`, or a form of `be` before a participle."""
    words = [word.text for word in said.words]
    return "by" in words or any(
        one in _IS and any(word.endswith("ed") or word in _DONE for word in words[at + 1 : at + 3])
        for at, one in enumerate(words)
    )


def _is_short_for(names: Collection[str], alignment: Alignment) -> bool:
    """Tell whether a name is made of the first letters of words of the claim or of the source."""
    both = (alignment.claim, alignment.source)
    initials = ["".join(word.text[0] for word in said.content) for said in both]
    return any(2 <= len(one) <= 6 and one in run for one in names for run in initials)


_CHECKS: tuple[tuple[float, Callable[[Alignment], Iterator[Finding]]], ...] = (
    (CLOSE, _negation),
    (CLOSE, _opposite),
    (CLOSE, _amount),
    (CLOSE, partial(_overstated, "modality", claims.SHOULD, claims.MUST)),
    (CLOSE, partial(_overstated, "quantity", claims.MOST, claims.ALL)),
    (0.0, _cause),
    (CLOSE, order),
    (ALIKE, name),
    (CLOSE, moved),
    (0.0, apart),
)
"""Each with the share of the claim that one sentence must hold for its small words to be set
against those of the sentence."""
