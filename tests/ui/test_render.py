import re

import pytest

from assistant.answering.structured import Structured
from assistant.records import Completeness, Part, Rewriting, Scope, Signposting, Statement, Wording
from assistant.understanding.reading import Query
from corpus.errors import CorpusError
from corpus.passage import Corpus
from tests.ui import fake_answer as fake
from tests.ui.conftest import words
from tests.ui.fake_answer import CORPUS, EXAMPLE, NOTES, OLD_NOTES, answer, cite, note, say, tell
from ui.look.templates import escape, render
from ui.pages.talk import answer_as_html, turn_as_html
from ui.words.answer_text import answer_as_text
from ui.words.footnotes import Footnote
from ui.words.outline import Outline
from ui.words.phrases import kind_of, wording_note

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> ${alert(3)} {{value}} `x`"
    ' " onmouseover="alert(4)'
)


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
    picked = {"Are names withheld?": "Names &lt;in&gt; court", EXAMPLE: "Names of outcomes"}
    assert dict(re.findall(r'data-question="([^"]+)">([^<]+)', html)) == picked


def test_the_citations_of_each_turn_are_its_own_and_words_are_never_taken_for_their_marks():
    turns = [turn_as_html(answer_as_html(fake.example_answer(), CORPUS), n) for n in (1, 2)]
    first, second = (set(re.findall(r' id="([^"]+)"', turn)) for turn in turns)
    assert not first & second
    for turn, own in zip(turns, (first, second), strict=True):
        assert set(re.findall(r'(?:href="#|aria-labelledby=")([^"]+)"', turn)) <= own
    said = 'see href="#cite-1" and id="cite-2"'
    turn = turn_as_html(answer_as_html(answer(question=said, resolved_question=said), CORPUS), 3)
    assert "cite-3-" not in turn


@pytest.mark.parametrize(("cause", "told"), [("", True), ("unsupported", False)])
def test_it_is_told_what_was_understood_and_that_a_model_read_the_question(cause, told):
    read = Rewriting(model="a <model>", cause=cause)
    provenance = fake.PROVENANCE.model_copy(update={"rewriting": read})
    given = answer(question="and its partners?", provenance=provenance)
    html, text = answer_as_html(given, CORPUS), answer_as_text(given, CORPUS, 400)
    assert text.startswith(f"Understood as: {EXAMPLE}")
    assert (read.model in text, escape(read.model) in html) == (told, told)
    assert read.model not in html


def test_it_is_told_who_worded_an_answer():
    for wording, told in (
        (Wording(model="m", cause="timeout"), "the sources' own words"),
        (Wording(model="m", kept=1, retried=2), "m worded 3 sentences"),
        (Wording(model="m", copied=3), ""),
    ):
        provenance = fake.PROVENANCE.model_copy(update={"wording": wording})
        said = wording_note(answer(provenance=provenance))
        assert (told in said, bool(said)) == (True, bool(told))


def test_tiers_are_named_and_never_share_a_block():
    title = NOTES.title
    quoted = tell("note:example#1", "Names are withheld in court.")
    mixed = answer(quoted, say("gsr:P3", title), note("Two tiers.", section=title))
    html = answer_as_html(mixed, CORPUS)
    assert re.findall(r"sp-part-(framework|guidance)", html) == ["framework", "guidance"]
    assert re.findall(r"sp-tier sp-tier-(\w+)", html) == ["framework", "note", "guidance"]
    _, framework, guidance = re.split(r"^.+\n====+$", answer_as_text(mixed, CORPUS), flags=re.M)
    assert f"\n{title}\n  - Victim" in framework
    assert f"\n{title} (" in guidance


def test_the_same_words_have_one_number_and_two_documents_of_one_title_stay_two():
    part = say("gsr:P3-O1", "A", citations=(cite("gsr:P3-O1", "Victims"),))
    told = Outline.of(answer(say("gsr:P3-O1", "A"), say("gsr:P3-O1", "B"), part), CORPUS)
    numbers = [[line.numbers for line in section.lines] for section in told.parts[0].sections]
    assert numbers == [[(1,), (2,)], [(1,)]]
    twin = fake.guide("note:twin", NOTES.title)
    own = fake.section(twin, 1, ("Voices are too.", ("signpost",)))
    corpus = Corpus(sources=(*CORPUS.sources, twin), passages=(*fake.PASSAGES, own))
    told = faces().model_copy(update={"kind": "document"})
    of_twin = told.model_copy(update={"citations": (cite(own.id, corpus=corpus),)})
    (tier,) = Outline.of(answer(told, of_twin), corpus).parts
    assert [len(one.lines) for one in tier.sections] == [1, 1]
    assert kind_of(fake.guide("glossary", "Glossary")) != kind_of(twin)


