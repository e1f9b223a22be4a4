"""What a question asks of a framework, as one record, and as the query that is carried out."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, get_args

from assistant import records
from assistant.draft import listed
from assistant.understanding.lexicon import numbers_of
from corpus.passage import Record
from corpus.structure.graph import Framework, Item, Kind


class Side(Record):
    """One of several things that are compared, of which the glossary or a note tells."""

    names: tuple[str, ...] = ()
    """What it is called."""

    passages: tuple[str, ...]
    """Ids of what tells of it: its entry in the glossary, and then the sections of its note."""


class Query(Record):
    """One thing that a question asks."""

    text: str

    sought: str = ""
    """The words that guidance is searched for."""

    core: str = ""
    """The words that ask, where the question tells more besides."""

    before: str = ""
    """What was asked before it, on which it leans; the words that are searched for end with it."""

    turns: tuple[str, ...] = ()
    """The turns before it, oldest first, whether it leans on them or not."""

    entry: str = ""
    """The entry of the glossary whose term is all that is asked about."""

    sides: dict[str, Side] = {}
    """What is compared, by the ids of its entries in the glossary or of notes."""

    part: str = ""
    """The words that ask it, where a question asks several things at once."""

    operation: records.Operation
    """What is asked of the subjects."""

    kinds: tuple[str, ...] = ()
    """Kinds of thing asked for, in order."""

    description: bool = False
    """Whether the description is asked for."""

    target: str = ""
    """Kind whose items are sought by what they have, as in `which of these list Interpol`."""

    subjects: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    touching: tuple[str, ...] = ()
    """Items that likely only touch on what those of `matches` deal with, the likeliest first."""

    matches: tuple[str, ...] = ()
    """Passages that speak of what is sought, best first."""

    polar: bool = False
    """Whether yes or no is asked."""

    every: bool = False
    """Whether all of the entities are meant, and not any of them."""

    excluded: tuple[str, ...] = ()
    """Items that are set aside: `apart from X`."""

    near: bool = False
    """Whether what matches only comes close, or the page was not asked."""

    unnamed: tuple[str, ...] = ()
    """Names that are asked about and that the page does not print."""

    premise: str = ""
    """What the question takes for granted and the source does not bear out, as one sentence."""

    counted: Literal["", "number", "most", "least"] = ""
    """Whether numbers of things are asked for, or held against each other."""

    reasons: bool = False
    """Whether a reason is asked for."""

    claims: dict[str, int] = {}
    """How many of a kind the question takes it to be, to be held against what there is."""

    of_page: bool = False
    """Whether it asks what the framework itself says."""

    beside: float = 0.0
    """How likely the framework is not asked after all, 0 to 1."""

    narrowed: bool = False
    """Whether filters leave only a part of the framework to it."""

    filtered: bool = False
    """Whether only those of the kinds asked for are sought that speak of something."""

    @property
    def is_ranked(self) -> bool:
        """Whether numbers are held against each other."""
        return self.counted in ("most", "least")

    def scope(self, framework: Framework) -> records.Scope:
        """Return it in ids, for the answer's record."""
        kinds = [self.target, *self.kinds] if self.target else [*self.kinds]
        facets = [DESCRIPTION] if self.description else []
        facets += [framework.kind_by_id[kind].facet for kind in kinds]
        return records.Scope(
            subjects=self.subjects,
            groups=tuple(dict.fromkeys(framework.top(one).id for one in self.subjects)),
            facets=tuple(dict.fromkeys(facets)),
            operation=self.operation,
        )


Operation = Literal[
    "describe", "list", "count", "compare", "which", "without", "check", "mentions", "locate",
    "other",
]  # fmt: skip
"""What is to be done with the subjects; `other` asks nothing of the framework's structure."""

OPERATIONS: tuple[Operation, ...] = get_args(Operation)

Extreme = Literal["", "most", "least"]
"""Whether it is asked which has the most or the least."""

EXTREMES: tuple[Extreme, ...] = get_args(Extreme)

Request = Literal["", "writing", "opinion", "prediction", "unworded"]
"""What a message asks for that no source can give; `unworded` asks for nothing."""

REQUESTS: tuple[Request, ...] = get_args(Request)

SURELY = 0.01  # Probability of asking nothing of the framework below which it surely is asked.
DESCRIPTION = "description"  # The facet that is an item's own words.


