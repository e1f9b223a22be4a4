"""The status of what the structure does not settle alone: answered, closest, or not covered."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from assistant.answering.answerability import Gate
from assistant.answering.guidance import COMPOSER, Told
from assistant.answering.narrowing import FILTERED
from assistant.answering.structured import EXTRACTIVE, UNTOLD
from assistant.answering.suggestions import FOLLOW_UPS
from assistant.citing.citations import note
from assistant.draft import REFUSED, listed, ranked
from assistant.records import CLOSEST, Draft, Hit, Part, Statement, cited_in
from assistant.retrieval.encoder import Vector
from assistant.understanding.reading import Query, Request
from corpus.passage import Record
from corpus.text import split_sentences

ADDS = 0.5  # Chance from which guidance stands beside what the framework answers itself.
MOST_BESIDE = 3  # Sentences of it that do at most.
OUTWEIGHS = 0.4  # Odds, of both signs together, from which guidance answers in its place.
NEAREST = 3  # Passages that are shown where nothing answers.
EVEN = 0.5  # Chance that an answer is given at most that is not shown.
SURELY = 0.9
"""Chance from which an answer from guidance is not tried as one to a turn that goes on."""

NOT_OUTRIGHT = "The sources do not say this outright. The closest they come:"
"""What opens the answer to a question that no source answers outright."""

NEAR_BY = " The closest they come:"
SILENT = f"The sources do not seem to answer this.{NEAR_BY}"
"""The same where they hardly can: on calibration rows one such in thirty is answered."""

UNLIKELY = 0.09  # Chance below which that is said, and one sentence is shown.
UNSURE = 0.3  # Chance from which it is left open whether what comes closest answers.
OPEN = "This comes closest in the sources:"
"""What opens what comes closest, where it may well answer."""

UNNAMED = "No source speaks of {}. The closest they come:"
"""The same where the question names what no source does."""

REPLIES: dict[Request, str] = {
    "writing": "Signpost quotes what its sources say, and writes, rewords or translates no text of "
    "its own.",
    "opinion": "Signpost has no opinion and recommends nothing; it quotes what its sources say.",
    "prediction": "Signpost predicts nothing; it quotes what its sources say of what is or should "
    "be.",
    "unworded": "This holds no question; ask what the framework says, or what bears on it.",
}
"""What is said to a message that asks for what no source gives."""


class Judged(NamedTuple):
    """What guidance says, with what the gate makes of it."""

    told: Told
    chance: float
    """That it answers outright, 0 to 1."""

    answers: bool
    """Whether that is enough."""

    near: bool
    """Whether it is about the question's subject at all."""


def judged(
    told: Told, gate: Gate, vector: Vector | None = None, before: Vector | None = None
) -> Judged:
    """Hold what guidance says against the gate.

    Args:
        told: what guidance says.
        gate: what weighs its figures.
        vector: of the question, unit norm; a gate of documents does without.
        before: of the turn that the question leans on: what that one is about, it is about too.
    """
    if not told.statements:
        return Judged(told, 0.0, answers=False, near=False)
    chance = gate.chance(told.figures, vector)
    vectors = [vector] if before is None else [vector, before]
    near = any(gate.nearness(told.figures, one) >= gate.field_threshold for one in vectors)
    return Judged(told, chance, answers=near and chance >= gate.threshold, near=near)


def outweighs(chance: float, beside: float) -> bool:
    """Tell whether guidance, by the chance that it answers, is asked rather than the framework.

    Both are taken for independent signs, so that their odds are multiplied.

    >>> outweighs(0.9, 0.15), outweighs(0.9, 0.04), outweighs(0.6, 0.15)
    (True, False, False)
    """
    return chance * beside >= OUTWEIGHS * (1.0 - chance) * (1.0 - beside)


def is_sure(draft: Draft) -> bool:
    """Tell whether an answer need not be tried again: the structure gives it, or guidance surely.

    Answers of the structure have no chance. What filters hide is known too.
    """
    chance = draft.confidence or 0.0
    return draft.reason == FILTERED or (draft.status == "answered" and not 0.0 < chance < SURELY)


def goes_on(alone: Draft, after: Draft) -> bool:
    """Tell whether a turn is likelier answered as it goes on with one before it than by itself.

    What is shown of it by itself has to be less likely; what is not shown counts for little.
    """
    answered = alone.status == "answered"
    chance = alone.confidence or 0.0
    if alone.status not in ("answered", "partial"):
        chance = min(chance, EVEN)
    likelier = (after.confidence or 0.0) > chance
    wanted = {"answered": likelier or not answered, "partial": likelier and not answered}
    return wanted.get(after.status, False)


