"""From a question to readings of it: the learned heads, exact names, and what each operation takes.

Everything that is decided here by a number was chosen on development rows.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from assistant.understanding.lexicon import ordinals_of
from assistant.understanding.linking import (
    MEANT,
    SPEAKS,
    Linked,
    Linker,
    Subjects,
    canonical,
    roles_of,
)
from assistant.understanding.reader import (
    ASIDE,
    ENOUGH,
    TURNS,
    Reader,
    Told,
    asking_of,
    extreme_of,
    is_unworded,
    odds_of,
    operation_of,
    pieces_of,
    request_of,
    sigmoid,
)
from assistant.understanding.reading import (
    DESCRIPTION,
    OPERATIONS,
    Reading,
    Understood,
    query_of,
    restated,
)
from corpus.structure.graph import Framework

Named = Callable[[str], Mapping[str, float]]
"""Ids of what a text names outright, with how exactly: 1 for a number or a title, less for less."""

SURE = 0.6  # Certainty of an operation below which the structure is not asked.
COUNTED = 0.15  # Probability from which each group of the whole page is given with its numbers.
SPARED = 0.18  # Probability from which a check of a body leaves pillars out; few rows teach it.
STRANGE = 0.05
"""Probability of asking nothing of the framework up to which the page is asked, item or none."""

SEARCHED = 0.75
"""Certainty with which it is then searched: too little for saying that it is silent."""

CALLED = 1.2  # Weight from which the likeliest item is one that is called by its name.
STANDS = 0.05
"""Probability of leaning up to which a turn that names an item exactly stands for itself."""

CARRIED = -2.5
"""Log-odds of leaning, read by itself and after the turns before it, both together, from which what
asks the framework goes on with them. It is read as leaning after nearly any turn."""

POLAR = 0.2
"""Probability from which a check asks for yes or no: 0.995 of 190 that do, and no "why"."""

SEVERAL = 0.4  # Probability from which several things may be asked.
CUT = -0.85  # Log-odds from which a question is cut in two.
LONG = 120  # Words beyond which it is not cut once more: each part costs a search.
OF_SEVERAL, EVEN = 0.21, -1.0
"""They are those of its likeliest cut and a share of those of asking several things, less those
where both are as likely; by a logistic regression on rows."""

UNCUT = 0.4  # Probability below which what was cut in two is tried as one question as well.
ASTRAY = 0.1  # Probability of asking nothing of the framework from which guidance goes on.
ASKED = 0.8  # Probability of asking from which a sentence without a mark surely asks something.
LOST = 0.9  # Probability of leaning from which a turn that has none before it is asked back.


class FrameworkReader:
    """Reads questions on one framework."""

    def __init__(
        self, framework: Framework, reader: Reader, linker: Linker, named: Named, *, links: bool
    ) -> None:
        """Keep what reads, what links and what finds names."""
        self._framework = framework
        self._reader = reader
        self._named = named
        self._subjects = Subjects(framework, linker, links=links)
        self._words = canonical(framework, roles_of(framework))

    def understand(self, message: str, turns: Sequence[str] = ()) -> Understood:
        """Return what a message asks; what it leaves out is taken from the turns before it."""
        question, core = asking_of(message, self._told)
        if core and len(parts := self.read(core)) > 1:
            question, core, alone = core, "", parts
        else:
            alone = self.read(question, cut=not core)
        if alone[0].leaning > ENOUGH and not (core or turns) and question != message:
            # What it leans on stands in what asks nothing.
            question, alone = message, self.read(message)
        if not turns:
            return Understood(alone, question, carried=False, core=core)
        after = self.read(question, turns, cut=not core)
        shares = after[0].leaning, alone[0].leaning
        framed = alone[0].operation != "other"
        leans = sum(map(odds_of, shares)) > CARRIED if framed else sum(shares) > ENOUGH
        if leans and not self._stands(alone[0]):
            return self._carried(question, turns, after, alone[0])
        return Understood(alone, question, carried=False, core=core, turns=turns)

    def uncut(self, understood: Understood, text: str) -> Understood | None:
        """Return a question of guidance as one, if it was cut and perhaps should not have been.

        It may have been cut in two, or from what seemed to ask nothing: then `text` is all of it.
        """
        doubted = 0.0 < understood.readings[0].part < UNCUT
        if understood.carried or not (doubted or text.split() != understood.text.split()):
            return None
        (whole,) = self.read(text, cut=False)
        told = Understood((whole,), text, carried=False, turns=understood.turns)
        return told if whole.operation == "other" else None

    def going_on(self, understood: Understood, turns: Sequence[str]) -> Understood | None:
        """Return what was taken by itself as it goes on with turns; `None` where it cannot."""
        alone, text = understood.readings[0], understood.text
        if understood.core or len(understood.readings) > 1 or self._stands(alone):
            return None
        return self._carried(text, turns, self.read(text, turns), alone)

    def _carried(
        self, question: str, turns: Sequence[str], after: Sequence[Reading], alone: Reading
    ) -> Understood:
        """Return a question as it goes on with the turns before it, and how it reads after them."""
        earlier = self.understand(turns[-1], turns[:-1])
        # Of a chain of turns the first names what all are about; between it and the last is noise.
        root = earlier.root or earlier.core or earlier.text
        chain = [root, turns[-1]] if earlier.root else [*turns[-TURNS:-1], root]
        after = tuple(
            self._going_on(one, earlier.readings[0], alone).model_copy(
                update={"before": " ".join((one.before, *chain)).strip()}
            )
            for one in after
        )
        text = " ".join((*chain, question) if earlier.root else (root, question))
        if all(query_of(one, "", self._framework) for one in after):
            text = root = " ".join(dict.fromkeys(restated(one, self._framework) for one in after))
        return Understood(after, text, carried=True, turns=turns, root=root)

    def _stands(self, reading: Reading) -> bool:
        """Tell whether a reading leans on nothing, and asks the structure for what it names."""
        exact = {one for one, how in self._named(reading.text).items() if how >= 1.0}
        asks = exact & {*reading.subjects} and query_of(reading, "", self._framework)
        return bool(asks) and reading.leaning <= STANDS

    def _going_on(self, reading: Reading, before: Reading, alone: Reading) -> Reading:
        """Keep to what the turn before was about, where a turn names nothing and means some of it.

        A turn may take the item that stands at some place of what was listed before it, and what
        is checked of one thing may be checked of another.
        """
        if self._named(reading.text):
            return self._checked_of(reading, before)
        if before.extreme and not before.subjects and reading.operation in ("list", "describe"):
            return self._of_most(reading, before)
        if placed := self._placed(reading.text, before):
            asked = reading.operation in ("describe", "list", "count", "compare", "locate")
            update = {} if asked else {"operation": "describe", "facets": (DESCRIPTION,)}
            return reading.model_copy(
                update={"subjects": placed, "certainty": 1.0, "weight": 1.0, **update}
            )
        kept = [one for one in before.subjects if one in reading.subjects]
        kept = kept or [
            one for one in reading.subjects if self._subjects.within(one, before.subjects)
        ]
        if not kept and reading.weight < MEANT and (not alone.subjects or alone.weight < SPEAKS):
            kept = [*before.subjects]
        return reading.model_copy(update={"subjects": tuple(kept)}) if kept else reading

    def _of_most(self, reading: Reading, before: Reading) -> Reading:
        """Ask it of the groups that were found to have the most, or the least."""
        top, *below = (one for one in self._framework.kinds if one.facet in before.facets)
        if top.parent or not below:
            return reading
        groups, count = self._framework.of_kind(top.id), self._framework.below
        numbers = {one.id: sum(len(count(one.id, kind.id)) for kind in below) for one in groups}
        end = (max if before.extreme == "most" else min)(numbers.values())
        found = tuple(one for one in numbers if numbers[one] == end)
        facets = tuple(one for one in reading.facets if one != top.facet)
        return reading.model_copy(update={"subjects": found, "facets": facets, "certainty": 1.0})

    def _checked_of(self, reading: Reading, before: Reading) -> Reading:
        """Let a check of one thing go on with what another was held against."""
        named, level = self._named(reading.text), self._subjects.level
        own = [one for one in reading.subjects if one in named] or [*reading.subjects]
        if reading.operation != "check" or len(own) != 1:
            return reading
        other = [one for one in before.subjects if level(one) != level(own[0])]
        if other and own[0] not in named and reading.weight < MEANT:
            own = []  # Something is claimed of what came before, rather than held against that.
        subjects = (*other[:1], *own) if other else reading.subjects
        return reading.model_copy(update={"subjects": subjects})

    def _placed(self, text: str, before: Reading) -> tuple[str, ...]:
        """Return the items at the places that a text names of what was listed before it.

        Beside a single item these are places among those that stand where it does.
        """
        listed = [
            item.id
            for kind in self._framework.kinds
            if kind.facet in before.facets[:1]
            for item in self._framework.of_kind(kind.id)
            if not before.subjects or self._subjects.within(item.id, before.subjects)
        ]
        if not listed and len(before.subjects) == 1 and self._subjects.level(before.subjects[0]):
            item = self._framework.item(before.subjects[0])
            listed = [one.id for one in self._framework.below(item.parent, item.kind)]
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
                self._reading(one, how, after=True).model_copy(
                    update={"before": " ".join(rest), "part": float(alone.asks > ASKED)}
                )
                for one, how, alone, rest in zip(
                    pieces, told, told[len(pieces) :], before, strict=False
                )
                if not is_unworded(how)
                and (one.endswith("?") or not (is_unworded(alone) or alone.asks < ASIDE))
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
        """Return the readings of the things that a question asks, three at most; none of just one.

        Each is read after the one before it, as a follow-up is. `several` is the probability that
        the whole question asks several things.
        """
        if not (halves := self._halved(whole, several, turns)):
            return ()
        one, other, more = halves
        # What stands first is often no more than what the rest is about: it is not cut again.
        after = (*turns, one.text)
        halves = self._halved(other, more, after) if len(whole.text.split()) <= LONG else None
        if not halves:
            return one, other
        second, third, _ = halves
        second = second.model_copy(update={"before": other.before})
        before = f"{other.before} {third.before}".strip() if third.before else ""
        return one, second, third.model_copy(update={"before": before})

    def _halved(
        self, whole: Reading, several: float, turns: Sequence[str]
    ) -> tuple[Reading, Reading, float] | None:
        """Return the readings of two things that a question asks; `None` where it asks one.

        The last is the probability that the second asks several things.
        """
        place, odds = self._reader.cut(whole.text)
        if (odds := odds + OF_SEVERAL * odds_of(several) - EVEN) < CUT or whole.request:
            return None
        first, second = whole.text[:place].rstrip(), whole.text[place:]
        told = self._told([(first, turns), (second, (*turns, first))])
        if any(is_unworded(one) or one.asks < ENOUGH for one in told):
            return None
        update = {"several": False, "part": float(sigmoid(np.array(odds))), "request": ""}
        one, other = (
            self._reading(text, how, after=True).model_copy(update=update)
            for text, how in zip((first, second), told, strict=True)
        )
        if one.operation != "other" and one.asked == other.asked:
            return None
        if _is_one(whole, one, other):
            return None
        # Whether the first leans on a turn before is told by the whole.
        one = one.model_copy(update={"leaning": whole.leaning})
        leans = one.operation == "other" or other.leaning > ENOUGH
        goes_on = other.leaning > ENOUGH
        if goes_on and one.operation != "other":
            other = self._going_on(other, one, other)
            if one.asked == other.asked:
                return None
        elif goes_on and other.beside > ASTRAY and not self._named(second):
            # What goes on with a question of guidance, and names nothing, is one as well.
            nothing = dict.fromkeys(("facets", "subjects", "excluded"), ())
            other = other.model_copy(update={"operation": "other", **nothing})
        other = other.model_copy(update={"before": first if leans else ""})
        return one, other, told[1].several

    def _reading(self, question: str, told: Told, *, after: bool) -> Reading:
        named = dict(self._named(question))
        asked = self._subjects.linked(question, told, named)
        likeliest, best_weight = next(iter(asked.weights.items()))
        called = likeliest in named and likeliest not in self._subjects.entities
        exact = called and best_weight >= CALLED
        exact = exact or any(one not in self._subjects.entities for one in asked.exact)
        # What may as well be a word to look for as an item that is likely is that.
        unsure = told.operations.max() < ENOUGH and best_weight >= MEANT
        part = bool(asked.exact) and {*asked.exact} <= self._subjects.groups
        best, beside = operation_of(told, exact=exact or unsure, part=part)
        operation = OPERATIONS[best]
        sought = operation == "mentions" and best != told.operations.argmax()
        found = Reading(
            text=question,
            operation=operation,
            several=told.several > SEVERAL,
            certainty=min(float(told.operations.max()), SEARCHED if sought else 1.0),
            leans=told.leans > (ENOUGH if after else LOST),
            leaning=told.leans,
            polar=told.polar > (POLAR if operation == "check" else ENOUGH),
            extreme=extreme_of(told, operation),
            request=request_of(told, operation),
            beside=beside,
            compares=told.compares,
        )
        if operation == "other":
            return found
        subjects = self._subjects.of(asked, operation)
        if subjects is None:
            # Something is asked of the page that no item is likely to be: some may touch on it.
            if beside > STRANGE and operation != "describe":
                return found.model_copy(update={"operation": "other"})
            certainty = SURE if beside > STRANGE else SEARCHED
            return found.model_copy(update={"operation": "mentions", "certainty": certainty})
        facets = self._subjects.facets(asked, operation, subjects)
        quoted = (operation, facets) == ("describe", (DESCRIPTION,))
        subjects = self._subjects.lowest(subjects) if quoted else subjects
        weight = min(1.0, best_weight) if subjects else told.whole
        update: dict[str, object] = {"facets": facets, "subjects": subjects, "weight": weight}
        counts = operation == "list" and told.operations[OPERATIONS.index("count")] >= COUNTED
        update |= {"operation": "count"} if counts and len(facets) > 2 and not subjects else {}
        if subjects or (told.whole > ENOUGH and operation != "mentions"):
            # Where something is named, operations are rather taken for each other than for none.
            update["certainty"] = max(found.certainty, 1.0 - beside)
        if operation == "without":
            # Nothing is left out where what is sought lacks something of a kind, or a description.
            lacks = len(facets) == 2 and not {*named} - {*subjects}
            lacks = lacks and (DESCRIPTION in facets or not subjects)
            excluded = () if lacks else self._subjects.excluded(asked, subjects, facets)
            if not (excluded or lacks) and subjects:
                # Nothing is left out: what is likeliest beside it is asked.
                others = np.where(np.arange(len(OPERATIONS)) == best, 0.0, told.operations)
                return self._reading(question, told._replace(operations=others), after=after)
            update["excluded"] = excluded
        return self._checking(found.model_copy(update=update), asked)

    def _checking(self, found: Reading, asked: Linked) -> Reading:
        """Return a reading; a check of a body with the groups that it leaves out, if any.

        What a group has nothing of is not claimed of it: it is looked for on the whole page.
        """
        kinds = [one for one in self._framework.kinds if one.facet in found.facets]
        alone = found.subjects[0] if found.operation == "check" and len(found.subjects) == 1 else ""
        if alone in self._subjects.groups and kinds:
            below = [self._framework.below(alone, kind.id) for kind in kinds if kind.parent]
            if below and not any(below):
                update = {"operation": "mentions", "certainty": SEARCHED, "subjects": ()}
                return found.model_copy(update=update)
        bodies = tuple(one for one in found.subjects if one in self._subjects.entities)
        if found.operation != "check" or asked.told.spares < SPARED or not bodies:
            return found
        spared = self._subjects.spared(asked)
        return found.model_copy(update={"excluded": spared, "subjects": bodies})


def _is_one(whole: Reading, *parts: Reading) -> bool:
    """Tell whether what was cut compares, makes one table, or asks where a matter stands."""
    operations = {one.operation for one in (whole, *parts)}
    facets = {facet for one in parts for facet in one.facets}
    of_page = not any(one.subjects for one in (whole, *parts))
    table = of_page and operations <= {"count", "list"} and facets <= {*whole.facets}
    placed = of_page and parts[0].operation in ("check", "mentions") and parts[-1].leaning > ENOUGH
    return operations == {"compare"} or table or placed
