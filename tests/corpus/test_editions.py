import json
from datetime import date

import pytest

from assistant.certificates.edition import export_edition, load_edition
from corpus.editions.difference import compare
from corpus.errors import CorpusError
from corpus.passage import Corpus, digest_of
from tests.fakes import corpus_of, passage, source, two_tier_corpus
from tests.harbour import RULES


@pytest.fixture
def file(tmp_path):
    return tmp_path / "edition.json"


@pytest.fixture
def changed(file):
    def change(edit):
        file.unlink(missing_ok=True)
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


def test_an_edition_replaces_one_whole_or_not_at_all_and_nothing_else(file, tmp_path, monkeypatch):
    for content in ("words", '{"format": 1}'):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(CorpusError, match="is no edition"):
            export_edition(two_tier_corpus(), file)
        assert file.read_text(encoding="utf-8") == content
    file.unlink()
    export_edition(two_tier_corpus(), file)
    export_edition(corpus_of(["other words"]), file)
    assert [one.text for one in load_edition(file).corpus.passages] == ["other words"]
    before = file.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    for place, said in ((file, "is full"), (tmp_path / "nowhere" / "edition.json", "no folder")):
        with pytest.raises(CorpusError, match=said):
            export_edition(two_tier_corpus(), place)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_an_edition_that_is_no_json_of_another_format_or_changed_is_refused_by_place(changed, file):
    for content in (b"no json", b"\xff\xfe{}", b"[" * 100_000):
        file.write_bytes(content)
        assert "JSON" in refusal(file)
    for edit, said in (
        (lambda table: table.update(format=2), "the edition format 2"),
        (lambda table: table.update(format=None), "the edition format None"),
        (lambda table: table["passages"][2].update(author="nobody"), ": passages.2.author is ref"),
        (lambda table: table["sources"][0].pop("title"), ": sources.0.title is refused: "),
        (lambda table: table["passages"].pop(), "changed"),
        (lambda table: table["passages"].reverse(), "changed"),
        (lambda table: table["sources"][0].update(licence="free"), "changed"),
        (lambda table: table.update(digest="0" * 64), "changed"),
        (lambda table: table["passages"][0].update(text="harbour masters sleep"), "f:1"),
    ):
        assert said in refusal(changed(edit))


def test_an_edition_from_before_a_field_was_added_keeps_its_name(changed):
    # `also` and `grounds` stand for fields that a record got after the edition was exported.
    def forget(table):
        for row in table["passages"]:
            del row["also"], row["grounds"]

    file = changed(forget)
    table = json.loads(file.read_text(encoding="utf-8"))
    digest = digest_of([*table["sources"], *table["passages"]])
    file.write_text(json.dumps(table | {"digest": digest}), encoding="utf-8")
    edition = load_edition(file)
    assert (edition.digest, edition.corpus) == (digest, two_tier_corpus())


TODAY = date(2026, 11, 25)
OPENING = "harbour masters keep lists of all ships that enter"
PILOTS = "pilots bring large ships through the narrow channel at high water"
TOWER = "the old tower shows a green light when the bar is open"
ROPES = "crews mend ropes and nets on the quay in winter"

WORK = RULES.model_copy(update={"locator": "Rule 1"})


def note(name="note:port", **fields):
    dated = {"as_of": "2026-07-31", "review_by": "2027-07-31"}
    return source(name, "guidance").model_copy(update=dated | fields)


def edition(texts, of=None, **fields):
    """Return a note with one section a text, each with some fields of its own."""
    owner = of or note()
    passages = (
        passage(f"{owner.id}#{number}", text, source_id=owner.id).model_copy(update=fields)
        for number, text in enumerate(texts, start=1)
    )
    return Corpus(sources=(owner,), passages=tuple(passages))


