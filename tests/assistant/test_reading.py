from itertools import combinations, product

import numpy as np
import pytest

from assistant.answering.structured import Structured
from assistant.records import Question, cited_in
from assistant.retrieval.models import embed_kept
from assistant.understanding.reading import OPERATIONS, Reading, query_of, restated
from tests.fakes import hashing_embedder


@pytest.fixture
def read(assistant):
    return assistant._answering.reader.read


@pytest.fixture
def understand(assistant):
    return assistant._answering.understand


@pytest.fixture
def ask(assistant):
    return lambda text, *turns: assistant.ask(Question(text=text, turns=turns))


@pytest.mark.parametrize(
    ("text", "operation", "facets", "subjects"),
    [
        ("Overview table please: each pillar with its partners", "list", "pillars partners", ""),
        ("so how many outcomes does the sixth pillar have", "count", "outcomes", "gsr:P6"),
        ("compare the goals of pillar 2 with pillar 4's", "compare", "outcomes", "gsr:P2 gsr:P4"),
        ("in which pillar is safety by design?", "locate", "pillars", "gsr:C15"),
        ("Is the takedown platform an outcome of pillar 4?", "check", "", "gsr:P4-O7 gsr:P4"),
        ("Is Interpol down for the technology bit as well?", "check", "", "interpol gsr:P4"),
        ("So the UN agencies are everywhere in it?", "check", "partners", "un-agencies"),
        ("Everything about the first strand, with no omission.", "describe", "", "gsr:P1"),
        ("Where on the framework do journalists come in?", "locate", "", "gsr:C18"),
    ],
)
def test_a_plain_request_is_read(read, text, operation, facets, subjects):
    (reading,) = read(text)
    assert reading.operation == operation
    assert {*facets.split()} <= {*reading.facets}
    assert reading.facets == () or "Everything" not in text
    assert {*reading.subjects} == {*subjects.split()}


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("capabilities 13 to 16", "C13 C14 C15 C16"),
        ("what do C13-C15 say?", "C13 C14 C15"),
        ("pillars 2\u20134 and their partners", "P2 P3 P4"),
        ("compare pillar 3 to pillar 5", "P3 P5"),
        ("compare C3 to C5", "C3 C5"),
        ("what is said of the last pillar under Technology?", "P4"),
        ("the last outcome of pillar 6", "P6-O5"),
    ],
)
def test_a_range_names_what_is_in_it_and_last_the_last(read, text, subjects):
    (reading,) = read(text)
    assert {*reading.subjects} == {f"gsr:{one}" for one in subjects.split()}


def test_sentences_that_ask_nothing_are_left_out(understand):
    asked = "Which pillars list Interpol?"
    haste = "Hi, my boiler man is due any minute, so forgive the haste."
    assert understand(f"{haste} {asked}").text == asked
    assert understand(f"{asked} Kind regards, Anna").text == asked
    assert understand("Thank you so much!").text == "Thank you so much!"
    leaning = 'Everyone says "safety by design" in meetings and I nod. Please, what does it mean?'
    assert understand(leaning).text == leaning


def test_of_a_long_message_the_words_that_ask_are_told_from_the_story(understand, ask):
    story = "Our committee met on Tuesday and the projector broke twice. The chair quoted a paper"
    story += " on Kenyan schools and got the year wrong, as he always does. By Thursday noon I have"
    story += " to hand in a paragraph on image removal."
    asked = "Please tell me how many countries the ICSE database connects."
    assert understand(f"{story} {asked}").core == asked
    answer = ask(f"{story} {asked}")
    assert answer.status == "answered"
    assert "72 countries" in " ".join(one.text for one in answer.statements)
    two = ["Who runs Project Arachnid?", "How many countries does ICSE connect?"]
    assert [one.text for one in understand(f"{story} {' '.join(two)}").readings] == two


def test_misspelt_words_are_mended_and_what_is_quoted_or_named_is_not(understand):
    text = "hwo many outcoms has teh tecnology pillar"
    assert understand(text).text.endswith("many outcomes has the technology pillar")
    for kept in (
        'which items contain the words "teh outcoms"',
        "Is Zorblax a partner?",
        "colours of the organisation's neighbours",
    ):
        assert understand(kept).text == kept