class Reading(Record):
    """What a question asks."""

    text: str = ""
    """The words that it was read from."""

    before: str = ""
    """What is asked before it in the same message, which it may lean on."""

    operation: Operation
    facets: tuple[str, ...] = ()
    """Kinds of item to be given, by their facets, or `description`."""

    subjects: tuple[str, ...] = ()
    """Ids of items and entities that it is about; none where it is about the whole page."""

    excluded: tuple[str, ...] = ()
    """Ids of items and entities that are left out, or lacked."""

    extreme: Extreme = ""
    """Whether it is asked which has the most or the least."""

    polar: bool = False
    """Whether yes or no is asked."""

    leans: bool = False
    """Whether it says something only with the turn before it."""

    leaning: float = 0.0
    """How likely it does, 0 to 1."""

    request: Request = ""
    """What it asks for that no source can give."""

    several: bool = False
    """Whether it asks several things."""

    part: float = 0.0
    """How likely it is one of several things that are asked; 0 where it may be none."""

    certainty: float = 1.0
    """How sure the operation is, 0 to 1."""

    weight: float = 1.0
    """How sure it is of its likeliest subject, 0 to 1."""

    beside: float = 0.0
    """How likely nothing is asked of the framework; 0 where an item is named exactly."""

    compares: float = 0.0
    """How likely what each of several things is would answer it."""

    @property
    def sought(self) -> str:
        """The words that guidance is searched for."""
        return f"{self.text} {self.before}".strip()

    @property
    def asked(self) -> tuple[object, ...]:
        """What is asked of what, however sure it is."""
        return self.operation, self.facets, self.subjects, self.excluded

    def numbers(self, kinds: Sequence[Kind]) -> set[int]:
        """Return the numbers of some kinds that the question claims."""
        words = [word for one in kinds for word in (one.singular, one.plural, *one.words)]
        return {*numbers_of(self.text, words)}


class Understood(NamedTuple):
    """What a question asks, after the turns before it."""

    readings: tuple[Reading, ...]
    """One for each thing asked."""

    text: str
    """The question as it stands without the turns before it."""

    carried: bool
    """Whether anything was taken from the turns before."""

    core: str = ""
    """The words that ask, where it tells more besides."""

    turns: Sequence[str] = ()
    """Those before it, oldest first, whether anything was taken from them or not."""

    root: str = ""
    """The turn that the chain of turns which it goes on with began with; empty where none is."""


def query_of(reading: Reading, text: str, framework: Framework) -> Query | None:
    """Return the query that a reading comes to; none where the structure does not answer it."""
    carry_out = _OF.get(reading.operation)
    return carry_out(_Case(reading, text, framework)) if carry_out else None


class _Case:
    """A question for its items' own words and kinds, and what else is known of it."""

    def __init__(self, reading: Reading, text: str, framework: Framework) -> None:
        self.reading = reading
        self.framework = framework
        self.entities = {one.id: one for one in framework.entities}
        self.named = tuple(one for one in reading.subjects if one in self.entities)
        self.items = tuple(one for one in reading.subjects if one not in self.entities)
        self.kinds = tuple(
            kind.id for facet in reading.facets for kind in framework.kinds if kind.facet == facet
        )
        self.described = DESCRIPTION in reading.facets
        self.top = framework.kinds[0].id
        self._asked = Query(
            text=text,
            operation="describe",
            kinds=self.kinds,
            description=self.described,
            subjects=self.items,
            of_page=True,
        )

    def but(self, **told: object) -> Query:
        """Return the query for all of it with some fields changed."""
        return self._asked.model_copy(update=told)

    def is_claimed(self, item: Item) -> bool:
        """Tell whether something is claimed of an item in words, and not how many it has of what.

        It is of its own words, of what it is called, or of what is said under a group.
        """
        kinds = [self.framework.kind_by_id[one] for one in self.kinds]
        if self.kinds == (item.kind,) or item.parent:
            return self.kinds == (item.kind,) or not kinds
        ranked = kinds and self.reading.extreme
        said = all(kind.parent and not kind.shared for kind in kinds)
        return said and not ranked and not self.reading.numbers(kinds)

    @property
    def is_beside(self) -> bool:
        """Whether what stands beside the groups is asked about: it is told with all that it has."""
        items = [self.framework.item(one) for one in self.items]
        heads = bool(items) and not any(one.parent or one.kind == self.top for one in items)
        return heads and {*self.kinds} <= {self.top}

    def having(self, named: tuple[str, ...] = (), kinds: tuple[str, ...] = ()) -> Query:
        """Ask which items have an entity."""
        named, kinds = named or self.named, kinds or self.kinds
        shared = self.entities[named[0]].kind
        wanted = [kind for kind in kinds if kind != shared]
        target = wanted[0] if wanted else self.framework.kind_by_id[shared].parent
        told = {"subjects": (), "entities": named, "every": len(named) > 1}
        return self.but(operation="inverse", kinds=(shared,), target=target, polar=True, **told)


