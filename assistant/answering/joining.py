"""Drafts joined: the parts of a question, and the framework's answer with guidance beside it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.extractive import COMPOSER as EXTRACTIVE
from assistant.answering.extractive import is_loss
from assistant.answering.guidance import COMPOSER, Told
from assistant.answering.structured import COMPOSER as STRUCTURED
from assistant.citing.citations import note
from assistant.draft import listed
from assistant.records import Citation, Draft, Hit, Part, Scope, Statement
from assistant.rules.narrowing import FILTERED
from assistant.understanding.query import Query

ADDS = 0.45
"""Relevance from which guidance stands beside what the framework answers itself."""

CLEAR = 0.1
"""How much more relevant guidance is where the framework only touches on a question."""

NEAREST = 3
"""How many of its sentences are shown where the framework itself was asked."""

UNSURE = "The sources do not answer this, as far as Signpost can tell."
"""What is said of a question that the closest passages hardly answer."""

UNSETTLED = "The sources do not say yes or no in so many words; this is the closest."
"""What opens the answer to a yes-or-no question that no sentence settles."""

UNSURE_EITHER = "The guidance notes do not answer it either, as far as Signpost can tell."
"""The same, where the framework has been found to lack it."""

REFUSED = frozenset({"not_covered", "out_of_scope"})
"""What became of a question that was not answered."""


def beside(
    draft: Draft, told: Told, hits: Sequence[Hit], query: Query, ground: Sequence[Statement] = ()
) -> Draft:
    """Set guidance beside the framework's own answer, after it and apart from it.

    Args:
        draft: what the framework gives.
        told: what guidance says.
        hits: passages of guidance that a search for the question found.
        query: what is asked.
        ground: the framework's words that guidance itself rests on, where it answers alone.
    """
    refused = draft.status in REFUSED
    touching = only_touches(draft, query) and not query.wants
    lost = [one for one in told.names if one in query.uncovered]
    if touching and lost and not (refused or told.statements):
        return _unanswered(_unnamed(draft, lost), hits, told.nearest)
    if not told.statements or (not refused and not touching and told.score < ADDS):
        return _unanswered(draft, hits, told.nearest) if refused else draft
    if refused and (query.of_page or draft.composer == STRUCTURED):
        return _pointed(draft, told, hits)
    if refused or (touching and told.score >= query.strength + CLEAR):
        # The framework's list goes with its words: what is not shown is not counted either.
        bare = {"reason": "", "nearest": (), "hits": (), "completeness": ()}
        answered = draft.model_copy(update=bare | {"status": "answered"})
        opened = _opened(told, ground)
        return _with(answered, told._replace(statements=()), hits, opened)
    whole = _completed(draft, query, told)
    if told.word and not _replies(whole):
        opened = _opened(told, whole.statements)
        return _with(whole, told._replace(statements=()), hits, opened)
    return _with(whole, told, hits, whole.statements)


def _replies(draft: Draft) -> bool:
    """Tell whether a draft opens with yes or no."""
    return any(one.text.startswith(("Yes", "No:", "No.")) for one in draft.statements[:1])


def _opened(told: Told, ground: Sequence[Statement]) -> tuple[Statement, ...]:
    """Open with the sentence that answers best, after yes or no where that is asked."""
    best = told.statements[told.best]
    lead = best.model_copy(update={"section": ""})
    rest = (one for one in told.statements if one is not best)
    word: tuple[Statement, ...] = ()
    if told.polar:
        said = f"{told.word}." if told.word else UNSETTLED
        word = (note(said, best.citations),)
    return (*word, lead, *ground, *rest)


def _unnamed(draft: Draft, lost: Sequence[str]) -> Draft:
    """Refuse what the framework touches on without naming what the question names."""
    names = listed([f"\u201c{one}\u201d" for one in lost])
    cited = [citation for said in draft.statements for citation in said.citations]
    return draft.model_copy(
        update={
            "status": "not_covered",
            "reason": "coverage_gap",
            "statements": (note(f"The page does not speak of {names}."),),
            "nearest": tuple(cited[:NEAREST]),
        }
    )


def only_touches(draft: Draft, query: Query) -> bool:
    """Tell whether the framework may only touch on what is asked.

    It speaks of what it was asked for by name, and of what one of its statements holds whole.
    """
    if query.of_page:
        return False
    guessed = query.guessed and not query.named
    return guessed or (draft.composer == EXTRACTIVE and not (query.whole or query.subjects))


def _completed(draft: Draft, query: Query, told: Told) -> Draft:
    """Take a part that the framework lacks as answered where guidance speaks of it."""
    if draft.status != "partial" or not told.says.issuperset(query.uncovered):
        return draft
    kept = tuple(one for one in draft.statements if not is_loss(one))
    return draft.model_copy(update={"status": "answered", "reason": "", "statements": kept})


def _pointed(draft: Draft, told: Told, hits: Sequence[Hit]) -> Draft:
    """Point to what guidance says nearest to what the framework lacks: the closest passages."""
    cited = [citation for said in told.statements for citation in said.citations]
    return draft.model_copy(
        update={
            "statements": (
                *draft.statements,
                note("What comes closest in the guidance notes is below."),
            ),
            "nearest": tuple(cited[:NEAREST]),
            "hits": _ranked([*draft.hits, *hits]),
        }
    )


def _with(draft: Draft, told: Told, hits: Sequence[Hit], before: Sequence[Statement]) -> Draft:
    said = (*before, *told.statements)
    framed = any(one.kind == "framework" for one in said)
    cited = [citation.passage_id for one in said for citation in one.citations]
    found = {hit.passage_id for hit in (*draft.hits, *hits)}
    more = [
        Hit(passage_id=one, rank=rank, score=0.0, ranks={"sentence": rank})
        for rank, one in enumerate(dict.fromkeys(cited), start=1)
        if one not in found
    ]
    return draft.model_copy(
        update={
            "statements": said,
            "composer": f"{draft.composer}+{COMPOSER}" if framed else COMPOSER,
            "hits": _ranked([*draft.hits, *hits, *more]),
        }
    )


def _unanswered(draft: Draft, hits: Sequence[Hit], nearest: Sequence[Citation]) -> Draft:
    """Say that guidance does not answer it either; what is closest of both is shown."""
    if not hits:
        return draft
    return draft.model_copy(
        update={
            "statements": (*draft.statements, note("The guidance notes do not answer it either.")),
            "hits": _ranked([*draft.hits, *hits]),
            "nearest": (*draft.nearest[: NEAREST - len(nearest)], *nearest),
        }
    )


def unsure(draft: Draft) -> Draft:
    """Refuse what hardly answers; the passages that it rests on are the closest there are."""
    return _refused(draft, "below_threshold", UNSURE)


def either_way(draft: Draft, judged: Draft) -> Draft:
    """Keep the framework's reason for refusing where guidance hardly answers either."""
    if judged.reason != "below_threshold":
        return judged
    kept = ("status", "reason", "scope", "composer")
    return judged.model_copy(
        update={name: getattr(draft, name) for name in kept}
        | {"statements": (*draft.statements, note(UNSURE_EITHER))}
    )


