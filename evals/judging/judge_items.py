"""What of a run, and which labelled claims, a language model is asked to judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from assistant.citing.verifier import Verifier
from assistant.records import Answer
from assistant.safety.personal import Finder
from assistant.wording.generative import WORDED
from corpus.passage import sha256_of
from corpus.whole import Whole
from evals.cases.case import Case, load_cases
from evals.cases.ground_families import GroundCase, read_ground_cases
from evals.folder import CASES, load_answers
from evals.judging.judge_prompt import ANSWERS, CARRIES, answers_request, carries_request, reply_of
from evals.judging.judge_rows import Item, Part, Terms
from evals.metrics.beside import fitting_of
from evals.metrics.faithfulness import Judges, statements_of
from evals.metrics.score import Scores, passages_of
from evals.metrics.scores import Score

T = TypeVar("T", GroundCase, "Candidate")


class Candidate(NamedTuple):
    """An answer that may be judged."""

    id: str
    """Of the case."""

    case: Case
    """What was asked."""

    answer: Answer
    """What was answered."""

    score: Score
    """What the suite says of it."""

    cited: frozenset[str]
    """What it cites, notes by what stands before `#`."""


class Draw:
    """Draws by a seed, so that more of the same begins with the same."""

    def __init__(self, seed: int) -> None:
        """Keep the seed."""
        self._seed = seed

    def order(self, found: Iterable[T], salt: str = "") -> list[T]:
        """Return things in the order in which they are drawn."""
        return sorted(found, key=lambda one: self._key(f"{salt}{one.id}"))

    def yes_first(self, item_id: str) -> bool:
        """Tell whether yes is named first: for about every second thing."""
        return int(self._key(f"yes first:{item_id}")[0], 16) % 2 == 0

    def _key(self, text: str) -> str:
        return sha256_of(f"{self._seed}:{text}")


def of_claims(terms: Terms, most: int | None) -> Iterator[Item]:
    """Give labelled claims, each with gold and the checker's verdict.

    Args:
        terms: whose split and seed they are drawn by; no claims are of calibration.
        most: so many at most; none for all.
    """
    if terms.split == "calibration":
        return
    draw = Draw(terms.seed)
    verifier = Verifier.open()
    for one in draw.order(read_ground_cases(terms.split))[:most]:
        yes_first = draw.yes_first(one.id)
        yield Item(
            id=f"claims:{one.id}",
            part="claims",
            unit=" ".join(one.passages),
            gold=one.verdict == "supported",
            checker=verifier.verify(one.context, one.claim).verdict == "supported",
            yes_first=yes_first,
            system=CARRIES,
            request=carries_request(one.context, one.claim, yes_first=yes_first),
        )


class Answers:
    """The answers of a run that may be judged: those that tell something, of one split.

    A refusal, a question back, and whatever stands beside a reviewed reply are left out, and so is
    a verdict on a claim.
    """

    def __init__(self, scores: Scores, terms: Terms, finder: Finder, *, is_local: bool) -> None:
        """Read the run.

        Args:
            scores: of the run.
            terms: whose split and seed they are drawn by.
            finder: notices personal data, which is masked, and goes to no other machine at all.
            is_local: whether the model is on this machine.

        Raises:
            BatchError: the run cannot be read.
        """
        self._draw = Draw(terms.seed)
        self._finder = finder
        self._whole = Whole.read()
        passages = passages_of(scores.summary.config, self._whole)
        self._judges = Judges(passages) if passages else None
        found = _candidates(scores, scores.folder, terms)
        may = [one for one in found if is_local or self._may_send(one)]
        self.withheld = len(found) - len(may)
        self._found = self._draw.order(may)

    def items(self, most: int | None) -> Iterator[Item]:
        """Give what is judged of so many answers at most: statements, the answer, and an exchange.

        Gold for an answer is what the suite says: that the case is to be answered, and that the
        answer is right in all that is scored. Where either is right, the answer is not asked of.
        """
        for one in self._found[:most]:
            yield from self._statements(one)
            if one.score.to_answer is not None:
                gold = one.score.to_answer and one.score.right
                yield self._relevance("answers", one, one, gold=gold)
            if other := self._other(one):
                yield self._relevance("swapped", one, other, gold=False)

    def _statements(self, one: Candidate) -> Iterator[Item]:
        for place, said in enumerate(statements_of(one.answer), 1):
            item_id = f"statements:{one.id}:{place}"
            yes_first = self._draw.yes_first(item_id)
            quotes = "\n".join(cited.quote for cited in said.citations)
            yield Item(
                id=item_id,
                part="statements",
                unit=one.id,
                gold=None,
                checker=self._judges.carries(said) if self._judges else None,
                yes_first=yes_first,
                system=CARRIES,
                request=carries_request(quotes, self._masked(said.text, one), yes_first=yes_first),
            )

    def _relevance(self, part: Part, one: Candidate, other: Candidate, *, gold: bool) -> Item:
        """Return the question of one case with the answer of it, or of another."""
        item_id = f"{part}:{one.id}"
        yes_first = self._draw.yes_first(item_id)
        question, *turns = (self._finder.mask(text) for text in _asked(one))
        reply = self._masked(reply_of(other.answer), one, other)
        return Item(
            id=item_id,
            part=part,
            unit=one.id,
            gold=gold,
            checker=None,
            yes_first=yes_first,
            system=ANSWERS,
            request=answers_request(question, turns, reply, yes_first=yes_first),
        )

    def _masked(self, text: str, *candidates: Candidate) -> str:
        """Return a text without what personal data the questions hold, which it may repeat."""
        private = [
            (found.kind, asked[found.start : found.end])
            for one in candidates
            for asked in _asked(one)
            for found in self._finder.find(asked)
        ]
        return self._finder.mask_also(text, private) if private else text

    def _other(self, one: Candidate) -> Candidate | None:
        """Return an answer to another question that shares nothing with this one, or its gold."""
        taken = one.cited | fitting_of(one.case, self._whole.framework).ids
        order = self._draw.order(self._found, salt=f"{one.id}:")
        return next((other for other in order if other.cited and not other.cited & taken), None)

    def _may_send(self, one: Candidate) -> bool:
        return all(self._finder.may_send(text, allowed=False) for text in _asked(one))


def _asked(one: Candidate) -> tuple[str, ...]:
    return (one.case.question, *one.case.turns)


def _candidates(scores: Scores, folder: Path, terms: Terms) -> list[Candidate]:
    cases = {case.id: case for case in load_cases(folder / CASES)}
    answers = {row.id: row.answer for row in load_answers(folder)}
    return [
        Candidate(score.id, cases[score.id], answer, score, _cited(answer))
        for score in scores.cases
        if score.split == terms.split
        and (answer := answers[score.id])
        and _tells(cases[score.id], answer)
    ]


def _tells(case: Case, answer: Answer) -> bool:
    plain = answer.signposting is None and not case.context
    return plain and answer.status in WORDED and bool(answer.statements)


def _cited(answer: Answer) -> frozenset[str]:
    return frozenset(
        one.passage_id.partition("#")[0] for said in answer.statements for one in said.citations
    )


def in_turn(*groups: Sequence[Item]) -> list[Item]:
    """Return items of several groups by turns, so that an interruption leaves some of each."""
    placed = [
        (place / len(group), number, one)
        for number, group in enumerate(groups)
        for place, one in enumerate(group)
    ]
    return [one for _, _, one in sorted(placed, key=lambda row: row[:2])]
