"""The points of an answer: which sentence leads, and which belong beside it."""

import math
from collections.abc import Container, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import zip_longest
from typing import NamedTuple, Self

from pydantic import Field

from assistant.answering.answerability import Weighing
from assistant.answering.precedents import Kin
from assistant.answering.sentences import Sentences, Shares
from assistant.citing.amounts import amounts_in
from assistant.retrieval.encoder import Scores, Vector
from assistant.understanding.lexicon import stems_of
from corpus.passage import Record

FILE = "points.json"
"""The fitted weights, in this package; `python -m evals.training.fit_gate --points` writes them."""

DOCUMENTS = "points_documents.json"
"""The same for texts of any make; `python -m evals.training.fit_gate --documents` writes them."""

SPOKEN_LEADS, SPOKEN, UNSPOKEN = 1.0, 0.3, -0.5
"""What is added to the log-odds of a sentence of a note that earlier turns spoke of: that it leads,
and that it belongs beside one that leads; and to those of others beside such a one. Of 270 turns
that lean, on which they were chosen, with and without: the lead is of the right note for 0.87 and
0.83, and 0.77 and 0.70 of the points are; readers liked what prefers more strongly no better."""

LEAST_OWN = 0.05  # The same of a text of any make, of which less is known: chosen on documents.

FIGURES = (
    "likeness",  # its cosine with the question
    "held",  # share of the question's words that it says
    "section",  # score of its section
    "odds",  # log-odds by the pair model that it answers
    "said",  # the same as a probability
    "rank",  # of its section, from 0
    "opens",  # whether it opens its section
    "depth",  # how far down its section it stands, 0 to 1
    "length",  # logarithm of its characters
    "behind",  # how far its odds are behind the best ones
    "scored_behind",  # how far its score in the search is behind the best one
    "best",  # the best odds of all
    "place",  # logarithm of its place by odds, from 1; of equals the one found first
    "first",  # whether its odds are the best
)
"""What is weighed of a sentence."""

OWN = (
    "likeness", "held", "section", "odds", "rank", "opens", "length", "behind", "scored_behind",
)  # fmt: skip
"""What is weighed of a sentence of a text of any make."""

KIN = (
    "answered",  # cosine with the likest judged question that it answers
    "belonged",  # the same of those in whose answer it belongs
    "strayed",  # the same of those in whose answer it does not
    "agreed",  # log-odds that what answers those that it answers, and were read, answers
    "answered_behind",  # how far the first of these is behind the greatest of all
    "belonged_behind",  # the same of the second
    "answered_best",  # the greatest
    "agreed_behind",  # how far those odds are behind the greatest
    "agreed_best",  # the greatest
    "agreed_place",  # as `place`, by those odds
    "agreed_first",  # as `first`, by those odds
)
"""What is weighed besides of whether it belongs: precedents."""

LEADS = (*FIGURES, *(name for name in KIN if name.startswith("agreed")))
"""What is weighed of whether it leads, of which cosines with precedents tell no more."""


SAME = 0.7
"""Chance that of two sentences one is enough, from which the other is not told. Of 1,108 judged
questions 0.818 of what answers best is told, 0.841 from 0.95 on; readers would delete the rest."""

REPEATS = (
    "cosine",  # of the two
    "shared",  # share of the stems of the one with fewer that both have
    "alike",  # stems that both have, of all that either has
    "within",  # whether both have amounts, and the one has all that the other has
    "apart",  # whether both have amounts, and none in common
    "amounts",  # whether one of them alone has amounts
    "section",  # whether they stand in one section
    "note",  # whether in one note
    "length",  # characters of the shorter by those of the longer
)
"""What is weighed of whether one sentence says what another says."""


class Candidate(NamedTuple):
    """A sentence that the pair model has read."""

    place: int
    """Place among all sentences."""

    passage: str
    """Id of its passage."""

    number: int
    """Place in that, counted from 0."""

    figures: dict[str, float]
    """By the names of `FIGURES` and `KIN`."""


