import pytest

from assistant.answering.structured import COMPOSER, Relations, Structured
from assistant.understanding.reading import Query
from tests.assistant.conftest import local, noted, quoted, told


@pytest.fixture
def compose(framework):
    structured = Structured(framework)

    def make(operation, **fields):
        base = {"text": "?", "operation": operation}
        return structured.compose(Query.model_validate(base | fields))

    return make


@pytest.fixture
def describe(compose):
    def make(*subjects, **fields):
        return compose("describe", subjects=[f"gsr:{one}" for one in subjects], **fields)

    return make


@pytest.fixture
def relate(compose):
    def make(operation, **fields):
        composed = compose(operation, polar=True, **fields)
        return composed.statements if composed else []

    return make


def totals(composed):
    return [(one.facet, one.group, one.listed, one.total) for one in composed.completeness]


@pytest.mark.parametrize(
    ("kind", "facet", "number"),
    [
        ("pillar", "pillars", 6),
        ("capability", "capabilities", 26),
        ("outcome", "outcomes", 41),
        ("partner", "partners", 20),
    ],
)
def test_a_list_over_the_page_is_complete(compose, framework, kind, facet, number):
    composed = compose("list", kinds=(kind,))
    assert totals(composed) == [(facet, "gsr", number, number)]
    ids = [f"gsr:{one}" for one in quoted(composed.statements)]
    assert ids == [item.id for item in framework.of_kind(kind)]


def test_a_count_gives_the_number_and_how_it_is_made_up_or_lists_what_it_counts(compose, framework):
    composed = compose("list", kinds=("pillar", "capability"))
    assert [total for *_, total in totals(composed)] == [6, 26]
    composed = compose("count", kinds=("outcome",), counted="number")
    text = composed.statements[0].text
    assert "41 outcomes" in text
    for pillar in framework.of_kind("pillar"):
        assert f"{len(framework.below(pillar.id, 'outcome'))} under pillar {pillar.number}" in text
    assert len(composed.statements[0].citations) == 41
    composed = compose("count", kinds=("partner",), counted="number", subjects=("gsr:P6",))
    assert totals(composed) == [("partners", "gsr:P6", 6, 6)]
    assert "6 partners" in noted(composed.statements)
    assert len(quoted(composed.statements)) == 6


@pytest.mark.parametrize(
    ("kind", "counted", "pillar", "number"),
    [
        ("outcome", "most", "P5", "9 outcomes"),
        ("capability", "least", "P1", "3 capabilities"),
        ("partner", "least", "P3", "1 partner"),
        ("partner", "most", "P6", "6 partners"),
    ],
)
def test_the_extreme_is_named_with_the_numbers_of_all(compose, kind, counted, pillar, number):
    composed = compose("count", kinds=("pillar", kind), counted=counted)
    assert number in composed.statements[0].text
    assert [one.passage_id for one in composed.statements[0].citations] == [f"gsr:{pillar}"]
    for place in range(1, 7):
        assert f"pillar {place}" in noted(composed.statements).lower()


def test_a_tie_at_the_extreme_names_all_that_share_it_and_one_kind_alone_has_none(compose):
    composed = compose("count", kinds=("pillar", "capability"), counted="most")
    assert [one.passage_id[4:] for one in composed.statements[0].citations] == ["P2", "P5", "P6"]
    assert compose("count", kinds=("outcome",), counted="most") is None


def test_the_overview_counts_every_kind_and_a_match_is_listed_with_its_proof(compose):
    composed = compose("describe", kinds=("pillar",))
    for words in ("6 pillars", "26 capabilities", "41 outcomes", "20 partners", "1 strip"):
        assert words in composed.statements[0].text
    assert quoted(composed.statements) == [f"P{place}" for place in range(1, 7)]
    composed = compose("list", kinds=("pillar",), filtered=True, matches=("gsr:P4-O7",))
    (said,) = [one for one in composed.statements if one.kind != "note"]
    assert [one.passage_id for one in said.citations] == ["gsr:P4", "gsr:P4-O7"]
    assert (
        "1 pillar of the page comes closest to what is asked: pillar 4"
        in composed.statements[0].text
    )
    composed = compose("list", kinds=("strip",), filtered=True, matches=("gsr:P4-O7",))
    assert composed is None


