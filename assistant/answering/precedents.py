"""Questions that were judged before: what answered one tells what answers another like it."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import fmean
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from assistant.answering.sentences import shipped_adapter, turned
from assistant.home import write_whole
from assistant.retrieval.encoder import Matrix, Scores, Vector
from assistant.retrieval.models import Embedder
from corpus.passage import Corpus, Passage
from corpus.readers.questions import LabelledQuestion, shipped_questions

RANK = 128  # Numbers that are kept of a vector of 384: as many tell the same questions apart.
LIKE = ("answered_like", "missed_like", "agreed", "agreed_mean")
"""Names of the figures that the gate weighs."""

READ = 6  # Precedents, the likest that are answered, that are read together with the question.
FEW = 3  # Of these, the most agreed, of which a mean is taken.
UNREAD = -6.0  # Log-odds of what was not read.
ANSWERS, BELONGS = 3, 2  # Grades of a sentence; see `LabelledQuestion.grades`.
Cosines = NDArray[np.float32]
"""One number for each precedent, -1 to 1."""


class Kin(NamedTuple):
    """Greatest cosines of a question with those for which a sentence was judged; 0 without any."""

    answered: float = 0.0
    """Which it answers."""

    belonged: float = 0.0
    """In whose answer it belongs, or which it answers."""

    strayed: float = 0.0
    """In whose answer it does not belong."""

    agreed: float = UNREAD
    """Log-odds that it answers, by those that it answers and that were read; see `Agreed`."""


class Agreed(NamedTuple):
    """What is told of the precedents that were read together with a question."""

    odds: tuple[float, ...] = ()
    """Log-odds that what answers each answers the question, the greatest first."""

    sentences: dict[int, float] = {}
    """The greatest of them by the place of a sentence that answers a precedent."""


NONE_READ = Agreed()


class Precedents:
    """Judged questions as vectors, each with what was found of sentences."""

    def __init__(
        self,
        arrays: dict[str, NDArray[np.generic]],
        first: Sequence[int],
        read: Callable[[str, Sequence[str]], Scores] | None = None,
    ) -> None:
        """Keep what was judged.

        Args:
            arrays: as `judged_of` returns them.
            first: place of the first sentence of each passage, and then their number.
            read: gives for a question and others the log-odds that what answers one of these
                answers it; see `PrecedentModel`.
        """
        self._read = read
        self._texts = arrays["texts"].tobytes().decode("utf-8").split("\n")
        self._basis = arrays["basis"].astype(np.float32)
        self._vectors = arrays["vectors"].astype(np.float32)
        self._is_missed = arrays["is_missed"].astype(np.bool_)
        self._questions = arrays["questions"].astype(np.intp)
        self._grades = arrays["grades"].astype(np.intp)
        places = arrays["places"]
        self._at = np.searchsorted(places, np.arange(first[-1] + 1))
        answered = self._grades == ANSWERS
        self._answering = self._questions[answered]
        self._answers = places[answered].astype(np.intp)
        passages = np.searchsorted(first, places[answered], side="right") - 1
        self._passages, self._starts = np.unique(passages, return_index=True)
        self._count = len(first) - 1

    def likeness(self, vector: Vector, near: float = 2.0) -> Cosines:
        """Return the cosine of a question with each precedent; 0 where it is above `near`.

        Args:
            vector: of the question, turned, unit norm; see `turned`.
            near: so that a question that is learned from does not find itself.
        """
        shortened = vector @ self._basis
        cosines: Cosines = self._vectors @ (shortened / max(float(np.linalg.norm(shortened)), 1e-9))
        return np.where(cosines > near, np.float32(0.0), cosines)

    def passages(self, likeness: Cosines) -> NDArray[np.float64]:
        """Return for each passage the greatest cosine with a question that it answers, 0 to 1."""
        found = np.zeros(self._count)
        if self._passages.size:
            most = np.maximum.reduceat(likeness[self._answering], self._starts)
            found[self._passages] = np.maximum(most, 0.0)
        return found

    def kin(self, place: int, likeness: Cosines, agreed: Agreed = NONE_READ) -> Kin:
        """Return how like the question is those for which a sentence was judged."""
        there = slice(self._at[place], self._at[place + 1])
        cosines, grades = likeness[self._questions[there]], self._grades[there]
        rated = (grades == ANSWERS, grades >= BELONGS, grades < BELONGS)
        answered, belonged, strayed = (float(cosines[one].max(initial=0.0)) for one in rated)
        return Kin(answered, belonged, strayed, agreed.sentences.get(place, UNREAD))

    def agreed(self, question: str, likeness: Cosines) -> Agreed:
        """Read the likest precedents that are answered together with a question."""
        if self._read is None:
            return NONE_READ
        answered = np.where(self._is_missed, 0.0, likeness)
        first = np.argsort(-answered)[:READ]
        first = first[answered[first] > 0.0]
        odds = self._read(question, [self._texts[one] for one in first])
        said = dict(zip(first.tolist(), odds.tolist(), strict=True))
        sentences: dict[int, float] = {}
        for at in np.flatnonzero(np.isin(self._answering, first)):
            place, found = int(self._answers[at]), said[int(self._answering[at])]
            sentences[place] = max(found, sentences.get(place, UNREAD))
        return Agreed(tuple(sorted(said.values(), reverse=True)), sentences)

    def figures(
        self, likeness: Cosines, asked: float = 0.0, agreed: Agreed = NONE_READ
    ) -> dict[str, float]:
        """Return the greatest cosines with what is answered, and with what nothing answers.

        Then the greatest of the log-odds of `agreed`, and the mean of the first few. `asked` is the
        cosine with an everyday question, which is answered as well.
        """
        answered = max(asked, float(likeness[~self._is_missed].max(initial=0.0)))
        missed = float(likeness[self._is_missed].max(initial=0.0))
        odds = agreed.odds[:FEW] or (UNREAD,)
        return dict(zip(LIKE, (answered, missed, odds[0], fmean(odds)), strict=True))

    @classmethod
    def shipped(
        cls,
        corpus: Corpus,
        embedder: Embedder,
        home: Path,
        read: Callable[[str, Sequence[str]], Scores] | None = None,
    ) -> Self:
        """Read the training questions that ship, whose vectors are kept in the home once made.

        A home that cannot be written to keeps none.
        """
        folder, adapter = shipped_questions(), shipped_adapter()
        by = hashlib.sha256(embedder.weights_sha256.encode() + adapter.tobytes())
        for one in sorted(folder.iterdir(), key=lambda one: one.name):
            by.update(one.read_bytes() if one.name.endswith(".jsonl") else b"")
        name = f"precedents-{by.hexdigest()[:16]}-"
        path = home / "models" / f"{name}{corpus.digest[:16]}.safetensors"
        passages = [one for one in corpus.passages if one.facets["tier"] == "guidance"]
        first = [0, *np.cumsum([len(one.sentences) for one in passages])]
        with suppress(OSError, SafetensorError, KeyError):
            return cls(load(path.read_bytes()), first, read)
        older, known = [*path.parent.glob("precedents-*.safetensors")], None
        with suppress(OSError, SafetensorError):
            known = next((load(one.read_bytes()) for one in older if name in one.name), None)
        rows, embed = LabelledQuestion.read(folder), embedder.embed_all
        arrays = judged_of(rows, passages, lambda texts: turned(embed(texts), adapter), known)
        with suppress(OSError):
            for one in older:
                one.unlink(missing_ok=True)
            write_whole(path, save(arrays))
        return cls(arrays, first, read)


def judged_of(
    rows: Sequence[LabelledQuestion],
    passages: Sequence[Passage],
    embed: Callable[[Sequence[str]], Matrix],
    known: dict[str, NDArray[np.generic]] | None = None,
) -> dict[str, NDArray[np.generic]]:
    """Return training questions as arrays; vectors of the very same ones are taken from `known`.

    `vectors`, shape (questions, RANK), are shortened by `basis`, shape (dimension, RANK): the
    eigenvectors of the greatest variance (Jolliffe 2002, section 2.1, uncentred). `is_missed` has
    the questions that nothing answers, `texts` the words of all, a line each, in UTF-8. By
    sentence, in the order of `places`, stand `questions` and `grades`.
    """
    by_id = {one.id: one for one in passages}
    first = np.cumsum([0, *(len(one.sentences) for one in passages)])
    place_of = dict(zip(by_id, first, strict=False))
    kept, missed, judged = list[LabelledQuestion](), list[bool](), list[tuple[int, int, int]]()
    for row in rows:
        told = [*graded(row, by_id)] if row.split == "train" else []
        if told or (row.split == "train" and not row.answerable and row.about in by_id):
            judged += [(place_of[one] + at, len(kept), grade) for one, at, grade in told]
            missed.append(not told)
            kept.append(row)
    lines = "\n".join(" ".join(row.sought.split()) for row in kept).encode()
    if known is None or known["texts"].tobytes() != lines:
        # Of what leans on an earlier turn its own words count for as much as all of them.
        texts = list(dict.fromkeys(text for row in kept for text in (row.sought, row.question)))
        vector_of = dict(zip(texts, embed(texts), strict=True))
        vectors = np.stack([vector_of[row.sought] + vector_of[row.question] for row in kept])
        basis = np.linalg.eigh(vectors.T @ vectors)[1][:, ::-1][:, :RANK]
        shortened = vectors @ basis
        shortened /= np.maximum(np.linalg.norm(shortened, axis=1, keepdims=True), 1e-9)
        basis = np.ascontiguousarray(basis, dtype=np.float16)
        known = {"basis": basis, "vectors": shortened.astype(np.float16)}
    places, questions, grades = np.array(sorted(judged)).reshape(-1, 3).T
    return {
        "basis": known["basis"],
        "vectors": known["vectors"],
        "is_missed": np.array(missed, dtype=np.uint8),
        "texts": np.frombuffer(lines, dtype=np.uint8),
        "places": places.astype(np.int32),
        "questions": questions.astype(np.int32),
        "grades": grades.astype(np.uint8),
    }


def graded(row: LabelledQuestion, by_id: dict[str, Passage]) -> Iterator[tuple[str, int, int]]:
    """Give passage, number and grade of the sentences judged for a question that is answered.

    Where none were, those that hold a required fact answer it, and the others of the section that
    holds it do not.
    """
    if not row.answerable:
        return
    for id_ in row.grades.keys() & by_id.keys():
        numbered = enumerate(row.grades[id_])
        yield from ((id_, at, int(grade)) for at, grade in numbered if grade != "-")
    facts = () if row.grades else tuple(fact.casefold() for fact in row.facts)
    for section in (by_id[one] for one in row.answers if facts and one in by_id):
        for at, span in enumerate(section.sentences):
            text = span.of(section.text).casefold()
            yield section.id, at, ANSWERS if any(fact in text for fact in facts) else BELONGS - 1
