"""From a question to readings of it: the learned heads, exact names, and what each operation takes.

Everything that is decided here by a number was chosen on development rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np

from assistant.retrieval.encoder import Matrix
from assistant.understanding.reader import FACETS, SHARP, Floats, Reader, Told, softmax
from assistant.understanding.reading import DESCRIPTION, OPERATIONS, Reading, query_of
from corpus.structure.graph import Framework

Named = Callable[[str], Mapping[str, float]]
"""Ids of what a text names outright, with how exactly: 1 for a number or a title, less for less."""

ENOUGH = 0.5
"""Probability from which a facet, the whole page or several questions are taken as asked."""

BESIDE = 0.4
"""Share of the best subject's weight from which another one is meant beside it."""

LIKELY = 0.2
"""Weight below which nothing is what a question is about."""

MAYBE = 0.3
"""How far under an even chance the whole page is still taken, where no subject is likely."""

SPEAKS = 0.45
"""Weight from which an item that is not named is described; below, the page is searched."""

EXCLUDED = 0.5
"""The same share for what is left out."""

NAMED = 0.9
"""What an exact name adds to a subject's chance."""

SURE = 0.6
"""Certainty of an operation below which a question is left to the patterns."""

SEVERAL = 0.3
"""Probability of asking several things from which it is tried to cut a question in two."""

CUTS = 12
"""Places, between any two words, at which a question that asks several things may be cut."""

SHORTEST = 2
"""Words of a part at least."""

MOST = 4
"""Subjects of one question at most."""


