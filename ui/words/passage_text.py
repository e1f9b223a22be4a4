"""Passages for the terminal: words, place, source, what they rest on, what rests on them."""

from collections.abc import Iterator, Sequence
from datetime import date

from corpus.passage import Correction, Doubt, Passage, Reference, Source
from corpus.readers.notes import OWN
from corpus.whole import Backlinks, Whole

READ = {
    "primary": "the publisher's own text was read",
    "copy": "a copy was read",
    "secondary": "known from somebody's account",
}


def passages_as_text(whole: Whole, passages: Sequence[Passage], today: date) -> str:
    """Return passages of one source as text, the source once at the end."""
    blocks = ["\n".join(_passage(whole, passage)) for passage in passages]
    source = whole.corpus.source_by_id[passages[0].source_id]
    return "\n\n".join([*blocks, "\n".join(_source(source, today))])


def row_as_text(passage: Passage) -> str:
    """Return a passage of a foreign corpus, of which no more is known than its row says."""
    return "\n".join(
        [*passage.heading_path, passage.text, f"\n{passage.id}, {passage.locator} (document)"]
    )


def _passage(whole: Whole, passage: Passage) -> Iterator[str]:
    source = whole.corpus.source_by_id[passage.source_id]
    yield " > ".join(passage.heading_path)
    yield passage.text
    yield f"\n{passage.id} in {source.title}, {passage.locator} ({source.tier})"
    yield from _reading(passage)
    if passage.facets:
        # A facet that a passage has or has not, such as `topic:law`, says all in its name.
        facets = passage.facets.items()
        named = (name if ":" in name else f"{name} {value}".rstrip() for name, value in facets)
        yield f"Facets: {', '.join(named)}"
    if passage.grounds:
        yield "Rests on:"
        yield from _grounds(whole, passage, source)
    cited = list(_cited(passage.id, whole.backlinks(passage.id)))
    yield "Cited by:" if cited else "Cited by: nothing in the corpus"
    yield from cited


def _reading(passage: Passage) -> Iterator[str]:
    if passage.printed:
        yield f"As printed: {passage.printed}"
    for fix in passage.corrections:
        reads = f"reads {fix.reads!r}" if fix.reads else "is left out"
        yield f"Corrected: {fix.printed!r} {reads}{_basis(fix)}"
    for doubt in passage.doubts:
        perhaps = f", perhaps for {doubt.suspected!r}" if doubt.suspected else ""
        yield f"Doubted: {doubt.printed!r}{perhaps}{_basis(doubt)}"


def _basis(change: Correction | Doubt) -> str:
    noun = "line" if change.lines.first == change.lines.last else "lines"
    return f" ({noun} {change.lines}, {change.confidence}). {change.basis}"


def _grounds(whole: Whole, passage: Passage, source: Source) -> Iterator[str]:
    works = {work.id: work for work in source.references}
    pairs = zip(passage.sentences, passage.grounds, strict=True)
    for number, (span, marks) in enumerate(pairs, start=1):
        yield f"  {number}. {span.of(passage.text)}"
        yield from (f"     - {_ground(mark, works, whole)}" for mark in marks)


def _ground(mark: str, works: dict[str, Reference], whole: Whole) -> str:
    if work := works.get(mark):
        parts = filter(None, (work.publisher, work.title, str(work.year or ""), work.locator))
        return f"{', '.join(parts)}; {', '.join(filter(None, (work.url, READ[work.seen])))}"
    if mark == OWN:
        return "our own judgement"
    passage = whole.corpus.by_id.get(mark)
    return ": ".join([mark, *([passage.text.partition("\n")[0]] if passage else [])])


def _cited(passage_id: str, backlinks: Backlinks) -> Iterator[str]:
    yield from (f"  {one.passage_id}: {one.sentence}" for one in backlinks.sentences)
    if backlinks.about:
        yield f"  named by: {', '.join(backlinks.about)}"
    for link in backlinks.links:
        end = f"to {link.target}" if link.source == passage_id else f"from {link.source}"
        yield f"  inferred link {end} ({link.strength})"


def _source(source: Source, today: date) -> Iterator[str]:
    parts = (source.title, source.publisher, source.version, source.published, source.locator)
    yield f"Source {source.id}: {', '.join(part for part in parts if part)}"
    review = "a fixed text, without review"
    if source.review_by:
        past = date.fromisoformat(source.review_by) < today
        review = f"review by {source.review_by}, {'' if past else 'not '}past review on {today}"
    yield f"  As of {source.as_of}; {review}."
    dated = "; holds figures or legal status that change" if source.dated else ""
    # What was read for a note is said of each work that its sentences rest on.
    read = "" if source.references else f"; {READ[source.seen]}"
    yield f"  Confidence {source.confidence}{read}{dated}."
    if source.url:
        yield f"  {source.url}"
