"""An answer in the making, and the words that every composer counts and lists with."""

from collections.abc import Sequence

from assistant.records import CLOSEST, Completeness, Draft, Hit, Scope, Statement, Status, cited_in
from corpus.structure.graph import Kind

REFUSED = frozenset({"not_covered", "out_of_scope"})
"""What became of a question that was not answered."""


def is_unanswered(draft: Draft) -> bool:
    """Tell whether a draft refuses, or only shows what comes closest."""
    return draft.status in REFUSED or draft.composer == CLOSEST


class Composed:
    """An answer in the making."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.completeness: list[Completeness] = []
        self.closing: list[Statement] = []
        self.status: Status = "answered"
        self.reason = ""

    def say(self, *statements: Statement) -> None:
        """Add to what is said."""
        self.statements.extend(statements)

    def refuse(self, status: Status, reason: str) -> None:
        """Note that something asked for is not there."""
        self.status = status
        self.reason = reason

    def draft(self, scope: Scope, composer: str) -> Draft:
        """Close the answer for one thing asked."""
        statements = (*self.statements, *self.closing)
        # The structure led to what is cited, in order of first citation.
        hits = [
            Hit(passage_id=one, rank=rank, score=1 / rank, ranks={"structure": rank})
            for rank, one in enumerate(cited_in(statements), start=1)
        ]
        return Draft(
            status=self.status,
            reason=self.reason,
            scope=scope,
            composer=composer,
            statements=statements,
            completeness=tuple(self.completeness),
            hits=tuple(hits),
        )


def after_colon(labels: Sequence[str]) -> str:
    """Return names behind a colon; nothing where there are none."""
    return f": {listed(labels)}" if labels else ""


def ranked(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return hits once each, ranked as they come."""
    first = {hit.passage_id: hit for hit in reversed(hits)}
    order = dict.fromkeys(hit.passage_id for hit in hits)
    return tuple(
        first[one].model_copy(update={"rank": rank}) for rank, one in enumerate(order, start=1)
    )


def complete(kind: Kind, group: str, listed: int, total: int) -> Completeness:
    """Return how many of a kind an answer lists of those that a group, named by id, has."""
    label = kind.singular if total == 1 else kind.plural
    return Completeness(facet=kind.facet, group=group, listed=listed, total=total, label=label)


def counted(number: int, kind: Kind) -> str:
    """Return `5 outcomes` or `1 outcome`."""
    return f"{number} {kind.singular if number == 1 else kind.plural}"


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def capitalised(text: str) -> str:
    """Return the text with a capital first letter."""
    return text[:1].upper() + text[1:]
