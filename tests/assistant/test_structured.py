import re

import pytest

from assistant.answering.structured import Structured
from assistant.understanding.reading import Query
from tests.assistant.conftest import local, noted, quoted, told


@pytest.fixture
def compose(framework):
    structured = Structured(framework)

    def make(operation, *subjects, **fields):
        ids = [f"gsr:{one}" for one in subjects]
        base = {"text": "?", "operation": operation, "subjects": ids}
        return structured.compose(Query.model_validate(base | fields))

    return make


@pytest.fixture
def relate(compose):
    def make(operation, *subjects, **fields):
        composed = compose(operation, *subjects, polar=True, **fields)
        return composed.statements if composed else []

    return make


def shares(composed):
    return [(one.facet, one.group, one.listed, one.total) for one in composed.completeness]


def test_a_list_over_the_page_is_complete_and_a_count_says_how_it_is_made_up(compose, framework):
    numbers = {"pillars": 6, "capabilities": 26, "outcomes": 41, "partners": 20}
    for kind in (one for one in framework.kinds if one.facet in numbers):
        composed = compose("list", kinds=(kind.id,))
        number = numbers[kind.facet]
        assert shares(composed) == [(kind.facet, "gsr", number, number)]
        ids = [f"gsr:{one}" for one in quoted(composed.statements)]
        assert ids == [item.id for item in framework.of_kind(kind.id)]
    said = compose("count", kinds=("outcome",), counted="number").statements[0]
    for pillar in framework.of_kind("pillar"):
        number = len(framework.below(pillar.id, "outcome"))
        assert f"{number} under pillar {pillar.number}" in said.text
    assert len(said.citations) == 41
    composed = compose("count", "P6", kinds=("partner",), counted="number")
    assert shares(composed) == [("partners", "gsr:P6", 6, 6)]
    assert "6 partners" in noted(composed.statements)
    beside = compose("describe", "P6", kinds=("partner",), counted="most").statements[1].citations
    assert {*local(one.passage_id for one in beside)} == {"P6", "P3"}


def test_an_item_is_no_facet_of_itself(compose):
    told = compose("describe", "P2-O1", "P2-O2", kinds=("outcome",)).statements
    assert {*quoted(told)} == {"P2-O1", "P2-O2"}
    composed = compose("describe", "C5", "C6", kinds=("capability",))
    assert {*quoted(composed.statements)} == {"C5", "C6"}
    assert (composed.status, compose("describe", "C6").status) == ("answered", "not_covered")
    for pair, number in ((("P2", "P3"), 12), (("C9", "C10"), 5)):
        counts = compose("describe", *pair, kinds=("outcome",), counted="number")
        assert counts.statements[0].text.endswith(f"5 outcomes, {number} in all.")


def test_what_a_group_has_and_another_lacks_is_told_apart_from_what_both_have(compose):
    composed = compose("describe", "P4", kinds=("partner",), excluded=("gsr:P6",))
    assert composed.statements[0].text.startswith("2 of the 3 partners")
    composed = compose("describe", "P6", kinds=("partner",), excluded=("gsr:P4",))
    apart = [one for one in composed.statements[1:] if one.section.startswith("Partners")]
    assert len(apart) == 4
    assert len(composed.statements) == 1 + 6


def test_the_extreme_or_a_tie_is_named_with_the_numbers_of_all(compose):
    for kind, counted, pillars, number in (
        ("outcome", "most", "P3 P5 P6", "has the most outcomes, 9; "),
        ("partner", "least", "P3 P6", "has the fewest partners, 1; "),
        ("capability", "most", "P1 P2 P5 P6", "have the most capabilities, 5; "),
    ):
        composed = compose("count", kinds=("pillar", kind), counted=counted)
        assert number in composed.statements[0].text
        assert local(c.passage_id for c in composed.statements[0].citations) == pillars.split()
        assert all(f"pillar {at}" in noted(composed.statements).lower() for at in range(1, 7))
    for kind, counted, pair, said in (
        ("capability", "most", ("P1", "P4"), "has more capabilities than pillar 1"),
        ("outcome", "least", ("P1", "P4"), "has fewer outcomes than pillar 1"),
        ("outcome", "most", ("P3", "P6"), "have 5 outcomes each."),
    ):
        first = compose("count", *pair, kinds=("pillar", kind), counted=counted).statements[0]
        assert said in first.text
    assert "Named under several pillars" in noted(compose("list", kinds=("partner",)).statements)
    asked = {"kinds": ("pillar", "capability", "outcome"), "counted": "number", "polar": True}
    told, more, equal, *_ = compose("count", **asked).statements
    assert told.text == "The page has 41 outcomes and 26 capabilities, 15 more."
    assert [one.text.lower().count("pillar") for one in (more, equal)] == [5, 1]


