"""Citations made from passages: the words, where they stand, and what is doubted about them."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.records import Citation, Relation, Statement
from corpus.passage import Corpus, Doubt, Passage, Source, Span
from corpus.structure.graph import Framework, Item


def cite(passage: Passage, span: Span | None = None, source: Source | None = None) -> Citation:
    """Cite a span of a passage, or the whole of it; doubts of low confidence are left out.

    It is the framework's unless its source is given, of whose references those are kept that the
    cited sentences rest on.
    """
    span = span or Span(start=passage.sentences[0].start, end=passage.sentences[-1].end)
    pairs = zip(passage.sentences, passage.grounds, strict=False)
    within = [own for one, own in pairs if one.start < span.end and span.start < one.end]
    grounds = tuple(dict.fromkeys(ground for own in within for ground in own))
    return Citation(
        passage_id=passage.id,
        source_id=passage.source_id,
        start=span.start,
        end=span.end,
        quote=span.of(passage.text),
        locator=passage.locator,
        tier=source.tier if source else "framework",
        lines=passage.lines,
        printed=passage.printed,
        doubts=tuple(_doubt(doubt) for doubt in passage.doubts if doubt.confidence != "low"),
        grounds=grounds,
        references=tuple(one for one in source.references if one.id in grounds) if source else (),
    )


def cite_from(corpus: Corpus, passage_id: str, span: Span | None = None) -> Citation:
    """Cite a passage of a corpus as one of its source."""
    passage = corpus.passage(passage_id)
    return cite(passage, span, corpus.source_by_id[passage.source_id])


def _doubt(doubt: Doubt) -> str:
    meant = f"; probably meant “{doubt.suspected}”" if doubt.suspected else ", kept as it stands"
    return f"Printed “{doubt.printed}”{meant}: {doubt.basis}"


@dataclass(frozen=True)
class Quoting:
    """Turns items of a framework into statements that quote them."""

    framework: Framework

    def title(self, item: Item) -> Citation:
        """Cite an item's title."""
        passage = self.framework.passage_by_id[item.id]
        return cite(passage, Span(start=0, end=len(item.title)))

    def words(self, item: Item) -> Citation:
        """Cite an item's own words: its description, or its title where it has none."""
        passage = self.framework.passage_by_id[item.id]
        if item.title and item.description:
            return cite(passage, Span(start=len(item.title) + 1, end=len(passage.text)))
        return cite(passage)

    def statement(self, item: Item, section: str = "", relation: Relation = "related") -> Statement:
        """Quote an item under a heading that names it."""
        return self.joined([self.words(item)], section, relation)

    def entry(self, item: Item, section: str = "", relation: Relation = "related") -> Statement:
        """Quote an item with its title, so that it can stand in a list: `Title: description`."""
        quotes = [self.words(item)]
        if item.title and item.description:
            quotes.insert(0, self.title(item))
        return self.joined(quotes, section, relation)

    def joined(
        self, citations: Sequence[Citation], section: str = "", relation: Relation = "related"
    ) -> Statement:
        """Make a statement of verbatim quotes: the first, a colon, the others with semicolons."""
        return Statement(
            text=quoted([citation.quote for citation in citations]),
            kind="framework",
            citations=tuple(citations),
            section=section,
            relation=relation,
        )


def quoted(quotes: Sequence[str]) -> str:
    """Return quotes as one text: `first`, or `first: second; third`."""
    first, *others = quotes
    return f"{first}: {'; '.join(others)}" if others else first


def note(text: str, citations: Sequence[Citation] = (), section: str = "") -> Statement:
    """Make a sentence of Signpost's own about the structure."""
    return Statement(text=text, kind="note", citations=tuple(citations), section=section)


def told(text: str, citations: Sequence[Citation] = ()) -> Statement:
    """Make the same, as what follows from what is checked already, and needs no verdict."""
    return note(text, citations).model_copy(update={"verdict": "structural"})
