"""From a question to readings of it: the learned heads, exact names, and what each operation takes.

Everything that is decided here by a number was chosen on development rows.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from assistant.understanding.lexicon import ordinals_of
from assistant.understanding.linking import Linker, canonical, roles_of, said_of, untaught
from assistant.understanding.reader import (
    ENOUGH,
    FACETS,
    TURNS,
    Floats,
    Reader,
    Told,
    asking_of,
    is_aside,
    is_unworded,
    odds_of,
    operation_of,
    pieces_of,
    request_of,
    sigmoid,
)
from assistant.understanding.reading import (
    DESCRIPTION,
    EXTREMES,
    OPERATIONS,
    Reading,
    Understood,
    query_of,
    restated,
)
from corpus.structure.graph import Framework

Named = Callable[[str], Mapping[str, float]]
"""Ids of what a text names outright, with how exactly: 1 for a number or a title, less for less."""

BESIDE = 0.36
"""Share of the best subject's weight from which another one is meant beside it."""

LIKELY = 0.2
"""Weight below which nothing is what a question is about."""

MAYBE = 0.3
"""How far under an even chance the whole page is still taken, where no subject is likely."""

SPEAKS = 0.55
"""Weight from which an item that is not named is described; below, the page is searched."""

EXCLUDED = 0.75
"""The same share for what is left out."""

NAMED = 0.9
"""What an exact name adds to a subject's chance."""

SURE = 0.6
"""Certainty of an operation below which the structure is not asked."""

STRANGE = 0.05
"""Probability of asking nothing of the framework up to which the page is asked, item or none."""

SEARCHED = 0.75
"""Certainty with which it is then searched: too little for saying that it is silent."""

CALLED = 1.2
"""Weight from which the likeliest item is one that is called by its name."""

SLIGHT = 0.001
"""Weight under which an item is not held against another, whatever words it shares."""

MEANT = 0.8
"""Weight from which an item is meant, although something of another kind is named."""

STANDS = 0.05
"""Probability of leaning up to which a turn that names an item exactly stands for itself."""

SEVERAL = 0.4
"""Probability from which several things may be asked."""

CUT = -0.85
"""Log-odds from which a question is cut in two."""

OF_SEVERAL, EVEN = 0.21, -1.0
"""They are those of its likeliest cut and a share of those of asking several things, less those
where both are as likely; by a logistic regression on rows."""

LOST = 0.9
"""Probability of leaning from which a turn that has none before it is asked back."""

MOST = 4
"""Subjects of one question at most."""


class _Linked(NamedTuple):
    """A question with what it may be about."""

    question: str
    told: Told
    named: Mapping[str, float]
    """What it names outright, with how exactly."""

    weights: Mapping[str, float]
    """Items and entities with their weights, the heaviest first."""

    @property
    def exact(self) -> list[str]:
        """What it names exactly."""
        return [one for one, how in self.named.items() if how >= 1.0]


