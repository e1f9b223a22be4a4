from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.answer import Completeness, Part, Scope, Service, Signposting, Statement
from corpus.errors import CorpusError
from corpus.passage import Corpus
from tests.ui.fake_answer import (
    CORPUS,
    GSR,
    NOTES,
    PASSAGES,
    answer,
    cite,
    example_answer,
    note,
    passage,
    say,
    uncovered_answer,
)
from ui.outline import Outline, clean, ranges
from ui.render import (
    answer_as_html,
    answer_as_text,
    error_as_html,
    source_panel_as_html,
    welcome_as_html,
)

GOLDEN = Path(__file__).parent.parent / "golden"

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> ${alert(3)} {{value}} `x`"
    ' " onmouseover="alert(4)'
)

HIDDEN = "a\x00b\x1b[31mc\u200bd\u202ee\ufefff\U000e0041g\ufe0fh\u2028i"


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("example_answer.txt", lambda: answer_as_text(example_answer(), CORPUS)),
        ("example_answer.html", lambda: answer_as_html(example_answer(), CORPUS)),
        ("uncovered_answer.txt", lambda: answer_as_text(uncovered_answer(), CORPUS)),
        ("uncovered_answer.html", lambda: answer_as_html(uncovered_answer(), CORPUS)),
    ],
)
def test_an_answer_is_drawn_as_the_golden_file_has_it(name, drawn, request):
    if request.config.getoption("--renew", default=False):
        (GOLDEN / name).write_text(drawn() + "\n", encoding="utf-8")
    assert drawn() + "\n" == (GOLDEN / name).read_text(encoding="utf-8")


def test_the_text_form_shows_what_was_understood_before_anything_else():
    text = answer_as_text(answer(resolved_question="And the partners of pillar 3?"), CORPUS)
    assert text.startswith("Understood as: And the partners of pillar 3?")


@pytest.mark.parametrize("width", [40, 60, 88])
def test_no_line_of_the_text_form_is_longer_than_asked(width):
    text = answer_as_text(example_answer(), CORPUS, width)
    assert max(map(len, text.splitlines())) <= width


def test_the_same_words_cited_twice_have_one_number_and_other_words_another():
    once, again = say("gsr:P3-O1", "A"), say("gsr:P3-O1", "B")
    part = say("gsr:P3-O1", "B", citations=(cite("gsr:P3-O1", "Victims"),))
    outline = Outline.of(answer(once, again, part), CORPUS)
    assert [line.numbers for section in outline.sections for line in section.lines] == [
        (1,),
        (1,),
        (2,),
    ]


def test_many_numbers_in_a_row_are_shown_as_a_range():
    every = note("Everything.", *[passage.id for passage in PASSAGES])
    assert "Everything. [1–10]" in answer_as_text(answer(every), CORPUS)
    assert 'href="#cite-1" aria-label="Sources 1 to 10">1–10</a>' in answer_as_html(
        answer(every), CORPUS
    )
    assert ranges([1, 2, 4, 5, 6]) == ((1, 1), (2, 2), (4, 6))


def test_a_statement_in_two_runs_of_one_section_is_printed_under_one_heading():
    text = answer_as_text(
        answer(say("gsr:P3-O1", "A"), say("gsr:C2", "B"), say("gsr:P3", "A")), CORPUS
    )
    assert text.count("A\n") == 1


def test_tiers_are_named_and_never_share_a_block():
    guidance = Statement(
        text="Names are withheld in court.",
        kind="guidance",
        citations=(cite("note:example#1", "Names are withheld in court."),),
        section="All",
    )
    mixed = answer(say("gsr:P3", "All"), guidance, note("Two tiers.", section="All"))
    html = answer_as_html(mixed, CORPUS)
    blocks = re.findall(r'class="sp-tier sp-tier-(\w+)"><p class="sp-tier-name">([^<]+)<', html)
    assert blocks == [
        ("framework", "Framework text"),
        ("guidance", "Guidance note"),
        ("note", "Signpost's own note"),
    ]
    text = answer_as_text(mixed, CORPUS)
    assert "Guidance note: Names are withheld" in text
    assert "Note: Two tiers." in text


def test_doubts_stand_with_the_statement_that_repeats_the_words():
    doubt = "Printed “technology”; probably meant “legislation”: the capability is legislation"
    doubtful = say("gsr:C2", "Capability 2", citations=(cite("gsr:C2", doubts=(doubt,)),))
    assert "    Doubt: Printed “technology”; probably meant" in answer_as_text(
        answer(doubtful), CORPUS
    )
    assert "probably meant “legislation”" in answer_as_html(answer(doubtful), CORPUS)


def test_an_inferred_link_is_never_shown_as_printed():
    assert "(closest; inferred link)" in answer_as_text(example_answer(), CORPUS)


