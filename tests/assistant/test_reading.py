import numpy as np
import pytest

from assistant.records import Question
from assistant.retrieval.models import embed_kept
from assistant.understanding.linking import Linker, Subjects, canonical, roles_of, wordings_by_id
from assistant.understanding.reader import HEADS, PLACES, told
from assistant.understanding.reading import Reading, query_of, restated
from tests.fakes import hashing_embedder


@pytest.mark.parametrize(
    ("text", "operation", "facets", "subjects"),
    [
        ("Overview table please: each pillar with its partners", "list", "pillars partners", ""),
        ("who does what under Technology, in a table", "list", "partners", "gsr:P4"),
        ("so how many outcomes does the sixth pillar have", "count", "outcomes", "gsr:P6"),
        ("Which pillars name Interpol?", "which", "pillars", "interpol"),
        ("what is capability 12", "describe", "description", "gsr:C12"),
        ("compare the goals of pillar 2 with pillar 4's", "compare", "outcomes", "gsr:P2 gsr:P4"),
        ("in which pillar is safety by design?", "locate", "pillars", "gsr:C15"),
        ("Is C12 part of pillar 3?", "check", "", "gsr:C12 gsr:P3"),
        ("Is the takedown platform an outcome of pillar 4?", "check", "", "gsr:P4-O7 gsr:P4"),
        ("Is the image repository in pillar 3?", "check", "", "gsr:P2-O5 gsr:P3"),
        ("Is Interpol down for the technology bit as well?", "check", "", "interpol gsr:P4"),
        ("So the UN agencies are everywhere in it?", "check", "partners", "un-agencies"),
    ],
)
def test_a_plain_request_is_read(assistant, text, operation, facets, subjects):
    (reading,) = assistant._answering.reader.read(text)
    assert reading.operation == operation
    assert set(facets.split()) <= set(reading.facets)
    assert set(reading.subjects) == set(subjects.split())


def test_all_of_a_group_is_no_kind_of_it_and_other_words_find_an_item(assistant):
    read = assistant._answering.reader.read
    assert read("Everything about the first strand, with no omission.")[0].facets == ()
    (reading,) = read("Heard there's help for people who fear they might abuse. The wording?")
    assert "gsr:P5-O8" in reading.subjects
    (reading,) = read("Where on the framework do journalists come in?")
    assert reading.subjects == ("gsr:C18",)


def test_which_items_speak_of_a_word_are_all_that_hold_it(assistant):
    answer = assistant.ask(Question(text="Which outcomes on the page talk about offenders?"))
    cited = {one.passage_id for said in answer.statements for one in said.citations}
    assert cited >= {"gsr:P2-O1", "gsr:P5-O8"}


def test_sentences_that_ask_nothing_are_left_out(assistant):
    understand = assistant._answering.understand
    asked = "Which pillars list Interpol?"
    haste = "Hi, my boiler man is due any minute, so forgive the haste."
    assert understand(f"{haste} {asked}").text == asked
    assert understand(f"{asked} Kind regards, Anna").text == asked
    assert understand("Thank you so much!").text == "Thank you so much!"


def test_of_a_long_message_the_words_that_ask_are_told_from_the_story(assistant):
    story = (
        "Our committee met on Tuesday and the projector broke twice. The chair quoted a newspaper"
        " on Kenyan schools and got the year wrong, as he always does. By Thursday noon I have to"
        " hand in a paragraph on image removal."
    )
    asked = "Please tell me how many countries the ICSE database connects."
    understood = assistant._answering.understand(f"{story} {asked}")
    assert understood.core == asked
    answer = assistant.ask(Question(text=f"{story} {asked}"))
    assert answer.status == "answered"
    assert "72 countries" in " ".join(one.text for one in answer.statements)
    two = "Who runs Project Arachnid? How many countries does ICSE connect?"
    parts = assistant._answering.understand(f"{story} {two}").readings
    assert [one.text for one in parts] == two.replace("? ", "?|").split("|")


def test_misspelt_words_are_mended_and_what_is_quoted_or_named_is_not(assistant):
    mended = assistant._answering.understand
    text = "hwo many outcoms has teh tecnology pillar"
    assert mended(text).text.endswith("many outcomes has the technology pillar")
    kept = (
        'which items contain the words "teh outcoms"',
        "Is Zorblax a partner?",
        "isps in the uk?",
    )
    kept += ("is the hr of a telecom firm meant", "colours of the organisation's neighbours")
    assert [mended(one).text for one in kept] == [*kept]


def test_a_sentence_that_asks_two_things_is_cut_between_them(assistant):
    parts = ("Who runs the ICSE database,", "and how many countries are hooked up to it?")
    first, second = assistant._answering.reader.read(" ".join(parts))
    assert (first.text, second.text) == parts
    assert (first.before, second.before) == ("", first.text)