def test_a_premise_that_does_not_hold_is_a_refusal_by_a_composer_with_name_and_version(compose):
    composed = compose("verify", subjects=("gsr:C24", "gsr:P4"))
    assert (composed.status, composed.reason) == ("not_covered", "false_premise")
    asked = compose("verify", subjects=("gsr:C24", "gsr:P4"), polar=True)
    assert asked.status == "answered"
    name, _, version = COMPOSER.rpartition("-")
    assert name
    assert version.isdigit()


@pytest.mark.parametrize("operation", ["inverse", "explain", "describe", "list"])
def test_what_the_structure_cannot_answer_is_left_to_others(compose, operation):
    assert compose(operation) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Which goals come with threat analysis and monitoring?", {"outcomes of P6": (5, 5)}),
        (
            "Objectives and stakeholders of offender outreach, please",
            {"outcomes of P5": (9, 9), "partners of P5": (3, 3)},
        ),
        (
            "For capability 15 I need the text, the results and the actors",
            {"outcomes of P4": (7, 7), "partners of P4": (3, 3)},
        ),
        ("outcomes of capability twelve", {"outcomes of P3": (5, 5)}),
        ("capability #12 partners", {"partners of P3": (1, 1)}),
        ("outcomes of pillar #3", {"outcomes of P3": (5, 5)}),
        ("Who is named for the third pillar?", {"partners of P3": (1, 1)}),
        ("How many building blocks does the society pillar have?", {"capabilities of P5": (5, 5)}),
        ("List every partner on the page", {"partners of gsr": (20, 20)}),
        # What has something, and what lacks it.
        ("Which pillars name the police as a partner?", ["P2", "P4", "P6"]),
        ("Which pillars count academia among their stakeholders?", ["P6"]),
        ("Which pillars have both industry and the police as partners?", ["P4", "P6"]),
        ("Which pillars do not name the private sector as a partner?", ["P2", "P3", "P5"]),
        ("Name the pillars without NGOs among the partners", ["P1", "P2", "P4"]),
        # Yes or no is said first.
        ("Is Interpol a partner in the criminal justice pillar?", "Yes:"),
        ("Is Interpol a partner in the technology pillar?", "No:"),
        ("Are NGOs partners in victim support?", "Yes:"),
        ("Is the private sector a partner of pillar 5?", "No:"),
        ("Is crisis response part of pillar 3?", "Yes:"),
        ("Is political will part of the technology pillar?", "No:"),
        ("Interpol is a partner in pillar 2, isn't it?", "Yes:"),
        ("Interpol is a partner in pillar 2, right?", "Yes:"),
        (
            "Is Interpol a partner anywhere outside criminal justice?",
            "None of 5 pillars beside pill",
        ),
        (
            "Apart from technology, do police appear in any column?",
            "2 of 5 pillars beside pillar 4",
        ),
    ],
)
def test_what_is_asked_in_ordinary_words_is_given_completely(ask, text, wanted):
    answer = ask(text)
    assert answer.status == "answered"
    if isinstance(wanted, dict):
        assert told(answer) == wanted
    elif isinstance(wanted, list):
        assert [one for one in quoted(answer.statements) if "-" not in one] == wanted
        assert f"{len(wanted)} of 6" in noted(answer.statements)
    else:
        assert answer.statements[0].text.startswith(wanted)


@pytest.mark.parametrize(
    "text",
    [
        "Why is industry a partner of victim support?",
        "Why is offender research in the technology pillar?",
        "What are the outcomes of pillar 7?",
        "Who are the partners of capability 40?",
        "Does the framework set a deadline of 2030 for anything?",
        "Is Eurojust named anywhere on the page?",
        "Is the African Union named anywhere on the page?",
    ],
)
def test_a_false_premise_is_told_and_not_answered(ask, text):
    answer = ask(text)
    assert (answer.status, answer.reason) == ("not_covered", "false_premise")
    assert answer.statements


