"""Changed sentences are changed as their rule says, and the guard takes hardly one."""

from __future__ import annotations

import random

import pytest

from corpus.whole import Whole
from evals.studies.changes import HARMFUL, HARMLESS
from evals.studies.guard_rates import is_held_out, rows, sentences, table

TEXT = (
    "The Committee found that some states may not act before 2019, and 12 must if asked by Europol."
)


@pytest.mark.parametrize("kind", [*HARMFUL, *HARMLESS])
def test_a_rule_changes_a_sentence_or_leaves_it(kind: str) -> None:
    change = (HARMFUL | HARMLESS)[kind]
    text = "Lantern protects the state, and the Committee is a body." if kind in HARMLESS else TEXT
    if kind in ("attributions exchanged", "names"):
        text = "In short, Lantern told Europol of a case, and Interpol asked."
    elif kind in ("facts made duties", "past for present"):
        text = "It is law."
    changed = change(text, ("Unicef",), random.Random(1))
    assert changed
    assert changed != text
    assert change("Stones", (), random.Random(1)) in (None, "In addition, Stones")


def test_the_guard_takes_hardly_any_change_and_most_rewordings() -> None:
    cited = sentences(Whole.read().corpus, held_out=False)[:150]
    harmful = rows(cited, HARMFUL, most=20)
    assert all(one.guard.value is not None and one.guard.value <= 0.1 for one in harmful)
    assert any(one.verifier.value for one in harmful)
    harmless = rows(cited, HARMLESS, most=20)
    assert all(one.guard.value is not None and one.guard.value >= 0.9 for one in harmless)
    assert "| numbers | 20 | 0.000" in table("changed", harmful)


def test_notes_are_for_development_or_held_out() -> None:
    corpus = Whole.read().corpus
    notes = {one.source_id for one in corpus.passages if one.facets["tier"] == "guidance"}
    held = {one for one in notes if is_held_out(one)}
    assert 0.5 < len(held) / len(notes) < 0.85
    told = {one.source_id for one in sentences(corpus, held_out=True)}
    assert told == held
