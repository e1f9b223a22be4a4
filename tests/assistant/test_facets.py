import pytest

from assistant.answering.facets import Facets
from assistant.answering.relations import Relations
from assistant.understanding.query import Query
from tests.assistant.conftest import noted, quoted


@pytest.fixture
def describe(framework):
    facets = Facets(framework)

    def make(*subjects, kinds=(), **more):
        fields = {"text": "?", "operation": "describe", "kinds": kinds} | more
        subjects = tuple(f"gsr:{one}" for one in subjects)
        return facets.describe(Query.model_validate(fields | {"subjects": subjects}))

    return make


def shares(composed):
    return [(one.facet, one.listed, one.total) for one in composed.completeness]


def relations(composed):
    return {
        said.citations[-1].passage_id.partition(":")[2]: said.relation
        for said in composed.statements
        if said.kind != "note"
    }


def test_all_that_is_asked_is_listed_the_closest_first_and_in_the_order_asked(describe):
    composed = describe("C21", kinds=("outcome",))
    listed = [one for one in quoted(composed.statements) if "-O" in one]
    assert listed[:2] == ["P5-O8", "P5-O5"]
    assert sorted(listed) == [f"P5-O{number}" for number in range(1, 10)]
    assert shares(composed) == [("outcomes", 9, 9)]
    composed = describe("P6", kinds=("partner", "capability"))
    assert [facet for facet, _, _ in shares(composed)] == ["partners", "capabilities"]
    composed = describe("C9", "C21", kinds=("partner",))
    assert quoted(composed.statements) == ["C9", "P3-W1", "C21", "P5-W1", "P5-W2", "P5-W3"]
    assert shares(describe("C9", kinds=("capability", "partner"))) == [("partners", 1, 1)]


def test_relations_tell_the_direct_from_the_shared_and_the_closing_claims_no_more(describe):
    found = relations(describe("C12", kinds=("outcome", "partner")))
    assert (found["P3-O4"], found["P3-O1"], found["P3-W1"]) == ("direct", "shared", "shared")
    composed = describe("P3", kinds=("outcome",))
    assert set(relations(composed).values()) == {"related"}
    assert composed.closing == []
    (closing,) = describe("C12", kinds=("outcome", "partner")).closing
    for word in ("outcomes", "partners", "pillar", "capability", "reading"):
        assert word in closing.text
    (closing,) = describe("C12", kinds=("partner",)).closing
    assert "partners" in closing.text
    assert "reading" not in closing.text


def test_the_opening_counts_and_names_the_owner_and_the_description_comes_along(describe):
    text = describe("C12", kinds=("outcome", "partner")).statements[0].text
    for words in ("5 outcomes", "1 partner", "pillar 3", "capability 12"):
        assert words in text
    assert quoted(describe("C9", kinds=("partner",)).statements)[0] == "C9"
    assert quoted(describe("C9", description=True).statements) == ["C9"]


def test_a_gap_is_told_by_what_else_is_there(describe):
    composed = describe("C6", description=True)
    assert "no description" in noted(composed.statements)
    assert set(quoted(composed.statements)) <= {"C6"}
    assert (composed.status, composed.reason) == ("not_covered", "coverage_gap")
    composed = describe("C6", description=True, polar=True)
    assert noted(composed.statements).startswith("No")
    assert composed.status == "answered"
    composed = describe("X", kinds=("outcome",))
    assert (composed.status, composed.reason) == ("not_covered", "coverage_gap")
    assert composed.completeness == []
    composed = describe("X", kinds=("statement", "outcome"))
    assert composed.status == "partial"
    assert shares(composed) == [("statements", 4, 4)]


def test_a_profile_lists_what_stands_under_an_item_or_where_it_stands_and_claims_no_more(describe):
    composed = describe("P2")
    assert shares(composed) == [("capabilities", 5, 5), ("outcomes", 7, 7), ("partners", 3, 3)]
    composed = describe("C12")
    assert "12 of 26" in noted(composed.statements)
    assert relations(composed)["P3-O4"] == "direct"
    assert "reading" in composed.closing[-1].text
    composed = describe("C24")
    assert quoted(composed.statements) == ["C24"]
    assert composed.closing == []
    assert "no description" in noted(describe("C6").statements)


def test_a_plain_statement_is_described_by_itself_in_good_english(describe):
    composed = describe("P3-O4")
    assert quoted(composed.statements) == ["P3-O4"]
    assert "pillar 3" in noted(composed.statements)
    text = describe("P3-O4").statements[0].text
    assert "a outcome" not in text
    assert text.startswith("\u201cStandardised")


def test_what_stands_deeper_is_listed_with_what_it_stands_under(harbour):
    query = Query(text="?", operation="describe", kinds=("owner",), subjects=("harbour:T2",))
    composed = Facets(harbour).describe(query)
    texts = [said.text for said in composed.statements if said.kind != "note"]
    assert texts == [
        "Mooring checks: Pilot service",
        "Mooring checks: terminal operators",
        "Traffic watch: Pilot service",
    ]


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
    lacks = set(heads(compose("negate", **fields)))
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
    said = compose("negate", target="capability", description=True)
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
