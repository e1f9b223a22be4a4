"""How likely it is that a draft answers what was asked, from signs that can be explained."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple, Self

from assistant.answering.guidance import Told
from assistant.answering.structured import COMPOSER as STRUCTURED
from assistant.records import Draft, Statement
from assistant.rules.cues import NUMBER_WORDS
from assistant.rules.lexicon import Concept, Lexicon, contains, stem, stems_of, words_of
from assistant.rules.parts import Parts
from assistant.rules.quantity import PERIODS
from assistant.rules.valued import VALUE_WORDS
from assistant.understanding.query import Query
from corpus.passage import Corpus
from corpus.structure.graph import Framework

_SORT = re.compile(r"\b(?:which|what)\s+((?:[\w'-]+\s*){1,4})", re.I)
_NO_SORT = frozenset(
    """
    is are was were do does did has have had can could will would should must may might in of for
    on the a an to that by with at from i we you it they be been exactly
    """.split()
)
"""Words after which and what that are no sort of thing."""

_CERTAIN = frozenset(("inverse", "negate", "verify", "compare", "locate"))
"""Operations that the structure answers or refuses as a whole."""

BARE = 3
"""Words up to which a question is a bare topic."""

LEAST = 0.3
"""Weight of a concept at least, as an inverse document frequency."""


FAR = 0.25
"""Cosine below which a question is about something else."""

LONG = 20
"""Words from which a question is long."""


class Signs(NamedTuple):
    """What tells whether a draft answers; shares and cosines are 0 to 1, flags 0 or 1."""

    covered: float
    """Share of the question's concepts, by weight, that the shown sentences hold between them."""

    covered_by_one: float
    """The same of the best single sentence."""

    lost: float
    """Weight of the most telling concept that none holds, as a share of the greatest weight."""

    lost_names: float
    """Names and years of the question that none holds."""

    lost_names_of_few: float
    """The same times the share of `LONG` by which the question is shorter."""

    lost_sort: float
    """Whether none holds the sort of thing asked for: `form` of `which form`."""

    unnamed_covered: float
    """Like `covered`, of the words that no name of the framework accounts for."""

    unnamed_lost: float
    """Like `lost`, of those words."""

    similarity: float
    """Cosine of the question with the most similar of the shown sentences of guidance."""

    framework_similarity: float
    """The same with the shown passages of the framework."""

    told: float
    """Relevance of the best sentence of guidance; 0 if none is shown."""

    ahead: float
    """How much more relevant it is than one of any other text."""

    agreed: float
    """Whether a search by words and meaning puts the same text first."""

    whole: float
    """Share of the concepts that its text holds."""

    asked: float
    """Cosine with the likest everyday question that the shown passages of guidance answer."""

    strength: float
    """Relevance of the best passage of the framework."""

    structured: float
    """Whether the framework's structure answers."""

    framework: float
    """Whether words of the framework are shown."""

    of_page: float
    """Whether the framework itself is asked."""

    polar: float
    """Whether yes or no is asked."""

    valued: float
    """Whether a value is asked for."""

    sure: float
    """Whether an item of the framework is named beyond doubt."""

    kind: float
    """Whether a kind of its items is named."""

    all_held: float
    """Whether the shown sentences hold every concept."""

    uncovered_of_few: float
    """What is not covered, times the share of `LONG` by which the question is shorter: of many
    words some are always lost, of few none should be."""

    lost_of_few: float
    """`lost`, likewise."""

    unnamed_lost_of_few: float
    """`unnamed_lost`, likewise."""

    asked_ahead: float
    """How much liker it is than any that other texts answer."""

    lost_numbers: float
    """Whether a number of the question, years apart, is in none of the shown sentences."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the signs in order."""
        return cls._fields


