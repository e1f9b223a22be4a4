"""What a question on a framework is about: names put as the reader was taught them, and linked.

Everything that is decided here by a number was chosen on development rows.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from assistant.retrieval.encoder import Matrix
from assistant.understanding.lexicon import content_stems
from assistant.understanding.reader import (
    ENOUGH,
    FACETS,
    FRAMEWORK,
    KINDS,
    NAMES,
    SHARP,
    Floats,
    Told,
    softmax,
)
from assistant.understanding.reading import DESCRIPTION, Operation
from corpus.structure.graph import Framework, Item, Kind
from corpus.text import whole_words

WORDED = 0.3
"""What the cosine of a question's own vector counts for beside that of the trained one."""

BESIDE = 0.36  # Share of the best subject's weight from which another one is meant beside it.
LIKELY = 0.2  # Weight below which nothing is what a question is about.
MAYBE = 0.3
"""How far under an even chance the whole page is still taken, where no subject is likely."""

SPEAKS = 0.55
"""Weight from which one item that is not named is described; below, all that are near."""

NEAR, ALIKE, MOST_NEAR = 0.48, 0.9, 2
"""Score from which an item is near, absolute and as a share of the best; and how many are."""

EXCLUDED = 0.75  # Share of the likeliest from which another one is left out too.
NAMED = 0.9  # What an exact name adds to a subject's chance.
HELD = 0.1  # What a name, even a slight one, counts for with what a partner is held against.
STANDS = 0.03
"""How likely an item has to be meant for a partner to be held against it, by the link to items."""

EMBODIED = 0.3
"""How likely an entity has to be meant for a check to be of a partner, whatever facet it names."""

EMBODIED_ALONE = 0.9  # The same from which bodies are compared, although only one is named.
CHECKED = 0.4  # Weight from which something is checked of an item that is not named.
LEVEL = 0.4
"""Share of the likeliest's chance from which an item of the same level is rather compared."""

BOTH = 0.6  # Weight from which both are meant, although the partner is not named.
SLIGHT = 0.001  # Weight under which an item is not held against another, whatever words it shares.
MEANT = 0.8  # Weight from which an item is meant, although something of another kind is named.
MOST = 4  # Subjects of one question at most.


def role_of(kind: Kind) -> str:
    """Return the part that a kind plays, as the facet that the reader was taught for it.

    What heads a page are pillars, what is described or titled on it capabilities, what several can
    share partners, and what is only stated outcomes.
    """
    if not kind.parent:
        return "pillars"
    if kind.shared:
        return "partners"
    return "capabilities" if kind.described or kind.titled else "outcomes"


def roles_of(framework: Framework) -> dict[str, str]:
    """Return the framework's facets by those that the reader was taught."""
    facets = {kind.facet for kind in framework.kinds}
    if facets >= KINDS.keys():
        return {one: one for one in KINDS}
    found: dict[str, str] = {}
    for kind in framework.kinds:
        found.setdefault(role_of(kind), kind.facet)
    return found


def untaught(
    framework: Framework, roles: Mapping[str, str]
) -> list[tuple[re.Pattern[str], str, str]]:
    """Return what names each kind that no role is of, what it is taken for, and its facet."""
    named = [
        (whole_words((one.singular, one.plural, *one.words), flags=re.I), role_of(one), one.facet)
        for one in framework.kinds
        if one.facet not in roles.values()
    ]
    return [(form, roles[role], facet) for form, role, facet in named if role in roles]


def canonical(framework: Framework, roles: Mapping[str, str]) -> Callable[[str], str]:
    """Return what puts a framework's names as the reader was taught them.

    Kinds are called by the part that they play, and what is named by some name of that part.
    """
    words: dict[str, str] = {}
    for kind in framework.kinds:
        taught = role_of(kind)
        if kind.facet != taught:
            words |= {kind.singular: KINDS[taught], kind.plural: taught}
            words |= dict.fromkeys(kind.words, taught)
            words |= {} if kind.shared else dict.fromkeys(kind.asked_by, f"which {taught}")
    if all(facet == taught for taught, facet in roles.items()):
        return _swap(words)
    words |= dict.fromkeys((framework.name, *framework.aliases), FRAMEWORK)
    for kind in framework.kinds:
        taught = role_of(kind)
        named = [(one.title, *one.aliases) for one in framework.of_kind(kind.id) if one.title]
        if kind.shared:
            named = [(one.label, *one.words) for one in framework.entities]
        for at, names in enumerate(named if taught in NAMES else ()):
            words |= dict.fromkeys(names, NAMES[taught][at % len(NAMES[taught])])
    return _swap(words)


