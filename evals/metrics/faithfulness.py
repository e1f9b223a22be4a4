"""Whether statements say what the sources say: by gold, by a scorer apart, and by the checker.

Signpost's own sentences about the structure, of kind `note`, quote nothing and are left out. The
checker filtered the answers of Signpost itself, so what it says of them is true by construction;
of another system's answers it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from assistant.citing import ground
from assistant.citing.verifier import Verifier
from assistant.records import Answer, Citation, Statement
from corpus.passage import Passage
from evals.cases.ground_families import GroundCase, read_ground_cases
from evals.estimate import Estimate, rate
from evals.metrics import overlap
from evals.metrics.citation_metrics import Cited, Pair, by_gold, cited


class Faith(NamedTuple):
    """What the statements of one answer are worth; each field as in `summary.Score`."""

    cited: tuple[Cited, ...]
    """By the checker, for each statement."""

    gold: Pair | None
    """Statements whose words stand in the passages that they cite; judged if all of these fit."""

    apart: Pair | None
    """Statements that the scorer apart holds to be carried, and statements judged."""

    checker: Pair | None
    """Statements that the checker holds to be carried, and statements judged."""

    agree: Pair | None
    """Statements of which the last two say the same, and statements judged."""


class Judges:
    """Judges the statements of answers over one corpus."""

    def __init__(self, passages: Mapping[str, Passage]) -> None:
        """Keep the corpus, by id of the passage."""
        self._passages = dict(passages)

    @cached_property
    def _verifier(self) -> Verifier:
        # By words alone, so that scoring needs no model.
        return Verifier.open()

    def judge(self, answer: Answer, fitting: Collection[str]) -> Faith:
        """Judge an answer, where passages of `fitting` are gold or as good, see `by_gold`.

        The sources of a statement, for the scorer apart and for the checker, are the passages that
        the whole answer cites, in full: faithfulness asks whether a statement is carried by what
        was found, and citation recall by which of it.
        """
        said = statements_of(answer)
        ids = dict.fromkeys(one.passage_id for each in said for one in each.citations)
        context = "\n".join(self._passages[one].text for one in ids if one in self._passages)
        by_quotes = tuple(cited(one.citations, self._carries(one)) for one in said)
        checked = [
            one.carried or self._is_verified(context, statement.text)
            for one, statement in zip(by_quotes, said, strict=True)
        ]
        apart = [overlap.is_carried(context, one.text) for one in said]
        return Faith(
            by_quotes,
            _pair([self._stands_in(one, fits) for one in said if (fits := _fit(one, fitting))]),
            _pair(apart),
            _pair(checked),
            _pair([one == other for one, other in zip(apart, checked, strict=True)]),
        )

    def carries(self, statement: Statement) -> bool:
        """Tell whether the checker holds a statement to be carried by its own quotes."""
        return self._carries(statement)(statement.citations)

    def _carries(self, statement: Statement) -> Callable[[Sequence[Citation]], bool]:
        """Return the checker's judgement of a statement by some of its quotes."""

        def carries(citations: Sequence[Citation]) -> bool:
            held = statement.model_copy(update={"citations": tuple(citations)})
            kept, _ = ground.check((held,), self._passages, self._verifier)
            return any(one.verdict == "supported" for one in kept)

        return carries

    def _is_verified(self, context: str, text: str) -> bool:
        return bool(context) and self._verifier.verify(context, text).verdict == "supported"

    def _stands_in(self, statement: Statement, cites: Sequence[str]) -> bool:
        texts = [self._passages[one].text for one in cites if one in self._passages]
        return overlap.stands_in(statement.text, texts)


def _fit(statement: Statement, fitting: Collection[str]) -> list[str]:
    """Return the passages that a statement cites, if all are gold or as good; else none."""
    ids = [one.passage_id for one in statement.citations]
    return ids if all(by_gold([ids], fitting)[0].relevant) else []


def statements_of(answer: Answer) -> tuple[Statement, ...]:
    """Return the statements that are judged: all but Signpost's own."""
    return tuple(one for one in answer.statements if one.kind != "note")


def agreement(claims: Sequence[GroundCase], says: Callable[[str, str], bool]) -> list[bool]:
    """Return whether a judge is right on each labelled claim: carried, or not wholly carried."""
    return [says(one.context, one.claim) == (one.verdict == "supported") for one in claims]


@lru_cache(maxsize=1)
def judges_on_development() -> dict[str, Estimate]:
    """Return how often the scorer apart and the checker by words are right on labelled claims.

    Of all, of those that are carried and of those that are not: most are not, so that a judge who
    refuses everything is right of most. The claims are those of development, on which the
    thresholds of both were chosen.
    """
    claims = read_ground_cases("development")
    verifier = Verifier.open()

    def checker(context: str, claim: str) -> bool:
        return verifier.verify(context, claim).verdict == "supported"

    found = {}
    for name, says in (("apart", overlap.is_carried), ("checker", checker)):
        right = agreement(claims, says)
        carried = [one.verdict == "supported" for one in claims]
        found[name] = rate(right)
        for which, wanted in (("carried", True), ("not carried", False)):
            told = (one for one, is_so in zip(right, carried, strict=True) if is_so is wanted)
            found[f"{name}, {which}"] = rate(list(told))
    return found


def _pair(verdicts: Sequence[bool]) -> Pair | None:
    return (sum(verdicts), len(verdicts)) if verdicts else None
