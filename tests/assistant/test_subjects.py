from itertools import pairwise

import pytest

from assistant.answering.drafting import entity_terms
from assistant.understanding.naming import heading_of, name_of, short_name
from tests.assistant.conftest import local


@pytest.fixture
def find(names, lexicon):
    return lambda text: names.find(lexicon.tokens(text), text)


def of(mentions, kind):
    return [one.ids[0] if one.ids else "" for one in mentions if one.type == kind]


def items(mentions):
    return local(of(mentions, "item"))


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("C12", ["C12"]),
        ("c12 and p3-o4", ["C12", "P3-O4"]),
        ("what is P4-W2?", ["P4-W2"]),
        ("capability 7", ["C7"]),
        ("capability number 7", ["C7"]),
        ("capability seven", ["C7"]),
        ("the seventh capability", ["C7"]),
        ("the 7th capability", ["C7"]),
        ("the third pillar", ["P3"]),
        ("capabilities 9 and 10", ["C9", "C10"]),
        ("capabilities 9, 10 and 11", ["C9", "C10", "C11"]),
        ("pillars 2, 4 or 6", ["P2", "P4", "P6"]),
        ("capability #7", ["C7"]),
        ("pillar #3", ["P3"]),
    ],
)
def test_ids_and_numbers_name_items(find, words, wanted):
    found = find(words)
    assert items(found) == wanted
    assert all(one.sure for one in found if one.type == "item")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("pillar 7", ("pillar", "7")),
        ("capability 27", ("capability", "27")),
        ("the tenth pillar", ("pillar", "10")),
        ("pillar 0", ("pillar", "0")),
    ],
)
def test_a_number_beyond_the_last_is_absent(find, words, wanted):
    assert [one.ids for one in find(words) if one.type == "absent"] == [wanted]


def test_a_bare_number_is_of_the_largest_kind_and_a_number_of_things_names_none(find):
    assert items(find("what does number 11 say")) == items(find("#11")) == ["C11"]
    assert items(find("the six pillars")) == []
    assert items(find("the 26 capabilities")) == []
    assert items(find("Z99 and C99-O1")) == []


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("crisis response", "C9"),
        ("response to a crisis", "C9"),
        ("victim identity protection", "C12"),
        ("protection of the identity of victims", "C12"),
        ("research on offenders", "C24"),
        ("criminal justice", "P2"),
        ("research & insight", "P6"),
    ],
)
def test_a_name_counts_in_any_order_with_small_words_between(find, words, wanted):
    assert items(find(words)) == [wanted]


def test_a_name_wins_in_its_own_order_close_together_and_with_its_kind(find):
    assert items(find("offender outreach and offender research")) == ["C21", "C24"]
    far = "crisis in the north and then in the south and east needs a response"
    assert items(find(far)) == []
    found = find("the legislation capability")
    assert items(found) == ["C2"]
    assert of(found, "kind") == []
    assert found[0].sure
    assert items(find("the policy and legislation pillar")) == ["P1"]
    assert items(find("the capability legislation")) == ["C2"]
    found = find("which pillar is crisis response in")
    assert of(found, "kind") == ["pillar"]
    assert items(found) == ["C9"]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("stakeholders", ["partner"]),
        ("the key goals", ["outcome"]),
        ("the building blocks", ["capability"]),
        ("the main themes", ["pillar"]),
        ("outcomes and partners", ["outcome", "partner"]),
        ("expensive outcomes", ["outcome"]),
    ],
)
def test_kinds_are_found_under_their_other_names(find, words, wanted):
    assert of(find(words), "kind") == wanted


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("the police", "law-enforcement"),
        ("NGOs", "civil-society"),
        ("INTERPOL", "interpol"),
        ("the private sector", "industry"),
        ("universities", "academic-institutions"),
        ("regional bodies", "regional-organisations"),
    ],
)
def test_entities_are_found_under_their_other_names(find, words, wanted):
    assert of(find(words), "entity") == [wanted]


def test_the_framework_has_a_name_and_mentions_stand_in_order_and_apart(find):
    found = find("the definition of the GSR")
    assert [one.type for one in found] == ["description", "framework"]
    text = "Which outcomes and partners of pillar 3 and C12 concern Interpol, NGOs and CSAM?"
    found = find(text)
    assert all(a.last < b.first for a, b in pairwise(found))
    assert find("") == []
    assert find("the of and") == []


def test_every_name_is_told_to_the_lexicon(names, framework):
    wanted = [(entity.label, *entity.words) for entity in framework.entities]
    assert [term.wordings for term in entity_terms(framework)] == wanted
    told = set(names.all())
    assert {item.title for item in framework.items if item.title} <= told
    assert {entity.label for entity in framework.entities} <= told


def test_an_item_is_called_by_kind_number_and_title_or_by_its_words(framework):
    item = framework.item("gsr:C12")
    assert name_of(framework, item) == "capability 12 (Victim identity protection)"
    assert heading_of(framework, item) == "Capability 12: Victim identity protection"
    assert short_name(framework, item) == "capability 12"
    strip = framework.item("gsr:X")
    outcome = framework.item("gsr:P4-O3")
    assert name_of(framework, strip) == "strip \u201cCoordinated capacity building\u201d"
    assert name_of(framework, outcome) == "outcome \u201cRegular reporting\u201d"
    assert heading_of(framework, outcome) == "Outcome: Regular reporting"
    assert short_name(framework, strip) == "Coordinated capacity building"
