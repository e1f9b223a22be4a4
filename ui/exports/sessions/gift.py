"""The quiz of a session in Moodle's GIFT format, for a question bank."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.sessions.session import Option, QuizItem
from ui.exports.sessions.session_outline import NOTICE_OF_SESSION
from ui.words.phrases import clean

_SPECIAL = re.compile(r"([~=#{}:\\])")


def as_gift(items: Iterable[QuizItem], category: str) -> str:
    """Return a quiz as GIFT, one question a paragraph, under a category.

    Several right options share the mark, and a wrong one costs what a right one gives.
    """
    name = re.sub(r"\s*/\s*", "-", clean(category))
    head = f"// {NOTICE_OF_SESSION}\n$CATEGORY: Signpost/{name}"
    return "\n\n".join([head, *(_question(one) for one in items)]) + "\n"


def _question(item: QuizItem) -> str:
    rows = "\n".join(f"\t{one}" for one in _answers(item))
    return f"::{escaped(item.id)}::[plain]{escaped(item.stem.text)} {{\n{rows}\n}}"


def _answers(item: QuizItem) -> list[str]:
    if item.form == "single":
        return [f"{'~='[one.right]}{escaped(one.text)}{_told(one)}" for one in item.options]
    share = _share(sum(one.right for one in item.options))
    return [
        f"~%{'' if one.right else '-'}{share}%{escaped(one.text)}{_told(one)}"
        for one in item.options
    ]


def _told(option: Option) -> str:
    return f" #{escaped(f'{option.why} ({_place(option)})')}"


def _place(option: Option) -> str:
    cited = option.evidence.citations[0]
    return f"{cited.passage_id}, {cited.locator}"


def _share(rights: int) -> str:
    """Return a share of 100 as Moodle's list of marks has it.

    >>> _share(1), _share(2), _share(3)
    ('100', '50', '33.33333')
    """
    return f"{100 / rights:.5f}".rstrip("0").rstrip(".")


def escaped(text: str) -> str:
    r"""Escape what GIFT would read as a mark.

    >>> escaped("a=b {c}: 50%~")
    'a\\=b \\{c\\}\\: 50%\\~'
    """
    return _SPECIAL.sub(r"\\\1", clean(text))
