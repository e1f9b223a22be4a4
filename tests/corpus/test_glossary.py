"""The glossary: read whole, refused by name, and true to the framework."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.glossary import Glossary, Term, read_glossary, shipped_glossary
from corpus.structure import Framework


@pytest.fixture(scope="module")
def glossary() -> Glossary:
    return read_glossary(shipped_glossary())


@pytest.fixture
def written(tmp_path: Path):
    def write(text: str, encoding: str = "utf-8") -> Path:
        file = tmp_path / "glossary.toml"
        file.write_bytes(text.encode(encoding))
        return file

    return write


def test_the_shipped_glossary_is_read(glossary: Glossary) -> None:
    terms = {term.term: term for term in glossary.terms}
    assert "CSAM" in terms["child sexual abuse material"].words
    assert "child pornography" in terms["child sexual abuse material"].avoid


def test_every_item_of_the_glossary_exists(glossary: Glossary, shipped: Framework) -> None:
    named = {item for term in glossary.terms for item in term.items}
    assert named <= set(shipped.item_by_id)


def test_no_wording_is_empty_or_padded(glossary: Glossary) -> None:
    for term in glossary.terms:
        for wording in (term.term, *term.words, *term.avoid):
            assert wording == wording.strip() != ""


def test_a_deprecated_term_says_why_or_whence(glossary: Glossary) -> None:
    assert all(term.note or term.source for term in glossary.terms if term.avoid)


def test_finding_a_victim_and_hiding_one_stay_two_terms(glossary: Glossary) -> None:
    items = {term.term: set(term.items) for term in glossary.terms}
    assert not items["victim identification"] & items["victim identity protection"]


def test_a_term_has_only_a_name_at_least(written) -> None:
    glossary = read_glossary(written('[[terms]]\nterm = "pilot"\n'))
    assert glossary.terms == (Term(term="pilot"),)


@pytest.mark.parametrize(
    "text",
    [
        '[[terms]]\nterm = "pilot"\nwords = ["Guide", "guide boat"]\n[[terms]]\nterm = "guide"\n',
        '[[terms]]\nterm = "pilot"\n[[terms]]\nterm = "guide"\navoid = ["Pilot"]\n',
        '[[terms]]\nterm = "pilot"\n[[terms]]\nterm = "pilot"\n',
    ],
)
def test_a_wording_under_two_terms_is_refused_with_both(written, text: str) -> None:
    with pytest.raises(CorpusError, match=r"glossary\.toml.*'(pilot|guide)'.*'(pilot|guide)'"):
        read_glossary(written(text))


def test_a_wording_twice_under_one_term_does_no_harm(written) -> None:
    text = '[[terms]]\nterm = "pilot"\nwords = ["Pilot", "guide", "guide"]\n'
    assert read_glossary(written(text)).terms[0].term == "pilot"


@pytest.mark.parametrize("text", ["[[terms]\n", "terms = [", 'term = "a" "b"\n'])
def test_what_is_no_toml_is_refused(written, text: str) -> None:
    with pytest.raises(CorpusError, match=r"glossary\.toml is no TOML") as refused:
        read_glossary(written(text))
    assert "\n" not in str(refused.value)


def test_what_is_no_utf8_is_refused(written) -> None:
    with pytest.raises(CorpusError, match=r"glossary\.toml"):
        read_glossary(written('[[terms]]\nterm = "caf\u00e9"\n', encoding="latin-1"))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[[terms]]\nwords = ["a"]\n', "term"),
        ('[[terms]]\nterm = "a"\nword = ["b"]\n', "word"),
        ('[[terms]]\nterm = "a"\nstatus = "maybe"\n', "status"),
        ('[[terms]]\nterm = "a"\nwords = "b"\n', "words"),
        ("", "terms"),
    ],
)
def test_a_field_that_is_missing_unknown_or_wrong_is_named(written, text: str, named: str) -> None:
    with pytest.raises(CorpusError, match=rf"glossary\.toml: \S*{named}\b"):
        read_glossary(written(text))
