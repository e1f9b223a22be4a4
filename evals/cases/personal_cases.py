"""What personal data is noticed, and what is taken for it: `python -m evals.cases.personal_cases`.

Each case is an invented question with its personal data marked: `I am {name:Jane Doe}`. A mark is
found if what was found covers every letter and digit of it, of whatever kind. A false alarm is a
question without any mark in which something is found; the shipped cases of a split count too, since
none holds personal data.
"""

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.safety.personal import KINDS, Finder, Found
from corpus.passage import Record
from corpus.readers.questions import read_rows
from evals.cases.case import SPLITS, TwoSplits, load_split
from evals.statistics import Estimate, rate

FOLDER = Path(__file__).with_name("personal")
_MARK = re.compile(rf"\{{({'|'.join(KINDS)}):([^{{}}]+)\}}")


class PersonalCase(Record):
    """An invented question, with its personal data marked.

    >>> case = PersonalCase(id="1", marked="I am {name:Jo}.")
    >>> case.text, case.marks
    ('I am Jo.', (Found(kind='name', start=5, end=7),))
    """

    id: str
    marked: str
    """The question; what is personal stands in braces behind its kind."""

    @property
    def text(self) -> str:
        """The question without its marks."""
        return _MARK.sub(r"\2", self.marked)

    @property
    def marks(self) -> tuple[Found, ...]:
        """What is personal in the text."""
        marks = []
        for found in _MARK.finditer(self.marked):
            kind = next(one for one in KINDS if one == found[1])
            start = len(_MARK.sub(r"\2", self.marked[: found.start()]))
            marks.append(Found(kind, start, start + len(found[2])))
        return tuple(marks)


def read_personal_cases(split: TwoSplits) -> tuple[PersonalCase, ...]:
    """Return the cases of a split."""
    return tuple(read_rows(FOLDER / f"{split}.jsonl", PersonalCase))


def recalls(cases: Iterable[PersonalCase], finder: Finder) -> dict[str, Estimate]:
    """Return the share of marks that are found, by kind and in all."""
    verdicts: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    for case in cases:
        places = {at for one in finder.find(case.text) for at in range(one.start, one.end)}
        for mark in case.marks:
            letters = (at for at in range(mark.start, mark.end) if case.text[at].isalnum())
            verdicts[mark.kind].append(places.issuperset(letters))
    verdicts["all"] = [one for told in verdicts.values() for one in told]
    return {kind: rate(told) for kind, told in verdicts.items()}


def main(splits: Sequence[TwoSplits] = SPLITS) -> None:
    """Print recall and false alarms of both splits."""
    finder = Finder.shipped()
    for split in splits:
        cases = read_personal_cases(split)
        clean = [case.text for case in cases if not case.marks]
        suite = list(dict.fromkeys(case.question for case in load_split(split)))
        rows = {
            **{f"recall, {kind}": one for kind, one in recalls(cases, finder).items()},
            "false alarms, own questions": rate([bool(finder.find(one)) for one in clean]),
            "false alarms, shipped cases": rate([bool(finder.find(one)) for one in suite]),
        }
        sys.stdout.writelines(f"{split:12} {name:28} {one}\n" for name, one in rows.items())


if __name__ == "__main__":
    main()