def decide(
    draft: Draft, guidance: Judged, query: Query, hits: Sequence[Hit], ground: Sequence[Statement]
) -> Draft:
    """Give the framework's answer, guidance beside it, guidance alone, or what comes closest.

    Guidance alone is `answered`, what comes closest `partial`; what the framework's own draft was,
    such as `not_covered`, it stays where guidance is on something else.

    Args:
        draft: what the framework gives.
        guidance: what guidance says, judged.
        query: what is asked.
        hits: passages of guidance that a search for the question found.
        ground: the framework's words that guidance rests on, where it answers alone.
    """
    refused = draft.status in REFUSED
    if query.of_page and not (refused or query.near):
        return _beside(draft, guidance, hits)
    if query.of_page:
        # The framework itself is asked, and has told what it lacks, or what comes closest.
        if not guidance.answers:
            return _pointed(draft, guidance, hits)
        first = draft.statements if query.near else draft.statements[:1]
        return _shown(draft, guidance, hits, first)
    if guidance.answers:
        return _led(draft, guidance, hits, ground)
    # What the page holds near a question that it was not asked only touches on it.
    if guidance.near or not refused:
        return _closest(draft, guidance, hits, query.part)
    nearest = guidance.told.nearest
    said = [one.model_copy(update={"text": _on(one.text, query.part)}) for one in draft.statements]
    return draft.model_copy(
        update={
            "statements": tuple(said),
            "hits": ranked([*draft.hits, *hits]),
            "nearest": (*draft.nearest[: NEAREST - len(nearest)], *nearest),
            "confidence": guidance.chance,
        }
    )


def _on(said: str, part: str) -> str:
    """Name the part of a question that is spoken of, where it asks several things.

    >>> _on("The sources do not say this outright.", "and who pays?")
    'The sources do not answer “and who pays?” outright.'
    >>> _on(OPEN, "We are few. Who pays?")
    'On “Who pays?”, this comes closest in the sources:'
    """
    if not part:
        return said
    sentences = [one.of(part) for one in split_sentences(part)]
    asking = [one for one in sentences if one.endswith("?")] or sentences
    name = f"\u201c{asking[-1].strip(',;:& ')}\u201d"
    if said == OPEN:
        return f"On {name}, {said[0].lower()}{said[1:]}"
    return said.replace("say this", "answer this").replace(" this", f" {name}", 1)


def _closest(draft: Draft, guidance: Judged, hits: Sequence[Hit], part: str) -> Draft:
    """Show the sentences that come closest, and say that they do not answer outright.

    What the framework touches on is shown after guidance; a name that no source knows is told. Of
    a part of a question little is shown, right below what is said of it.
    """
    told = guidance.told if guidance.near else guidance.told._replace(statements=())
    if part:
        few = told.statements[: NEAREST if guidance.chance >= UNSURE else 1]
        few = tuple(one.model_copy(update={"section": ""}) for one in few)
        told = told._replace(statements=few)
    guidance = guidance._replace(told=told)
    names = [f"\u201c{one}\u201d" for one in dict.fromkeys(told.unknown)]
    opening = NOT_OUTRIGHT if guidance.chance < UNSURE else OPEN
    if guidance.chance < UNLIKELY:
        guidance = guidance._replace(told=told._replace(statements=told.statements[:1]))
        opening = SILENT
    said = UNNAMED.format(listed(names)) if names else opening
    cited = [citation for one in told.statements[:1] for citation in one.citations]
    return _shown(draft, guidance, hits, (note(_on(said, part), tuple(cited)),))


def _shown(
    draft: Draft, guidance: Judged, hits: Sequence[Hit], before: Sequence[Statement]
) -> Draft:
    """Show guidance, and what the framework touches on, as what comes closest."""
    told = guidance.told
    # What the page touches on is nothing on a name that no source knows.
    said = () if draft.status in REFUSED or told.unknown else draft.statements
    framed = [one for one in said if one.kind == "framework" and one not in before][:NEAREST]
    gone = dict.fromkeys(("statements", "completeness", "follow_ups", "hits"), ())
    bare = draft.model_copy(update=gone)
    hits = (*_hits(told.found, "section"), *hits, *draft.hits)
    shown = _with(bare, hits, (*before, *told.statements, *framed))
    update = {"status": "partial", "reason": "coverage_gap", "composer": CLOSEST}
    return shown.model_copy(update=update | {"nearest": (), "confidence": guidance.chance})


def _beside(draft: Draft, guidance: Judged, hits: Sequence[Hit]) -> Draft:
    """Set guidance beside the framework's own answer, after it and apart from it."""
    told = guidance.told
    if not told.statements or not guidance.near or guidance.chance < ADDS:
        return draft
    return _with(draft, hits, (*draft.statements, *told.statements))


def _led(draft: Draft, guidance: Judged, hits: Sequence[Hit], ground: Sequence[Statement]) -> Draft:
    """Answer from guidance: the lead, the rest, and the framework's words that it rests on."""
    # The framework's list goes with its words: what is not shown is not counted either.
    bare = {"reason": "", "nearest": (), "completeness": (), "statements": (), "hits": ()}
    hits = (*_hits(guidance.told.found, "section"), *hits)
    answered = draft.model_copy(update=bare | {"status": "answered", "confidence": guidance.chance})
    return _with(answered, hits, (*guidance.told.statements, *ground))


