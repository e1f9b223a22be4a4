"""What stands under an answer: numbered footnotes, and the published works that they rest on."""

from collections.abc import Iterable, Sequence
from operator import attrgetter, itemgetter
from typing import Self

from assistant.records import Citation
from corpus.errors import CorpusError
from corpus.passage import Corpus, Passage, Record, Source, Span
from corpus.readers.documents.section import pages_of
from corpus.readers.notes import OWN
from ui.words import phrases
from ui.words.phrases import KEPT, clean, grouped, marks, origin, say, seen_as

SAME_WORK = attrgetter("publisher", "title", "year", "url", "seen")
"""What a published work is told from others by, wherever in it is cited."""


class Place(Record):
    """A place in a work, or something beside works, with the footnotes that rest on it.

    Its name is an article, a page; empty for a work as a whole.
    """

    name: str
    numbers: tuple[int, ...]

    @property
    def marked(self) -> str:
        """Its name with the numbers behind it, kept together: `Article 23 [2–5]`."""
        return f"{self.name}{KEPT}{marks(self.numbers)}"


class Work(Record):
    """A published work, named once, with the places in it that footnotes rest on."""

    title: str
    publisher: str
    url: str
    """The publisher's own page; empty if only a copy was seen."""

    after: str
    """Year and how it was read, as they follow the title: `, 2007 (from a copy)`."""

    places: tuple[Place, ...]

    @property
    def named(self) -> str:
        """Publisher, title, and year: `Council of Europe, Lanzarote Convention, 2007`."""
        return ", ".join(filter(None, (self.publisher, self.title))) + self.after

    @property
    def marked(self) -> str:
        """Its places with their numbers, as they follow title and year."""
        if [place.name for place in self.places] == [""]:
            return self.places[0].marked
        whole = say("footnote.whole")
        told = (one.marked if one.name else f"{whole}{one.marked}" for one in self.places)
        return f": {'; '.join(told)}"

    @property
    def locators(self) -> str:
        """Its places without numbers, as they follow title and year."""
        named = [place.name for place in self.places if place.name]
        return f": {'; '.join(named)}" if named else ""


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
    others: tuple[Place, ...]

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
        others = _places((name, one.number) for one in own for name in one.others)
        entries, works = tuple(map(tuple, by_place.values())), works_of(own)
        listed.append(Listed(source=source, entries=entries, works=works, others=others))
    return tuple(listed)


def works_of(footnotes: Iterable[Footnote]) -> tuple[Work, ...]:
    """Return the published works under footnotes, each once, with its places and their numbers."""
    cited = ((note.number, work) for note in footnotes for work in note.citation.references)
    same = grouped(cited, lambda pair: SAME_WORK(pair[1]))
    return tuple(
        Work(
            title=clean(one.title),
            publisher=clean(one.publisher),
            url=one.url,
            after=("" if one.year is None else f", {one.year}")
            + (f" ({told})" if (told := seen_as(one.seen)) else ""),
            places=_places((clean(work.locator), number) for number, work in alike),
        )
        for one, alike in ((own[0][1], own) for own in same.values())
    )


def _places(numbered: Iterable[tuple[str, int]]) -> tuple[Place, ...]:
    by_name = grouped(numbered, itemgetter(0)).items()
    return tuple(
        Place(name=name, numbers=tuple(sorted({n for _, n in own}))) for name, own in by_name
    )


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
