import re

import pytest

from assistant.records import Signposting
from evals.comparing.report import gather
from tests.evaluated import HOSTILE, made_case, make_run, right_answer
from tests.ui.fake_answer import answer
from ui.exports.report_page import report_as_html, report_as_markdown
from ui.words.phrases import say as word

REFUSED = made_case("refused", answerable=False, gold={})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run with a right answer, a wrong one, a hostile one, a reply, a refusal, a held-out one."""
    reply = Signposting(case="B", text="Here is help.", services=())
    met = answer(status="safeguarding", signposting=reply, question="", resolved_question="")
    lost = right_answer(shift=1, confidence=0.4)
    told = [
        (made_case("right"), right_answer()),
        (made_case("wrong", gold={"outcomes": ["gsr:P3-O1"]}), lost),
        (
            made_case("hostile", question=HOSTILE, note=HOSTILE),
            right_answer(words=HOSTILE, section=HOSTILE, confidence=None),
        ),
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
    assert not re.findall(r"<[a-z][^<>]*\ssrc=", page)
    assert "default-src 'none'" in page
    assert "alert(1)" in page
    assert page.count("<script") == 1
    assert not any(one in page for one in ("url(", "@import", "<img"))


def test_evidence_is_marked_and_gold_stands_beside_it(page):
    right, wrong = (drawn(page, name) for name in ("right", "wrong"))
    assert set(re.findall("<mark>(.*?)</mark>", right)) == {"protect the identity of victims"}
    assert all(one in right for one in ("gsr:P3-O4", "0.90", 'data-right="true"'))
    assert "<mark>" not in wrong
    assert all(one in wrong for one in ("gsr:P3-O1", "not cited", 'data-right="false"'))
    assert "It is empty." in drawn(page, "refused")
    assert "Here is help." in drawn(page, "met")


def test_plots_have_tables_and_messages_comparison_and_what_nobody_asks_for_are_told(page):
    plots = re.findall(r'role="img" aria-label="[^"]+"', page)
    assert 0 < len(plots) <= page.count("<table")
    told = (word("triage.a"), f"{word('triage.b')}: 1", "Fixed: 1", "26 capabilities; 26 ")
    assert [one for one in told if one not in page] == []
    assert page.count("Before: refused") == 1
    assert re.search(r"41 outcomes; \d+ .*, \d+ ", page)


def test_markdown_holds_the_figures_and_what_is_not_right_and_neither_what_is_held_out(made, page):
    told = report_as_markdown(made)
    assert all(one in told for one in ("| right |", "Question wrong?", "Fixed: right"))
    assert not any(one in told for one in ("Question right?", "<script", "A secret?"))
    assert "A secret?" not in page
    assert len(re.findall(r'<details class="case"', page)) == 5


def test_a_report_of_a_run_without_confidence_or_messages_leaves_those_parts_out(tmp_path):
    alone = gather(make_run(tmp_path / "run", [(REFUSED, None)]))
    sections = re.findall(r'<section id="([^"]+)"', report_as_html(alone))
    assert "scores" in sections
    assert "comparison" not in sections
