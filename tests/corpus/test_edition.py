import json

import pytest

from corpus.editions.edition import FORMAT, export_edition, load_edition
from corpus.errors import CorpusError
from corpus.passage import digest_of
from corpus.whole import Whole
from tests.fakes import corpus_of, two_tier_corpus


@pytest.fixture
def file(tmp_path):
    return tmp_path / "edition.json"


@pytest.fixture
def changed(file):
    """Export an edition and change its table."""

    def change(edit):
        export_edition(two_tier_corpus(), file)
        table = json.loads(file.read_text(encoding="utf-8"))
        edit(table)
        file.write_text(json.dumps(table), encoding="utf-8")
        return file

    return change


def refusal(path):
    with pytest.raises(CorpusError) as refused:
        load_edition(path)
    said = str(refused.value)
    assert str(path) in said
    assert "\n" not in said
    return said


@pytest.mark.parametrize("corpus", [two_tier_corpus(), Whole.read().corpus])
def test_an_edition_is_read_back_as_it_was_written(file, corpus):
    export_edition(corpus, file)
    edition = load_edition(file)
    assert (edition.corpus, edition.digest, edition.format) == (corpus, corpus.digest, FORMAT)


def test_an_edition_replaces_an_edition_and_leaves_nothing_where_it_cannot(file, tmp_path):
    export_edition(two_tier_corpus(), file)
    export_edition(corpus_of(["other words"]), file)
    assert [one.text for one in load_edition(file).passages] == ["other words"]
    with pytest.raises(CorpusError, match="is no folder"):
        export_edition(two_tier_corpus(), tmp_path / "nowhere" / "edition.json")
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("content", ["", "words", "[]", '{"format": 1}'])
def test_a_file_that_is_no_edition_is_not_replaced(file, content):
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match="is no edition"):
        export_edition(two_tier_corpus(), file)
    assert file.read_text(encoding="utf-8") == content


def test_an_earlier_edition_stays_whole_where_the_new_one_cannot_be_written(file, monkeypatch):
    export_edition(two_tier_corpus(), file)
    before = file.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CorpusError, match="No space"):
        export_edition(corpus_of(["other words"]), file)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("content", [b"", b"no json", b"\xff\xfe{}", b"[" * 100_000], ids=range(4))
def test_a_file_that_is_no_json_is_refused(file, content):
    file.write_bytes(content)
    assert "JSON" in refusal(file)


def test_another_format_is_refused_by_number(changed):
    for number in (0, 2, "1", None):
        said = refusal(changed(lambda table, number=number: table.update(format=number)))
        assert f"the edition format {number!r}, but this Signpost reads {FORMAT}" in said


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (lambda table: table.update(author="nobody"), "author"),
        (lambda table: table["passages"][2].update(author="nobody"), "passages.2.author"),
        (lambda table: table["sources"][0].pop("title"), "sources.0.title"),
        (lambda table: table.update(passages={}), "passages"),
    ],
)
def test_a_field_that_is_not_in_its_form_is_refused_by_place(changed, edit, place):
    assert f": {place} is refused: " in refusal(changed(edit))


@pytest.mark.parametrize(
    "edit",
    [
        lambda table: table["passages"].pop(),
        lambda table: table["passages"].reverse(),
        lambda table: table["passages"][0].update(locator="line 9"),
        lambda table: table["sources"][0].update(licence="free"),
        lambda table: table.update(digest="0" * 64),
    ],
)
def test_an_edition_whose_content_was_changed_is_refused(changed, edit):
    assert "changed" in refusal(changed(edit))
    words = "harbour masters sleep"
    assert "f:1" in refusal(changed(lambda table: table["passages"][0].update(text=words)))


def test_an_edition_from_before_a_field_was_added_keeps_its_name(changed):
    # `also` and `grounds` stand for fields that a record got after the edition was exported.
    def forget(table):
        for passage in table["passages"]:
            passage.pop("also")
            passage.pop("grounds")

    file = changed(forget)
    table = json.loads(file.read_text(encoding="utf-8"))
    digest = digest_of([*table["sources"], *table["passages"]])
    assert f"its content has {digest[:12]}" in refusal(file)
    file.write_text(json.dumps(table | {"digest": digest}), encoding="utf-8")
    edition = load_edition(file)
    assert edition.digest == digest != two_tier_corpus().digest
    assert edition.corpus == two_tier_corpus()
