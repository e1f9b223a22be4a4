import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text import LONGEST, PIECE, sentence_runs, sentences_in, split_sentences


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
