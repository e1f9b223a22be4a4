"""What does not hold together in a reading: duplicate ids, dead references, missing parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corpus.passage import Record
from corpus.structure.framework_records import ItemReading, Reading
from corpus.structure.graph import Kind


class Problem(Record):
    """One thing that is wrong with a framework file, and what to do."""

    id: str
    """The item, kind, entity or source line that it is about."""

    message: str
    """One sentence that names it."""


def faults_of(reading: Reading) -> tuple[Problem, ...]:
    """Return what does not hold together, the source and the kinds first."""
    found = (*_source_faults(reading), *_kind_faults(reading), *_item_faults(reading))
    return (*found, *_reference_faults(reading))


def _source_faults(reading: Reading) -> Iterator[Problem]:
    if reading.source.tier != "framework":
        said = "The source of a framework has the tier 'framework'; write that."
        yield Problem(id=reading.source.id, message=said)
    yield from _twice("kind", (kind.id for kind in reading.kinds))
    yield from _twice("facet", (kind.facet for kind in reading.kinds))
    yield from _twice("plural", (kind.plural for kind in reading.kinds))
    yield from _twice("entity", (entity.id for entity in reading.entities))
    yield from _twice("item", (item.id for item in reading.items))


def _twice(name: str, ids: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            yield Problem(id=one, message=f"The {name} {one!r} is there twice; rename one.")
        seen.add(one)


def _kind_faults(reading: Reading) -> Iterator[Problem]:
    above: set[str] = set()
    for kind in reading.kinds:
        if kind.parent and kind.parent not in above:
            said = (
                f"The kind {kind.id!r} has the parent {kind.parent!r}; declare that kind above it."
            )
            yield Problem(id=kind.id, message=said)
        above.add(kind.id)
    shared = {kind.id for kind in reading.kinds if kind.shared}
    for entity in reading.entities:
        if entity.kind not in shared:
            said = f"The entity {entity.id!r} has the kind {entity.kind!r}; name a shared kind."
            yield Problem(id=entity.id, message=said)
    for label in reading.labels:
        if label.kind not in above:
            said = f"The label {label.text!r} names {label.kind!r}; name a kind that is declared."
            yield Problem(id=f"line {label.lines}", message=said)


def _item_faults(reading: Reading) -> Iterator[Problem]:
    kinds = {kind.id: kind for kind in reading.kinds}
    kind_of = {item.id: item.kind for item in reading.items}
    for item in reading.items:
        kind = kinds.get(item.kind)
        if kind is None:
            said = f"{item.id} has the kind {item.kind!r}; name a kind that is declared."
            yield Problem(id=item.id, message=said)
            continue
        for said in (*_wrong_parts(item, kind), *_wrong_place(item, kind, kind_of)):
            yield Problem(id=item.id, message=f"{item.id} {said}")


def _wrong_parts(item: ItemReading, kind: Kind) -> Iterator[str]:
    rules = (
        (kind.titled and not item.title, "lacks its title; add it."),
        (not kind.titled and item.title, "has a title, but its kind is not titled; leave it out."),
        (not item.text, "has no words; add its description."),
        (
            item.title and item.description and not kind.described,
            "has a description beside its title, but its kind is not described; leave it out.",
        ),
        (kind.numbered and item.number is None, "lacks its number; add it."),
        (
            not kind.numbered and item.number is not None,
            "has a number, but its kind is not numbered; leave it out.",
        ),
        (
            bool(item.description) != bool(item.description_lines),
            "needs description and description_lines together; add the one that is missing.",
        ),
        (item.title_lines and not item.title, "has title_lines without a title; add the title."),
        (item.entities and not kind.shared, "has entities, but its kind is not shared; drop them."),
        (
            item.sentence is not None and item.entry is not None,
            "picks both a sentence and an entry of its lines; keep one.",
        ),
    )
    yield from (said for broken, said in rules if broken)


def _wrong_place(item: ItemReading, kind: Kind, kind_of: dict[str, str]) -> Iterator[str]:
    if not kind.parent and item.parent:
        yield f"stands under {item.parent!r}, but its kind is at the top."
    if kind.parent and kind_of.get(item.parent) != kind.parent:
        yield f"stands under {item.parent!r}; name an item of the kind {kind.parent!r} there."


def _reference_faults(reading: Reading) -> Iterator[Problem]:
    kind_of_entity = {entity.id: entity.kind for entity in reading.entities}
    for item in reading.items:
        for name in item.entities:
            if kind_of_entity.get(name) != item.kind:
                said = f"{item.id} names {name!r}; name an entity of the kind {item.kind!r}."
                yield Problem(id=item.id, message=said)
    items = {item.id for item in reading.items}
    for place, name in _mentions(reading):
        if name not in items:
            said = f"{place} names {name!r}, which is no item; correct the id."
            yield Problem(id=name, message=said)


def _mentions(reading: Reading) -> Iterator[tuple[str, str]]:
    for link in reading.links:
        yield from (("A link", name) for name in (link.source, *link.targets))
    for decision in reading.decisions:
        yield from (("A decision", name) for name in decision.items)
