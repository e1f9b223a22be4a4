"""An installation's own cases and labelled questions: kept in files, refused field by field."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from filelock import FileLock
from pydantic import ValidationError

from assistant.errors import BatchError
from assistant.home import write_whole, writing
from corpus.readers.questions import LabelledQuestion, read_rows
from corpus.structure.graph import Framework
from corpus.whole import Whole
from evals.cases.case import FACETS, Case, Gold, load_cases
from evals.folder import lines_of

SUITE = "own"  # Name of the suite, and of its files.

MOST_CASES, MOST_CHARS = 2000, 4000
"""Records of a file, and characters of all that a case holds of free text."""

Problems = dict[str, str]  # What is wrong, by field: a sentence that says what to do.
R = TypeVar("R", bound=Case | LabelledQuestion)


class OwnFile(Generic[R]):
    """Records by id in one file of a home; what ships is never written to."""

    def __init__(self, path: Path, load: Callable[[Path], Iterable[R]]) -> None:
        self.path, self._load = path, load

    def read(self) -> tuple[R, ...]:
        """Return all records; none where there is no file yet."""
        is_there = self.path.exists() and self.path.stat().st_size
        return tuple(self._load(self.path)) if is_there else ()

    def save(self, record: R) -> bool:
        """Write a record, in the place of that with its id; return whether there was one.

        BatchError if the file is full; SignpostError if it is not in its form, or cannot be
        written.
        """
        with self._changed() as records:
            known = record.id in records
            if not known and len(records) >= MOST_CASES:
                raise BatchError(f"There are {MOST_CASES} already; remove one first.")
            records[record.id] = record
        return known

    def remove(self, name: str) -> bool:
        """Remove the record of an id; return whether it was there."""
        with self._changed() as records:
            return records.pop(name, None) is not None

    @contextmanager
    def _changed(self) -> Iterator[dict[str, R]]:
        """Yield all records by id, which nobody else changes meanwhile, and write them then."""
        with writing(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.path}.lock", timeout=10):
                records = {one.id: one for one in self.read()}
                yield records
                write_whole(self.path, lines_of(tuple(records.values())).encode())


class OwnCases(OwnFile[Case]):
    """The cases of a home, which it is scored by."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / "cases" / f"{SUITE}.jsonl", load_cases)


class OwnRows(OwnFile[LabelledQuestion]):
    """The labelled questions of a home, which it learns from."""

    def __init__(self, home: Path) -> None:
        load = partial(read_rows, kind=LabelledQuestion)
        super().__init__(home / "questions" / f"{SUITE}.jsonl", load)


def free_id(taken: Iterable[str]) -> str:
    """Return the first of own-001, own-002 and so on that is not taken.

    >>> free_id(["own-001", "dev-001"])
    'own-002'
    """
    known = set(taken)
    return next(one for one in (f"own-{n:03d}" for n in range(1, 10_000)) if one not in known)


def sorted_gold(ids: Sequence[str], framework: Framework) -> dict[str, tuple[str, ...]]:
    """Return ids by the field of `Gold` that they belong to: an item's facet, or `facts`."""
    found: dict[str, tuple[str, ...]] = {}
    for one in dict.fromkeys(ids):
        item = framework.item_by_id.get(one)
        facet = framework.kind_by_id[item.kind].facet if item else "facts"
        field = facet if facet in FACETS else "facts"
        found[field] = (*found.get(field, ()), one)
    return found


def listed_gold(gold: Gold) -> tuple[str, ...]:
    """Return all ids of a gold in the order of its fields; `sorted_gold` undoes it."""
    return (*gold.items(), *gold.facts)


SENTENCES = {
    "id": "Use small letters, digits and hyphens, such as own-001.",
    "family": "Use small letters and hyphens, such as topic.",
    "question": "Type the question.",
    "gold.value": "Give a number in digits, or yes, or no.",
    "type": "Choose what is asked.",
    "split": "Choose a split.",
}
"""What to do about a field that is not in its form."""


def checked(values: Mapping[str, object], whole: Whole) -> tuple[Case | None, Problems]:
    """Return a case of values as they came from a form, or what is wrong with them."""
    problems: Problems = {}
    try:
        case = Case.model_validate(dict(values))
    except ValidationError as error:
        for one in error.errors():
            place = ".".join(str(part) for part in one["loc"] if not isinstance(part, int))
            problems.setdefault(place or "id", SENTENCES.get(place, f"{one['msg']}."))
        return None, problems
    passages = whole.corpus.by_id
    # A whole note may be allowed, but is no passage.
    sources = {*passages, *(one.source.id for one in whole.notes)}
    for field, ids, known in (
        ("gold", listed_gold(case.gold), {*passages}),
        ("allowed", case.gold.allowed, sources),
    ):
        if lost := ", ".join([one for one in ids if one not in known][:5]):
            problems[field] = f"No passage has the id {lost}; look it up with the search."
    if not case.answerable and case.gold.value:
        said = "What the corpus does not answer has no value; take one of them back."
        problems["gold.value"] = said
    bare = case.answerable and case.gold == Gold(allowed=case.gold.allowed)
    bare = bare and not (case.must_contain or case.must_not_contain)
    said = "Name a passage that answers it, a value, or words that the answer must contain."
    problems |= {"gold": said} if bare and not problems else {}
    if {*map(str.casefold, case.must_contain)} & {*map(str.casefold, case.must_not_contain)}:
        said = "The same words cannot be wanted and forbidden; remove one."
        problems["must_not_contain"] = said
    length = sum(map(len, texts_of(case)))
    if length > MOST_CHARS:
        problems["question"] = f"All texts together have {length} characters; {MOST_CHARS} at most."
    return (None if problems else case), problems


def texts_of(case: Case) -> tuple[str, ...]:
    """Return all that somebody typed into a case in their own words."""
    free = (case.question, *case.turns, *case.must_contain, *case.must_not_contain)
    more = (*case.gold.resolved, *case.tags, case.context, case.note)
    return tuple(one for one in (*free, *more) if one.strip())
