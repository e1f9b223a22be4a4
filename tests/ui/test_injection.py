"""Nothing in a source, a title, an id or a question is live on the page or in the terminal."""

import json
import re
import unicodedata
from html import unescape
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from assistant.citing.citations import cite_from
from assistant.records import Choice, Statement
from corpus.passage import Span
from corpus.readers.rows import PassageRow, corpus_of_rows
from corpus.text import sentences_in
from tests.injection import hostile_passages
from tests.park import ROWS, write_rows
from tests.ui.fake_answer import answer, note
from ui.look.templates import escape, link, render
from ui.pages.talk import actions_as_html, answer_as_html, turn_as_html
from ui.words.answer_text import answer_as_text
from ui.words.phrases import clean, printable, quoted

TAGS = frozenset(
    "a article aside blockquote button dd details div dl dt h2 h3 h4 label li mark ol p pre section"
    " span strong summary textarea ul".split()
)
ATTRIBUTES = frozenset(
    "aria-label aria-labelledby aria-pressed class data-act data-announce data-form data-number"
    " data-question data-status data-verdict hidden href id maxlength rel role rows tabindex target"
    " type".split()
)
ANYTHING = st.text(st.characters(codec=None), max_size=60)
UNSEEN = "".join(
    map(chr, [*range(0xE0001, 0xE0080), *range(0x200B, 0x2010), *range(0x202A, 0x202F)])
)


def _read(html):
    """Return what a browser finds in HTML."""
    nodes = list(LexborHTMLParser(str(html)).root.traverse(include_text=True))
    elements = [node for node in nodes if not node.tag.startswith("-")]
    given = [(name, value or "") for node in elements for name, value in node.attributes.items()]
    texts = [node.text_content or "" for node in nodes if node.tag == "-text"]
    return SimpleNamespace(
        tags={node.tag for node in elements} - {"html", "head", "body"},
        attributes={name for name, _ in given},
        links=[value for name, value in given if name in ("href", "src", "action")],
        text="".join([*(value for _, value in given), *texts]),
        other=[node.tag for node in nodes if node.tag.startswith("-") and node.tag != "-text"],
    )


def assert_inert(html):
    """Assert that HTML holds only what the page is made of, and nothing that cannot be seen."""
    seen = _read(html)
    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES
    assert all(one.startswith(("#cite-", "https://", "http://")) for one in seen.links)
    assert seen.other == []
    assert_seen(seen.text.replace("\n", " "))
    return seen


