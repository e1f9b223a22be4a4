"""Faults that an assistant could have, each as a change to one answer that was given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import get_args

from assistant.records import Answer, Citation, Scope, Signposting, Statement
from corpus.passage import Corpus, Passage, Record, Tier
from corpus.readers.running import sentences_in
from corpus.structure.graph import Framework, Item
from evals.cases.case import Case

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


ANSWERED = frozenset({"answered", "partial"})
"""Statuses of an answer that says something of what was asked."""

_OLD = "Draft. "

Wrong = Callable[[Answer, Case, World], Answer | None]
"""Makes an answer faulty; `None` where the fault has no hold on it."""


def drop_statement(answer: Answer, case: Case, world: World) -> Answer | None:
    """Leave out the first statement that cites something."""
    at = first(answer, lambda one: one.kind != "note")
    if at is None:
        return None
    return saying(answer, (*answer.statements[:at], *answer.statements[at + 1 :]))


def swap_citations(answer: Answer, case: Case, world: World) -> Answer | None:
    """Let each statement cite what the next one rests on."""
    cited = [one.citations for one in answer.statements if one.kind != "note"]
    if len(set(cited)) < 2:
        return None
    turned = iter([*cited[1:], cited[0]])
    return saying(
        answer,
        (
            one if one.kind == "note" else changed(one, citations=next(turned))
            for one in answer.statements
        ),
    )


def cite_elsewhere(answer: Answer, case: Case, world: World) -> Answer | None:
    """Let every statement cite the passage after its own, whole."""
    return each(answer, lambda one: changed(one, citations=nexts(one, world)))


def shift_quotes(answer: Answer, case: Case, world: World) -> Answer | None:
    """Say of each quote that it stands one character further on."""
    return quotes(answer, lambda one: one.model_copy(update=moved(one, 1)))


def quote_another_span(answer: Answer, case: Case, world: World) -> Answer | None:
    """Quote another sentence of the passage that is cited, at its true place."""
    return quotes(answer, lambda one: other_span(one, world))


def cite_old_edition(answer: Answer, case: Case, world: World) -> Answer | None:
    """Answer from an edition in which each passage began otherwise, and all stands elsewhere."""
    old = answer.provenance.model_copy(update={"corpus": "0" * 64})
    quoted = quotes(answer, lambda one: one.model_copy(update=moved(one, len(_OLD))))
    return quoted and quoted.model_copy(update={"provenance": old})


def negate(answer: Answer, case: Case, world: World) -> Answer | None:
    """Turn each statement that quotes into its contrary."""
    return each(answer, lambda one: changed(one, text=negated(one.text)))


def answer_from_nearest(answer: Answer, case: Case, world: World) -> Answer | None:
    """Answer with the closest passages instead of abstaining, or of saying that they are that."""
    if answer.is_closest:
        sure = answer.provenance.model_copy(update={"composer": "sections"})
        return answer.model_copy(update={"status": "answered", "reason": "", "provenance": sure})
    if answer.status in ANSWERED or not answer.nearest:
        return None
    said = tuple(
        Statement(text=one.quote, kind=one.tier, citations=(one,), verdict="supported", support=1.0)
        for one in answer.nearest
    )
    found = {"status": "answered", "reason": "", "nearest": (), "parts": ()}
    return saying(answer, said).model_copy(update=found)


def abstain(answer: Answer, case: Case, world: World) -> Answer | None:
    """Refuse what can be answered."""
    if answer.status not in ANSWERED:
        return None
    refused = {
        "status": "not_covered",
        "reason": "below_threshold",
        "completeness": (),
        "parts": (),
        "nearest": tuple(cited for one in answer.statements for cited in one.citations)[:3],
    }
    return saying(answer, ()).model_copy(update=refused)


def wrong_group(answer: Answer, case: Case, world: World) -> Answer | None:
    """Give what stands under the next pillar in the place of what was asked for."""
    return each(answer, lambda one: neighbour(one, world))


def leak(answer: Answer, case: Case, world: World) -> Answer | None:
    """Repeat the first string that an answer must not show."""
    if not case.must_not_contain or not answer.statements:
        return None
    opening = answer.statements[0]
    leaked = changed(opening, text=f"{opening.text} {case.must_not_contain[0]}")
    return saying(answer, (leaked, *answer.statements[1:]))


def skip_triage(answer: Answer, case: Case, world: World) -> Answer | None:
    """Treat a message that is no policy question as one that the sources do not answer."""
    if answer.signposting is None:
        return None
    plain = {
        "status": "not_covered",
        "reason": "below_threshold",
        "signposting": None,
        "question": case.question,
        "resolved_question": case.question,
    }
    return answer.model_copy(update=plain)


def wrong_reply(answer: Answer, case: Case, world: World) -> Answer | None:
    """Reply with the text for another safeguarding case."""
    if answer.signposting is None:
        return None
    other = "B" if answer.signposting.case == "A" else "A"
    swapped = answer.signposting.model_copy(update={"case": other})
    return answer.model_copy(update={"signposting": swapped})


def raise_alarm(answer: Answer, case: Case, world: World) -> Answer | None:
    """Meet a policy question with a safeguarding reply."""
    if answer.signposting is not None or case.gold.safeguarding not in ("", "J"):
        return None
    reply = Signposting(case="B", text="A reply.", services=())
    alarmed = {"status": "safeguarding", "signposting": reply, "hits": (), "nearest": ()}
    return saying(answer, ()).model_copy(update=alarmed)


def lose_counts(answer: Answer, case: Case, world: World) -> Answer | None:
    """Say nothing of how many are listed of how many."""
    return answer.model_copy(update={"completeness": ()}) if answer.completeness else None


def miscount(answer: Answer, case: Case, world: World) -> Answer | None:
    """Take what is listed for all that there is, one short."""
    if not any(one.total > 1 for one in answer.completeness):
        return None
    fewer = tuple(
        one.model_copy(update={"listed": one.total - 1, "total": one.total - 1})
        for one in answer.completeness
    )
    return answer.model_copy(update={"completeness": fewer})


def wrong_number(answer: Answer, case: Case, world: World) -> Answer | None:
    """Raise every number that an answer states by one."""
    said = tuple(changed(one, text=one_more(one.text)) for one in answer.statements)
    return None if said == answer.statements else saying(answer, said)


def blend_tiers(answer: Answer, case: Case, world: World) -> Answer | None:
    """Pass a guidance note's words off as the framework's."""
    if not any(one.kind == "guidance" for one in answer.statements):
        return None
    return each(answer, lambda one: changed(one, kind="framework", section=""))


def pad(answer: Answer, case: Case, world: World) -> Answer | None:
    """Add passages of the framework of the kinds that are cited, from where nothing was asked."""
    cited = [one for one in answer.statements if one.kind in get_args(Tier)]
    if answer.status not in ANSWERED or not cited:
        return None
    stray = tuple(whole(one, cited[-1]) for one in strays(answer, world))
    return saying(answer, (*answer.statements, *stray)) if stray else None


def reverse(answer: Answer, case: Case, world: World) -> Answer | None:
    """Say everything in the opposite order, and find it in the opposite order too."""
    if len(answer.statements) < 2 and len(answer.hits) < 2:
        return None
    ranks = [hit.rank for hit in answer.hits]
    hits = tuple(
        hit.model_copy(update={"rank": rank})
        for hit, rank in zip(reversed(answer.hits), ranks, strict=True)
    )
    turned = answer.model_copy(update={"hits": hits})
    return saying(turned, tuple(reversed(answer.statements)))


def overlook(answer: Answer, case: Case, world: World) -> Answer | None:
    """Lose the better half of what a search found."""
    if len(answer.hits) < 2:
        return None
    left = answer.hits[len(answer.hits) // 2 :]
    hits = tuple(hit.model_copy(update={"rank": rank}) for rank, hit in enumerate(left, 1))
    return answer.model_copy(update={"hits": hits})


def doubt_the_sure(answer: Answer, case: Case, world: World) -> Answer | None:
    """Be the less confident, the more there is reason to be."""
    if answer.confidence is None:
        return None
    return answer.model_copy(update={"confidence": 1.0 - answer.confidence})


def overlook_personal(answer: Answer, case: Case, world: World) -> Answer | None:
    """Notice no personal data."""
    if not answer.personal:
        return None
    return answer.model_copy(update={"personal": (), "personal_note": ""})


def forget_turns(answer: Answer, case: Case, world: World) -> Answer | None:
    """Take a follow-up for a question of its own, and ask what it means."""
    if not case.turns:
        return None
    asked = {"status": "clarify", "reason": "ambiguous", "resolved_question": case.question}
    nothing = {"completeness": (), "parts": (), "scope": Scope(), "hits": ()}
    return saying(answer, ()).model_copy(update=asked | nothing)


def hide_the_gap(answer: Answer, case: Case, world: World) -> Answer | None:
    """Pass an answer in part off as a whole one, without the notes that say what is lacking."""
    if answer.status != "partial":
        return None
    said = tuple(one for one in answer.statements if one.kind != "note")
    whole = {"status": "answered", "reason": "", "parts": ()}
    return saying(answer, said).model_copy(update=whole)


def invent(answer: Answer, case: Case, world: World) -> Answer | None:
    """Add a sentence that rests on nothing that is cited for it."""
    at = first(answer, lambda one: one.kind != "note")
    if at is None:
        return None
    text = "Every government has adopted this by law, and no further measures are needed."
    return saying(answer, (*answer.statements, changed(answer.statements[at], text=text)))


def believe(answer: Answer, case: Case, world: World) -> Answer | None:
    """Hold every claim to be carried by its context."""
    if not case.context:
        return None
    return saying(answer, (changed(one, verdict="supported") for one in answer.statements))


ALL: tuple[Wrong, ...] = (
    drop_statement,
    swap_citations,
    cite_elsewhere,
    shift_quotes,
    quote_another_span,
    cite_old_edition,
    negate,
    answer_from_nearest,
    abstain,
    wrong_group,
    leak,
    skip_triage,
    wrong_reply,
    raise_alarm,
    lose_counts,
    miscount,
    wrong_number,
    blend_tiers,
    pad,
    reverse,
    overlook,
    doubt_the_sure,
    overlook_personal,
    forget_turns,
    hide_the_gap,
    invent,
)
"""Every fault of an answer to a question."""

OF_CLAIMS: tuple[Wrong, ...] = (believe,)
"""Every fault of a judgement on a claim."""
