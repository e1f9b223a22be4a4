"""The scorer apart: what it takes for carried, and that it shares nothing with the checker."""

from __future__ import annotations

import subprocess
import sys

import pytest

from evals.metrics.overlap import is_carried, stands_in

HELD = (
    "In May 2022, the Commission proposed a regulation. Hotlines in 25 countries may report "
    "material to the police. The study of 2021 counted 60 per cent of 42 services. "
    "The review did not measure how common abuse is."
)


@pytest.mark.parametrize(
    "claim",
    [
        "The Commission proposed a regulation in May 2022.",
        "Hotlines in twenty-five countries may report material to police.",
        "The review did not measure how common abuse is.",
        "Hotlines may report material: to the police",
    ],
)
def test_what_the_context_says_in_other_order_is_carried(claim: str) -> None:
    assert is_carried(HELD, claim.replace("twenty-five", "25"))


@pytest.mark.parametrize(
    "claim",
    [
        "In May 2023, the Commission proposed a regulation.",
        "In May 2022, the Parliament proposed a regulation.",
        "Hotlines in 25 countries must report material to the police.",
        "Hotlines in all 25 countries may report material to the police.",
        "The study of 2021 counted 42 per cent of 60 services.",
        "The review did measure how common abuse is.",
        "Schools teach safety online.",
        "",
    ],
)
def test_a_changed_day_name_duty_extent_number_or_negation_is_not(claim: str) -> None:
    assert not is_carried(HELD, claim)


def test_nothing_is_carried_by_nothing() -> None:
    assert not is_carried("", "The Commission proposed a regulation.")


def test_pieces_of_a_list_may_stand_apart() -> None:
    assert stands_in("Partners: hotlines; police", ["the police", "Partners and hotlines"])
    assert not stands_in("Partners: hotlines; schools", ["the police", "Partners and hotlines"])


def test_it_loads_nothing_of_the_assistant() -> None:
    code = "import sys, evals.metrics.overlap; print(*[m for m in sys.modules if 'assistant' in m])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []
