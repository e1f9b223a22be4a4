import pytest

from assistant.answering.structured import COMPOSER, Structured
from assistant.understanding.query import Query
from tests.assistant.conftest import local, noted, quoted, told


@pytest.fixture
def compose(framework):
    structured = Structured(framework)

    def make(operation, **fields):
        base = {"text": "?", "operation": operation}
        return structured.compose(Query.model_validate(base | fields))

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
    ],
)
def test_facets_are_given_completely(ask, text, wanted):
    answer = ask(text)
    assert answer.status == "answered"
    assert told(answer) == wanted


@pytest.mark.parametrize(
    ("text", "pillars"),
    [
        ("Which pillars name the police as a partner?", ["P2", "P4", "P6"]),
        ("Which pillars count academia among their stakeholders?", ["P6"]),
        ("Which pillars have both industry and the police as partners?", ["P4", "P6"]),
        ("Which pillars do not name the private sector as a partner?", ["P2", "P3", "P5"]),
        ("Name the pillars without NGOs among the partners", ["P1", "P2", "P4"]),
    ],
)
def test_having_and_lacking_are_asked_in_ordinary_words(ask, text, pillars):
    answer = ask(text)
    assert answer.status == "answered"
    found = [one for one in quoted(answer.statements) if "-" not in one]
    assert found == pillars
    assert f"{len(pillars)} of 6" in noted(answer.statements)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Is Interpol a partner in the criminal justice pillar?", "Yes"),
        ("Is Interpol a partner in the technology pillar?", "No"),
        ("Are NGOs partners in victim support?", "Yes"),
        ("Is the private sector a partner of pillar 5?", "No"),
        ("Is crisis response part of pillar 3?", "Yes"),
        ("Is political will part of the technology pillar?", "No"),
        ("Interpol is a partner in pillar 2, isn't it?", "Yes"),
        ("Interpol is a partner in pillar 2, right?", "Yes"),
    ],
)
def test_yes_or_no_is_said_first(ask, text, word):
    answer = ask(text)
    assert answer.status == "answered"
    assert answer.statements[0].text.startswith(f"{word}:")


@pytest.mark.parametrize(
    "text",
    [
        "Why is industry a partner of victim support?",
        "Why is offender research in the technology pillar?",
        "What are the outcomes of pillar 7?",
        "Who are the partners of capability 40?",
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
