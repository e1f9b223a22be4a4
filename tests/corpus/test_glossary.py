"""The glossary: read whole, refused by name, and true to the framework."""

import re
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.readers.glossary import Glossary, glossary_faults, read_glossary, shipped_glossary

WHY = 'note = "Why."\n'
AVOID = 'status = "avoid"\npreferred = "guide"\nnote = "Why."\n'
AVOID_A = AVOID.replace("guide", "a")
GUIDE = '[[terms]]\nterm = "guide"\n'
SENSES = """
[[senses]]
id = "{id}"
title = "Guides"
difference = "One leads, one is read."
[[senses.senses]]
name = "leader"
meaning = "A guide leads."
tells = {tells}
[[senses.senses]]
name = "book"
meaning = "A guide is read."
tells = ["pages"]
"""


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


def senses(tells: str = '["leads"]', id_: str = "guides") -> str:
    return GUIDE + SENSES.format(tells=tells, id=id_)


def test_the_shipped_glossary_tells_terms_apart_and_counts_as_the_framework_does(glossary, shipped):
    material = glossary.term("CSAM")
    assert material is not None
    assert material.expansion == "child sexual abuse material"
    assert glossary.deprecated["child porn"] == "child sexual abuse material (CSAM)"
    items = {concept.wordings[0]: set(concept.items) for concept in glossary.concepts}
    assert not items["victim identification"] & items["victim identity protection"]
    for kind in ("capability", "outcome"):
        term = glossary.term(kind)
        assert term is not None
        assert f"lists {len(shipped.of_kind(kind))} of them" in term.note


@pytest.mark.parametrize(
    "text",
    [
        '[[terms]]\nterm = "pilot"\nsynonyms = ["Guide", "guide boat"]\n' + GUIDE,
        '[[terms]]\nterm = "PT"\nexpansion = "pilot"\n[[terms]]\nterm = "Pilot"\n',
        '[[terms]]\nterm = "pilot"\n[[terms]]\nterm = "pilot"\n',
    ],
)
def test_a_wording_under_two_terms_is_refused_with_both(written, text: str) -> None:
    with pytest.raises(CorpusError, match=r"glossary\.toml.*'(pilot|guide)'.*'(pilot|guide|PT)'"):
        read_glossary(written(text))


FAULTS = {
    '[[terms]]\nterm = "LK"\n': "'LK' is an abbreviation without 'expansion'",
    GUIDE + '[[terms]]\nterm = "a"\nstatus = "avoid"\nnote = "Why."\n': "'a'.*no 'preferred' term",
    '[[terms]]\nterm = "a"\n' + AVOID: "'a' names the preferred term 'guide', which is no entry",
    GUIDE + '[[terms]]\nterm = "a"\npreferred = "guide"\n': "'a' has the status 'use' and",
    GUIDE + '[[terms]]\nterm = "a"\nunder = "b"\n': "'a' names the under term 'b'",
    '[[terms]]\nterm = "a"\nunder = "a"\n': "'a' names the under term 'a', which cannot",
    '[[terms]]\nterm = "a-b"\n[[terms]]\nterm = "a b"\n': "Two entries have the id 'glossary:a-b'",
    '[[terms]]\nterm = "a"\nnote = "B."\nsource = "c"\n': "glossary:a names the source 'c'",
    '[[terms]]\nterm = "a"\nnote = "B.[^c]"\n': "glossary:a names the source 'c'",
    senses(tells="[]"): "The sense 'leader' has no 'tells'",
    senses(tells='["Pages"]'): "'pages' tells 'leader' and 'book'",
    senses(id_="guide"): "Two entries have the id 'glossary:guide'",
    GUIDE + f'[[terms]]\nterm = "a"\n{AVOID.replace(WHY, "")}': "'a' .*'note'",
    GUIDE + f'[[terms]]\nterm = "a"\n{AVOID}[[terms]]\nterm = "b"\n{AVOID_A}': "'b' .*'a'",
    senses()[: senses().rindex("[[senses.senses]]")]: "'guides'",
}


@pytest.mark.parametrize("text", sorted(FAULTS))
def test_a_fault_is_refused_in_one_sentence(written, text: str) -> None:
    with pytest.raises(CorpusError, match=FAULTS[text]) as refused:
        read_glossary(written(text))
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("field", ["items", "related"])
def test_an_item_that_the_framework_lacks_is_a_fault(written, field: str) -> None:
    glossary = read_glossary(written(f'[[terms]]\nterm = "a"\n{field} = ["h:1", "h:9"]\n'))
    assert glossary_faults(glossary) == ()
    (fault,) = glossary_faults(glossary, {"h:1"})
    assert fault.id == "glossary:a"
    assert re.match("glossary:a .*'h:9'", fault.message)


def test_an_item_that_a_mark_or_a_sense_names_is_checked_too(written):
    text = senses().replace("A guide leads.", "A guide leads.[^h:8]")
    text = text.replace('tells = ["pages"]', 'tells = ["pages"]\nitems = ["h:9"]')
    faults = glossary_faults(read_glossary(written(text)), {"h:1"})
    assert [fault.id for fault in faults] == ["glossary:guides", "glossary:guides"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *((text, " is no TOML") for text in ("[[terms]\n", "terms = [", 'term = "a" "b"\n')),
        ('[[terms]]\nsynonyms = ["a"]\n', r": \S*term\b"),
        ('[[terms]]\nterm = "a"\nword = ["b"]\n', r": \S*word\b"),
        ('[[terms]]\nterm = "a"\nstatus = "maybe"\n', r": \S*status\b"),
        ('[[terms]]\nterm = "a"\nsynonyms = "b"\n', r": \S*synonyms\b"),
        ('references = ["a"]\n' + GUIDE, r": \S*references\b"),
        ("", r": \S*terms\b"),
    ],
)
def test_what_is_no_toml_or_a_field_that_is_wrong_is_refused(written, text: str, said: str) -> None:
    with pytest.raises(CorpusError, match=rf"glossary\.toml{said}") as refused:
        read_glossary(written(text))
    assert "\n" not in str(refused.value)