def test_a_list_with_parts_left_out_is_called_not_complete():
    counts = (
        Completeness(facet="outcomes", group="gsr:P3", listed=4, total=5),
        Completeness(facet="partners", group="gsr", listed=1, total=1, label="partner"),
    )
    text = answer_as_text(answer(completeness=counts), CORPUS)
    assert "Not complete: Victim support services and empowerment: 4 of 5 outcomes;" in text
    assert "Global Strategic Response: 1 of 1 partner." in text.replace("\n", " ")


def test_an_abstention_says_why_and_shows_the_closest_passages_as_no_answer():
    text = answer_as_text(uncovered_answer(), CORPUS)
    assert text.startswith("The sources say nothing about this.")
    assert "Closest, but not an answer\n  - Victims have access" in text


@pytest.mark.parametrize(
    "status", ["partial", "not_covered", "clarify", "out_of_scope", "declined"]
)
def test_every_status_without_a_full_answer_gives_a_sentence_even_for_an_unknown_reason(status):
    drawn = answer_as_html(answer(status=status, reason="something_new"), CORPUS)
    assert re.search(r'class="sp-abstention"><h3>[^<]+</h3><p>[^<]+\.</p>', drawn)
    assert "something_new" not in drawn


def test_a_reviewed_reply_shows_its_text_and_services_and_no_notice():
    services = (
        Service(name="A line", purpose="children", region="all", url="https://a.example", as_of=""),
        Service(name="No link", purpose="x", region="y", url="javascript:alert(1)", as_of=""),
    )
    reply = answer(
        status="safeguarding",
        reason="disclosure",
        signposting=Signposting(case="A", text="First.\n\nSecond.", services=services),
    )
    html, text = answer_as_html(reply, CORPUS), answer_as_text(reply, CORPUS)
    assert "<p>First.</p><p>Second.</p>" in html
    assert 'href="https://a.example" rel="noopener noreferrer"' in html
    assert 'href="javascript' not in html
    assert text.startswith("First.\n\nSecond.")
    assert "automatically" not in html + text


def test_an_answer_in_part_counts_what_it_leaves_unanswered():
    parts = (Part(scope=Scope(), status="answered"), Part(scope=Scope(), status="not_covered"))
    drawn = answer_as_text(answer(status="partial", reason="coverage_gap", parts=parts), CORPUS)
    assert "no answer to 1 of the 2 things you asked." in drawn


def test_the_panel_marks_the_quote_inside_its_passage():
    panel = source_panel_as_html(cite("note:example#1", "Names are withheld in court."), CORPUS)
    assert "<mark>Names are withheld in court.</mark> Faces are too.</blockquote>" in panel
    title = source_panel_as_html(cite("gsr:C12", "Preserve the anonymity of victims"), CORPUS)
    assert "Victim identity protection\n<mark>Preserve" in title


def test_the_panel_says_whose_words_where_and_how_sure():
    panel = source_panel_as_html(cite("gsr:C2"), CORPUS, number=3, last=4)
    for shown in (
        'id="cite-3"',
        "Framework text",
        "Global Strategic Response",
        "WeProtect Global Alliance",
        "lines 9-17",
        "Policy/Legislation &gt; Capabilities",
        "2025-11-01",
        "E Comprehensive technology, including common definitons",
        "Line 12: “definitons” is printed, “definitions” is read. A letter was lost.",
        "Line 10: “technology” is printed; “legislation” was probably meant.",
        'href="#cite-2">Previous source',
        'href="#cite-4">Next source',
    ):
        assert shown in panel


def test_a_quote_that_is_not_at_its_place_is_refused():
    moved = cite("gsr:P3-O1").model_copy(update={"start": 1})
    with pytest.raises(CorpusError, match="not at its place in gsr:P3-O1"):
        source_panel_as_html(moved, CORPUS)


def test_markup_and_template_marks_come_out_inert_wherever_they_stand():
    evil = passage("gsr:E1", HOSTILE, "1-2", heading_path=(HOSTILE,), printed=f"m {HOSTILE}")
    source = GSR.model_copy(update={"title": HOSTILE, "url": "javascript:alert(5)"})
    corpus = Corpus(sources=(source, NOTES), passages=(evil,))
    statement = Statement(
        text=HOSTILE,
        kind="framework",
        section=HOSTILE,
        citations=(cite("gsr:E1", corpus=corpus, doubts=(HOSTILE,)),),
    )
    html = answer_as_html(
        answer(statement, question=HOSTILE, resolved_question="x", follow_ups=(HOSTILE,)), corpus
    )
    html += error_as_html(HOSTILE) + welcome_as_html([HOSTILE])
    assert not re.search(r"<(script|img)|[${}`]|javascript:|onmouseover=\"", html)


def test_characters_that_nobody_can_see_are_removed():
    assert clean(HIDDEN) == "ab[31mcdefgh i"
    assert "\x1b" not in answer_as_text(answer(resolved_question=HIDDEN), CORPUS)
    assert clean("one\ntwo\tthree") == "one two three"
    assert clean("one\ntwo", breaks=True) == "one\ntwo"
