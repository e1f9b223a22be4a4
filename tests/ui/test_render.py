from __future__ import annotations

import re

import pytest

from assistant.answering.structured import Structured
from assistant.records import Completeness, Part, Rewriting, Scope, Service, Signposting, Statement
from assistant.understanding.reading import Query
from corpus.errors import CorpusError
from corpus.passage import Corpus
from corpus.whole import Whole
from tests.ui import fake_answer as fake
from tests.ui.fake_answer import CORPUS, EXAMPLE, NOTES, OLD_NOTES, answer, cite, note, say, tell
from ui.look.templates import escape, render
from ui.pages.talk import answer_as_html, turn_as_html
from ui.words.answer_text import answer_as_text
from ui.words.footnotes import Footnote
from ui.words.outline import Outline
from ui.words.phrases import clean, day, ranges

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> ${alert(3)} {{value}} `x`"
    ' " onmouseover="alert(4)'
)

HIDDEN = "a\x00b\x1b[31mc\u200bd\u202ee\ufefff\U000e0041g\ufe0fh\u2028i"


def words(text):
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def faces(**changes):
    """Quote a sentence of a note by a citation that is changed."""
    citation = cite("note:example#1", "Faces are too.", **changes)
    return tell("note:example#1", "Faces are too.", citations=(citation,))


@pytest.mark.parametrize("made", [fake.example_answer, fake.guided_answer, fake.uncovered_answer])
@pytest.mark.parametrize(("ending", "draw"), [("txt", answer_as_text), ("html", answer_as_html)])
def test_an_answer_is_drawn_as_the_golden_file_has_it(made, ending, draw, as_golden):
    as_golden(f"{made.__name__}.{ending}", draw(made(), CORPUS) + "\n")


def test_what_is_asked_back_is_said_once_and_its_choices_can_be_picked():
    unclear = fake.unclear_answer("names", "Names <in> court", "Are names withheld?")
    text = answer_as_text(unclear, CORPUS)
    numbered = re.findall(r"^  (\d)\. (.+)$", text, re.M)
    assert numbered == [("1", "Names <in> court"), ("2", "Names of outcomes")]
    (said,) = (one.text for one in unclear.statements)
    assert " ".join(text.split()).count(said) == 1
    html = answer_as_html(unclear, CORPUS)
    assert html.count(said) == 2  # Said, and announced.
    assert re.findall(r'data-question="([^"]+)">([^<]+)', html) == [
        ("Are names withheld?", "Names &lt;in&gt; court"),
        (EXAMPLE, "Names of outcomes"),
    ]


def test_a_text_opens_with_what_was_understood_or_is_asked_back():
    asked = answer(note("Of what?"), status="clarify", reason="ambiguous")
    assert answer_as_text(asked, CORPUS).startswith("Of what?")
    text = answer_as_text(answer(resolved_question="And the partners of pillar 3?"), CORPUS)
    assert text.splitlines()[0].endswith(": And the partners of pillar 3?")


def test_the_citations_of_each_turn_are_its_own_and_words_are_never_taken_for_their_marks():
    first, second = (turn_as_html(answer_as_html(fake.example_answer(), CORPUS), n) for n in (1, 2))
    ids = [re.findall(r' id="([^"]+)"', turn) for turn in (first, second)]
    assert not set(ids[0]) & set(ids[1])
    for turn, own in zip((first, second), ids, strict=True):
        assert set(re.findall(r'href="#([^"]+)"', turn)) <= set(own)
        assert set(re.findall(r'aria-labelledby="([^"]+)"', turn)) <= set(own)
    said = 'see href="#cite-1" and id="cite-2"'
    turn = turn_as_html(answer_as_html(answer(question=said, resolved_question=said), CORPUS), 3)
    assert "cite-3-" not in turn


