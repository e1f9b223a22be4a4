"""What the box of the framework's picture searches by."""

from __future__ import annotations

from corpus.readers.glossary import Glossary, Term
from tests.harbour import HARBOUR
from ui.pages.framework.framework import shipped
from ui.pages.framework.framework_search import folded, more_of, sought_terms, terms_as_html

WHOLE, _ = shipped()


def found(word):
    """Terms that a wording stands for."""
    return [
        one for one in sought_terms(WHOLE.framework, WHOLE.glossary) if folded(word) in one.wordings
    ]


def test_words_are_compared_without_case_accents_and_marks():
    assert folded("  D\u00e9j\u00e0 vu: P3-O4/C12 ") == "deja vu p3 o4 c12"
    assert folded("\u2019") == ""


def test_an_item_is_found_by_id_number_column_kind_and_other_names():
    framework = WHOLE.framework
    words = more_of(framework, framework.item("gsr:C12")).split()
    assert {"c12", "p3", "capability", "capabilities"} <= set(words)
    police = more_of(framework, framework.item("gsr:P2-W1")).split()
    assert {"police", "partner", "w1", "p2"} <= set(police)
    assert "harbourmaster" in more_of(HARBOUR.framework, HARBOUR.framework.item("harbour:A1-W1"))


def test_a_deprecated_term_leads_to_what_speaks_of_the_preferred_one():
    (term,) = found("child pornography")
    assert term.avoid
    assert "child sexual abuse material" in term.preferred
    assert {"gsr:P1-O5", "gsr:C16"} <= set(term.items)
    assert "gsr:C12" not in term.items


def test_an_abbreviation_leads_to_what_it_stands_for():
    (term,) = found("CSAM")
    assert not term.avoid
    assert "gsr:P5-O9" in term.items


def test_a_term_that_leads_nowhere_is_left_out_unless_it_is_to_be_avoided():
    glossary = Glossary(
        terms=(
            Term(term="windlass"),
            Term(term="gangplank", status="avoid", preferred="gangway"),
            Term(term="gangway"),
        )
    )
    terms = sought_terms(HARBOUR.framework, glossary)
    assert [(one.wordings, one.avoid, one.preferred) for one in terms] == [
        (("gangplank",), True, "gangway")
    ]


def test_a_wording_is_found_as_whole_words_only():
    glossary = Glossary(terms=(Term(term="walk"), Term(term="walkways")))
    terms = sought_terms(HARBOUR.framework, glossary)
    assert [one.wordings for one in terms] == [("walkways",)]


def test_terms_are_inert():
    glossary = Glossary(
        terms=(Term(term="gangplank", status="avoid", preferred='<b onclick="x">${y}'),)
    )
    html = terms_as_html(sought_terms(HARBOUR.framework, glossary))
    assert "<b" not in html
    assert "${" not in html
