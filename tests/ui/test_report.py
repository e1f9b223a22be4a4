"""A report of a run: what it shows and asks for, as HTML and in a browser."""

import re

import pytest

from assistant.records import Signposting
from evals.comparing.report import gather
from tests.evaluated import HOSTILE, made_case, make_run, right_answer
from tests.ui.browsing import BROWSER, Watched, sideways, violations
from tests.ui.fake_answer import answer
from ui.exports.report_page import report_as_html
from ui.words.phrases import say as word

REFUSED = made_case("refused", answerable=False, gold={})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run with a right answer, a wrong one, a hostile one, a reply, a refusal, a held-out one."""
    reply = Signposting(case="B", text="Here is help.", services=())
    met = answer(status="safeguarding", signposting=reply, question="", resolved_question="")
    lost = right_answer(shift=1, confidence=0.4)
    hostile = right_answer(words=HOSTILE, section=HOSTILE, confidence=None)
    told = [
        (made_case("right", family="of-right"), right_answer()),
        (made_case("wrong", family="of-wrong", gold={"outcomes": ["gsr:P3-O1"]}), lost),
        (made_case("hostile", question=HOSTILE, note=HOSTILE), hostile),
        (made_case("met", family="safeguarding", gold={"safeguarding": "A"}), met),
        (REFUSED, None),
        (made_case("unseen", split="test", question="A secret?"), lost),
    ]
    folder = tmp_path_factory.mktemp("report")
    other = make_run(folder / "other", [(told[0][0], None), *told[1:]])
    return gather(make_run(folder / "run", told), other)


@pytest.fixture(scope="module")
def page(made):
    return report_as_html(made)


def drawn(page, name):
    (found,) = re.findall(
        rf'<details class="case"(?:(?!</summary>).)*Question {name}\?.*?</details>', page, re.S
    )
    return found


def test_the_page_asks_nobody_for_anything_and_words_of_cases_and_answers_stay_words(page):
    assert all(link.startswith("#") for link in re.findall(r'href="([^"]*)"', page))
    assert not re.search(r"<[a-z][^<>]*\ssrc=|url\(|@import|<img", page)
    assert "default-src 'none'" in page
    assert ("alert(1)" in page, page.count("<script"), "A secret?" in page) == (True, 1, False)


def test_evidence_is_marked_gold_stands_beside_it_and_what_is_compared_is_told(page):
    right, wrong, refused, met = (drawn(page, x) for x in ("right", "wrong", "refused", "met"))
    assert set(re.findall("<mark>(.*?)</mark>", right)) == {"protect the identity of victims"}
    assert "<mark>" not in wrong
    assert all(one in wrong for one in ("gsr:P3-O1", "not cited", 'data-right="false"'))
    assert ("It is empty." in refused, "Here is help." in met) == (True, True)
    told = (word("triage.a"), f"{word('triage.b')}: 1", "Fixed: 1", "26 capabilities; 26 ")
    assert [one for one in told if one not in page] == []


def test_a_report_of_a_run_that_is_held_against_no_other_compares_nothing(tmp_path):
    alone = gather(make_run(tmp_path / "run", [(REFUSED, None)]))
    sections = re.findall(r'<section id="([^"]+)"', report_as_html(alone))
    assert ("scores" in sections, "comparison" in sections) == (True, False)


@BROWSER
def test_axe_finds_nothing_and_nothing_scrolls_sideways(look, page, tmp_path):
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    seen = Watched(look.new_page(), (tmp_path / "report.html").as_uri(), "#rp-count")
    seen.page.select_option("#rp-right", "")
    assert seen.page.inner_text("#rp-count") == "5 of 5 cases"
    seen.page.emulate_media(media="print")
    assert seen.page.locator("details.case blockquote").first.is_visible()
    seen.page.emulate_media(media="screen")
    seen.page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert violations(seen.page) == []
    assert sideways(seen.page) <= 0
    seen.assert_quiet()
