"""A framework page, cases and answers made by hand, and an asker that plays them."""

import pytest

from assistant.citing.citations import cite
from assistant.errors import QuestionError
from assistant.records import Question, Statement
from tests.evaluated import made_case
from tests.harbour import empty_answer


@pytest.fixture
def make_case():
    def make(case_id, question="A question?", gold=(), **fields):
        return made_case(case_id, question=question, gold=dict(gold), **fields)

    return make


@pytest.fixture
def make_answer(framework):
    """Make an answer whose statements cite passages whole, each under its section."""

    def cited(passage_id):
        return (cite(framework.passage_by_id[passage_id]),)

    def make(*ids, note="", opening="", **fields):
        said = [
            Statement(text=f"About {one}", kind="framework", citations=cited(one), section="All")
            for one in ids
        ]
        if opening:
            said.insert(0, Statement(text=opening, kind="note", citations=()))
        if note:
            said.append(Statement(text="A note.", kind="note", citations=cited(note)))
        return empty_answer("A question?", **({"statements": tuple(said)} | fields))

    return make


class PlayedAsker:
    """Plays answers by question; refuses a question that it has none for, stops when told to."""

    def __init__(self, answers, stop_after=None):
        self.answers = answers
        self.stop_after = stop_after
        self.heard: list[Question] = []

    def ask(self, question):
        if self.stop_after is not None and len(self.heard) >= self.stop_after:
            raise KeyboardInterrupt
        self.heard.append(question)
        if question.text not in self.answers:
            raise QuestionError("The question is empty; type what you want to know.")
        return self.answers[question.text]


@pytest.fixture
def play():
    return PlayedAsker


@pytest.fixture
def write_cases(tmp_path):
    def write(*cases):
        path = tmp_path / "own.jsonl"
        lines = "".join(case.model_dump_json() + "\n" for case in cases)
        path.write_text(lines, encoding="utf-8")
        return path

    return write
