"""What an answer says of itself: how many of how many it lists, and whose words are whose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.records import Answer, Completeness
from corpus.structure.graph import Framework, Item, Kind
from evals.cases.case import Case

_ANSWERED = frozenset({"answered", "partial"})
_COUNTS_NOTHING = frozenset({"inverse", "negate", "verify"})
"""Operations that pick items by what holds of them, so that none of a group is left to count."""


def counts_right(case: Case, answer: Answer, framework: Framework) -> bool | None:
    """Return whether an answer says rightly how many of how many it lists.

    Each count is to be that of the framework, and where the gold is a whole facet of a group, or
    of the page, its count is to be there. `None` where there is neither, or no answer.
    """
    wanted = list(_whole_facets(case, framework))
    told = answer.completeness
    if answer.status not in _ANSWERED or not (wanted or told):
        return None
    true = all(one.listed <= one.total == _total(one, framework) for one in told)
    return true and all(_is_told(kind, group, told, framework) for kind, group in wanted)


def tiers_apart(answer: Answer) -> bool | None:
    """Return whether each statement quotes the tier alone that it is said to be of.

    Signpost's own notes are of none. `None` where nothing is quoted.
    """
    said = [one for one in answer.statements if one.kind != "note" and one.citations]
    if not said:
        return None
    return all(cited.tier == one.kind for one in said for cited in one.citations)


def _whole_facets(case: Case, framework: Framework) -> Iterator[tuple[Kind, Item]]:
    """Yield each kind and group of which the gold names all, two at least."""
    if case.type in _COUNTS_NOTHING:
        return
    for facet, ids in case.gold.ids().items():
        kinds = (kind for kind in framework.kinds if kind.facet == facet and kind.parent)
        for kind in kinds:
            for group in framework.of_kind(kind.parent):
                own = {item.id for item in framework.below(group.id, kind.id)}
                if len(own) > 1 and own <= set(ids):
                    yield kind, group


def _total(one: Completeness, framework: Framework) -> int:
    (kind,) = (kind for kind in framework.kinds if kind.facet == one.facet)
    if one.group in framework.item_by_id:
        return len(framework.below(one.group, kind.id))
    return len(framework.of_kind(kind.id))


def _is_told(kind: Kind, group: Item, told: Sequence[Completeness], framework: Framework) -> bool:
    """Return whether a facet of a group is counted, by itself or with the whole page's."""
    groups = {one.group for one in told if one.facet == kind.facet}
    return group.id in groups or any(one not in framework.item_by_id for one in groups)