def _pointed(draft: Draft, guidance: Judged, hits: Sequence[Hit]) -> Draft:
    """Point to what guidance says nearest to what the framework lacks."""
    cited = [citation for one in guidance.told.statements for citation in one.citations]
    if not guidance.near or not cited:
        return draft
    told = note("What comes closest in the guidance notes is below.")
    return draft.model_copy(
        update={
            "statements": (*draft.statements, told),
            "nearest": tuple(cited[:NEAREST]),
            "hits": ranked([*draft.hits, *hits]),
        }
    )


def _with(draft: Draft, hits: Sequence[Hit], said: Sequence[Statement]) -> Draft:
    """Return a draft with these statements, and what they cite among its hits."""
    framed = any(one.kind == "framework" for one in said)
    found = {hit.passage_id for hit in (*draft.hits, *hits)}
    more = _hits([one for one in cited_in(said) if one not in found], "sentence")
    return draft.model_copy(
        update={
            "statements": tuple(said),
            "composer": f"{draft.composer}+{COMPOSER}" if framed else COMPOSER,
            "hits": ranked([*draft.hits, *hits, *more]),
        }
    )


def _hits(ids: Sequence[str], by: str) -> list[Hit]:
    """Return passages as hits in their order, with what found them."""
    return [
        Hit(passage_id=one, rank=rank, score=0.0, ranks={by: rank})
        for rank, one in enumerate(ids, start=1)
    ]


def join_parts(drafts: Sequence[Draft]) -> Draft:
    """Join the drafts for the things that a question asks; one draft stays as it is."""
    if len(drafts) == 1:
        return drafts[0]
    good = [draft for draft in drafts if draft.status == "answered"]
    drafts = [_silent(draft) if good else draft for draft in drafts]
    failed = next((draft for draft in drafts if draft.status != "answered"), None)
    status = "answered" if not failed else "partial" if good else failed.status
    reason = failed.reason if failed else ""
    if not good and any(draft.reason == FILTERED for draft in drafts):
        reason = FILTERED
    judged = [draft.confidence for draft in drafts if draft.confidence is not None]
    scopes = [draft.scope for draft in drafts]
    asked = {name: _union(scopes, name) for name in ("subjects", "groups", "facets")}
    composers = dict.fromkeys(name for draft in drafts for name in draft.composer.split("+"))
    return Draft(
        status=status,
        confidence=min(judged, default=None),
        reason=reason,
        scope=scopes[0].model_copy(update=asked),
        composer="+".join(composers),
        statements=_once(drafts),
        completeness=_union(drafts, "completeness"),
        parts=tuple(Part(scope=draft.scope, status=draft.status) for draft in drafts),
        hits=ranked([hit for draft in drafts for hit in draft.hits]),
        nearest=_union(drafts, "nearest"),
        follow_ups=_union(drafts, "follow_ups")[:FOLLOW_UPS],
    )


def _silent(draft: Draft) -> Draft:
    """Leave out what is shown of a part that is hardly answered, beside one that is."""
    if draft.composer != CLOSEST or draft.confidence is None or draft.confidence >= UNLIKELY:
        return draft
    said = note(draft.statements[0].text.removesuffix(NEAR_BY))
    return draft.model_copy(update={"statements": (said,)})


def _once(drafts: Sequence[Draft]) -> tuple[Statement, ...]:
    """Return what the parts of an answer say, without what another of them tells.

    These are sentences of guidance that open the answer to another part, items of the page that
    come close and are given by an earlier part, with what announces them where none is left, and
    that the page is silent where another part quotes it.
    """
    said = _union(drafts, "statements")
    opening = {one.text for one in said if not one.section}
    framed = any(one.kind == "framework" for one in said)
    kept, given = dict[Statement, None](), set[str]()
    for draft in drafts:
        own = {one: {*cited_in([one])} for one in draft.statements if one.kind == "framework"}
        again = set[Statement]()
        if draft.composer.startswith((EXTRACTIVE, CLOSEST)):
            again = {one for one, ids in own.items() if ids <= given}
        else:
            given.update(*own.values())
        others = [one for one in draft.statements if one.kind != "note" and one not in again]
        if again and not others:
            continue
        silent = framed and len(draft.statements) > 1
        for one in draft.statements:
            opens = one.kind == "guidance" and one.section and one.text in opening
            opens = opens or (one.kind == "note" and one.text in {said.text for said in kept})
            if not (one in again or opens or (silent and one.text == UNTOLD)):
                kept[one] = None
    return tuple(kept)


def _union(records: Sequence[Record], field: str) -> tuple[Any, ...]:
    """Return what a field of some records holds, each once, in order."""
    return tuple(dict.fromkeys(one for record in records for one in getattr(record, field)))
