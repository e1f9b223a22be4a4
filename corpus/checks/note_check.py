"""The check of guidance notes: sources, ids, law, age, share of our own judgement, wording."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib.resources.abc import Traversable
from itertools import pairwise

from corpus.checks.framework_check import CheckReport
from corpus.checks.orders import is_order
from corpus.checks.wording_rules import (
    MAX_WORDS,
    RUN,
    deprecated_in,
    overlaps,
    too_long,
    unresolved_opening,
    without,
    without_quotations,
)
from corpus.errors import CorpusError
from corpus.passage import Reference
from corpus.readers.asked import FILE as ASKED
from corpus.readers.asked import SUGGESTED, asked_faults, read_asked
from corpus.readers.notes import (
    OWN,
    PREFIX,
    SUFFIX,
    FrontMatter,
    Marked,
    Note,
    leans_back,
    note_files,
    read_note,
)
from corpus.structure.faults import Problem
from corpus.structure.graph import Framework
from corpus.text import split_sentences

FEWEST, MOST = 120, 350
"""Words that a note may have."""

LONGEST_REVIEW = {False: 3 * 366, True: 366}
"""Days from now within which a note is checked again; fewer where it is dated."""

OWN_SHARE = 0.15
"""Share of a note's sentences that may be our own judgement."""

PER_TERM_NOTE = "terminology"
"""Topic of the notes that may mention a deprecated term, between curly quotation marks."""

_INSTRUMENT = re.compile(
    r"\b(Conventions?|Protocols?|Directives?|Regulations?|Act|Statute|Covenant|U\.S\.C\.)(?=\W|$)"
)
_LAW = re.compile(r"\b(law|laws|legislation|statutes?)\b")
_REQUIRES = re.compile(
    r"\b(ha(?:s|ve) to|(?:an|criminal|punishable) offences?|requires?|required|requiring|must|shall"
    r"|obliges?|obliged|obligations?|prohibits?|forbids?"
    r"|criminali[sz]es?|criminali[sz]ing|offences? (?:of|under)|duty|duties|compels?|binding"
    r"|mandatory|mandates?|entitles?)\b",
    re.I,
)
_ARTICLE = re.compile(
    r"\b(Art(?:icles?|\.)|Sections?|Sect\.|s\.|Recitals?|paragraphs?|para\.|Schedule|Rule)\s*\d"
    r"|\u00a7\s*\d|\d+ U\.S\.C\. (?:\u00a7\s*)?\d",
    re.I,
)
_MARKUP = re.compile(r"^(#|[-*+] |\d+[.)] )|[*`<>|]|\[|\]|(?<!\w)_+\w|https?://|\bwww\.")
_ID = re.compile(r"(?<![\w-])[A-Z]+\d*(?:-[A-Z]*\d+)*(?![\w-])")


def check_notes(
    folder: Traversable,
    framework: Framework,
    deprecated: Mapping[str, str],
    today: date,
    others: Mapping[str, Sequence[str]],
) -> CheckReport:
    """Check all notes of a folder.

    Args:
        folder: the notes.
        framework: whose items they name.
        deprecated: wordings to avoid, each with the one to use instead.
        today: the day as of which a note may be past its review.
        others: texts of the corpus's other files by name, with which notes may share no phrase.
    """
    notes: list[Note] = []
    problems: list[Problem] = []
    files = note_files(folder)
    if not files:
        said = f"{folder} holds no note; name the folder of the notes."
        return _report((), framework, (Problem(id=folder.name, message=said),))
    problems += _strangers(folder)
    for file in files:
        try:
            note = read_note(file)
        except CorpusError as error:
            problems.append(Problem(id=file.name, message=str(error)))
            continue
        problems += _Check(note, file.name, framework, deprecated, today).problems()
        notes.append(note)
    problems += _twice(notes)
    problems += _phrases(notes, framework, others)
    problems += _unserved(notes, framework)
    problems += _asked(folder, notes)
    return _report(notes, framework, problems)


