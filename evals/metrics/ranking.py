"""Metrics of a ranking, by `ir-measures`: recall, nDCG and reciprocal rank."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

DEPTHS = (5, 10, 20)
"""Depths at which recall is measured."""

NAMES = (*(f"recall@{depth}" for depth in DEPTHS), "nDCG@10", "MRR")
"""Names of the measures, as they are shown."""


def units(ids: Iterable[str]) -> tuple[str, ...]:
    """Return ids as what is ranked: an item, or a note as a whole, which counts at its best place.

    A fact may stand in any section of its note, so a section is reduced to what stands before `#`,
    as in `metrics.note_rank`.

    >>> units(["gsr:C12", "note:barnahus#2", "note:barnahus#1"])
    ('gsr:C12', 'note:barnahus')
    """
    return tuple(dict.fromkeys(one.partition("#")[0] for one in ids))


def measures(
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

    >>> found = measures(["gsr:C9", "gsr:P3", "gsr:C12"], ["gsr:C12"], allowed=["gsr:P3"])
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
        return dict.fromkeys(NAMES, 0.0)
    found = {str(one.measure): one.value for one in ir_measures.iter_calc(wanted, judged, run)}
    return {name: found[str(one)] for name, one in zip(NAMES, wanted, strict=True)}
