"""Marks of negation, modality and quantity, and what they bear on; causes; clauses."""

from __future__ import annotations

import pytest

from assistant.citing.claims import read_claim
from assistant.citing.marks import MAY, MUST, SHOULD, causes_in, clauses, marks_in


@pytest.mark.parametrize(
    ("text", "kind", "strength"),
    [
        ("Staff must report abuse.", "modality", MUST),
        ("Staff are required to report abuse.", "modality", MUST),
        ("Staff should report abuse.", "modality", SHOULD),
        ("The law allows staff to report abuse.", "modality", MAY),
        ("Staff never report abuse.", "negation", 1),
        ("Nobody reports abuse.", "negation", 1),
        ("All staff report abuse.", "quantity", 5),
        ("A few staff report abuse.", "quantity", 1),
    ],
)
def test_a_mark_has_its_kind_and_strength(text: str, kind: str, strength: int) -> None:
    assert [(mark.kind, mark.strength) for mark in marks_in(read_claim(text))] == [(kind, strength)]


@pytest.mark.parametrize("text", ["Not only staff reported.", "No later than May.", "Not at all."])
def test_turns_of_phrase_are_no_marks(text: str) -> None:
    assert [mark for mark in marks_in(read_claim(text)) if mark.words == "no"] == []
    assert [mark for mark in marks_in(read_claim(text)) if mark.kind == "quantity"] == []


def test_a_mark_bears_on_the_next_telling_words() -> None:
    (mark,) = marks_in(read_claim("Pilots do not, in storms, leave the quiet harbour."))
    assert mark.scope == ("storm", "leav", "quiet")


def test_a_cause_joins_the_same_things_either_way_round() -> None:
    (one,) = causes_in(read_claim("Ships sank because the storm rose."))
    (turned,) = causes_in(read_claim("Because the storm rose, ships sank."))
    (other,) = causes_in(read_claim("Pilots slept because harbours closed."))
    assert one.joins_as(turned)
    assert not one.joins_as(other)


def test_since_is_a_cause_only_where_it_gives_a_reason() -> None:
    assert causes_in(read_claim("Ships sank since the storm rose."), claimed=True)
    assert not causes_in(read_claim("Ships have sunk since 2019."), claimed=True)


def test_clauses_end_at_marks_and_joining_words() -> None:
    said = read_claim("Ships sink, pilots swim and harbours stay.")
    assert clauses(said) == [{"ship", "sink"}, {"pilot", "swim"}, {"harbour", "stay"}]
