"""What a question names: ids, numbers, kinds, entities, items, terms."""

from itertools import pairwise

import pytest

from assistant.understanding.lexicon import Lexicon
from assistant.understanding.naming import Mention, Names, heading_of, name_of, short_name
from corpus.structure.graph import Framework
from tests.assistant.conftest import local


@pytest.fixture
def find(names: Names, lexicon: Lexicon):
    return lambda text: names.find(lexicon.tokens(text), text)


def of(mentions: list[Mention], kind: str) -> list[str]:
    return [one.ids[0] if one.ids else "" for one in mentions if one.type == kind]


def items(mentions: list[Mention]) -> list[str]:
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
    ],
)
def test_ids_and_numbers_name_items(find, words: str, wanted: list[str]) -> None:
    found = find(words)
    assert items(found) == wanted
    assert all(one.sure for one in found if one.type == "item")


@pytest.mark.parametrize(("words", "wanted"), [("capability #7", ["C7"]), ("pillar #3", ["P3"])])
def test_a_number_sign_behind_a_kind_changes_nothing(find, words: str, wanted: list[str]) -> None:
    assert items(find(words)) == wanted


@pytest.mark.parametrize("words", ["what does number 11 say", "#11"])
def test_a_bare_number_names_an_item_of_the_kind_that_has_most(find, words: str) -> None:
    assert items(find(words)) == ["C11"]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("pillar 7", ("pillar", "7")),
        ("capability 27", ("capability", "27")),
        ("the tenth pillar", ("pillar", "10")),
        ("pillar 0", ("pillar", "0")),
    ],
)
def test_a_number_beyond_the_last_is_absent(find, words: str, wanted: tuple[str, str]) -> None:
    assert [one.ids for one in find(words) if one.type == "absent"] == [wanted]


def test_six_pillars_are_no_pillar_six(find) -> None:
    assert items(find("the six pillars")) == []
    assert items(find("the 26 capabilities")) == []


def test_an_id_that_nobody_has_names_nothing(find) -> None:
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
def test_a_name_counts_in_any_order_with_small_words_between(find, words: str, wanted: str) -> None:
    assert items(find(words)) == [wanted]


def test_a_name_in_its_own_order_wins_over_another_in_any(find) -> None:
    assert items(find("offender outreach and offender research")) == ["C21", "C24"]


def test_the_words_of_a_name_must_stand_close_together(find) -> None:
    far = "crisis in the north and then in the south and east needs a response"
    assert items(find(far)) == []


def test_a_kind_with_the_name_of_its_item_makes_one_mention(find) -> None:
    found = find("the legislation capability")
    assert items(found) == ["C2"]
    assert of(found, "kind") == []
    assert found[0].sure


def test_a_kind_says_which_of_two_items_of_one_name_is_meant(find) -> None:
    assert items(find("the policy and legislation pillar")) == ["P1"]
    assert items(find("the capability legislation")) == ["C2"]


def test_the_kind_of_another_item_is_not_taken_along(find) -> None:
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
    ],
)
def test_kinds_are_found_under_their_other_names(find, words: str, wanted: list[str]) -> None:
    assert of(find(words), "kind") == wanted


def test_a_kinds_own_name_always_counts(find) -> None:
    assert of(find("expensive outcomes"), "kind") == ["outcome"]


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
def test_entities_are_found_under_their_other_names(find, words: str, wanted: str) -> None:
    assert of(find(words), "entity") == [wanted]


def test_the_framework_and_its_descriptions_have_names(find) -> None:
    found = find("the definition of the GSR")
    assert [one.type for one in found] == ["description", "framework"]


def test_mentions_stand_in_order_and_never_overlap(find) -> None:
    text = "Which outcomes and partners of pillar 3 and C12 concern Interpol, NGOs and CSAM?"
    found = find(text)
    assert all(a.last < b.first for a, b in pairwise(found))


def test_nothing_is_named_by_nothing(find) -> None:
    assert find("") == []
    assert find("the of and") == []


def test_every_name_is_told_to_the_lexicon(names: Names, framework: Framework) -> None:
    told = set(names.all())
    assert {item.title for item in framework.items if item.title} <= told
    assert {entity.label for entity in framework.entities} <= told


def test_an_item_is_called_by_kind_number_and_title(framework: Framework) -> None:
    item = framework.item("gsr:C12")
    assert name_of(framework, item) == "capability 12 (Victim identity protection)"
    assert heading_of(framework, item) == "Capability 12: Victim identity protection"
    assert short_name(framework, item) == "capability 12"


def test_an_item_without_a_number_is_called_by_its_words(framework: Framework) -> None:
    strip = framework.item("gsr:X")
    outcome = framework.item("gsr:P4-O3")
    assert name_of(framework, strip) == "strip \u201cCoordinated capacity building\u201d"
    assert name_of(framework, outcome) == "outcome \u201cRegular reporting\u201d"
    assert heading_of(framework, outcome) == "Outcome: Regular reporting"
    assert short_name(framework, strip) == "Coordinated capacity building"
