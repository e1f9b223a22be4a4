"""What does not hold together in a reading: duplicate ids, dead references, missing parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corpus.passage import Record
from corpus.structure.framework_records import ItemReading, Reading
from corpus.structure.graph import Kind

Fault = tuple[str, str]
"""What a fault is about, and the sentence that names it."""


class Problem(Record):
    """One thing that is wrong with a framework file, and what to do."""

    id: str
    """The item, kind, entity or source line that it is about."""

    message: str
    """One sentence that names it."""


def problems_of(faults: Iterable[Fault]) -> tuple[Problem, ...]:
    """Return faults as problems, in their order."""
    return tuple(Problem(id=id_, message=said) for id_, said in faults)


def faults_of(reading: Reading) -> tuple[Problem, ...]:
    """Return what does not hold together, the source and the kinds first."""
    found = (*_source_faults(reading), *_kind_faults(reading), *_item_faults(reading))
    return problems_of((*found, *_reference_faults(reading)))


def _source_faults(reading: Reading) -> Iterator[Fault]:
    if reading.source.tier != "framework":
        said = "The source of a framework has the tier 'framework'; write that."
        yield reading.source.id, said
    names = (
        *(("kind", kind.id) for kind in reading.kinds),
        *(("facet", kind.facet) for kind in reading.kinds),
        *(("plural", kind.plural) for kind in reading.kinds),
        *(("entity", entity.id) for entity in reading.entities),
        *(("item", item.id) for item in reading.items),
    )
    seen: set[tuple[str, str]] = set()
    for of, name in names:
        if (of, name) in seen:
            yield name, f"The {of} {name!r} is there twice; rename one."
        seen.add((of, name))


def _kind_faults(reading: Reading) -> Iterator[Fault]:
    above: set[str] = set()
    for kind in reading.kinds:
        if kind.parent and kind.parent not in above:
            said = f"has the parent {kind.parent!r}; declare that kind above it."
            yield kind.id, f"The kind {kind.id!r} {said}"
        above.add(kind.id)
    shared = {kind.id for kind in reading.kinds if kind.shared}
    for entity in reading.entities:
        if entity.kind not in shared:
            said = f"The entity {entity.id!r} has the kind {entity.kind!r}; name a shared kind."
            yield entity.id, said
    for label in reading.labels:
        if label.kind not in above:
            said = f"The label {label.text!r} names {label.kind!r}; name a kind that is declared."
            yield f"line {label.lines}", said


def _item_faults(reading: Reading) -> Iterator[Fault]:
    kinds = {kind.id: kind for kind in reading.kinds}
    kind_of = {item.id: item.kind for item in reading.items}
    for item in reading.items:
        kind = kinds.get(item.kind)
        if kind is None:
            yield item.id, f"{item.id} has the kind {item.kind!r}; name a kind that is declared."
            continue
        for broken, said in _rules(item, kind, kind_of.get(item.parent)):
            if broken:
                yield item.id, f"{item.id} {said}"


def _rules(item: ItemReading, kind: Kind, above: str | None) -> tuple[tuple[object, str], ...]:
    """Return whether an item breaks each rule, with what is then said of it."""
    return (
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
        (
            not kind.parent and item.parent,
            f"stands under {item.parent!r}, but its kind is at the top.",
        ),
        (
            kind.parent and above != kind.parent,
            f"stands under {item.parent!r}; name an item of the kind {kind.parent!r} there.",
        ),
    )


def _reference_faults(reading: Reading) -> Iterator[Fault]:
    kind_of_entity = {entity.id: entity.kind for entity in reading.entities}
    for item in reading.items:
        for name in item.entities:
            if kind_of_entity.get(name) != item.kind:
                said = f"{item.id} names {name!r}; name an entity of the kind {item.kind!r}."
                yield item.id, said
    items = {item.id for item in reading.items}
    linked = [("A link", id_) for link in reading.links for id_ in (link.source, *link.targets)]
    decided = [("A decision", id_) for decision in reading.decisions for id_ in decision.items]
    for place, name in (*linked, *decided):
        if name not in items:
            yield name, f"{place} names {name!r}, which is no item; correct the id."
