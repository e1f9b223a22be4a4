"""The glossary as passages: whole sentences, each with what it rests on."""

import re

import pytest

from corpus.passage import Corpus, Passage, Reference
from corpus.readers.entries import glossary_passages, glossary_source
from corpus.readers.glossary import read_glossary, shipped_glossary
from corpus.structure.terms import Glossary, Sense, SenseGroup, Term

WORK = Reference(id="port-2020", publisher="Port", title="Rules", year=2020, url="", locator="",
                 seen="copy")  # fmt: skip

KEEPER = Term(
    term="LK",
    expansion="lighthouse keeper",
    items=("h:1",),
    related=("h:2",),
    note="A lighthouse keeper tends the lamp. The harbour page names one.[^h:1] Keepers sleep by "
    "day.[^signpost][^port-2020]",
    source="port-2020",
)

GROUP = SenseGroup(
    id="guides",
    title="Guides",
    difference="One guide leads, the other is read.",
    senses=(
        Sense(name="leader", meaning="A guide leads.", tells=("leads",), items=("h:1", "h:3")),
        Sense(name="book", meaning="A guide is read.", tells=("pages",), source="port-2020"),
    ),
)

GLOSSARY = read_glossary(shipped_glossary())


def passages(*terms: Term, senses: tuple[SenseGroup, ...] = ()) -> tuple[Passage, ...]:
    return glossary_passages(Glossary(terms=terms, senses=senses, references=(WORK,)))


def sentences(passage: Passage) -> list[str]:
    return [span.of(passage.text) for span in passage.sentences]


def test_an_entry_says_what_it_stands_for_and_rests_on_its_marks_or_its_source() -> None:
    (keeper,) = passages(KEEPER)
    assert keeper.grounds == (
        ("port-2020",),
        ("port-2020",),
        ("h:1",),
        ("signpost", "port-2020"),
    )
    assert "[^" not in keeper.text
    (pilot,) = passages(Term(term="pilot", note="A pilot guides ships. A pilot knows the port."))
    assert pilot.grounds == (("signpost",), ("signpost",))
    assert re.match("LK .*lighthouse keeper", sentences(keeper)[0])
    assert (keeper.id, keeper.heading_path) == ("glossary:lk", ("Glossary", "LK"))
    assert keeper.facets == {
        "tier": "guidance",
        "source": "glossary",
        "kind": "term",
        "about:h:1": "yes",
        "about:h:2": "yes",
    }


def test_a_deprecated_wording_or_variant_says_what_to_use() -> None:
    avoid = Term(term="lamp man", status="avoid", preferred="LK", note="Not only men keep lamps.")
    _, deprecated = passages(KEEPER, avoid)
    says, why = sentences(deprecated)
    assert "\u201clamp man\u201d" in says
    assert "lighthouse keeper (LK)" in says
    assert why == avoid.note
    variant = Term(term="LHK", expansion="light-house keeper", status="alias", preferred="LK")
    says, prefers = sentences(passages(KEEPER, variant)[1])
    assert variant.expansion in says
    assert "lighthouse keeper (LK)" in prefers
    assert "LHK" in prefers
    assert passages(Term(term="law", synonyms=("laws",), status="alias")) == ()


def test_a_group_of_senses_is_one_passage_that_opens_with_the_difference() -> None:
    (group,) = passages(senses=(GROUP,))
    assert group.id == "glossary:guides"
    assert sentences(group) == [GROUP.difference, "A guide leads.", "A guide is read."]
    assert group.grounds == (("signpost",), ("signpost",), ("port-2020",))
    assert {"about:h:1", "about:h:3"} <= set(group.facets)


def test_the_shipped_source_and_passages_make_a_corpus() -> None:
    source = glossary_source(GLOSSARY)
    assert (source.id, source.tier, source.publisher) == ("glossary", "guidance", "Signpost")
    assert source.sha256 == GLOSSARY.sha256
    assert source.references == GLOSSARY.references
    assert source.as_of < source.review_by
    corpus = Corpus(
        sources=(glossary_source(GLOSSARY),), passages=glossary_passages(GLOSSARY)
    )
    assert Corpus.model_validate_json(corpus.model_dump_json()).digest == corpus.digest
    assert "International Child Sexual Exploitation" in corpus.passage("glossary:icse").text
    assert corpus.passage("glossary:helpline-and-hotline").heading_path[1] == "Helpline and hotline"


def test_every_sentence_is_whole_short_alone_and_rests_on_something(shipped):
    works = {one.id for one in GLOSSARY.references}
    known = works | set(shipped.item_by_id) | {"signpost"}
    grounds = [rests for one in glossary_passages(GLOSSARY) for rests in one.grounds]
    assert all(rests and set(rests) <= known for rests in grounds)
    assert works <= {one for rests in grounds for one in rests}
    pronoun = re.compile(r"(?:It|This|That|These|Those|They|Its|Their|Such|Both|Here|There)\b")
    for passage in glossary_passages(GLOSSARY):
        for sentence in sentences(passage):
            assert sentence.endswith("."), sentence
            assert len(sentence.split()) <= 35, sentence
            assert not pronoun.match(sentence), sentence
