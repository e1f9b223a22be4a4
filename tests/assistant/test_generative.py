"""A language model words and reads where one is set, and costs nothing where none is."""

import json
import subprocess
import sys

import pytest

from assistant.errors import SettingsError
from assistant.pipeline import Assistant
from assistant.records import Question
from assistant.wording.endpoint import Calls
from assistant.wording.model_reader import LONGEST, read_by_model
from tests.endpoint import FakeEndpoint, faithful
from tests.wording import Scripted

QUESTION = Question(text="What outcomes and partners relate to victim identity protection?")


def opened(settings, url):
    return Assistant.open(settings.model_copy(update={"llm_url": url, "llm_model": "made-up"}))


def test_an_answer_is_worded_rests_on_the_same_and_is_a_stream_only_with_a_model(
    assistant, settings
):
    plain = assistant.ask(QUESTION)
    assert assistant.write(QUESTION) is None
    with FakeEndpoint(faithful) as fake:
        written = opened(settings, fake.url).write(QUESTION)
        assert [*written] == [*written.answer.statements]
        assert fake.calls == 1
    answer = written.answer
    assert answer.completeness == plain.completeness
    found = [c for one in answer.statements for c in one.citations]
    assert found == [c for one in plain.statements for c in one.citations]
    assert answer.provenance.settings == plain.provenance.settings
    assert answer.provenance.wording.kept == 7
    assert "generative" in answer.provenance.composer
    assert "made-up" in answer.provenance.composer


def test_no_model_is_asked_what_is_not_answered_and_a_refused_address_told_before(
    assistant, settings
):
    with FakeEndpoint(faithful) as fake:
        worded = opened(settings, fake.url)
        for text in ("I was abused and need help", "What does pillar 9 say?"):
            answer, plain = (one.ask(Question(text=text)) for one in (worded, assistant))
            assert (answer.status, answer.statements) == (plain.status, plain.statements)
            assert answer.provenance.wording is None
        assert fake.calls == 0
    with pytest.raises(SettingsError, match="another machine"):
        opened(settings, "https://example.org/v1")


def test_without_a_model_nothing_of_it_is_imported_and_a_vector_needs_no_index(built_home):
    code = f"""
import sys
from assistant.retrieval.models import load_embedder
from assistant.settings import Settings
load_embedder(settings := Settings(home={str(built_home)!r})).embed("who?")
print([one for one in "torch llama_index chromadb".split() if one in sys.modules])
from assistant.pipeline import Assistant, Question
Assistant.open(settings).ask(Question(text={QUESTION.text!r}))
odd = "openai torch llama_index.llms.openai_like assistant.wording.generative"
print([one for one in odd.split() if one in sys.modules])
"""
    told = subprocess.check_output([sys.executable, "-c", code], text=True, timeout=120)
    assert told.split() == ["[]", "[]"]


def written(**fields):
    return json.dumps({"operation": "list", "facets": ["outcomes"], "subjects": ["P3"]} | fields)


@pytest.fixture
def read(framework):
    def mask(text):
        return text.replace("Olha", "[name]")

    def make(said, question="and its outcomes?", turns=()):
        line = Scripted(said)
        found = read_by_model(Calls(lambda _: line, 5.0), question, turns, framework, mask)
        return (*found, line.asked)

    return make


def test_what_a_model_reads_of_masked_questions_is_the_same_record(read):
    question, turns = "and Olha's outcomes?", ("Tell me about P3.",)
    understood, cause, (asked,) = read(f"Sure: {written()} and more", question, turns)
    (reading,) = understood.readings
    assert (reading.operation, reading.facets, cause) == ("list", ("outcomes",), None)
    assert (reading.subjects, "Victim support" in understood.text) == (("gsr:P3",), True)
    assert "C12 Victim identity protection" in asked
    assert ("Olha" in asked, "Asked before: Tell me about P3." in asked) == (False, True)


def test_what_names_anything_that_is_not_there_or_is_no_reading_is_not_believed(read):
    for said, cause in (
        ("no object", "unsupported"),
        (written(subjects=["P9"]), "unsupported"),
        (written(facets=["berths"]), "unsupported"),
        (written(operation="invent"), "unsupported"),
        (written(operation="compare", subjects=["P3"]), "unsupported"),
        ("", "empty"),
        ("x" * (LONGEST + 1), "endless"),
    ):
        assert read(said)[:2] == (None, cause)