def unreasoned(draft: Draft) -> Draft:
    """Refuse to list where a reason is asked for."""
    return _refused(draft, "coverage_gap", "The page gives no reason for this.")


def _refused(draft: Draft, reason: str, text: str) -> Draft:
    cited = [citation for said in draft.statements for citation in said.citations]
    distinct = {citation.passage_id: citation for citation in reversed(cited)}
    order = dict.fromkeys(citation.passage_id for citation in cited)
    return draft.model_copy(
        update={
            "status": "not_covered",
            "reason": reason,
            "statements": (note(text),),
            "completeness": (),
            "nearest": tuple(distinct[one] for one in order)[:NEAREST],
        }
    )


def join_parts(drafts: Sequence[Draft]) -> Draft:
    """Join the drafts for the things that a question asks; one draft stays as it is."""
    if len(drafts) == 1:
        return drafts[0]
    good = [draft for draft in drafts if draft.status == "answered"]
    failed = next((draft for draft in drafts if draft.status != "answered"), None)
    status = "answered" if not failed else "partial" if good else failed.status
    reason = failed.reason if failed else ""
    if not good and any(draft.reason == FILTERED for draft in drafts):
        reason = FILTERED
    judged = [draft.confidence for draft in drafts if draft.confidence is not None]
    return Draft(
        status=status,
        confidence=min(judged, default=None),
        reason=reason,
        scope=_union([draft.scope for draft in drafts]),
        composer="+".join(
            dict.fromkeys(name for draft in drafts for name in draft.composer.split("+"))
        ),
        statements=tuple(dict.fromkeys(one for draft in drafts for one in draft.statements)),
        completeness=tuple(dict.fromkeys(one for draft in drafts for one in draft.completeness)),
        parts=tuple(Part(scope=draft.scope, status=draft.status) for draft in drafts),
        hits=_ranked([hit for draft in drafts for hit in draft.hits]),
        nearest=tuple(dict.fromkeys(one for draft in drafts for one in draft.nearest)),
        follow_ups=tuple(dict.fromkeys(one for draft in drafts for one in draft.follow_ups)),
    )


def _union(scopes: Sequence[Scope]) -> Scope:
    return Scope(
        subjects=tuple(dict.fromkeys(one for scope in scopes for one in scope.subjects)),
        groups=tuple(dict.fromkeys(one for scope in scopes for one in scope.groups)),
        facets=tuple(dict.fromkeys(one for scope in scopes for one in scope.facets)),
        operation=scopes[0].operation,
    )


def _ranked(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    first = {hit.passage_id: hit for hit in reversed(hits)}
    order = dict.fromkeys(hit.passage_id for hit in hits)
    return tuple(
        first[one].model_copy(update={"rank": rank}) for rank, one in enumerate(order, start=1)
    )