def test_the_overview_counts_every_kind_and_a_match_is_listed_with_its_proof(compose):
    composed = compose("describe", kinds=("pillar",))
    for words in ("6 pillars", "26 capabilities", "41 outcomes", "20 partners", "1 strip"):
        assert words in composed.statements[0].text
    for kind, match, item in (("pillar", "P4-O7", "P4"), ("capability", "P3-O4", "C12")):
        composed = compose("list", kinds=(kind,), filtered=True, matches=(f"gsr:{match}",))
        (said,) = [one for one in composed.statements if one.kind != "note"]
        assert local(one.passage_id for one in said.citations) == [item, match]
        assert f"finds 1 {kind} that bears on what is asked" in composed.statements[0].text
    assert compose("list", kinds=("strip",), filtered=True, matches=("gsr:P4-O7",)) is None
    for operation in ("inverse", "explain", "describe", "list"):
        assert compose(operation) is None


def test_a_false_premise_is_told_and_not_answered(ask):
    for text in (
        *("Why is industry a partner of victim support?", "What are the outcomes of pillar 7?"),
        "Does the framework set a deadline of 2030 for anything?",
        "Is Eurojust named anywhere on the page?",
        "Does the page say anything on cryptocurrency?",
    ):
        answer = ask(text)
        assert (answer.status, answer.reason) == ("not_covered", "false_premise")


def test_what_there_is_is_told_beside_what_there_is_not_and_part_of_the_page_is_searched(ask):
    answer = ask("For capability 15 I need the text, the results and the actors")
    assert told(answer) == {"outcomes of P4": (7, 7), "partners of P4": (3, 3)}
    answer = ask("What stands under coordinated capacity building, is it pillar 7?")
    assert answer.statements[0].text == "The page has 6 pillars; there is no pillar 7."
    assert told(answer) == {"statements of X": (4, 4)}
    answer = ask("which of the technology capabilities has to do with AI")
    assert set(quoted(answer.statements)) == {"C13"}
    answer = ask("We hear that Europol is a partner for victim support. Who are partners there?")
    assert answer.statements[0].text == "The page does not name \u201cEuropol\u201d."
    assert told(answer) == {"partners of P3": (1, 1)}
    answer = ask("Is live streaming mentioned anywhere in the GSR?")
    assert (answer.status, set(quoted(answer.statements))) == ("answered", {"C13"})
    assert "gsr:C13" in {one.passage_id for one in answer.hits}
    answer = ask("Are journalists' unions or media houses partners anywhere on the page?")
    assert "something on this" not in noted(answer.statements)
    answer = ask("Why did they choose six pillars and not more?")
    assert answer.statements[0].text == "The page gives no reason for it."
    answer = ask("Which pillars have Interpol among their partners and which do not?")
    assert answer.statements[0].text.endswith("Societal and Research and insight do not.")
    answer = ask("Which pillars do not list Interpol?")
    assert answer.statements[0].text.endswith("; Criminal justice does.")


def test_what_is_compared_has_its_words_its_place_and_every_facet_on_each_side(compose):
    composed = compose("compare", "C9", "C21")
    assert quoted(composed.statements) == ["C9", "C21"]
    for words in ("pillar 3", "pillar 5", "9 of 26", "21 of 26"):
        assert words in composed.statements[0].text
    assert compose("compare", "C9", "C10").statements[0].text.count("pillar 3") == 1
    assert "both" not in compose("compare", "C9", "C10", "C11").statements[0].text
    assert "no description" in noted(compose("compare", "C6", "C9").statements)
    composed = compose("compare", "P4", "P6", kinds=("outcome", "partner"))
    assert shares(composed) == [
        ("outcomes", "gsr:P4", 7, 7),
        ("partners", "gsr:P4", 3, 3),
        ("outcomes", "gsr:P6", 5, 5),
        ("partners", "gsr:P6", 6, 6),
    ]
    facets = {one.facet for one in compose("compare", "P2", "P3").completeness}
    assert facets == {"capabilities", "outcomes", "partners"}


def test_what_they_share_is_named_with_its_entries_or_told_to_be_nothing(compose):
    asked = {"kinds": ("partner",)}
    compared = compose("compare", "P2", "P4", **asked).statements
    (shared,) = [one for one in compared if one.text.startswith("Both have")]
    assert "law enforcement" in shared.text
    assert local(one.passage_id for one in shared.citations) == ["P2-W1", "P4-W3"]
    assert "no partner in common" in noted(compose("compare", "P2", "P3", **asked).statements)
    assert quoted(compose("compare", "C9", "C12", **asked).statements) == ["C9", "P3-W1", "C12"]
    assert "ties 5 outcomes and 1 partner" in compose("compare", "C9", "C12").statements[0].text


