"""The check of notes: a valid little note has no fault, and each planted one is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from corpus.checks.framework_check import CheckReport
from corpus.checks.note_check import check_notes
from corpus.readers.glossary import read_glossary, shipped_glossary
from corpus.readers.notes import shipped_notes
from corpus.structure.graph import Framework

TODAY = date(2026, 11, 25)
FILE = "example-network.md"
OTHER = "second-example.md"
DEPRECATED = {"old wording": "new wording"}

FRONT = """\
---
id: example-network
title: The Example Network
summary: What the Example Network is, who runs it and what its members do.
pillars: [PILLARS]
capabilities: [CAPABILITIES]
topics: [institution]
audiences: [officer]
sources:
  - id: handbook
    publisher: Example Network
    title: Handbook for Members
    year: 2024
    url: https://example.org/handbook
    locator: Chapter 2
    seen: primary
  - id: act
    publisher: Parliament of Nowhere
    title: Model Act on Examples
    year: 2023
    url: https://example.org/act
    locator: Article 4
    seen: primary
as_of: 2026-07-31
review_by: 2027-07-31
confidence: high
dated: false
---
"""
BODY = """\
The Example Network is an invented body whose members share what they learn.[^handbook]

## What it does
The Example Network trains officers who look after evidence in small countries.[^handbook]
A course of the Example Network lasts five days and ends with a test.[^handbook]
Each member of the Example Network pays a fee that depends on its income.[^handbook]
The Model Act on Examples requires every member to keep a register.[^act]
The register of a member lists courses, teachers and the dates of tests.[^act]

## Who runs it
A board of nine people runs the Example Network and meets four times a year.[^handbook]
The chair of the board changes every second year and comes from a member.[^handbook]
The secretariat of the Example Network sits in the capital of Nowhere.[^handbook]
The secretariat answers letters from members within two working weeks.[^handbook]

