import doctest
import re
from datetime import datetime

import pytest

import assistant as package
from assistant import Signpost
from assistant.answering import structured
from assistant.answering.guidance import COMPOSER as GUIDANCE
from assistant.answering.suggestions import FOLLOW_UPS
from assistant.citing import ground
from assistant.errors import QuestionError
from assistant.records import Answer, Question, cited_in
from assistant.signpost import Reply
from tests.assistant.conftest import noted, quoted, told
from tests.documents import ROOT

EXAMPLE = "What outcomes and partners relate to victim identity protection?"


def test_the_example_is_answered_completely_and_in_order_with_its_lines(ask, framework):
    answer = ask(EXAMPLE)
    lines = {"C12": "145-147", "P3-O4": "160-161", "P3-O1": "149-150", "P3-O2": "152-154"}
    lines |= {"P3-O3": "156-158", "P3-O5": "163", "P3-W1": "165-166"}
    assert (answer.status, quoted(answer.statements)) == ("answered", [*lines])
    assert told(answer) == {"outcomes of P3": (5, 5), "partners of P3": (1, 1)}
    assert quoted([one for one in answer.statements if one.relation == "direct"]) == ["P3-O4"]
    cited = [one for said in answer.statements for one in said.citations]
    found = {one.passage_id: str(one.lines) for one in cited}.items()
    assert found >= {(f"gsr:{name}", line) for name, line in lines.items()}
    assert {framework.top(one.passage_id).id for one in (*answer.hits, *cited)} == {"gsr:P3"}
    assert (answer.nearest, answer.dropped, answer.parts) == ((), (), ())


def test_a_gap_is_told_with_what_is_near_and_what_is_asked_is_always_answered_alike(ask):
    answer = ask("What is the description of capability 6?")
    assert answer.reason == "coverage_gap"
    first, second = (ask(EXAMPLE).model_dump(exclude={"provenance": {"time"}}) for _ in range(2))
    assert first == second