def _asked(folder: Traversable, notes: Sequence[Note]) -> Iterator[Problem]:
    try:
        asked = read_asked(folder)
    except CorpusError as error:
        yield Problem(id=ASKED, message=str(error))
        return
    yield from asked_faults(asked, {one.id for note in notes for one in note.passages})


def _strangers(folder: Traversable) -> Iterator[Problem]:
    """Name what lies among the notes and is none, so that no note is left out unseen."""
    notes = {one.name for one in note_files(folder)}
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.name not in (*notes, ASKED, SUGGESTED) and not one.name.startswith((".", "__")):
            said = f"{one.name} is no note; name it like its id with '{SUFFIX}', or take it out."
            yield Problem(id=one.name, message=said)


def _report(
    notes: Sequence[Note], framework: Framework, problems: Sequence[Problem]
) -> CheckReport:
    """Return the problems with the counts of all that could be read."""
    sentences = [one for note in notes for one in note.sentences]
    works = {(work.publisher, work.title) for note in notes for work in note.front.sources}
    tops = f"{' and '.join(kind.plural for kind in framework.top_kinds)} served"
    named = {"capabilities served": "capabilities", tops: "pillars"}
    parts = {
        "sentences with a source": sum(bool(one.marks) for one in sentences),
        "sentences of our own judgement": sum(OWN in one.marks for one in sentences),
    }
    served = {
        name: len(_served(notes, field) & _all(framework, field)) for name, field in named.items()
    }
    whole = {"notes": len(notes), "sentences": len(sentences)}
    return CheckReport(
        counts=whole | parts | {"works cited": len(works)} | served,
        totals=dict.fromkeys(parts, len(sentences))
        | {name: len(_all(framework, field)) for name, field in named.items()},
        problems=tuple(problems),
    )


def _served(notes: Sequence[Note], kind: str) -> set[str]:
    fronts = [note.front for note in notes]
    named = [one.capabilities if kind == "capabilities" else one.pillars for one in fronts]
    return {item_id for ids in named for item_id in ids}


def _all(framework: Framework, kind: str) -> set[str]:
    """Return the items that a field of the front matter may name: a kind's, or all at the top."""
    if kind == "pillars":
        return {item.id for item in framework.items if not item.parent}
    named = [one.id for one in framework.kinds if one.plural == kind]
    return {item.id for item in framework.items if item.kind in named}


def _unserved(notes: Sequence[Note], framework: Framework) -> Iterator[Problem]:
    for kind in ("capabilities", "pillars"):
        for one in sorted(_all(framework, kind) - _served(notes, kind)):
            said = f"{one} is served by no note; write one, or name it in a note's {kind}."
            yield Problem(id=one, message=said)


def _twice(notes: Sequence[Note]) -> Iterator[Problem]:
    for name, count in Counter(note.front.id for note in notes).items():
        if count > 1:
            said = f"{count} notes have the id {name!r}; rename all but one."
            yield Problem(id=f"{PREFIX}{name}", message=said)


def _phrases(
    notes: Sequence[Note], framework: Framework, others: Mapping[str, Sequence[str]]
) -> Iterator[Problem]:
    names = [framework.name, *framework.aliases, *(item.title for item in framework.items)]
    titles = [work.title for note in notes for work in note.front.sources]
    shared = [one for one in {*names, *titles} if len(one.split()) > 2]
    texts = {name: [without(piece, shared) for piece in pieces] for name, pieces in others.items()}
    for note in notes:
        pieces = [_unquoted(one, framework) for one in note.sentences]
        texts[note.front.id + SUFFIX] = [
            without(piece, shared) for piece in (*pieces, note.front.summary)
        ]
    for found in overlaps(texts):
        said = (
            f"{found.second} shares {RUN} words or more with {found.first}: "
            f"\u201c{found.words}\u201d; say it in other words in one of them."
        )
        yield Problem(id=found.second, message=said)


def _unquoted(sentence: Marked, framework: Framework) -> str:
    """Take out quotations that are marked as the framework's."""
    prefix = f"{framework.source.id}:"
    marked = any(mark.startswith(prefix) for mark in sentence.marks)
    return without_quotations(sentence.text) if marked else sentence.text


