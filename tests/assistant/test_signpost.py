import doctest
import re

import pytest

import assistant as package
from assistant import Signpost
from assistant.signpost import Reply
from tests.documents import ROOT


@pytest.fixture(name="signpost", scope="module")
def _signpost(assistant):
    return Signpost(assistant)


def test_an_answer_prints_its_statements_and_sources(signpost):
    reply = signpost.ask("Which outcomes belong to pillar 3?")
    text, html = str(reply), reply._repr_html_()
    assert reply.answer.status == "answered"
    assert all(one.text in text for one in reply.answer.statements)
    assert html.count("<li>") == text.count("\n- ") + len(reply.works)
    numbers = {int(one) for one in re.findall(r" \[(\d+)\]", text)}
    assert numbers == set(range(1, len(reply.works) + 1))


def test_a_disclosure_prints_the_reviewed_reply(signpost):
    reply = signpost.ask("My stepfather abused me when I was ten and I have never told anyone.")
    assert reply.answer.signposting
    assert reply.answer.signposting.text in str(reply)


def test_what_is_said_is_no_markup(signpost):
    reply = signpost.ask("Which outcomes belong to pillar 3?")
    first = reply.answer.statements[0].model_copy(update={"text": "<b>bold</b>"})
    hostile = Reply(reply.answer.model_copy(update={"statements": (first,)}), reply.corpus)
    assert "<b>bold" not in hostile._repr_html_()


def test_what_is_written_for_developers_is_true(built_home, monkeypatch):
    monkeypatch.setenv("SIGNPOST_HOME", str(built_home))
    guide = ROOT / "docs" / "using-from-python.md"
    told = doctest.testfile(str(guide), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert (told.failed, told.attempted) == (0, 11)
    assert Signpost.open(built_home).search("hotlines", 3).hits[2:]


def test_the_package_shows_nothing_else():
    with pytest.raises(AttributeError):
        _ = package.Nothing
