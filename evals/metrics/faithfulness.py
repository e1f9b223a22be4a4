"""Whether statements say what the sources say: by gold, by a scorer apart, and by the checker.

And whether their citations carry them: recall and precision by ALCE's definition.

Signpost's own sentences about the structure, of kind `note`, quote nothing and are left out. The
checker filtered the answers of Signpost itself, so what it says of them is true by construction;
of another system's answers it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from typing import NamedTuple, TypeVar

from assistant.citing import ground
from assistant.citing.verifier import Verifier
from assistant.records import Answer, Citation, Statement
from corpus.passage import Passage
from evals.cases.suites import read_ground_cases
from evals.metrics import overlap
from evals.statistics import Estimate, rate

C = TypeVar("C")

Pair = tuple[int, int]
"""How many of how many."""


class Cited(NamedTuple):
    """What the citations of one statement are worth."""

    carried: bool
    """Whether all of them together carry the statement: its citation recall."""

    relevant: tuple[bool, ...]
    """Whether each counts for citation precision, in order."""


def cited(citations: Sequence[C], carries: Callable[[Sequence[C]], bool]) -> Cited:
    """Judge the citations of a statement.

    Gao et al. 2023, "Enabling large language models to generate text with citations" (EMNLP),
    section 3. A statement is recalled if it has citations and all of them together carry it. A
    citation is irrelevant if it does not carry the statement by itself and the others carry it
    without it; it is precise if it is not irrelevant and the statement is recalled.

    >>> held = {"a": {"reports", "fell"}, "b": {"fell"}, "c": set()}
    >>> def both(some): return {"reports", "fell"} <= set().union(*(held[one] for one in some))
    >>> cited(["a", "c"], both)
    Cited(carried=True, relevant=(True, False))
    >>> cited(["b", "c"], both)
    Cited(carried=False, relevant=(False, False))
    """
    if not citations or not carries(citations):
        return Cited(False, (False,) * len(citations))
    if len(citations) == 1:
        return Cited(True, (True,))
    others = [[*citations[:place], *citations[place + 1 :]] for place in range(len(citations))]
    relevant = tuple(
        carries([one]) or not carries(rest) for one, rest in zip(citations, others, strict=True)
    )
    return Cited(True, relevant)


def citation_recall(judged: Sequence[Cited]) -> Pair | None:
    """Return the statements that their citations carry, and all; `None` without statements.

    >>> citation_recall([Cited(True, (True,)), Cited(False, ())])
    (1, 2)
    """
    return (sum(one.carried for one in judged), len(judged)) if judged else None


def citation_precision(judged: Sequence[Cited]) -> Pair | None:
    """Return the citations that are precise, and all; `None` without citations.

    >>> citation_precision([Cited(True, (True, False)), Cited(False, (False,))])
    (1, 3)
    """
    each = [one for statement in judged for one in statement.relevant]
    return (sum(each), len(each)) if each else None


def by_gold(citations: Sequence[Sequence[str]], fitting: Collection[str]) -> list[Cited]:
    """Judge citations by gold in place of a checker: a passage carries if it fits the question.

    A statement is recalled if one of its citations fits, and a citation is precise if it fits.

    Args:
        citations: ids of the passages that each statement cites.
        fitting: ids that are gold or as good, notes by what stands before `#`.

    >>> by_gold([["gsr:C12", "gsr:P1"], ["note:barnahus#2"], []], {"gsr:C12", "note:barnahus"})
    [Cited(carried=True, relevant=(True, False)), Cited(carried=True, relevant=(True,)), \
Cited(carried=False, relevant=())]
    """
    fits = [
        tuple(not {one, one.partition("#")[0]}.isdisjoint(fitting) for one in ids)
        for ids in citations
    ]
    return [Cited(any(one), one) for one in fits]


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
        by_quotes = tuple(cited(one.citations, partial(self._carries, one)) for one in said)
        checked = [
            one.carried
            or (
                bool(context)
                and self._verifier.verify(context, statement.text).verdict == "supported"
            )
            for one, statement in zip(by_quotes, said, strict=True)
        ]
        apart = [overlap.is_carried(context, one.text) for one in said]
        stand = []
        for statement in said:
            cites = [one.passage_id for one in statement.citations]
            # Judged only where all that it cites is gold or as good.
            if cites and all(by_gold([cites], fitting)[0].relevant):
                held = [self._passages[one].text for one in cites if one in self._passages]
                stand.append(overlap.stands_in(statement.text, held))
        agree = [one == other for one, other in zip(apart, checked, strict=True)]
        return Faith(by_quotes, _pair(stand), _pair(apart), _pair(checked), _pair(agree))

    def _carries(self, statement: Statement, citations: Sequence[Citation]) -> bool:
        """Return whether the checker holds a statement to be carried by some of its quotes."""
        held = statement.model_copy(update={"citations": tuple(citations)})
        kept, _ = ground.check((held,), self._passages, self._verifier)
        return any(one.verdict == "supported" for one in kept)


def statements_of(answer: Answer) -> tuple[Statement, ...]:
    """Return the statements that are judged: all but Signpost's own."""
    return tuple(one for one in answer.statements if one.kind != "note")


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
        carried = [one.verdict == "supported" for one in claims]
        right = [
            says(one.context, one.claim) == so for one, so in zip(claims, carried, strict=True)
        ]
        found[name] = rate(right)
        for which, wanted in (("carried", True), ("not carried", False)):
            told = (one for one, is_so in zip(right, carried, strict=True) if is_so is wanted)
            found[f"{name}, {which}"] = rate(list(told))
    return found


def _pair(verdicts: Sequence[bool]) -> Pair | None:
    return (sum(verdicts), len(verdicts)) if verdicts else None
