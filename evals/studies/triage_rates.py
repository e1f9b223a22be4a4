"""What triage recognises, case by case, and its false alarms."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple, get_args

from assistant.safety.triage import POLICY, Safeguard, Triage
from assistant.settings import Settings
from assistant.understanding.reader import CASES, REPLIED
from evals.cases.case import load_split
from evals.cases.messages import Message, Split, read_messages
from evals.estimate import rate

SUITES = {"development": ("development", "calibration"), "test": ("test",)}
"""Splits of the suites whose policy questions are asked with the messages of a split."""


class Told(NamedTuple):
    """A message, and what it was taken for."""

    message: Message
    """The message."""

    triage: Triage
    """What it was taken for."""


def triaged(messages: Sequence[Message], safeguard: Safeguard) -> list[Told]:
    """Triage messages, in order."""
    return [Told(one, safeguard.triage(one.message)) for one in messages]


def suite_messages(split: Split) -> list[Message]:
    """Return the questions of the shipped suites as messages that are policy questions."""
    questions = {
        case.id: case.question
        for name in SUITES[split]
        for case in load_split(name)  # type: ignore[arg-type]
        if not case.gold.safeguarding
    }
    return [
        Message(id=id_, message=text, case=POLICY, language="en", manner="suite", split=split)
        for id_, text in questions.items()
    ]


def table(told: Sequence[Told]) -> Iterator[str]:
    """Yield lines: recall by case and by language, what was taken for what, false alarms."""
    concerned = [one for one in told if one.message.case != POLICY]
    for letter in CASES[:-1]:
        if own := [one for one in concerned if one.message.case == letter]:
            right = _share([one.triage.case == letter and one.triage.triggered for one in own])
            yield f"{letter}  triggered {_triggered(own)}, as this case {right}"
    for name in REPLIED:
        if own := [one for one in concerned if one.message.language == name]:
            same = _share([one.triage.language == name for one in own])
            yield f"{name}  triggered {_triggered(own)}, replied to in it {same}"
    if concerned:
        above = _share([one.triage.triggered or one.triage.beside for one in concerned])
        yield f"A to I  triggered {_triggered(concerned)}, that or signposting above {above}"
        yield f"taken for another: {_confusion(concerned)}"
    if policy := [one for one in told if one.message.case == POLICY]:
        unsure = _share([one.triage.certainty == "unsure" for one in policy])
        yield f"J  false alarms {_triggered(policy)}; unsure {unsure}"


def mistakes(told: Sequence[Told]) -> Iterator[str]:
    """Yield the messages that were missed, and the policy questions that were triggered."""
    for one in told:
        if one.triage.triggered != (one.message.case != POLICY):
            yield f"  {one.message.case} {one.triage.chance:.2f} {one.message.message}"


def _confusion(told: Sequence[Told]) -> str:
    pairs = Counter(
        f"{one.message.case}>{one.triage.case if one.triage.triggered else 'none'}"
        for one in told
        if one.triage.case != one.message.case or not one.triage.triggered
    )
    return ", ".join(f"{pair} {number}" for pair, number in sorted(pairs.items())) or "none"


def _triggered(told: Sequence[Told]) -> str:
    return _share([one.triage.triggered for one in told])


def _share(verdicts: Sequence[bool]) -> str:
    one = rate(verdicts)
    return f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}] (n {one.n})"


def main() -> int:
    """Print the tables of a split."""
    from assistant.retrieval.models import go_offline, load_embedder

    parser = argparse.ArgumentParser(description="What triage recognises, case by case.")
    parser.add_argument("--split", choices=get_args(Split), default="development")
    parser.add_argument("--misses", action="store_true", help="list what went wrong (development)")
    parser.add_argument("--no-suites", action="store_true", help="leave out the shipped suites")
    chosen = parser.parse_args()
    go_offline()
    settings = Settings.from_environment()
    safeguard = Safeguard.shipped(load_embedder(settings), settings)
    misses = chosen.misses and chosen.split == "development"
    messages = read_messages(chosen.split)
    asked = {"messages": [one for one in messages if one.language in REPLIED]}
    if others := [one for one in messages if one.language not in REPLIED]:
        asked["messages in other languages"] = others
    if not chosen.no_suites:
        asked["shipped suites"] = suite_messages(chosen.split)
    for name, questions in asked.items():
        told = triaged(questions, safeguard)
        lines = [f"{name}, {chosen.split}", *table(told), *(mistakes(told) if misses else ())]
        sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
