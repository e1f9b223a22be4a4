"""Labelled questions: what people ask, what answers it, and what no source answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal, TypeVar

from pydantic import Field, ValidationError

from corpus.errors import CorpusError
from corpus.passage import Corpus, Record, refusal_of
from corpus.structure.faults import Problem

T = TypeVar("T", bound=Record)

Operation = Literal[
    "describe", "list", "count", "compare", "which", "without", "check", "define", "explain",
    "mentions", "locate", "other",
]  # fmt: skip
"""What is to be done with the subject."""

Value = Literal["none", "date", "number", "person", "body", "place", "money", "article", "document"]
"""The sort of value that answers, if one does."""

Request = Literal["", "writing", "opinion", "prediction", "unworded"]
"""What a message asks for that no source can give; `unworded` asks for nothing."""

Voice = Literal[
    "formal", "terse", "chatty", "mail", "nonnative", "typos", "preamble", "spoken"
]  # fmt: skip
"""How it is put."""

Split = Literal["train", "development", "calibration"]
"""What it is used for; test questions are cases of `evals`, and are not learned from."""


class Asked(Record):
    """What a question asks, whoever answers it."""

    operation: Operation
    facets: tuple[str, ...] = ()
    """Kinds of item asked for, by their ids in `framework.toml`, or `description`."""

    subjects: tuple[str, ...] = ()
    """Ids of items, groups, entities or terms that it is about."""

    excluded: tuple[str, ...] = ()
    """Ids that it leaves out."""

    term: str = ""
    """Words that are searched for literally."""

    carries: tuple[str, ...] = ()
    """What it takes from the turn before."""

    value: Value = "none"
    polar: bool = False
    """Whether a check asks for yes or no, and does not take its matter for granted."""

    request: Request = ""
    """What it asks for that no source can give."""


class LabelledQuestion(Record):
    """A question with its label."""

    id: Annotated[str, Field(pattern=r"^[a-z]{1,2}-\d{4}[qn]?$")]
    """The author's letter and a number; `q` and `n` end the ids of a minimal pair."""

    question: Annotated[str, Field(min_length=2, max_length=2000)]
    core: str = ""
    """The words of it that ask, where it tells more besides."""

    turns: tuple[str, ...] = ()
    """Earlier questions of the conversation, oldest first."""

    asked: Asked
    parts: tuple[Asked, ...] = ()
    """What it asks one by one, where it asks several things; the first is `asked`."""

    answers: tuple[str, ...] = ()
    """Ids of the passages that answer it, the best first; none where no source does."""

    facts: tuple[str, ...] = ()
    """What a complete answer shows, as it stands in the first of them."""

    answerable: bool
    """Whether the sources answer it outright."""

    grades: dict[str, Annotated[str, Field(pattern=r"^[-0-3]*$")]] = {}
    """By section one sign for each sentence, as judged by hand: 3 answers and would be said first,
    2 belongs in a good answer, 1 is of the same matter, 0 does not belong, `-` was not judged."""

    truth: Literal["", "yes", "no", "open", "contested", "depends"] = ""
    """The reply, where yes or no is asked and a mirrored question stands beside it."""

    pair: str = ""
    """The question that differs in one thing and has the other answer, or is its mirror."""

    about: str = ""
    """The passage that a near miss comes close to."""

    change: str = ""
    """What a near miss has changed: a year, a country, a body, a figure, a role and so on."""

    absent: tuple[str, ...] = ()
    """Patterns that no passage matches while no source answers it; case is ignored."""

    voice: Voice
    author: Annotated[str, Field(pattern="^[a-z]{1,2}$")]
    """One or two letters, never a name."""

    split: Split

    @property
    def sought(self) -> str:
        """The words that guidance is searched for: the question, and the turns before it."""
        return " ".join((self.question, *self.turns))


def shipped_questions() -> Traversable:
    """Return the folder of the labelled questions that ship with Signpost."""
    return files("corpus") / "questions"


def read_questions(folder: Traversable) -> tuple[LabelledQuestion, ...]:
    """Read the labelled questions of a folder by `rows_of`."""
    return rows_of(folder, LabelledQuestion)


def rows_of(folder: Traversable, kind: type[T]) -> tuple[T, ...]:
    """Read the rows of all `.jsonl` files of a folder, by the files' names.

    Raises:
        CorpusError: a file is not UTF-8, or a row is not in its form.
    """
    if not folder.is_dir():
        return ()
    found = sorted(one.name for one in folder.iterdir() if one.name.endswith(".jsonl"))
    return tuple(row for name in found for row in read_rows(folder / name, kind))


def read_rows(file: Traversable, kind: type[T]) -> Iterator[T]:
    """Read the rows of one file.

    Raises:
        CorpusError: the file is not UTF-8, or a row is not in its form.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise CorpusError(f"{file.name} is not UTF-8; save it as UTF-8.") from None
    for number, line in enumerate(lines, start=1):
        try:
            yield kind.model_validate_json(line)
        except ValidationError as error:
            raise CorpusError(f"{file.name}, line {number}: {refusal_of(error)}") from None


def question_faults(rows: Sequence[LabelledQuestion], corpus: Corpus) -> Iterator[Problem]:
    """Say what does not hold of rows: ids, pairs, answers, facts, near misses, splits."""
    by_id = {row.id: row for row in rows}
    for one, count in Counter(row.id for row in rows).items():
        if count > 1:
            said = f"{count} questions have the id {one}; rename all but one."
            yield Problem(id=one, message=said)
    texts: dict[str, LabelledQuestion] = {}
    splits: dict[str, str] = {}
    for row in rows:
        said = " ".join(row.question.lower().split())
        if not row.turns and texts.setdefault(said, row) is not row:
            yield _fault(row, f"is asked by {texts[said].id} too; keep one")
        if splits.setdefault(row.author, row.split) != row.split:
            yield _fault(row, f"is {row.split}, and others of {row.author} are not; keep one split")
        other = by_id.get(row.pair)
        if row.pair and (other is None or other.pair != row.id):
            yield _fault(row, f"has the pair {row.pair}, which is not paired with it; correct one")
        elif other and other.answerable == row.answerable and not row.truth:
            yield _fault(row, f"has the answer of its pair {row.pair}; one of the two is wrong")
        yield from (_fault(row, one) for one in _unheld(row, corpus))


def _unheld(row: LabelledQuestion, corpus: Corpus) -> Iterator[str]:
    for one in (*row.answers, *filter(None, [row.about])):
        if one not in corpus.by_id:
            yield f"names {one}, which is no passage; correct the id"
    for one, grades in row.grades.items():
        if one not in corpus.by_id or len(grades) != len(corpus.by_id[one].sentences):
            yield f"has grades for {one}, which has not as many sentences; judge it again"
    if row.answerable != bool(row.answers) and not row.asked.subjects:
        yield "is answerable if, and only if, it has answers; correct one"
    first = corpus.by_id.get(row.answers[0]) if row.answers else None
    for fact in row.facts if first else ():
        if first and fact.lower() not in first.text.lower():
            yield f"has the fact {fact!r}, which {first.id} does not hold; look again"


def _fault(row: LabelledQuestion, said: str) -> Problem:
    return Problem(id=row.id, message=f"The question {row.id} {said}.")