@pytest.mark.parametrize(("cause", "told"), [("", True), ("unsupported", False)])
def test_it_is_told_that_a_model_read_the_question(cause, told):
    read = Rewriting(model="a <model>", cause=cause)
    provenance = fake.PROVENANCE.model_copy(update={"rewriting": read})
    given = answer(question="and its partners?", provenance=provenance)
    html = answer_as_html(given, CORPUS)
    assert (read.model in " ".join(answer_as_text(given, CORPUS).split())) == told
    assert (escape(read.model) in html) == told
    assert read.model not in html


def test_no_line_of_the_text_form_is_longer_than_asked_but_an_address_is_never_broken():
    for width in (40, 60, 88):
        text = answer_as_text(fake.example_answer(), CORPUS, width)
        assert max(map(len, text.splitlines())) <= width
    far = NOTES.references[0].model_copy(update={"url": f"https://a.example/{'long/' * 40}"})
    assert f"    {far.url}\n" in answer_as_text(answer(faces(references=(far,))), CORPUS, 60)


def test_the_same_words_have_one_number_and_many_numbers_in_a_row_are_a_range():
    once, again = say("gsr:P3-O1", "A"), say("gsr:P3-O1", "B")
    part = say("gsr:P3-O1", "A", citations=(cite("gsr:P3-O1", "Victims"),))
    told = answer(once, again, part)
    (part,) = Outline.of(told, CORPUS).parts
    numbers = [[line.numbers for line in section.lines] for section in part.sections]
    assert numbers == [[(1,), (2,)], [(1,)]]
    # What stands in two runs of one section is printed under one heading.
    assert answer_as_text(told, CORPUS).count("A\n") == 1
    every, last = (
        answer(note("Everything.", *[one.id for one in fake.PASSAGES])),
        len(fake.PASSAGES),
    )
    assert f"Everything. [1–{last}]" in answer_as_text(every, CORPUS)
    chip = re.search(r'"#cite-1" aria-label="([^"]+)">([^<]+)', answer_as_html(every, CORPUS))
    assert (re.findall(r"\d+", chip[1]), chip[2]) == (["1", str(last)], f"1–{last}")
    assert ranges([1, 2, 4, 5, 6]) == ((1, 1), (2, 2), (4, 6))


def test_tiers_are_named_and_never_share_a_block():
    title = NOTES.title
    quoted = tell("note:example#1", "Names are withheld in court.")
    mixed = answer(quoted, say("gsr:P3", title), note("Two tiers.", section=title))
    html = answer_as_html(mixed, CORPUS)
    assert re.findall(r"sp-part-(framework|guidance)", html) == ["framework", "guidance"]
    assert re.findall(r"sp-tier sp-tier-(\w+)", html) == ["framework", "note", "guidance"]
    _, framework, guidance = re.split(r"^.+\n====+$", answer_as_text(mixed, CORPUS), flags=re.M)
    assert f"\n{title}\n  - Victim" in framework
    assert "Two tiers." in framework
    assert f"\n{title} (" in guidance


def beside(source, said):
    """Return the corpus with a source that says one sentence, and its citation."""
    own = fake.section(source, 1, (said, ("signpost",)))
    corpus = Corpus(sources=(*CORPUS.sources, source), passages=(*fake.PASSAGES, own))
    return corpus, cite(own.id, corpus=corpus)


def test_two_notes_of_one_title_stay_two_and_the_glossary_is_not_called_a_note():
    corpus, cited = beside(fake.guide("note:twin", NOTES.title), "Voices are too.")
    of_twin = faces().model_copy(update={"text": "Voices are too.", "citations": (cited,)})
    told = answer(faces(), of_twin)
    assert [len(one.lines) for one in Outline.of(told, corpus).parts[0].sections] == [1, 1]
    terms = fake.guide("glossary", "Glossary", as_of="", review_by="")
    corpus, cited = beside(terms, "ICSE stands for a database.")
    said = Statement(text=cited.quote, kind="guidance", citations=(cited,), section="Glossary")
    text = answer_as_text(answer(said), corpus)
    assert f"\nGlossary\n  {said.text} [1]\n" in text
    assert "glossary entry" in text
    assert text.lower().count("note") == 1  # The heading of the tier.


