"""Sections of guidance held against a question: how well each speaks of it, and what it lacks."""

import math
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from assistant.answering.precedents import NONE_READ, Agreed, Cosines, Precedents
from assistant.answering.sentences import Places, Sentences, turned
from assistant.retrieval.encoder import SENTENCE, Matrix, PairModel, Vector
from assistant.understanding.lexicon import Concept, Lexicon, is_year
from corpus.passage import Passage
from corpus.readers.glossary import KIND as TERM

WEIGHTS = {
    "passage": 0.17,
    "sentence": 0.23,
    "asked": 0.37,
    "words": 0.06,
    "held": 0.15,
    "about": 0.06,
}
"""What each signal counts for in a section's score."""

Scores = NDArray[np.float64]
"""One number for each section, shape (sections,)."""

_NUMBER = re.compile(r"\d[\d.,]*\d|\d")

READ = 0.15
"""What the pair model's probability counts for beside the score of one of the first sections."""

READ_OWN = 0.05  # The same for a text of any make, of which the pair model has learned nothing.
PRECEDED = 0.5
"""What the likest judged question that a section answers counts for beside its score."""

MOST = 50  # Sections that are kept of a search.
DEPTH = 3  # Sections that the pair model reads.
ASKED = 80  # Words of a question that it reads with a sentence.


def years_of(text: str) -> frozenset[str]:
    """Return the years of the last century and of this that a text names.

    >>> sorted(years_of("In 2024, of the plan for 2025-2028, 14 of 1000"))
    ['2024', '2025', '2028']
    """
    return frozenset(filter(is_year, _NUMBER.findall(text)))


class Signals(NamedTuple):
    """How well each section speaks of a question; shape (sections,) each, about 0 to 1."""

    passage: Scores
    """Cosine of the question with the section and the titles above it."""

    sentence: Scores
    """Greatest cosine with one of its sentences."""

    asked: Scores
    """Greatest cosine with an everyday question that it answers."""

    words: Scores
    """BM25, as a share of the best."""

    held: Scores
    """Share of the question's concepts that it or a title above it says, by weight."""

    about: Scores
    """The same share of its whole note."""


class Found(NamedTuple):
    """What a search of the sections gives."""

    order: tuple[int, ...]
    """Places of the sections, the best first; only those with a score above 0."""

    score: Scores
    """The weighted sum of the signals; 0 for a section that is not to be shown."""

    concepts: tuple[Concept, ...]
    """What the question's words mean."""

    figures: dict[str, float]
    """What the gate weighs; see `FIGURES`."""

    unknown: tuple[str, ...]
    """Names of the question, as typed, that no section says."""

    likeness: Cosines | None
    """Of the question with each precedent, where there are any."""

    agreed: Agreed
    """What the likest precedents that are answered tell."""