class FrameworkReader:
    """Reads questions on one framework."""

    def __init__(
        self, framework: Framework, reader: Reader, linker: Linker, named: Named, *, links: bool
    ) -> None:
        """Keep what reads, what links and what finds names.

        Args:
            framework: that questions are asked of.
            reader: tells what is asked.
            linker: tells of what.
            named: finds exact names.
            links: whether the linker's vectors are of the encoder that the reader was trained for.
        """
        self._framework = framework
        self._reader = reader
        self._linker = linker
        self._named = named
        known = {kind.facet for kind in framework.kinds}
        self._entities = {one.id for one in framework.entities}
        self._groups = {one.id for one in framework.of_kind(framework.kinds[0].id)}
        self.reads = links and known >= {*FACETS} - {DESCRIPTION}
        """Whether the framework has the facets that the reader was trained on."""

    def read(self, question: str, turns: Sequence[str] = ()) -> tuple[Reading, ...]:
        """Return what a question asks, after earlier turns: one reading for each thing."""
        (told,) = self._reader.read([(question, turns)])
        whole = self._reading(question, told)
        return (self._split(question, turns) or (whole,)) if whole.several else (whole,)

    def _split(self, question: str, turns: Sequence[str]) -> tuple[Reading, ...]:
        """Return the readings of two parts of a question, where it is best cut in two.

        Each part is read after the one before it, as a follow-up is.
        """
        words = question.split()
        step = max(1, len(words) // CUTS)
        places = range(SHORTEST, len(words) - SHORTEST + 1, step)
        halves = [(" ".join(words[:at]), " ".join(words[at:])) for at in places]
        asked = [
            part for first, second in halves for part in ((first, turns), (second, (*turns, first)))
        ]
        if not asked:
            return ()
        told = self._reader.read(asked)
        read = [self._reading(text, one) for (text, _), one in zip(asked, told, strict=True)]
        pairs = list(zip(read[::2], read[1::2], strict=True))
        sure = [
            pair
            for pair in pairs
            if all(query_of(one, "", self._framework) and one.certainty >= SURE for one in pair)
        ]
        apart = [pair for pair in sure if pair[0].asked != pair[1].asked]
        return max(apart, key=lambda pair: _sureness(pair[0]) * _sureness(pair[1]), default=())

    def _reading(self, question: str, told: Told) -> Reading:
        best = int(told.operations.argmax())
        operation = OPERATIONS[best]
        found = Reading(
            operation=operation,
            several=told.several > SEVERAL,
            certainty=float(told.operations[best]),
        )
        if operation == "other":
            return found
        named = dict(self._named(question))
        weights = self._weights(self._linker.chances(told.subjects), named)
        subjects = self._subjects(told, operation, named, weights)
        if subjects is None:
            return found.model_copy(update={"operation": "other"})
        facets = self._facets(told)
        weight = min(1.0, max(weights.values())) if subjects else told.whole
        update: dict[str, object] = {"facets": facets, "subjects": subjects, "weight": weight}
        if operation == "without":
            update["excluded"] = self._excluded(told, named, subjects, facets)
        return found.model_copy(update=update)

    def _facets(self, told: Told) -> tuple[str, ...]:
        known = (*(kind.facet for kind in self._framework.kinds), DESCRIPTION)
        chances = {
            name: share for name, share in zip(FACETS, told.facets, strict=True) if name in known
        }
        chosen = [name for name, share in chances.items() if share > ENOUGH]
        return tuple(chosen or [max(chances, key=chances.__getitem__)])

    def _excluded(
        self,
        told: Told,
        named: Mapping[str, float],
        subjects: Sequence[str],
        facets: Sequence[str],
    ) -> tuple[str, ...]:
        """Return what is left out: of the kinds asked for, or entities, or groups of the page."""
        framework = self._framework
        asked = {kind.id for kind in framework.kinds if kind.facet in facets}
        below = {
            item.id
            for item in framework.items
            if (item.kind in asked or not subjects)
            and (not subjects or {one.id for one in framework.lineage(item.id)} & {*subjects})
        }
        shared = any(kind.shared for kind in framework.kinds if kind.id in asked)
        able = below - {*subjects} | (self._entities if shared or not subjects else set())
        weights = self._weights(self._linker.chances(told.excluded), named)
        others = {one: share for one, share in weights.items() if one in able}
        if exact := tuple(one for one, how in named.items() if how >= 1.0 and one in others):
            return exact
        heaviest = max(others.values(), default=0.0)
        if heaviest < LIKELY:
            return ()
        return tuple(one for one in [*others][:MOST] if others[one] >= EXCLUDED * heaviest)

    def _subjects(
        self,
        told: Told,
        operation: str,
        named: Mapping[str, float],
        weights: Mapping[str, float],
    ) -> tuple[str, ...] | None:
        """Return what it is about, the likest first; nothing where it is the whole page.

        `None` where nothing is likely enough.
        """
        ranked = list(weights)
        best = weights[ranked[0]]
        if told.whole > ENOUGH and (operation == "without" or best < NAMED):
            return ()
        if best < LIKELY and operation not in ("which", "without"):
            return () if told.whole > 1.0 - ENOUGH - MAYBE else None
        least = BESIDE * best
        exact = [one for one, how in named.items() if how >= 1.0 and one in weights]
        meant = exact or [one for one in ranked[:MOST] if weights[one] >= least]
        items = [one for one in ranked if one not in self._entities]
        entities = [one for one in ranked if one in self._entities]
        if operation == "compare":
            return tuple(meant if len(meant) > 1 else ranked[:2])
        if operation == "check":
            meant = [one for one in entities if weights[one] >= LIKELY / 2 or one in named]
            partners = told.facets[FACETS.index("partners")] > ENOUGH and bool(meant)
            return (entities[0], items[0]) if partners else self._two_levels(items, weights)
        if operation == "which":
            return tuple(one for one in meant if one in self._entities) or (entities[0],)
        if operation == "without":
            return tuple([one for one in items if one in self._groups][:1])
        if operation == "describe" and not exact and best < SPEAKS:
            return None
        first = meant[0] in self._entities
        return tuple(one for one in meant if (one in self._entities) == first)

    def _two_levels(
        self, items: Sequence[str], weights: Mapping[str, float]
    ) -> tuple[str, ...] | None:
        """Return the likest item and the likest one of another level, if that one is likely."""
        first = self._framework.item(items[0]).kind
        other = next(one for one in items if self._framework.item(one).kind != first)
        return (items[0], other) if weights[other] >= BESIDE / 2 else None

    def _weights(
        self, chances: Mapping[str, float], named: Mapping[str, float]
    ) -> dict[str, float]:
        """Return subjects with their weights, the heaviest first."""
        found = {one: share + NAMED * named.get(one, 0.0) for one, share in chances.items()}
        return dict(sorted(found.items(), key=lambda one: -one[1]))


def _sureness(reading: Reading) -> float:
    return reading.certainty * reading.weight


def wordings_by_id(framework: Framework) -> dict[str, list[str]]:
    """Return what each item and entity of a framework is called, and what an item says."""
    texts = {one.id: one for one in framework.passages}
    found: dict[str, list[str]] = {}
    for item in framework.items:
        passage = texts.get(item.id)
        said = (passage.text, *passage.also) if passage else ()
        found[item.id] = [one for one in dict.fromkeys((item.title, *item.aliases, *said)) if one]
    for entity in framework.entities:
        found[entity.id] = [*dict.fromkeys((entity.label, *entity.words))]
    return found


class Linker:
    """Links a question's vector to what a framework names."""

    def __init__(self, framework: Framework, embed_all: Callable[[Sequence[str]], Matrix]) -> None:
        """Keep the framework; its names are embedded with the first question."""
        self._framework = framework
        self._embed_all = embed_all

    @cached_property
    def _names(self) -> tuple[list[str], Matrix, list[int]]:
        """The ids, the vectors of all wordings, and the first wording of each id."""
        names = wordings_by_id(self._framework)
        texts = [text for one in names.values() for text in one]
        firsts = np.cumsum([0, *(len(one) for one in names.values())])[:-1]
        return list(names), self._embed_all(texts), [int(one) for one in firsts]

    def chances(self, vector: Floats) -> dict[str, float]:
        """Return how likely each item and entity is meant, the likest first."""
        ids, matrix, firsts = self._names
        best = np.maximum.reduceat(SHARP * (matrix @ vector), firsts)
        shares = softmax(best[None, :])[0]
        return {ids[at]: float(shares[at]) for at in np.argsort(-shares)}