def test_what_is_compared_stands_side_by_side_with_what_differs_first():
    of = {"gsr:P3-O1": "one", "gsr:P3-O2": "one", "gsr:P3-O3": "another"}
    sides = [say(outcome, f"Outcomes of {side}") for outcome, side in of.items()]
    scope = Scope(subjects=("gsr:C12", "gsr:P3"), operation="compare")
    told = answer(note("Both have this.", "gsr:P3-O2", "gsr:P3-O3"), *sides, scope=scope)
    ((kind, (one, other)),) = Outline.of(told, CORPUS).compared
    assert (kind, one.name, other.name) == ("Outcomes", "Victim identity protection", fake.PILLAR)
    assert [len(x) for x in (one.own, one.shared, other.own, other.shared)] == [1, 1, 0, 1]
    html = answer_as_html(told, CORPUS)
    rows = re.findall(r"<tbody>(.*?)</tbody>", html, re.S)
    assert ["support they" in row for row in rows] == [True, False]
    alone = told.model_copy(update={"statements": told.statements[:3]})
    assert Outline.of(alone, CORPUS).compared == ()


def test_kinds_of_the_whole_page_stand_in_a_table_of_its_groups():
    whole = Whole.read()
    query = Query(text="?", operation="list", kinds=("pillar", "capability", "partner"))
    composed = Structured(whole.framework).compose(query)
    scope = query.scope(whole.framework)
    told = answer(*composed.statements, scope=scope)
    outline = Outline.of(told, whole.corpus)
    assert outline.kinds == ("capabilities", "partners")
    assert [one.name for one in outline.rows][:2] == ["Policy/Legislation", "Criminal justice"]
    assert [len(cell) for cell in outline.rows[2].cells] == [4, 1]
    html = answer_as_html(told, whole.corpus)
    assert html.count('scope="rowgroup"') == 6
    assert html.partition("sp-panels")[0].count("Interpol") == 1
    one = told.model_copy(update={"scope": scope.model_copy(update={"facets": ("partners",)})})
    assert Outline.of(one, whole.corpus).rows == ()


def test_an_answer_in_part_says_what_it_lacks_and_what_comes_closest_unless_all_is_there():
    gap = {"status": "partial", "reason": "coverage_gap"}
    near = (cite("gsr:P3-O1"), cite("gsr:P3-O2"))
    told = Outline.of(answer(say("gsr:P3-O1", "A"), nearest=near, **gap), CORPUS)
    assert [one.passage.id for one in told.near] == ["gsr:P3-O2"]
    parts = (Part(scope=Scope(), status="answered"), Part(scope=Scope(), status="not_covered"))
    assert "1 of the 2" in answer_as_text(answer(parts=parts, **gap), CORPUS)
    all_there = Completeness(facet="outcomes", group="gsr:P3", listed=5, total=5)
    whole = answer(completeness=(all_there,), **gap)
    assert "sp-abstention" not in answer_as_html(whole, CORPUS)
    short = all_there.model_copy(update={"listed": 4})
    partners = Completeness(facet="partners", group="gsr", listed=1, total=1, label="partner")
    text = answer_as_text(answer(completeness=(short, partners)), CORPUS)
    assert re.search(r"Not complete: .*: 4 of 5 outcomes; .*: 1 of 1 partner\.", text, re.S)


def test_what_changes_is_dated_once_for_a_note_and_else_by_the_sentence():
    names = tell("note:example#1", "Names are withheld in court.")
    faces = tell("note:example#1", "Faces are too.")
    undated = tell("note:example#1", "Faces are too.", as_of="")
    once = answer_as_text(answer(names, faces), CORPUS)
    assert once.count("31 July 2026") == 1
    assert re.search(rf"^{NOTES.title} .*31 July 2026", once, re.M)
    mixed = answer(names, undated)
    for drawn in (answer_as_text(mixed, CORPUS), words(answer_as_html(mixed, CORPUS))):
        assert re.search(r"court\. \[?1\]? [^.]*31 July 2026\)? Faces", drawn)


