import pytest

from corpus.whole import Whole
from evals.peers.peer_corpus import PeerCorpus, file_name


@pytest.fixture(scope="module")
def whole() -> Whole:
    return Whole.read()


@pytest.fixture(scope="module")
def laid_out(whole: Whole) -> PeerCorpus:
    return PeerCorpus.of(whole)


def test_every_passage_of_the_corpus_is_on_a_page_word_for_word(whole, laid_out):
    where = {one: page.id for page in laid_out.pages for one in laid_out.held[page.id]}
    for passage in whole.corpus.passages:
        page = laid_out.words[where[passage.id]]
        for sentence in passage.sentences:
            assert sentence.of(passage.text) in page, passage.id


def test_a_list_is_one_section_and_a_described_item_has_one_of_its_own(laid_out):
    page = next(one for one in laid_out.pages if one.id == "gsr-P3")
    assert page.title == "Pillar 3: Victim support services and empowerment"
    by_heading = {section.heading: section for section in page.sections}
    assert by_heading["Outcomes"].text.count("\n- ") == 4
    assert by_heading["Capability 12: Victim identity protection"].text == (
        "Preserve the anonymity of victims"
    )
    assert laid_out.held["gsr-C12"] == ("gsr:C12",)
    assert "gsr:P3-O5" in laid_out.held["gsr-P3-outcomes"]


def test_ids_of_pages_and_sections_are_unique_and_no_passage_has_one_of_them(laid_out):
    names = [page.id for page in laid_out.pages]
    names += [section.id for page in laid_out.pages for section in page.sections]
    assert len(set(names)) == len(names)
    assert not set(names) & set(laid_out.passages)


def test_page_names_begin_with_a_letter_and_fit_a_file(laid_out):
    assert all(page.id[0].isalpha() and file_name(page.id) == page.id for page in laid_out.pages)


def test_the_framework_alone_leaves_notes_and_glossary_out(whole):
    pages = PeerCorpus.of(whole, framework_only=True).pages
    assert {page.id.partition("-")[0] for page in pages} == {"gsr"}