class Model(NamedTuple):
    """A logistic regression over signs, and the points at which it says yes."""

    weights: Mapping[str, float]
    """Weight of each sign."""

    bias: float
    """What is added to their sum."""

    threshold: float
    """Probability from which a draft is given as the answer."""

    framed_threshold: float
    """The same where words of the framework are part of it, which fails less often."""

    structured_threshold: float
    """The same where the framework's structure is, which fails least."""

    @classmethod
    def shipped(cls, risk: float) -> Self:
        """Read the fitted model; `python -m evals.training.fit_answerability` writes it.

        Args:
            risk: greatest upper bound on the rate of false answers; the threshold is the loosest
                that keeps it, or the strictest there is.
        """
        read = json.loads((files(__package__) / "answerability.json").read_text("utf-8"))
        weights = {str(name): float(value) for name, value in read["weights"].items()}
        kept = (one for one in read["curve"] if one["upper"] <= risk)
        point = next(kept, read["curve"][-1])
        names = ("threshold", "framed_threshold", "structured_threshold")
        return cls(weights, float(read["bias"]), *(float(point[name]) for name in names))

    def gives(self, signs: Signs) -> bool:
        """Tell whether a draft with these signs is given as the answer.

        What is far from everything shown is not, unless every word of it is held.
        """
        near = max(signs.similarity, signs.framework_similarity, signs.asked)
        if near < FAR and not (signs.structured or signs.all_held):
            return False
        other = self.framed_threshold if signs.framework else self.threshold
        threshold = self.structured_threshold if signs.structured else other
        return self.probability(signs) >= threshold

    def probability(self, signs: Signs) -> float:
        """Return how likely it is that a draft with these signs answers, 0 to 1."""
        total = self.bias + sum(
            self.weights[name] * value for name, value in zip(signs._fields, signs, strict=True)
        )
        return 1.0 / (1.0 + math.exp(-total))


