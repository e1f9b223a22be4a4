"""The check of a framework folder: each statement derived again from its source lines.

Lines are joined, bullets left out, the listed corrections applied, and nothing else is done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from importlib.resources.abc import Traversable
from typing import Self

from corpus.errors import CorpusError
from corpus.passage import Correction, Lines, Record
from corpus.structure.faults import Fault, Problem, faults_of, problems_of
from corpus.structure.framework_records import (
    READING_FILE,
    ItemReading,
    Reading,
    load_lines,
    load_reading,
)
from corpus.text import join_lines, split_sentences

_BETWEEN_ENTRIES = (", and ", ", ", " and ", "; ")


class CheckReport(Record):
    """What a check found."""

    counts: dict[str, int] = {}
    """How many there are of each thing, by its plural."""

    totals: dict[str, int] = {}
    """Of how many, for those counts that are a part of a whole."""

    problems: tuple[Problem, ...] = ()
    """What is wrong, in the order of the file; empty if all is well."""

    warnings: tuple[Problem, ...] = ()
    """What somebody should see to, although nothing is wrong."""

    @classmethod
    def refused(cls, name: str, error: CorpusError) -> Self:
        """Return the report on what cannot be read at all."""
        return cls(problems=(Problem(id=name, message=str(error)),))


def check_framework(folder: Traversable) -> CheckReport:
    """Check a framework folder against its own source text."""
    try:
        reading = load_reading(folder)
        lines, found = load_lines(folder, reading.file)
    except CorpusError as error:
        return CheckReport.refused(READING_FILE, error)
    counts = {
        kind.plural: sum(item.kind == kind.id for item in reading.items) for kind in reading.kinds
    }
    changed = []
    if found != reading.source.sha256:
        said = f"{reading.file} has the SHA-256 {found}, not the pinned {reading.source.sha256}"
        changed.append((reading.file, f"{said}; restore it, or renew reading and hash."))
    beyond = [
        (name, f"{name} names the lines {where}, but the text has {len(lines)}; correct them.")
        for name, where in _all_lines(reading)
        if where.last > len(lines) or where.first < 1
    ]
    derived = beyond or _Check(reading, lines).faults()
    problems = (*problems_of(changed), *faults_of(reading), *problems_of(derived))
    return CheckReport(counts=counts, problems=problems)


def _all_lines(reading: Reading) -> Iterator[tuple[str, Lines]]:
    for item in reading.items:
        parts = (item.title_lines, item.description_lines)
        changes = [fix.lines for fix in item.corrections] + [one.lines for one in item.doubts]
        yield from ((item.id, where) for where in (*parts, *changes) if where)
    bullets = (line for bullet in reading.bullets for line in bullet.lines)
    yield from (("bullets", Lines(first=line, last=line)) for line in bullets)
    yield from (("layout", where) for layout in reading.layout for where in layout.lines)
    yield from (("labels", label.lines) for label in reading.labels)


class _Check:
    """One reading beside its source lines, all line numbers within the text."""

    def __init__(self, reading: Reading, lines: tuple[str, ...]) -> None:
        self._reading = reading
        self._lines = lines
        self._blocks: dict[Lines, list[ItemReading]] = defaultdict(list)
        for item in reading.items:
            if item.description_lines:
                self._blocks[item.description_lines].append(item)

    def faults(self) -> Iterator[Fault]:
        """Yield what differs from the source, item by item, then line by line."""
        for item in self._reading.items:
            found = (*self._title(item), *self._description(item), *self._changes(item))
            yield from (_fault(item, said) for said in found)
        yield from self._entries()
        yield from self._sentences()
        yield from self._marks()
        yield from self._layout()
        yield from self._claims()

    def _title(self, item: ItemReading) -> Iterator[str]:
        if item.title_lines:
            yield from _differences(self._read(item.title_lines, item.corrections), item.title)
        elif item.title:
            restored = [fix for fix in item.corrections if not fix.printed]
            if [fix.reads for fix in restored] != [item.title]:
                said = f"the title {item.title!r} has no lines, and no correction restores it; "
                yield f"{said}add title_lines, or a correction with nothing printed that reads so."

    def _description(self, item: ItemReading) -> Iterator[str]:
        if not item.description_lines or item.entry is not None:
            return
        text = self._read(item.description_lines, item.corrections)
        if item.sentence is not None:
            sentences = [span.of(text) for span in split_sentences(text)]
            if not 1 <= item.sentence <= len(sentences):
                yield f"its lines hold no sentence {item.sentence}; correct the number."
                return
            text = sentences[item.sentence - 1]
        yield from _differences(text, item.description)

    def _entries(self) -> Iterator[Fault]:
        for where, items in self._blocks.items():
            entries = [item for item in items if item.entry is not None]
            if not entries:
                continue
            fixes = tuple(dict.fromkeys(fix for item in entries for fix in item.corrections))
            left = self._read(where, fixes)
            for place, item in enumerate(entries, 1):
                if item.entry != place:
                    yield _fault(item, f"it is entry {place} of the lines {where}; number it so.")
                parts = (one for one in _BETWEEN_ENTRIES if left.startswith(one))
                between = next(parts, "") if place > 1 else ""
                left = left.removeprefix(between)
                if (place > 1 and not between) or not left.startswith(item.description):
                    said = f"entry {place} reads {item.description!r}, but the lines {where} go on"
                    yield _fault(item, f"{said} {left!r}; quote the entry as it stands there.")
                    break
                left = left[len(item.description) :]
            else:
                if left:
                    yield _fault(entries[-1], f"the lines {where} go on {left!r}; add the entry.")

    def _sentences(self) -> Iterator[Fault]:
        picks = [item for item in self._reading.items if item.sentence is not None]
        blocks: list[Lines] = []
        for part in sorted((item.lines for item in picks if item.lines), key=lambda at: at.first):
            if blocks and part.first <= blocks[-1].last:
                whole = blocks.pop()
                part = Lines(first=whole.first, last=max(whole.last, part.last))
            blocks.append(part)
        for where in blocks:
            inside = [item for item in picks if item.lines and _within(item.lines, where)]
            text = self._read(where, tuple(fix for item in inside for fix in item.corrections))
            quoted = {item.description for item in inside}
            for span in split_sentences(text):
                if span.of(text) not in quoted:
                    said = f"no item is the sentence {span.of(text)!r} of the lines {where}"
                    yield _fault(inside[0], f"{said}; add it.")

    def _changes(self, item: ItemReading) -> Iterator[str]:
        parts = [part for part in (item.title_lines, item.description_lines) if part]
        for fix in item.corrections:
            printed = self._plain(fix.lines)
            if fix.printed and printed.count(fix.printed) != 1:
                yield _not_there("correction", fix.printed, fix.lines, printed)
            elif fix in item.omissions and printed != fix.printed:
                yield _not_there("omission", fix.printed, fix.lines, printed)
            elif fix.printed and fix.reads and not any(_within(fix.lines, part) for part in parts):
                yield f"the correction of {fix.printed!r} lies outside its lines; correct them."
        for doubt in item.doubts:
            printed = self._plain(doubt.lines)
            if doubt.printed not in printed:
                yield _not_there("doubt", doubt.printed, doubt.lines, printed)
            elif doubt.printed not in item.text.replace("\n", " "):
                yield f"the doubt is about {doubt.printed!r}, which it does not show; quote it."

    def _marks(self) -> Iterator[Fault]:
        glyphs = {bullet.glyph for bullet in self._reading.bullets} - {""}
        for bullet in self._reading.bullets:
            for line in bullet.lines:
                start = self._lines[line - 1].split(" ")[0]
                fits = start == bullet.glyph if bullet.glyph else start not in glyphs
                if not fits:
                    said = f"Line {line} starts {start!r}, not with the bullet {bullet.glyph!r}"
                    yield f"line {line}", f"{said}; correct the bullets."
        for label in self._reading.labels:
            printed = self._plain(label.lines)
            if printed != label.text:
                said = f"The lines {label.lines} read {printed!r}, not the label {label.text!r}"
                yield f"line {label.lines}", f"{said}; correct the labels."

    def _layout(self) -> Iterator[Fault]:
        declared: set[tuple[str, int]] = {
            (layout.form, line)
            for layout in self._reading.layout
            for where in layout.lines
            for line in ([where.first] if layout.form in {"space", "slash"} else _each(where))
        }
        printed = self._printed_layout()
        for form, line in sorted(declared - printed):
            said = f"Line {line} has no such layout as {form!r}; correct the layout table."
            yield f"line {line}", said
        for form, line in sorted(printed - declared):
            said = f"Line {line} has the layout {form!r}, which is not listed; list it."
            yield f"line {line}", said

    def _printed_layout(self) -> set[tuple[str, int]]:
        found: set[tuple[str, int]] = set()
        for item in self._reading.items:
            name = item.title_lines
            if name and name.last > name.first:
                found.update(("split", line) for line in _each(name))
            for line in _each(item.lines) if item.lines else ():
                text = self._lines[line - 1]
                if not text.strip():
                    found.add(("blank", line))
                if text.startswith(" "):
                    found.add(("space", line))
                if text.rstrip().endswith("/"):
                    found.add(("slash", line))
        return found

    def _claims(self) -> Iterator[Fault]:
        claims = self._claimed()
        for line, text in enumerate(self._lines, 1):
            names = claims.get(line, [])
            if not text.strip():
                continue
            if not names:
                said = f"Line {line} ({text.strip()!r}) belongs to no item, label or omission"
                yield f"line {line}", f"{said}; say what it is."
            elif len(names) > 1 and not all(picks for _, picks in names):
                ids = " and ".join(name for name, _ in names)
                said = f"Line {line} ({text.strip()!r}) belongs to {ids}"
                yield f"line {line}", f"{said}; give it to one."

    def _claimed(self) -> dict[int, list[tuple[str, bool]]]:
        found: list[tuple[str, Lines | None, bool]] = []
        for item in self._reading.items:
            picks = item.sentence is not None or item.entry is not None
            found.append((item.id, item.title_lines, False))
            found.append((item.id, item.description_lines, picks))
            found += [(item.id, fix.lines, False) for fix in item.omissions]
        labels = self._reading.labels
        found += [(f"the label {label.text!r}", label.lines, False) for label in labels]
        claims: dict[int, list[tuple[str, bool]]] = defaultdict(list)
        for name, where, picks in found:
            for line in _each(where) if where else ():
                claims[line].append((name, picks))
        return claims

    def _read(self, where: Lines, fixes: tuple[Correction, ...]) -> str:
        text = self._plain(where)
        for fix in fixes:
            if fix.printed and fix.reads and _within(fix.lines, where):
                text = text.replace(fix.printed, fix.reads, 1)
        return text

    def _plain(self, where: Lines) -> str:
        glyphs = {line: self._reading.glyph_at(line) for line in _each(where)}
        return join_lines(
            self._lines[line - 1].removeprefix(f"{glyph} " if glyph else "")
            for line, glyph in glyphs.items()
        )


def _each(where: Lines) -> range:
    return range(where.first, where.last + 1)


def _within(inner: Lines, outer: Lines) -> bool:
    return outer.first <= inner.first and inner.last <= outer.last


def _fault(item: ItemReading, said: str) -> Fault:
    return item.id, f"{item.id}: {said}"


def _not_there(name: str, words: str, where: Lines, printed: str) -> str:
    return f"the {name} names {words!r}, but the lines {where} read {printed!r}; correct it."


def _differences(derived: str, stated: str) -> Iterator[str]:
    """Yield one sentence that says which words differ, if any do."""
    if derived == stated:
        return
    ours, theirs = stated.split(" "), derived.split(" ")
    steps = SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes()
    changed = [step for step in steps if step[0] != "equal"]
    pairs = (
        f"{' '.join(theirs[a:b])!r} where the reading has {' '.join(ours[c:d])!r}"
        for _, a, b, c, d in changed
    )
    yield f"its source lines give {'; '.join(pairs)}; expected {derived!r}, found {stated!r}."
