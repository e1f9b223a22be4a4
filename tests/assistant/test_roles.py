"""Who does what: exchanges, other names, and words of several places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from assistant.citing.alignment import Alignment
from assistant.citing.marks import Finding
from assistant.citing.roles import apart, moved, name, order

Check = Callable[[Alignment], Iterator[Finding]]

REPORTS = "Companies send their reports to the police, and the police tell Childline."


def reasons(check: Check, context: str, claim: str) -> list[str]:
    return [one.reason for one in check(Alignment.of(context, claim))]


def test_an_exchange_names_both_things() -> None:
    claim = "Police send their reports to the companies, and the police tell Childline."
    told = reasons(order, REPORTS, claim)
    assert told == ["“companies” and “police” have changed places."]


@pytest.mark.parametrize(
    ("context", "claim"),
    [
        ("Tools detect known images early.", "Known images are detected early by tools."),
        (
            "The set gives children special attention.",
            "Children are given special attention in the set.",
        ),
        ("Ships sink.", "Sink ships."),
    ],
)
def test_a_change_of_voice_is_no_exchange(context: str, claim: str) -> None:
    assert reasons(order, context, claim) == []


def test_a_name_in_the_stead_of_another_is_found() -> None:
    context = "In 2003 the Harbour Board founded a school. Neptune paid for its roof."
    (told,) = reasons(name, context, "In 2003 Neptune founded a school.")
    assert re.search("“harbour”.*“neptune”", told)


def test_a_short_form_of_a_name_is_that_name() -> None:
    context = "The National Harbour Board founded a school."
    assert reasons(name, context, "NHB founded a school.") == []


def test_words_of_another_line_in_a_sentence_are_found() -> None:
    context = "Pilots of Rotterdam wear blue coats.\nCooks of Antwerp bake bread at night."
    told = reasons(moved, context, "Cooks of Rotterdam wear blue coats.")
    assert told == ["The context speaks of “cooks” in another place."]


def test_words_that_no_line_holds_together_are_apart() -> None:
    context = "Pilots wear blue coats.\nCooks bake bread.\nMasters keep lists."
    assert reasons(apart, context, "Pilots bake lists.")
    assert not reasons(apart, context, "Cooks bake bread.")
