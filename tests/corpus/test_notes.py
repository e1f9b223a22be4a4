import pytest

from corpus.errors import CorpusError
from corpus.passage import sha256_of
from corpus.readers.notes import read_note, read_notes

FILE = "harbour-rules.md"
TEXT = """\
---
id: harbour-rules
title: Harbour rules
summary: What the harbour rules are, and whom they bind.
pillars: [harbour:T1]
capabilities: [harbour:A1]
topics: [law, treaty]
audiences: [officer]
sources:
  - id: rules
    publisher: Port of Nowhere
    title: Rules
    year: 2024
    url: ''
    locator: Rule 1
    seen: copy
as_of: 2026-07-31
review_by: 2027-07-31
confidence: medium
dated: true
---

The rules of the harbour bind
every ship.[^rules][^harbour:A1]

## What they say
Ships keep left.[^rules] Pilots keep lists.[^signpost]

Boats give way.[^rules]
## Limits
Nobody knows when the rules began.[^signpost]

## Empty
"""


@pytest.fixture
def note(written):
    return read_note(written(TEXT))


def test_sentences_are_parted_at_their_marks_which_are_no_words(note):
    assert [(one.text, one.marks) for one in note.sentences] == [
        ("The rules of the harbour bind every ship.", ("rules", "harbour:A1")),
        ("Ships keep left.", ("rules",)),
        ("Pilots keep lists.", ("signpost",)),
        ("Boats give way.", ("rules",)),
        ("Nobody knows when the rules began.", ("signpost",)),
    ]
    assert note.words == 8 + 3 + 3 + 3 + 6


def test_a_section_is_a_passage_with_headings_grounds_and_facets(note):
    found = [passage.id for passage in note.passages]
    assert found == ["note:harbour-rules#1", "note:harbour-rules#2", "note:harbour-rules#3"]
    passage = note.passages[1]
    assert passage.text == "Ships keep left. Pilots keep lists.\nBoats give way."
    found = [span.of(passage.text) for span in passage.sentences]
    assert found == ["Ships keep left.", "Pilots keep lists.", "Boats give way."]
    assert passage.grounds == (("rules",), ("signpost",), ("rules",))
    assert note.passages[0].heading_path == ("Harbour rules",)
    assert note.passages[0].locator == "opening"
    assert note.passages[1].heading_path == ("Harbour rules", "What they say")
    assert note.passages[1].locator == "section “What they say”"
    facets = note.passages[0].facets
    assert facets["tier"] == "guidance"
    assert {name for name, value in facets.items() if value == "yes"} == {
        *("about:harbour:T1", "about:harbour:A1", "topic:law", "topic:treaty", "audience:officer")
    }


def test_a_sentence_that_leans_is_cited_with_the_one_before_and_one_may_lack_marks(written):
    leaning = "Ships keep left.[^rules] They whistle.[^signpost]"
    passage = read_note(written(TEXT.replace("Ships keep left.[^rules]", leaning))).passages[1]
    first, second, _ = (span.of(passage.text) for span in passage.sentences)
    assert (first, second) == ("Ships keep left. They whistle.", "Pilots keep lists.")
    assert passage.grounds[0] == ("rules", "signpost")
    note = read_note(written(f"{TEXT}\nNobody vouches for this."))
    assert note.sentences[-1].marks == ()


def test_a_note_is_a_source_with_its_days_and_works(note):
    source = note.source
    assert (source.id, source.tier) == ("note:harbour-rules", "guidance")
    assert (source.as_of, source.review_by) == ("2026-07-31", "2027-07-31")
    assert (source.confidence, source.dated) == ("medium", True)
    assert [work.id for work in source.references] == ["rules"]
    assert source.sha256 == sha256_of(TEXT)


def test_notes_are_read_by_name_and_where_there_is_no_folder_there_are_none(written, tmp_path):
    written(TEXT.replace("id: harbour-rules", "id: b"), "b.md")
    written(TEXT.replace("id: harbour-rules", "id: a"), "a.md")
    written("no note", "readme.txt")
    assert [note.front.id for note in read_notes(tmp_path)] == ["a", "b"]
    assert read_notes(tmp_path / "nowhere") == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("---\nid", "id", "front matter"),
        ("dated: true\n---", "dated: true", "front matter"),
        ("[law, treaty]", "[law", "YAML"),
        ("2026-07-31", "2026-07-32", "YAML"),
        ("dated: true", "dated: true\nauthor: me", "author"),
        ("topics: [law, treaty]", "topics: [ships]", "topics 1 is 'ships'"),
        ("topics: [law, treaty]", "topics: []", "topics is empty"),
        ("id: harbour-rules", "id: Harbour Rules", "id is 'Harbour Rules'"),
        ("seen: copy", "seen: never", "sources 1 seen is 'never'"),
        ("    seen: copy\n", "", "sources 1 seen is missing"),
        ("as_of: 2026-07-31", "as_of: July", "as_of is 'July'"),
        ("confidence: medium", "confidence: sure", "confidence is 'sure'"),
    ],
)
def test_front_matter_that_is_not_in_its_form_is_refused_by_place(written, old, new, said):
    assert old in TEXT
    with pytest.raises(CorpusError, match=said) as refused:
        read_note(written(TEXT.replace(old, new, 1)))
    assert "harbour-rules.md" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("", "utf-8", "front matter"),
        ("---\n---\nWords.", "utf-8", "refused: the whole"),
        (TEXT.replace("ship", "shïp"), "latin-1", "is not UTF-8"),
    ],
)
def test_a_file_that_says_nothing_or_is_not_utf_8_is_refused(written, text, encoding, said):
    with pytest.raises(CorpusError, match=said):
        read_note(written(text, encoding=encoding))
