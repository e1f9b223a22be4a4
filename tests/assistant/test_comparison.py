"""Two or more items beside each other."""

import pytest

from assistant.answering.facets import Facets
from assistant.answering.relations import Relations
from assistant.answering.structured import Comparison
from assistant.draft import Composed
from assistant.understanding.query import Query
from corpus.structure.graph import Framework
from tests.assistant.conftest import local, noted, quoted


@pytest.fixture
def compare(framework: Framework):
    comparison = Comparison(framework, Facets(framework), Relations(framework))

    def make(*subjects: str, **fields: object) -> Composed:
        base = {"text": "?", "operation": "compare", "subjects": [f"gsr:{one}" for one in subjects]}
        return comparison.compare(Query.model_validate(base | fields))

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
