"""The check of a framework folder: each statement derived again from its source lines.

Lines are joined, bullets left out, the listed corrections applied, and nothing else is done.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import NamedTuple, Self

from corpus.editions.difference import changed_words
from corpus.errors import CorpusError
from corpus.passage import Correction, Fault, Lines, Problem, Record
from corpus.readers import page
from corpus.readers.page import ItemReading, Reading
from corpus.text import join_lines

_JOINTS = (", and ", ", ", " and ", "; ")
"""What stands between two items that share lines; behind a sentence it is a space."""


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
    def of(cls, name: str, check: Callable[[], Self]) -> Self:
        """Return what a check finds; if a file cannot be read at all, that is the one problem."""
        try:
            return check()
        except CorpusError as error:
            return cls(problems=(Problem(name, str(error)),))


def check_framework(folder: Traversable) -> CheckReport:
    """Check a framework folder against its own source text."""
    return CheckReport.of(page.READING_FILE, lambda: _check(folder))


def _check(folder: Traversable) -> CheckReport:
    reading = page.load_reading(folder)
    lines, found = page.load_lines(folder, reading.file)
    kinds = Counter(item.kind for item in reading.items)
    faults = list[Fault]()
    if found != reading.source.sha256:
        said = f"{reading.file} has the SHA-256 {found}, not the pinned {reading.source.sha256}"
        faults.append((reading.file, f"{said}; restore it, or renew reading and hash."))
    claims = [*_claims(reading)]
    beyond = [
        (name, f"{name} names the lines {where}, but the text has {len(lines)}; correct them.")
        for name, where in _all_lines(reading, claims)
        if where.last > len(lines) or where.first < 1
    ]
    derived = beyond or _Check(reading, lines, claims).faults()
    counts = {kind.plural: kinds[kind.id] for kind in reading.kinds}
    faults += (*page.faults_of(reading), *derived)
    return CheckReport.model_validate({"counts": counts, "problems": faults})


class _Claim(NamedTuple):
    """What some lines are to read, once the fixes are applied to them."""

    owner: str
    where: Lines
    text: str
    fixes: tuple[Correction, ...] = ()
    entry: int | None = None
    """Which place it has among those that share lines; none where it has its lines for itself."""


def _claims(reading: Reading) -> Iterator[_Claim]:
    for item in reading.items:
        fixes, about = item.corrections, item.description_lines
        if item.title_lines:
            yield _Claim(item.id, item.title_lines, item.title, fixes)
        if about:
            yield _Claim(item.id, about, item.description, fixes, item.entry)
        yield from (_Claim(item.id, fix.lines, fix.printed) for fix in item.omissions)
    for label in reading.labels:
        yield _Claim(f"the label {label.text!r}", label.lines, label.text)


def _all_lines(reading: Reading, claims: Iterable[_Claim]) -> Iterator[tuple[str, Lines]]:
    yield from ((claim.owner, claim.where) for claim in claims)
    for item in reading.items:
        changed = [*(fix.lines for fix in item.corrections), *(one.lines for one in item.doubts)]
        yield from ((item.id, where) for where in changed)
    for line in (line for bullet in reading.bullets for line in bullet.lines):
        yield "bullets", Lines(first=line, last=line)


@dataclass(frozen=True)
class _Check:
    """One reading beside its source lines, all line numbers within the text."""

    reading: Reading
    lines: tuple[str, ...]
    claims: list[_Claim]

    def faults(self) -> Iterator[Fault]:
        """Yield what differs from the source, item by item, then line by line."""
        for item in self.reading.items:
            yield from ((item.id, f"{item.id}: {said}") for said in self._changes(item))
        owners = defaultdict[int, list[str]](list)
        for where, claims in self._blocks():
            fixes = dict.fromkeys(fix for claim in claims for fix in claim.fixes)
            for owner, said in _differences(self._read(where, fixes), where, claims):
                yield owner, f"{owner}: {said}"
            for line in _each(where):
                owners[line].append(claims[0].owner)
        for line, text in enumerate(self.lines, 1):
            if text.strip() and len(owners[line]) != 1:
                ids = f"{' and '.join(owners[line])}; give it to one."
                said = ids if owners[line] else "no item, label or omission; say what it is."
                yield f"line {line}", f"Line {line} ({text.strip()!r}) belongs to {said}"
        yield from self._bullets()

    def _blocks(self) -> list[tuple[Lines, list[_Claim]]]:
        """Return lines with the claims on them, of which only entries share their lines."""
        blocks: list[tuple[Lines, list[_Claim]]] = []
        for claim in sorted(self.claims, key=lambda claim: claim.where.first):
            where, claims = blocks[-1] if blocks else (claim.where, [])
            if claim.entry and claims and claims[-1].entry and claim.where.first <= where.last:
                where = Lines(first=where.first, last=max(where.last, claim.where.last))
                blocks[-1] = where, [*claims, claim]
            else:
                blocks.append((claim.where, [claim]))
        return blocks

    def _changes(self, item: ItemReading) -> Iterator[str]:
        restored = [fix.reads for fix in item.corrections if not fix.printed]
        if item.title and not item.title_lines and restored != [item.title]:
            said = f"the title {item.title!r} has no lines, and no correction restores it; "
            yield f"{said}add title_lines, or a correction with nothing printed that reads so."
        parts = [part for part in (item.title_lines, item.description_lines) if part]
        for fix in (fix for fix in item.corrections if fix.printed):
            printed = self._plain(fix.lines)
            if printed.count(fix.printed) != 1:
                yield _not_there("correction", fix.printed, fix.lines, printed)
            elif fix.reads and True not in (_within(fix.lines, part) for part in parts):
                yield f"the correction of {fix.printed!r} lies outside its lines; correct them."
        for doubt in item.doubts:
            printed = self._plain(doubt.lines)
            if doubt.printed not in printed:
                yield _not_there("doubt", doubt.printed, doubt.lines, printed)
            elif doubt.printed not in item.text.replace("\n", " "):
                yield f"the doubt is about {doubt.printed!r}, which it does not show; quote it."

    def _bullets(self) -> Iterator[Fault]:
        glyphs = {bullet.glyph for bullet in self.reading.bullets} - {""}
        for bullet in self.reading.bullets:
            for line in bullet.lines:
                start = self.lines[line - 1].split(" ")[0]
                if start != bullet.glyph if bullet.glyph else start in glyphs:
                    said = f"Line {line} starts {start!r}, not with the bullet {bullet.glyph!r}"
                    yield f"line {line}", f"{said}; correct the bullets."

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


def _each(where: Lines) -> range:
    return range(where.first, where.last + 1)


def _within(inner: Lines, outer: Lines) -> bool:
    return outer.first <= inner.first and inner.last <= outer.last


def _not_there(name: str, words: str, where: Lines, printed: str) -> str:
    return f"the {name} names {words!r}, but the lines {where} read {printed!r}; correct it."


def _differences(text: str, where: Lines, claims: Sequence[_Claim]) -> Iterator[tuple[str, str]]:
    """Say in what lines differ from what claims them: one text, or entries one behind the other."""
    (owner, _, stated, _, entry), *_ = claims
    if entry is None:
        if text != stated:
            pairs = changed_words(text, stated, around=1)
            said = "; ".join(f"{theirs!r} where the reading has {ours!r}" for theirs, ours in pairs)
            yield owner, f"its source lines give {said}; expected {text!r}, found {stated!r}."
        return
    left = text
    for place, claim in enumerate(claims, 1):
        if claim.entry != place:
            yield claim.owner, f"it is entry {place} of the lines {where}; number it so."
        is_after_sentence = place > 1 and claims[place - 2].text.endswith(".")
        between = " " if is_after_sentence and left.startswith(" ") else ""
        if place > 1 and not between:
            between = next((joint for joint in _JOINTS if left.startswith(joint)), "")
        left = left.removeprefix(between)
        if (place > 1 and not between) or not left.startswith(claim.text):
            said = f"entry {place} reads {claim.text!r}, but the lines {where} go on {left!r}"
            yield claim.owner, f"{said}; quote the entry as it stands there."
            return
        left = left[len(claim.text) :]
    if left:
        yield claims[-1].owner, f"the lines {where} go on {left.strip()!r}; add the entry."