@pytest.mark.parametrize(
    "text", ["How many reports did NCMEC receive in 2024?", "What does the GDPR say on children?"]
)
def test_a_question_of_guidance_asks_nothing_of_the_framework(assistant, text):
    told = assistant.ask(Question(text=text)).statements
    assert all(one.kind != "framework" for one in told)


def test_a_turn_that_leans_is_read_with_those_before_it_or_asked_back(assistant):
    turns = ("Which outcomes belong to the technology pillar?",)
    answer = assistant.ask(Question(text="and the partners?", turns=turns))
    assert answer.status == "answered"
    assert answer.scope.subjects == ("gsr:P4",)
    assert answer.scope.facets == ("partners",)
    assert "Technology" in answer.resolved_question
    first = "What is the criminal justice pillar?"
    turns = (first, "What are its capabilities?", "Who are the partners?")
    answer = assistant.ask(Question(text="and now the outcomes, please", turns=turns))
    assert answer.scope.subjects == ("gsr:P2",)
    read = assistant._answering.reader.understand
    turns = ("What does the EU AI Act ban?",)
    leaning = read("and when does it apply?", turns)
    assert leaning.carried
    assert leaning.text == "What does the EU AI Act ban? and when does it apply?"
    fresh = read("Which pillars list Interpol?", turns)
    assert not fresh.carried
    assert fresh.text == "Which pillars list Interpol?"
    answer = assistant.ask(Question(text="and its partners?"))
    assert (answer.status, answer.reason) == ("clarify", "ambiguous")


@pytest.mark.parametrize(
    ("before", "text", "words"),
    [
        ("What does Lantern do?", "and who looked into its effect on human rights?", "BSR"),
        ("What is a Barnahus?", "were did it al start", "Iceland"),
        (
            "Must a US provider keep what it reports?",
            "and say one of the giants keeps quiet on purpose, what's the damage?",
            "850,000",
        ),
    ],
)
def test_a_turn_on_guidance_goes_on_in_the_note_that_the_one_before_led_to(
    assistant, before, text, words
):
    answer = assistant.ask(Question(text=text, turns=(before,)))
    assert words in " ".join(one.text for one in answer.statements[:2])
    assert before in answer.resolved_question


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What is grooming?", "winning a child's trust"),
        ("What is content classification?", "sorts material by shared criteria"),
    ],
)
def test_who_names_a_term_and_no_more_is_given_its_entry_first(assistant, text, words):
    answer = assistant.ask(Question(text=text))
    assert (answer.status, answer.reason) == ("answered", "")
    assert words in answer.statements[0].text
    assert answer.statements[0].citations[0].passage_id.startswith("glossary:")
    counted = assistant.ask(Question(text="How many helplines are there?"))
    assert "member" in counted.statements[0].text


def test_the_groups_that_are_named_are_held_against_each_other(assistant):
    asked = {"facets": ("outcomes",), "subjects": ("gsr:P3", "gsr:P4"), "extreme": "most"}
    query = query_of(Reading(operation="count", **asked), "text", assistant.framework)
    answer = assistant._answering._structured.compose(query)
    assert [one.text for one in answer.statements if one.kind == "note"] == [
        "Pillar 4 (Technology) has the most: 7 outcomes.",
        "Pillar 3 (Victim support services and empowerment): 5 outcomes.",
        "Pillar 4 (Technology): 7 outcomes.",
    ]


def test_quoted_words_are_looked_for_to_the_letter(assistant):
    answer = assistant.ask(Question(text='where do they say "economic"'))
    cited = {one.passage_id for said in answer.statements for one in said.citations}
    assert {"gsr:C25", "gsr:P6-O3", "gsr:P6-O4"} <= cited


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Write me a press release on this for the minister.", "writing"),
        ("What do you think, should we support this?", "opinion"),
        ("Will the new treaty ever succeed?", "prediction"),
        ("hello there", "unworded"),
        ("Who writes the transparency reports?", ""),
    ],
)
def test_what_no_source_can_give_is_told_from_a_question(assistant, text, asked):
    (reading, *_) = assistant._answering.reader.read(text)
    assert reading.request == asked


def test_the_kinds_of_another_framework_are_read_by_the_part_that_they_play(harbour):
    roles = roles_of(harbour)
    assert roles == {
        "pillars": "themes",
        "capabilities": "actions",
        "partners": "owners",
        "outcomes": "deadlines",
    }
    put = canonical(harbour, roles)
    assert put("Lead bodies of mooring checks") == "partners of safety by design"
    embedder = hashing_embedder()
    bare = harbour.model_copy(update={"entities": ()})
    linker = Linker(bare, embedder.embed, embedder.embed_all)
    linked = (subjects := Subjects(bare, linker, links=False)).linked(
        "quay", told(np.ones(2000)), {}
    )
    for operation in ("check", "compare", "which", "describe", "without"):
        assert not {*(subjects.of(linked, operation) or ())} - bare.item_by_id.keys()