def test_a_work_is_cited_as_a_whole_and_in_part_and_a_ground_that_is_gone_by_its_id():
    works = cite("note:example#1", "Faces are too.").references
    whole = works[0].model_copy(update={"id": "all", "locator": ""})
    text = answer_as_text(answer(faces(references=(*works, whole))), CORPUS)
    assert "Article 31 [1]; the whole [1]." in words(text)
    text = answer_as_text(answer(faces(grounds=("gsr:C99", "note:courts#1"))), CORPUS)
    assert "- gsr:C99 [1]." in text
    assert f"{OLD_NOTES.title} [1]." in text


def test_doubts_stand_with_the_statement_that_repeats_the_words():
    doubt = "Printed “technology”; probably meant “legislation”: the capability is legislation"
    doubtful = say("gsr:C2", "Capability 2", citations=(cite("gsr:C2", doubts=(doubt,)),))
    for draw in (answer_as_text, answer_as_html):
        assert doubt in " ".join(draw(answer(doubtful), CORPUS).split())


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
    assert re.findall(r"<p>(\w+\.)</p>", html) == ["First.", "Second."]
    assert 'href="https://a.example" rel="noopener noreferrer"' in html
    assert 'href="javascript' not in html
    assert text.startswith("First.\n\nSecond.")
    assert "automatically" not in html + text
    # What was withheld may be said to be policy, and what is harmful may not.
    assert "sp-policy" in html
    harmful = reply.model_copy(update={"status": "declined"})
    assert "sp-policy" not in answer_as_html(harmful, CORPUS)


def test_the_panel_says_whose_words_where_and_how_sure_and_a_quote_out_of_place_is_refused():
    panel = render("panel/panel", note=Footnote.of(cite("gsr:C2"), CORPUS, number=3), last=4)
    assert 'id="cite-3"' in panel
    shown = ("Framework text", fake.GSR.title, fake.GSR.publisher, "lines 9-17", "1 November 2025")
    assert all(one in panel for one in (*shown, "Policy/Legislation &gt; Capabilities"))
    assert "E Comprehensive technology, including common definitons" in panel
    assert re.search("(?s)12: .*“definitons”.*“definitions”.*10: .*“technology”.*“legisl", panel)
    assert re.findall(r'href="(#[^"]+)"', panel) == ["#cite-2", "#cite-4"]
    with pytest.raises(CorpusError, match="gsr:P3-O1"):
        Footnote.of(cite("gsr:P3-O1", start=1), CORPUS, number=1)


def test_marks_in_what_a_passage_and_its_grounds_say_come_out_inert():
    evil = fake.passage("gsr:E1", HOSTILE, "1-2", heading_path=(HOSTILE,), printed=f"m {HOSTILE}")
    source = fake.GSR.model_copy(update={"title": HOSTILE, "url": "javascript:alert(5)"})
    corpus = Corpus(sources=(source, NOTES), passages=(evil,))
    cited = (cite("gsr:E1", corpus=corpus, doubts=(HOSTILE,)),)
    said = Statement(text=HOSTILE, kind="framework", section=HOSTILE, citations=cited)
    html = answer_as_html(answer(said, question=HOSTILE, resolved_question="x"), corpus)
    hostile = dict.fromkeys(("publisher", "title", "locator"), HOSTILE)
    work = NOTES.references[0].model_copy(update=hostile | {"url": "javascript:alert(6)"})
    told = faces(references=(work,), grounds=(HOSTILE,)).model_copy(update={"as_of": HOSTILE})
    html += answer_as_html(answer(told), CORPUS)
    assert not re.search(r"<(script|img)|[${}`]|javascript:|onmouseover=\"", html)


def test_characters_that_nobody_can_see_are_removed_and_what_is_no_day_stays():
    assert clean(HIDDEN) == "ab[31mcdefgh i"
    assert "\x1b" not in answer_as_text(answer(resolved_question=HIDDEN), CORPUS)
    assert clean("one\ntwo\tthree") == "one two three"
    assert clean("one\ntwo", breaks=True) == "one\ntwo"
    assert [day(text) for text in ("2026", "2026-13-01", "")] == ["2026", "2026-13-01", ""]