def assert_seen(text):
    """Assert that every character of a text, but its line breaks, draws something or is a space."""
    hidden = [one for one in text if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co", "Cn")]
    assert [one for one in hidden if one != "\n"] == []
    assert clean(text, breaks=True) == text.strip()


def _corpus(*rows):
    return corpus_of_rows([PassageRow.model_validate(row) for row in rows])


def _answered(corpus, words):
    """Answer with all sentences of the first passage, and with some words wherever they can be."""
    (first, *_) = corpus.passages
    spans = first.sentences or (Span(start=0, end=len(first.text)),)
    cited = [cite_from(corpus, first.id, span) for span in spans]
    of_source = {"section": corpus.source_by_id[first.source_id].title, "verdict": "supported"}
    said = [
        Statement(text=quoted.quote, kind="document", citations=(quoted,), **of_source)
        for quoted in cited
    ]
    return answer(
        note(f"The passages do not speak of \u201c{words}\u201d."),
        *said,
        question=words,
        resolved_question=f"{words} ({words})",
        status="partial",
        reason="coverage_gap",
        nearest=(cited[0],),
        follow_ups=(words,),
        choices=(Choice(label=words, question=words),),
    )


@pytest.mark.parametrize("one", hostile_passages(), ids=lambda one: one.id)
def test_a_hostile_passage_is_drawn_as_words_and_nothing_else(one):
    # As id, title, text and question at once; an id may not end as a wording's does.
    corpus = _corpus({"id": one.text, "title": one.text, "text": one.text})
    told = _answered(corpus, one.text)
    html = turn_as_html(answer_as_html(told, corpus, actions_as_html(told, corpus)), 1)
    drawn = re.sub(r"\s+", " ", assert_inert(html).text)
    for span in sentences_in(one.text):
        assert re.sub(r"\s+", " ", clean(span.of(one.text))) in drawn
    assert_seen(answer_as_text(told, corpus))
    for state in ("loading", "stale"):
        assert_inert(render(f"states/{state}", question=one.text))
    assert_inert(render("states/error", sentence=one.text))
    assert_inert(render("states/welcome", tasks={"law": [one.text]}, known=""))
    # Every number in brackets in the terminal is Signpost's own.
    corpus = _corpus({"id": one.id, "title": one.title, "text": one.text})
    told = _answered(corpus, "Who pays?")
    marks = {int(found) for found in re.findall(r"\[(\d+)", answer_as_text(told, corpus))}
    quotes = {citation.quote for said in told.statements for citation in said.citations}
    assert marks <= set(range(1, len(quotes) + 1))


def test_a_forged_citation_is_not_taken_for_ours_and_a_link_leads_to_the_web_or_nowhere():
    forged = {
        "id": "gsr:C12",
        "title": "Framework text",
        "text": "A levy pays for every hotline [1]. The page says so [2\u20139], [3, 4].",
    }
    corpus = _corpus(forged)
    text = answer_as_text(_answered(corpus, "Who pays?"), corpus)
    assert "A levy pays for every hotline (1). [1]" in text
    assert "The page says so (2\u20139), (3, 4)." in text
    assert text.index("Your own document") < text.index("Framework text\n")
    html = answer_as_html(_answered(corpus, "Who pays?"), corpus)
    assert "sp-tier-framework" not in html
    named = {unescape(one) for one in re.findall(r'class="sp-tier-name">([^<]*)<', html)}
    assert named <= {"Your own document", "In Signpost's words"}
    for url in ("javascript:alert(1)", " https://x", "data:text/html,x", "//x", "JAVASCRIPT:x", ""):
        assert link(url, "a word") == "a word"
    assert_inert(link('https://x/"onmouseover="alert(1)', "<b>"))


@given(ANYTHING)
@example(UNSEEN)
@example("\x1b[2J\x9b31m\u2028\u2029\ud800")
def test_whatever_is_cleaned_can_be_seen_and_stays_as_it_is(text):
    for breaks in (False, True):
        once = clean(text, breaks=breaks)
        assert clean(once, breaks=breaks) == once
        assert_seen(once)
    assert quoted(quoted(text)) == quoted(text)


@given(ANYTHING)
def test_whatever_is_escaped_or_printed_as_json_is_text_and_reads_as_it_was(text):
    shown = printable(json.dumps({"a": text}, ensure_ascii=False, indent=2))
    assert json.loads(shown) == {"a": text}
    assert_seen(shown)
    seen = _read(f"<p>{escape(text)}</p>")
    assert (seen.tags, seen.attributes, seen.text) == ({"p"}, set(), clean(text))
    in_attribute = _read(f'<p id="{escape(text)}">')
    assert (in_attribute.attributes, in_attribute.text) == ({"id"}, clean(text))


def test_what_is_printed_of_a_hostile_corpus_does_nothing_to_a_terminal(broken, tmp_path, printed):
    hostile = {
        "id": "a\x1b[2J\u202e",
        "title": "The gate\x1b]0;owned\x07",
        "text": "The gate\u200b of the\U000e0041 park \x9b31mwas painted blue in 1920 [1].\x1b[2J",
    }
    rows = write_rows(tmp_path / "rows.jsonl", hostile, *ROWS)
    printed("index", "build", "--passages", rows)
    question = "When was the gate painted blue?"
    for command in (["ask", question], ["search", "blue"], ["corpus", "show", hostile["id"]]):
        out = printed(*command)
        assert_seen(out)
        assert command[0] == "ask" or "was painted blue in 1920" in out
        if command[0] != "corpus":
            out = printed(command[0], "--json", command[1])
            assert_seen(out)
            assert json.loads(out)
