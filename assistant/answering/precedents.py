"""Questions that were judged before: what answered one tells what answers another like it."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from assistant.answering.sentences import shipped_adapter, turned
from assistant.home import write_whole
from assistant.retrieval.encoder import Matrix, Vector
from assistant.retrieval.models import Embedder
from corpus.passage import Corpus, Passage
from corpus.readers.questions import LabelledQuestion, read_questions, shipped_questions

RANK = 128  # Numbers that are kept of a vector of 384: as many tell the same questions apart.
LIKE = ("answered_like", "missed_like")  # Names of the figures that the gate weighs.
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


class Precedents:
    """Judged questions as vectors, each with what was found of sentences."""

    def __init__(self, arrays: dict[str, NDArray[np.generic]], first: Sequence[int]) -> None:
        """Keep what was judged.

        Args:
            arrays: as `judged_of` returns them.
            first: place of the first sentence of each passage, and then their number.
        """
        self._basis = arrays["basis"].astype(np.float32)
        self._vectors = arrays["vectors"].astype(np.float32)
        self._is_missed = arrays["is_missed"].astype(np.bool_)
        self._questions = arrays["questions"].astype(np.intp)
        self._grades = arrays["grades"].astype(np.intp)
        places = arrays["places"]
        self._at = np.searchsorted(places, np.arange(first[-1] + 1))
        answered = self._grades == ANSWERS
        self._answering = self._questions[answered]
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

    def kin(self, place: int, likeness: Cosines) -> Kin:
        """Return how like the question is those for which a sentence was judged."""
        there = slice(self._at[place], self._at[place + 1])
        cosines, grades = likeness[self._questions[there]], self._grades[there]
        rated = (grades == ANSWERS, grades >= BELONGS, grades < BELONGS)
        return Kin(*(float(cosines[one].max(initial=0.0)) for one in rated))

    def figures(self, likeness: Cosines, asked: float = 0.0) -> dict[str, float]:
        """Return the greatest cosines with what is answered, and with what nothing answers.

        `asked` is that with an everyday question, which is answered as well.
        """
        answered = max(asked, float(likeness[~self._is_missed].max(initial=0.0)))
        missed = float(likeness[self._is_missed].max(initial=0.0))
        return dict(zip(LIKE, (answered, missed), strict=True))

    @classmethod
    def shipped(cls, corpus: Corpus, embedder: Embedder, home: Path) -> Self:
        """Read the training questions that ship, whose vectors are kept in the home once made.

        A home that cannot be written to keeps none.
        """
        folder, adapter = shipped_questions(), shipped_adapter()
        named = hashlib.sha256(f"{corpus.digest} {embedder.weights_sha256}".encode())
        named.update(adapter.tobytes())
        for one in sorted(folder.iterdir(), key=lambda one: one.name):
            named.update(one.read_bytes() if one.name.endswith(".jsonl") else b"")
        path = home / "models" / f"precedents-{named.hexdigest()[:16]}.safetensors"
        passages = [one for one in corpus.passages if one.facets["tier"] == "guidance"]
        first = [0, *np.cumsum([len(one.sentences) for one in passages])]
        with suppress(OSError, SafetensorError, KeyError):
            return cls(load(path.read_bytes()), first)
        rows = read_questions(folder)
        arrays = judged_of(rows, passages, lambda texts: turned(embedder.embed_all(texts), adapter))
        with suppress(OSError):
            write_whole(path, save(arrays))
        return cls(arrays, first)


def judged_of(
    rows: Sequence[LabelledQuestion],
    passages: Sequence[Passage],
    embed: Callable[[Sequence[str]], Matrix],
) -> dict[str, NDArray[np.generic]]:
    """Return training questions as arrays.

    `vectors`, shape (questions, RANK), are shortened by `basis`, shape (dimension, RANK): the
    eigenvectors of the greatest variance (Jolliffe 2002, section 2.1, uncentred). `is_missed` has
    the questions that nothing answers. By sentence, in the order of `places`, stand `questions`
    and `grades`.
    """
    by_id = {one.id: one for one in passages}
    first = np.cumsum([0, *(len(one.sentences) for one in passages)])
    place_of = dict(zip(by_id, first, strict=False))
    kept, missed, judged = list[LabelledQuestion](), list[bool](), list[tuple[int, int, int]]()
    for row in rows:
        graded = [*_graded(row, by_id)] if row.split == "train" else []
        if graded or (row.split == "train" and not row.answerable and row.about in by_id):
            judged += [(place_of[one] + at, len(kept), grade) for one, at, grade in graded]
            missed.append(not graded)
            kept.append(row)
    # Of what leans on an earlier turn its own words count for as much as all of them.
    texts = list(dict.fromkeys(text for row in kept for text in (row.sought, row.question)))
    vector_of = dict(zip(texts, embed(texts), strict=True))
    vectors = np.stack([vector_of[row.sought] + vector_of[row.question] for row in kept])
    basis = np.linalg.eigh(vectors.T @ vectors)[1][:, ::-1][:, :RANK]
    shortened = vectors @ basis
    shortened /= np.maximum(np.linalg.norm(shortened, axis=1, keepdims=True), 1e-9)
    places, questions, grades = np.array(sorted(judged)).reshape(-1, 3).T
    return {
        "basis": np.ascontiguousarray(basis, dtype=np.float16),
        "vectors": shortened.astype(np.float16),
        "is_missed": np.array(missed, dtype=np.uint8),
        "places": places.astype(np.int32),
        "questions": questions.astype(np.int32),
        "grades": grades.astype(np.uint8),
    }


def _graded(row: LabelledQuestion, by_id: dict[str, Passage]) -> Iterator[tuple[str, int, int]]:
    """Give passage, number and grade of the sentences judged for a question that is answered.

    Where none were, those that hold a required fact answer it, and the others of the section that
    holds it do not.
    """
    if not row.answerable:
        return
    for id_ in row.grades.keys() & by_id.keys():
        graded = enumerate(row.grades[id_])
        yield from ((id_, at, int(grade)) for at, grade in graded if grade != "-")
    facts = () if row.grades else tuple(fact.casefold() for fact in row.facts)
    for section in (by_id[one] for one in row.answers if facts and one in by_id):
        for at, span in enumerate(section.sentences):
            text = span.of(section.text).casefold()
            yield section.id, at, ANSWERS if any(fact in text for fact in facts) else BELONGS - 1