def test_what_is_set_apart_is_no_part_and_numbers_are_told_group_by_group(ask):
    answer = ask("Apart from criminal justice, which pillars have the police as a partner?")
    assert answer.parts == ()
    told = noted(ask("How many capabilities and outcomes does each pillar have?").statements)
    assert "Pillar 5 (Societal): 5 capabilities and 9 outcomes" in told
    text = (
        "One table of the whole page: how many outcomes each pillar has, and who its partners are"
    )
    told = noted(ask(text).statements)
    assert "empowerment): 5 outcomes and 1 partner (National and international" in told
    answer = ask("One table of the page: all pillars with their capabilities and their outcomes")
    assert len({*quoted(answer.statements)}) == 6 + 26 + 41


def test_what_there_is_is_told_beside_what_there_is_not_and_part_of_the_page_is_searched(ask):
    answer = ask("What stands under coordinated capacity building, is it pillar 7?")
    assert answer.statements[0].text == "The page has 6 pillars; there is no pillar 7."
    assert told(answer) == {"statements of X": (4, 4)}
    answer = ask("which of the technology capabilities has to do with AI")
    assert set(quoted(answer.statements)) == {"C13"}


@pytest.fixture
def compare(compose):
    def make(*subjects, **fields):
        return compose("compare", subjects=[f"gsr:{one}" for one in subjects], **fields)

    return make


def test_items_are_shown_with_their_words_and_what_they_stand_under(compare):
    composed = compare("C9", "C21")
    assert quoted(composed.statements) == ["C9", "C21"]
    for words in ("pillar 3", "pillar 5", "9 of 26", "21 of 26"):
        assert words in composed.statements[0].text
    text = compare("C9", "C10").statements[0].text
    assert text.count("pillar 3") == 1
    text = compare("C9", "C10", "C11").statements[0].text
    assert "pillar 3" in text
    assert "both" not in text
    assert "no description" in noted(compare("C6", "C9").statements)


def test_the_facets_asked_for_or_all_of_them_are_complete_on_each_side(compare):
    composed = compare("P1", "P4", "P6", kinds=("outcome", "partner"))
    found = [(one.group, one.facet, one.listed, one.total) for one in composed.completeness]
    assert found == [
        ("gsr:P1", "outcomes", 8, 8),
        ("gsr:P1", "partners", 4, 4),
        ("gsr:P4", "outcomes", 7, 7),
        ("gsr:P4", "partners", 3, 3),
        ("gsr:P6", "outcomes", 5, 5),
        ("gsr:P6", "partners", 6, 6),
    ]
    assert "has 5 outcomes and 6 partners" in noted(composed.statements)
    facets = {one.facet for one in compare("P2", "P3").completeness}
    assert facets == {"capabilities", "outcomes", "partners"}


def test_what_they_share_is_told_where_it_can_be_shared_and_descriptions_if_asked(compare):
    text = noted(compare("P2", "P4", kinds=("partner",)).statements)
    assert "law enforcement" in text
    composed = compare("P2", "P4", kinds=("outcome",))
    assert "law enforcement" not in noted(composed.statements)
    with_words = quoted(compare("C9", "C21", kinds=("partner",), description=True).statements)
    without = quoted(compare("C9", "C21", kinds=("partner",)).statements)
    assert {"C9", "C21"} <= set(with_words)
    assert not {"C9", "C21"} & set(without)


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("Please contrast pillars 3 and 5 on partners", ["P3", "P5"]),
        ("What is similar in reporting by the media and education and outreach?", ["C18", "C20"]),
    ],
)
def test_sides_are_found_by_number_name_and_meaning(ask, text, subjects):
    answer = ask(text)
    assert answer.status == "answered"
    assert set(subjects) <= set(local(answer.scope.subjects))


