"""The check of a framework folder: each statement derived again from its source lines.

Lines are joined, bullets left out, the listed corrections applied, and nothing else is done.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib.resources.abc import Traversable
from typing import Self

from corpus.errors import CorpusError
from corpus.passage import Correction, Fault, Lines, Problem, Record, problems_of
from corpus.readers import page
from corpus.readers.page import ItemReading, Reading
from corpus.text import join_lines, split_sentences


class CheckReport(Record):
    """What a check found."""

    counts: dict[str, int] = {}
    """How many there are of each thing, by its plural."""

    totals: dict[str, int] = {}
    """Of how many, for those counts that are a part of a whole."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    """What somebody should see to, although nothing is wrong."""

    @classmethod
    def refused(cls, name: str, error: CorpusError) -> Self:
        """Return the report on what cannot be read at all."""
        return cls(problems=(Problem(id=name, message=str(error)),))


def check_framework(folder: Traversable) -> CheckReport:
    """Check a framework folder against its own source text."""
    try:
        reading = page.load_reading(folder)
        lines, found = page.load_lines(folder, reading.file)
    except CorpusError as error:
        return CheckReport.refused(page.READING_FILE, error)
    kinds = Counter(item.kind for item in reading.items)
    faults = list[Fault]()
    if found != reading.source.sha256:
        said = f"{reading.file} has the SHA-256 {found}, not the pinned {reading.source.sha256}"
        faults.append((reading.file, f"{said}; restore it, or renew reading and hash."))
    beyond = [
        (name, f"{name} names the lines {where}, but the text has {len(lines)}; correct them.")
        for name, where in _all_lines(reading)
        if where.last > len(lines) or where.first < 1
    ]
    derived = problems_of(beyond or _Check(reading, lines).faults())
    return CheckReport(
        counts={kind.plural: kinds[kind.id] for kind in reading.kinds},
        problems=(*problems_of(faults), *page.faults_of(reading), *derived),
    )


def _all_lines(reading: Reading) -> Iterator[tuple[str, Lines]]:
    for item in reading.items:
        changes = [fix.lines for fix in item.corrections]
        changes += [doubt.lines for doubt in item.doubts]
        named = (item.title_lines, item.description_lines, *changes)
        yield from ((item.id, where) for where in named if where)
    for line in (line for bullet in reading.bullets for line in bullet.lines):
        yield "bullets", Lines(first=line, last=line)
    yield from (("layout", where) for layout in reading.layout for where in layout.lines)
    yield from (("labels", label.lines) for label in reading.labels)


@dataclass(frozen=True)
class _Check:
    """One reading beside its source lines, all line numbers within the text."""

    reading: Reading
    lines: tuple[str, ...]

    def faults(self) -> Iterator[Fault]:
        """Yield what differs from the source, item by item, then line by line."""
        for item in self.reading.items:
            for said in (*self._title(item), *self._description(item), *self._changes(item)):
                yield _fault(item, said)
        parts = (self._entries, self._sentences, self._marks, self._layout, self._claims)
        yield from (fault for part in parts for fault in part())

    def _title(self, item: ItemReading) -> Iterator[str]:
        if item.title_lines:
            yield from _differences(self._read(item.title_lines, item.corrections), item.title)
        elif item.title:
            restored = [fix.reads for fix in item.corrections if not fix.printed]
            if restored != [item.title]:
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

    def _changes(self, item: ItemReading) -> Iterator[str]:
        parts = [part for part in (item.title_lines, item.description_lines) if part]
        for fix in (fix for fix in item.corrections if fix.printed):
            printed = self._plain(fix.lines)
            if printed.count(fix.printed) != 1:
                yield _not_there("correction", fix.printed, fix.lines, printed)
            elif not fix.reads and printed != fix.printed:
                yield _not_there("omission", fix.printed, fix.lines, printed)
            elif fix.reads and True not in (_within(fix.lines, part) for part in parts):
                yield f"the correction of {fix.printed!r} lies outside its lines; correct them."
        for doubt in item.doubts:
            printed = self._plain(doubt.lines)
            if doubt.printed not in printed:
                yield _not_there("doubt", doubt.printed, doubt.lines, printed)
            elif doubt.printed not in item.text.replace("\n", " "):
                yield f"the doubt is about {doubt.printed!r}, which it does not show; quote it."

    def _entries(self) -> Iterator[Fault]:
        blocks: dict[Lines, list[ItemReading]] = defaultdict(list)
        for item in self.reading.items:
            if item.description_lines and item.entry is not None:
                blocks[item.description_lines].append(item)
        for where, entries in blocks.items():
            fixes = dict.fromkeys(fix for item in entries for fix in item.corrections)
            left = self._read(where, fixes)
            for place, item in enumerate(entries, 1):
                if item.entry != place:
                    yield _fault(item, f"it is entry {place} of the lines {where}; number it so.")
                joints = (", and ", ", ", " and ", "; ")
                parts = (between for between in joints if left.startswith(between))
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
        picks = [item for item in self.reading.items if item.sentence is not None]
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

    def _marks(self) -> Iterator[Fault]:
        glyphs = {bullet.glyph for bullet in self.reading.bullets} - {""}
        for bullet in self.reading.bullets:
            for line in bullet.lines:
                start = self.lines[line - 1].split(" ")[0]
                if start != bullet.glyph if bullet.glyph else start in glyphs:
                    said = f"Line {line} starts {start!r}, not with the bullet {bullet.glyph!r}"
                    yield f"line {line}", f"{said}; correct the bullets."
        for label in self.reading.labels:
            printed = self._plain(label.lines)
            if printed != label.text:
                said = f"The lines {label.lines} read {printed!r}, not the label {label.text!r}"
                yield f"line {label.lines}", f"{said}; correct the labels."

    def _layout(self) -> Iterator[Fault]:
        declared: set[tuple[str, int]] = {
            (layout.form, line)
            for layout in self.reading.layout
            for where in layout.lines
            for line in ([where.first] if layout.form in {"space", "slash"} else _each(where))
        }
        printed = set[tuple[str, int]]()
        for item in self.reading.items:
            if (name := item.title_lines) and name.last > name.first:
                printed.update(("split", line) for line in _each(name))
            for line in _each(item.lines):
                text = self.lines[line - 1]
                shown = {
                    "blank": not text.strip(),
                    "space": text.startswith(" "),
                    "slash": text.rstrip().endswith("/"),
                }
                printed.update((form, line) for form in shown if shown[form])
        for form, line in sorted(declared - printed):
            said = f"Line {line} has no such layout as {form!r}; correct the layout table."
            yield f"line {line}", said
        for form, line in sorted(printed - declared):
            said = f"Line {line} has the layout {form!r}, which is not listed; list it."
            yield f"line {line}", said

    def _claims(self) -> Iterator[Fault]:
        claims = defaultdict[int, list[tuple[str, bool]]](list)
        for name, where, picks in self._claimed():
            for line in _each(where):
                claims[line].append((name, picks))
        for line, text in enumerate(self.lines, 1):
            if not text.strip():
                continue
            said, names = f"Line {line} ({text.strip()!r}) belongs to", claims[line]
            if not names:
                yield f"line {line}", f"{said} no item, label or omission; say what it is."
            elif len(names) > 1 and not all(picks for _, picks in names):
                ids = " and ".join(name for name, _ in names)
                yield f"line {line}", f"{said} {ids}; give it to one."

    def _claimed(self) -> Iterator[tuple[str, Lines | None, bool]]:
        """Yield whose lines are which, and whether only a part of them is."""
        for item in self.reading.items:
            picks = item.sentence is not None or item.entry is not None
            yield item.id, item.title_lines, False
            yield item.id, item.description_lines, picks
            yield from ((item.id, fix.lines, False) for fix in item.omissions)
        for label in self.reading.labels:
            yield f"the label {label.text!r}", label.lines, False

    def _read(self, where: Lines, fixes: Iterable[Correction]) -> str:
        text = self._plain(where)
        for fix in fixes:
            if fix.printed and fix.reads and _within(fix.lines, where):
                text = text.replace(fix.printed, fix.reads, 1)
        return text

    def _plain(self, where: Lines) -> str:
        bullets = reversed(self.reading.bullets)
        glyphs = {line: bullet.glyph for bullet in bullets for line in bullet.lines}
        return join_lines(
            self.lines[line - 1].removeprefix(f"{glyphs[line]} " if glyphs.get(line) else "")
            for line in _each(where)
        )


def _each(where: Lines | None) -> range:
    return range(where.first, where.last + 1) if where else range(0)


def _within(inner: Lines, outer: Lines) -> bool:
    return outer.first <= inner.first and inner.last <= outer.last


def _fault(item: ItemReading, said: str) -> Fault:
    return item.id, f"{item.id}: {said}"


def _not_there(name: str, words: str, where: Lines, printed: str) -> str:
    return f"the {name} names {words!r}, but the lines {where} read {printed!r}; correct it."


def _differences(derived: str, stated: str) -> Iterator[str]:
    ours, theirs = stated.split(" "), derived.split(" ")
    pairs = [
        f"{' '.join(theirs[a:b])!r} where the reading has {' '.join(ours[c:d])!r}"
        for step, a, b, c, d in SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes()
        if step != "equal"
    ]
    if pairs:
        yield f"its source lines give {'; '.join(pairs)}; expected {derived!r}, found {stated!r}."