def _swap(words: Mapping[str, str]) -> Callable[[str], str]:
    lower = {one.lower(): put for one, put in words.items() if one}
    if not lower:
        return str
    form = whole_words(lower, flags=re.I)
    return lambda text: form.sub(lambda found: lower[found.group().lower()], text)


def wordings_by_id(framework: Framework) -> dict[str, list[str]]:
    """Return what each item and entity of a framework is called, and what an item says."""
    found: dict[str, list[str]] = {}
    for item, said in zip(framework.items, framework.passages, strict=True):
        wordings = dict.fromkeys((item.title, *item.aliases, said.text, *said.also))
        found[item.id] = [one for one in wordings if one]
    for entity in framework.entities:
        found[entity.id] = [*dict.fromkeys((entity.label, *entity.words))]
    return found


def names_of(framework: Framework) -> list[str]:
    """Return all wordings of what a framework names, in the order in which they are linked."""
    return [text for one in wordings_by_id(framework).values() for text in one]


class Linker:
    """Links a question's vector to what a framework names."""

    def __init__(
        self,
        framework: Framework,
        embed: Callable[[str], Matrix],
        embed_names: Callable[[Sequence[str]], Matrix],
    ) -> None:
        """Keep the framework; the vectors of its names are fetched with the first question."""
        self._framework = framework
        self._embed = embed
        self._embed_names = embed_names

    def vector(self, text: str) -> Floats:
        """Return a text's own vector, for a framework that the reader was not taught."""
        vector: Floats = self._embed(text).astype(np.float64)
        return vector

    @cached_property
    def _names(self) -> tuple[list[str], Matrix, list[int]]:
        """The ids, the vectors of all wordings, and the first wording of each id."""
        names = wordings_by_id(self._framework)
        firsts = np.cumsum([0, *(len(one) for one in names.values())])[:-1]
        vectors = self._embed_names(names_of(self._framework))
        return list(names), vectors, [int(one) for one in firsts]

    def chances(self, vector: Floats, among: Collection[str] = ()) -> dict[str, float]:
        """Return how likely each item and entity, or each of some, is meant, the likest first."""
        ids, best = self._names[0], self._best(vector)
        places = [at for at, one in enumerate(ids) if not among or one in among]
        shares = softmax(SHARP * best[places][None, :])[0]
        return {ids[places[at]]: float(shares[at]) for at in np.argsort(-shares)}

    def near(self, vector: Floats, text: str) -> dict[str, float]:
        """Return how near a question is to each item and entity, the nearest first.

        What its words themselves are near to counts beside its trained vector.
        """
        score = self._best(vector) + WORDED * self._best(self.vector(text))
        return {self._names[0][at]: float(score[at]) for at in np.argsort(-score)}

    def _best(self, vector: Floats) -> Floats:
        """Return the cosine of a vector with the nearest wording of each item and entity."""
        _, matrix, firsts = self._names
        best: Floats = np.maximum.reduceat(matrix @ vector, firsts)
        return best


def said_of(
    framework: Framework, question: str, subjects: Sequence[str], items: Collection[str]
) -> dict[str, float]:
    """Return how much of what some items alone say a question says too, 1 for the most.

    A word counts for less the more of the items say it, and not where it names the subjects.
    """
    texts = wordings_by_id(framework)
    naming = " ".join(text for one in subjects for text in texts[one])
    asked = {*content_stems(question)} - {*content_stems(naming)}
    said = {one: asked & {*content_stems(" ".join(texts[one]))} for one in items}
    shared = Counter(word for words in said.values() for word in words)
    rare = {word: 1.0 / count for word, count in shared.items() if count <= len(items) / 2}
    sums = {one: sum(rare.get(word, 0.0) for word in words) for one, words in said.items()}
    most = max(1.0, *sums.values()) if sums else 1.0
    return {one: total / most for one, total in sums.items()}