def candidates(
    scored: Sequence[tuple[float, int]],
    odds: Scores,
    sections: Mapping[int, float],
    sentences: Sentences,
    held: Shares,
    vector: Vector,
    kin: Sequence[Kin] = (),
) -> list[Candidate]:
    """Return sentences with the figures that are weighed.

    Args:
        scored: scores in the search and places, the best first.
        odds: by the pair model, one for each of these.
        sections: places of the sections found with their scores, the best first.
        sentences: all of them.
        held: share of the question's words that each of all says, 0 to 1.
        vector: of the question, unit norm.
        kin: judged questions like it, one for each; without them their figures are left out.
    """
    most = Kin(*map(max, zip(*kin, strict=True))) if kin else None
    ranks, best = {section: rank for rank, section in enumerate(sections)}, max(map(float, odds))
    told, agreed, found = [*map(float, odds)], [one.agreed for one in kin], []
    for at, ((score, place), said, like) in enumerate(zip_longest(scored, told, kin)):
        section = sentences.section_of(place)
        sentence, last = sentences.all[place], len(sentences.of_passage(section)) - 1
        values = [
            float(sentences.cosines([place], vector)[0]),
            float(held[place]),
            float(sections[section]),
            said,
            1.0 / (1.0 + math.exp(-said)),
            float(ranks[section]),
            float(sentence.number == 0),
            sentence.number / max(last, 1),
            math.log(len(sentence.text)),
            said - best,
            score - scored[0][0],
            best,
            *_standing(at, told),
        ]
        if like and most:
            behind = (like.answered - most.answered, like.belonged - most.belonged)
            values += [*like, *behind, most.answered, like.agreed - most.agreed, most.agreed]
            values += _standing(at, agreed)
        figures = dict(zip((*FIGURES, *KIN), values, strict=False))
        found.append(Candidate(place, sentence.passage.id, sentence.number, figures))
    return found


def _standing(at: int, numbers: Sequence[float]) -> list[float]:
    """Return the logarithm of a number's place among all, the greatest first, and if it is first.

    Of equals the one that was found first counts for greater.

    >>> _standing(1, [3.0, 3.0, 1.0])
    [0.6931471805599453, 0.0]
    """
    own = numbers[at]
    place = sum(one > own or (one == own and i < at) for i, one in enumerate(numbers))
    return [math.log1p(place), float(place == 0)]


class Wording(NamedTuple):
    """What of a sentence is held against another."""

    length: int
    """Characters."""

    stems: frozenset[str]
    amounts: frozenset[str]
    passage: str
    """Id of the passage that it stands in."""

    @classmethod
    def of(cls, text: str, passage: str) -> Self:
        """Read a sentence of a passage."""
        amounts = (one.key for one in amounts_in(text))
        return cls(len(text), frozenset(stems_of(text)), frozenset(amounts), passage)

    def repeating(self, other: Self, cosine: float) -> dict[str, float]:
        """Return what is weighed of whether it says what another says, by `REPEATS`.

        >>> one, other = Wording.of("Kai has 6 boats.", "a#1"), Wording.of("He has 6.", "a#2")
        >>> [round(told, 2) for told in one.repeating(other, 0.7).values()]
        [0.7, 0.67, 0.4, 1.0, 0.0, 0.0, 0.0, 1.0, 0.56]
        """
        fewer, more = sorted((self.stems, other.stems), key=len)
        few, many = sorted((self.amounts, other.amounts), key=len)
        notes = {one.passage.partition("#")[0] for one in (self, other)}
        told = (
            cosine,
            len(fewer & more) / max(len(fewer), 1),
            len(fewer & more) / max(len(fewer | more), 1),
            bool(few) and few <= many,
            bool(few) and few.isdisjoint(many),
            bool(few) != bool(many),
            self.passage == other.passage,
            len(notes) == 1,
            min(self.length, other.length) / max(self.length, other.length),
        )
        return dict(zip(REPEATS, map(float, told), strict=True))


class Points(Record):
    """The weighings that choose among candidates."""

    leads: Weighing
    """That a sentence answers and would be said first."""

    belongs: Weighing
    """That it belongs in a good answer."""

    repeats: Weighing
    """That of two sentences one is enough."""

    least: float = Field(ge=0.0, le=1.0)
    """Chance from which it is told beside the one that leads. From 0.2 on, not 0.3, more are told
    that stray, and as good as no more that answer."""

    def order(self, found: Sequence[Candidate], spoken: Container[int] = ()) -> list[Candidate]:
        """Return the sentence that leads, and then those that belong beside it, likeliest first.

        `spoken` has the places of sentences of notes that earlier turns spoke of.
        """
        leads = [
            self.leads.odds(one.figures) + SPOKEN_LEADS * (one.place in spoken) for one in found
        ]
        lead = found[leads.index(max(leads))]
        least = math.log(self.least / (1.0 - self.least))
        gains = (UNSPOKEN, SPOKEN) if lead.place in spoken else (0.0, 0.0)
        odds = [(self.belongs.odds(one.figures) + gains[one.place in spoken], one) for one in found]
        odds = [pair for pair in odds if pair[1] is not lead and pair[0] >= least]
        return [lead, *(one for _, one in sorted(odds, key=lambda pair: -pair[0]))]

    @classmethod
    @cache
    def shipped(cls, file: str = FILE) -> Self:
        """Read the fitted weights, for guidance or for `DOCUMENTS`."""
        return cls.model_validate_json((files(__package__) / file).read_text("utf-8"))
