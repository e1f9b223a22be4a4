"""Which follow-ups a language model reads, and what of it is believed.

Follow-ups of development alone: of how many the reading by rule is unsure; what a right rewriting,
and one that is changed by rule, come to; or what the model that is set writes (`--model`).
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from pydantic import ValidationError

from assistant.errors import BatchError, SignpostError
from assistant.pipeline import Assistant
from assistant.records import Answer, Question
from assistant.safety.personal import Finder
from assistant.settings import Settings
from assistant.understanding.rewriting import Rewriter
from assistant.wording.calls import Calls, Connect
from assistant.wording.generative import Generative, Reading
from corpus.passage import Record
from evals.cases.case import load_split
from evals.estimate import Estimate, rate
from evals.studies.changes import HARMFUL

CASES = Path(__file__).parents[1] / "cases" / "rewriting" / "dev.jsonl"
SEED = 20_261_125
SECONDS = 60.0
NAMES = ("Norway", "the Red Cross", "Unicef", "pillar 9", "the World Bank")
"""What is put in where it was not asked for."""

APART = 10
"""Each so many-th development case is asked after one that has nothing to do with it."""


class FollowUp(Record):
    """A turn with those before it, and what it asks."""

    id: str
    """Unique."""

    turns: tuple[str, ...]
    """Earlier questions, oldest first."""

    question: str
    """The turn."""

    gold: str
    """What it asks, as a complete question."""

    @property
    def asked(self) -> Question:
        """The turn as the assistant takes it."""
        return Question(text=self.question, turns=self.turns)


class Rewritten(NamedTuple):
    """What came of one rewriting."""

    case: FollowUp
    """The turn."""

    answer: Answer
    """What it is answered."""

    gold: Answer
    """What the complete question is answered."""

    seconds: float
    """That it took."""

    @property
    def believed(self) -> bool:
        """Whether the model's question was taken."""
        held = self.answer.provenance.rewriting
        return held is not None and not held.cause

    @property
    def right(self) -> bool:
        """Whether it was, and gets the answer of the complete question."""
        return self.believed and _content(self.answer) == _content(self.gold)


class Scripted:
    """A model that writes one text."""

    def __init__(self, text: str) -> None:
        """Keep the text."""
        self._text = text

    def pieces(self, system: str, user: str) -> Iterator[str]:
        """Write it, whatever is asked."""
        yield self._text

    def stop(self) -> None:
        """Have nothing to end."""


