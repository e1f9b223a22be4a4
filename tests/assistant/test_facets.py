import pytest

from assistant.answering.facets import Facets
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
