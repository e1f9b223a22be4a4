"""The reader of a framework page: `framework.toml` and its source text, with lines and faults."""

from collections.abc import Collection, Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import Field

from corpus import passage
from corpus.errors import CorpusError
from corpus.readers.questions import read_rows
from corpus.structure.graph import Framework, Item
from corpus.text import join_lines, split_sentences

READING_FILE = "framework.toml"
PLAN_FILE = "plan_sentences.jsonl"  # Beside `framework.toml`; a framework may be without.

Judgement = Literal["addressed", "touched_on", "not_found"]
"""How much of an item is said: an action that would bring it about, a word about its subject or a
part of it, or nothing, whatever words are used."""


class Bullet(passage.Record):
    """An icon that was read as text; it counts only at the start of its lines, before a space."""

    glyph: str
    """The characters; empty where a bullet is missing."""

    lines: tuple[int, ...]
    confidence: passage.Confidence
    basis: str


class Label(passage.Record):
    """Words printed beside the page's flow, which start nothing."""

    lines: passage.Lines
    text: str
    kind: str


class ItemReading(Item):
    """One item as read, with its lines; the source's id may be left out of its own: `C12`."""

    title_lines: passage.Lines | None = None
    """Source lines of the title; none if it is lost and a correction restores it."""

    description_lines: passage.Lines | None = None
    entry: int | None = None
    """Which entry or sentence of its lines the description is, from 1, where they hold several."""

    also: tuple[str, ...] = ()
    inferred: dict[str, str] = {}
    """What is known of it although it is not printed; a passage has it as `inferred_` facets."""

    corrections: tuple[passage.Correction, ...] = ()
    """What was changed; one with nothing printed restores, one that reads empty leaves out."""

    doubts: tuple[passage.Doubt, ...] = ()

    @property
    def text(self) -> str:
        """The words of its passage: title and description on a line each."""
        return "\n".join(part for part in (self.title, self.description) if part)

    @property
    def omissions(self) -> tuple[passage.Correction, ...]:
        """Corrections that leave whole lines out."""
        return tuple(fix for fix in self.corrections if fix.printed and not fix.reads)

    @property
    def lines(self) -> passage.Lines | None:
        """All its source lines, those it leaves out included; none if it is not printed."""
        own = (self.title_lines, self.description_lines, *(fix.lines for fix in self.omissions))
        ends = [end for part in own if part for end in (part.first, part.last)]
        return passage.Lines(first=min(ends), last=max(ends)) if ends else None


class Reading(Framework):
    """A whole `framework.toml`: a framework with the lines of `file`, the source beside it."""

    file: str
    bullets: tuple[Bullet, ...] = ()
    labels: tuple[Label, ...] = ()
    items: tuple[ItemReading, ...]


class PlanSentence(passage.Record):
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

    Raises CorpusError if one is missing or not in its form, or they do not hold together.
    """
    reading = load_reading(folder)
    lines, found = load_lines(folder, reading.file)
    if found != reading.source.sha256:
        said = f"{reading.file} has the SHA-256 {found}, but {reading.source.id} was read from "
        said += f"{reading.source.sha256}; restore the file, or read it again and renew the hash."
        raise CorpusError(said)
    for _, said in faults_of(reading):
        raise CorpusError(said)
    passages = tuple(_passage(item, reading, lines) for item in reading.items)
    return reading.model_copy(update={"passages": passages})


def _passage(item: ItemReading, framework: Framework, lines: Sequence[str]) -> passage.Passage:
    source, (_, *above) = framework.source, framework.lineage(item.id)
    facets = {"tier": source.tier, "source": source.id, "kind": item.kind}
    facets |= {"group": framework.top(item.id).id, "parent": item.parent}
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
    return passage.Passage(
        id=item.id,
        source_id=source.id,
        locator=locator,
        heading_path=(
            *(parent.label for parent in reversed(above)),
            framework.kind_by_id[item.kind].plural,
        ),
        text=item.text,
        sentences=split_sentences(item.text),
        facets=facets | {f"inferred_{name}": value for name, value in item.inferred.items()},
        text_sha256=passage.sha256_of(item.text),
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


def load_reading(folder: Traversable) -> Reading:
    """Read `framework.toml`, item ids in full; CorpusError if it is missing or not in its form."""
    if not (file := folder / READING_FILE).is_file():
        raise CorpusError(f"{folder} holds no {READING_FILE}; name the folder with one.")
    reading = passage.read_toml(file, Reading)
    mark = f"{reading.source.id}:"

    def full(id_: str) -> str:
        return id_ and mark + id_.removeprefix(mark)

    items = [
        item.model_copy(update={"id": full(item.id), "parent": full(item.parent)})
        for item in reading.items
    ]
    links = [
        link.model_copy(
            update={"source": full(link.source), "targets": tuple(map(full, link.targets))}
        )
        for link in reading.links
    ]
    return reading.model_copy(update={"items": tuple(items), "links": tuple(links)})


def load_lines(folder: Traversable, file: str) -> tuple[tuple[str, ...], str]:
    """Return the lines of a UTF-8 text as they stand, and the file's SHA-256; or CorpusError."""
    try:
        # Nor is a line end made another: the hash is that of the file.
        text = (folder / file).read_bytes().decode("utf-8")
    except OSError:
        said = f"The source text {file!r} is missing; put it beside {READING_FILE}."
        raise CorpusError(said) from None
    except UnicodeDecodeError:
        raise CorpusError(f"The source text {file!r} is not UTF-8; save it as UTF-8.") from None
    # Only "\n" ends a line, as an editor counts; `splitlines` would also split at others.
    return tuple(text.removesuffix("\n").split("\n")), passage.sha256_of(text)


