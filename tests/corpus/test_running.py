"""Whole sentences of running text, and pieces of whole sentences."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from corpus.readers.running import LONGEST, PIECE, pieces_of, sentences_in


def _said(text: str) -> list[str]:
    return [" ".join(span.of(text).split()) for span in sentences_in(text)]


def test_a_sentence_goes_on_over_a_wrapped_line_and_headings_stand_for_themselves() -> None:
    assert _said("You may pay at the\r\n \r\n Old Gate. Bring\n the form.") == [
        "You may pay at the Old Gate.",
        "Bring the form.",
    ]
    text = "Fees\n\nWhat you need:\n* a form\n* two photographs\n1. Pay.\n2. Wait."
    assert _said(text) == [
        "Fees",
        "What you need:",
        "* a form",
        "* two photographs",
        "1. Pay.",
        "2. Wait.",
    ]


def test_what_has_no_end_is_cut_at_a_blank_and_pieces_are_whole_sentences() -> None:
    text = "word " * 1000
    spans = sentences_in(text)
    assert all(span.end - span.start <= LONGEST for span in spans)
    assert " ".join(span.of(text) for span in spans).split() == text.split()
    text = " ".join(f"This is sentence number {number} of many." for number in range(100))
    sentences = sentences_in(text)
    pieces = pieces_of(text, sentences)
    assert len(pieces) > 1
    assert " ".join(piece.of(text) for piece in pieces) == text
    assert all(len(piece.of(text).split()) <= PIECE for piece in pieces)


@given(st.text(alphabet="ab .?!\n\r\t*-1A,the", max_size=400))
def test_spans_are_in_order_and_lose_no_letter(text: str) -> None:
    spans = sentences_in(text)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    kept = "".join(span.of(text) for span in spans)
    assert "".join(kept.split()) == "".join(text.split())
