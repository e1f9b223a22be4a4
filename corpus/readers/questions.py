"""Labelled questions and messages: what people ask or type, what answers it, and what does not."""

from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal, TypeVar

from pydantic import Field, ValidationError

from corpus.errors import CorpusError
from corpus.passage import Corpus, Problem, Record, refusal_of

T = TypeVar("T", bound=Record)

Operation = Literal[
    "describe", "list", "count", "compare", "which", "without", "check", "define", "explain",
    "mentions", "locate", "other",
]  # fmt: skip

Value = Literal["none", "date", "number", "person", "body", "place", "money", "article", "document"]

Request = Literal["", "writing", "opinion", "prediction", "unworded"]
"""What a message asks for that no source can give; `unworded` asks for nothing."""

Voice = Literal[
    "formal", "terse", "chatty", "mail", "nonnative", "typos", "preamble", "spoken"
]  # fmt: skip

Split = Literal["train", "development", "calibration"]
"""What it is used for; test questions are cases of `evals`, and are not learned from."""

Author = Annotated[str, Field(pattern="^[a-z]{1,2}$")]  # One or two letters, never a name.


class Asked(Record):
    """What a question asks, whoever answers it."""

    operation: Operation
    facets: tuple[str, ...] = ()
    """Kinds of item asked for, by their ids in `framework.toml`, or `description`."""

    subjects: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    term: str = ""
    carries: tuple[str, ...] = ()
    value: Value = "none"
    polar: bool = False
    """Whether a check asks for yes or no, and does not take its matter for granted."""

    request: Request = ""


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
    author: Author
    split: Split

    @property
    def sought(self) -> str:
        """The words that guidance is searched for: the question, and the turns it leans on."""
        return f"{self.question} {self.before}".strip()

    @property
    def before(self) -> str:
        """The turns before it, if it leans on them."""
        return " ".join(self.turns) if self.asked.carries else ""


class LabelledMessage(Record):
    """What people type who ask no policy question, or what only looks like it, with its case."""

    id: Annotated[str, Field(pattern=r"^[a-z]{1,2}-\d{4}$")]
    message: Annotated[str, Field(min_length=1, max_length=2000)]
    """As it is typed; a plain statement, nothing graphic."""

    case: Annotated[str, Field(pattern="^[A-J]$")]
    """Letter of the case in `signposting.toml`; `J` for a policy question and all else."""

    language: Annotated[str, Field(pattern="^[a-z]{2}$")]
    manner: str
    """Whose way of writing it is, or what is particular about it: `teen`, `wrapped`, `office`."""

    twin: str = ""
    """The message on the same matter that differs in what makes one of the two a real case."""

    author: Author
    split: Split


class LabelledCut(Record):
    """A message that asks two things, in two pieces, or one thing and only looks as if it did not.

    The pieces are the message, if a space is put between them.
    """

    id: Annotated[str, Field(pattern=r"^[a-z]{1,2}-\d{4}$")]
    first: Annotated[str, Field(min_length=2, max_length=2000)]
    second: str = ""
    author: Author
    split: Split


def shipped_questions() -> Traversable:
    """Return the folder of the labelled questions that ship with Signpost."""
    return files("corpus") / "questions"


def read_questions(folder: Traversable) -> tuple[LabelledQuestion, ...]:
    """Read the labelled questions of a folder by `rows_of`."""
    return rows_of(folder, LabelledQuestion)


def shipped_messages() -> Traversable:
    """Return the folder of the labelled messages that ship with Signpost."""
    return shipped_questions() / "messages"


def read_messages(folder: Traversable) -> tuple[LabelledMessage, ...]:
    """Read the labelled messages of a folder by `rows_of`."""
    return rows_of(folder, LabelledMessage)


def read_cuts() -> tuple[LabelledCut, ...]:
    """Read the shipped messages that are cut, or are not, by `rows_of`."""
    return rows_of(shipped_questions() / "cuts", LabelledCut)


def rows_of(folder: Traversable, kind: type[T]) -> tuple[T, ...]:
    """Read the rows of all `.jsonl` files of a folder, by the files' names, as `read_rows` does."""
    if not folder.is_dir():
        return ()
    found = sorted(one.name for one in folder.iterdir() if one.name.endswith(".jsonl"))
    return tuple(row for name in found for row in read_rows(folder / name, kind))


def read_rows(file: Traversable, kind: type[T]) -> Iterator[T]:
    """Read the rows of one file; CorpusError if it is not UTF-8, or a row is not in its form."""
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
    """Say what does not hold of questions: ids, pairs, answers, facts, near misses, splits."""
    for id_, count in Counter(row.id for row in rows).items():
        if count > 1:
            said = f"{count} questions have the id {id_}; rename all but one."
            yield Problem(id=id_, message=said)
    by_id = {row.id: row for row in rows}
    texts: dict[str, LabelledQuestion] = {}
    splits: dict[str, str] = {}
    for row in rows:
        found = list[str]()
        if not row.turns and (first := _first(texts, row.question, row)) is not row:
            found.append(f"is asked by {first.id} too; keep one")
        found += _of_two_splits(row, splits)
        other = by_id.get(row.pair)
        if row.pair and (other is None or other.pair != row.id):
            found.append(f"has the pair {row.pair}, which is not paired with it; correct one")
        elif other and other.answerable == row.answerable and not row.truth:
            found.append(f"has the answer of its pair {row.pair}; one of the two is wrong")
        for said in (*found, *_unheld(row, corpus)):
            yield Problem(id=row.id, message=f"The question {row.id} {said}.")


def message_faults(rows: Sequence[LabelledMessage]) -> Iterator[Problem]:
    """Say what does not hold of messages: ids, texts that stand twice, twins, splits."""
    by_id = {row.id: row for row in rows}
    texts: dict[str, LabelledMessage] = {}
    splits: dict[str, str] = {}
    for row in rows:
        twin, found = by_id.get(row.twin), list[str]()
        if by_id[row.id] is not row:
            found.append("has an id that stands twice; rename one")
        if (first := _first(texts, row.message, row)).id != row.id:
            found.append(f"says what {first.id} says; keep one")
        found += _of_two_splits(row, splits)
        if row.twin and (twin is None or twin.twin != row.id):
            found.append(f"has the twin {row.twin}, which is not paired with it; correct one")
        for said in found:
            yield Problem(id=row.id, message=f"The message {row.id} {said}.")


def _first(seen: dict[str, T], text: str, row: T) -> T:
    """Return the first row with a text, whatever its case and blanks."""
    return seen.setdefault(" ".join(text.lower().split()), row)


def _of_two_splits(row: LabelledQuestion | LabelledMessage, seen: dict[str, str]) -> Iterator[str]:
    if seen.setdefault(row.author, row.split) != row.split:
        yield f"is {row.split}, and others of {row.author} are not; keep one split"


def _unheld(row: LabelledQuestion, corpus: Corpus) -> Iterator[str]:
    for id_ in (id_ for id_ in (*row.answers, row.about) if id_ and id_ not in corpus.by_id):
        yield f"names {id_}, which is no passage; correct the id"
    for id_, grades in row.grades.items():
        if id_ not in corpus.by_id or len(grades) != len(corpus.by_id[id_].sentences):
            yield f"has grades for {id_}, which has not as many sentences; judge it again"
    if row.answerable != bool(row.answers) and not row.asked.subjects:
        yield "is answerable if, and only if, it has answers; correct one"
    if first := corpus.by_id.get("".join(row.answers[:1])):
        for fact in (fact for fact in row.facts if fact.lower() not in first.text.lower()):
            yield f"has the fact {fact!r}, which {first.id} does not hold; look again"