def test_each_section_is_told_once_by_what_became_of_it():
    for before, after, told in (
        ([OPENING, PILOTS], [OPENING, PILOTS], {}),
        ([OPENING], [OPENING, PILOTS], {"added": [2]}),
        ([OPENING, PILOTS], [OPENING, TOWER], {"reworded": [(2, 2)]}),
        ([PILOTS, TOWER], [ROPES, PILOTS, TOWER], {"added": [1], "renumbered": [(1, 2), (2, 3)]}),
        ([OPENING, PILOTS, TOWER], [OPENING, TOWER], {"removed": [2], "renumbered": [(3, 2)]}),
        ([PILOTS], [ROPES, f"All {PILOTS}"], {"added": [1], "reworded": [(1, 2)]}),
    ):
        old, new = edition(before), edition(after)
        found = compare(old, new, TODAY)

        def place(id_):
            return int(id_.removeprefix("note:port#"))

        seen = {kind: [*map(place, getattr(found, kind))] for kind in ("added", "removed")}
        for kind in ("reworded", "renumbered"):
            seen[kind] = [(place(one.id), place(one.now)) for one in getattr(found, kind)]
        assert {kind: ids for kind, ids in seen.items() if ids} == told
        assert found.is_empty is not bool(told)


def test_a_passage_is_told_by_its_words_headings_and_kind():
    found = compare(edition([OPENING]), edition([OPENING], of=note("note:quay")), TODAY)
    assert found.moved == {"note:port#1": "note:quay#1"}
    assert found.removed == found.added == ()

    def page(*rows):
        passages = (passage(id_, text, facets={"kind": kind}) for id_, text, kind in rows)
        headed = (one.model_copy(update={"heading_path": (one.id[:1],)}) for one in passages)
        return Corpus(sources=(source(),), passages=tuple(headed))

    old = page(("1-W1", "industry", "partner"), ("2-W1", "industry", "partner"), ("a", PILOTS, "x"))
    more = f"{PILOTS} again"
    new = page(("2-W9", "industry", "partner"), ("1-W9", "industry", "partner"), ("b", more, "y"))
    found = compare(old, new, TODAY)
    assert {(one.id, one.now) for one in found.renumbered} == {("1-W1", "1-W9"), ("2-W1", "2-W9")}
    assert (found.resourced, found.removed, found.added) == ((), ("a",), ("b",))


def test_the_same_words_of_another_source_on_other_grounds_are_resourced():
    for of, fields, names in (
        ({"confidence": "low"}, {}, ("confidence",)),
        ({"licence": "free"}, {}, ("licence",)),
        ({}, {"grounds": (("rules",),)}, ("grounds", "references")),
        ({}, {"locator": "section 9"}, ("locator",)),
    ):
        owner = note(references=(WORK,))
        new = edition([OPENING], of=owner.model_copy(update=of), **fields)
        found = compare(edition([OPENING], of=owner), new, TODAY)
        assert [one.fields for one in found.resourced] == [names]
        assert found.reasons == {"note:port#1": ("resourced",)}
    # What was checked again holds; what only a search sees is no difference.
    checked = note(as_of="2027-07-31", review_by="2028-07-31")
    found = compare(edition([OPENING]), edition([OPENING], of=checked), TODAY)
    assert [one.fields for one in found.resourced] == [("as_of", "review_by")]
    assert found.reasons == {}
    new = edition([OPENING], of=note(sha256="0" * 64), also=("lists",))
    assert compare(edition([OPENING]), new, TODAY).is_empty


def test_what_is_past_its_review_is_stale_and_news_if_it_was_not_so_before():
    for day, since_old, reasons in (
        ("2026-10-31", [True], {"note:port#1": ("stale",)}),
        ("2026-07-30", [False], {}),
        ("2026-11-25", [], {}),
    ):
        old = edition([OPENING], of=note(review_by=day))
        found = compare(old, old, TODAY)
        assert ([one.since_old for one in found.stale], found.reasons) == (since_old, reasons)
    owner = note(review_by="2026-10-31")
    found = compare(edition([PILOTS], of=owner), edition([ROPES, PILOTS], of=owner), TODAY)
    assert found.reasons == {"note:port#1": ("renumbered", "stale")}
