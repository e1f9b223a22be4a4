"""What belongs to an item: all of it, the closest first, and what it shares."""

import pytest

from assistant.answering.facets import Facets
from assistant.draft import Composed
from assistant.understanding.query import Query
from corpus.structure.graph import Framework
from tests.assistant.conftest import noted, quoted


@pytest.fixture
def describe(framework: Framework):
    facets = Facets(framework)

    def make(*subjects: str, kinds: tuple[str, ...] = (), **more: object) -> Composed:
        fields = {"text": "?", "operation": "describe", "kinds": kinds} | more
        subjects = tuple(f"gsr:{one}" for one in subjects)
        return facets.describe(Query.model_validate(fields | {"subjects": subjects}))

    return make


def shares(composed: Composed) -> list[tuple[str, int, int]]:
    return [(one.facet, one.listed, one.total) for one in composed.completeness]


def relations(composed: Composed) -> dict[str, str]:
    return {
        said.citations[-1].passage_id.partition(":")[2]: said.relation
        for said in composed.statements
        if said.kind != "note"
    }


def test_all_of_a_kind_are_listed_with_those_that_speak_directly_first(describe) -> None:
    composed = describe("C21", kinds=("outcome",))
    listed = [one for one in quoted(composed.statements) if "-O" in one]
    assert listed[:2] == ["P5-O8", "P5-O5"]
    assert sorted(listed) == [f"P5-O{number}" for number in range(1, 10)]
    assert shares(composed) == [("outcomes", 9, 9)]


def test_relations_tell_the_direct_from_the_shared(describe) -> None:
    found = relations(describe("C12", kinds=("outcome", "partner")))
    assert (found["P3-O4"], found["P3-O1"], found["P3-W1"]) == ("direct", "shared", "shared")


def test_what_is_an_items_own_is_related_and_not_shared(describe) -> None:
    composed = describe("P3", kinds=("outcome",))
    assert set(relations(composed).values()) == {"related"}
    assert composed.closing == []


def test_the_tie_to_the_parent_is_noted_at_the_end(describe) -> None:
    (closing,) = describe("C12", kinds=("outcome", "partner")).closing
    for word in ("outcomes", "partners", "pillar", "capability", "reading"):
        assert word in closing.text


def test_without_a_direct_one_no_reading_is_claimed(describe) -> None:
    (closing,) = describe("C12", kinds=("partner",)).closing
    assert "partners" in closing.text
    assert "reading" not in closing.text


def test_the_opening_counts_and_names_the_owner(describe) -> None:
    text = describe("C12", kinds=("outcome", "partner")).statements[0].text
    for words in ("5 outcomes", "1 partner", "pillar 3", "capability 12"):
        assert words in text


def test_the_kinds_come_in_the_order_asked(describe) -> None:
    composed = describe("P6", kinds=("partner", "capability"))
    assert [facet for facet, _, _ in shares(composed)] == ["partners", "capabilities"]


def test_the_description_comes_along_for_a_titled_item(describe) -> None:
    assert quoted(describe("C9", kinds=("partner",)).statements)[0] == "C9"
    assert quoted(describe("C9", description=True).statements) == ["C9"]


def test_several_subjects_are_described_one_after_the_other(describe) -> None:
    composed = describe("C9", "C21", kinds=("partner",))
    assert quoted(composed.statements) == ["C9", "P3-W1", "C21", "P5-W1", "P5-W2", "P5-W3"]


def test_a_description_that_is_not_printed_is_told_and_doubted(describe) -> None:
    composed = describe("C6", description=True)
    assert "no description" in noted(composed.statements)
    assert set(quoted(composed.statements)) <= {"C6"}
    assert (composed.status, composed.reason) == ("not_covered", "coverage_gap")


def test_asked_for_yes_or_no_that_is_a_no_and_an_answer(describe) -> None:
    composed = describe("C6", description=True, polar=True)
    assert noted(composed.statements).startswith("No")
    assert composed.status == "answered"


def test_a_kind_that_an_item_cannot_have_is_a_gap(describe) -> None:
    composed = describe("X", kinds=("outcome",))
    assert (composed.status, composed.reason) == ("not_covered", "coverage_gap")
    assert composed.completeness == []


def test_a_gap_beside_what_is_there_is_a_partial_answer(describe) -> None:
    composed = describe("X", kinds=("statement", "outcome"))
    assert composed.status == "partial"
    assert shares(composed) == [("statements", 4, 4)]


def test_its_own_kind_is_nothing_that_an_item_has(describe) -> None:
    assert shares(describe("C9", kinds=("capability", "partner"))) == [("partners", 1, 1)]


def test_a_profile_of_the_top_lists_all_that_stands_under_it(describe) -> None:
    composed = describe("P2")
    assert shares(composed) == [("capabilities", 5, 5), ("outcomes", 7, 7), ("partners", 3, 3)]


def test_a_profile_says_where_an_item_stands_and_what_is_closest(describe) -> None:
    composed = describe("C12")
    assert "12 of 26" in noted(composed.statements)
    assert relations(composed)["P3-O4"] == "direct"
    assert "reading" in composed.closing[-1].text


def test_a_profile_without_a_close_one_claims_none(describe) -> None:
    composed = describe("C24")
    assert quoted(composed.statements) == ["C24"]
    assert composed.closing == []


def test_a_profile_of_an_undescribed_item_says_so(describe) -> None:
    assert "no description" in noted(describe("C6").statements)


def test_a_plain_statement_is_described_by_itself(describe) -> None:
    composed = describe("P3-O4")
    assert quoted(composed.statements) == ["P3-O4"]
    assert "pillar 3" in noted(composed.statements)


def test_a_sentence_about_a_statement_is_good_english(describe) -> None:
    text = describe("P3-O4").statements[0].text
    assert "a outcome" not in text
    assert text.startswith("\u201cStandardised")


def test_what_stands_deeper_is_listed_with_what_it_stands_under(harbour: Framework) -> None:
    query = Query(text="?", operation="describe", kinds=("owner",), subjects=("harbour:T2",))
    composed = Facets(harbour).describe(query)
    texts = [said.text for said in composed.statements if said.kind != "note"]
    assert texts == [
        "Mooring checks: Pilot service",
        "Mooring checks: terminal operators",
        "Traffic watch: Pilot service",
    ]