def test_all_that_is_asked_is_listed_the_closest_first_and_in_the_order_asked(compose):
    composed = compose("describe", "C21", kinds=("outcome",))
    listed = [one for one in quoted(composed.statements) if "-O" in one]
    assert listed[:2] == ["P5-O8", "P5-O5"]
    assert sorted(listed) == [f"P5-O{number}" for number in range(1, 10)]
    assert shares(composed) == [("outcomes", "gsr:P5", 9, 9)]
    composed = compose("describe", "C9", "C21", kinds=("partner",))
    assert quoted(composed.statements) == ["C9", "P3-W1", "C21", "P5-W1", "P5-W2", "P5-W3"]
    composed = compose("describe", "P6", kinds=("partner", "capability"))
    assert [one.facet for one in composed.completeness] == ["partners", "capabilities"]
    composed = compose("list", kinds=("pillar", "capability", "partner"))
    heads = [*dict.fromkeys(one.section.partition(" (")[0] for one in composed.statements)]
    told = [f"{what} of pillar {at}" for at in (1, 2) for what in ("Capabilities", "Partners")]
    assert (heads[:5], len(heads)) == (["", *told], 13)


def test_relations_tell_the_direct_from_the_shared_and_the_closing_claims_no_more(compose):
    def relations(composed):
        said = [one for one in composed.statements if one.kind != "note"]
        return {one.citations[-1].passage_id[4:]: one.relation for one in said}

    composed = compose("describe", "C12", kinds=("outcome", "partner"))
    found = relations(composed)
    assert (found["P3-O4"], found["P3-O1"], found["P3-W1"]) == ("direct", "shared", "shared")
    for words in ("5 outcomes", "1 partner", "pillar 3", "capability 12"):
        assert words in composed.statements[0].text
    (closing,) = composed.closing
    for word in ("outcomes", "partners", "pillar", "capability", "reading"):
        assert word in closing.text
    (closing,) = compose("describe", "C12", kinds=("partner",)).closing
    assert "reading" not in closing.text
    composed = compose("describe", "P3", kinds=("outcome",))
    assert {*relations(composed).values()} == {"related"}
    assert composed.closing == []


def test_a_gap_is_told_by_what_else_is_there(compose):
    described = {"description": True}
    for item, asked, status, words in (
        ("C6", described, "not_covered", "no description"),
        ("C6", described | {"polar": True}, "answered", "No"),
        ("X", {"kinds": ("outcome",)}, "not_covered", "no outcomes"),
        ("X", {"kinds": ("statement", "outcome")}, "partial", "no outcomes"),
    ):
        composed = compose("describe", item, **asked)
        assert composed.status == status
        assert words in noted(composed.statements)
    assert shares(composed) == [("statements", "gsr:X", 4, 4)]


def test_a_profile_lists_what_stands_under_an_item_or_where_it_stands_and_claims_no_more(compose):
    facets = [(one.facet, one.listed) for one in compose("describe", "P2").completeness]
    assert facets == [("capabilities", 5), ("outcomes", 7), ("partners", 3)]
    composed = compose("describe", "C12")
    assert "12 of 26" in noted(composed.statements)
    assert "reading" in composed.closing[-1].text
    composed = compose("describe", "C24")
    assert (quoted(composed.statements), composed.closing) == (["C24"], [])
    composed = compose("describe", "P3-O4")
    assert quoted(composed.statements) == ["P3-O4"]
    assert "is an outcome, under pillar 3" in composed.statements[0].text
    said = [one.text for one in compose("describe", "C21", kinds=("pillar",)).statements]
    assert sum("capability 21 of 26, under pillar 5" in one for one in said) == 1


def test_what_stands_deeper_is_listed_with_what_it_stands_under(harbour):
    query = Query(text="?", operation="describe", kinds=("owner",), subjects=("harbour:T2",))
    texts = [said.text for said in Structured(harbour).compose(query).statements]
    assert texts[1:] == [
        *("Mooring checks: Pilot service", "Mooring checks: terminal operators"),
        "Traffic watch: Pilot service",
    ]


def heads(statements):
    """Return the first passage that each quoting statement cites."""
    return local(one.citations[0].passage_id for one in statements if one.kind != "note")