def test_a_sentence_that_asks_two_or_three_things_is_cut_between_them(read):
    two = ("Who runs the ICSE database,", "and how many countries are hooked up to it?")
    three = ("Which outcomes does the framework list under police,", "then who runs ICSE,")
    for parts in (two, (*three, "and then, last one, how many countries are in it?")):
        found = read(" ".join(parts))
        assert ([one.text for one in found], found[-1].before) == ([*parts], parts[-2])


def test_a_turn_that_leans_is_read_with_those_before_it_or_asked_back(assistant, ask):
    answer = ask("and the partners?", "Which outcomes belong to the technology pillar?")
    assert answer.status == "answered"
    assert (answer.scope.subjects, answer.scope.facets) == (("gsr:P4",), ("partners",))
    assert "Technology" in answer.resolved_question
    turns = ("What is the criminal justice pillar?", "Its capabilities?", "Who are the partners?")
    assert ask("and now the outcomes, please", *turns).scope.subjects == ("gsr:P2",)
    most = ask("then list them", "Which pillar has the most outcomes?").scope.subjects
    second = ask("sorry, I meant the second", "Describe the third capability of Technology")
    assert (most, second.scope.subjects) == (("gsr:P5",), ("gsr:C14",))
    turns, text = ("What does the EU AI Act ban?",), "and when does it apply?"
    leaning = assistant._answering.reader.understand(text, turns)
    assert (leaning.carried, leaning.text) == (True, f"{turns[0]} {text}")
    fresh = assistant._answering.reader.understand("Which pillars list Interpol?", turns)
    assert (fresh.carried, fresh.text) == (False, "Which pillars list Interpol?")
    answer = ask("and its partners?")
    assert (answer.status, answer.reason) == ("clarify", "ambiguous")


def test_what_one_part_tells_no_other_part_repeats(ask):
    told = ask("What does the US TAKE IT DOWN Act require, and within how many hours?").statements
    assert sum("within 48 hours" in one.text for one in told) == 1


def test_a_turn_on_guidance_goes_on_in_the_note_that_the_one_before_led_to(ask):
    answer = ask("were did it al start", "What is a Barnahus?")
    assert "Iceland" in " ".join(one.text for one in answer.statements[:2])
    assert "What is a Barnahus?" in answer.resolved_question
    answer = ask("who pays for such a thing?", "We are an NGO and want to open a hotline. How?")
    assert "setting-up-a-hotline" in answer.statements[0].citations[0].passage_id


def test_who_names_a_term_and_no_more_is_given_its_entry_first(ask):
    answer = ask("What is grooming?")
    assert (answer.status, answer.reason) == ("answered", "")
    assert "winning a child's trust" in answer.statements[0].text
    assert answer.statements[0].citations[0].passage_id.startswith("glossary:")
    assert "member" in ask("How many helplines are there?").statements[0].text


def test_of_terms_that_are_compared_each_is_told_under_its_name(ask):
    told = ask("difference between INHOPE and NCMEC?").statements
    assert [one.section for one in told][:6] == ["", *["INHOPE"] * 3, *["NCMEC"] * 2]
    told = ask("difference between Budapest and Lanzarote Convention?").statements
    assert "The Budapest Convention on cybercrime" in {one.section for one in told}
    lead, *_ = ask("What's the difference between the MNR and the GSR?").statements
    assert {"Model", "Global"} <= {*lead.text.split()}  # A sentence that names both leads.
    for other in ("Does the IWF fund INHOPE?", "Is INHOPE older than NCMEC?"):
        assert ask(other).status != "answered"


def test_what_is_quoted_held_up_or_set_aside_decides_what_is_cited(ask):
    assert ask("Is the word 'resilience' used on the page?").status == "not_covered"
    assert cited_in(ask("'evidence': is this word in it and where").statements) == ("gsr:C2",)
    found = cited_in(ask('where do they say "economic"').statements)
    assert {"gsr:C25", "gsr:P6-O3", "gsr:P6-O4"} <= {*found}
    found = cited_in(ask("Which outcomes on the page talk about offenders?").statements)
    assert {"gsr:P2-O1", "gsr:P5-O8"} <= {*found}
    found = cited_in(ask("Name all outcomes except those of pillar 4.").statements)
    assert len([one for one in found if "-O" in one and "P4" not in one]) == len(found) == 34
    told = ask("How many reports did NCMEC receive in 2024?").statements
    assert all(one.kind != "framework" for one in told)


