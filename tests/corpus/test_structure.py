import pytest
from pydantic import ValidationError

from corpus.errors import CorpusError
from corpus.passage import Corpus, Lines, Passage, Span
from corpus.readers.glossary import Glossary, Term
from tests.fakes import passage


def test_an_item_leads_to_facets_of_its_own_or_shared_above_or_below_it_and_to_links(
    shipped, harbour
):
    def facet(framework, item, kind):
        owner, items = framework.facet(item, kind)
        return owner.id, [one.id for one in items]

    assert facet(shipped, "gsr:C12", "outcome") == (
        "gsr:P3",
        [f"gsr:P3-O{at}" for at in range(1, 6)],
    )
    below = ["harbour:A4-W1", "harbour:A4-W2", "harbour:A5-W1"]
    assert facet(harbour, "harbour:T2", "owner") == ("harbour:T2", below)
    assert harbour.top("harbour:A6-W2").id == "harbour:T3"
    assert [link.source for link in shipped.links_of("gsr:P2-O5")] == ["gsr:C4", "gsr:C5"]
    assert [link.target for link in shipped.links_of("gsr:C12")] == ["gsr:P3-O4"]
    with pytest.raises(CorpusError, match="no item 'gsr:C99'"):
        shipped.item("gsr:C99")


HARBOUR = Glossary(
    terms=(
        Term(term="LK", expansion="lighthouse keeper", synonyms=("keeper",), items=("h:1",)),
        Term(term="lamp man", status="avoid", preferred="keeper", note="Not only men keep lamps."),
        Term(term="head keeper", under="lighthouse keeper", items=("h:2",), loose=("head",)),
        Term(term="pilot", understood=False),
        Term(term="pilot's mate", under="pilot"),
    )
)


def test_a_term_has_every_wording_an_id_and_a_concept_and_tells_what_to_use_instead():
    for word in ("lk", "Lighthouse  Keeper", "KEEPER"):
        assert HARBOUR.term(word).term == "LK"
    assert HARBOUR.deprecated == {"lamp man": "keeper"}
    assert Term(term="pilot\u2019s Mate").id == "glossary:pilots-mate"
    assert [one.wordings for one in HARBOUR.concepts] == [
        ("LK", "lighthouse keeper", "keeper", "lamp man", "head keeper"),
        ("pilot's mate",),
    ]


def a_passage(**changes):
    return passage("gsr:C9", "Crisis response", source_id="gsr").model_dump() | changes


def test_a_passage_refuses_a_field_a_hash_or_sentences_that_are_not_its_own():
    with pytest.raises(ValidationError, match="Extra inputs"):
        Passage.model_validate(a_passage(colour="red"))
    with pytest.raises(CorpusError, match=r"gsr:C9\b"):
        Passage.model_validate(a_passage(text_sha256="0" * 64))
    for bounds in ([(0, 99)], [(3, 3)], [(4, 8), (0, 3)], [(0, 5), (4, 8)]):
        spans = tuple(Span(start=start, end=end) for start, end in bounds)
        with pytest.raises(CorpusError, match="sentence of gsr:C9 lies outside"):
            Passage.model_validate(a_passage(sentences=spans))


def test_lines_are_read_and_shown_as_an_editor_counts_them():
    assert Lines.model_validate("145-147") == Lines(first=145, last=147)
    assert [str(Lines.model_validate(text)) for text in ("145-147", "145")] == ["145-147", "145"]
    for text in ("a", "147-145", "0"):
        with pytest.raises(ValidationError):
            Lines.model_validate(text)


def test_a_corpus_refuses_double_ids_and_unknown_sources_and_says_what_it_lacks(shipped):
    source, one = shipped.source, Passage.model_validate(a_passage())
    with pytest.raises(CorpusError, match=r"gsr:C9\b"):
        Corpus(sources=(source,), passages=(one, one))
    with pytest.raises(CorpusError, match="unknown source 'gsr'"):
        Corpus(sources=(), passages=(one,))
    with pytest.raises(CorpusError, match="'gsr:C99'"):
        Corpus(sources=(source,), passages=(one,)).passage("gsr:C99")
