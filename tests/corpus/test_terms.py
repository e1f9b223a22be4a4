"""Terms: looked up by any wording, and joined to what a question is understood by."""

from __future__ import annotations

from corpus.structure.terms import Glossary, Synonyms, Term

HARBOUR = Glossary(
    terms=(
        Term(term="LK", expansion="lighthouse keeper", synonyms=("keeper",), items=("h:1",)),
        Term(term="lamp man", status="avoid", preferred="keeper", note="Not only men keep lamps."),
        Term(term="head keeper", under="lighthouse keeper", items=("h:2",), loose=("head",)),
        Term(term="pilot", understood=False),
        Term(term="pilot's mate", under="pilot"),
    )
)


def wordings(label: str) -> tuple[str, ...]:
    return next(one.wordings for one in HARBOUR.concepts if one.wordings[0] == label)


def test_a_term_is_found_by_every_wording_whatever_its_case() -> None:
    for word in ("lk", "Lighthouse  Keeper", "KEEPER"):
        found = HARBOUR.term(word)
        assert found is not None
        assert found.term == "LK"


def test_a_curly_apostrophe_is_a_straight_one() -> None:
    assert HARBOUR.term("pilot\u2019s mate") is HARBOUR.terms[4]


def test_a_loose_word_or_an_unknown_one_finds_nothing() -> None:
    assert HARBOUR.term("head") is None
    assert HARBOUR.term("volcano") is None
    assert HARBOUR.term("") is None


def test_a_concept_holds_deprecated_and_narrower_wordings() -> None:
    assert wordings("LK") == ("LK", "lighthouse keeper", "keeper", "lamp man", "head keeper")


def test_a_concept_holds_the_items_of_all_its_terms() -> None:
    assert HARBOUR.concepts[0].items == ("h:1", "h:2")


def test_what_questions_are_not_understood_by_is_in_no_concept() -> None:
    assert "pilot" not in {word for one in HARBOUR.concepts for word in one.wordings}


def test_a_term_under_one_that_is_left_out_stands_for_itself() -> None:
    assert Synonyms(wordings=("pilot's mate",)) in HARBOUR.concepts


def test_every_understood_term_is_in_one_concept() -> None:
    words = [word for one in HARBOUR.concepts for word in one.wordings]
    assert len(words) == len(set(words))
    assert set(words) == {word for one in HARBOUR.terms if one.understood for word in one.wordings}


def test_terms_in_a_ring_end_somewhere() -> None:
    ring = Glossary(terms=(Term(term="a", under="b"), Term(term="b", under="a")))
    assert {word for one in ring.concepts for word in one.wordings} == {"a", "b"}


def test_the_term_to_use_instead_is_written_as_it_was_named_or_in_full() -> None:
    assert HARBOUR.deprecated == {"lamp man": "keeper"}
    full = HARBOUR.terms[1].model_copy(update={"preferred": "lk"})
    assert HARBOUR.instead_of(full) == "lighthouse keeper (LK)"


def test_an_id_is_the_wording_in_lower_case_with_hyphens() -> None:
    assert Term(term="N&TD").id == "glossary:n-td"
    assert Term(term="pilot\u2019s Mate").id == "glossary:pilots-mate"