def read_follow_ups(path: Path = CASES) -> tuple[FollowUp, ...]:
    """Read a file of follow-ups.

    Raises:
        BatchError: it cannot be read, or a line is none.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return tuple(FollowUp.model_validate_json(one) for one in lines)
    except (OSError, ValidationError) as error:
        raise BatchError(f"{path} holds no follow-ups: {error}.") from None


def talks() -> list[Question]:
    """Return the development cases that have earlier turns."""
    return [
        Question(text=one.question, turns=one.turns)
        for one in load_split("development")
        if one.turns
    ]


def changes_of_subject() -> list[Question]:
    """Return development cases that have none, each after another that it does not lean on."""
    cases = [one for one in load_split("development") if not (one.turns or one.context)][::APART]
    return [Question(text=two.question, turns=(one.question,)) for one, two in pairwise(cases)]


def readings(
    cases: Sequence[FollowUp], assistant: Assistant, rewriter: Rewriter
) -> list[tuple[FollowUp, Reading]]:
    """Return the follow-ups that a model is to read, with what has it read them."""
    found = [(one, rewriter.reading(one.asked, assistant.quoted(one.asked))) for one in cases]
    return [(one, reading) for one, reading in found if reading]


def rewritten(
    case: FollowUp, reading: Reading, assistant: Assistant, connect: Connect
) -> Rewritten:
    """Have a model read a follow-up."""
    start = perf_counter()
    answer = reading(Calls(connect, SECONDS))
    took = perf_counter() - start
    return Rewritten(case, answer, assistant.quoted(Question(text=case.gold)), took)


def wrong_ones(case: FollowUp, others: Sequence[FollowUp]) -> dict[str, str]:
    """Return a right rewriting changed by rule in what it asks, by the name of the rule.

    The rules are those that sentences are changed by, and a few of this module.

    Args:
        case: the follow-up, with its complete question.
        others: where another question comes from.
    """
    changed = {
        name: change(case.gold, NAMES, _chance(name, case)) for name, change in HARMFUL.items()
    }
    bare, chance = case.gold.rstrip("?"), _chance("", case)
    changed |= {
        "another subject beside": f"{bare} in {chance.choice(NAMES)}?",
        "another follow-up's question": chance.choice([one.gold for one in others if one != case]),
        "the earlier question again": case.turns[-1],
        "the turn as it was": case.question,
        "an answer to it": f"{bare} is described on the page.",
    }
    return {name: text for name, text in changed.items() if text and text != case.gold}


def _chance(name: str, case: FollowUp) -> random.Random:
    return random.Random(f"{SEED} {name} {case.id}")


def _content(answer: Answer) -> object:
    cited = [(c.passage_id, c.start, c.end) for one in answer.statements for c in one.citations]
    return answer.status, answer.reason, answer.scope, cited


def _written(text: str) -> Connect:
    return lambda _: Scripted(text)


def _tell_unsure(assistant: Assistant, rewriter: Rewriter) -> None:
    asked = {
        "development conversations": talks(),
        "development cases after one of another subject": changes_of_subject(),
    }
    for name, questions in asked.items():
        found = [bool(rewriter.reading(one, assistant.quoted(one))) for one in questions]
        _say(f"unsure, {name}", rate(found))


def _tell_right(held: Sequence[tuple[FollowUp, Reading]], assistant: Assistant) -> None:
    found = [rewritten(one, reading, assistant, _written(one.gold)) for one, reading in held]
    _say("right rewritings believed", rate([one.believed for one in found]))
    given = [one.answer.status in ("answered", "partial") for one in found if one.believed]
    _say("of these answered now, refused or asked back before", rate(given))


def _tell_wrong(
    held: Sequence[tuple[FollowUp, Reading]], cases: Sequence[FollowUp], *, show: bool
) -> None:
    counts: dict[str, list[bool]] = {}
    shown = []
    for case, reading in held:
        for name, text in wrong_ones(case, cases).items():
            told = reading(Calls(_written(text), SECONDS)).provenance.rewriting
            taken = told is not None and not told.cause
            counts.setdefault(name, []).append(taken)
            shown += [f"{name}: {case.question} | {text}"] if taken and show else []
    rows = [f"| {name} | {len(found)} | {sum(found)} |" for name, found in counts.items()]
    head = ["", "| rewritings changed by rule | n | believed |", "|---|---|---|"]
    sys.stdout.write("\n".join([*head, *rows, *shown, ""]) + "\n")


def _tell_model(
    held: Sequence[tuple[FollowUp, Reading]], assistant: Assistant, connect: Connect
) -> None:
    found = []
    for case, reading in held:
        one = rewritten(case, reading, assistant, connect)
        found.append(one)
        mark = "right" if one.right else "other" if one.believed else "left"
        told = one.answer.provenance.rewriting
        said = one.answer.resolved_question if one.believed else told and told.cause
        sys.stdout.write(f"{mark} | {one.seconds:.1f} s | {case.question} | {said}\n")
    _say("rewritings of the model believed", rate([one.believed for one in found]))
    _say("answered as the complete question is", rate([one.right for one in found]))
    seconds = sorted(one.seconds for one in found)
    if seconds:
        middle = seconds[len(seconds) // 2]
        sys.stdout.write(f"seconds: median {middle:.1f}, longest {seconds[-1]:.1f}\n")


def _say(name: str, found: Estimate) -> None:
    count = round((found.value or 0) * found.n)
    span = f" ({found.low:.3f} to {found.high:.3f})" if found.low is not None else ""
    sys.stdout.write(f"{name}: {count} of {found.n}{span}\n")


def _run(given: argparse.Namespace) -> None:
    settings = Settings.from_environment()
    assistant = Assistant.open(settings.model_copy(update={"llm_url": ""}))
    passages, finder = assistant.corpus.by_id, Finder.of(assistant.corpus)
    nobody = _written("")
    by = (
        Generative.open(settings, passages, finder)
        if settings.llm_url
        else Generative("nobody", nobody, passages, finder, seconds=SECONDS, max_tokens=400)
    )
    rewriter = assistant.rewriter(by)
    cases = read_follow_ups()
    held = readings(cases, assistant, rewriter)
    if given.model:
        _tell_model(held[: given.limit], assistant, by.connect)
        return
    _tell_unsure(assistant, rewriter)
    _say("unsure, follow-ups of this module", rate([one in dict(held) for one in cases]))
    _tell_right(held, assistant)
    _tell_wrong(held, cases, show=given.show)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is unsure and what is believed, or what the model that is set does."""
    parser = argparse.ArgumentParser(prog="python -m evals.studies.rewritten", description=__doc__)
    parser.add_argument("--model", action="store_true", help="have the model that is set read them")
    parser.add_argument("--limit", type=int, default=30, help="follow-ups that the model reads")
    parser.add_argument("--show", action="store_true", help="wrong rewritings that are believed")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.ERROR)
    try:
        _run(given)
    except SignpostError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