class Answerability:
    """Reads the signs off a draft."""

    def __init__(
        self,
        corpus: Corpus,
        framework: Framework,
        parts: Parts,
        lexicon: Lexicon,
        weight: Callable[[Concept], float],
    ) -> None:
        """Keep what a question's words are held against.

        Args:
            corpus: passages that statements cite.
            framework: whose kinds of thing are no sort of value.
            parts: takes questions apart.
            lexicon: what is known of words.
            weight: inverse document frequency of a concept.
        """
        self._corpus = corpus
        self._parts = parts
        self._lexicon = lexicon
        self._weight = weight
        self._most = math.log(sum(len(one.sentences) for one in corpus.passages) + 1)
        self._kinds = {
            stem(word)
            for kind in framework.kinds
            for name in (kind.singular, kind.plural, *kind.words)
            for word, _, _ in words_of(name)
        }

    def is_certain(self, query: Query, draft: Draft, told: Told) -> bool:
        """Tell whether nothing is left to judge.

        That is where names and words of asking are all that is said, where a passage of the
        framework holds the whole topic or the value, where what is lacking is told, and where a
        note or an entry has the title that is asked about, and a sentence holds all that is asked.
        """
        if told.titled and told.agreed and not (told.names or query.wants):
            return True
        if draft.status == "partial" or (query.polar and query.of_page and query.whole):
            return True
        bare = query.whole and len(self._parts.words(query.text).tokens) <= BARE
        if query.matches and (query.wants in PERIODS or bare) and self._is_framed(draft):
            return True
        if draft.composer != STRUCTURED or query.wants:
            return False
        extreme = query.counted in ("most", "least")
        return extreme or query.operation in _CERTAIN or not self._left(query)

    def signs(
        self,
        query: Query,
        draft: Draft,
        told: Told,
        similar: Callable[[Sequence[Statement]], tuple[float, float]],
    ) -> Signs:
        """Return the signs of a draft for one thing asked.

        Args:
            query: the thing asked.
            draft: what would answer it.
            told: what guidance says.
            similar: gives the greatest cosine of guidance and of framework with the question.
        """
        shown = [one for one in draft.statements if one.kind != "note"]
        held = [self._stems(one) for one in shown]
        everything = tuple(word for stems in held for word in stems)
        words = self._parts.words(query.text)
        topic = words.topic("excluded", "kind", "framework", "description")
        if query.wants:
            # What asks for a value is answered by the value, which does not repeat it.
            topic = [one for one in topic if one.word not in VALUE_WORDS]
        concepts = self._lexicon.concepts(topic, query.text) if topic else ()
        lost = [one for one in concepts if not _says(everything, one)]
        left = self._left(query)
        left_lost = [one for one in left if not _says(everything, one)]
        guidance, framework = similar(shown)
        given = any(one.kind == "guidance" for one in shown)
        names = float(sum(self._lexicon.is_name(one, query.text) for one in lost))
        short = 1.0 - min(len(words.tokens) / LONG, 1.0)
        covered = self._share(concepts, lost)
        return Signs(
            covered=covered,
            covered_by_one=max(
                (
                    self._share(concepts, [one for one in concepts if not _says(stems, one)])
                    for stems in held
                ),
                default=0.0,
            ),
            lost=self._greatest(lost),
            lost_names=names,
            lost_names_of_few=names * short,
            lost_sort=float(self._sort(query.text) not in (*everything, "")),
            unnamed_covered=self._share(left, left_lost),
            unnamed_lost=self._greatest(left_lost),
            similarity=guidance,
            framework_similarity=framework,
            told=told.score if given else 0.0,
            ahead=told.ahead if given else 0.0,
            agreed=float(told.agreed and given),
            whole=told.whole if given else 0.0,
            asked=told.asked if given else 0.0,
            strength=query.strength,
            structured=float(STRUCTURED in draft.composer),
            framework=float(any(one.kind == "framework" for one in shown)),
            of_page=float(query.of_page),
            polar=float(query.polar),
            valued=float(bool(query.wants)),
            sure=float(query.sure),
            kind=float(query.named),
            all_held=float(not lost),
            uncovered_of_few=(1.0 - covered) * short,
            lost_of_few=self._greatest(lost) * short,
            unnamed_lost_of_few=self._greatest(left_lost) * short,
            asked_ahead=told.asked_ahead if given else 0.0,
            lost_numbers=float(not self._numbers(query.text) <= _numbers_in(shown)),
        )

    def _is_framed(self, draft: Draft) -> bool:
        return any(one.kind == "framework" for one in draft.statements)

    def _left(self, query: Query) -> tuple[Concept, ...]:
        """Return the concepts that no name of the framework accounts for."""
        words = self._parts.words(query.text)
        topic = words.topic("kind", "framework", "description", "excluded", "item", "entity")
        if query.wants:
            topic = [one for one in topic if one.word not in VALUE_WORDS]
        return self._lexicon.concepts(topic, query.text) if topic else ()

    def _numbers(self, text: str) -> set[int]:
        """Return the numbers of a question that name no item of the framework, years apart."""
        words = self._parts.words(text)
        taken = {
            place
            for one in words.mentions
            if one.type in ("item", "absent", "term")
            for place in range(one.first, one.last + 1)
        }
        tokens = [one.word for place, one in enumerate(words.tokens) if place not in taken]
        found = {_number(one) for one in tokens}
        return {one for one in found if one > 1 and not 1900 < one < 2100}

    def _share(self, concepts: Sequence[Concept], lost: Sequence[Concept]) -> float:
        total = sum(max(self._weight(one), LEAST) for one in concepts)
        gone = sum(max(self._weight(one), LEAST) for one in lost)
        return 1.0 - gone / total if total else 1.0

    def _greatest(self, lost: Sequence[Concept]) -> float:
        return max((max(self._weight(one), LEAST) for one in lost), default=0.0) / self._most

    def _sort(self, text: str) -> str:
        """Return the stem of the sort of thing asked for, if it is none of the framework's kinds.

        `form` of `which form`, `organis` of `which sixteen organisations`.
        """
        found = _SORT.search(text)
        for word in found[1].lower().split() if found else ():
            if word in _NO_SORT:
                return ""
            if word.isdigit() or word in NUMBER_WORDS:
                continue
            return "" if stem(word) in self._kinds else stem(word)
        return ""

    def _stems(self, statement: Statement) -> tuple[str, ...]:
        """Return the stems of a statement and of what stands above its passages."""
        above = [
            heading
            for one in statement.citations
            for path in (self._corpus.passage(one.passage_id).heading_path,)
            for heading in (path[:1] + path[-1:])
        ]
        return _stems_of(". ".join([statement.text, statement.section, *dict.fromkeys(above)]))


def _number(word: str) -> int:
    """Return the number that a word is, 0 if it is none."""
    digits = re.fullmatch(r"(\d{1,6})(?:st|nd|rd|th|s)?", word.replace(",", ""))
    return int(digits[1]) if digits else NUMBER_WORDS.get(word, 0)


def _numbers_in(shown: Sequence[Statement]) -> set[int]:
    """Return the numbers that statements and what stands above them say."""
    said = (f"{one.section} {one.text}".replace(",", "") for one in shown)
    return {_number(word.lower()) for text in said for word in re.findall(r"\w+", text)}


@lru_cache(maxsize=10_000)
def _stems_of(text: str) -> tuple[str, ...]:
    return stems_of(text)


def _says(stems: Sequence[str], concept: Concept) -> bool:
    return any(contains(stems, form) for form in concept.forms)
