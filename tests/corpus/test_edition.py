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


def test_an_edition_replaces_one_whole_or_not_at_all_and_nothing_else(file, tmp_path, monkeypatch):
    for content in ("", "words", "[]", '{"format": 1}'):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(CorpusError, match="is no edition"):
            export_edition(two_tier_corpus(), file)
        assert file.read_text(encoding="utf-8") == content
    file.unlink()
    export_edition(two_tier_corpus(), file)
    export_edition(corpus_of(["other words"]), file)
    assert [one.text for one in load_edition(file).passages] == ["other words"]
    before = file.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    for place, said in ((file, "No space"), (tmp_path / "nowhere" / "edition.json", "no folder")):
        with pytest.raises(CorpusError, match=said):
            export_edition(two_tier_corpus(), place)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("content", [b"", b"no json", b"\xff\xfe{}", b"[" * 100_000], ids=range(4))
def test_a_file_that_is_no_json_is_refused(file, content):
    file.write_bytes(content)
    assert "JSON" in refusal(file)


WORDS = "harbour masters sleep"


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        *(
            (lambda table, to=number: table.update(format=to), f"the edition format {number!r}")
            for number in (0, 2, "1", None)
        ),
        # A field that is not in its form.
        (lambda table: table.update(author="nobody"), ": author is refused: "),
        (
            lambda table: table["passages"][2].update(author="nobody"),
            ": passages.2.author is refused: ",
        ),
        (lambda table: table["sources"][0].pop("title"), ": sources.0.title is refused: "),
        (lambda table: table.update(passages={}), ": passages is refused: "),
        # Content that was changed.
        (lambda table: table["passages"].pop(), "changed"),
        (lambda table: table["passages"].reverse(), "changed"),
        (lambda table: table["passages"][0].update(locator="line 9"), "changed"),
        (lambda table: table["sources"][0].update(licence="free"), "changed"),
        (lambda table: table.update(digest="0" * 64), "changed"),
        (lambda table: table["passages"][0].update(text=WORDS), "f:1"),
    ],
)
def test_an_edition_of_another_format_or_that_was_changed_is_refused_by_place(changed, edit, said):
    assert said in refusal(changed(edit))


def test_an_edition_from_before_a_field_was_added_keeps_its_name(changed):
    # `also` and `grounds` stand for fields that a record got after the edition was exported.
    def forget(table):
        for passage in table["passages"]:
            del passage["also"], passage["grounds"]

    file = changed(forget)
    table = json.loads(file.read_text(encoding="utf-8"))
    digest = digest_of([*table["sources"], *table["passages"]])
    assert f"its content has {digest[:12]}" in refusal(file)
    file.write_text(json.dumps(table | {"digest": digest}), encoding="utf-8")
    edition = load_edition(file)
    assert edition.digest == digest != two_tier_corpus().digest
    assert edition.corpus == two_tier_corpus()
