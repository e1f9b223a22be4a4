"""Metrics of one answer, each a small function with its definition.

`None` means that there is nothing to score; it is counted as unscored and never taken for zero.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from assistant.records import Status
from corpus.passage import Passage
from evals.metrics.overlap import UNITS

ANSWERS: frozenset[Status] = frozenset({"answered", "partial"})
"""Statuses of what answers, wholly or in part."""

GAPS = frozenset({"coverage_gap", "false_premise"})
"""Reasons for which what answers in part says that the rest is not there."""

DEPTHS = (5, 10, 20)
RANKINGS = (*(f"recall@{depth}" for depth in DEPTHS), "nDCG@10", "MRR")
"""Depths at which recall is measured, and names of the measures of a ranking, as they are shown."""


def recall(found: Collection[str], gold: Collection[str]) -> float | None:
    """Return the share of the gold that was found; `None` without gold.

    Set-based recall, |found & gold| / |gold| (Manning, Raghavan and Schuetze 2008, section 8.3).

    >>> recall({"gsr:C9", "gsr:C12"}, {"gsr:C12", "gsr:C11"})
    0.5
    """
    return len(set(found) & set(gold)) / len(set(gold)) if gold else None


def precision(
    found: Collection[str], gold: Collection[str], allowed: Collection[str] = ()
) -> float | None:
    """Return the share of what was found that is gold; `None` if nothing is left to judge.

    Set-based precision, |found & gold| / |found| (Manning, Raghavan and Schuetze 2008, section
    8.3), with `allowed` taken out of `found` first: it is neither right nor wrong.

    >>> precision({"gsr:C12", "gsr:C9", "gsr:P3-O1"}, {"gsr:C12"}, allowed={"gsr:P3-O1"})
    0.5
    """
    judged = set(found) - (set(allowed) - set(gold))
    return len(judged & set(gold)) / len(judged) if judged else None


def is_gold_first(
    found: Sequence[str], gold: Collection[str], allowed: Collection[str]
) -> bool | None:
    """Return whether no allowed id stands before a gold one; `None` unless both were found.

    `found` is the ids of one facet in reading order; a list by topic may go on after its gold.

    >>> is_gold_first(["gsr:P3-O4", "gsr:P3-O1"], {"gsr:P3-O4"}, {"gsr:P3-O1"})
    True
    >>> is_gold_first(["gsr:P3-O1", "gsr:P3-O4"], {"gsr:P3-O4"}, {"gsr:P3-O1"})
    False
    """
    right = [place for place, one in enumerate(found) if one in gold]
    others = [place for place, one in enumerate(found) if one not in gold and one in allowed]
    return max(right) < min(others) if right and others else None


def is_status_right(
    status: Status, reason: str, *, answerable: bool, accepted: Collection[Status] = ()
) -> bool:
    """Return whether a question was answered, or turned away, as it should have been.

    An answerable question is to be `answered`, or `partial` where the corpus has a part of it. One
    that is not answerable is to be `not_covered`, `out_of_scope` or `declined`; `partial` is as
    right if its reason is a coverage gap or a false premise, since it then says what is not there.
    `accepted`, where given, replaces both rules.

    >>> is_status_right("partial", "false_premise", answerable=False)
    True
    >>> is_status_right("answered", "", answerable=False)
    False
    >>> is_status_right("clarify", "ambiguous", answerable=True)
    False
    """
    if accepted:
        return status in accepted
    if answerable:
        return status in ANSWERS
    turned_away = status in ("not_covered", "out_of_scope", "declined")
    return turned_away or (status == "partial" and reason in GAPS)


def is_to_be_answered(answerable: bool, accepted: Collection[Status] = ()) -> bool | None:
    """Return whether a question is to be answered; `None` if that is open, or a reply in turn.

    >>> is_to_be_answered(True), is_to_be_answered(True, ["answered", "not_covered"])
    (True, None)
    >>> is_to_be_answered(False, ["not_covered", "partial"]), is_to_be_answered(True, ["clarify"])
    (False, None)
    """
    if not accepted:
        return answerable
    if not answerable:
        return None if "answered" in accepted else False
    refusals = set(accepted) - ANSWERS - {"clarify"}
    return True if ANSWERS & set(accepted) and not refusals else None


def has_abstained(status: Status, reason: str, to_answer: bool) -> bool:
    """Return whether a question was left unanswered.

    `partial` leaves a question that has no answer unanswered if it says so by its reason, and
    answers one that has.

    >>> has_abstained("partial", "coverage_gap", False), has_abstained("partial", "x", False)
    (True, False)
    >>> has_abstained("partial", "coverage_gap", True), has_abstained("clarify", "", True)
    (False, True)
    """
    if status == "partial" and not to_answer:
        return reason in GAPS
    return status not in ANSWERS


def has_strings(text: str, must: Collection[str], must_not: Collection[str]) -> bool | None:
    """Return whether a text shows each string of one list and none of another, case ignored.

    `None` if both lists are empty.

    >>> has_strings("Consistent with Lanzarote Convention", ["lanzarote"], ["Budapest"])
    True
    """
    if not must and not must_not:
        return None
    shown = text.casefold()
    held = all(one.casefold() in shown for one in must)
    return held and not any(one.casefold() in shown for one in must_not)


def has_value(openings: Sequence[str], value: str) -> bool | None:
    """Return whether the opening of an answer states a number, or a yes or no; `None` without one.

    A number may stand anywhere in it, in digits or as a word up to twenty; a yes or no is the first
    word of one of the sentences.

    >>> has_value(["The Societal pillar has nine outcomes."], "9")
    True
    >>> has_value(["Capability 26 has no outcome."], "2"), has_value(["No: it lists 3."], "no")
    (False, True)
    """
    if not value:
        return None
    if not value.isdigit():
        return any(re.match(rf"{value}\b", one, re.IGNORECASE) for one in openings)
    forms = "|".join((value, *UNITS[int(value) : int(value) + 1]))
    pattern = rf"(?<![\w.,-])(?:{forms})(?![\w-]|[.,]\d)"
    return any(re.search(pattern, one, re.IGNORECASE) for one in openings)


def is_exact(quote: str, start: int, end: int, passage: Passage | None) -> bool:
    """Return whether a quote is verbatim at its place in a passage of the corpus.

    >>> is_exact("Regular", 0, 7, None)
    False
    """
    return passage is not None and 0 <= start < end and passage.text[start:end] == quote


def cites_note(
    found: Collection[str], facts: Collection[str], allowed: Collection[str] = ()
) -> bool | None:
    """Tell whether an answer cites a note that states the fact, or one that is as good.

    A note is told by what stands before `#` in the id of its passage: which of a note's sections is
    cited does not matter here, since the fact itself is checked by its words. `None` without gold.

    >>> cites_note({"note:barnahus#2"}, {"note:barnahus#1"})
    True
    >>> cites_note({"note:lantern#1"}, {"note:barnahus#1"}, {"note:lantern"})
    True
    """
    if not facts:
        return None
    wanted = units((*facts, *allowed))
    return any(one in wanted for one in units(found))


def note_rank(hits: Sequence[str], facts: Collection[str]) -> int | None:
    """Return the place of the first note that states the fact among the notes found; 0 if none.

    Hits in the same note count once, at the best. `None` without gold, or where no note was sought.

    >>> note_rank(["note:lantern#2", "note:lantern#1", "note:barnahus#3"], {"note:barnahus#1"})
    2
    """
    if not facts or not hits:
        return None
    wanted = units(facts)
    return next((rank for rank, note in enumerate(units(hits), 1) if note in wanted), 0)


def note_focus(
    found: Collection[str], facts: Collection[str], allowed: Collection[str] = ()
) -> float | None:
    """Return the share of the notes cited that are gold or allowed; `None` where none is cited.

    >>> note_focus({"note:barnahus#1", "note:barnahus#2", "note:lantern#1"}, {"note:barnahus#1"})
    0.5
    """
    return precision(units(found), units((*facts, *allowed))) if facts else None


def units(ids: Iterable[str]) -> tuple[str, ...]:
    """Return ids as what is ranked: an item, or a note as a whole, which counts at its best place.

    A fact may stand in any section of its note, so a section is reduced to what stands before `#`,
    as in `metrics.note_rank`.

    >>> units(["gsr:C12", "note:barnahus#2", "note:barnahus#1"])
    ('gsr:C12', 'note:barnahus')
    """
    return tuple(dict.fromkeys(one.partition("#")[0] for one in ids))


def ranking(
    ranked: Sequence[str], gold: Collection[str], allowed: Collection[str] = ()
) -> dict[str, float]:
    """Return each measure of a ranking; empty without gold, or where nothing was sought.

    What is `allowed` and not gold is taken out of the ranking first, since it is neither right nor
    wrong: a condensed list (Sakai 2007, SIGIR, 71-78, section 2). Gold is right in one degree.

    * recall@k: the share of the gold among the first k (Manning, Raghavan and Schuetze 2008,
      section 8.4); with more gold than k it cannot reach 1.
    * nDCG@10: discounted gain over that of the best ranking (Jaervelin and Kekaelaeinen 2002, ACM
      TOIS 20:422-446), with log2(rank + 1).
    * MRR: one over the rank of the first gold (Voorhees 1999, TREC-8, section 3); its mean over
      cases is the mean reciprocal rank.

    >>> found = ranking(["gsr:C9", "gsr:P3", "gsr:C12"], ["gsr:C12"], allowed=["gsr:P3"])
    >>> found["recall@5"], round(found["nDCG@10"], 3), found["MRR"]
    (1.0, 0.631, 0.5)
    """
    if not gold or not ranked:
        return {}
    import ir_measures

    kept = [one for one in ranked if one in gold or one not in allowed]
    judged = [ir_measures.Qrel("q", one, 1) for one in set(gold)]
    # Places as scores, because a tie would be broken by the ids.
    run = [ir_measures.ScoredDoc("q", one, float(-place)) for place, one in enumerate(kept)]
    wanted = [*(ir_measures.R @ depth for depth in DEPTHS), ir_measures.nDCG @ 10, ir_measures.RR]
    if not run:
        return dict.fromkeys(RANKINGS, 0.0)
    found = {str(one.measure): one.value for one in ir_measures.iter_calc(wanted, judged, run)}
    return {name: found[str(one)] for name, one in zip(RANKINGS, wanted, strict=True)}
