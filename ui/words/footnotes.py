"""What stands under an answer: numbered footnotes, and the published works that they rest on."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Self

from assistant.records import Citation
from corpus.errors import CorpusError
from corpus.passage import Corpus, Passage, Record, Reference, Source, Span
from corpus.readers.documents.section import pages_of
from corpus.readers.notes import OWN
from ui.words import phrases
from ui.words.phrases import KEPT, clean, grouped, marks, origin, say, seen_as

SAME_WORK = attrgetter("publisher", "title", "year", "url", "seen")
"""What a published work is told from others by, wherever in it is cited."""


class Work(Record):
    """A published work, named once, with the places in it that footnotes rest on."""

    reference: Reference
    places: Mapping[str, str]
    """An article or a page, empty for the whole, and the numbers of its footnotes: `[2–5]`."""

    @property
    def after(self) -> str:
        """Year and how it was read, as they follow the title: `, 2007 (from a copy)`."""
        year = "" if self.reference.year is None else f", {self.reference.year}"
        told = seen_as(self.reference.seen)
        return f"{year} ({told})" if told else year

    @property
    def named(self) -> str:
        """Publisher, title, and year: `Council of Europe, Lanzarote Convention, 2007`."""
        parts = map(clean, (self.reference.publisher, self.reference.title))
        return ", ".join(filter(None, parts)) + self.after

    @property
    def marked(self) -> str:
        """Its places with their numbers, as they follow title and year."""
        if list(self.places) == [""]:
            return f"{KEPT}{self.places['']}"
        whole = say("footnote.whole")
        told = (f"{name or whole}{KEPT}{numbers}" for name, numbers in self.places.items())
        return f": {'; '.join(told)}"

    @property
    def locators(self) -> str:
        """Its places without numbers, as they follow title and year."""
        named = "; ".join(filter(None, self.places))
        return f": {named}" if named else ""


class Footnote(Record):
    """One cited place, under the number that the reader sees."""

    number: int
    """From 1, in order of first mention."""

    citation: Citation
    passage: Passage
    source: Source
    others: tuple[str, ...] = ()
    """What they rest on beside published works: `Framework: C12 Victim identity protection`."""

    past_review: bool = False
    """Whether a statement that cites it is past review."""

    @classmethod
    def of(
        cls, citation: Citation, corpus: Corpus, *, number: int, past_review: bool = False
    ) -> Self:
        """Find passage and source of a citation; `CorpusError` if its words are not there."""
        passage = corpus.passage(citation.passage_id)
        if Span(start=citation.start, end=citation.end).of(passage.text) != citation.quote:
            raise CorpusError(
                f"A quote is not at its place in {passage.id}; ask the question again."
            )
        works = {one.id for one in citation.references}
        others = (_named(one, corpus) for one in citation.grounds if one not in works)
        return cls(
            number=number,
            citation=citation,
            passage=passage,
            source=corpus.source_by_id[passage.source_id],
            others=tuple(dict.fromkeys(others)),
            past_review=past_review,
        )

    @property
    def as_of(self) -> str:
        """Day for which the works that it rests on speak, or of the last check of its source."""
        days = (work.date for work in self.citation.references)
        return max(days, default="") or self.source.checked

    @property
    def where(self) -> str:
        """Where in its source it stands: `lines 145-147`."""
        lines = self.citation.lines or self.passage.lines
        if lines is None:
            return clean(self.citation.locator)
        noun = "line" if lines.first == lines.last else "lines"
        return say(f"footnote.{noun}", **{noun: lines})

    @property
    def pages(self) -> range:
        """Pages that its passage stands on; none where its source is no document with pages."""
        return pages_of(self.passage.locator) if self.source.tier == "document" else range(0)

    @property
    def path(self) -> str:
        """Headings above it, but for those that title and place repeat."""
        repeated = clean(self.source.title)
        parts = map(clean, self.passage.heading_path)
        kept = (one for one in parts if one != repeated and f"“{one}”" not in self.where)
        return " > ".join(kept)

    @property
    def works(self) -> tuple[Work, ...]:
        """The published works under it."""
        return works_of([self])

    @property
    def origin(self) -> str:
        """Whose it is, and where it stands there."""
        return f"{origin(self.source)}, {self.where}"

    @property
    def place(self) -> str:
        """Where a reader finds it: place, then headings."""
        return "; ".join(filter(None, (self.where, self.path)))


class Listed(Record):
    """One source with all that an answer cites from it."""

    source: Source
    entries: tuple[tuple[Footnote, ...], ...]
    """Its footnotes; those of one section of a note together."""

    works: tuple[Work, ...]
    others: tuple[str, ...]
    """What they rest on beside works, with their numbers: `Signpost's own judgement [3]`."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of all that is cited from it."""
        return tuple(one.number for entry in self.entries for one in entry)

    @property
    def places(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Its places with their numbers; lines of the framework page are not told one by one."""
        if self.source.tier == "framework":
            return (("", self.numbers),)
        return tuple((one[0].place, tuple(two.number for two in one)) for one in self.entries)

    @property
    def named(self) -> str:
        """What it is, as a reader would cite it, and how sure it is."""
        return f"{phrases.publication(self.source)}. {phrases.standing(self.source)}"


def list_sources(footnotes: Sequence[Footnote]) -> tuple[Listed, ...]:
    """List footnotes by source, in order of first mention."""
    listed = []
    for source, own in grouped(footnotes, lambda one: one.source).items():
        # Lines of the framework page are told apart one by one; sentences of a section are not.
        key = "number" if source.tier == "framework" else "passage.id"
        by_place = grouped(own, attrgetter(key))
        beside = _marked((name, one.number) for one in own for name in one.others)
        others = tuple(f"{name}{KEPT}{numbers}" for name, numbers in beside.items())
        entries, works = tuple(map(tuple, by_place.values())), works_of(own)
        listed.append(Listed(source=source, entries=entries, works=works, others=others))
    return tuple(listed)


def works_of(footnotes: Iterable[Footnote]) -> tuple[Work, ...]:
    """Return the published works under footnotes, each once, with its places and their numbers."""
    cited = ((note.number, work) for note in footnotes for work in note.citation.references)
    same = grouped(cited, lambda pair: SAME_WORK(pair[1])).values()
    return tuple(
        Work(reference=own[0][1], places=_marked((clean(work.locator), n) for n, work in own))
        for own in same
    )


def _marked(numbered: Iterable[tuple[str, int]]) -> dict[str, str]:
    """Return each name once with all its numbers, as they stand behind words."""
    by_name = grouped(numbered, itemgetter(0)).items()
    return {name: marks(number for _, number in own) for name, own in by_name}


def _named(ground: str, corpus: Corpus) -> str:
    """Name a ground that is no published work.

    An id that this edition does not have is shown as it is, rather than hidden.
    """
    if ground == OWN:
        return say("footnote.own_judgement")
    passage = corpus.by_id.get(ground)
    if passage is None:
        return clean(ground)
    source = corpus.source_by_id[passage.source_id]
    title = clean(passage.text.split("\n")[0])
    if source.tier == "framework":
        return say("footnote.framework", id=ground.rpartition(":")[2], title=title)
    return origin(source)