def faults_of(reading: Reading) -> Iterator[passage.Problem]:
    """Name what does not hold together, the source and the kinds first."""
    parts = (_source_faults, _kind_faults, _item_faults, _reference_faults)
    return (passage.Problem(*fault) for part in parts for fault in part(reading))


def _source_faults(reading: Reading) -> Iterator[passage.Fault]:
    if reading.source.tier != "framework":
        yield reading.source.id, "The source of a framework has the tier 'framework'; write that."
    for what, names in (
        ("kind", (kind.id for kind in reading.kinds)),
        ("facet", (kind.facet for kind in reading.kinds)),
        ("plural", (kind.plural for kind in reading.kinds)),
        ("entity", (entity.id for entity in reading.entities)),
        ("item", (item.id for item in reading.items)),
    ):
        for name in passage.twice(names):
            yield name, f"The {what} {name!r} is there twice; rename one."


def _kind_faults(reading: Reading) -> Iterator[passage.Fault]:
    above, shared = set[str](), {kind.id for kind in reading.kinds if kind.shared}
    for kind in reading.kinds:
        if kind.parent and kind.parent not in above:
            said = f"has the parent {kind.parent!r}; declare that kind above it."
            yield kind.id, f"The kind {kind.id!r} {said}"
        above.add(kind.id)
    for entity in (entity for entity in reading.entities if entity.kind not in shared):
        said = f"The entity {entity.id!r} has the kind {entity.kind!r}; name a shared kind."
        yield entity.id, said
    for label in (label for label in reading.labels if label.kind not in above):
        said = f"The label {label.text!r} names {label.kind!r}; name a kind that is declared."
        yield f"line {label.lines}", said


def _item_faults(reading: Reading) -> Iterator[passage.Fault]:
    kind_of = {item.id: item.kind for item in reading.items}
    for item in reading.items:
        kind = reading.kind_by_id.get(item.kind)
        if kind is None:
            yield item.id, f"{item.id} has the kind {item.kind!r}; name a kind that is declared."
            continue
        numbered, shown = item.number is not None, bool(item.description)
        out, under = "leave it out.", f"stands under {item.parent!r}"
        extra = f"has a description beside its title, but its kind is not described; {out}"
        pair = "needs description and description_lines together; add the one that is missing."
        unshared = "has entities, but its kind is not shared; drop them."
        owned = f"{under}; name an item of the kind {kind.parent!r} there."
        for said in passage.failing(
            (kind.titled and not item.title, "lacks its title; add it."),
            (item.title and not kind.titled, f"has a title, but its kind is not titled; {out}"),
            (not item.text, "has no words; add its description."),
            (item.title and shown and not kind.described, extra),
            (kind.numbered and not numbered, "lacks its number; add it."),
            (numbered and not kind.numbered, f"has a number, but its kind is not numbered; {out}"),
            (shown != bool(item.description_lines), pair),
            (
                item.title_lines and not item.title,
                "has title_lines without a title; add the title.",
            ),
            (item.entities and not kind.shared, unshared),
            (item.parent and not kind.parent, f"{under}, but its kind is at the top."),
            (kind.parent and kind_of.get(item.parent) != kind.parent, owned),
        ):
            yield item.id, f"{item.id} {said}"


def _reference_faults(reading: Reading) -> Iterator[passage.Fault]:
    kind_of_entity = {entity.id: entity.kind for entity in reading.entities}
    for item in reading.items:
        for name in (name for name in item.entities if kind_of_entity.get(name) != item.kind):
            yield item.id, f"{item.id} names {name!r}; name an entity of the kind {item.kind!r}."
    linked = (id_ for link in reading.links for id_ in (link.source, *link.targets))
    for name in linked:
        if name not in reading.item_by_id:
            yield name, f"A link names {name!r}, which is no item; correct the id."