class FrameworkReader:
    """Reads questions on one framework."""

    def __init__(
        self, framework: Framework, reader: Reader, linker: Linker, named: Named, *, links: bool
    ) -> None:
        """Keep what reads, what links and what finds names."""
        self._framework = framework
        self._reader = reader
        self._linker = linker
        self._named = named
        self._links = links
        self._roles = roles_of(framework)
        self._words = canonical(framework, self._roles)
        self._untaught = untaught(framework, self._roles)
        self._entities = {one.id for one in framework.entities}
        self._groups = {one.id for one in framework.of_kind(framework.kinds[0].id)}

    def understand(self, message: str, turns: Sequence[str] = ()) -> Understood:
        """Return what a message asks; what it leaves out is taken from the turns before it."""
        question, core = asking_of(message, self._told)
        if core and len(parts := self.read(core)) > 1:
            question, core, alone = core, "", parts
        else:
            alone = self.read(question, cut=not core)
        if not turns:
            return Understood(alone, question, carried=False, core=core)
        after = self.read(question, turns, cut=not core)
        leaning = after[0].leaning + alone[0].leaning
        stands = alone[0].leaning <= STANDS and self._stands(alone[0])
        if leaning > ENOUGH and not stands:
            return self._carried(question, turns, after, alone[0])
        return Understood(alone, question, carried=False, core=core)

    def uncut(self, understood: Understood) -> Understood | None:
        """Return a question of guidance as one, if it was cut in two and likelier should not be."""
        if not 0.0 < understood.readings[0].part < ENOUGH or understood.carried:
            return None
        (whole,) = self.read(understood.text, cut=False)
        told = Understood((whole,), understood.text, carried=False)
        return told if whole.operation == "other" else None

    def going_on(self, understood: Understood, turns: Sequence[str]) -> Understood | None:
        """Return what was taken by itself as it goes on with turns; `None` where it cannot."""
        alone, text = understood.readings[0], understood.text
        stands = alone.leaning <= STANDS and self._stands(alone)
        if understood.core or len(understood.readings) > 1 or stands:
            return None
        return self._carried(text, turns, self.read(text, turns), alone)

    def _carried(
        self, question: str, turns: Sequence[str], after: Sequence[Reading], alone: Reading
    ) -> Understood:
        """Return a question as it goes on with the turns before it, and how it reads after them."""
        earlier = self.understand(turns[-1], turns[:-1])
        before = [] if earlier.carried else turns[-TURNS:-1]
        said = " ".join((*before, earlier.core or earlier.text))
        after = tuple(
            self._going_on(one, earlier.readings[0], alone).model_copy(
                update={"before": f"{one.before} {said}".strip()}
            )
            for one in after
        )
        if all(query_of(one, "", self._framework) for one in after):
            lines = dict.fromkeys(restated(one, self._framework) for one in after)
            return Understood(after, " ".join(lines), carried=True)
        return Understood(after, f"{earlier.text} {question}", carried=True)

    def _stands(self, reading: Reading) -> bool:
        """Tell whether a reading asks the structure for what it names exactly."""
        exact = {one for one, how in self._named(reading.text).items() if how >= 1.0}
        return bool(exact & {*reading.subjects} and query_of(reading, "", self._framework))

    def _going_on(self, reading: Reading, before: Reading, alone: Reading) -> Reading:
        """Keep to what the turn before was about, where a turn names nothing and means some of it.

        A turn may take the item that stands at some place of what was listed before it, and what
        is checked of one thing may be checked of another.
        """
        if self._named(reading.text):
            return self._checked_of(reading, before)
        if placed := self._placed(reading.text, before):
            asked = reading.operation in _DESCRIBING
            update = {} if asked else {"operation": "describe", "facets": (DESCRIPTION,)}
            return reading.model_copy(
                update={"subjects": placed, "certainty": 1.0, "weight": 1.0, **update}
            )
        kept = [one for one in before.subjects if one in reading.subjects]
        kept = kept or [one for one in reading.subjects if self._within(one, before.subjects)]
        if not kept and reading.weight < MEANT and (not alone.subjects or alone.weight < SPEAKS):
            kept = [*before.subjects]
        return reading.model_copy(update={"subjects": tuple(kept)}) if kept else reading

    def _checked_of(self, reading: Reading, before: Reading) -> Reading:
        """Let a check of one thing go on with what another was held against."""
        if reading.operation != "check" or len(reading.subjects) != 1:
            return reading
        level = self._level(reading.subjects[0])
        other = [one for one in before.subjects if self._level(one) != level]
        return reading.model_copy(update={"subjects": (*other[:1], *reading.subjects)})

    def _level(self, one: str) -> str:
        """Return the kind of an item; nothing for an entity."""
        return "" if one in self._entities else self._framework.item(one).kind

    def _within(self, one: str, subjects: Sequence[str]) -> bool:
        """Tell whether an item stands under one of some others."""
        if one in self._entities:
            return False
        return bool({above.id for above in self._framework.lineage(one)[1:]} & {*subjects})

    def _placed(self, text: str, before: Reading) -> tuple[str, ...]:
        """Return the items at the places that a text names of what was listed before it."""
        listed = [
            item.id
            for kind in self._framework.kinds
            if kind.facet in before.facets[:1]
            for item in self._framework.of_kind(kind.id)
            if not before.subjects or self._within(item.id, before.subjects)
        ]
        places = [one if one < 0 else one - 1 for one in ordinals_of(text)]
        return tuple(listed[at] for at in places if -len(listed) <= at < len(listed))

    def read(
        self, question: str, turns: Sequence[str] = (), *, cut: bool = True
    ) -> tuple[Reading, ...]:
        """Return what a question asks, after earlier turns: one reading for each thing.

        Args:
            question: one line.
            turns: earlier ones, oldest first.
            cut: whether it may ask several things.
        """
        pieces = pieces_of(question) if cut else []
        if len(pieces) > 1:
            # Each is read after those before it, as a follow-up is.
            before = [pieces[:at] for at in range(len(pieces))]
            after = [(one, (*turns, *rest)) for one, rest in zip(pieces, before, strict=True)]
            told = self._told([*after, *((one, ()) for one in pieces)])
            read = [
                self._reading(one, how, after=True).model_copy(update={"before": " ".join(rest)})
                for one, how, alone, rest in zip(
                    pieces, told, told[len(pieces) :], before, strict=False
                )
                if not is_unworded(how) and (one.endswith("?") or not is_aside(alone))
            ]
            if read:
                return tuple(read)
        (how,) = self._told([(question, turns)])
        whole = self._reading(question, how, after=bool(turns))
        return (cut and self._split(whole, how.several, turns)) or (whole,)

    def _told(self, asked: Sequence[tuple[str, Sequence[str]]]) -> list[Told]:
        """Return what the heads make of questions, put in the words that they were taught."""
        put = self._words
        return self._reader.read([(put(text), [*map(put, turns)]) for text, turns in asked])

    def _split(self, whole: Reading, several: float, turns: Sequence[str]) -> tuple[Reading, ...]:
        """Return the readings of the two things that a question asks; none where it asks one.

        Each is read after the one before it, as a follow-up is. `several` is the probability that
        the whole question asks several things.
        """
        place, odds = self._reader.cut(whole.text)
        if (odds := odds + OF_SEVERAL * odds_of(several) - EVEN) < CUT or whole.request:
            return ()
        first, second = whole.text[:place].rstrip(), whole.text[place:]
        told = self._told([(first, turns), (second, (*turns, first))])
        if any(map(is_unworded, told)):
            return ()
        update = {"several": False, "part": float(sigmoid(np.array(odds)))}
        one, other = (
            self._reading(text, how, after=True).model_copy(update=update)
            for text, how in zip((first, second), told, strict=True)
        )
        if one.operation != "other" and one.asked == other.asked:
            return ()
        leans = one.operation == "other" or other.leaning > ENOUGH
        return one, other.model_copy(update={"before": first if leans else ""})

    def _reading(self, question: str, told: Told, *, after: bool) -> Reading:
        named = dict(self._named(question))
        linked = told.subjects if self._links else self._linker.vector(question)
        asked = _Linked(question, told, named, self._weights(linked, named))
        likeliest, best_weight = next(iter(asked.weights.items()))
        called = likeliest in named and likeliest not in self._entities
        exact = called and best_weight >= CALLED
        exact = exact or any(one not in self._entities for one in asked.exact)
        # What may as well be a word to look for as an item that is likely is the item.
        unsure = told.operations.max() < ENOUGH and best_weight >= MEANT
        best, beside = operation_of(told, exact=exact or unsure)
        operation = OPERATIONS[best]
        found = Reading(
            text=question,
            operation=operation,
            several=told.several > SEVERAL,
            certainty=float(told.operations[best]),
            leans=told.leans > (ENOUGH if after else LOST),
            leaning=told.leans,
            polar=told.polar > ENOUGH,
            extreme=EXTREMES[int(told.extremes.argmax())],
            request=request_of(told, operation),
            beside=beside,
        )
        if operation == "other":
            return found
        subjects = self._subjects(asked, operation)
        if subjects is None:
            # Something is asked of the page that no item is likely to be: some may touch on it.
            if beside > STRANGE and operation != "describe":
                return found.model_copy(update={"operation": "other"})
            certainty = SURE if beside > STRANGE else SEARCHED
            return found.model_copy(update={"operation": "mentions", "certainty": certainty})
        alone = operation == "describe" and not found.several
        if alone and (elsewhere := self._misplaced(asked, subjects)):
            held = (*subjects, elsewhere)
            return found.model_copy(update={"operation": "check", "polar": True, "subjects": held})
        facets = self._facets(asked)
        weight = min(1.0, best_weight) if subjects else told.whole
        update: dict[str, object] = {"facets": facets, "subjects": subjects, "weight": weight}
        if subjects or (told.whole > ENOUGH and operation != "mentions"):
            # Where something is named, operations are rather taken for each other than for none.
            update["certainty"] = max(found.certainty, 1.0 - beside)
        if operation == "without":
            left = told.excluded if self._links else linked
            excluded = self._excluded(asked, left, subjects, facets)
            if not excluded and subjects:
                # Nothing is left out: what is likeliest beside it is asked.
                others = np.where(np.arange(len(OPERATIONS)) == best, 0.0, told.operations)
                return self._reading(question, told._replace(operations=others), after=after)
            update["excluded"] = excluded
        return found.model_copy(update=update)

    def _facets(self, asked: _Linked) -> tuple[str, ...]:
        known = self._roles | {DESCRIPTION: DESCRIPTION}
        chances = {
            known[name]: share
            for name, share in zip(FACETS, asked.told.facets, strict=True)
            if name in known
        }
        chosen = [name for name, share in chances.items() if share > ENOUGH]
        found = chosen or [max(chances, key=chances.__getitem__)]
        for said, taken_for, facet in self._untaught:
            if said.search(asked.question):
                found = [facet if one == taken_for else one for one in found]
        return tuple(dict.fromkeys(found))

    def _excluded(
        self, asked: _Linked, vector: Floats, subjects: Sequence[str], facets: Sequence[str]
    ) -> tuple[str, ...]:
        """Return what is left out: of the kinds asked for, or entities, or groups of the page."""
        framework, named = self._framework, asked.named
        kinds = [kind for kind in framework.kinds if kind.facet in facets]
        shared = any(kind.shared for kind in kinds)
        below = {
            item.id
            for item in framework.items
            if not subjects
            or (
                item.kind in {kind.id for kind in kinds}
                and {one.id for one in framework.lineage(item.id)} & {*subjects}
            )
        }
        able = below - {*subjects} | (self._entities if shared or not subjects else set())
        weights = self._weights(vector, named)
        others = {one: share for one, share in weights.items() if one in able}
        # What pillars lack is a partner, even one that a pillar is named after.
        lacked = [] if shared or subjects else [one for one in others if one in self._entities]
        if lacked and weights[lacked[0]] >= ENOUGH:
            return tuple(one for one in lacked if one in named) or (lacked[0],)
        exact = [one for one, how in named.items() if how >= 1.0 or one in self._entities]
        if exact := [one for one in exact if one in others]:
            return tuple(exact)
        said = said_of(framework, asked.question, subjects, others.keys() - self._entities)
        others = {one: share + said.get(one, 0.0) for one, share in others.items()}
        ranked = sorted(others, key=lambda one: -others[one])
        if not ranked or others[ranked[0]] < LIKELY:
            return ()
        return tuple(one for one in ranked[:MOST] if others[one] >= EXCLUDED * others[ranked[0]])

    def _subjects(self, asked: _Linked, operation: str) -> tuple[str, ...] | None:
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
            return tuple(meant if len(meant) > 1 else ranked[:2])
        if operation == "check":
            return self._checked(asked)
        if operation == "which":
            entities = [one for one in ranked if one in self._entities]
            return tuple(one for one in meant if one in self._entities) or (*entities[:1],) or None
        if operation == "without":
            return tuple([one for one in ranked if one in self._groups][:1])
        if operation == "describe" and not asked.exact and best < SPEAKS:
            return None
        first = meant[0] in self._entities
        return tuple(one for one in meant if (one in self._entities) == first)

    def _meant(self, asked: _Linked) -> list[str]:
        """Return what is named exactly and what is as likely, or all that is likely enough."""
        named, weights, exact = asked.named, asked.weights, asked.exact
        ranked = [*weights][:MOST]
        shares = {one: weights[one] - NAMED * named.get(one, 0.0) for one in ranked}
        if not exact:
            least = BESIDE * weights[ranked[0]]
            likely = {one for one in ranked if one in named and shares[one] >= LIKELY}
            return [one for one in ranked if one in likely or weights[one] >= least]
        levels = {self._level(one) for one in exact}
        first = max(shares, key=shares.__getitem__)
        others = max(shares.get(one, 0.0) for one in exact)
        grouped = {*exact} <= self._groups and first not in self._groups
        if grouped and shares[first] >= MEANT and others < LIKELY:
            # What is named says where it is thought to stand.
            return [first]
        alike = [one for one in ranked if shares[one] >= ENOUGH and self._level(one) in levels]
        return [*dict.fromkeys((*exact, *(alike if self._links else ())))]

    def _misplaced(self, asked: _Linked, subjects: Sequence[str]) -> str:
        """Return the group that a question names exactly, and under which its subject is not."""
        if len(subjects) != 1 or subjects[0] in self._entities:
            return ""
        groups = [one for one in asked.exact if one in self._groups]
        above = {one.id for one in self._framework.lineage(subjects[0])}
        return groups[0] if len(groups) == 1 and groups[0] not in above else ""

    def _checked(self, asked: _Linked) -> tuple[str, ...] | None:
        """Return what is held against what, or what alone something is said of."""
        told, weights, exact = asked.told, asked.weights, asked.exact
        if len(exact) == 2 and len({self._level(one) for one in exact} - {""}) == 2:
            return tuple(exact)
        items = [one for one in weights if one not in self._entities]
        entities = [one for one in weights if one in self._entities]
        meant = any(weights[one] >= LIKELY / 2 or one in asked.named for one in entities)
        if meant and told.facets[FACETS.index("partners")] > ENOUGH:
            return (entities[0], items[0])
        if len(exact) > 1 and not self._entities & {*exact}:
            return tuple(exact)
        sure = told.facets.max() > ENOUGH and (bool(exact) or weights[items[0]] >= SPEAKS)
        two = self._two_levels(items, asked) or self._held(asked)
        return two or ((items[0],) if sure else None)

    def _held(self, asked: _Linked) -> tuple[str, ...] | None:
        """Return a group with the item that a question holds against it, by the item's own words.

        One vector links to one thing; what is held against it is found by what it alone says.
        """
        weights, facets = asked.weights, {*self._facets(asked)}
        group = next(iter(weights))
        kinds = [one for one in self._framework.kinds if one.parent and not one.shared]
        kinds = [one for one in kinds if one.facet in facets]
        below = [item.id for kind in kinds for item in self._framework.of_kind(kind.id)]
        if group not in self._groups or not below:
            return None
        said = said_of(self._framework, asked.question, (group,), below)
        first, second, *_ = sorted((*below, ""), key=lambda one: -said.get(one, 0.0))
        unlike = said[first] >= ENOUGH + said.get(second, 0.0) and weights[first] >= SLIGHT
        return (group, first) if unlike or weights[first] >= LIKELY / 4 < said[first] else None

    def _two_levels(self, items: Sequence[str], asked: _Linked) -> tuple[str, ...] | None:
        """Return the likest item and the likest one of another level, if that one is likely.

        One of them is a group: the one above the other, or one that is named.
        """
        first = self._level(items[0])
        other = next(one for one in items if self._level(one) != first)
        group, item = (other, items[0]) if other in self._groups else (items[0], other)
        held = group in self._groups and (group in asked.named or self._within(item, (group,)))
        return (items[0], other) if held and asked.weights[other] >= 0.4 * BESIDE else None

    def _weights(self, vector: Floats, named: Mapping[str, float]) -> dict[str, float]:
        """Return subjects with their weights, the heaviest first."""
        chances = self._linker.chances(vector)
        found = {one: share + NAMED * named.get(one, 0.0) for one, share in chances.items()}
        return dict(sorted(found.items(), key=lambda one: -one[1]))


_DESCRIBING = frozenset(("describe", "list", "count", "compare", "locate"))