@pytest.mark.parametrize(
    ("reading", "operation"),
    [
        (Reading(operation="list", facets=("outcomes",), subjects=("gsr:P1",)), "describe"),
        (Reading(operation="list", facets=("pillars",), subjects=("gsr:C2",)), "inverse"),
        (Reading(operation="list", facets=("outcomes",)), "list"),
        (Reading(operation="which", facets=("pillars",), subjects=("interpol",)), "inverse"),
        (Reading(operation="without", facets=("pillars",), excluded=("interpol",)), "negate"),
        (Reading(operation="check", subjects=("interpol", "gsr:P2")), "verify"),
        (
            Reading(operation="check", facets=("description",), subjects=("gsr:C2", "gsr:P2")),
            "verify",
        ),
        (Reading(operation="check", subjects=("gsr:C2",)), "verify"),
        (Reading(operation="check", facets=("outcomes",), subjects=("gsr:P1",)), "verify"),
        (Reading(operation="check", facets=("pillars",), subjects=("gsr:C2",)), "inverse"),
        (Reading(operation="compare", subjects=("gsr:P1", "gsr:P2")), "compare"),
        (Reading(operation="count", facets=("outcomes",), subjects=("gsr:P1",)), "count"),
        (Reading(operation="locate", subjects=("gsr:C2",)), "inverse"),
        (Reading(operation="other"), None),
        (Reading(operation="mentions", facets=("outcomes",)), None),
        (Reading(operation="compare", subjects=("gsr:P1",)), None),
    ],
)
def test_a_reading_becomes_a_query_if_the_structure_answers_it(assistant, reading, operation):
    query = query_of(reading, "text", assistant.framework)
    assert not (query and query.description and len(reading.subjects) == 2)
    assert (query.operation if query else None) == operation
    assert operation is None or restated(reading, assistant.framework)


def test_what_is_set_aside_is_left_out(assistant):
    answer = assistant.ask(Question(text="Name all outcomes except those of pillar 4."))
    cited = {one.passage_id for said in answer.statements for one in said.citations}
    assert not any(one.startswith("gsr:P4") for one in cited)
    assert len([one for one in cited if "-O" in one]) == 34


def test_outputs_stand_beside_each_other_and_every_item_has_wordings(assistant):
    assert [place.stop for place in PLACES.values()][-1] == sum(HEADS.values())
    read = told(np.ones(sum(HEADS.values())))
    assert read.operations.sum() == pytest.approx(1.0)
    assert float(np.linalg.norm(read.subjects)) == pytest.approx(1.0)
    # Weights of before there were heads for items and bodies link them as all else.
    before = told(np.arange(1.0, PLACES["asks"].stop + 1.0))
    assert np.array_equal(before.items, before.subjects)
    assert all(wordings_by_id(assistant.framework).values())


def test_the_vectors_of_names_are_kept_and_damage_is_made_again(tmp_path):
    embedder = hashing_embedder()
    rows = embed_kept(embedder, tmp_path, ["quay", "mole"])
    (path,) = (tmp_path / "models").iterdir()
    path.write_bytes(b"damaged")
    for _ in range(2):
        assert np.array_equal(embed_kept(embedder, tmp_path, ["quay", "mole"]), rows)
    assert path.read_bytes() != b"damaged"


def first(assistant, text):
    """Return status, reason and first sentence of an answer."""
    answer = assistant.ask(Question(text=text))
    return answer.status, answer.reason, answer.statements[0].text


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("outcomes of the legal pillar", "gsr:P1"),
        ("partners of the tech pillar", "gsr:P4"),
        ("What is the aim of the research pillar?", "gsr:P6"),
        ("Which partners does the victim identity protection pillar have?", "gsr:P3"),
    ],
)
def test_a_group_is_known_by_another_name(assistant, text, group):
    assert assistant.ask(Question(text=text)).scope.groups == (group,)


@pytest.mark.parametrize(
    "text",
    ["Which is the most important pillar?", "What is the same pillar as legislation?", "a pillar?"],
)
def test_an_adjective_names_no_group(assistant, text):
    assert "called" not in first(assistant, text)[2]


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("partners of the first and the sixth pillar", ("gsr:P1", "gsr:P6")),
        ("Compare the second, third and fourth pillars", ("gsr:P2", "gsr:P3", "gsr:P4")),
        ("the societal pillar in brief, capabilities first, then whom with", ("gsr:P5",)),
    ],
)
def test_ordinals_stand_together(assistant, text, groups):
    assert assistant.ask(Question(text=text)).scope.groups == groups
