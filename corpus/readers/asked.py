"""Everyday questions that sections of notes answer, and those of them that are suggested."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from importlib.resources.abc import Traversable

from corpus.errors import CorpusError
from corpus.structure.faults import Problem

FILE = "asked.toml"
"""Name of the file among the notes."""

SUGGESTED = "suggested.toml"
"""Name of the file of those that an answer may suggest, since they are answered outright."""

Asked = Mapping[str, tuple[str, ...]]
"""Questions by the id of the section that answers them: `note:barnahus#2`."""


def read_asked(folder: Traversable, name: str = FILE) -> Asked:
    """Read the questions of a folder of notes; none where the folder has no such file.

    Raises:
        CorpusError: the file is not UTF-8, is no TOML, or holds something else than texts by id.
    """
    file = folder / name
    if not file.is_file():
        return {}
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"{name} is no TOML in UTF-8: {error}.") from None
    for section, questions in found.items():
        texts = isinstance(questions, list) and all(isinstance(one, str) for one in questions)
        if not texts:
            raise CorpusError(
                f"{name}: {section} is no list of questions; write it as ['...', '...']."
            )
    return {section: tuple(questions) for section, questions in found.items()}


def asked_faults(asked: Asked, sections: Collection[str]) -> Iterator[Problem]:
    """Name ids that no section has, empty questions, and questions that are there twice."""
    seen: dict[str, str] = {}
    for name, questions in asked.items():
        if name not in sections:
            said = f"{FILE} has questions for {name}, which no note has; correct the id."
            yield Problem(id=name, message=said)
        for question in questions:
            text = " ".join(question.lower().split())
            if not text:
                yield Problem(id=name, message=f"{FILE} has an empty question; take it out.")
            elif text in seen:
                said = f"{FILE} has \u201c{question}\u201d for {seen[text]} too; keep one."
                yield Problem(id=name, message=said)
            seen[text] = name