def test_what_is_compared_stands_side_by_side():
    of = {"gsr:P3-O1": "one", "gsr:P3-O2": "one", "gsr:P3-O3": "another"}
    sides = [say(outcome, f"Outcomes of {side}") for outcome, side in of.items()]
    scope = Scope(subjects=("gsr:C12", "gsr:P3"), operation="compare")
    told = answer(note("Both have this.", "gsr:P3-O2", "gsr:P3-O3"), *sides, scope=scope)
    table = Outline.of(told, CORPUS).table
    assert table.columns == ("Victim identity protection", fake.PILLAR)
    assert [name for name, _ in table.rows] == ["Outcomes that differ", "Outcomes in common"]
    assert [[len(one) for one in cells] for _, cells in table.rows] == [[1, 0], [1, 1]]
    apart = answer(*(say(f"gsr:P3-O{n}", section) for n, section in ((1, "a"), (2, "b"), (3, "a"))))
    (part,) = Outline.of(apart, CORPUS).parts
    assert [one.numbers for own in part.sections for one in own.lines] == [(1,), (2,), (3,)]
    alone = told.model_copy(update={"statements": told.statements[:3]})
    assert Outline.of(alone, CORPUS).table is None


def test_kinds_of_the_whole_page_stand_in_a_table_of_its_groups(whole):
    query = Query(text="?", operation="list", kinds=("pillar", "capability", "partner"))
    composed = Structured(whole.framework).compose(query)
    told = answer(*composed.statements, scope=query.scope(whole.framework))
    table = Outline.of(told, whole.corpus).table
    assert table.columns == ("Capabilities", "Partners")
    assert table.listed
    assert len(table.rows) == 6
    assert table.rows[1][0] == "Criminal justice"
    assert [len(cell) for cell in table.rows[2][1]] == [4, 1]


def test_every_answer_in_part_or_none_says_why_what_it_lacks_and_what_comes_closest():
    for status in ("partial", "not_covered", "clarify", "out_of_scope", "declined"):
        drawn = answer_as_html(answer(status=status, reason="something_new"), CORPUS)
        assert re.search(r'class="sp-abstention"><h3>[^<]+</h3><p>[^<]+\.</p>', drawn)
        assert "something_new" not in drawn
    gap = {"status": "partial", "reason": "coverage_gap"}
    near = (cite("gsr:P3-O1"), cite("gsr:P3-O2"))
    told = Outline.of(answer(say("gsr:P3-O1", "A"), nearest=near, **gap), CORPUS)
    assert [one.passage.id for one in told.near] == ["gsr:P3-O2"]
    parts = (Part(scope=Scope(), status="answered"), Part(scope=Scope(), status="not_covered"))
    assert "1 of the 2" in answer_as_text(answer(parts=parts, **gap), CORPUS)
    all_there = Completeness(facet="outcomes", group="gsr:P3", listed=5, total=5)
    assert "sp-abstention" not in answer_as_html(answer(completeness=(all_there,), **gap), CORPUS)
    short = all_there.model_copy(update={"listed": 4})
    partners = Completeness(facet="partners", group="gsr", listed=1, total=1, label="partner")
    text = answer_as_text(answer(completeness=(short, partners)), CORPUS)
    assert re.search(r"Not complete: .*: 4 of 5 outcomes; .*: 1 of 1 partner\.", text, re.S)


def test_where_dates_differ_each_sentence_has_its_own():
    names = tell("note:example#1", "Names are withheld in court.")
    mixed = answer(names, faces().model_copy(update={"as_of": ""}))
    for drawn in (answer_as_text(mixed, CORPUS), words(answer_as_html(mixed, CORPUS))):
        assert re.search(r"court\. \[?1\]? [^.]*31 July 2026\)? Faces", drawn)


def test_a_work_is_cited_as_a_whole_its_address_unbroken_and_a_ground_that_is_gone_by_its_id():
    url = f"https://a.example/{'long/' * 40}"
    works = [one.model_copy(update={"url": url}) for one in NOTES.references]
    cited = {"references": (*works, works[0].model_copy(update={"id": "all", "locator": ""}))}
    text = answer_as_text(answer(faces(**cited, grounds=("gsr:C99", "note:courts#1"))), CORPUS)
    assert f"\n    {url}\n" in text
    assert "Article 31 [1]; the whole [1]." in words(text)
    assert "- gsr:C99 [1]." in text
    assert f"{OLD_NOTES.title} [1]." in text


def test_a_reviewed_reply_shows_its_text_and_services_and_no_notice():
    where = {"purpose": "children", "region": "all", "as_of": ""}
    services = (
        {"name": "A line", "url": "https://a.example", **where},
        {"name": "No link", "url": "javascript:alert(1)", **where},
    )
    met = Signposting(case="A", text="First.\n\nSecond.", services=services)
    reply = answer(status="safeguarding", reason="disclosure", signposting=met)
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


def test_corrections_and_doubts_stand_with_the_words_and_a_quote_out_of_place_is_refused():
    doubt = "Printed “technology”; probably meant “legislation”: the capability is legislation"
    doubtful = say("gsr:C2", "Capability 2", citations=(cite("gsr:C2", doubts=(doubt,)),))
    for draw in (answer_as_text, answer_as_html):
        assert doubt in " ".join(draw(answer(doubtful), CORPUS).split())
    panel = render("panel/panel", note=Footnote.of(cite("gsr:C2"), CORPUS, number=3), last=4)
    assert "E Comprehensive technology, including common definitons" in panel
    assert re.search("(?s)12: .*“definitons”.*“definitions”.*10: .*“technology”.*“legisl", panel)
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
