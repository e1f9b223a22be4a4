"""Citations: verbatim, placed, and with the doubts that matter."""

import pytest

from assistant.citing.citations import Quoting, cite
from corpus.passage import Doubt, Lines, Passage, Span
from corpus.structure.graph import Framework
from tests.fakes import passage


@pytest.fixture
def quoting(framework: Framework) -> Quoting:
    return Quoting(framework)


def doubtful(confidence: str, suspected: str) -> Passage:
    doubt = Doubt(
        lines=Lines(first=1, last=1),
        printed="morring",
        suspected=suspected,
        confidence=confidence,
        basis="A letter is wrong.",
    )
    return passage("h:1", "morring checks").model_copy(update={"doubts": (doubt,)})


def test_a_citation_is_the_words_at_their_place_with_tier_and_lines(framework: Framework) -> None:
    made = cite(passage("h:1", "Mooring checks"), Span(start=8, end=14))
    assert (made.quote, made.start, made.end, made.passage_id) == ("checks", 8, 14, "h:1")
    made = cite(framework.passage_by_id["gsr:C12"])
    assert (made.tier, str(made.lines), made.source_id) == ("framework", "145-147", "gsr")
    assert made.printed != made.quote


def test_a_doubt_says_what_was_printed_and_meant_unless_its_confidence_is_low() -> None:
    (told,) = cite(doubtful("high", "mooring")).doubts
    assert "morring" in told
    assert "mooring" in told
    assert "A letter is wrong." in told
    assert cite(doubtful("low", "mooring")).doubts == ()


def test_an_entry_is_title_and_description_and_a_joined_statement_its_quotes(framework, quoting):
    made = quoting.entry(framework.item("gsr:C12"), "A section", "direct")
    assert made.text == "Victim identity protection: Preserve the anonymity of victims"
    assert len(made.citations) == 2
    assert (made.section, made.relation, made.kind) == ("A section", "direct", "framework")
    quotes = [quoting.words(framework.item(one)) for one in ("gsr:P2", "gsr:P2-W1", "gsr:P2-W2")]
    assert quoting.joined(quotes).text == "Criminal justice: National law enforcement; Interpol"
    assert quoting.joined(quotes[:1]).text == "Criminal justice"


def test_every_item_of_the_page_is_quoted_verbatim(framework: Framework, quoting: Quoting) -> None:
    for item in framework.items:
        text = framework.passage_by_id[item.id].text
        made = [quoting.words(item), *quoting.entry(item).citations]
        made += [quoting.title(item)] if item.title else []
        assert all(text[one.start : one.end] == one.quote != "" for one in made)
