import re

import pytest

from corpus.errors import CorpusError
from corpus.readers import glossary as reader
from corpus.readers.glossary import Glossary, Sense, SenseGroup, Term
from tests.harbour import RULES

FILE = "glossary.toml"
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


def senses(tells='["leads"]', id_="guides"):
    return GUIDE + SENSES.format(tells=tells, id=id_)


def test_the_shipped_glossary_tells_terms_apart_and_counts_as_the_framework_does(framework):
    assert GLOSSARY.term("CSAM").expansion == "child sexual abuse material"
    assert GLOSSARY.deprecated["child porn"] == "child sexual abuse material (CSAM)"
    items = {concept.wordings[0]: set(concept.items) for concept in GLOSSARY.concepts}
    assert not items["victim identification"] & items["victim identity protection"]
    for kind in ("capability", "outcome"):
        assert f"lists {len(framework.of_kind(kind))} of them" in GLOSSARY.term(kind).note


PILOT = '[[terms]]\nterm = "pilot"\n'
FAULTS = {
    f'{PILOT}synonyms = ["Guide", "guide boat"]\n{GUIDE}': r"glossary\.toml.*'pilot' and 'guide'",
    f'[[terms]]\nterm = "PT"\nexpansion = "Pilot"\n{PILOT}': "'pilot' stands under 'PT' and",
    '[[terms]]\nterm = "LK"\n': "'LK' is an abbreviation without 'expansion'",
    GUIDE + '[[terms]]\nterm = "a"\nstatus = "avoid"\nnote = "Why."\n': "'a'.*no 'preferred' term",
    '[[terms]]\nterm = "a"\n' + AVOID: "'a' names the preferred term 'guide', which is no entry",
    GUIDE + '[[terms]]\nterm = "a"\npreferred = "guide"\n': "'a' has the status 'use' and",
    '[[terms]]\nterm = "a"\nunder = "a"\n': "'a' names the under term 'a', which cannot",
    '[[terms]]\nterm = "a-b"\n[[terms]]\nterm = "a b"\n': "Two entries have the id 'glossary:a-b'",
    '[[terms]]\nterm = "a"\nnote = "B.[^c]"\n': "glossary:a names the source 'c'",
    senses(tells="[]"): "The sense 'leader' has no 'tells'",
    senses(tells='["Pages"]'): "'pages' tells 'leader' and 'book'",
    senses(tells='["a", "A"]'): "'a' tells 'leader' and 'leader'",
    PILOT + PILOT: "'pilot' stands under 'pilot' and 'pilot'",
    GUIDE + f'[[terms]]\nterm = "a"\n{AVOID.replace(WHY, "")}': "'a' .*'note'",
    GUIDE + f'[[terms]]\nterm = "a"\n{AVOID}[[terms]]\nterm = "b"\n{AVOID_A}': "'b' .*'a'",
    senses()[: senses().rindex("[[senses.senses]]")]: "'guides'",
    'term = "a" "b"\n': r"glossary\.toml is no valid TOML",
    '[[terms]]\nterm = "a"\nword = ["b"]\n': r"glossary\.toml: terms number 1 word\b",
}


@pytest.mark.parametrize("text", sorted(FAULTS))
def test_a_fault_is_refused_in_one_sentence(written, text):
    with pytest.raises(CorpusError, match=FAULTS[text]) as refused:
        reader.read_glossary(written(text))
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


def test_an_item_that_the_framework_lacks_is_a_fault(written):
    for text, owner in (
        ('[[terms]]\nterm = "a"\nitems = ["h:1", "h:9"]\n', "glossary:a"),
        (senses().replace("A guide leads.", "A guide leads.[^h:9]"), "glossary:guides"),
    ):
        glossary = reader.read_glossary(written(text))
        assert [*reader.glossary_faults(glossary)] == []
        (fault,) = reader.glossary_faults(glossary, {"h:1"})
        assert fault.id == owner
        assert re.match(f"{owner} .*'h:9'", fault.message)


WORK = RULES.model_copy(update={"id": "port-2020"})
NOTE = "A keeper tends it. The page names one.[^h:1] Keepers sleep by day.[^signpost][^port-2020]"
ITEMS = {"items": ("h:1",), "related": ("h:2",), "source": "port-2020"}
KEEPER = Term(term="LK", expansion="lighthouse keeper", note=NOTE, **ITEMS)
GROUP = SenseGroup(
    id="guides",
    title="Guides",
    difference="One guide leads, the other is read.",
    senses=(
        Sense(name="leader", meaning="A guide leads.", tells=("leads",), items=("h:1", "h:3")),
        Sense(name="book", meaning="A guide is read.", tells=("pages",), source="port-2020"),
    ),
)

GLOSSARY = reader.read_glossary(reader.shipped_glossary())


def passages(*terms, senses=()):
    return Glossary(terms=terms, senses=senses, references=(WORK,)).passages


def sentences(passage):
    return [span.of(passage.text) for span in passage.sentences]


def test_an_entry_says_what_it_stands_for_and_rests_on_its_marks_or_its_source():
    avoid = Term(term="lamp man", status="avoid", preferred="LK", note="Not only men keep lamps.")
    variant = Term(term="LHK", expansion="light-house keeper", status="alias", preferred="LK")
    keeper, deprecated, other, group = passages(KEEPER, avoid, variant, senses=(GROUP,))
    assert "lighthouse keeper (LK)" in sentences(other)[1]
    assert keeper.grounds == (("port-2020",), ("port-2020",), ("h:1",), ("signpost", "port-2020"))
    assert "[^" not in keeper.text
    assert re.match("LK .*lighthouse keeper", sentences(keeper)[0])
    assert (keeper.id, keeper.heading_path) == ("glossary:lk", ("Glossary", "LK"))
    assert {"about:h:1", "about:h:2"} <= set(keeper.facets)
    says, why = sentences(deprecated)
    assert all(one in says for one in ("\u201clamp man\u201d", "lighthouse keeper (LK)"))
    assert why == avoid.note
    # A group of senses is one passage that opens with the difference.
    assert (group.id, sentences(group)[0]) == ("glossary:guides", GROUP.difference)
    assert group.grounds == (("signpost",), ("signpost",), ("port-2020",))
    assert {"about:h:1", "about:h:3"} <= set(group.facets)


def test_every_sentence_that_ships_is_whole_and_every_work_bears_one():
    shown = GLOSSARY.passages
    rests = {work for passage in shown for works in passage.grounds for work in works}
    assert {work.id for work in GLOSSARY.references} <= rests
    assert all(said.endswith(".") for passage in shown for said in sentences(passage))
