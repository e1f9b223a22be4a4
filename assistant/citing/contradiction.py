"""What a claim says otherwise than its context, although the words are the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from assistant.citing.alignment import Alignment
from assistant.citing.amounts import Amount
from assistant.citing.claims import Said
from assistant.citing.marks import (
    ALIKE,
    ALL,
    CLOSE,
    MAY,
    MOST,
    MUST,
    Finding,
    FindingKind,
    Mark,
    MarkKind,
    causes_in,
    marks_in,
)
from assistant.citing.roles import apart, moved, name, order

_OPPOSITES = """
    increase decrease|rise fall|rose fell|more less|more fewer|before after|first last|
    minimum maximum|above below|over under|accept reject|accepted rejected|allow prohibit|
    allows prohibits|include exclude|includes excludes|highest lowest|largest smallest|most least|
    internal external|public private|voluntary compulsory|voluntary mandatory|strengthen weaken|
    strengthens weakens|improve worsen|improved worsened|open closed|start end|began ended|
    younger older|early late|better worse|higher lower|prevent allow|prevents allows|prevent enable|
    protect expose|add remove|adds removes|support oppose|supports opposes|supported opposed|
    annual monthly|yearly monthly|daily weekly|win lose|won lost|north south|east west|
    northern southern|eastern western|male female|mother father|son daughter|husband wife|
    true false|known unknown|gain loss|success failure|agree disagree|agreed disagreed
"""
_AGAINST = [tuple(pair.split()) for pair in _OPPOSITES.split("|")]
_LEAVING_OUT = frozenset(
    """
    outside except excepted exclude excludes excluded excluding exempt exempts exempted beyond
    unless prohibit prohibits prohibited ban bans banned forbid forbids forbidden prevent prevents
    prevented refuse refuses refused reject rejects rejected oppose opposes opposed avoid avoids
    avoided deny denies denied stop stops stopped
    """.split()
)
"""Words that deny without a mark of negation: one text may have them where the other has `not`."""

_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "mis")


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
    for mark in denied:
        if _is_said(mark, claim, source, its) and not _denied_nearby(mark, alignment):
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


def _denied_nearby(mark: Mark, alignment: Alignment) -> bool:
    others = [one for said in alignment.around for one in _of_kind(said, "negation")]
    return any(mark.scope[0] in one.scope for one in others)


def _opposite(alignment: Alignment) -> Iterator[Finding]:
    claim = {word.text for word in alignment.claim.words}
    source = {word.text for word in alignment.source.words}
    held = {word.text for said in alignment.around for word in said.words}
    for own in claim - held:
        for its in source - claim:
            if _are_opposite(own, its):
                yield Finding("opposite", f"The claim says “{own}”, the context “{its}”.")


def _are_opposite(one: str, other: str) -> bool:
    if (one, other) in _AGAINST or (other, one) in _AGAINST:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= 5 and any(long == prefix + short for prefix in _PREFIXES)


# Amounts and days.


def _amount(alignment: Alignment) -> Iterator[Finding]:
    source = alignment.source
    held = [one for said in alignment.context for one in said.amounts]
    for own in alignment.claim.amounts:
        kind: FindingKind = "day" if own.day else "amount"
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
    known = [other.day for other in held if other.day and other.day[1]]
    return any(
        all(its is None or its == mine for mine, its in zip(own.day, day, strict=True))
        for day in known
    )


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
    its = [_counted(alignment.source, one.key) for one in alignment.source.amounts]
    same = [_counted(alignment.source, one.key) for one in alignment.source.amounts if
            one.key == own.key]  # fmt: skip
    return bool(thing) and bool(same) and thing not in same and thing in its


def _counted(said: Said, key: str) -> str:
    """Return the stem after a number."""
    stems = [word.stem for word in said.content]
    place = stems.index(key) if key in stems else len(stems)
    return stems[place + 1] if place + 1 < len(stems) else ""


# How much is asked, and of how many.


def _modality(alignment: Alignment) -> Iterator[Finding]:
    its = _of_kind(alignment.source, "modality")
    for own in _of_kind(alignment.claim, "modality"):
        known = [one for one in its if set(one.scope) & set(own.scope)]
        strongest = max((one.strength for one in known), default=0)
        is_bare = not known and own.strength == MUST and _holds(alignment.source, own)
        if own.strength > MAY and (0 < strongest < own.strength or is_bare):
            said = f"only “{known[0].words}”" if known else "no such duty"
            yield Finding("modality", f"The claim says “{own.words}”, the context {said}.")


def _quantity(alignment: Alignment) -> Iterator[Finding]:
    its = _of_kind(alignment.source, "quantity")
    for own in _of_kind(alignment.claim, "quantity"):
        known = [one for one in its if set(one.scope) & set(own.scope)]
        strongest = max((one.strength for one in known), default=0)
        is_bare = not known and own.strength == ALL and _holds(alignment.source, own)
        # `All nine of them` are not all of them.
        counted = any(one.scope[0].isdigit() and one.scope[0] not in own.scope for one in known)
        if own.strength >= MOST and (0 < strongest < own.strength or is_bare or counted):
            yield Finding("quantity", f"The context does not say it of “{own.words}”.")


def _holds(source: Said, mark: Mark) -> bool:
    return bool(mark.scope) and mark.scope[0] in source.stems


def _cause(alignment: Alignment) -> Iterator[Finding]:
    """Find two things that the context says, and of which the claim makes one the other's cause."""
    told = [one for said in alignment.context for one in causes_in(said)]
    for own in causes_in(alignment.claim, claimed=True):
        both = (
            own.before
            and own.after
            and all(
                max(len(side & said.stems) for said in alignment.context) >= ALIKE * len(side)
                for side in (own.before, own.after)
            )
        )
        if both and not any(own.joins_as(its) for its in told):
            yield Finding("cause", f"The context gives no cause where the claim says “{own.word}”.")


def _of_kind(said: Said, kind: MarkKind) -> list[Mark]:
    return [mark for mark in marks_in(said) if mark.kind == kind and mark.scope]


_CHECKS: tuple[tuple[float, Callable[[Alignment], Iterator[Finding]]], ...] = (
    (CLOSE, _negation),
    (CLOSE, _opposite),
    (CLOSE, _amount),
    (CLOSE, _modality),
    (CLOSE, _quantity),
    (0.0, _cause),
    (CLOSE, order),
    (ALIKE, name),
    (CLOSE, moved),
    (0.0, apart),
)
"""Each with the share of the claim that one sentence must hold for its small words to be set
against those of the sentence."""
