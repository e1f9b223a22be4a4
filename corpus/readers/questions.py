"""Labelled questions and messages: what people ask or type, what answers it, and what does not."""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from typing import Annotated, ClassVar, Literal, Self, TypeVar

from pydantic import Field, ValidationError

from corpus.errors import CorpusError
from corpus.passage import Corpus, Problem, Record, refusal_of, text_of, twice

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

Text = Annotated[str, Field(min_length=2, max_length=2000)]


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


class Labelled(Record):
    """What an author wrote and labelled."""

    folder: ClassVar[str] = "."
    """Where the rows that ship lie, from the folder of questions."""

    id: Annotated[str, Field(pattern=r"^[a-z]{1,2}-\d{4}$")]
    """The author's letter and a number."""

    author: Annotated[str, Field(pattern="^[a-z]{1,2}$")]
    """One or two letters, never a name."""

    split: Split

    @classmethod
    def read(cls, folder: Traversable | None = None) -> tuple[Self, ...]:
        """Read the rows of all `.jsonl` files of a folder, by the files' names; else what ships.

        CorpusError as `read_rows` says.
        """
        folder = folder or shipped_questions() / cls.folder
        if not folder.is_dir():
            return ()
        found = (one for one in folder.iterdir() if one.name.endswith(".jsonl"))
        rows = (read_rows(one, cls) for one in sorted(found, key=lambda one: one.name))
        return tuple(chain.from_iterable(rows))


class LabelledQuestion(Labelled):
    """A question with its label."""

    id: Annotated[str, Field(pattern=r"^[a-z]{1,2}-\d{4}[qn]?$")]
    """As of every row; `q` and `n` end the ids of a minimal pair."""

    question: Text
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

    @property
    def sought(self) -> str:
        """The words that guidance is searched for: the question, and the turns it leans on."""
        return f"{self.question} {self.before}".strip()

    @property
    def before(self) -> str:
        """The turns before it, if it leans on them."""
        return " ".join(self.turns) if self.asked.carries else ""


class LabelledMessage(Labelled):
    """What people type who ask no policy question, or what only looks like it, with its case."""

    folder = "messages"
    message: Annotated[str, Field(min_length=1, max_length=2000)]
    """As it is typed; a plain statement, nothing graphic."""

    case: Annotated[str, Field(pattern="^[A-J]$")]
    """Letter of the case in `signposting.toml`; `J` for a policy question and all else."""

    language: Annotated[str, Field(pattern="^[a-z]{2}$")]
    manner: str
    """Whose way of writing it is, or what is particular about it: `teen`, `wrapped`, `office`."""

    twin: str = ""
    """The message on the same matter that differs in what makes one of the two a real case."""


class LabelledCut(Labelled):
    """A message that asks two things, in two pieces, or one thing and only looks as if it did not.

    The pieces are the message, if a space is put between them.
    """

    folder = "cuts"
    first: Text
    second: str = ""


class LabelledSides(Labelled):
    """A question that names several things, and whether what each of them is would answer it."""

    folder = "sides"
    question: Text
    compares: bool


class LabelledRepeat(Labelled):
    """Two sentences of guidance, and whether one of them is enough in an answer."""

    folder = "repeats"
    one: Text
    other: Text
    passages: tuple[str, str]
    """Ids of the passages that they stand in."""

    repeats: Literal[0, 1, 2]
    """2 where they say the same; 1 where one adds little; 0 where each adds something."""


class LabelledTopic(Labelled):
    """A question on some topic of the framework's page, and which items deal with that topic."""

    folder = "topics"
    question: Text
    deals: tuple[str, ...] = ()
    """Items whose own words deal with it, of the kinds that are asked for."""

    touches: tuple[str, ...] = ()
    """Others that touch on it, and do no harm in an answer."""


def shipped_questions() -> Traversable:
    """Return the folder of the labelled questions that ship with Signpost."""
    return files("corpus") / "questions"


def read_rows(file: Traversable, kind: type[T]) -> Iterator[T]:
    """Read the rows of one file; CorpusError if it is not UTF-8, or a row is not in its form."""
    for number, line in enumerate(text_of(file).splitlines(), start=1):
        try:
            yield kind.model_validate_json(line)
        except ValidationError as error:
            raise CorpusError(f"{file.name}, line {number}: {refusal_of(error)}") from None


def question_faults(rows: Sequence[LabelledQuestion], corpus: Corpus) -> Iterator[Problem]:
    """Say what does not hold of questions: ids, pairs, answers, facts, near misses, splits."""
    yield from _faults(
        "question", [(row, "" if row.turns else row.question, row.pair) for row in rows]
    )
    by_id = {row.id: row for row in rows}
    for row in rows:
        found = [*_unheld(row, corpus)]
        other = by_id.get(row.pair)
        if other and other.answerable == row.answerable and not row.truth:
            found.append(f"has the answer of its pair {row.pair}; one of the two is wrong")
        yield from (Problem(row.id, f"The question {row.id} {said}.") for said in found)


def other_faults(
    messages: Sequence[LabelledMessage],
    sides: Sequence[LabelledSides],
    repeats: Sequence[LabelledRepeat],
    topics: Sequence[LabelledTopic],
    corpus: Corpus,
) -> Iterator[Problem]:
    """Say what does not hold of other rows: ids, texts that stand twice, twins, splits."""
    yield from _faults("message", [(row, row.message, row.twin) for row in messages])
    yield from _faults("comparison", [(row, row.question, "") for row in sides])
    yield from _faults("topic", [(row, row.question, "") for row in topics])
    yield from _faults("repeat", [(row, f"{row.one} {row.other}", "") for row in repeats])
    for pair in repeats:
        for id_, text in zip(pair.passages, (pair.one, pair.other), strict=True):
            if id_ not in corpus.by_id or text not in corpus.by_id[id_].text:
                said = f"has a sentence that {id_} does not hold; judge it again"
                yield Problem(pair.id, f"The repeat {pair.id} {said}.")
    items = {one.id for one in corpus.passages if one.facets["tier"] == "framework"}
    for row in topics:
        for id_ in {*row.deals, *row.touches} - items:
            yield Problem(row.id, f"The topic {row.id} names {id_}, which is no item; correct it.")
        for id_ in {*row.deals} & {*row.touches}:
            yield Problem(row.id, f"The topic {row.id} names {id_} twice; say whether it deals.")


def _faults(noun: str, rows: Sequence[tuple[Labelled, str, str]]) -> Iterator[Problem]:
    """Say what does not hold among rows, each with its text, if it is its own, and its pair."""
    for id_, count in twice(row.id for row, *_ in rows).items():
        yield Problem(id_, f"{count} {noun}s have the id {id_}; rename all but one.")
    pairs = {row.id: pair for row, _, pair in rows}
    texts, splits = dict[str, str](), dict[str, str]()
    for row, text, pair in rows:
        found = list[str]()
        # Whatever its case and blanks.
        first = texts.setdefault(" ".join(text.lower().split()), row.id) if text else row.id
        if first != row.id:
            found.append(f"has the words of {first}; keep one")
        if splits.setdefault(row.author, row.split) != row.split:
            found.append(f"is {row.split}, and others of {row.author} are not; keep one split")
        if pair and pairs.get(pair) != row.id:
            found.append(f"has the pair {pair}, which is not paired with it; correct one")
        yield from (Problem(row.id, f"The {noun} {row.id} {said}.") for said in found)


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
