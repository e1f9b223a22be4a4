"""Answers as a sheet to be judged by: without gold, scores, families or ids that tell of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.answer import Answer, Citation
from corpus.passage import sha256_of
from evals.case import Case
from evals.folder import AnswerRow

_MARK = 8

_HEAD = """# To be judged by reading

For each answer write one line into a file:
`{"id": "...", "verdict": "right" | "partly" | "wrong", "why": "..."}`.
Right is an answer with which whoever asked is served: complete, exact, and nothing in it misleads.
A refusal is right if the sources lack what was asked for. Write all verdicts before looking at the
gold or the scores.
"""


def mark_of(case_id: str) -> str:
    """Return what a sheet calls a case: the first letters of the SHA-256 of its id."""
    return sha256_of(case_id)[:_MARK]


def sheet(shown: Iterable[tuple[Case, AnswerRow]]) -> str:
    """Return cases and their answers as Markdown to be read."""
    parts = [_HEAD]
    for number, (case, row) in enumerate(shown, 1):
        title = f"## {number}. `{mark_of(case.id)}`\n"
        parts.append("\n".join([title, *_asked(case), *_answered(row)]))
    return "\n".join(parts)


def _asked(case: Case) -> Iterator[str]:
    yield from (f"Earlier: {turn}\n" for turn in case.turns)
    yield f"**{case.question}**\n"


def _answered(row: AnswerRow) -> Iterator[str]:
    if row.answer is None:
        yield f"Refused: {row.error}\n"
        return
    answer = row.answer
    yield f"Status: {' '.join(filter(None, [answer.status, answer.reason]))}\n"
    if row.answer.personal_note:
        yield f"{row.answer.personal_note}\n"
    if answer.signposting:
        yield f"{answer.signposting.text}\n"
    numbers: dict[Citation, int] = {}
    yield from _statements(answer, numbers)
    if answer.nearest:
        yield "\nClosest, but not an answer:\n"
        yield from (f"- [{_number(one, numbers)}]" for one in answer.nearest)
    yield from (f"- Choice: {one.label}: {one.question}" for one in answer.choices)
    yield from _quotes(numbers)


def _statements(answer: Answer, numbers: dict[Citation, int]) -> Iterator[str]:
    section = ""
    for one in answer.statements:
        if one.section != section:
            yield f"\n*{one.section}*\n"
        section = one.section
        marks = "".join(f"[{_number(cited, numbers)}]" for cited in one.citations)
        dated = f" (as of {one.as_of})" if one.as_of else ""
        yield f"- ({one.kind}) {one.text} {marks}{dated}"


def _number(citation: Citation, numbers: dict[Citation, int]) -> int:
    return numbers.setdefault(citation, len(numbers) + 1)


def _quotes(numbers: dict[Citation, int]) -> Iterator[str]:
    if numbers:
        yield "\nQuoted:\n"
    for one, number in numbers.items():
        yield f"[{number}] {one.source_id}, {one.locator}: “{one.quote}”  "