def test_having_and_lacking_are_proved_by_the_entries_of_any_or_all_and_none_is_said(relate):
    def told(operation, *entities, target="pillar", **fields):
        asked = {"kinds": ("partner",), "target": target, "entities": entities}
        return relate(operation, **asked, **fields)

    said = told("inverse", "interpol")
    assert quoted(said) == ["P2", "P2-W2"]
    assert said[1].text == "Criminal justice: Interpol"
    assert "1 of 6" in said[0].text
    said = told("negate", "industry")
    victims = next(one for one in said if one.text.startswith("Victim support"))
    assert local(one.passage_id for one in victims.citations) == ["P3", "P3-W1"]
    said = told("inverse", "interpol", "industry", every=True)
    assert heads(said) == []
    assert "; 4 of 6 list at least one of them: Policy" in said[0].text
    assert heads(told("inverse", "interpol", "industry")) == ["P1", "P2", "P4", "P6"]
    said = told("inverse", "interpol", "un-agencies", every=True)
    assert said[0].text.startswith("None of 6")
    said = told("inverse", "interpol", excluded=("gsr:P2",))
    assert said[0].text.startswith("No: none of 5 pillars beside pillar 2")
    said = told("inverse", "interpol", target="capability")
    assert heads(said) == [f"C{number}" for number in range(4, 9)]
    lacks, has = (heads(told(one, "industry")) for one in ("negate", "inverse"))
    assert sorted(has + lacks) == [f"P{number}" for number in range(1, 7)]


def test_what_stands_above_is_told_and_quoted_and_what_has_no_description_listed(relate):
    first, second, *_ = relate("inverse", "C16", target="pillar")
    assert re.search("capability 16.*pillar 4", first.text, re.I)
    assert second.section == "Pillar 4: Technology"
    said = relate("negate", target="capability", description=True)
    assert (heads(said), "1 of 26" in said[0].text) == (["C6"], True)
    told = [relate("negate", target=one, kinds=("outcome",)) for one in ("pillar", "capability")]
    assert [one[0].text[:13] for one in told] == ["All 6 pillars", "The page ties"]
    assert local(one.passage_id for one in told[0][0].citations)[-1] == "X"
    assert relate("inverse", target="pillar") == relate("negate", target="pillar") == []


def test_yes_or_no_comes_first_with_its_proof_and_all_entries_after(relate, framework):
    for subject, entity, word, first in (
        ("P2", "interpol", "Yes", ["P2-W2"]),
        ("C4", "interpol", "Yes", ["P2-W2"]),
        ("P3", "industry", "No", ["P3-W1"]),
        ("X", "interpol", "No", []),
    ):
        said = relate("verify", subject, kinds=("partner",), entities=(entity,))
        assert said[0].text.startswith(word)
        assert heads(said)[:1] == first
        found = framework.facet(f"gsr:{subject}", "partner")
        assert {*heads(said)} == {*local(item.id for item in (found[1] if found else ()))}
    asked = {"kinds": ("partner",), "entities": ("interpol",), "target": "pillar"}
    assert relate("verify", "P3", **asked)[1].text.startswith("1 of 6 pillars lists Interpol")


def test_containment_is_told_with_the_true_parent_and_unasked_is_a_false_premise(relate, compose):
    for subjects, word in ((("C9", "P3"), "Yes"), (("P3", "C9"), "Yes"), (("C9", "P4"), "No")):
        said = relate("verify", *subjects)
        assert said[0].text.startswith(f"{word}:")
        assert said[0].citations[0].passage_id == "gsr:P3"
    composed = compose("verify", "C24", "P4")
    assert (composed.status, composed.reason) == ("not_covered", "false_premise")
    assert compose("verify", "C24", "P4", polar=True).status == "answered"


def test_a_number_that_is_claimed_is_held_against_what_there_is(compose):
    for claimed, polar, text in (
        (8, True, "The page lists 8 outcomes for"),
        (12, True, "No: the page lists 8 outcomes, not 12, for"),
        (12, False, "The page lists 8 outcomes, not 12, for"),
    ):
        asked = {"kinds": ("outcome",), "claims": {"outcome": claimed}, "polar": polar}
        assert compose("describe", "P1", **asked).statements[0].text.startswith(text)
    claims = {"pillar": 6, "capability": 26, "outcome": 40}
    told = compose("count", kinds=tuple(claims), claims=claims, polar=True).statements
    assert [one.text.startswith("No: ") for one in told] == [", not 40: " in told[0].text, 0, 0]


def test_what_is_claimed_of_an_item_is_held_against_its_own_words(compose):
    def claimed(subject, **asked):
        return compose("verify", subject, description=True, polar=True, **asked)

    first, *words = claimed("C18").statements
    assert first.text.endswith("This is all that the page says of it:")
    assert quoted(words) == ["C18"]
    assert {"C9", "P3-O1"} <= {*quoted(claimed("P3").statements)}
    near = claimed("P3", matches=["gsr:C12"])
    assert quoted(near.statements) == ["C12"]
    assert (near.status, near.reason) == ("partial", "coverage_gap")
    (place,) = claimed("P5", kinds=("pillar",)).statements
    assert place.text == "Societal is pillar 5 of 6."
