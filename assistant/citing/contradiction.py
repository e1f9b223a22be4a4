"""What a claim says otherwise than its context: turned words, exchanged things, other names."""

from collections.abc import Callable, Collection, Iterator, Sequence
from difflib import SequenceMatcher
from functools import partial
from itertools import islice, product
from typing import NamedTuple

from assistant.citing import claims
from assistant.citing.amounts import Amount
from assistant.citing.claims import Alignment, Mark, MarkKind, Said, causes_in, clauses, marks_in

CLOSE, ALIKE = 0.6, 0.75
"""Share of a claim in one sentence from which the two speak of the same thing, and from which they
say it in the same words."""

WHOLE, APART = 0.9, 0.7
"""Share of a claim in the whole context from which all of its words are there, and at most in one
line of it, of which the words are not in one place."""

FULL = 5  # Telling words from which the order of a sentence tells who does what.
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
    """One thing that a claim says otherwise, as one sentence of what it and the context say.

    Its kind is `negation`, `opposite`, `amount`, `day`, `modality`, `quantity`, `cause`, `order`,
    `name`, or `assembled`.
    """

    kind: str
    reason: str


def findings(alignment: Alignment) -> tuple[Finding, ...]:
    """Return what a claim says otherwise than its source, one finding of each check at most."""
    if not alignment.context or not alignment.claim.content:
        return ()
    checks = [check for least, check in _CHECKS if alignment.closeness >= least]
    return tuple(first for check in checks for first in islice(check(alignment), 1))


# Negation: what one denies and the other says.


def _negation(alignment: Alignment) -> Iterator[Finding]:
    claim, source = alignment.claim, alignment.source
    denied, its = _of_kind(claim, "negation"), _of_kind(source, "negation")
    around = [mark for said in alignment.around for mark in _of_kind(said, "negation")]
    new = [mark for mark in denied if not any(mark.scope[0] in near.scope for near in around)]
    for marks, own, other, others, says in (
        (new, claim, source, its, "denies what the context says"),
        (its, source, claim, denied, "says what the context denies"),
    ):
        for mark in marks:
            if _is_said(mark, own, other, others):
                words = f"{mark.words} … {alignment.spelt(mark.scope[0])}"
                yield Finding("negation", f"The claim {says} ({words}).")


def _of_kind(said: Said, kind: MarkKind) -> list[Mark]:
    return [mark for mark in marks_in(said) if mark.kind == kind and mark.scope]


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
    held = [amount for said in alignment.context for amount in said.amounts]
    for own in alignment.claim.amounts:
        kind = "day" if own.day else "amount"
        others = (
            f", but “{its.text}”"
            for its in source.amounts
            if bool(its.day) == bool(own.day) and (its.unit == "%") == (own.unit == "%")
            if not any(claimed.is_in(its) for claimed in alignment.claim.amounts)
        )
        instead = next(others, "")
        if not _is_held(own, held):
            yield Finding(kind, f"The context does not say “{own.text}”{instead}.")
        elif (instead and not _is_held(own, source.amounts)) or _is_of_another(own, alignment):
            yield Finding(kind, f"The context says “{own.text}” of something else{instead}.")


def _is_held(own: Amount, held: Sequence[Amount]) -> bool:
    """Tell whether an amount is among others; of a day, they may leave the year unsaid."""
    dated = [other for other in held if own.day and own.day[1] and other.day and other.day[1]]
    return any(map(own.is_in, held)) or any(other.is_in(own) for other in dated)


def _is_of_another(own: Amount, alignment: Alignment) -> bool:
    """Tell whether the source counts something else with a number, and this with another one."""

    def counted(said: Said, key: str) -> str:
        stems = [*(word.stem for word in said.content), "", ""]
        return stems[stems.index(key) + 1] if key in stems else ""

    if own.day:
        return False
    thing = counted(alignment.claim, own.key)
    its = [(other.key, counted(alignment.source, other.key)) for other in alignment.source.amounts]
    same = {counts for key, counts in its if key == own.key}
    return bool(thing and same) and thing not in same and thing in {counts for _, counts in its}


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
    told = [(one.before, one.after) for said in alignment.context for one in causes_in(said)]
    told += [(after, before) for before, after in told]  # Either way round.
    for own in causes_in(alignment.claim, claimed=True):
        is_said = all(
            side and max(len(side & said.stems) for said in alignment.context) >= ALIKE * len(side)
            for side in (own.before, own.after)
        )
        if is_said and not any(own.before & a and own.after & b for a, b in told):
            yield Finding("cause", f"The context gives no cause where the claim says “{own.word}”.")


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
    """Find a name in the stead of another, or a clause that the source says of another name."""
    claim, source = alignment.claim, alignment.source
    swaps = []
    for gone, come in _changes(alignment):
        its = [stem for stem in gone if stem in source.names and stem not in claim.all_stems]
        own = [stem for stem in come if stem in claim.names and stem not in source.all_stems]
        if its and own and not _is_short_for([*own, *its], alignment):
            swaps.append((its[0], own[0]))
    parts = clauses(source)
    for part in clauses(claim):
        named, rest = part & claim.names, part - claim.names
        told = max(parts, key=lambda held: len(held & rest), default=frozenset())
        others = told & source.names
        alike = len(rest) > 1 and len(told & rest) >= ALIKE * len(rest)
        elsewhere = any(named & held for held in parts)
        if alike and others and elsewhere and not others & part:
            swaps.append((min(others), min(named)))
    for other, named_ in swaps:
        said = f"of “{alignment.spelt(other)}”, not of “{alignment.spelt(named_)}”."
        yield Finding("name", f"The context says it {said}")


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
