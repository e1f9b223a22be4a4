import re
from pathlib import Path

import pytest

from assistant.records import Signposting
from corpus.whole import Whole
from evals.cases.case import Case, Gold
from evals.comparing.report import Report, gather
from tests.made_runs import make_run
from tests.ui.fake_answer import answer, cite, say
from ui.exports.report_page import report_as_html, report_as_markdown
from ui.words.catalogue import say as word

HOSTILE = "</script><script>alert(1)</script><img src=http://outside.invalid/x onerror=alert(2)>"


def made_case(name: str, **fields: object) -> Case:
    plain_fields = {"type": "list", "family": "facets", "split": "development"}
    dated = {"author": "tests", "added": "2026-11-25", "question": f"Question {name}?"}
    return Case.model_validate({"id": name, **plain_fields, **dated, **fields})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A run with a right answer, a wrong one, a hostile one, a reply, a refusal, a held-out one."""
    corpus = Whole.read().corpus
    quoted = cite("gsr:P3-O4", quote="protect the identity of victims", corpus=corpus)
    moved = quoted.model_copy(update={"start": quoted.start + 1})
    outcome = say("gsr:P3-O4", "Outcomes", citations=(quoted,), text="Identity is protected.")
    lost = say("gsr:P3-O4", "Outcomes", citations=(moved,), text="Identity is protected.")
    hostile = say("gsr:P3-O4", HOSTILE, citations=(quoted,), text=HOSTILE)
    gold = Gold(outcomes=("gsr:P3-O4",))
    reply = Signposting(case="B", text="Here is help.", services=())
    met = answer(status="safeguarding", signposting=reply, question="", resolved_question="")
    told = [
        (made_case("right", gold=gold), answer(outcome, confidence=0.9)),
        (made_case("wrong", gold=Gold(outcomes=("gsr:P3-O1",))), answer(lost, confidence=0.4)),
        (made_case("hostile", question=HOSTILE, note=HOSTILE, gold=gold), answer(hostile)),
        (made_case("met", family="safeguarding", gold=Gold(safeguarding="A")), met),
        (made_case("refused", answerable=False), None),
        (made_case("unseen", split="test", gold=gold, question="A secret?"), answer(lost)),
    ]
    folder = tmp_path_factory.mktemp("report")
    other = make_run(folder / "other", [(told[0][0], None), *told[1:]])
    return gather(make_run(folder / "run", told), other)


@pytest.fixture(scope="module")
def page(made: Report) -> str:
    return report_as_html(made)


def drawn(page: str, name: str) -> str:
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


def test_held_out_cases_are_counted_and_not_shown(page, made):
    assert "A secret?" not in page
    assert len(re.findall(r'<details class="case"', page)) == 5
    assert "A secret?" not in report_as_markdown(made)


def test_each_plot_has_a_table_with_its_numbers(page):
    plots = re.findall(r'role="img" aria-label="[^"]+"', page)
    assert 0 < len(plots) <= page.count("<table")


def test_messages_comparison_and_what_nobody_asks_for_are_told(page):
    assert word("triage.a") in page
    assert f"{word('triage.b')}: 1" in page
    assert "Fixed: 1" in page
    assert page.count("Before: refused") == 1
    assert re.search(r"41 outcomes; \d+ .*, \d+ ", page)
    assert "26 capabilities; 26 " in page


def test_markdown_holds_the_figures_and_what_is_not_right(made):
    told = report_as_markdown(made)
    assert "| right |" in told
    assert "Question wrong?" in told
    assert "Question right?" not in told
    assert "<script" not in told
    assert "Fixed: right" in told


def test_a_report_of_a_run_without_confidence_or_messages_leaves_those_parts_out(tmp_path: Path):
    alone = gather(make_run(tmp_path / "run", [(made_case("refused"), None)]))
    drawn_alone = report_as_html(alone)
    sections = re.findall(r'<section id="([^"]+)"', drawn_alone)
    assert "scores" in sections
    assert "comparison" not in sections