REFUSED = {
    "empty": ["", "\n\t\r", "?!\u2026", "\u200b", "\u200d\ufeff", "\u00a0", "\u202e"],
    "control": ["outcomes \x00", "\x1b[31mout", "\x7foutcomes", "of \ud800"],
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_no_question_is_refused_as_a_question_a_turn_or_a_search(assistant, said):
    for text in REFUSED[said]:
        asked = [Question.model_construct(text=text, turns=())]
        if said == "control":
            asked.append(Question.model_construct(text="outcomes of C12", turns=("ok", text)))
        for question in asked:
            with pytest.raises(QuestionError, match=said) as refused:
                assistant.ask(question)
            str(refused.value).encode("utf-8")
        with pytest.raises(QuestionError, match=said):
            assistant.find(text, 3)


def test_a_question_may_be_so_long_and_line_ends_and_unseen_signs_are_left_out(assistant):
    limit = assistant.settings.max_question_chars
    with pytest.raises(QuestionError, match=rf"100000.*{limit}"):
        assistant.ask(Question(text="a" * 100_000))
    assert assistant.ask(Question(text=("outcomes of C12 " * 200)[:limit])).statements
    text = "  out\u200bcomes\n\nof\tC12 \u202e"
    answer = assistant.ask(Question(text=text))
    assert answer.resolved_question.split() == ["outcomes", "of", "C12"]
    assert answer.question == text
    assert told(answer) == {"outcomes of P3": (5, 5)}


def test_the_provenance_says_what_each_sort_of_answer_was_made_with(assistant, settings, ask):
    provenance = assistant.ask(Question(text=EXAMPLE)).provenance
    assert provenance.settings == settings.digest()
    assert (provenance.corpus, provenance.embedder) == (assistant.corpus.digest, settings.embedder)
    assert (provenance.checker, len(provenance.weights)) == (ground.CHECKER, 64)
    assert datetime.fromisoformat(provenance.time).tzinfo is not None
    composers = {
        EXAMPLE: structured.COMPOSER,
        "How does capability 13 work in practice?": f"{structured.EXTRACTIVE}+{GUIDANCE}",
        "When was Lantern launched?": GUIDANCE,
    }
    assert {text: ask(text).provenance.composer for text in composers} == composers


def test_several_things_asked_are_several_parts_and_one_that_fails_makes_it_partial(ask):
    answer = ask("Who are the partners of crisis response, and which outcomes has pillar 6?")
    assert answer.status == "answered"
    assert [part.scope.subjects for part in answer.parts] == [("gsr:C9",), ("gsr:P6",)]
    assert told(answer) == {"partners of P3": (1, 1), "outcomes of P6": (5, 5)}
    answer = ask("Who are the partners of crisis response? Which outcomes has pillar 9?")
    assert (answer.status, answer.reason) == ("partial", "false_premise")
    assert [part.status for part in answer.parts] == ["answered", "not_covered"]
    assert quoted(answer.statements) == ["C9", "P3-W1"]
    answer = ask("Who started the Brave Movement and how many members has it got in Africa by now?")
    assert [part.status for part in answer.parts] == ["answered", "partial"]
    assert "not answer \u201cand how many members has it got" in noted(answer.statements)
    texts = [one.text for one in answer.statements]
    assert len(texts) == len(set(texts))
    answer = ask("I prepare a talk on age assurance. Could you set out which methods there are?")
    assert "takes three forms" in answer.statements[0].text
    answer = ask("Report Remove: who runs it? and does it work in Peru")
    assert "\u201cand does it work in Peru\u201d" in noted(answer.statements)


def test_what_is_suggested_is_answered_and_is_no_other_wording(ask):
    for question, least in (
        (EXAMPLE, 2),
        ("Are the EU interim rules still in force?", 3),
        ("How many hotlines does Botswana run?", 3),
        ("Write me a poem.", 0),
    ):
        suggested = ask(question).follow_ups
        assert least <= len(suggested) <= (FOLLOW_UPS if least else 0)
        answers = [ask(one) for one in suggested]
        assert [one.status for one in answers] == ["answered"] * len(suggested)
        assert len({frozenset(cited_in(one.statements)) for one in answers}) == len(suggested)


def test_what_notes_suggest_is_answered_by_them(ask, whole):
    suggested = [one for note in whole.notes for one in note.suggested]
    for section, question in suggested[:: len(suggested) // 8]:
        answer = ask(question)
        cited = {one.source_id for said in answer.statements for one in said.citations}
        assert (answer.status, section.rpartition("#")[0] in cited) == ("answered", True), question


def test_a_private_name_stands_in_the_way_of_no_answer_and_no_later_turn(assistant):
    text = "My name is Olha Marchenko, olha@example.org: which outcomes concern legislation?"
    answer = assistant.ask(Question(text=text))
    plain = assistant.ask(Question(text="which outcomes concern legislation?"))
    assert answer.resolved_question == plain.resolved_question
    assert (answer.question, answer.statements) == (text, plain.statements)
    assert answer.personal == ("name", "email")
    turn = "My name is [name], [email]: which outcomes concern legislation?"
    answer = assistant.ask(Question(text="and its partners?", turns=(turn,)))
    assert (answer.scope.groups, answer.scope.facets) == (("gsr:P1",), ("partners",))
    assert "[" not in answer.resolved_question


def test_an_answer_survives_json_and_prints_its_statements_and_sources_as_no_markup(assistant):
    signpost = Signpost(assistant)
    reply = signpost.ask("Which outcomes belong to pillar 3?")
    assert Answer.model_validate_json(reply.answer.model_dump_json()) == reply.answer
    text, html = str(reply), reply._repr_html_()
    assert all(one.text in text for one in reply.answer.statements)
    assert html.count("<li>") == text.count("\n- ") + len(reply.works)
    numbers = {int(one) for one in re.findall(r" \[(\d+)\]", text)}
    assert numbers == set(range(1, len(reply.works) + 1))
    first = reply.answer.statements[0].model_copy(update={"text": "<b>bold</b>"})
    hostile = Reply(reply.answer.model_copy(update={"statements": (first,)}), reply.corpus)
    assert "<b>bold" not in hostile._repr_html_()
    reply = signpost.ask("My stepfather abused me when I was ten and I have never told anyone.")
    assert reply.answer.signposting.text in str(reply)


def test_what_is_written_for_developers_is_true(built_home, monkeypatch):
    monkeypatch.setenv("SIGNPOST_HOME", str(built_home))
    guide = ROOT / "docs" / "using-from-python.md"
    told = doctest.testfile(str(guide), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert (told.failed, told.attempted) == (0, 11)
    assert [hit.rank for hit in Signpost.open(built_home).search("hotlines", 3).hits] == [1, 2, 3]
    with pytest.raises(AttributeError):
        _ = package.Nothing