def test_what_no_source_can_give_is_told_from_a_question(read):
    for text, asked in (
        ("Write me a press release on this for the minister.", "writing"),
        ("What do you think, should we support this?", "opinion"),
        ("Will the new treaty ever succeed?", "prediction"),
        ("hello there", "unworded"),
        ("Who writes the transparency reports?", ""),
    ):
        assert read(text)[0].request == asked


@pytest.mark.parametrize(
    ("operation", "facets", "subjects", "wanted"),
    [
        ("list", "outcomes", "gsr:P1", "describe"),
        ("list", "pillars", "gsr:C2", "inverse"),
        ("which", "pillars", "interpol", "inverse"),
        ("without", "pillars", "-interpol", "negate"),
        ("without", "pillars outcomes", "", "negate"),
        ("check", "", "interpol gsr:P2", "verify"),
        ("check", "pillars", "gsr:C2", "inverse"),
        ("check", "description", "gsr:C2 gsr:P2", "verify"),
        ("compare", "", "gsr:P1", None),
        ("locate", "", "gsr:C2", "inverse"),
        ("other", "", "", None),
        ("compare", "", "gsr:P1 gsr:P2", "compare"),
        ("count", "outcomes", "gsr:P1", "count"),
        ("locate", "pillars", "gsr:P2", "verify"),
        ("mentions", "outcomes", "", None),
    ],
)
def test_a_reading_becomes_a_query_if_the_structure_answers_it(
    framework, operation, facets, subjects, wanted
):
    ids = {"excluded" if "-" in subjects else "subjects": subjects.strip("-").split()}
    reading = Reading.model_validate({"operation": operation, "facets": facets.split()} | ids)
    query = query_of(reading, "text", framework)
    assert not (query and query.description and len(reading.subjects) == 2)
    assert (query.operation if query else None) == wanted
    assert wanted is None or restated(reading, framework)


def test_whatever_is_read_is_answered_or_is_no_query(framework):
    structured, facets = Structured(framework), [one.facet for one in framework.kinds]
    subjects = (), ("gsr:X",), ("gsr:X", "gsr:P1"), ("gsr:X-1", "gsr:P4-O7"), ("interpol", "gsr:X")
    sets = [(), *combinations([*facets, "description"], 1), *combinations(facets, 2)]
    names = "operation facets subjects excluded extreme polar".split()
    others = ((), ("interpol",), ("gsr:P3",)), ("", "most"), (False, True)
    for told in product(OPERATIONS, sets, subjects, *others):
        reading = Reading.model_validate(dict(zip(names, told, strict=True)))
        if query := query_of(reading, "3 outcomes?", framework):
            structured.compose(query)


def test_the_vectors_of_names_are_kept_and_damage_is_made_again(tmp_path):
    embedder = hashing_embedder()
    rows = embed_kept(embedder, tmp_path, ["quay", "mole"])
    (path,) = (tmp_path / "models").iterdir()
    path.write_bytes(b"damaged")
    for _ in range(2):
        assert np.array_equal(embed_kept(embedder, tmp_path, ["quay", "mole"]), rows)
    assert path.read_bytes() != b"damaged"


def test_a_group_is_known_by_another_name_or_its_ordinal_and_an_adjective_names_none(ask):
    for text, groups in (
        ("outcomes of the legal pillar", "gsr:P1"),
        ("Which partners does the victim identity protection pillar have?", "gsr:P3"),
        ("partners of the first and the sixth pillar", "gsr:P1 gsr:P6"),
        ("the societal pillar in brief, capabilities first, then whom with", "gsr:P5"),
    ):
        assert ask(text).scope.groups == tuple(groups.split())
    assert "called" not in ask("Which is the most important pillar?").statements[0].text
