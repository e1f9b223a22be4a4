from collections import defaultdict

import pytest

from corpus.errors import CorpusError
from corpus.passage import Lines
from corpus.readers import page


def test_the_shipped_framework_has_all_its_items(shipped):
    for kind, counts in (("outcome", [8, 7, 5, 7, 9, 5]), ("capability", [3, 5, 4, 4, 5, 5])):
        assert [len(shipped.below(f"gsr:P{pillar}", kind)) for pillar in range(1, 7)] == counts


def test_the_passages_are_the_items_in_their_order_and_the_lines_those_that_were_printed(shipped):
    assert [one.id for one in shipped.passages] == [one.id for one in shipped.items]
    assert sum(bool(passage.doubts) for passage in shipped.passages) == 13
    lines = page.source_lines(page.shipped_framework())
    assert lines[159:161] == ("Standardised practices to protect the", "identity of victims")


@pytest.mark.parametrize(
    ("passage_id", "fields"),
    [
        (
            "gsr:C14",
            {
                "text": "Technology-led risk and safety assessment\n"
                "across platforms and upstream/downstream providers",
                "lines": Lines(first=177, last=180),
                "locator": "lines 177-180",
            },
        ),
        ("gsr:P3-O5", {"text": "Expand victims’ voice groups", "locator": "line 163"}),
        # What is printed shows glyphs and errors.
        (
            "gsr:C6",
            {
                "text": "Modernised reporting systems",
                "locator": "lines 80-82",
                "printed": "Modernised reporting systems reporting systems",
            },
        ),
        (
            "gsr:C12",
            {
                "heading_path": ("Victim support services and empowerment", "capabilities"),
                "printed": "m Victim identity protection Preserve the anonymity of victims",
                "facets": {
                    **{"tier": "framework", "source": "gsr", "kind": "capability"},
                    **{"group": "gsr:P3", "parent": "gsr:P3", "number": "12"},
                },
            },
        ),
        ("gsr:P3-O4", {"printed": ""}),
        # A heading that is lost is marked as restored.
        (
            "gsr:P2",
            {
                "text": "Criminal justice",
                "lines": None,
                "printed": "",
                "locator": "before line 66",
            },
        ),
        (
            "harbour:A6-D2",
            {
                "text": "All equipment in place within one year.",
                "heading_path": ("Clean water", "Spill response", "deadlines"),
            },
        ),
    ],
)
def test_a_passage_says_what_its_lines_say(shipped, harbour, passage_id, fields):
    passage = (shipped.passage_by_id | harbour.passage_by_id)[passage_id]
    assert {name: getattr(passage, name) for name in fields} == fields


def test_sentences_groups_and_corrections_stand_with_a_passage(shipped, harbour):
    passage = shipped.passage_by_id["gsr:C1"]
    assert [span.of(passage.text) for span in passage.sentences] == [
        "Political will",
        "Accountable leadership & willingness to collaborate at the highest level.",
        "Adequate government resources dedicated to fighting the epidemic",
    ]
    assert shipped.passage_by_id["gsr:P3"].facets["group"] == "gsr:P3"
    assert shipped.passage_by_id["gsr:P3-O1"].facets["inferred_form"] == "state"
    assert harbour.passage_by_id["harbour:A6-D2"].facets["group"] == "harbour:T3"
    (fix,) = shipped.passage_by_id["gsr:P2"].corrections
    assert (fix.printed, fix.reads, fix.confidence) == ("", "Criminal justice", "high")
    assert fix.basis
    labels = [item.label for item in shipped.below("gsr:P2", "partner")]
    assert labels == ["National law enforcement", "Interpol", "regional partners"]
    pillars = defaultdict(set)
    for item in shipped.of_kind("partner"):
        for entity in item.entities:
            pillars[entity].add(shipped.top(item.id).number)
    assert len(pillars) == 11
    assert (pillars["industry"], pillars["law-enforcement"]) == ({1, 4, 6}, {2, 4, 6})


def test_a_source_text_or_reading_that_is_missing_or_changed_is_named(edited, tmp_path):
    with pytest.raises(CorpusError, match=r"framework\.toml"):
        page.read_framework(tmp_path)
    folder = edited("Regular reporting", "Regular reports", file="source.txt")
    with pytest.raises(CorpusError, match=r"source\.txt .*[0-9a-f]{64}"):
        page.read_framework(folder)
    (folder / "source.txt").unlink()
    for read in (page.read_framework, page.source_lines):
        with pytest.raises(CorpusError, match=r"'source\.txt'"):
            read(folder)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title_lines = "145"', 'title_lines = "145-7-9"', "items C12 title_lines"),
        ('title_lines = "145"', 'title_lines = "999"', "gsr:C12 .*147-999"),
        ('strength = "high"', 'strength = "huge"', "links number 4 strength"),
        ('seen = "copy"', 'seen = "copy"\ncolour = "red"', "source colour"),
    ],
)
def test_a_fault_in_the_reading_is_one_sentence_that_names_it(edited, old, new, message):
    with pytest.raises(CorpusError, match=message) as caught:
        page.read_framework(edited(old, new))
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_every_id_carries_that_of_the_source_once(edited):
    reading = page.load_reading(edited('id = "C12"', 'id = "gsr:C12"'))
    assert all(item.id.startswith("gsr:") for item in reading.items)
    assert all(item.parent.startswith("gsr:") for item in reading.items if item.parent)
    assert reading.links[0].source == "gsr:C1"
    assert reading.decisions[0].items == ("gsr:C1", "gsr:C26")
    assert "gsr:C12" in {item.id for item in reading.items}


def test_only_a_newline_ends_a_line_and_what_is_no_utf8_or_no_table_is_named(tmp_path):
    # U+2028 and a form feed end a line for str.splitlines, but not for an editor.
    (tmp_path / "source.txt").write_text("one\u2028two\x0cthree\nfour", encoding="utf-8")
    lines, _ = page.load_lines(tmp_path, "source.txt")
    assert lines == ("one\u2028two\x0cthree", "four")
    (tmp_path / "source.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(CorpusError, match="not UTF-8"):
        page.load_lines(tmp_path, "source.txt")
    (tmp_path / "framework.toml").write_text('name = "x"\nitems = "none"\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"framework\.toml"):
        page.load_reading(tmp_path)