class Sections:
    """Searches the sections of notes, and the entries of a glossary."""

    def __init__(
        self,
        sentences: Sentences,
        lexicon: Lexicon,
        words: Callable[[str], NDArray[np.float32]],
        pair_model: PairModel,
        read: float = READ,
        adapter: Matrix | None = None,
        precedents: Precedents | None = None,
    ) -> None:
        """Keep what a question is held against.

        Args:
            sentences: of the sections, with all vectors.
            lexicon: what is known of words.
            words: gives the BM25 score of every section for a text.
            pair_model: reads question and section together.
            read: what its probability counts for in a section's score.
            adapter: of questions, by which everyday questions are turned already; see `turned`.
            precedents: judged questions, turned as well.
        """
        self.precedents = precedents
        self._read = read
        self._adapter = adapter
        self._pair_model = pair_model
        self.sentences = sentences
        self._lexicon = lexicon
        self._words = words
        self.passages = sentences.passages
        notes = [one.id if one.facets["kind"] == TERM else one.source_id for one in self.passages]
        number = {one: at for at, one in enumerate(dict.fromkeys(notes))}
        self._note = np.array([number[one] for one in notes], dtype=np.intp)
        texts = (" ".join((*one.heading_path, one.text)) for one in self.passages)
        self._numbers = [frozenset(_NUMBER.findall(one)) for one in texts]

    def turned(self, vector: Vector) -> Vector:
        """Return the vector of a question as the sections are searched with it."""
        return vector if self._adapter is None else turned(vector, self._adapter)

    def search(
        self,
        text: str,
        vector: Vector,
        *,
        asked: str = "",
        core: str = "",
        kept: NDArray[np.bool_] | None = None,
        near: float = 2.0,
        bonus: Scores | float = 0.0,
    ) -> Found:
        """Return the sections that speak of a question, the best first.

        Args:
            text: the question as it is sought.
            vector: of it, turned, unit norm.
            asked: the words that ask, as they were typed, if that differs.
            core: the words that ask, where the question tells more besides: what sections lack of
                the rest counts for nothing.
            kept: which sections may be shown; the others are still held against them.
            near: cosine above which an everyday question or a precedent counts for nothing, so that
                a question that is learned from does not find itself.
            bonus: what is added to each score.
        """
        concepts, signals, score = self._signals(text, vector, near)
        score = score + bonus
        shown, likeness, agreed = score.copy(), None, NONE_READ
        if self.precedents:
            likeness = self.precedents.likeness(vector, near)
            agreed = self.precedents.agreed(core or text, likeness)
            shown += PRECEDED * self.precedents.passages(likeness)
        if kept is not None:
            shown[~kept] = 0.0
        found = np.argsort(-shown, kind="stable")[:MOST]
        order = tuple(int(one) for one in found if shown[one] > 0.0)
        first = list(order[:DEPTH])
        read = self._pair_model.score(
            asked or text, [section_text(self.passages[one]) for one in first]
        )
        shown[first] += self._read / (1.0 + np.exp(-read))
        order = (*sorted(first, key=lambda one: -shown[one]), *order[DEPTH:])
        if core:
            text, concepts = core, self._lexicon.concepts(self._lexicon.telling(core), core)
        names = tuple(one for one in concepts if self._lexicon.is_name(one, text))
        lost = [one for one in names if not self.sentences.holders(one).size]
        unknown = tuple(one.label for one in lost if self._lexicon.is_proper(one))
        figures = self._figures(text, order, score, signals, concepts, names)
        if order:
            best = float(read[first.index(order[0])])
            figures |= dict.fromkeys(PAIR, 0.0) | {"pair": best, "pair_most": float(read.max())}
        if self.precedents and likeness is not None:
            asked_like = float(signals.asked.max(initial=0.0))
            figures |= self.precedents.figures(likeness, asked_like, agreed)
        return Found(order, shown, concepts, figures, unknown, likeness, agreed)

    def same_note(self, text: str, vector: Vector) -> Scores:
        """Return 1 for sections of the note that speaks best of a text of that unturned vector."""
        _, _, score = self._signals(text, self.turned(vector))
        return np.where(self._note == self._note[int(score.argmax())], 1.0, 0.0)

    def _signals(
        self, text: str, vector: Vector, near: float = 2.0
    ) -> tuple[tuple[Concept, ...], Signals, Scores]:
        """Return what a text's words mean, how each section speaks of it, and their scores."""
        concepts = self._lexicon.concepts(self._lexicon.telling(text), text)
        sentences = self.sentences
        words = self._words(text).astype(np.float64)
        held, about = self._held(concepts)
        signals = Signals(
            passage=np.maximum(sentences.vectors.passages @ vector, 0.0).astype(np.float64),
            sentence=sentences.greatest_of_passages(vector),
            asked=sentences.asked_like(vector, near),
            words=words / max(float(words.max(initial=0.0)), 1e-9),
            held=held,
            about=about,
        )
        score = np.sum([WEIGHTS[name] * part for name, part in signals._asdict().items()], axis=0)
        return concepts, signals, cast("Scores", score)

    def read(self, question: str, places: Sequence[int]) -> Scores:
        """Return the pair model's log-odds that each of some sentences answers a question."""
        told = [self.sentences.all[one] for one in places]
        texts = [sentence_text(one.passage, one.text) for one in told]
        return self._pair_model.score(" ".join(question.split()[:ASKED]), texts, SENTENCE)

    def _held(self, concepts: Sequence[Concept]) -> tuple[Scores, Scores]:
        """Return the share of the concepts' weight that each section says, and each whole note."""
        held, about = np.zeros(len(self.passages)), np.zeros(len(self.passages))
        total = 0.0
        for concept in concepts:
            weight = self.sentences.weight(concept)
            saying = self.sentences.saying(concept)
            held[saying] += weight
            about[np.isin(self._note, self._note[saying])] += weight
            total += weight
        return (held / total, about / total) if total else (held, about)

    def _figures(
        self,
        text: str,
        order: Sequence[int],
        score: Scores,
        signals: Signals,
        concepts: Sequence[Concept],
        names: Sequence[Concept],
    ) -> dict[str, float]:
        """Return what tells whether the best section answers: agreement, margins, what it lacks."""
        if not order:
            return dict.fromkeys((*FIGURES, *PAIR), 0.0)
        best = order[0]
        own = self._note == self._note[best]
        figures: dict[str, float] = {}
        for name, part in (signals._asdict() | {"score": score}).items():
            figures[name] = float(part[best])
            figures[f"{name}_ahead"] = float(part[best] - part[~own].max(initial=0.0))
        notes = np.flatnonzero(own)
        figures |= self._lost("section", concepts, np.array([best]))
        figures |= self._lost("note", concepts, notes)
        figures |= self._mismatch(text, best, notes, names)
        return figures

    def _lost(self, name: str, concepts: Sequence[Concept], scope: Places) -> dict[str, float]:
        """Return what of the question some sections do not say: share, greatest and number."""
        weights = {one: self.sentences.weight(one) for one in concepts}
        lost = [idf for one, idf in weights.items() if not self.sentences.saying(one)[scope].any()]
        return {
            f"lost_{name}": sum(lost) / (sum(weights.values()) or 1.0),
            f"lost_{name}_most": max(lost, default=0.0) / math.log(len(self.sentences.all) + 1),
            f"lost_{name}_count": float(len(lost)),
        }

    def _mismatch(
        self, text: str, best: int, notes: Places, names: Sequence[Concept]
    ) -> dict[str, float]:
        """Return what a question names that the best section lacks: years, numbers, names."""
        numbers = frozenset(_NUMBER.findall(text))
        years = years_of(text)
        here = self._numbers[best]
        there = frozenset[str]().union(*(self._numbers[one] for one in notes))
        everywhere = [self.sentences.saying(one) for one in names]
        return {
            "years": float(bool(years)),
            "years_lost": float(len(years - here)),
            "years_lost_note": float(len(years - there)),
            "numbers_lost": float(len(numbers - years - here)),
            "names": float(len(names)),
            "names_lost": float(sum(not one[best] for one in everywhere)),
            "names_lost_note": float(sum(not one[notes].any() for one in everywhere)),
            "names_lost_any": float(sum(not one.any() for one in everywhere)),
        }


FIGURES = (
    *(f"{name}{end}" for name in (*Signals._fields, "score") for end in ("", "_ahead")),
    *(f"lost_{scope}{end}" for scope in ("section", "note") for end in ("", "_most", "_count")),
    "years", "years_lost", "years_lost_note", "numbers_lost",
    "names", "names_lost", "names_lost_note", "names_lost_any",
)  # fmt: skip
"""Names of the figures that the gate weighs, in order."""

PAIR = ("pair", "pair_most", "lead", "lead_most")
"""What the pair model says of the best section, the most that it says of the first three, and the
same of the sentence that leads and of those that may."""


def section_text(passage: Passage) -> str:
    """Return a section as the pair model reads it: the titles above it, and its words."""
    return f"{' - '.join(passage.heading_path)}. {passage.text}"


def sentence_text(passage: Passage, sentence: str) -> str:
    """Return a sentence as the pair model reads it: under the title of its note or term."""
    return f"{passage.heading_path[0] if passage.heading_path else ''}. {sentence}"
