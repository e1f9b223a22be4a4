"""Sections held against a question: what is found first, and what it is found to lack."""

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.answering.sections import FIGURES, PAIR, Found, Sections
from assistant.pipeline import Assistant


@pytest.fixture(name="sections")
def _sections(assistant: Assistant) -> Sections:
    return assistant._drafting._guidance._sections


def found(
    assistant: Assistant, text: str, *, kept: NDArray[np.bool_] | None = None, near: float = 2.0
) -> Found:
    sections = assistant._drafting._guidance._sections
    return sections.search(text, assistant._retriever.embed(text), kept=kept, near=near)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("what do companies exchange in lantern", "note:lantern"),
        ("who pays for the barnahus", "note:barnahus"),
        ("what does SGII stand for", "glossary:"),
    ],
)
def test_the_section_on_a_matter_is_among_the_first(assistant, sections, text, note):
    first = [sections.passages[at].id for at in found(assistant, text).order[:5]]
    assert any(one.startswith(note) for one in first)


def test_every_figure_is_told(assistant: Assistant) -> None:
    told = found(assistant, "When was Lantern launched?").figures
    assert told.keys() == {*FIGURES, *PAIR}
    assert all(np.isfinite(one) for one in told.values())


@pytest.mark.parametrize(
    ("right", "wrong", "figure"),
    [
        ("Who joined Lantern in 2023?", "Who joined Lantern in 1987?", "years_lost"),
        ("Is Meta in Lantern?", "Is Zyxwork in Lantern?", "names_lost_any"),
        ("When was Lantern launched?", "When was Lantern audited?", "lost_section"),
    ],
)
def test_what_the_best_section_lacks_is_counted(assistant, right, wrong, figure):
    held, lost = (found(assistant, one).figures[figure] for one in (right, wrong))
    assert lost > held


def test_a_name_that_no_section_says_is_unknown(assistant: Assistant) -> None:
    assert found(assistant, "Is Zyxwork in Lantern?").unknown == ("Zyxwork",)
    assert found(assistant, "Is Meta in Lantern?").unknown == ()


def test_what_is_not_to_be_shown_is_not_found_but_held_against_the_rest(assistant, sections):
    text = "When was Lantern launched?"
    kept = np.array([not one.id.startswith("note:lantern") for one in sections.passages])
    without, all_ = found(assistant, text, kept=kept), found(assistant, text)
    assert not any(sections.passages[at].id.startswith("note:lantern") for at in without.order)
    assert without.figures["score_ahead"] < 0 < all_.figures["score_ahead"]


def test_a_question_that_is_learned_from_does_not_find_itself(assistant, sections):
    text = next(one.asked[0] for one in sections.passages if one.asked)
    figures = [found(assistant, text, near=near).figures["asked"] for near in (2.0, 0.9)]
    assert figures[0] == pytest.approx(1.0, abs=1e-3)
    assert figures[1] <= 0.9