def test_every_place_that_speaks_of_it_is_told_in_reading_order_with_its_lines(compose):
    composed = compose("locate", subjects=("gsr:C16",))
    assert "lines 188-192 (capability 16" in noted(composed.statements)
    assert quoted(composed.statements) == ["C16"]
    composed = compose("locate", matches=("gsr:P2-O7", "gsr:C4"))
    assert quoted(composed.statements) == ["C4", "P2-O7"]
    assert "2 places" in noted(composed.statements)
    assert quoted(compose("locate", entities=("interpol",)).statements) == ["P2-W2"]
    assert compose("locate") is None


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
    composed = Structured(harbour).compose(query)
    texts = [said.text for said in composed.statements if said.kind != "note"]
    assert texts == [
        "Mooring checks: Pilot service",
        "Mooring checks: terminal operators",
        "Traffic watch: Pilot service",
    ]


def heads(statements):
    """Return the first passage that each quoting statement cites."""
    return [one.citations[0].passage_id for one in statements if one.kind != "note"]


WHOLE = {"gsr:P1", "gsr:P2", "gsr:P3", "gsr:P4", "gsr:P5", "gsr:P6"}


@pytest.mark.parametrize(
    "entity", ["industry", "interpol", "law-enforcement", "civil-society", "un-agencies"]
)
def test_having_and_lacking_make_up_the_whole(relate, framework, entity):
    fields = {"kinds": ("partner",), "target": "pillar", "entities": (entity,)}
    has = set(heads(relate("inverse", **fields)))
    lacks = set(heads(relate("negate", **fields)))
    entries = [item for item in framework.of_kind("partner") if entity in item.entities]
    assert has == {item.parent for item in entries}
    assert has | lacks == WHOLE
    assert not has & lacks


def test_having_and_lacking_are_proved_by_the_entries_of_any_or_all_and_none_is_said(relate):
    said = relate("inverse", kinds=("partner",), target="pillar", entities=("interpol",))
    assert said[1].text == "Criminal justice: Interpol"
    assert "1 of 6" in said[0].text
    said = relate("negate", kinds=("partner",), target="pillar", entities=("industry",))
    victims = next(one for one in said if one.text.startswith("Victim support"))
    assert [one.passage_id for one in victims.citations] == ["gsr:P3", "gsr:P3-W1"]
    assert "3 of 6" in said[0].text
    fields = {"kinds": ("partner",), "target": "pillar", "entities": ("interpol", "industry")}
    said = relate("inverse", every=True, **fields)
    assert heads(said) == []
    assert "; 4 of 6 list at least one of them: Policy" in said[0].text
    assert heads(relate("inverse", **fields)) == ["gsr:P1", "gsr:P2", "gsr:P4", "gsr:P6"]
    said = relate("inverse", kinds=("partner",), target="capability", entities=("interpol",))
    assert heads(said) == [f"gsr:C{number}" for number in range(4, 9)]
    fields = {"kinds": ("partner",), "target": "pillar", "every": True}
    said = relate("inverse", entities=("interpol", "un-agencies"), **fields)
    assert said[0].text.startswith("None of 6")
    said = relate("inverse", kinds=("partner",), target="pillar", entities=("interpol",))
    assert quoted(said) == ["P2", "P2-W2"]
    assert "Criminal justice" in noted(said)


def test_what_stands_above_is_told_and_quoted_and_what_has_no_description_listed(relate):
    said = relate("inverse", target="pillar", subjects=("gsr:C16",))
    assert "capability 16" in said[0].text.lower()
    assert "pillar 4" in said[0].text
    assert said[1].text == "Technology: Increased transparency"
    said = relate("inverse", target="pillar", subjects=("gsr:P4-O3",))
    assert said[1].text == "Technology: Regular reporting"
    said = relate("negate", target="capability", description=True)
    assert heads(said) == ["gsr:C6"]
    assert "1 of 26" in said[0].text
    assert relate("inverse", target="pillar") == []
    assert relate("negate", target="pillar") == []


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
def test_yes_or_no_comes_first_and_all_entries_after(relate, framework, subject, entity, word):
    said = relate("verify", subjects=(subject,), kinds=("partner",), entities=(entity,))
    assert said[0].text.startswith(f"{word}:")
    found = framework.facet(subject, "partner")
    assert set(heads(said)) == {item.id for item in found[1]}


