import pytest
from pydantic import ValidationError

from corpus.errors import CorpusError
from corpus.passage import Corpus, Lines, Passage, Source, Span, digest_of, sha256_of
from corpus.structure.graph import Framework


def a_passage(text: str = "Crisis response", **changes: object) -> Passage:
    fields: dict[str, object] = {
        "id": "gsr:C9",
        "source_id": "gsr",
        "locator": "lines 130-132",
        "heading_path": (),
        "text": text,
        "sentences": (Span(start=0, end=len(text)),),
        "facets": {"tier": "framework", "source": "gsr"},
        "text_sha256": sha256_of(text),
    }
    return Passage.model_validate(fields | changes)


@pytest.fixture
def source(shipped: Framework) -> Source:
    return shipped.source


def test_a_span_gives_its_characters() -> None:
    assert Span(start=4, end=7).of("one two three") == "two"


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        a_passage().text = "other"


def test_a_record_refuses_a_field_it_does_not_know() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        a_passage(colour="red")


def test_a_passage_whose_hash_is_not_that_of_its_text_is_refused() -> None:
    with pytest.raises(CorpusError, match=r"gsr:C9\b"):
        a_passage(text_sha256="0" * 64)


@pytest.mark.parametrize("bounds", [[(0, 99)], [(3, 3)], [(4, 8), (0, 3)], [(0, 5), (4, 8)]])
def test_a_passage_refuses_sentences_outside_its_text_or_out_of_order(
    bounds: list[tuple[int, int]],
) -> None:
    spans = tuple(Span(start=start, end=end) for start, end in bounds)
    with pytest.raises(CorpusError, match="sentence of gsr:C9 lies outside"):
        a_passage(sentences=spans)


def test_lines_are_read_and_shown_as_an_editor_counts_them() -> None:
    assert Lines.parse("145-147") == Lines(first=145, last=147)
    assert str(Lines.parse("145-147")) == "145-147"
    assert str(Lines.parse("145")) == "145"


@pytest.mark.parametrize("text", ["", "a", "147-145", "0", "1-b"])
def test_a_text_that_is_no_range_of_lines_is_refused(text: str) -> None:
    with pytest.raises(CorpusError):
        Lines.parse(text)


def test_a_corpus_refuses_two_passages_with_one_id(source: Source) -> None:
    with pytest.raises(CorpusError, match=r"gsr:C9\b"):
        Corpus(sources=(source,), passages=(a_passage(), a_passage()))


def test_a_corpus_refuses_a_passage_of_an_unknown_source() -> None:
    with pytest.raises(CorpusError, match="unknown source 'gsr'"):
        Corpus(sources=(), passages=(a_passage(),))


def test_a_corpus_finds_passages_and_says_when_there_is_none(source: Source) -> None:
    corpus = Corpus(sources=(source,), passages=(a_passage(),))
    assert corpus.passage("gsr:C9").text == "Crisis response"
    assert corpus.source_by_id["gsr"] is source
    with pytest.raises(CorpusError, match="'gsr:C99'"):
        corpus.passage("gsr:C99")


def test_the_digest_of_a_corpus_changes_with_any_word(source: Source) -> None:
    one = Corpus(sources=(source,), passages=(a_passage(),))
    same = Corpus(sources=(source,), passages=(a_passage(),))
    other = Corpus(sources=(source,), passages=(a_passage("Crisis responses"),))
    assert one.digest == same.digest != other.digest
    assert one.digest == digest_of([source, a_passage()])
