"""A framework as a structure: kinds of thing, items, entities, inferred links.

Nothing here knows which kinds a framework has; `framework.toml` declares them.
"""

from functools import cached_property
from typing import Literal, get_args

from corpus.errors import CorpusError
from corpus.passage import Passage, Record, Source

Strength = Literal["high", "medium-high", "medium", "low-medium", "low"]

STRENGTHS: tuple[Strength, ...] = get_args(Strength)  # Strongest first.


class Kind(Record):
    """A kind of thing that a framework is made of, and what one or several are called."""

    id: str
    facet: str
    """Name of the facet that items of this kind make: `outcomes`."""

    singular: str
    plural: str
    words: tuple[str, ...] = ()
    asked_by: tuple[str, ...] = ()
    """Words that ask for this kind without naming it: `who` for an actor, `when` for a date."""

    parent: str = ""
    """Kind of the item that these stand under; empty at the top."""

    titled: bool = False
    """Whether an item has a title, and is something that a question can be about by name."""

    described: bool = False
    numbered: bool = False
    """Whether people refer to an item by a number: `capability 12`."""

    shared: bool = False
    """Whether the same thing can stand under several parents, as an actor does."""


class Entity(Record):
    """What several items of a shared kind have in common: industry, whatever its wording."""

    id: str
    kind: str
    label: str
    words: tuple[str, ...] = ()


class Item(Record):
    """One pillar, capability, outcome: one thing of one kind; its words are the passage `id`."""

    id: str
    """The passage with its words: `gsr:C12`."""

    kind: str
    parent: str = ""
    """Item that it stands under; empty at the top."""

    number: int | None = None
    title: str = ""
    description: str = ""
    """Its own words beside the title; the whole statement where there is no title."""

    aliases: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What it is called: its title, or the statement itself."""
        return self.title or self.description

    def __hash__(self) -> int:
        return hash(self.id)


class Link(Record):
    """A tie between two items that the source does not print."""

    source: str
    target: str
    strength: Strength


class Ties(Record):
    """Ties from one item to others, the closest first, that the source does not print."""

    source: str
    targets: tuple[str, ...]
    strength: Strength


class Framework(Record):
    """A framework, whole: its kinds, items, entities and inferred links, with the passages."""

    name: str
    aliases: tuple[str, ...]
    """What else people call it; a question that names only this is about the whole."""

    description_words: tuple[str, ...]
    """What people call the description of an item: `description`, `definition`."""

    source: Source
    kinds: tuple[Kind, ...]
    entities: tuple[Entity, ...] = ()
    """In order of first mention."""

    items: tuple[Item, ...]
    links: tuple[Ties, ...] = ()
    """Inferred."""

    passages: tuple[Passage, ...] = ()
    """One for each item, in the same order, with the same ids."""

    @cached_property
    def item_by_id(self) -> dict[str, Item]:
        """Items by id."""
        return {item.id: item for item in self.items}

    @cached_property
    def kind_by_id(self) -> dict[str, Kind]:
        """Kinds by id."""
        return {kind.id: kind for kind in self.kinds}

    @cached_property
    def passage_by_id(self) -> dict[str, Passage]:
        """Passages by id."""
        return {passage.id: passage for passage in self.passages}

    @cached_property
    def top_kinds(self) -> tuple[Kind, ...]:
        """Kinds without a parent kind."""
        return tuple(kind for kind in self.kinds if not kind.parent)

    def item(self, item_id: str) -> Item:
        """Return the item with this id; CorpusError if there is none."""
        try:
            return self.item_by_id[item_id]
        except KeyError:
            raise CorpusError(f"The framework has no item {item_id!r}.") from None

    def of_kind(self, kind: str) -> tuple[Item, ...]:
        """Return all items of a kind, in reading order."""
        return tuple(item for item in self.items if item.kind == kind)

    def lineage(self, item_id: str) -> tuple[Item, ...]:
        """Return the item and what it stands under, itself first."""
        item = self.item(item_id)
        return (item, *self.lineage(item.parent)) if item.parent else (item,)

    def top(self, item_id: str) -> Item:
        """Return the item at the top of the structure that this one stands under, or itself."""
        return self.lineage(item_id)[-1]

    def below(self, item_id: str, kind: str) -> tuple[Item, ...]:
        """Return the items of a kind that stand under an item at any depth, in reading order."""
        owner = self.item_by_id.get(item_id)
        return tuple(item for item in self.of_kind(kind) if owner in self.lineage(item.id)[1:])

    def facet(self, item_id: str, kind: str) -> tuple[Item, tuple[Item, ...]] | None:
        """Return whose items of a kind apply to an item, and the items.

        Its own if any of its descendants can have the kind; else those of the nearest item above it
        that can, which it then shares with its siblings; `None` if the structure ties no item of
        the kind to it.
        """
        above = list[str]()
        while kind_above := self.kind_by_id[above[-1] if above else kind].parent:
            above.append(kind_above)
        owners = (owner for owner in self.lineage(item_id) if owner.kind in above)
        owner = next(owners, None)
        return (owner, self.below(owner.id, kind)) if owner else None

    def links_of(self, item_id: str) -> tuple[Link, ...]:
        """Return the inferred links from or to an item, strongest first."""
        place = {one: number for number, one in enumerate(self.item_by_id)}
        links = [
            Link(source=ties.source, target=target, strength=ties.strength)
            for ties in sorted(self.links, key=lambda ties: place[ties.source])
            for target in ties.targets
            if item_id in (ties.source, target)
        ]
        return tuple(sorted(links, key=lambda link: STRENGTHS.index(link.strength)))
