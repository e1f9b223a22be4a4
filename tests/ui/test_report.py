import re
from pathlib import Path

import pytest

from assistant.records import Signposting
from corpus.whole import Whole
from evals.cases.case import Case, Gold
from evals.comparing.report import Report, gather
from tests.made_runs import make_run
from tests.ui.fake_answer import answer, cite, say
from ui.exports.reports.report_markdown import plain, report_as_markdown
from ui.exports.reports.report_page import bands, report_as_html
from ui.look.plots import bar, columns, curves

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
        rf'<details class="rp-case"(?:(?!</details>).)*Question {name}\?.*?</details>', page, re.S
    )
    return found


def test_the_page_asks_nobody_for_anything(page):
    assert all(link.startswith("#") for link in re.findall(r'href="([^"]*)"', page))
    assert not re.findall(r"<[a-z][^<>]*\ssrc=", page)
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_words_of_cases_and_answers_stay_words(page):
    assert "alert(1)" in page
    assert "<img" not in page
    assert page.count("<script") == 1


def test_evidence_is_marked_and_gold_stands_beside_it(page):
    right, wrong = (drawn(page, name) for name in ("right", "wrong"))
    assert re.findall("<mark>(.*?)</mark>", right) == ["protect the identity of victims"]
    assert "gsr:P3-O4" in right
    assert "0.90" in right
    assert 'data-right="true"' in right
    assert "<mark>" not in wrong
    assert "gsr:P3-O1" in wrong
    assert "missed" in wrong
    assert 'data-right="false"' in wrong


def test_a_refused_question_and_a_reply_are_shown(page):
    assert "It is empty." in drawn(page, "refused")
    assert "Here is help." in drawn(page, "met")


def test_held_out_cases_are_counted_and_not_shown(page, made):
    assert "A secret?" not in page
    assert len(re.findall(r'<details class="rp-case"', page)) == 5
    assert "A secret?" not in report_as_markdown(made)


def test_each_plot_has_a_table_with_its_numbers(page):
    plots = re.findall(r'role="img" aria-label="[^"]+"', page)
    tables = re.findall(r'aria-labelledby="(table-[^"]+)"', page)
    assert 0 < len(plots) <= len(tables)
    assert all(f'id="{name}"' in page for name in tables)
    assert "rp-shade rp-right" in page  # the frame tells what is right without colour


def test_the_confusion_matrix_names_the_cases(page):
    assert "A Disclosure" in page
    assert "By gold" in page


def test_the_comparison_shows_both_answers(page):
    assert "1 fixed" in page
    assert page.count("Before: refused") == 1


def test_items_that_nobody_asks_for_are_counted(page):
    assert re.search(r"41 outcomes; \d+ .*, \d+ ", page)
    assert "26 capabilities; 26 " in page


def test_markdown_holds_the_figures_and_what_is_not_right(made):
    told = report_as_markdown(made)
    assert "| right |" in told
    assert "Question wrong?" in told
    assert "Question right?" not in told
    assert "<script" not in told
    assert "Fixed: right" in told


def test_markdown_marks_are_words():
    assert plain("a | b\n<i> [x](y)") == r"a \| b \<i\> \[x\]\(y\)"


def test_bands_count_each_time_once():
    counted = bands([0.025, 0.026, 5.0])
    assert counted[:2] == [("25", 1), ("50", 1)]
    assert sum(count for _, count in counted) == 3


def test_a_bar_is_drawn_where_the_numbers_are_and_without_interval_as_a_dot():
    assert 'cx="50.0%"' in bar(0.5, 0.25, 0.75)
    assert 'x1="25.0%" x2="75.0%"' in bar(0.5, 0.25, 0.75)
    assert "rp-reach" not in bar(0.5, None, None)


def test_lines_are_told_apart_by_their_dashes():
    drawing = curves({"a": [(0.5, 0.0), (1.0, 0.5)], "b": [(1.0, 0.1)]}, label="Two")
    assert len(set(re.findall(r'stroke-dasharray="([^"]*)"', drawing))) == 2


def test_columns_are_as_high_as_their_counts():
    heights = [
        float(one)
        for one in re.findall(
            r'<rect[^>]* height="([\d.]+)"', columns([1, 2], ["a", "b"], label="x", across="y")
        )
    ]
    assert heights[1] == pytest.approx(2 * heights[0])


def test_a_report_of_a_run_without_confidence_or_messages_leaves_those_parts_out(tmp_path: Path):
    alone = gather(make_run(tmp_path / "run", [(made_case("refused"), None)]))
    drawn_alone = report_as_html(alone)
    sections = re.findall(r'<section id="([^"]+)"', drawn_alone)
    assert "scores" in sections
    assert "comparison" not in sections
