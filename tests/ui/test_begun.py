"""The beginning of an answer stands where it will stand in the whole, under the same numbers."""

import re

import pytest

from assistant.records import Answer
from tests.ui.fake_answer import CORPUS, answer, example_answer, guided_answer, note, say, tell
from ui.pages.ask.ask import begun
from ui.pages.ask.talk import answer_as_html, begun_as_html
from ui.words.outline import Outline

OUTCOMES = "Outcomes of pillar 3"


def late() -> Answer:
    """An answer whose second note comes last."""
    return answer(
        note("The page lists this.", "gsr:P3"),
        say("gsr:P3-O4", OUTCOMES),
        say("gsr:P3-O1", OUTCOMES),
        note("The order is our reading."),
    )


def drawn(whole: Answer, count: int) -> str:
    part = begun(whole, whole.statements[:count])
    return begun_as_html(part, whole, CORPUS, "<p>on its way</p>")


def body(html: str) -> str:
    found = re.search("<article[^>]*>(.*)</article>", html, re.DOTALL)
    assert found
    return re.sub(r">\s+", ">", found[1]).replace("<p>on its way</p>", "")


def lines(outline: Outline) -> list[tuple[str, tuple[int, ...]]]:
    parts = [line for part in outline.parts for one in part.sections for line in one.lines]
    return [(line.statement.text, line.numbers) for line in (*outline.opening, *parts)]


@pytest.mark.parametrize("whole", [example_answer(), guided_answer(), late()])
def test_lines_and_their_numbers_stay_as_more_come(whole: Answer) -> None:
    before: list[tuple[str, tuple[int, ...]]] = []
    for count in range(len(whole.statements) + 1):
        part = begun(whole, whole.statements[:count])
        now = lines(Outline.of(part, CORPUS, whole))
        assert now[: len(before)] == before
        before = now
    assert before == lines(Outline.of(whole, CORPUS))


def test_tiers_are_named_from_the_first_sentence_on() -> None:
    whole = guided_answer()
    assert "Framework text" in drawn(whole, 2)
    assert "Guidance notes" not in drawn(whole, 2)
    assert "Guidance notes" in drawn(whole, 3)


@pytest.mark.parametrize("whole", [example_answer(), guided_answer()])
def test_the_whole_begins_with_what_was_drawn_last(whole: Answer) -> None:
    last = body(drawn(whole, len(whole.statements)))
    assert body(answer_as_html(whole, CORPUS)).startswith(last)


def test_nothing_is_said_of_completeness_sources_or_what_to_ask_next_before_the_end() -> None:
    whole = example_answer()
    html = drawn(whole, len(whole.statements))
    for said in (
        "Complete:",
        "You could also ask",
        "wrote this answer",
        "Sources",
        "data-announce",
    ):
        assert said not in html
        assert said in answer_as_html(whole, CORPUS)
    assert len(re.findall(r' id="cite-\d+"', html)) == 7
    assert "on its way" in html


def test_a_note_that_opens_the_answer_does_not_wait_for_what_stands_below_it() -> None:
    whole = late()
    assert [one.text for one in begun(whole, whole.statements[:1]).statements] == [
        "The page lists this.",
        "The order is our reading.",
    ]
    # What it would push down, or where it would take a number, it waits for.
    assert begun(whole, ()).statements == ()


def test_a_note_waits_for_what_stands_above_it_and_for_its_number() -> None:
    above = tell("note:example#1", "Faces are too.", section="")
    cited = note("This rests on something.", "gsr:P3")
    plain = note("This rests on nothing.")
    whole = answer(above, say("gsr:P3-O4", OUTCOMES), cited, plain)
    assert begun(whole, ()).statements == ()
    assert begun(whole, whole.statements[:1]).statements == (above,)
    assert begun(whole, whole.statements[:3]).statements == whole.statements
    worded = above.model_copy(update={"text": "Faces are withheld too."})
    assert begun(answer(above, plain), (worded,)).statements == (worded, plain)
