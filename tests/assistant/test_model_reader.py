import json

import pytest

from assistant.understanding.framework_reader import Understood
from assistant.wording.calls import Calls
from assistant.wording.model_reader import LONGEST, ModelReader


class Scripted:
    """A line to a model that says what it was told to, and keeps what it was asked."""

    def __init__(self, said):
        self.said = said
        self.asked = ("", "")

    def pieces(self, system, user):
        self.asked = (system, user)
        yield from self.said

    def stop(self):
        return


def written(**fields):
    return json.dumps({"operation": "list", "facets": ["outcomes"], "subjects": ["P3"]} | fields)


@pytest.fixture
def read(framework):
    def make(said, question="and its outcomes?", turns=()):
        line = Scripted(said)
        calls = Calls(lambda seconds: line, 5.0)
        reader = ModelReader(framework, lambda text: text.replace("Olha", "[name]"))
        return (*reader.read(calls, question, turns), line)

    return make


def test_what_a_model_reads_is_the_same_record(read):
    understood, cause, _ = read(f"Sure: {written()} and more")
    assert cause is None
    assert isinstance(understood, Understood)
    (reading,) = understood.readings
    assert (reading.operation, reading.facets, reading.subjects) == (
        "list",
        ("outcomes",),
        ("gsr:P3",),
    )
    assert "Victim support" in understood.text


@pytest.mark.parametrize(
    "said",
    [
        "no object",
        "{",
        written(subjects=["P9"]),
        written(facets=["berths"]),
        written(operation="invent"),
        written(operation="other"),
        written(operation="compare", subjects=["P3"]),
    ],
)
def test_what_names_anything_that_is_not_there_is_no_reading(read, said):
    understood, cause, _ = read(said)
    assert (understood, cause) == (None, "unsupported")


@pytest.mark.parametrize(("said", "cause"), [("", "empty"), ("x" * (LONGEST + 1), "endless")])
def test_a_model_that_writes_nothing_or_too_much_is_not_believed(read, said, cause):
    assert read(said)[:2] == (None, cause)


def test_a_model_is_sent_masked_questions_and_the_ids(read):
    *_, line = read(written(), "and Olha's outcomes?", ("Tell me about P3.",))
    system, user = line.asked
    assert "C12 Victim identity protection" in system
    assert "Olha" not in user
    assert "Asked before: Tell me about P3." in user