def _describe(case: _Case) -> Query | None:
    if case.named and not case.items:
        return case.having()
    if not case.items and not case.kinds:
        return case.but(kinds=(case.top,))
    if case.is_beside:
        return case.but(kinds=(), description=False)
    # All there is on an item, where only its own words are asked for.
    return case.but() if case.kinds else case.but(description=False)


def _list(case: _Case) -> Query | None:
    if case.named and not case.items:
        return case.having()
    if not case.items:
        return case.but(operation="list") if case.kinds else None
    # What stands above a subject is asked for, or what belongs to it.
    lines = [case.framework.lineage(item)[1:] for item in case.items]
    if case.kinds and {*case.kinds} <= {one.kind for line in lines for one in line}:
        return case.but(operation="inverse", target=case.kinds[0], kinds=())
    return case.but()


def _held(case: _Case) -> Query | None:
    """Hold several groups against each other by how many they have of a kind, if that is asked."""
    within = [kind for kind in case.kinds if kind != case.top]
    groups = {one.id for one in case.framework.of_kind(case.top)}
    counted = case.reading.extreme
    if not counted or len(within) != 1 or len(case.items) < 2 or {*case.items} - groups:
        return None
    return case.but(operation="count", counted=counted, kinds=(case.top, *within))


def _count(case: _Case) -> Query | None:
    if case.named and not case.items:
        return case.having()
    extreme, kinds = case.reading.extreme, case.kinds
    if extreme and not case.items and len(kinds) == 2:
        order = sorted(kinds, key=[kind.id for kind in case.framework.kinds].index)
        return case.but(operation="count", counted=extreme, kinds=tuple(order))
    if held := _held(case):
        return held
    own = {case.framework.item(one).kind for one in case.items}
    # What is asked of an item is no number of its own kind.
    if not {*kinds} - own:
        return None
    # One that is held against all others is described, and how they stand is told beside it.
    operation = "describe" if extreme and case.items else "count"
    return case.but(operation=operation, counted=(case.items and extreme) or "number")


def _compare(case: _Case) -> Query | None:
    if len(case.items) > 1:
        # What is compared, if it stands under something, is of the kind asked for itself.
        own = {item.kind for item in map(case.framework.item, case.items) if item.parent}
        kinds = tuple(one for one in case.kinds if one not in own)
        return case.but(
            operation="compare", kinds=kinds, description=case.described and bool(kinds)
        )
    if case.items:
        return None
    return case.having().model_copy(update={"every": False}) if case.named else _list(case)


def _without(case: _Case) -> Query | None:
    """Ask which items lack an entity, or for all but some."""
    excluded = case.reading.excluded
    # What lacks nothing that is named lacks something of a kind, or a description.
    kind = case.framework.kind_by_id[case.kinds[0]] if case.kinds and not excluded else None
    if kind and (case.described + len(case.kinds) == 2 or (kind.described and not case.kinds[1:])):
        told = case.but(operation="negate", kinds=case.kinds[1:], target=kind.id)
        return told.model_copy(update={"description": not case.kinds[1:]})
    named = dict.fromkeys((*excluded, *case.named))
    lacked = tuple(one for one in named if one in case.entities)
    if lacked and not case.items:
        return case.having(lacked).model_copy(update={"operation": "negate"})
    if not excluded or not case.kinds:
        return None
    return case.but(operation="describe" if case.items else "list", excluded=excluded)


def _check(case: _Case) -> Query | None:
    polar = case.reading.polar
    shared = next((kind for kind in case.framework.kinds if kind.shared), None)
    if case.named and (beside := {*case.reading.excluded} - {*case.entities}):
        return case.having().model_copy(update={"excluded": tuple(sorted(beside))})
    if case.named and case.items and shared:
        told = {"kinds": (shared.id,), "entities": case.named, "target": shared.parent}
        return case.but(operation="verify", description=False, polar=polar, **told)
    items = [case.framework.item(one) for one in case.items]
    within = [kind for kind in case.kinds if kind != case.top]
    if case.reading.extreme and len(within) == 2 and not (items or case.named):
        return case.but(operation="count", counted="number", polar=True)
    if len(items) == 2 and items[0].kind != items[1].kind:
        target = case.top if case.top in case.kinds else ""
        return case.but(operation="verify", kinds=(), description=False, polar=polar, target=target)
    if len(items) == 1 and not case.named and case.is_claimed(items[0]):
        return case.but(operation="verify", description=True, polar=polar)
    if case.kinds and len(items) == 1 and items[0].parent:
        return _locate(case)
    return _held(case) or _told(case)