def test_the_entry_that_proves_it_comes_first_and_what_a_subject_cannot_have_is_a_no(relate):
    said = relate("verify", subjects=("gsr:P2",), kinds=("partner",), entities=("interpol",))
    assert heads(said)[0] == "gsr:P2-W2"
    assert said[0].citations[0].passage_id == "gsr:P2-W2"
    said = relate("verify", subjects=("gsr:X",), kinds=("partner",), entities=("interpol",))
    assert said[0].text.startswith("No:")
    assert heads(said) == []


def test_what_is_checked_of_one_group_is_told_of_all(relate):
    asked = {"kinds": ("partner",), "entities": ("interpol",), "target": "pillar"}
    *_, last = relate("verify", subjects=("gsr:P3",), **asked)
    assert last.text == "1 of 6 pillars lists Interpol among its partners: Criminal justice."
    assert {one.passage_id for one in last.citations} == {"gsr:P2", "gsr:P2-W2"}


@pytest.mark.parametrize(
    ("claimed", "polar", "text"),
    [
        (8, True, "The page lists 8 outcomes for"),
        (12, True, "No: the page lists 8 outcomes, not 12, for"),
        (12, False, "The page lists 8 outcomes, not 12, for"),
        (8, False, "The page lists 8 outcomes for"),
    ],
)
def test_a_number_that_is_claimed_is_held_against_what_there_is(
    describe, compose, claimed, polar, text
):
    asked = {"kinds": ("outcome",), "claimed": claimed, "polar": polar}
    assert describe("P1", **asked).statements[0].text.startswith(text)
    whole = compose("list", kinds=("pillar",), claimed=7, polar=polar)
    assert whole.statements[0].text.endswith(
        "the page has 6 pillars, not 7." if polar else ", not 7."
    )


def test_what_is_claimed_of_an_item_is_held_against_its_own_words(compose):
    def claimed(subject, **asked):
        return compose("verify", subjects=(subject,), description=True, polar=True, **asked)

    first, *words = claimed("gsr:C18").statements
    assert first.text.endswith("This is all that the page says of it:")
    assert quoted(words) == ["C18"]
    assert {"C9", "P3-O1"} <= {*quoted(claimed("gsr:P3").statements)}
    near = claimed("gsr:P3", matches=["gsr:C12"])
    assert quoted(near.statements) == ["C12"]
    assert (near.status, near.reason) == ("partial", "coverage_gap")
    (place,) = claimed("gsr:P5", kinds=("pillar",)).statements
    assert place.text == "Societal is pillar 5 of 6."
    assert "P3-O1" in quoted(claimed("gsr:P3", kinds=("outcome",)).statements)


def test_what_an_item_stands_under_is_told_once(describe, compose):
    said = [one.text for one in describe("C21", kinds=("pillar",)).statements]
    assert sum("capability 21 of 26, under pillar 5" in one for one in said) == 1
    both = compose("compare", subjects=("gsr:C21", "gsr:C24"), kinds=("pillar",))
    assert not any("lists no pillars" in one.text for one in both.statements)


@pytest.mark.parametrize(
    ("subjects", "word", "parent"),
    [
        (("gsr:C9", "gsr:P3"), "Yes", "gsr:P3"),
        (("gsr:P3", "gsr:C9"), "Yes", "gsr:P3"),
        (("gsr:C9", "gsr:P4"), "No", "gsr:P3"),
    ],
)
def test_containment_is_told_with_the_true_parent(relate, subjects, word, parent):
    said = relate("verify", subjects=subjects)
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


def test_several_kinds_of_the_whole_page_stand_group_by_group(compose):
    whole = compose("list", kinds=("pillar", "capability", "partner"))
    heads = [*dict.fromkeys(one.section for one in whole.statements)]
    first, second = "pillar 1 (Policy/Legislation)", "pillar 2 (Criminal justice)"
    assert heads[:4] == [
        "",
        f"Capabilities of {first}",
        f"Partners of {first}",
        f"Capabilities of {second}",
    ]
    assert len(heads) == 13