class Linked(NamedTuple):
    """A question with what it may be about."""

    question: str
    told: Told
    named: Mapping[str, float]
    """What it names outright, with how exactly."""

    weights: Mapping[str, float]
    """Items and entities with their weights, the heaviest first."""

    items: Mapping[str, float]
    bodies: Mapping[str, float]
    """Items with how likely each is meant, if any is, the likeliest first; entities likewise."""

    embodied: float
    """How likely what is meant is an entity, 0 to 1: about a half where an item is meant too."""

    @property
    def exact(self) -> list[str]:
        """What it names exactly."""
        return [one for one, how in self.named.items() if how >= 1.0]


class Subjects:
    """Links questions to what a framework names."""

    def __init__(self, framework: Framework, linker: Linker, *, links: bool) -> None:
        """Keep the linker; `links` tells whether the reader was taught the framework's names."""
        self._framework = framework
        self._linker = linker
        self._links = links
        self._roles = roles_of(framework)
        self._untaught = untaught(framework, self._roles)
        self.entities = {one.id for one in framework.entities}
        self.groups = {one.id for one in framework.of_kind(framework.kinds[0].id)}

    def linked(self, question: str, told: Told, named: Mapping[str, float]) -> Linked:
        """Return a question with what it may be about."""
        if not self._links:
            own = self._linker.vector(question)
            told = told._replace(subjects=own, items=own, bodies=own, excluded=own)
        every = self._linker.chances(told.subjects)
        items = self._linker.chances(told.items, every.keys() - self.entities)
        bodies = self._linker.chances(told.bodies, self.entities) if self.entities else {}
        share = sum(every[one] for one in bodies)
        # The mean of what all are linked by and of what items, and entities, are linked by alone.
        alone = {one: (1.0 - share) * chance for one, chance in items.items()}
        alone |= {one: share * chance for one, chance in bodies.items()}
        mean = {one: (every[one] + alone[one]) / 2 for one in every}
        return Linked(question, told, named, _with_names(mean, named), items, bodies, share)

    def level(self, one: str) -> str:
        """Return the kind of an item; nothing for an entity."""
        return "" if one in self.entities else self._framework.item(one).kind

    def lowest(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Return items and entities without those that others stand under, which only say where."""
        above = {up.id for one in ids for up in self._above(one)}
        return tuple(one for one in ids if one not in above)

    def within(self, one: str, subjects: Sequence[str]) -> bool:
        """Tell whether an item stands under one of some others."""
        return any(above.id in subjects for above in self._above(one))

    def _above(self, one: str) -> Sequence[Item]:
        """Return what an item stands under; nothing for an entity."""
        return () if one in self.entities else self._framework.lineage(one)[1:]

    def facets(
        self, asked: Linked, operation: Operation = "list", subjects: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """Return the kinds asked for: those that are likely, or else the likeliest.

        Or else none, where groups are described with all there is, or an item's own words, where
        something is claimed of it.
        """
        known = self._roles | {DESCRIPTION: DESCRIPTION}
        chances = {
            known[name]: share
            for name, share in zip(FACETS, asked.told.facets, strict=True)
            if name in known
        }
        chosen = [name for name, share in chances.items() if share > ENOUGH]
        found = chosen or [max(chances, key=chances.__getitem__)]
        if operation == "describe" and {*subjects} <= self.groups:
            kinds = {one.facet for one in self._framework.kinds if one.parent}
            every = [one for one in self._roles.values() if one in kinds]
            # Some of what groups have is listed; described they are with all that they have.
            found = every if len(kinds & {*chosen}) > 1 else chosen
        claimed = operation == "check" and len(subjects) == 1 and subjects[0] not in self.entities
        if claimed and not chosen:
            found = [DESCRIPTION]
        for said, taken_for, facet in self._untaught:
            if said.search(asked.question):
                found = [facet if one == taken_for else one for one in found]
        return tuple(dict.fromkeys(found))

    def excluded(
        self, asked: Linked, subjects: Sequence[str], facets: Sequence[str]
    ) -> tuple[str, ...]:
        """Return what is left out: of the kinds asked for, or entities, or groups of the page."""
        framework, named = self._framework, asked.named
        kinds = [kind for kind in framework.kinds if kind.facet in facets]
        shared = any(kind.shared for kind in kinds)
        asked_for = {kind.id for kind in kinds}
        below = {
            item.id
            for item in framework.items
            if not subjects or (item.kind in asked_for and self.within(item.id, subjects))
        }
        able = below - {*subjects} | (self.entities if shared or not subjects else set())
        # Bodies of one group may be held against those of another.
        able |= self.groups - {*subjects} if shared and subjects else set()
        weights = _with_names(self._linker.chances(asked.told.excluded), named)
        others = {one: share for one, share in weights.items() if one in able}
        # What pillars lack is a partner, even one that a pillar is named after.
        lacked = [] if shared or subjects else [one for one in others if one in self.entities]
        if lacked and weights[lacked[0]] >= ENOUGH:
            return tuple(one for one in lacked if one in named) or (lacked[0],)
        exact = [one for one, how in named.items() if how >= 1.0 or one in self.entities]
        if exact := [one for one in exact if one in others]:
            return tuple(exact)
        said = said_of(framework, asked.question, subjects, others.keys() - self.entities)
        others = {one: share + said.get(one, 0.0) for one, share in others.items()}
        ranked = sorted(others, key=lambda one: -others[one])
        if not ranked or others[ranked[0]] < LIKELY:
            return ()
        return tuple(one for one in ranked[:MOST] if others[one] >= EXCLUDED * others[ranked[0]])

    def spared(self, asked: Linked) -> tuple[str, ...]:
        """Return the groups that a check of a body leaves out, at least the likest."""
        chances = self._linker.chances(asked.told.excluded, self.groups)
        most = max(chances.values())
        return tuple(one for one, share in chances.items() if share >= EXCLUDED * most)

    def of(self, asked: Linked, operation: Operation) -> tuple[str, ...] | None:
        """Return what it is about, the likest first; nothing where it is the whole page.

        `None` where nothing is likely enough.
        """
        whole, ranked = asked.told.whole, list(asked.weights)
        best = asked.weights[ranked[0]]
        if whole > ENOUGH and (operation == "without" or best < NAMED):
            return ()
        if best < LIKELY and operation not in ("which", "without"):
            return () if whole > 1.0 - ENOUGH - MAYBE else None
        meant = self._meant(asked)
        if operation == "compare":
            return self._compared(asked, meant)
        if operation == "check":
            return self._checked(asked)
        if operation == "which":
            return tuple(meant)
        if operation == "without":
            return tuple([one for one in ranked if one in self.groups][:1])
        if operation == "describe" and not asked.exact and best < SPEAKS:
            return self._near(asked) or None
        first = meant[0] in self.entities
        return tuple(one for one in meant if (one in self.entities) == first)

    def _compared(self, asked: Linked, meant: Sequence[str]) -> tuple[str, ...]:
        """Return what is held against each other: items, or entities where several are meant."""
        items = self.lowest([one for one in meant if one not in self.entities])
        if len(items) > 1 or (not items and len(meant) > 1):
            return items or tuple(meant)
        if not items and asked.embodied >= EMBODIED_ALONE:
            return tuple(asked.bodies)[:2]
        first, *others = sorted(asked.items, key=lambda one: one not in items[:1])
        others = [one for one in others if not self.within(first, (one,))]
        alike = [one for one in others if self.level(one) == self.level(first)]
        likely = alike and asked.items[alike[0]] >= LEVEL * asked.items[others[0]]
        return first, *(alike if likely else others)[:1]

    def _meant(self, asked: Linked) -> list[str]:
        """Return what is named exactly and what is as likely, or all that is likely enough."""
        named, weights, exact = asked.named, asked.weights, asked.exact
        ranked = [*weights][:MOST]
        shares = {one: weights[one] - NAMED * named.get(one, 0.0) for one in ranked}
        if not exact:
            least = BESIDE * weights[ranked[0]]
            likely = {one for one in ranked if one in named and shares[one] >= LIKELY}
            return [one for one in ranked if one in likely or weights[one] >= least]
        levels = {self.level(one) for one in exact}
        first = max(shares, key=shares.__getitem__)
        others = max(shares.get(one, 0.0) for one in exact)
        grouped = {*exact} <= self.groups and first not in self.groups
        if grouped and shares[first] >= MEANT and others < LIKELY:
            # What is named says where it is thought to stand.
            return [first]
        alike = [one for one in ranked if shares[one] >= ENOUGH and self.level(one) in levels]
        return [*dict.fromkeys((*exact, *(alike if self._links else ())))]

    def _checked(self, asked: Linked) -> tuple[str, ...] | None:
        """Return what is held against what, or what alone something is said of."""
        told, weights, exact = asked.told, asked.weights, asked.exact
        if len(exact) == 2 and len({self.level(one) for one in exact} - {""}) == 2:
            return tuple(exact)
        items = [one for one in weights if one not in self.entities]
        partner = told.facets[FACETS.index("partners")] > ENOUGH or asked.embodied > EMBODIED
        if partner and asked.bodies and (two := self._partner(items, asked)):
            return two
        if len(exact) > 1 and not self.entities & {*exact}:
            return tuple(exact)
        sure = bool(exact) or weights[items[0]] >= CHECKED
        found = self._two_levels(items, asked) or self._held(asked)
        return found or ((items[0],) if sure else None)

    def _partner(self, items: Sequence[str], asked: Linked) -> tuple[str, ...]:
        """Return an entity that is meant, with the item that it is held against, if one is."""
        weights, named = asked.weights, asked.named
        entities = [*asked.bodies]
        entity = next((one for one in entities if one in named), entities[0])
        # A name counts however slight it is: the vector is drawn to where the partner stands.
        likely_items = asked.items if self._links else weights
        held = max(items, key=lambda one: likely_items[one] + HELD * (one in named))
        stands = held in named or (1.0 - asked.embodied) * asked.items[held] >= STANDS
        likely = weights[entity] >= LIKELY / 2 and weights[entity] + weights[held] >= BOTH
        meant = entity in named or (likely if stands else weights[entity] >= ENOUGH)
        # It is held against each of several groups that are named.
        beside = [one for one in asked.exact if {one, held} <= self.groups and one != held]
        return (entity, held, *beside)[: 1 + stands * (1 + len(beside))] if meant else ()

    def _held(self, asked: Linked) -> tuple[str, ...] | None:
        """Return a group with the item that a question holds against it, by the item's own words.

        One vector links to one thing; what is held against it is found by what it alone says.
        """
        weights, facets = asked.weights, {*self.facets(asked)}
        group = next(iter(weights))
        kinds = [one for one in self._framework.kinds if one.parent and not one.shared]
        kinds = [one for one in kinds if one.facet in facets]
        below = [item.id for kind in kinds for item in self._framework.of_kind(kind.id)]
        if group not in self.groups or not below:
            return None
        said = said_of(self._framework, asked.question, (group,), below)
        first, second, *_ = sorted((*below, ""), key=lambda one: -said.get(one, 0.0))
        unlike = said[first] >= ENOUGH + said.get(second, 0.0) and weights[first] >= SLIGHT
        return (group, first) if unlike or weights[first] >= LIKELY / 4 < said[first] else None

    def _two_levels(self, items: Sequence[str], asked: Linked) -> tuple[str, ...] | None:
        """Return the likest item and the likest one of another level, if that one is likely.

        One of them is a group: the one above the other, or one that is named.
        """
        first = self.level(items[0])
        other = next(one for one in items if self.level(one) != first)
        group, item = (other, items[0]) if other in self.groups else (items[0], other)
        held = group in self.groups and (group in asked.named or self.within(item, (group,)))
        return (items[0], other) if held and asked.weights[other] >= 0.4 * BESIDE else None

    def _near(self, asked: Linked) -> tuple[str, ...]:
        """Return what a question comes near enough to be about, the nearest first."""
        if not self._links:
            return ()
        scores = self._linker.near(asked.told.subjects, asked.question)
        least = max(NEAR, ALIKE * next(iter(scores.values())))
        return tuple(one for one, score in scores.items() if score >= least)[:MOST_NEAR]


def _with_names(chances: Mapping[str, float], named: Mapping[str, float]) -> dict[str, float]:
    """Return what a question may be about with its weight, the heaviest first."""
    found = {one: share + NAMED * named.get(one, 0.0) for one, share in chances.items()}
    return dict(sorted(found.items(), key=lambda one: -one[1]))