class _Check:
    """One note beside the framework that it names."""

    def __init__(
        self,
        note: Note,
        file: str,
        framework: Framework,
        deprecated: Mapping[str, str],
        today: date,
    ) -> None:
        self._note = note
        self._file = file
        self._framework = framework
        self._deprecated = deprecated
        self._today = today
        self._works = {work.id: work for work in note.front.sources}
        self._items = {item.id for item in framework.items}
        self._shapes = {_shape(self._short(one)) for one in self._items}

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong, the front matter first."""
        for said in (*self._front(), *self._size(), *self._marks(), *self._wording()):
            yield Problem(id=self._file, message=f"{self._file}: {said}")

    def _front(self) -> Iterator[str]:
        front = self._note.front
        if f"{front.id}{SUFFIX}" != self._file:
            yield f"the id {front.id!r} is not the name of its file; make them equal."
        if front.as_of > self._today:
            yield f"as_of {front.as_of} is after {self._today}; write the day of the last check."
        yield from self._dates(front)
        if front.review_by < front.as_of:
            yield f"review_by {front.review_by} is before as_of {front.as_of}; correct one."
        elif front.review_by < self._today:
            yield (
                f"it is past review since {front.review_by}, as of {self._today}; look at its "
                "sources again and set as_of and review_by."
            )
        yield from self._front_ids(front)

    def _dates(self, front: FrontMatter) -> Iterator[str]:
        """Hold the note's days against those of its sources, and against today."""
        days = sorted((work.date, work.id) for work in front.sources if work.date)
        for day, name in days:
            try:
                date.fromisoformat(f"{day}-01"[:10])
            except ValueError:
                yield f"the source {name!r} has the date {day!r}; write 2026-07-02 or 2026-07."
                return
        if front.dated and not days:
            yield "it is dated and no source of it has a date; give each that states what changes."
        for day, name in days[:1]:
            if not front.as_of.isoformat().startswith(day):
                yield f"as_of {front.as_of} is not of {day}, the date of {name!r}; correct one."
        if (front.review_by - self._today).days > (most := LONGEST_REVIEW[front.dated]):
            yield f"review_by {front.review_by} is more than {most} days away; set an earlier day."

    def _front_ids(self, front: FrontMatter) -> Iterator[str]:
        for name, ids in (("capabilities", front.capabilities), ("pillars", front.pillars)):
            for one in ids:
                if one not in _all(self._framework, name):
                    yield f"{name} names {one!r}, {self._misnamed(one, name)}"
        for one, count in Counter(work.id for work in front.sources).items():
            if count > 1:
                yield f"{count} sources have the id {one!r}; rename all but one."
        yield from self._seen(front)

    def _misnamed(self, one: str, name: str) -> str:
        """Say what is wrong with an id that a field of the front matter may not name."""
        prefix = f"{self._framework.source.id}:"
        if one in self._items:
            return f"which is an item of the framework but not among its {name}; take it out."
        if f"{prefix}{one}" in self._items:
            return f"which lacks its source; write {prefix}{one}."
        return "which is none of the framework's; correct the id."

    def _seen(self, front: FrontMatter) -> Iterator[str]:
        """Hold what is said of a source against how it was read."""
        for work in front.sources:
            if work.seen == "copy" and work.url:
                yield (
                    f"the source {work.id!r} was read in a copy and has an address; leave 'url' "
                    "empty, or read the publisher's own page and set 'seen' to primary."
                )
        unseen = [work.id for work in front.sources if work.seen != "primary"]
        if unseen and front.confidence == "high":
            yield (
                f"the confidence is high, but {', '.join(unseen)} was not read at its publisher's; "
                "lower it to medium."
            )

    def _size(self) -> Iterator[str]:
        note = self._note
        if not FEWEST <= note.words <= MOST:
            yield f"it has {note.words} words; a note has {FEWEST} to {MOST}."
        own = sum(OWN in one.marks for one in note.sentences)
        if own > OWN_SHARE * len(note.sentences):
            yield (
                f"{own} of its {len(note.sentences)} sentences are our own judgement; at most "
                f"{OWN_SHARE:.0%} may be."
            )

    def _marks(self) -> Iterator[str]:
        for one in self._note.sentences:
            where = f"the sentence {_start(one.text)}"
            yield from (f"{where} {said}" for said in self._sources_of(one))
        used = {mark for one in self._note.sentences for mark in one.marks}
        for work in self._note.front.sources:
            if work.id not in used:
                yield f"the source {work.id!r} is used by no sentence; mark one, or leave it out."

    def _sources_of(self, sentence: Marked) -> Iterator[str]:
        if not sentence.marks or len(split_sentences(sentence.text)) != 1:
            yield "does not end with the mark of its own source; give it one."
        for mark in sentence.marks:
            if mark not in self._works and mark not in self._items and mark != OWN:
                framed = mark.startswith(f"{self._framework.source.id}:")
                said = "is not in the framework" if framed else "names no source of the note"
                yield f"is marked {mark!r}, which {said}; correct the mark."
        if self._lacks_article(sentence):
            yield (
                "says what a law requires, but no source of it has an article or section as "
                "locator; give one."
            )
        for name in self._unknown_ids(sentence.text):
            yield f"names {name}, which is not in the framework; correct the id."

    def _lacks_article(self, sentence: Marked) -> bool:
        if all(mark in self._items for mark in sentence.marks):
            # What the framework asks for is no law, whatever words it uses.
            return False
        works = [self._works[mark] for mark in sentence.marks if mark in self._works]
        if not _REQUIRES.search(sentence.text) or not _is_of_law(sentence, works):
            return False
        return not any(_ARTICLE.search(work.locator) for work in works)

    def _unknown_ids(self, text: str) -> Iterator[str]:
        prefix = f"{self._framework.source.id}:"
        for found in _ID.findall(text):
            if _shape(found) in self._shapes and f"{prefix}{found}" not in self._items:
                yield found

    def _short(self, item_id: str) -> str:
        return item_id.removeprefix(f"{self._framework.source.id}:")

    def _wording(self) -> Iterator[str]:
        front = self._note.front
        seconds = {
            one
            for section in self._note.sections
            for paragraph in section.paragraphs
            for before, one in pairwise(paragraph)
            if leans_back(one.text) and not leans_back(before.text)
        }
        for one in self._note.sentences:
            where = f"the sentence {_start(one.text)}"
            if words := too_long(one.text):
                yield f"{where} has {words} words; write at most {MAX_WORDS}."
            if one not in seconds and (word := unresolved_opening(one.text)):
                yield f"{where} opens with {word!r}, which nothing in it explains; name the thing."
            if is_order(one.text):
                yield f"{where} gives an order to a machine; say what a source says."
            if _MARKUP.search(one.text):
                yield f"{where} holds Markdown; write plain sentences under '## ' headings."
        for text in (front.title, front.summary, *(one.text for one in self._note.sentences)):
            for wording, preferred in deprecated_in(self._own_words(text), self._deprecated):
                yield (
                    f"the sentence {_start(text)} uses the deprecated {wording!r}; write "
                    f"{preferred!r}."
                )

    def _own_words(self, text: str) -> str:
        """Take out titles of sources, and in a note on terminology what is quoted."""
        text = without(text, (work.title for work in self._note.front.sources))
        mentions = PER_TERM_NOTE in self._note.front.topics
        return without_quotations(text) if mentions else text


def _is_of_law(sentence: Marked, works: Sequence[Reference]) -> bool:
    """Tell whether a sentence speaks of an instrument, or of law on the strength of a work."""
    if _INSTRUMENT.search(sentence.text):
        return True
    titled = any(_INSTRUMENT.search(work.title) for work in works)
    # A judgement of ours about the law is a claim of law all the same.
    return titled or bool(_LAW.search(sentence.text))


def _shape(name: str) -> str:
    """Return an id with its numbers hidden, to tell a dead id from any other abbreviation.

    >>> _shape("P3-O14"), _shape("GC25")
    ('P#-O#', 'GC#')
    """
    return re.sub(r"\d+", "#", name)


def _start(text: str) -> str:
    words = text.split()
    return f"\u201c{' '.join(words[:8])}{' …' if len(words) > 8 else ''}\u201d"
