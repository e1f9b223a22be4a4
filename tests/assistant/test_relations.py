import pytest

from assistant.answering.relations import Relations
from assistant.understanding.query import Query
from tests.assistant.conftest import noted, quoted


@pytest.fixture
def compose(framework):
    relations = Relations(framework)

    def make(operation, **fields):
        base = {"text": "?", "operation": operation}
        return relations.compose(Query.model_validate(base | fields))

    return make


def heads(statements):
    """Return the first passage that each quoting statement cites."""
    return [one.citations[0].passage_id for one in statements if one.kind != "note"]


WHOLE = {"gsr:P1", "gsr:P2", "gsr:P3", "gsr:P4", "gsr:P5", "gsr:P6"}


@pytest.mark.parametrize(
    "entity", ["industry", "interpol", "law-enforcement", "civil-society", "un-agencies"]
)
def test_having_and_lacking_make_up_the_whole(compose, framework, entity):
    fields = {"kinds": ("partner",), "target": "pillar", "entities": (entity,)}
    has = set(heads(compose("inverse", **fields)))
    lacks = set(heads(compose("negate", negated=True, **fields)))
    entries = [item for item in framework.of_kind("partner") if entity in item.entities]
    assert has == {item.parent for item in entries}
    assert has | lacks == WHOLE
    assert not has & lacks


def test_having_and_lacking_are_proved_by_the_entries_of_any_or_all_and_none_is_said(compose):
    said = compose("inverse", kinds=("partner",), target="pillar", entities=("interpol",))
    assert said[1].text == "Criminal justice: Interpol"
    assert "1 of 6" in said[0].text
    said = compose("negate", kinds=("partner",), target="pillar", entities=("industry",))
    victims = next(one for one in said if one.text.startswith("Victim support"))
    assert [one.passage_id for one in victims.citations] == ["gsr:P3", "gsr:P3-W1"]
    assert "3 of 6" in said[0].text
    fields = {"kinds": ("partner",), "target": "pillar", "entities": ("interpol", "industry")}
    assert heads(compose("inverse", every=True, **fields)) == []
    any_of_them = heads(compose("inverse", **fields))
    assert any_of_them == ["gsr:P1", "gsr:P2", "gsr:P4", "gsr:P6"]
    said = compose("inverse", kinds=("partner",), target="capability", entities=("interpol",))
    assert heads(said) == [f"gsr:C{number}" for number in range(4, 9)]
    fields = {"kinds": ("partner",), "target": "pillar", "every": True}
    said = compose("inverse", entities=("interpol", "un-agencies"), **fields)
    assert said[0].text.startswith("None of 6")
    said = compose("inverse", kinds=("partner",), target="pillar", entities=("interpol",))
    assert quoted(said) == ["P2", "P2-W2"]
    assert "Criminal justice" in noted(said)


def test_what_stands_above_is_told_and_quoted_and_what_has_no_description_listed(compose):
    said = compose("inverse", target="pillar", subjects=("gsr:C16",))
    assert "capability 16" in said[0].text.lower()
    assert "pillar 4" in said[0].text
    assert said[1].text == "Technology: Increased transparency"
    said = compose("inverse", target="pillar", subjects=("gsr:P4-O3",))
    assert said[1].text == "Technology: Regular reporting"
    said = compose("negate", target="capability", description=True, negated=True)
    assert heads(said) == ["gsr:C6"]
    assert "1 of 26" in said[0].text
    assert compose("inverse", target="pillar") == []
    assert compose("negate", target="pillar") == []


@pytest.mark.parametrize(
    ("subject", "entity", "word"),
    [
        ("gsr:P2", "interpol", "Yes"),
        ("gsr:P4", "interpol", "No"),
        ("gsr:C4", "interpol", "Yes"),
        ("gsr:P3", "civil-society", "Yes"),
        ("gsr:P3", "industry", "No"),
    ],
)
def test_yes_or_no_comes_first_and_all_entries_after(compose, framework, subject, entity, word):
    said = compose("verify", subjects=(subject,), kinds=("partner",), entities=(entity,))
    assert said[0].text.startswith(f"{word}:")
    found = framework.facet(subject, "partner")
    assert set(heads(said)) == {item.id for item in found[1]}


def test_the_entry_that_proves_it_comes_first_and_what_a_subject_cannot_have_is_a_no(compose):
    said = compose("verify", subjects=("gsr:P2",), kinds=("partner",), entities=("interpol",))
    assert heads(said)[0] == "gsr:P2-W2"
    assert said[0].citations[0].passage_id == "gsr:P2-W2"
    said = compose("verify", subjects=("gsr:X",), kinds=("partner",), entities=("interpol",))
    assert said[0].text.startswith("No:")
    assert heads(said) == []


@pytest.mark.parametrize(
    ("subjects", "word", "parent"),
    [
        (("gsr:C9", "gsr:P3"), "Yes", "gsr:P3"),
        (("gsr:P3", "gsr:C9"), "Yes", "gsr:P3"),
        (("gsr:C9", "gsr:P4"), "No", "gsr:P3"),
    ],
)
def test_containment_is_told_with_the_true_parent(compose, subjects, word, parent):
    said = compose("verify", subjects=subjects)
    assert said[0].text.startswith(f"{word}:")
    assert said[0].citations[0].passage_id == parent


def test_what_two_have_in_common_is_named_with_its_entries_or_told_to_be_nothing(framework):
    items = [framework.item("gsr:P2"), framework.item("gsr:P4")]
    (said,) = Relations(framework).common(framework.kind_by_id["partner"], items)
    assert "law enforcement" in said.text
    assert {one.passage_id for one in said.citations} == {"gsr:P2-W1", "gsr:P4-W3"}
    items = [framework.item("gsr:P2"), framework.item("gsr:P3")]
    (said,) = Relations(framework).common(framework.kind_by_id["partner"], items)
    assert "no partner in common" in said.text
    items = [framework.item("gsr:C9"), framework.item("gsr:C10")]
    assert Relations(framework).common(framework.kind_by_id["partner"], items) == []


def test_an_item_speaks_by_itself_by_what_is_under_it_and_by_strong_links(framework):
    relations = Relations(framework)
    pillar, capability = framework.kind_by_id["pillar"], framework.kind_by_id["capability"]
    by_child = relations.matching(pillar, ["gsr:P3-O4"])
    by_link = relations.matching(capability, ["gsr:P3-O4"])
    by_itself = relations.matching(capability, ["gsr:P3-O4", "gsr:C12"])
    assert [(item.id, proof) for item, proof in by_child] == [("gsr:P3", ["gsr:P3-O4"])]
    assert [(item.id, proof) for item, proof in by_link] == [("gsr:C12", ["gsr:P3-O4"])]
    assert [(item.id, proof) for item, proof in by_itself] == [("gsr:C12", ["gsr:C12"])]