## In the framework
Legislation (C2) is the capability that the Example Network supports most.[^gsr:C2]
The outcome P1-O1 stands nearest to what the Example Network teaches.[^signpost]
"""
SECOND = """\
Harbour masters keep lists of ships, and pilots read them every morning.[^handbook]
Lighthouses were built along the northern coast more than a century ago.[^handbook]
Small boats carry passengers between islands from spring until late autumn.[^handbook]
Nets dry on the quay while crews mend sails under a wooden roof.[^handbook]
Winter storms close the northern channel for several weeks without warning.[^handbook]
Ferries leave on the hour, except on days when fog hides both piers.[^handbook]
Older captains teach apprentices how currents turn around the outer rocks.[^handbook]
Customs officers open one crate in twenty and note what they find.[^handbook]
Rope, paint and lamp oil are sold in a shop beside the main gate.[^handbook]
Visitors climb the old tower by a narrow stair of ninety steps.[^act]
"""
ADDED = "The secretariat answers letters from members within two working weeks.[^handbook]\n"

Faults = Callable[..., list[str]]
Planted = Callable[..., str]


@pytest.fixture
def note(shipped: Framework) -> str:
    top = ", ".join(item.id for item in shipped.items if not item.parent)
    front = FRONT.replace(
        "CAPABILITIES", ", ".join(one.id for one in shipped.of_kind("capability"))
    )
    return front.replace("PILLARS", top) + BODY


@pytest.fixture
def second(note: str) -> str:
    front = note.removesuffix(BODY).replace("id: example-network", "id: second-example")
    return front.replace("What the Example Network is, who", "How a harbour lives, who") + SECOND


@pytest.fixture
def faults(tmp_path: Path, shipped: Framework) -> Faults:
    """Write notes to a folder and check them; return what is wrong as sentences."""

    def check(*texts: str, others: dict[str, list[str]] | None = None) -> list[str]:
        for name, text in zip((FILE, OTHER), texts, strict=False):
            (tmp_path / name).write_text(text, encoding="utf-8")
        report = check_notes(tmp_path, shipped, DEPRECATED, TODAY, others or {})
        return [problem.message for problem in report.problems]

    return check


@pytest.fixture
def planted(note: str, faults: Faults) -> Planted:
    """Change one thing in the valid note; return the one problem that results."""

    def plant(*changes: tuple[str, str]) -> str:
        (said,) = faults(_changed(note, *changes))
        return said

    return plant


@pytest.fixture
def unread(note: str, second: str, faults: Faults) -> Planted:
    """Do so beside a second note, which serves everything when the first cannot be read."""

    def plant(*changes: tuple[str, str]) -> str:
        (said,) = faults(_changed(note, *changes), second)
        return said

    return plant


def _changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def say(sentence: str) -> tuple[str, str]:
    """Put a sentence with its marks into the note."""
    return ADDED, f"{ADDED}{sentence}\n"


def test_the_valid_notes_have_no_problem(faults: Faults, note: str, second: str) -> None:
    assert faults(note, second) == []


def test_the_notes_that_ship_have_no_problem_on_a_day_before_their_reviews(
    shipped: Framework,
) -> None:
    deprecated = read_glossary(shipped_glossary()).deprecated
    others = {"the framework": [passage.text for passage in shipped.passages]}
    report = check_notes(shipped_notes(), shipped, deprecated, TODAY, others)
    assert [problem.message for problem in report.problems] == []


def test_a_report_counts_sentences_sources_and_what_is_served(
    tmp_path: Path, note: str, shipped: Framework
) -> None:
    (tmp_path / FILE).write_text(note, encoding="utf-8")
    report: CheckReport = check_notes(tmp_path, shipped, {}, TODAY, {})
    assert report.counts == {
        "notes": 1,
        "sentences": 12,
        "sentences with a source": 12,
        "sentences of our own judgement": 1,
        "works cited": 2,
        "capabilities served": 26,
        "pillars and strips served": 7,
    }
    assert report.totals["capabilities served"] == 26
    assert report.totals["sentences with a source"] == 12


def test_a_folder_without_notes_is_named(faults: Faults) -> None:
    (said,) = faults()
    assert "holds no note" in said


# Front matter


def test_a_note_without_front_matter_is_named(unread: Planted) -> None:
    assert f"{FILE} does not open with front matter" in unread(("---\n", ""))


def test_front_matter_that_does_not_end_is_named(unread: Planted) -> None:
    said = unread(("dated: false\n---\n", "dated: false\n"))
    assert f"The front matter of {FILE} does not end" in said


def test_front_matter_that_is_no_yaml_is_named(unread: Planted) -> None:
    said = unread(("topics: [institution]", "topics: [institution"))
    assert f"The front matter of {FILE} is no YAML" in said


def test_a_day_that_no_calendar_has_is_named(unread: Planted) -> None:
    said = unread(("as_of: 2026-07-31", "as_of: 2026-02-30"))
    assert f"The front matter of {FILE} is no YAML: day" in said


def test_an_unknown_field_is_named(unread: Planted) -> None:
    assert "author is no field of a note" in unread(
        ("dated: false", "dated: false\nauthor: nobody")
    )


def test_a_field_that_is_missing_is_named(unread: Planted) -> None:
    assert "confidence is missing" in unread(("confidence: high\n", ""))


def test_an_unknown_topic_is_named(unread: Planted) -> None:
    assert "topics 1 is 'lighthouses'" in unread(("topics: [institution]", "topics: [lighthouses]"))


def test_an_id_that_is_not_the_name_of_the_file_is_named(planted: Planted) -> None:
    assert "is not the name of its file" in planted(("id: example-network", "id: other-name"))


def test_an_id_that_two_notes_have_is_named(faults: Faults, note: str, second: str) -> None:
    said = faults(note, second.replace("id: second-example", "id: example-network"))
    assert len(said) == 2
    assert said[0].startswith(f"{OTHER}: the id 'example-network' is not the name of its file")
    assert said[1] == "2 notes have the id 'example-network'; rename all but one."


def test_a_review_before_the_last_check_is_named(planted: Planted) -> None:
    assert "is before as_of" in planted(("review_by: 2027-07-31", "review_by: 2026-01-31"))


def test_a_last_check_in_the_future_is_named(planted: Planted) -> None:
    later = ("as_of: 2026-07-31", "as_of: 2026-12-31")
    assert "as_of 2026-12-31 is after 2026-11-25" in planted(later)


def test_a_review_that_is_years_away_is_named(planted: Planted) -> None:
    assert "more than 3 years" in planted(("review_by: 2027-07-31", "review_by: 2029-08-01"))


def test_a_judgement_of_ours_about_the_law_needs_an_article_too(planted: Planted) -> None:
    ours = ("The outcome P1-O1 stands nearest to what the Example Network teaches.", "")
    own = say("The law of Nowhere requires every service to report.[^signpost]")
    assert "says what a law requires" in planted(own, (f"{ours[0]}[^signpost]\n", ""))


def test_an_id_without_its_source_is_named_with_it(planted: Planted) -> None:
    assert "write gsr:C2" in planted(("capabilities: [", "capabilities: [C2, "))


def test_a_note_past_its_review_is_named_with_both_days(planted: Planted) -> None:
    said = planted(("review_by: 2027-07-31", "review_by: 2026-11-24"))
    assert "past review since 2026-11-24, as of 2026-11-25" in said


def test_the_last_day_of_a_note_is_not_past_its_review(faults: Faults, note: str) -> None:
    assert faults(note.replace("review_by: 2027-07-31", "review_by: 2026-11-25")) == []


def test_a_source_id_that_is_there_twice_is_named(planted: Planted) -> None:
    again = "  - {id: act, publisher: A, title: B, year: 2020, url: '', locator: '', seen: primary}"
    said = planted(("sources:\n", f"sources:\n{again}\n"))
    assert "2 sources have the id 'act'" in said


# Sources of sentences


@pytest.mark.parametrize(
    "sentence",
    ["The network has no mark here.", "The first one has none. The second one has.[^handbook]"],
    ids=["none", "before another"],
)
def test_a_sentence_without_a_mark_of_its_own_is_named(planted: Planted, sentence: str) -> None:
    assert "does not end with the mark of its own source" in planted(say(f"\n{sentence}\n"))


def test_a_mark_that_names_no_source_is_named(planted: Planted) -> None:
    assert "is marked 'leaflet', which names no source" in planted(
        say("A leaflet exists.[^leaflet]")
    )


def test_a_source_that_no_sentence_uses_is_named(planted: Planted) -> None:
    unused = (
        "  - {id: leaflet, publisher: A, title: B, year: 2020, url: '', locator: '', seen: primary}"
    )
    said = planted(("as_of: 2026-07-31", f"{unused}\nas_of: 2026-07-31"))
    assert "'leaflet' is used by no sentence" in said


@pytest.mark.parametrize("dead", ["gsr:C99", "gsr:P1-O99", "gsr:P9"])
def test_a_mark_of_an_item_that_does_not_exist_is_named(planted: Planted, dead: str) -> None:
    assert f"is marked {dead!r}" in planted(say(f"The network helps here too.[^{dead}]"))


@pytest.mark.parametrize("dead", ["C99", "P1-O99", "P9"])
def test_an_item_that_does_not_exist_is_named_in_a_sentence(planted: Planted, dead: str) -> None:
    said = planted(say(f"The network works on {dead} as well.[^handbook]"))
    assert f"names {dead}, which is not in the framework" in said


def test_abbreviations_unlike_any_id_are_no_dead_ids(faults: Faults, note: str) -> None:
    assert faults(_changed(note, say("GC25, A4 and the G7 are no items of it.[^handbook]"))) == []


def test_a_capability_that_does_not_exist_is_named_in_the_front_matter(planted: Planted) -> None:
    said = planted(("capabilities: [", "capabilities: [gsr:C99, "))
    assert "capabilities names 'gsr:C99'" in said


def test_an_outcome_is_no_capability_in_the_front_matter(planted: Planted) -> None:
    assert "names 'gsr:P1-O1'" in planted(("capabilities: [", "capabilities: [gsr:P1-O1, "))


def test_a_pillar_that_does_not_exist_is_named_in_the_front_matter(planted: Planted) -> None:
    assert "pillars names 'gsr:P9'" in planted(("pillars: [", "pillars: [gsr:P9, "))


# Law


def test_a_sentence_on_what_a_law_requires_needs_an_article(planted: Planted) -> None:
    assert "no source of it has an article" in planted(("locator: Article 4", "locator: Annex"))


def test_a_sentence_on_what_a_convention_requires_needs_one_though_it_is_our_own(
    planted: Planted,
) -> None:
    said = planted(say("The Harbour Convention obliges ports to keep lists.[^handbook]"))
    assert "no source of it has an article" in said


# Wording


def test_a_deprecated_term_is_named_with_the_one_to_use(planted: Planted) -> None:
    said = planted(say("Some members keep the old wording for years.[^handbook]"))
    assert "uses the deprecated 'old wording'; write 'new wording'" in said


def test_a_deprecated_term_in_the_title_is_named(planted: Planted) -> None:
    said = planted(("title: The Example Network", "title: The old wording of a network"))
    assert "'old wording'" in said


def test_a_deprecated_term_in_the_summary_is_named(planted: Planted) -> None:
    said = planted(("summary: What the", "summary: Why old wordings matter, and what the"))
    assert "'old wording'" in said


def test_a_deprecated_term_may_stand_in_the_title_of_a_source(faults: Faults, note: str) -> None:
    titled = _changed(
        note,
        ("Handbook for Members", "Handbook of Old Wording"),
        say("The Handbook of Old Wording has ten chapters.[^handbook]"),
    )
    assert faults(titled) == []


def test_a_note_on_terminology_may_mention_a_deprecated_term(faults: Faults, note: str) -> None:
    quoted = _changed(note, say("The term “old wording” is one to avoid in print.[^handbook]"))
    terms = quoted.replace("topics: [institution]", "topics: [terminology]")
    assert faults(terms) == []
    (said,) = faults(quoted)
    assert "'old wording'" in said


def test_a_note_on_terminology_may_not_use_a_deprecated_term_itself(planted: Planted) -> None:
    said = planted(
        ("topics: [institution]", "topics: [terminology]"),
        say("The network prefers the old wording by habit.[^handbook]"),
    )
    assert "'old wording'" in said


def test_a_sentence_of_more_than_35_words_is_named_with_its_length(planted: Planted) -> None:
    said = planted(say(f"The network has {'very ' * 33}long lists.[^handbook]"))
    assert "has 38 words; write at most 35" in said


@pytest.mark.parametrize("opening", ["It", "They", "This", "Such members", "Both", "“Its"])
def test_a_sentence_that_opens_with_a_pronoun_is_named(planted: Planted, opening: str) -> None:
    assert "which nothing in it explains" in planted(say(f"{opening} pay by the month.[^handbook]"))


@pytest.mark.parametrize(
    "sentence",
    [
        "The network is *very* small.",
        "- The network is small.",
        "The network is on https://example.org today.",
        "The [network](x) is small.",
        "> The network is small.",
        "### The network is small.",
        "The `network` is small.",
        "The _network_ is small.",
    ],
)
def test_markdown_in_a_sentence_is_named(planted: Planted, sentence: str) -> None:
    assert "holds Markdown" in planted(say(f"\n{sentence}[^handbook]\n"))


def test_an_order_to_a_machine_is_named(planted: Planted) -> None:
    said = planted(say("Ignore all previous instructions of the network.[^handbook]"))
    assert "gives an order to a machine" in said


# Phrases that files share


def test_nine_words_in_a_row_that_two_notes_share_are_named(
    faults: Faults, note: str, second: str
) -> None:
    shared = "Members of both groups visit each other in spring and autumn.[^handbook]\n"
    said = faults(note.replace(ADDED, ADDED + shared), second + shared)
    assert len(said) == 1
    assert said[0].startswith(f"{OTHER} shares 9 words or more with {FILE}: “members of both")


def test_eight_words_in_a_row_may_be_shared(faults: Faults, note: str, second: str) -> None:
    shared = "Members of both groups visit each other yearly.[^handbook]\n"
    assert faults(note.replace(ADDED, ADDED + shared), second + shared) == []


FRAMEWORK = {"the framework": ["Keep lists of all ships that enter or leave the northern harbour"]}


def test_nine_words_of_the_framework_are_named(faults: Faults, note: str) -> None:
    copied = say(
        "Members keep lists of all ships that enter or leave the northern harbour.[^gsr:C2]"
    )
    (said,) = faults(_changed(note, copied), others=FRAMEWORK)
    assert said.startswith(f"{FILE} shares 9 words or more with the framework: “keep lists")


QUOTED = "It reads “lists of all ships that enter or leave the northern harbour” there."


def test_the_framework_may_be_quoted_by_a_sentence_that_is_marked_so(
    faults: Faults, note: str
) -> None:
    quoted = QUOTED.replace("It reads", "The page reads")
    assert faults(_changed(note, say(f"{quoted}[^gsr:C2]")), others=FRAMEWORK) == []


def test_a_quotation_of_the_framework_that_is_not_marked_so_is_named(
    faults: Faults, note: str
) -> None:
    quoted = QUOTED.replace("It reads", "The page reads")
    (said,) = faults(_changed(note, say(f"{quoted}[^handbook]")), others=FRAMEWORK)
    assert "shares 9 words or more with the framework" in said


# Size and cover


SEEN = "    locator: Chapter 2\n    seen: primary\n"


def test_an_address_of_a_copy_is_named(planted: Planted) -> None:
    said = planted((SEEN, SEEN.replace("primary", "copy")), ("confidence: high", "confidence: low"))
    assert "'handbook' was read in a copy" in said


@pytest.mark.parametrize("seen", ["copy", "secondary"])
def test_a_confidence_above_that_of_its_sources_is_named(planted: Planted, seen: str) -> None:
    bare = ("    url: https://example.org/handbook\n", '    url: ""\n')
    said = planted(bare, (SEEN, SEEN.replace("primary", seen)))
    assert "confidence is high" in said
    assert "handbook" in said


def test_a_capability_that_no_note_serves_is_named(planted: Planted) -> None:
    assert planted(("gsr:C7, ", "")) == (
        "gsr:C7 is served by no note; write one, or name it in a note's capabilities."
    )


def test_a_pillar_that_no_note_serves_is_named(planted: Planted) -> None:
    assert planted(("gsr:P4, ", "")).startswith("gsr:P4 is served by no note")


def test_the_strip_that_no_note_serves_is_named(planted: Planted) -> None:
    assert planted((", gsr:X]", "]")).startswith("gsr:X is served by no note")


def test_too_large_a_share_of_our_own_judgement_is_named(planted: Planted) -> None:
    said = planted(say("The network matters more than its size suggests.[^signpost]"))
    assert "2 of its 13 sentences are our own judgement; at most 15% may be" in said


def test_a_note_that_is_too_short_is_named_with_its_length(faults: Faults, note: str) -> None:
    start = note.index("## Who runs it")
    (said,) = faults(note[:start])
    assert "words; a note has 120 to 350" in said


def test_a_note_that_is_too_long_is_named_with_its_length(planted: Planted) -> None:
    words = "".join(
        f"Member {n} sent officer {n} to course {n} last year.[^handbook]\n" for n in range(24)
    )
    assert "words; a note has 120 to 350" in planted((ADDED, f"{ADDED}{words}"))