def _told(case: _Case) -> Query | None:
    """Ask for what there is: whatever is taken for granted, it tells whether that holds."""
    found, polar = _list(case) if case.kinds or case.named else _describe(case), case.reading.polar
    ranked = len(case.items) == 1 and case.top in case.kinds[:-1]
    ranked = ranked or bool(case.items and case.reading.extreme)
    if found and ranked:
        found = found.model_copy(update={"counted": "most", "polar": polar or found.polar})
    if found and not (polar or case.items or case.named):
        # What is taken for granted of the whole page, and asks for no yes or no, asks why it is so.
        found = found.model_copy(update={"reasons": True})
    if found is None or not case.kinds or len(case.items) > 1:
        return found
    said = {one.id: case.reading.numbers([one]) for one in case.framework.kinds}
    claims = {one: numbers.pop() for one, numbers in said.items() if len(numbers) == 1}
    if claims and found.operation == "list":
        kinds = tuple(dict.fromkeys((*claims, *case.kinds)))
        found = found.model_copy(update={"operation": "count", "counted": "number", "kinds": kinds})
    claims = {one: number for one, number in claims.items() if one in found.kinds}
    polar = polar or (found.polar and not claims)
    return found.model_copy(update={"claims": claims, "polar": polar})


def _locate(case: _Case) -> Query | None:
    if not case.items:
        return case.having(kinds=(case.top,)) if case.named else None
    if case.is_beside:
        return case.but(kinds=(), description=False)
    if {case.framework.item(one).kind for one in case.items} == {case.top}:
        # What heads the page stands under nothing: it is told what it is.
        told = "compare" if len(case.items) > 1 else "verify"
        return case.but(operation=told, kinds=(case.top,), description=True)
    return case.but(operation="inverse", target=case.top, kinds=())


_OF: dict[Operation, Callable[[_Case], Query | None]] = {
    "describe": _describe,
    "list": _list,
    "count": _count,
    "compare": _compare,
    "which": lambda case: case.having() if case.named else _locate(case),
    "without": _without,
    "check": _check,
    "locate": _locate,
}
"""What is carried out for each operation; the structure does not answer the others."""


def is_sought(reading: Reading, framework: Framework) -> bool:
    """Tell whether something is claimed of the whole page that is looked for on it: no number."""
    if reading.operation != "check" or reading.subjects or reading.beside > 0.5:
        return False
    kinds = [one for one in framework.kinds if one.facet in reading.facets]
    return len(kinds) > 1 and not (reading.numbers(kinds) or reading.extreme)


def is_of_all(reading: Reading, framework: Framework) -> bool:
    """Tell whether all groups of the page are asked for, with or without what is in them."""
    asked = reading.operation in ("count", "list") and not reading.subjects
    return asked and framework.kinds[0].facet in reading.facets


def restated(reading: Reading, framework: Framework) -> str:
    """Return a reading as one line that stands without the turns before it."""
    facets = listed([one for one in reading.facets if one != DESCRIPTION])
    subjects = listed([_name(one, framework) for one in reading.subjects])
    excluded = listed([_name(one, framework) for one in reading.excluded])
    whole = subjects or framework.name
    match reading.operation:
        case "describe":
            return f"Describe {whole}" + (f", with its {facets}." if facets else ".")
        case "count":
            return f"How many {facets} does {whole} have?"
        case "compare":
            return f"Compare {facets + ' of ' if facets else ''}{subjects}."
        case "which":
            return f"Which {facets} name {subjects}?"
        case "without" if reading.excluded:
            return f"Which {facets} are there in {whole} without {excluded}?"
        case "check":
            return f"What is true of {subjects} ({facets})?"
        case "locate":
            return f"Where does {subjects} stand?"
    return f"Which {facets} belong to {whole}?"


def _name(one: str, framework: Framework) -> str:
    """Return what an item or entity is called."""
    labels = {entity.id: entity.label for entity in framework.entities}
    item = framework.item_by_id.get(one)
    return labels[one] if item is None else item.title or f"\u201c{item.description}\u201d"
