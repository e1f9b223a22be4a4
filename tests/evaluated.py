"""Runs made from cases and answers by hand, and a job that waits to be let on."""

import json
import sys
import time

import pytest

from assistant.records import Signposting
from assistant.settings import Settings
from corpus.passage import digest_of
from corpus.whole import Whole
from evals.cases.case import Case
from evals.folder import ANSWERS, CASES, CONFIG, AnswerRow, RunConfig, lines_of, write_file
from evals.metrics import score
from evals.running.job import Order, Worker
from evals.running.shelf import FOLDER
from tests.ui.fake_answer import answer, cite, say

HOSTILE = "</script><script>alert(1)</script><img src=http://outside.invalid/x onerror=alert(2)>"

GATE = "gate"
"""File of the home; a job waits before each case until it holds the number of that case."""

GOLD = {"outcomes": ["gsr:P3-O4"]}


def made_case(name, **fields):
    plain = {"type": "list", "family": "facets", "split": "development", "gold": GOLD}
    dated = {"author": "tests", "added": "2026-11-25", "question": f"Question {name}?"}
    return Case.model_validate({"id": name, **plain, **dated, **fields})


def make_run(folder, told, *, seconds=0.1):
    cases = [case for case, _ in told]
    rows = [
        AnswerRow(id=case.id, answer=one, error="" if one else "It is empty.", seconds=seconds)
        for case, one in told
    ]
    plain = {"suite": "made", "family": None, "limit": None, "versions": {}}
    plain |= {"settings": {"risk": 0.05}, "settings_digest": "s" * 64}
    plain |= {"started": "2026-11-25T00:00:00+00:00", "finished": "2026-11-25T00:01:00+00:00"}
    edition = Whole.read().corpus.digest
    config = RunConfig(cases=digest_of(cases), count=len(cases), edition=edition, **plain)
    write_file(folder / CONFIG, config.model_dump_json())
    write_file(folder / CASES, lines_of(cases))
    write_file(folder / ANSWERS, lines_of(rows))
    return folder


def right_answer(shift=0, words="Identity is protected.", section="Outcomes", **more):
    """Return an answer that cites the outcome rightly, but for a shift of its quote."""
    quoted = cite("gsr:P3-O4", quote="protect the identity of victims", corpus=Whole.read().corpus)
    moved = quoted.model_copy(update={"start": quoted.start + shift})
    said = say("gsr:P3-O4", section, citations=(moved,), text=words)
    return answer(said, **{"confidence": 0.9, **more})


def made_runs(home):
    """Write two scored runs, `before` and `after`, in which one case broke and one was fixed."""
    cases = [
        made_case("right"),
        made_case("wrong", gold={"outcomes": ["gsr:P3-O1"]}, family="topic"),
        made_case("hostile", question=HOSTILE, note=HOSTILE),
        made_case("unseen", split="test", question="A secret that nobody reads?"),
        *(made_case(f"more-{number:02d}", type="count") for number in range(30)),
    ]
    wrong = right_answer(shift=1, confidence=0.4)
    with pytest.MonkeyPatch.context() as patch:
        # Labelled claims are judged elsewhere, and take a while.
        patch.setattr(score, "judges_on_development", dict)
        for name, places in (("before", (0,)), ("after", (1, 3, 4))):
            told = [
                (case, wrong if at in places else right_answer()) for at, case in enumerate(cases)
            ]
            score.score_run(make_run(home / FOLDER / name, told))


class Player:
    """Answers rightly, but for one question, at which it raises an error."""

    def __init__(self, at=0, error=None):
        self.heard = []
        self._at, self._error = at, error

    def ask(self, question):
        self.heard.append(question.text)
        if len(self.heard) == self._at:
            raise self._error
        return right_answer()


class Gated:
    """Answers each question when the gate is open for it."""

    def __init__(self, home):
        self._gate = home / GATE
        self._asked = 0

    def ask(self, question):
        self._asked += 1
        while not self._gate.exists() or int(self._gate.read_text() or 0) < self._asked:
            time.sleep(0.02)
        if question.text.startswith("Break"):
            raise RuntimeError("A fault.")
        return right_answer()


def open_gate(home, cases):
    """Let a job answer so many cases of a call."""
    fresh = home / f".{GATE}"
    fresh.write_text(str(cases))
    fresh.replace(home / GATE)


def gated_command(order):
    return (sys.executable, "-m", "tests.evaluated", order.model_dump_json())


class Replies:
    """Wraps an assistant: what holds `my own words` is met with a reviewed text, as triage does."""

    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def find(self, text, k):
        found = self._inner.find(text, k)
        if "my own words" not in text:
            return found
        reply = Signposting(case="A", text="A reviewed text.", services=())
        return found.model_copy(update={"hits": (), "signposting": reply})


def _main():
    score.judges_on_development = dict
    order = Order.model_validate(json.loads(sys.argv[1]))
    return Worker(order, Settings.from_environment(), lambda given: Gated(given.home)).work()


if __name__ == "__main__":
    sys.exit(_main())
