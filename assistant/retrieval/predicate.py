"""The one predicate over facets: for dense search, for BM25, and for all that an answer shows."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import get_args

from assistant.records import Filters
from corpus.passage import Passage, Record, Tier

TIERS: tuple[str, ...] = get_args(Tier)

ON = "yes"
"""Value of a facet that a passage has or has not, such as `audience:officer`."""


class FacetFilter(Record):
    """Which passages may be found, by their facets."""

    allowed: dict[str, frozenset[str]] = {}
    """Allowed values for each facet that matters; a passage without the facet is not allowed."""

    either: tuple[dict[str, frozenset[str]], ...] = ()
    """Of each of these, one facet or another must have an allowed value."""

    def allows(self, facets: Mapping[str, str]) -> bool:
        """Return whether a passage with these facets may be found.

        >>> FacetFilter(allowed={"kind": frozenset({"outcome"})}).allows({"kind": "partner"})
        False
        >>> one = {"group": frozenset({"gsr:P3"}), "about:gsr:P3": frozenset({"yes"})}
        >>> FacetFilter(either=(one,)).allows({"tier": "guidance", "about:gsr:P3": "yes"})
        True
        """
        return all(
            any(facets.get(facet) in values for facet, values in part.items())
            for part in self._parts
        )

    @property
    def _parts(self) -> Iterator[Mapping[str, frozenset[str]]]:
        """Alternatives, of each of which one must hold."""
        yield from ({facet: values} for facet, values in self.allowed.items())
        yield from self.either

    @property
    def tiers(self) -> tuple[str, ...]:
        """Tiers that can hold what is allowed."""
        return tuple(tier for tier in TIERS if tier in self.allowed.get("tier", TIERS))

    @property
    def within(self) -> FacetFilter | None:
        """The rest, within a tier; none where all of the tier is allowed."""
        rest = {key: values for key, values in self.allowed.items() if key != "tier"}
        return FacetFilter(allowed=rest, either=self.either) if rest or self.either else None

    @property
    def key(self) -> Hashable:
        """The same as a value that equal predicates share, to keep what is found by."""
        return frozenset(frozenset(part.items()) for part in self._parts)


def group_filter(filters: Filters, passages: Sequence[Passage]) -> FacetFilter:
    """Return tiers, pillars and audience as a predicate over facets.

    A passage of guidance is of a pillar if it is about the pillar or about anything under it. What
    says for whom it is keeps to the audience; the framework and the glossary are for everyone.
    """
    either: list[dict[str, frozenset[str]]] = []
    if filters.pillars:
        groups = frozenset(filters.pillars)
        own = (one.id for one in passages if one.facets.get("group") in groups)
        about = {f"about:{one}": frozenset({ON}) for one in (*groups, *own)}
        either.append({"group": groups} | about)
    if filters.audience:
        wanted = {f"audience:{filters.audience}": frozenset({ON})}
        named = frozenset(
            one.facets["kind"] for one in passages if "kind" in one.facets and not audiences(one)
        )
        either.append(wanted | {"kind": named})
    allowed = {"tier": frozenset[str](filters.tiers)} if filters.tiers else {}
    return FacetFilter(allowed=allowed, either=tuple(either))


def audiences(passage: Passage) -> list[str]:
    """Return for whom a passage says that it is."""
    opens = "audience:"
    return [one.removeprefix(opens) for one in passage.facets if one.startswith(opens)]
