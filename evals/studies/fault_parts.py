"""What a faulty answer is made of: statements, quotes and passages put wrong in one way each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from assistant.records import Answer, Citation, Statement
from corpus.passage import Corpus, Passage, Record
from corpus.readers.running import sentences_in
from corpus.structure.graph import Framework, Item

_VERB = re.compile(r"\b(is|are|was|were|can|must|should|may|will|has|have|does|do)\b(?! not)")
_DIGITS = re.compile(r"\d+")
_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_NUMBER = re.compile(rf"\b({'|'.join(_NUMBERS)})\b", re.IGNORECASE)


class World(Record):
    """What a fault may look at besides the answer."""

    corpus: Corpus
    """The edition that was asked."""

    framework: Framework
    """Its framework."""


def saying(answer: Answer, statements: Iterable[Statement]) -> Answer:
    """Return an answer that says these statements in the place of its own."""
    return answer.model_copy(update={"statements": tuple(statements)})


def changed(one: Statement, **fields: object) -> Statement:
    """Return a statement with some fields changed."""
    return one.model_copy(update=fields)


def first(answer: Answer, fits: Callable[[Statement], bool]) -> int | None:
    """Return the place of the first statement that fits; `None` if none does."""
    places = (place for place, one in enumerate(answer.statements) if fits(one))
    return next(places, None)


def each(answer: Answer, change: Callable[[Statement], Statement]) -> Answer | None:
    """Change every statement but Signpost's own notes; `None` if that changes nothing."""
    said = tuple(one if one.kind == "note" else change(one) for one in answer.statements)
    return None if said == answer.statements else saying(answer, said)


def quotes(answer: Answer, change: Callable[[Citation], Citation]) -> Answer | None:
    """Change every quote but those of notes; `None` if that changes nothing."""
    return each(answer, lambda one: changed(one, citations=tuple(map(change, one.citations))))


def moved(one: Citation, by: int) -> dict[str, int]:
    """Return where a quote would stand some characters further on."""
    return {"start": one.start + by, "end": one.end + by}


def nexts(one: Statement, world: World) -> tuple[Citation, ...]:
    """Return, for each quote of a statement, the whole passage after the one it is from."""
    passages = world.corpus.passages
    places = {passage.id: place for place, passage in enumerate(passages)}
    found = (places.get(cited.passage_id, -1) + 1 for cited in one.citations)
    return tuple(
        _citation(passages[place % len(passages)], cited)
        for place, cited in zip(found, one.citations, strict=True)
    )


def _citation(passage: Passage, like: Citation) -> Citation:
    place = {"start": 0, "end": len(passage.text), "quote": passage.text}
    whose = {"passage_id": passage.id, "source_id": passage.source_id, "locator": passage.locator}
    bare = {"lines": passage.lines, "printed": "", "doubts": (), "grounds": (), "references": ()}
    return like.model_copy(update=place | whose | bare)


def whole(passage: Passage, like: Statement) -> Statement:
    """Return a passage of the framework as a statement that quotes it whole."""
    cited = _citation(passage, like.citations[0]).model_copy(update={"tier": "framework"})
    return changed(like, text=passage.text, kind="framework", citations=(cited,))


def other_span(one: Citation, world: World) -> Citation:
    """Return a quote of another sentence of the same passage; the same quote if there is none."""
    passage = world.corpus.by_id.get(one.passage_id)
    spans = sentences_in(passage.text) if passage else ()
    for span in spans:
        if passage and (span.end <= one.start or span.start >= one.end):
            quote = span.of(passage.text)
            return one.model_copy(update={"start": span.start, "end": span.end, "quote": quote})
    return one


def negated(text: str) -> str:
    """Return the contrary of a sentence, plain enough for any reader to see."""
    turned = _VERB.sub(r"\1 not", text, count=1)
    return turned if turned != text else f"Not so: no {text[:1].lower()}{text[1:]}"


def neighbour(one: Statement, world: World) -> Statement:
    """Return a statement on the framework's item at the same place of the next group."""
    framework = world.framework
    first = one.citations[0].passage_id if one.citations else ""
    if one.kind != "framework" or first not in framework.item_by_id:
        return one
    item = framework.item(first)
    other = beside(item, framework)
    passage = world.corpus.by_id[other.id]
    return changed(one, text=passage.text, citations=(_citation(passage, one.citations[0]),))


def beside(item: Item, framework: Framework) -> Item:
    """Return the item at the same place under the next group of its kind."""
    top = framework.top(item.id)
    tops = framework.of_kind(top.kind)
    other = tops[(tops.index(top) + 1) % len(tops)]
    if item.id == top.id:
        return other
    own, others = (framework.below(one.id, item.kind) for one in (top, other))
    return others[own.index(item) % len(others)] if others and item in own else other


def strays(answer: Answer, world: World) -> list[Passage]:
    """Return a framework passage of each kind that is cited, from a group that is not."""
    framework = world.framework
    ids = [cited.passage_id for one in answer.statements for cited in one.citations]
    items = [framework.item(one) for one in ids if one in framework.item_by_id]
    strays = (beside(item, framework) for item in items)
    found = {one.id: world.corpus.by_id[one.id] for one in strays if one.id not in ids}
    return list(found.values())[:3] or [world.corpus.passages[0]]


def one_more(text: str) -> str:
    """Raise each number in a text by one, in digits or as a word up to twelve."""

    def digits(match: re.Match[str]) -> str:
        return str(int(match[0]) + 1)

    def word(match: re.Match[str]) -> str:
        return _NUMBERS[(_NUMBERS.index(match[0].lower()) + 1) % len(_NUMBERS)]

    return _NUMBER.sub(word, _DIGITS.sub(digits, text))
