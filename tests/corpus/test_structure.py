import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from corpus.errors import CorpusError
from corpus.passage import Corpus, Lines, Passage, Span
from corpus.readers.glossary import Glossary, Term
from corpus.text import LONGEST, PIECE, sentence_runs, sentences_in, split_sentences
from tests.fakes import passage

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


def test_a_corpus_refuses_double_ids_and_unknown_sources_and_says_what_it_lacks(framework):
    source, one = framework.source, Passage.model_validate(a_passage())
    with pytest.raises(CorpusError, match=r"gsr:C9\b"):
        Corpus(sources=(source,), passages=(one, one))
    with pytest.raises(CorpusError, match="unknown source 'gsr'"):
        Corpus(sources=(), passages=(one,))
    with pytest.raises(CorpusError, match="'gsr:C99'"):
        Corpus(sources=(source,), passages=(one,)).passage("gsr:C99")


def test_a_full_stop_ends_a_sentence_before_a_capital_and_not_after_an_abbreviation():
    for wanted in (
        ["It is so.", "They agree!", "Do they?", "30 do."],
        ['They said "no."', "Then they left."],
        ["Tools, e.g. Arachnid, find copies."],
        ["See Art. 5 and No. 185, p. 12."],
        ["Dr. Smith of the U.S. Senate spoke to J. Jones."],
        ["It rose to 3.5 per cent."],
        ["Semicolons; colons: neither ends one"],
    ):
        text = " ".join(wanted)
        assert [span.of(text) for span in split_sentences(text)] == wanted


@pytest.mark.parametrize("split", [split_sentences, sentences_in])
@given(st.text(alphabet="ab .?!\n\r\t*-1A,the\"')", max_size=400))
def test_spans_are_in_order_trimmed_and_lose_only_blanks(split, text):
    spans = split(text)
    assert all(span.of(text) == span.of(text).strip() != "" for span in spans)
    assert all(one.end <= two.start for one, two in pairwise(spans))
    assert "".join("".join(span.of(text) for span in spans).split()) == "".join(text.split())


def test_a_long_text_is_split_in_linear_time():
    start = time.process_time()
    assert len(split_sentences("It is so. " * 50_000)) == 50_000
    assert time.process_time() - start < 20


def test_what_has_no_end_is_cut_at_a_blank_and_pieces_are_whole_sentences():
    text = "word " * 1000
    spans = sentences_in(text)
    assert all(span.end - span.start <= LONGEST for span in spans)
    assert " ".join(span.of(text) for span in spans).split() == text.split()
    text = " ".join(f"This is sentence number {number} of many." for number in range(100))
    pieces = sentence_runs(text, sentences_in(text))
    assert len(pieces) > 1
    assert " ".join(piece.of(text) for piece in pieces) == text
    assert all(len(piece.of(text).split()) <= PIECE for piece in pieces)
