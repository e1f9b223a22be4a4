import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from corpus.text import LONGEST, PIECE, sentence_runs, sentences_in, split_sentences


def sentences(text):
    return [span.of(text) for span in split_sentences(text)]


def test_a_full_stop_before_a_capital_ends_a_sentence_with_its_closing_quote():
    found = sentences("It is so. They agree! Do they? 30 do.")
    assert found == ["It is so.", "They agree!", "Do they?", "30 do."]
    assert sentences('They said "no." Then they left.') == ['They said "no."', "Then they left."]


def test_an_abbreviation_ends_no_sentence():
    for text in (
        "Tools, e.g. Arachnid, find copies.",
        "The rules (i.e. Article 9) hold.",
        "Hotlines, helplines, etc. are named.",
        "See Art. 5 and No. 185, p. 12.",
        "Dr. Smith of the U.S. Senate spoke to J. Jones.",
        "It rose to 3.5 per cent.",
        "Semicolons; colons: neither ends one",
    ):
        assert sentences(text) == [text]


@given(st.text(alphabet="Ab .!?\n\"')e1", max_size=60))
def test_spans_are_in_order_trimmed_and_lose_only_blanks(text):
    spans = split_sentences(text)
    assert all(span.of(text) == span.of(text).strip() != "" for span in spans)
    assert all(one.end <= two.start for one, two in pairwise(spans))
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_a_long_text_is_split_in_linear_time():
    start = time.process_time()
    assert len(split_sentences("It is so. " * 50_000)) == 50_000
    assert time.process_time() - start < 20


def _said(text):
    return [" ".join(span.of(text).split()) for span in sentences_in(text)]


def test_a_sentence_goes_on_over_a_wrapped_line_and_headings_stand_for_themselves():
    found = _said("You may pay at the\r\n \r\n Old Gate. Bring\n the form.")
    assert found == ["You may pay at the Old Gate.", "Bring the form."]
    text = "Fees\n\nWhat you need:\n* a form\n* two photographs\n1. Pay.\n2. Wait."
    wanted = ["Fees", "What you need:", "* a form", "* two photographs", "1. Pay.", "2. Wait."]
    assert _said(text) == wanted


def test_what_has_no_end_is_cut_at_a_blank_and_pieces_are_whole_sentences():
    text = "word " * 1000
    spans = sentences_in(text)
    assert all(span.end - span.start <= LONGEST for span in spans)
    assert " ".join(span.of(text) for span in spans).split() == text.split()
    text = " ".join(f"This is sentence number {number} of many." for number in range(100))
    sentences = sentences_in(text)
    pieces = sentence_runs(text, sentences)
    assert len(pieces) > 1
    assert " ".join(piece.of(text) for piece in pieces) == text
    assert all(len(piece.of(text).split()) <= PIECE for piece in pieces)


@given(st.text(alphabet="ab .?!\n\r\t*-1A,the", max_size=400))
def test_spans_are_in_order_and_lose_no_letter(text):
    spans = sentences_in(text)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    kept = "".join(span.of(text) for span in spans)
    assert "".join(kept.split()) == "".join(text.split())
