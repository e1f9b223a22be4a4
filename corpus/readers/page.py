"""The reader of a framework page: `framework.toml`, its source text, sentences of plans for it."""

from __future__ import annotations

from collections.abc import Collection
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import Field

from corpus.errors import CorpusError
from corpus.passage import Passage, Record, sha256_of
from corpus.readers.questions import read_rows
from corpus.structure.framework_records import (
    ItemReading,
    Reading,
    faults_of,
    load_lines,
    load_reading,
)
from corpus.structure.graph import STRENGTHS, Frame, Framework, Item, Link
from corpus.text import join_lines, split_sentences

PLAN_FILE = "plan_sentences.jsonl"
"""Name of the file, beside `framework.toml`; a framework may be without."""

Judgement = Literal["addressed", "touched_on", "not_found"]
"""How much of an item is said: an action that would bring it about, a word about its subject or a
part of it, or nothing, whatever words are used."""


class PlanSentence(Record):
    """A sentence with its label."""

    item: str
    judgement: Judgement
    text: Annotated[str, Field(min_length=5, max_length=600)]


def shipped_framework() -> Traversable:
    """Return the folder of the framework that ships with Signpost."""
    return files("corpus") / "framework"


def source_lines(folder: Traversable) -> tuple[str, ...]:
    """Return the lines of the source that `framework.toml` names; CorpusError as `load_reading`."""
    return load_lines(folder, load_reading(folder).file)[0]


def read_framework(folder: Traversable) -> Framework:
    """Read `framework.toml` and the source text it names from a folder.

    Raises:
        CorpusError: a file is missing or not in its form, the source text is not the one that was
            read, or ids and references do not hold together.
    """
    reading = load_reading(folder)
    lines, found = load_lines(folder, reading.file)
    if found != reading.source.sha256:
        said = f"{reading.file} has the SHA-256 {found}, but {reading.source.id} was read from "
        said += f"{reading.source.sha256}; restore the file, or read it again and renew the hash."
        raise CorpusError(said)
    for fault in faults_of(reading):
        raise CorpusError(fault.message)
    links = [
        Link(source=link.source, target=target, strength=link.strength)
        for link in reading.links
        for target in link.targets
    ]
    place = {item.id: number for number, item in enumerate(reading.items)}
    links.sort(key=lambda link: (place[link.source], STRENGTHS.index(link.strength)))
    of_item = set(Item.model_fields)
    return Framework(
        **{name: getattr(reading, name) for name in Frame.model_fields},
        items=tuple(Item(**item.model_dump(include=of_item)) for item in reading.items),
        links=tuple(links),
        passages=tuple(_passage(item, reading, lines) for item in reading.items),
    )


def _passage(item: ItemReading, reading: Reading, lines: tuple[str, ...]) -> Passage:
    by_id = {item.id: item for item in reading.items}
    lineage = [item]
    while parent := by_id.get(lineage[0].parent):
        lineage.insert(0, parent)
    plural = next(kind.plural for kind in reading.kinds if kind.id == item.kind)
    facets = {"tier": reading.source.tier, "source": reading.source.id, "kind": item.kind}
    facets |= {"group": lineage[0].id, "parent": item.parent}
    if item.number is not None:
        facets["number"] = str(item.number)
    where, printed = item.lines, ""
    if where is None:
        missing = next((fix.lines.first for fix in item.corrections if not fix.printed), None)
        locator = f"before line {missing}" if missing else "not printed"
    elif where.last > len(lines):
        said = f"{item.id} has the lines {where}, but the source text ends at {len(lines)}"
        raise CorpusError(f"{said}; correct its lines.")
    else:
        locator = f"line {where}" if where.first == where.last else f"lines {where}"
        printed = join_lines(lines[where.first - 1 : where.last])
    return Passage(
        id=item.id,
        source_id=reading.source.id,
        locator=locator,
        heading_path=(*(parent.title or parent.description for parent in lineage[:-1]), plural),
        text=item.text,
        sentences=split_sentences(item.text),
        facets=facets | {f"inferred_{name}": value for name, value in item.inferred.items()},
        text_sha256=sha256_of(item.text),
        lines=where,
        printed="" if printed == item.text.replace("\n", " ") else printed,
        corrections=item.corrections,
        doubts=item.doubts,
        also=item.also,
    )


def read_plan_sentences(folder: Traversable, items: Collection[str]) -> tuple[PlanSentence, ...]:
    """Read labelled sentences, if any; CorpusError if a line is no row or names no item."""
    path = folder / PLAN_FILE
    if not path.is_file():
        return ()
    full = {short: id_ for id_ in items for short in (id_, id_.partition(":")[2])}
    found = []
    for number, row in enumerate(read_rows(path, PlanSentence), start=1):
        if row.item not in full:
            said = f"{PLAN_FILE}, line {number}: there is no item {row.item!r}; rename it."
            raise CorpusError(said)
        found.append(row.model_copy(update={"item": full[row.item]}))
    return tuple(found)
